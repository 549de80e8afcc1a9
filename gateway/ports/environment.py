"""Time and chance as arguments: two clocks and a source of ids and random bytes.

Clock is real UTC, for cryptography, leases, retries and the log. Calendar is the date in
Europe/Amsterdam, for terms, reminders and expiry; practice mode moves only the calendar.
"""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Klok: real time."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""


class Calendar(Protocol):
    """Kalender: the Dutch date."""

    def today(self) -> date:
        """Return the date in Europe/Amsterdam."""


class Ids(Protocol):
    """Toeval: ids and random bytes."""

    def row(self) -> UUID:
        """Return a new UUIDv7 for a row: sortable, never on the wire or in the log."""

    def reference(self) -> UUID:
        """Return a new UUIDv4 for the wire and for ids inside the log: it tells nothing."""

    def chance(self, count: int) -> bytes:
        """Return this many random bytes, for keys and nonces."""
