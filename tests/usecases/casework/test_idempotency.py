"""A POST with a key happens once, however often and however close together it comes."""

import asyncio

import pytest

from gateway.domain.errors import IdempotencyConflict
from gateway.store.database import Transaction
from gateway.usecases.casework.cases import find_cases, open_case
from gateway.usecases.casework.idempotency import Answer, perform
from gateway.usecases.commands import OpenCase
from tests.journeys.playing import BSN, RESIDENT, caller
from tests.journeys.stage import HELPER, NEIGHBOUR, TODAY, Stage

DIGEST, OTHER_DIGEST = bytes(32), b"x" * 32


async def post(
    stage: Stage, key: str | None = "k", digest: bytes = DIGEST, *, fail: bool = False
) -> Answer:
    async def work(tx: Transaction) -> Answer:
        view = await open_case(stage.gateway, tx, caller(), OpenCase("Z-1", RESIDENT, TODAY))
        if fail:
            raise ZeroDivisionError
        return Answer(201, str(view.case_id).encode(), f"/v1/zaken/{view.case_id}")

    return await perform(stage.gateway, caller(), key, digest, work)


async def cases(stage: Stage) -> int:
    return len(await find_cases(stage.gateway, caller(), BSN))


async def test_the_same_request_gets_the_same_answer(stage: Stage):
    assert await post(stage) == await post(stage)
    assert await cases(stage) == 1


async def test_the_same_key_for_another_request_is_a_conflict(stage: Stage):
    await post(stage)
    with pytest.raises(IdempotencyConflict):
        await post(stage, digest=OTHER_DIGEST)
    assert await cases(stage) == 1


async def test_another_key_is_another_request(stage: Stage):
    assert await post(stage, "one") != await post(stage, "two")
    assert await cases(stage) == 2


async def test_without_a_key_every_request_happens(stage: Stage):
    await post(stage, None)
    await post(stage, None)
    assert await cases(stage) == 2


async def test_requests_at_the_same_moment_happen_once(stage: Stage):
    answers = await asyncio.gather(*(post(stage) for _ in range(5)))
    assert len(set(answers)) == 1
    assert await cases(stage) == 1


async def test_a_request_that_failed_may_come_again(stage: Stage):
    with pytest.raises(ZeroDivisionError):
        await post(stage, fail=True)
    assert (await post(stage)).status == 201
    assert await cases(stage) == 1


async def test_a_key_of_one_municipality_says_nothing_in_another(stage: Stage):
    await post(stage)

    async def work(tx: Transaction) -> Answer:
        return Answer(200, b"theirs")

    for controller in (NEIGHBOUR, HELPER):
        answer = await perform(stage.gateway, caller(controller), "k", OTHER_DIGEST, work)
        assert answer.body == b"theirs"
