"""A ground that ends while something happens on it: whoever commits first wins, always.

Two replicas play against each other on one database. After every race the log must show one order:
nothing starts to leave with a number above that of the ending (consentlog §2.4, §6 row 12).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.usecases.exchange.recording import record_due
from gateway.usecases.exchange.sending import claim_due, send
from gateway.usecases.slots import Slots
from tests.conftest import FreshDatabase
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    STATEMENT,
    Asked,
    arrives,
    asked_for,
    ended,
    legs,
    recorded,
    sent,
)
from tests.journeys.stage import RENT, SHOP, TAX, TOWN, Keys, Stage, staging

RACES = 200
Rival = Callable[[Stage, Asked], Awaitable[object]]


@pytest.fixture
async def replica(keys: Keys, database: FreshDatabase, stage: Stage) -> AsyncIterator[Stage]:
    async with staging(keys, database.dsn, database.owner_dsn, seed=2) as found:
        found.transport.creditors = stage.transport.creditors
        yield found


async def race(stage: Stage, replica: Stage, case: Asked, rival: Rival, delay: int) -> None:
    """Let both begin at about the same time; who begins first differs from race to race."""
    milliseconds = delay % 7 - 3

    async def end() -> None:
        await asyncio.sleep(max(milliseconds, 0) / 1000)
        await ended(replica, case.basis_id)

    async def act() -> None:
        await asyncio.sleep(max(-milliseconds, 0) / 1000)
        await rival(stage, case)

    await asyncio.gather(act(), end())


async def claim_and_send(stage: Stage, case: Asked) -> None:
    claimed, _ = await claim_due(stage.gateway, TOWN, 64)
    for sending in claimed:
        await send(stage.gateway, TOWN, sending)


async def claim_and_die(stage: Stage, case: Asked) -> None:
    """Claim in a process that dies before it sends: its places die with it."""
    mortal = replace(stage.gateway, slots=Slots())
    await claim_due(mortal, TOWN, 64)


async def answer_arrives(answer: bytes, stage: Stage, case: Asked) -> None:
    await arrives(stage, answer)


async def test_nothing_starts_to_leave_after_the_ending(stage: Stage, replica: Stage):
    outcomes: Counter[DeliveryState] = Counter()
    for number in range(RACES):
        case = await asked_for(stage, SHOP)
        await recorded(stage)
        await race(stage, replica, case, claim_and_die, number)
        found = (await legs(stage, case.case_id))[SHOP].deliveries
        states = {delivery.kind: delivery.state for delivery in found}
        outcomes[states[DeliveryKind.REQUEST]] += 1
        left = states[DeliveryKind.REQUEST] is DeliveryState.SENDING
        assert (DeliveryKind.STOP in states) == left
    assert set(outcomes) == {DeliveryState.SENDING, DeliveryState.CANCELLED}
    await check_log(stage)


@pytest.mark.parametrize("times", [40])
async def test_a_batch_of_creditors_is_sent_or_cancelled_whole(
    stage: Stage, replica: Stage, times: int
):
    for number in range(times):
        case = await asked_for(stage, SHOP, RENT, TAX)
        await recorded(stage)
        await race(stage, replica, case, claim_and_send, number)
        states = {detail.leg.state for detail in (await legs(stage, case.case_id)).values()}
        assert states == {LegState.WITHDRAWN}
    await check_log(stage)


@pytest.mark.parametrize("times", [40])
async def test_an_ending_during_the_recording_cancels_what_was_queued_or_recorded(
    stage: Stage, replica: Stage, times: int
):
    for number in range(times):
        case = await asked_for(stage, SHOP, RENT)
        await race(stage, replica, case, lambda s, c: record_due(s.gateway, TOWN, 64), number)
        found = await legs(stage, case.case_id)
        assert {d.state for one in found.values() for d in one.deliveries} == {
            DeliveryState.CANCELLED
        }
    await check_log(stage)


@pytest.mark.parametrize("times", [40])
async def test_an_answer_during_the_ending_is_accepted_before_it_or_kept_unread_after_it(
    stage: Stage, replica: Stage, times: int
):
    found = Counter[LegState]()
    for number in range(times):
        case = await asked_for(stage, SHOP)
        await recorded(stage)
        await sent(stage)
        answer = stage.creditor(SHOP).answer(stage.creditor(SHOP).last_question, STATEMENT)
        await race(stage, replica, case, partial(answer_arrives, answer), number)
        leg = (await legs(stage, case.case_id))[SHOP].leg
        found[leg.state] += 1
        assert (leg.reply is not None) == (leg.state is LegState.ANSWERED)
        assert leg.quarantined == (
            () if leg.state is LegState.ANSWERED else ("grondslag-beeindigd",)
        )
    assert set(found) <= {LegState.ANSWERED, LegState.WITHDRAWN}
    events = await check_log(stage)
    over: set[object] = set()
    for event in events:
        if event.type is EventType.BASIS_ENDED:
            over.add(event.stream)
        assert event.type is not EventType.EXCHANGE_RESPONSE or event.stream not in over
