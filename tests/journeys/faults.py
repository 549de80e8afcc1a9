"""A database at which our process dies: before a commit, or right after one.

Everything is real but the moment of death. What was not committed is rolled back, as PostgreSQL
does when the connection of a dead process breaks; what was committed stays.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import Enum

from gateway.domain.identifiers import Oin
from gateway.store.database import Database, Transaction
from tests.journeys.creditors import Crash


class Moment(Enum):
    """When the process dies."""

    BEFORE = "before the commit"
    AFTER = "after the commit"


class DyingDatabase(Database):
    """Dies once, at the transaction that it is armed for."""

    def __init__(self, real: Database) -> None:
        super().__init__(real._pool)
        self._count, self._seam, self._moment = 0, 0, Moment.BEFORE
        self.died = False

    @contextmanager
    def armed(self, seam: int, moment: Moment) -> Iterator[None]:
        """Die at transaction number `seam` (from 1), if it comes to that many in this block."""
        self._count, self._seam, self._moment, self.died = 0, seam, moment, False
        try:
            yield
        finally:
            self._seam = 0

    @asynccontextmanager
    async def transaction(self, controller: Oin) -> AsyncIterator[Transaction]:
        self._count += 1
        dies = self._count == self._seam
        async with super().transaction(controller) as tx:
            yield tx
            if dies and self._moment is Moment.BEFORE:
                self.died = True
                raise Crash
        if dies:
            self.died = True
            raise Crash
