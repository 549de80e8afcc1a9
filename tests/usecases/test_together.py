"""Group commit: what waits is worked on together, and each caller hears only of its own item."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.usecases.together import LIMIT, Together


class Work:
    """Work that remembers its batches; `closed` holds it up, as a slow commit does."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.closed = asyncio.Event()
        self.closed.set()

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(items))
        await self.closed.wait()
        return [item * 10 for item in items]


async def joined(
    together: Together, work: Work, items: Sequence[int], lane: str = "a"
) -> list[asyncio.Task[int]]:
    """Let these items arrive in this order, and let the lane look at them."""
    tasks = [asyncio.create_task(together.run(lane, item, work)) for item in items]
    for _ in range(4):
        await asyncio.sleep(0)
    return tasks


async def test_one_alone_is_worked_on_at_once():
    work = Work()
    assert await Together().run("a", 1, work) == 10
    assert work.batches == [[1]]


async def test_what_arrives_together_is_one_batch_and_each_gets_its_own_result():
    work, together = Work(), Together()
    assert await asyncio.gather(*(together.run("a", n, work) for n in range(5))) == [
        0,
        10,
        20,
        30,
        40,
    ]
    assert work.batches == [[0, 1, 2, 3, 4]]


async def test_what_arrives_during_a_commit_is_the_next_batch():
    work, together = Work(), Together()
    work.closed.clear()
    first = await joined(together, work, [1])
    rest = await joined(together, work, [2, 3])
    assert work.batches == [[1]]
    assert not any(task.done() for task in first + rest)
    work.closed.set()
    assert await asyncio.gather(*first, *rest) == [10, 20, 30]
    assert work.batches == [[1], [2, 3]]


async def test_a_batch_has_an_upper_bound():
    work, together = Work(), Together()
    await asyncio.gather(*(together.run("a", n, work) for n in range(LIMIT + 1)))
    assert [len(batch) for batch in work.batches] == [LIMIT, 1]


async def test_lanes_do_not_wait_for_each_other():
    slow, work, together = Work(), Work(), Together()
    slow.closed.clear()
    waiting = await joined(together, slow, [1])
    assert await together.run("b", 2, work) == 20
    slow.closed.set()
    assert await waiting[0] == 10


async def test_items_that_must_stay_apart_come_in_different_batches_and_in_their_order():
    work, together = Work(), Together()
    keys = {1: "x", 2: "y", 3: "x", 4: "z", 5: "x"}
    await asyncio.gather(
        *(together.run("a", n, work, apart=frozenset({key})) for n, key in keys.items())
    )
    assert work.batches == [[1, 2, 4], [3], [5]]


async def test_one_that_is_held_back_holds_back_who_shares_another_key_with_it():
    """1 and 2 share x; 2 and 3 share y. Were 3 to go with 1, it would overtake 2."""
    work, together = Work(), Together()
    keys = {1: {"x"}, 2: {"x", "y"}, 3: {"y"}}
    await asyncio.gather(
        *(together.run("a", n, work, apart=frozenset(key)) for n, key in keys.items())
    )
    assert work.batches == [[1], [2], [3]]


async def test_an_exception_among_the_results_reaches_its_own_caller_only():
    async def work(items: Sequence[int]) -> Sequence[int | Exception]:
        return [ValueError("two") if item == 2 else item for item in items]

    together = Together()
    results = await asyncio.gather(
        *(together.run("a", n, work) for n in (1, 2, 3)), return_exceptions=True
    )
    assert (results[0], type(results[1]), results[2]) == (1, ValueError, 3)


async def test_a_batch_that_fails_is_done_again_one_by_one():
    batches: list[list[int]] = []

    async def work(items: Sequence[int]) -> Sequence[int | Exception]:
        batches.append(list(items))
        if 2 in items:
            raise ValueError("two")
        return items

    together = Together()
    results = await asyncio.gather(
        *(together.run("a", n, work) for n in (1, 2, 3)), return_exceptions=True
    )
    assert (results[0], type(results[1]), results[2]) == (1, ValueError, 3)
    assert batches == [[1, 2, 3], [1], [2], [3]]


async def test_without_a_database_nothing_is_tried_one_by_one():
    tried = 0

    async def work(items: Sequence[int]) -> Sequence[int | Exception]:
        nonlocal tried
        tried += 1
        raise StoreUnavailable

    together = Together()
    results = await asyncio.gather(
        *(together.run("a", n, work) for n in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [StoreUnavailable] * 3
    assert tried == 1


async def test_a_lane_works_on_after_a_failure():
    async def broken(items: Sequence[int]) -> Sequence[int | Exception]:
        raise ValueError("broken")

    together, work = Together(), Work()
    with pytest.raises(ValueError, match="broken"):
        await together.run("a", 1, broken)
    assert await together.run("a", 2, work) == 20


async def test_a_caller_that_goes_away_stops_neither_its_item_nor_the_others():
    work, together = Work(), Together()
    work.closed.clear()
    gone, stays = await joined(together, work, [1, 2])
    gone.cancel()
    await asyncio.wait([gone])
    work.closed.set()
    assert await stays == 20
    assert gone.cancelled()
    assert work.batches == [[1, 2]]


async def test_the_end_of_the_program_reaches_everybody_who_waits():
    async def ending(items: Sequence[int]) -> Sequence[int | Exception]:
        raise asyncio.CancelledError

    together = Together()
    results = await asyncio.gather(
        *(together.run("a", n, ending) for n in range(2)), return_exceptions=True
    )
    assert [type(result) for result in results] == [asyncio.CancelledError] * 2
