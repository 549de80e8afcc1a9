"""Terms in working days, in Europe/Amsterdam dates.

A working day is no Saturday, Sunday or generally recognised holiday (Algemene termijnenwet art. 3);
the set includes Good Friday and 5 May every year. Days that a royal decree adds are data of the
policy.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

import holidays

from gateway.domain.parties import Creditor, Period

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class TermPolicy:
    """Termijnbeleid: dated policy, all in working days after delivery of the request.

    `norm_days` is the norm of the whole settlement phase in calendar days (120, NVVK module).
    """

    validity: Period
    reply: int
    remind_after: tuple[int, ...]
    expire_after: int
    norm_days: int
    extra_holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """Termijnen van één deelverzoek: the days on which something is due."""

    reply_by: date
    reminders: tuple[date, ...]
    expires_on: date


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=year, categories=("public", "optional")))


def is_working_day(day: date, policy: TermPolicy) -> bool:
    """Say whether the day counts (Algemene termijnenwet art. 3)."""
    return (
        day.weekday() < _SATURDAY
        and day not in _holidays_of(day.year)
        and day not in policy.extra_holidays
    )


def add_working_days(start: date, count: int, policy: TermPolicy) -> date:
    """Return the working day that lies `count` working days after `start` (0: the next one)."""
    day = start
    while count > 0 or not is_working_day(day, policy):
        day += timedelta(days=1)
        if is_working_day(day, policy):
            count -= 1
    return day


def terms_of(delivered_on: date, creditor: Creditor, policy: TermPolicy) -> Terms:
    """Return the terms of a leg whose request was delivered on this day.

    A creditor's own reply term (covenant data) moves its reminders and expiry by the difference.
    """
    return _terms(delivered_on, creditor.reply_term or policy.reply, policy)


# The same few days and terms come back with every message of a day, and counting them is a walk
# over the calendar.
@lru_cache(maxsize=1024)
def _terms(delivered_on: date, reply: int, policy: TermPolicy) -> Terms:
    shift = reply - policy.reply
    return Terms(
        reply_by=add_working_days(delivered_on, reply, policy),
        reminders=tuple(
            add_working_days(delivered_on, after + shift, policy) for after in policy.remind_after
        ),
        expires_on=add_working_days(delivered_on, policy.expire_after + shift, policy),
    )


def day_of_norm(started_on: date, today: date) -> int:
    """Return which day of the norm it is; the day of the start is day 1."""
    return (today - started_on).days + 1
