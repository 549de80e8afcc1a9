"""Group commit: what comes at once goes in one batch, and a bad item stops only itself."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.usecases.together import LIMIT, Together


class Register:
    """Work that notes its batches, and fails as it is told."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.running = 0

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        assert self.running == 0
        self.running += 1
        try:
            await asyncio.sleep(0.01)
            self.batches.append(list(items))
            if -1 in items:
                raise ZeroDivisionError
            if -2 in items:
                raise StoreUnavailable
            return [ValueError() if item == -3 else item * 10 for item in items]
        finally:
            self.running -= 1


async def test_a_quiet_gateway_commits_at_once():
    together, work = Together(), Register()
    assert await together.run("lane", 1, work) == 10
    assert await together.run("lane", 2, work) == 20
    assert work.batches == [[1], [2]]


async def test_what_arrives_during_a_commit_is_the_next_batch():
    together, work = Together(), Register()
    results = await asyncio.gather(*(together.run("lane", n, work) for n in range(100)))
    assert results == [n * 10 for n in range(100)]
    assert max(map(len, work.batches)) <= LIMIT
    assert len(work.batches) <= 4
    assert [n for batch in work.batches for n in batch] == list(range(100))


async def test_items_that_must_stay_apart_keep_their_order_in_batches_of_their_own():
    together, work = Together(), Register()
    await asyncio.gather(
        *(
            together.run("lane", n, work, apart=frozenset({"same"} if n % 2 else {n}))
            for n in range(10)
        )
    )
    for batch in work.batches:
        assert sum(n % 2 for n in batch) <= 1
    assert [n for batch in work.batches for n in batch if n % 2] == [1, 3, 5, 7, 9]


async def test_a_batch_that_fails_is_done_again_one_by_one():
    together, work = Together(), Register()
    items = [0, 1, -1, 2]
    results = await asyncio.gather(
        *(together.run("lane", n, work) for n in items), return_exceptions=True
    )
    assert [r for r in results if not isinstance(r, BaseException)] == [0, 10, 20]
    assert isinstance(results[2], ZeroDivisionError)


async def test_a_lost_database_fails_the_whole_batch_at_once():
    together, work = Together(), Register()
    results = await asyncio.gather(
        *(together.run("lane", n, work) for n in (1, -2, 3)), return_exceptions=True
    )
    assert any(isinstance(result, StoreUnavailable) for result in results)
    assert len(work.batches) <= 3


async def test_a_fault_as_result_is_raised_to_its_own_caller_only():
    together, work = Together(), Register()
    results = await asyncio.gather(
        *(together.run("lane", n, work) for n in (1, -3, 2)), return_exceptions=True
    )
    assert results[0] == 10
    assert isinstance(results[1], ValueError)
    assert results[2] == 20


async def test_lanes_do_not_wait_for_each_other():
    together, slow = Together(), asyncio.Event()

    async def waiting(items: Sequence[int]) -> Sequence[int]:
        await slow.wait()
        return items

    held = asyncio.create_task(together.run("slow", 1, waiting))
    assert await together.run("quick", 2, Register()) == 20
    slow.set()
    assert await held == 1


async def test_a_caller_that_gives_up_stops_nobody():
    together, work = Together(), Register()
    tasks = [asyncio.create_task(together.run("lane", n, work)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[1]
    assert (await tasks[0], await tasks[2]) == (0, 20)
