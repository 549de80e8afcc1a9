"""Who is slow: nothing waits in front of it as if it were leaving, and nobody waits behind it."""

import asyncio
from dataclasses import replace

import pytest

from gateway.domain.events import EventType
from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.ports.transport import Limits, Partner
from gateway.usecases.exchange.sending import claim_due, send
from gateway.usecases.slots import Slots
from gateway.wire.signature import Signed
from tests.journeys.creditors import Crash
from tests.journeys.faults import DyingDatabase, Moment
from tests.journeys.logbook import check_log, log_first
from tests.journeys.playing import asked_for, ended, leg, recorded, sent, settled
from tests.journeys.stage import NEIGHBOUR, RENT, SHOP, TOWN, Stage


def narrow(stage: Stage, places: int, creditor_id: CreditorId = SHOP) -> None:
    limits = Limits(concurrency=places)
    partner = replace(stage.partners[creditor_id], limits=limits)
    stage.change_partner(creditor_id, partner)


async def state_of(stage: Stage, case_id, creditor_id: CreditorId = SHOP) -> DeliveryState:
    return (await leg(stage, case_id, creditor_id)).deliveries[0].state


async def test_what_has_no_place_is_not_sending_and_an_ending_still_stops_it(stage: Stage):
    narrow(stage, 1)
    await log_first(stage)
    first, second = await asked_for(stage), await asked_for(stage)
    await recorded(stage)
    [sending], taken = await claim_due(stage.gateway, TOWN, 64)
    assert taken == 1
    assert await claim_due(stage.gateway, TOWN, 64) == ([], 0)
    assert await state_of(stage, second.case_id) is DeliveryState.RECORDED
    await ended(stage, second.basis_id)
    await send(stage.gateway, TOWN, sending)
    await settled(stage)
    assert stage.transport.deliveries == 1
    assert await state_of(stage, second.case_id) is DeliveryState.CANCELLED
    assert (await leg(stage, first.case_id)).leg.state is LegState.AWAITING_REPLY
    events = await check_log(stage)
    assert sum(event.type is EventType.EXCHANGE_SENDING for event in events) == 1


async def test_a_slow_creditor_with_a_long_queue_delays_nobody_else(stage: Stage):
    narrow(stage, 2)
    for _ in range(6):
        await asked_for(stage)
    other = await asked_for(stage, RENT)
    await recorded(stage)
    claimed, _ = await claim_due(stage.gateway, TOWN, 4)
    assert [one.row.creditor_id for one in claimed] == [SHOP, SHOP, RENT]
    await asyncio.gather(*(send(stage.gateway, TOWN, one) for one in claimed))
    assert await state_of(stage, other.case_id, RENT) is DeliveryState.DELIVERED


async def test_waiting_for_a_place_costs_no_attempt_and_is_no_illness(stage: Stage):
    narrow(stage, 1)
    cases = [await asked_for(stage) for _ in range(12)]
    await recorded(stage)
    for _ in cases:
        assert await sent(stage) == 1
    for case in cases:
        [delivery] = (await leg(stage, case.case_id)).deliveries
        assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 1)


async def test_the_places_of_a_creditor_are_shared_by_all_controllers(stage: Stage):
    narrow(stage, 2)
    for controller in (TOWN, TOWN, NEIGHBOUR, NEIGHBOUR):
        await asked_for(stage, controller=controller)
    for controller in (TOWN, NEIGHBOUR):
        await recorded(stage, controller)
    running = most = 0

    async def count(partner: Partner, sender: Oin, message: Signed) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1

    stage.transport.before = count

    async def play(controller):
        claimed, _ = await claim_due(stage.gateway, controller, 64)
        await asyncio.gather(*(send(stage.gateway, controller, one) for one in claimed))
        return len(claimed)

    assert sum(await asyncio.gather(play(TOWN), play(NEIGHBOUR))) == 2
    assert most == 2
    assert sum([await play(TOWN), await play(NEIGHBOUR)]) == 2


@pytest.mark.parametrize("moment", Moment)
async def test_a_claim_that_fails_gives_its_places_back(stage: Stage, moment: Moment):
    narrow(stage, 1)
    await asked_for(stage)
    await recorded(stage)
    dying = DyingDatabase(stage.gateway.database)
    stage.gateway = replace(stage.gateway, database=dying)
    with dying.armed(1, moment), pytest.raises(Crash):
        await claim_due(stage.gateway, TOWN, 64)
    await settled(stage)
    assert stage.transport.deliveries == 1


async def test_what_may_not_leave_after_all_gives_its_place_back(stage: Stage):
    narrow(stage, 1)
    gone = await asked_for(stage)
    await recorded(stage)
    stage.calendar.day = stage.calendar.day.replace(year=2030)
    claimed, taken = await claim_due(stage.gateway, TOWN, 64)
    assert (claimed, taken) == ([], 1)
    assert await state_of(stage, gone.case_id) is DeliveryState.CANCELLED
    assert stage.gateway.slots.take(SHOP, 1)


def test_a_place_is_taken_and_given_back():
    slots = Slots()
    assert [slots.take(SHOP, 2) for _ in range(3)] == [True, True, False]
    assert slots.full(lambda _: 2) == {SHOP}
    slots.leave([SHOP])
    assert slots.full(lambda _: 2) == frozenset()
    assert slots.take(SHOP, 2)
