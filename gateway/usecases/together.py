"""Group commit: what comes at the same moment is committed together.

A commit costs nearly the same for sixty items as for one. So callers hand their item to a lane and
wait; a lane commits one batch at a time, and what arrives meanwhile is the next one. A quiet
gateway thus commits at once, a busy one in groups, and nobody goes on before the commit that holds
its own item. A batch that fails is done again item by item: a bad item stops only itself.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from gateway.domain.errors import StoreUnavailable

LIMIT: Final = 64
"""The most items of one commit: their locks are held until it is done."""

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]]
"""Does a batch in one transaction; an exception as result is raised to the caller of that item."""


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    apart: frozenset[Hashable]
    work: Work[Item, Result]
    answer: asyncio.Future[Result]

    def settle(self, result: Result | BaseException) -> None:
        if self.answer.done():  # its caller was cancelled
            return
        if isinstance(result, BaseException):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


@dataclass(slots=True)
class _Lane:
    queue: deque[_Waiting[Any, Any]] = field(default_factory=deque)
    running: asyncio.Task[None] | None = None


class Together:
    """The lanes of one process, by name; the items of one lane are all worked on alike."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane] = {}

    async def run(
        self,
        lane: Hashable,
        item: Item,
        work: Work[Item, Result],
        *,
        apart: frozenset[Hashable] = frozenset(),
    ) -> Result:
        """Have `item` worked on with what else waits in this lane; return when it is committed.

        Two items that share a key in `apart` never come in one batch, and keep their order.
        """
        found = self._lanes.setdefault(lane, _Lane())
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        found.queue.append(_Waiting(item, apart, work, answer))
        if found.running is None:
            found.running = asyncio.create_task(_drain(found))
        return await answer


async def _drain(lane: _Lane) -> None:
    try:
        while lane.queue:
            await _commit(_next_batch(lane.queue))
    finally:
        lane.running = None


def _next_batch(queue: deque[_Waiting[Any, Any]]) -> list[_Waiting[Any, Any]]:
    batch: list[_Waiting[Any, Any]] = []
    later: list[_Waiting[Any, Any]] = []
    taken: set[Hashable] = set()
    while queue and len(batch) < LIMIT:
        one = queue.popleft()
        (batch if taken.isdisjoint(one.apart) else later).append(one)
        taken |= one.apart
    queue.extendleft(reversed(later))
    return batch


async def _commit(batch: Sequence[_Waiting[Any, Any]]) -> None:
    try:
        results = await batch[0].work([one.item for one in batch])
    except Exception as fault:  # noqa: BLE001 - handed to who waits, whatever it is
        if len(batch) == 1 or isinstance(fault, StoreUnavailable):
            results = [fault] * len(batch)
        else:
            for one in batch:
                await _commit([one])
            return
    except BaseException as end:
        for one in batch:
            one.settle(end)
        raise
    for one, result in zip(batch, results, strict=True):
        one.settle(result)
