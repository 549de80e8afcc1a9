"""Two replicas on one database: they share the work, and together do everything once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from gateway.config.settings import WorkerSettings
from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.ports.transport import Delivered, Unknown
from gateway.usecases.exchange.sending import claim_due
from gateway.usecases.exchange.settling import recover_lapsed, settle
from gateway.usecases.watch.workers import Workers
from tests.conftest import FreshDatabase
from tests.journeys.logbook import check_log, log_first
from tests.journeys.playing import (
    LATER,
    OTHER_STATEMENT,
    STATEMENT,
    arrives,
    asked_for,
    ended,
    leg,
    legs,
    recorded,
    sent,
    settled,
)
from tests.journeys.stage import CONTROLLERS, ENERGY, RENT, SHOP, TAX, TOWN, Keys, Stage, staging

EVERYBODY = (SHOP, RENT, TAX, ENERGY)


@pytest.fixture
async def replica(keys: Keys, database: FreshDatabase, stage: Stage) -> AsyncIterator[Stage]:
    async with staging(keys, database.dsn, database.owner_dsn, seed=2) as found:
        found.transport.creditors = stage.transport.creditors
        yield found


def in_step(stage: Stage, replica: Stage) -> None:
    """Set the clock of the replica as that of the other."""
    replica.clock.forward(stage.clock.now() - replica.clock.now())


async def work_until_idle(*stages: Stage) -> None:
    settings = WorkerSettings(batch=8, pause_seconds=0.02, in_flight=8)
    async with AsyncExitStack() as stack:
        running = []
        for one in stages:
            workers = Workers(one.gateway, settings)
            workers.start(CONTROLLERS)
            stack.push_async_callback(workers.stop)
            running.append(workers)
        for _ in range(1500):
            if all([await workers.idle() for workers in running]):
                return
            await asyncio.sleep(0.02)
        pytest.fail("the workers never came to rest")


async def test_two_replicas_send_every_message_once(stage: Stage, replica: Stage):
    await log_first(stage)
    replica.transport.before = stage.transport.before
    for creditor_id in EVERYBODY:
        stage.creditor(creditor_id).reply = STATEMENT
    cases = [await asked_for(stage, *EVERYBODY) for _ in range(12)]
    await work_until_idle(stage, replica)
    for case in cases:
        found = await legs(stage, case.case_id)
        assert {detail.leg.state for detail in found.values()} == {LegState.ANSWERED}
        assert {d.attempts for detail in found.values() for d in detail.deliveries} == {1}
    for creditor_id in EVERYBODY:
        assert len(stage.creditor(creditor_id).documents) == 12
    assert stage.transport.deliveries + replica.transport.deliveries == 48
    await check_log(stage)


async def test_grounds_that_end_while_two_replicas_send_are_respected(stage: Stage, replica: Stage):
    cases = [await asked_for(stage, SHOP, RENT) for _ in range(12)]

    async def end_every_second() -> None:
        for case in cases[::2]:
            await ended(stage, case.basis_id)
            await asyncio.sleep(0.005)

    await asyncio.gather(work_until_idle(stage, replica), end_every_second())
    await work_until_idle(stage, replica)
    for number, case in enumerate(cases):
        states = {d.leg.state for d in (await legs(stage, case.case_id)).values()}
        assert states == {LegState.AWAITING_REPLY if number % 2 else LegState.WITHDRAWN}
    await check_log(stage)


async def test_one_answer_at_both_replicas_at_once_is_taken_in_once(stage: Stage, replica: Stage):
    for _ in range(10):
        case = await asked_for(stage)
        await settled(stage)
        answer = stage.creditor().answer(stage.creditor().last_question, STATEMENT)
        in_step(stage, replica)
        taken = await asyncio.gather(*(arrives(one, answer) for one in (stage, replica) * 3))
        assert {one.status for one in taken} == {200}
        assert len({one.body for one in taken}) == 1
        assert (await leg(stage, case.case_id)).leg.state is LegState.ANSWERED
    events = await check_log(stage)
    assert sum(e.type is EventType.EXCHANGE_RESPONSE for e in events) == 10


async def test_different_answers_at_once_are_one_answer_and_one_conflict(
    stage: Stage, replica: Stage
):
    case = await asked_for(stage)
    await settled(stage)
    in_step(stage, replica)
    shop = stage.creditor()
    replies = [
        shop.answer(shop.last_question, statement)
        for statement in (STATEMENT, OTHER_STATEMENT, STATEMENT, OTHER_STATEMENT)
    ]
    taken = await asyncio.gather(
        *(arrives(one, reply) for one, reply in zip((stage, replica) * 2, replies, strict=True))
    )
    assert {one.status for one in taken} == {200}
    found = (await leg(stage, case.case_id)).leg
    assert (found.state, found.conflicting) == (LegState.ANSWERED, True)
    types = [event.type for event in await check_log(stage)]
    assert types.count(EventType.EXCHANGE_CONFLICT) == 1
    assert types.count(EventType.EXCHANGE_RESPONSE) == 3


@pytest.mark.parametrize("outcome", [Delivered(200, b""), Unknown("timeout")])
async def test_who_comes_back_with_an_old_token_changes_nothing(
    stage: Stage, replica: Stage, outcome: Delivered | Unknown
):
    """Its lease lapsed, another replica sent the same message, and then it wakes up."""
    case = await asked_for(stage)
    await recorded(stage)
    [slow], _ = await claim_due(stage.gateway, TOWN, 64)
    replica.clock.forward(LATER)
    await recover_lapsed(replica.gateway, TOWN, replica.clock.now())
    assert await sent(replica) == 1
    before = await leg(stage, case.case_id)
    assert before.deliveries[0].state is DeliveryState.DELIVERED
    await settle(stage.gateway, TOWN, slow, outcome, None)
    assert await leg(stage, case.case_id) == before
    await check_log(stage)


async def test_both_replicas_count_one_log(stage: Stage, replica: Stage):
    for one in (stage, replica, stage):
        await asked_for(one)
        await settled(one)
    assert await check_log(stage) == await check_log(replica)
