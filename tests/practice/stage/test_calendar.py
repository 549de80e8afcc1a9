"""The calendar of a story stands still until it is moved, by working days only."""

from datetime import date

from gateway.domain.parties import Period
from gateway.domain.terms import TermPolicy
from gateway.practice.stage.calendar import PracticeCalendar

POLICY = TermPolicy(Period(date(2024, 1, 1), date.max), 10, (10,), 15, 120)


def calendar(first: date) -> PracticeCalendar:
    return PracticeCalendar(first, lambda _: POLICY)


def test_it_stands_still_by_itself():
    one = calendar(date(2026, 3, 2))
    assert one.today() == one.today() == date(2026, 3, 2)


def test_it_begins_on_a_working_day():
    assert calendar(date(2026, 3, 1)).today() == date(2026, 3, 2)


def test_it_steps_over_weekends_and_holidays():
    one = calendar(date(2026, 4, 2))
    # Good Friday 3 April, Easter Monday 6 April 2026.
    assert (one.step(), one.step()) == (date(2026, 4, 7), date(2026, 4, 8))
    assert one.worked == 2
