"""A calendar that stands still until the story says that the working day is over."""

from collections.abc import Callable
from datetime import date

from gateway.domain.terms import TermPolicy, add_working_days


class PracticeCalendar:
    """Calendar of a story: only `step` moves it, one working day at a time."""

    def __init__(self, first: date, policy_on: Callable[[date], TermPolicy]) -> None:
        self._policy_on = policy_on
        self._today = add_working_days(first, 0, policy_on(first))
        self.worked = 0
        """How many working days have passed."""

    def today(self) -> date:
        """Return the date of the story."""
        return self._today

    def step(self) -> date:
        """Go to the next working day, over weekends and holidays, and return it."""
        self._today = add_working_days(self._today, 1, self._policy_on(self._today))
        self.worked += 1
        return self._today
