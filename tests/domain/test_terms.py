"""Working days by the Algemene termijnenwet, held against the calendar as it was published."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.parties import Creditor, CreditorClass, Period
from gateway.domain.terms import (
    TermPolicy,
    Terms,
    add_working_days,
    day_of_norm,
    is_working_day,
    terms_of,
)

POLICY = TermPolicy(
    validity=Period(date(2024, 1, 1), date.max),
    reply=10,
    remind_after=(10,),
    expire_after=15,
    norm_days=120,
)
CREDITOR = Creditor(
    CreditorId("winkel"), "Winkel", Oin("00000003123456780000"), CreditorClass.OTHER
)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))

# New Year, Good Friday, Easter, Easter Monday, King's Day, 5 May, Ascension, Whit Sunday and
# Monday, Christmas (two days): Rijksoverheid, "Officiële feestdagen", written out by hand.
HOLIDAYS = {
    2024: "01-01 03-29 03-31 04-01 04-27 05-05 05-09 05-19 05-20 12-25 12-26",
    2025: "01-01 04-18 04-20 04-21 04-26 05-05 05-29 06-08 06-09 12-25 12-26",
    2026: "01-01 04-03 04-05 04-06 04-27 05-05 05-14 05-24 05-25 12-25 12-26",
    2027: "01-01 03-26 03-28 03-29 04-27 05-05 05-06 05-16 05-17 12-25 12-26",
    2028: "01-01 04-14 04-16 04-17 04-27 05-05 05-25 06-04 06-05 12-25 12-26",
}


def year_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", HOLIDAYS)
def test_working_days_are_those_of_the_published_calendar(year: int):
    free = {date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split()}
    wanted = [day for day in year_of(year) if day.weekday() < 5 and day not in free]
    assert [day for day in year_of(year) if is_working_day(day, POLICY)] == wanted


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2027, 5, 5), date(2025, 5, 5)])
def test_good_friday_and_the_fifth_of_may_count_every_year(day: date):
    assert day.weekday() < 5
    assert not is_working_day(day, POLICY)


def test_kings_day_moves_away_from_a_sunday():
    assert not is_working_day(date(2027, 4, 27), POLICY)
    assert date(2025, 4, 27).weekday() == 6
    assert is_working_day(date(2025, 4, 28), POLICY)


def test_a_day_that_a_royal_decree_adds_is_no_working_day():
    day = date(2026, 12, 24)
    assert is_working_day(day, POLICY)
    assert not is_working_day(day, replace(POLICY, extra_holidays=frozenset({day})))


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_counts_each_of_them(start: date, count: int):
    end = add_working_days(start, count, POLICY)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day, POLICY) for day in between) == count
    assert is_working_day(end, POLICY)


@given(DAYS)
def test_no_working_days_later_is_today_or_the_first_working_day_after_it(start: date):
    end = add_working_days(start, 0, POLICY)
    assert is_working_day(end, POLICY)
    assert not any(
        is_working_day(start + timedelta(days=n), POLICY) for n in range((end - start).days)
    )


@given(DAYS, st.integers(1, 30), st.integers(0, 30))
def test_adding_twice_is_adding_once(start: date, one: int, other: int):
    first = add_working_days(start, one, POLICY)
    assert add_working_days(first, other, POLICY) == add_working_days(start, one + other, POLICY)


@pytest.mark.parametrize(
    ("delivered", "reply_by", "expires"),
    [
        (date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 15)),
        (date(2026, 12, 18), date(2027, 1, 5), date(2027, 1, 12)),  # over Christmas and New Year
        (date(2026, 3, 31), date(2026, 4, 16), date(2026, 4, 23)),  # over Easter, Friday included
        (date(2026, 4, 25), date(2026, 5, 12), date(2026, 5, 20)),  # begun on a Saturday
    ],
)
def test_the_terms_of_a_request(delivered: date, reply_by: date, expires: date):
    assert terms_of(delivered, CREDITOR, POLICY) == Terms(reply_by, (reply_by,), expires)


def test_a_creditor_with_a_term_of_its_own_is_reminded_and_given_up_as_much_later():
    """One known covenant has fifteen working days (design §9)."""
    own = terms_of(date(2026, 11, 24), replace(CREDITOR, reply_term=15), POLICY)
    assert own == Terms(date(2026, 12, 15), (date(2026, 12, 15),), date(2026, 12, 22))


@given(DAYS, st.integers(1, 40))
def test_terms_come_in_order(delivered: date, own: int):
    policy = replace(POLICY, remind_after=(10, 12))
    terms = terms_of(delivered, replace(CREDITOR, reply_term=own), policy)
    assert delivered <= terms.reply_by <= terms.expires_on
    assert list(terms.reminders) == sorted(terms.reminders)
    assert terms.reminders[-1] <= terms.expires_on


def test_the_day_of_the_start_is_day_one_of_the_norm():
    assert day_of_norm(date(2026, 11, 24), date(2026, 11, 24)) == 1
    assert day_of_norm(date(2026, 11, 24), date(2027, 3, 23)) == 120
