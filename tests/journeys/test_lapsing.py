"""A ground whose last day is over ends by itself, with all that follows from an ending, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.errors import InvalidInput
from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.domain.legal_basis import BasisKind, BasisState, EndReason
from gateway.domain.parties import Period
from gateway.ports.creditor import MessageKind
from gateway.usecases.casework.grounds import end_lapsed, read_basis
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    STATEMENT,
    Asked,
    arrives,
    ask,
    caller,
    consent,
    ended,
    grounded,
    leg,
    opened,
    public_task,
    settled,
)
from tests.journeys.stage import HELPER, SHOP, TODAY, TOWN, Stage

LAST = TODAY + timedelta(days=2)


async def asked_until(stage: Stage) -> Asked:
    case = await opened(stage)
    command = replace(public_task(case.case_id), validity=Period(TODAY, LAST))
    basis_id = await grounded(stage, command)
    return Asked(case.case_id, basis_id, await ask(stage, case.case_id, basis_id, SHOP))


async def test_what_was_sent_is_followed_by_a_stop(stage: Stage):
    case = await asked_until(stage)
    await settled(stage)
    stage.calendar.day = LAST
    await settled(stage)
    assert stage.creditor().kinds == [MessageKind.DEBT_STATEMENT_REQUEST]
    stage.calendar.day = LAST + timedelta(days=1)
    await settled(stage)
    await settled(stage)
    assert stage.creditor().kinds == [MessageKind.DEBT_STATEMENT_REQUEST, MessageKind.WITHDRAWAL]
    assert (await leg(stage, case.case_id)).leg.state is LegState.WITHDRAWN
    view = await read_basis(stage.gateway, caller(), case.basis_id)
    assert (view.basis.state, view.end_reason) == (BasisState.ENDED, EndReason.EXPIRED)
    [event] = [e for e in await check_log(stage) if e.type is EventType.BASIS_ENDED]
    assert (event.open["reason"], event.open["stopped"]) == ("verlopen", 1)
    assert event.personal == {"case": str(case.case_id)}


async def test_an_answer_after_the_last_day_stays_unread(stage: Stage):
    case = await asked_until(stage)
    await settled(stage)
    answer = stage.creditor().answer(stage.creditor().last_question, STATEMENT)
    stage.calendar.day = LAST + timedelta(days=1)
    await settled(stage)
    assert (await arrives(stage, answer)).code == "grondslag-beeindigd"
    assert (await leg(stage, case.case_id)).leg.reply is None


async def test_what_was_queued_never_leaves(stage: Stage):
    case = await asked_until(stage)
    stage.calendar.day = LAST + timedelta(days=1)
    await settled(stage)
    assert stage.transport.deliveries == 0
    [request] = (await leg(stage, case.case_id)).deliveries
    assert (request.kind, request.state) == (DeliveryKind.REQUEST, DeliveryState.CANCELLED)


async def test_grounds_end_batch_by_batch_and_each_once(stage: Stage):
    for _ in range(3):
        await asked_until(stage)
    stage.calendar.day = LAST + timedelta(days=1)
    assert [await end_lapsed(stage.gateway, TOWN, 2) for _ in range(3)] == [2, 1, 0]
    events = await check_log(stage)
    assert [e.type for e in events].count(EventType.BASIS_ENDED) == 3


async def test_nobody_can_ask_for_an_expiry(stage: Stage):
    case = await asked_until(stage)
    with pytest.raises(InvalidInput):
        await ended(stage, case.basis_id, EndReason.EXPIRED)


async def test_every_kind_of_ground_expires(stage: Stage):
    case = await opened(stage, HELPER)
    command = consent(case.case_id, SHOP, kind=BasisKind.CONSENT)
    await grounded(stage, replace(command, validity=Period(TODAY, LAST)), HELPER)
    stage.calendar.day = LAST + timedelta(days=1)
    assert await end_lapsed(stage.gateway, HELPER, 64) == 1
