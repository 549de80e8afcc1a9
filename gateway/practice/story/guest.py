"""The creditor that joins a story: how long the story waits for it.

A real endpoint works by the real clock, and the story by a calendar that jumps. So its first answer
is waited for a little, and an endpoint that asks to come back much later does not hold up the days
of everybody else.
"""

from collections.abc import Callable, Sequence
from typing import Final

from gateway.domain.identifiers import CreditorId
from gateway.practice.story.told import Json

ANSWER_SECONDS: Final = 10.0
"""How long after its receipt its answer is waited for, before days pass."""
DELIVERY_SECONDS: Final = 20.0
"""How long a delivery to it may hold up a day."""
_UNFINISHED: Final = frozenset({"in_wachtrij", "vastgelegd", "onderweg", "onzeker"})


class Guest:
    """Waits for one creditor among the rows of a case, or for nobody; `now` is in seconds."""

    def __init__(self, creditor_id: CreditorId | None, now: Callable[[], float]) -> None:
        self.creditor_id: Final = creditor_id
        self._now = now
        self._answer_until: float | None = None
        self._delivery_until: float | None = None

    @property
    def is_late(self) -> bool:
        """Say whether a delivery to it is no longer waited for."""
        return self._delivery_until is not None and self._now() > self._delivery_until

    def is_awaited(self, rows: Sequence[Json]) -> bool:
        """Say whether the day should not end yet: it gave a receipt and may still answer."""
        own = [row for row in rows if row["schuldeiser"] == self.creditor_id]
        if not any(_may_still_answer(row) for row in own):
            return False
        if self._answer_until is None:
            self._answer_until = self._now() + ANSWER_SECONDS
        return self._now() < self._answer_until

    def holds_up(self, rows: Sequence[Json]) -> bool:
        """Say whether it has been, for too long, the only one that a delivery has to go to."""
        busy = {row["schuldeiser"] for row in rows if _is_unfinished(row)}
        if self.creditor_id is None or busy != {self.creditor_id}:
            return False
        if self._delivery_until is None:
            self._delivery_until = self._now() + DELIVERY_SECONDS
        return self.is_late


def _is_unfinished(row: Json) -> bool:
    return any(one["toestand"] in _UNFINISHED for one in row["verzendingen"])


def _may_still_answer(row: Json) -> bool:
    return row["toestand"] == "wacht_op_antwoord" and not row["geweigerdeBerichten"]
