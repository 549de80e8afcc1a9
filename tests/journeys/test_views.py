"""No record, no view: whoever reads what is personal leaves an event before it is shown."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg

from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryState
from gateway.usecases.casework.cases import find_cases
from gateway.usecases.casework.read import list_legs, read_leg, read_message, read_order
from tests.journeys.logbook import Written, check_log
from tests.journeys.playing import BSN, STATEMENT, Asked, arrives, asked_for, caller, settled
from tests.journeys.stage import SHOP, Stage


async def answered(stage: Stage) -> Asked:
    stage.creditor().reply = STATEMENT
    case = await asked_for(stage)
    await settled(stage)
    return case


async def views(stage: Stage) -> list[Written]:
    return [event for event in await check_log(stage) if event.type is EventType.ACCESS_VIEW]


async def seen(stage: Stage, look: Callable[[], Awaitable[object]]) -> list[Written]:
    """Look, and return the events that this left."""
    before = {event.event_id for event in await views(stage)}
    await look()
    return [event for event in await views(stage) if event.event_id not in before]


async def test_who_lists_the_legs_of_a_case_is_recorded(stage: Stage):
    case = await answered(stage)
    [event] = await seen(stage, lambda: list_legs(stage.gateway, caller(), case.case_id))
    assert event.open["what"] == "saldoverzoeken"
    assert (event.personal["case"], event.personal["employee"]) == (str(case.case_id), "m-17")


async def test_who_reads_one_leg_is_recorded(stage: Stage):
    case = await answered(stage)
    [detail] = await list_legs(stage.gateway, caller(), case.case_id)
    leg_id = detail.leg.leg_id
    [event] = await seen(stage, lambda: read_leg(stage.gateway, caller(), leg_id))
    assert event.open["what"] == "saldoverzoek"
    assert event.personal["case"] == str(case.case_id)


async def test_an_order_says_how_far_it_is_and_nothing_of_the_answer(stage: Stage):
    case = await answered(stage)
    order = await read_order(stage.gateway, caller(), case.order_id)
    assert order.done
    assert [detail.leg.reply for detail in order.legs] == [None]
    assert [d.state for detail in order.legs for d in detail.deliveries] == [
        DeliveryState.DELIVERED
    ]
    assert await views(stage) == []


async def test_who_reads_a_message_that_belongs_nowhere_is_recorded_on_its_own_stream(
    stage: Stage,
):
    await answered(stage)
    await arrives(stage, b"<junk/>", SHOP)
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        found: UUID = await connection.fetchval(
            "select row_id from message where state = 'in_quarantaine' and leg_id is null"
        )
    finally:
        await connection.close()
    [event] = await seen(stage, lambda: read_message(stage.gateway, caller(), found))
    assert (event.open["what"], event.personal["case"]) == ("bericht", None)
    stream = [e.type for e in await check_log(stage) if e.stream == event.stream]
    assert stream == [EventType.EXCHANGE_QUARANTINED, EventType.ACCESS_VIEW]


async def test_who_finds_cases_by_bsn_is_recorded_on_each_case(stage: Stage):
    cases = [(await answered(stage)).case_id for _ in range(2)]
    events = await seen(stage, lambda: find_cases(stage.gateway, caller(), BSN))
    assert {event.personal["case"] for event in events} == {str(case_id) for case_id in cases}
    assert {event.open["what"] for event in events} == {"zoekvraag"}
    assert len({event.stream for event in events}) == 2
