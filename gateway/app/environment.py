"""The real world: the clock, the Dutch calendar, and chance. The only place that reads them."""

import os
import time
import uuid
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class SystemClock:
    """Clock: the operating system's time, in UTC."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return datetime.now(UTC)


class AmsterdamCalendar:
    """Calendar: the date in the Netherlands."""

    def today(self) -> date:
        """Return the date in Europe/Amsterdam."""
        return datetime.now(_AMSTERDAM).date()


class SystemIds:
    """Ids: the operating system's random source."""

    def row(self) -> uuid.UUID:
        """Return a UUIDv7 (RFC 9562 §5.7): milliseconds first, so that rows sort by age.

        The 12 bits after the milliseconds are the fraction, so that ids of one process sort too.
        """
        milliseconds, rest = divmod(time.time_ns(), 1_000_000)
        fraction = rest * 4096 // 1_000_000
        tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
        value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail
        return uuid.UUID(int=value)

    def reference(self) -> uuid.UUID:
        """Return a random UUIDv4."""
        return uuid.uuid4()

    def chance(self, count: int) -> bytes:
        """Return this many random bytes."""
        return os.urandom(count)
