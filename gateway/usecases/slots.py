"""Places on the road to each creditor, counted in this process and for all controllers together.

A delivery is claimed only with a place in hand, so that what is committed as SENDING leaves at
once: nobody waits in front of a slow creditor with a ground that may end meanwhile, and no other
creditor waits behind it.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from gateway.domain.identifiers import CreditorId


class Slots:
    """How many calls to each creditor are under way."""

    def __init__(self) -> None:
        self._taken: Counter[CreditorId] = Counter()

    def take(self, creditor_id: CreditorId, limit: int) -> bool:
        """Take a place if fewer than `limit` are taken; say whether it was."""
        if self._taken[creditor_id] >= limit:
            return False
        self._taken[creditor_id] += 1
        return True

    def leave(self, creditors: Iterable[CreditorId]) -> None:
        """Give a place back for each of these."""
        for creditor_id in creditors:
            self._taken[creditor_id] -= 1
            if not self._taken[creditor_id]:
                del self._taken[creditor_id]

    def full(self, limit: Callable[[CreditorId], int]) -> frozenset[CreditorId]:
        """Return the creditors that have no place left."""
        return frozenset(one for one, taken in self._taken.items() if taken >= limit(one))
