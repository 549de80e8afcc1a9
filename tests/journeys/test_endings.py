"""A ground that ends, seen from each state an exchange can be in (consentlog §2.4, domain §5.4)."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.domain.errors import InvalidInput, NotCovered, NotFound, StateConflict
from gateway.domain.events import EventType
from gateway.domain.identifiers import BasisId, CaseId
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.domain.legal_basis import BasisKind, EndReason
from gateway.ports.creditor import MessageKind
from gateway.usecases.commands import Ending
from gateway.usecases.exchange.sending import claim_due, send
from gateway.usecases.watch.terms import watch_terms
from tests.journeys.creditors import Act
from tests.journeys.logbook import check_log, log_first
from tests.journeys.playing import (
    LATER,
    OTHER_STATEMENT,
    STATEMENT,
    arrives,
    ask,
    asked_for,
    consent,
    ended,
    grounded,
    leg,
    legs,
    opened,
    recorded,
    round_of,
    sent,
    settled,
)
from tests.journeys.stage import HELPER, NEIGHBOUR, RENT, SHOP, TAX, TOWN, Stage

REMINDED = date(2026, 12, 8)
"""Ten working days after the question: the first reminder is due."""


async def states(stage: Stage, case_id: CaseId) -> dict[DeliveryKind, DeliveryState]:
    detail = await leg(stage, case_id)
    return {delivery.kind: delivery.state for delivery in detail.deliveries}


async def test_what_is_queued_is_cancelled_and_nothing_leaves(stage: Stage):
    case = await asked_for(stage, SHOP, RENT, TAX)
    assert await ended(stage, case.basis_id) == Ending(cancelled=3, already_sending=0, stopped=0)
    await settled(stage)
    assert stage.transport.deliveries == 0
    assert {one.leg.state for one in (await legs(stage, case.case_id)).values()} == {
        LegState.WITHDRAWN
    }
    await check_log(stage)


async def test_what_is_recorded_is_cancelled_and_nothing_leaves(stage: Stage):
    case = await asked_for(stage)
    await recorded(stage)
    assert await ended(stage, case.basis_id) == Ending(1, 0, 0)
    await settled(stage)
    assert stage.transport.deliveries == 0
    assert await states(stage, case.case_id) == {DeliveryKind.REQUEST: DeliveryState.CANCELLED}
    await check_log(stage)


async def test_what_is_being_sent_is_counted_and_followed_by_a_stop(stage: Stage):
    stage.creditor().reply = STATEMENT
    case = await asked_for(stage)
    await recorded(stage)
    [sending], _ = await claim_due(stage.gateway, TOWN, 64)
    assert await ended(stage, case.basis_id) == Ending(0, 1, 1)
    await send(stage.gateway, TOWN, sending)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert detail.leg.state is LegState.WITHDRAWN
    assert detail.leg.reply is None
    assert detail.leg.quarantined == ("grondslag-beeindigd",)
    assert stage.creditor().kinds == [MessageKind.DEBT_STATEMENT_REQUEST, MessageKind.WITHDRAWAL]
    assert await states(stage, case.case_id) == {
        DeliveryKind.REQUEST: DeliveryState.DELIVERED,
        DeliveryKind.STOP: DeliveryState.DELIVERED,
    }
    await check_log(stage)


@pytest.mark.parametrize("act", [Act.LOST_BEFORE, Act.LOST_AFTER])
async def test_what_comes_back_undelivered_after_the_ending_is_not_sent_again(
    stage: Stage, act: Act
):
    stage.creditor().acts.append(act)
    case = await asked_for(stage)
    await recorded(stage)
    [sending], _ = await claim_due(stage.gateway, TOWN, 64)
    await ended(stage, case.basis_id)
    await send(stage.gateway, TOWN, sending)
    await settled(stage)
    assert stage.creditor().kinds.count(MessageKind.DEBT_STATEMENT_REQUEST) == (
        act is Act.LOST_AFTER
    )
    assert await states(stage, case.case_id) == {
        DeliveryKind.REQUEST: DeliveryState.CANCELLED,
        DeliveryKind.STOP: DeliveryState.DELIVERED,
    }
    assert (await leg(stage, case.case_id)).leg.state is LegState.WITHDRAWN
    await check_log(stage)


@pytest.mark.parametrize(
    ("act", "ends_as"),
    [(Act.BUSY, DeliveryState.CANCELLED), (Act.REFUSED, DeliveryState.FAILED)],
)
async def test_who_turns_out_never_to_have_been_asked_is_not_told_to_stop(
    stage: Stage, act: Act, ends_as: DeliveryState
):
    """A stop out of the blue would only tell a stranger of a debt."""
    stage.creditor().acts.append(act)
    case = await asked_for(stage)
    await recorded(stage)
    [sending], _ = await claim_due(stage.gateway, TOWN, 64)
    await ended(stage, case.basis_id)
    await send(stage.gateway, TOWN, sending)
    await settled(stage)
    assert stage.creditor().kinds == []
    assert await states(stage, case.case_id) == {
        DeliveryKind.REQUEST: ends_as,
        DeliveryKind.STOP: DeliveryState.CANCELLED,
    }
    stops = [d for d in (await leg(stage, case.case_id)).deliveries if d.kind is DeliveryKind.STOP]
    assert [stop.failure for stop in stops] == ["niets-verzonden"]
    await check_log(stage)


@pytest.mark.parametrize("act", [Act.DONE, Act.LOST_AFTER])
async def test_a_stop_never_overtakes_what_it_stops(stage: Stage, act: Act):
    stage.creditor().acts.append(act)
    case = await asked_for(stage)
    await recorded(stage)
    [sending], _ = await claim_due(stage.gateway, TOWN, 64)
    await ended(stage, case.basis_id)
    for _ in range(3):
        await round_of(stage)
    assert stage.creditor().kinds == []
    await send(stage.gateway, TOWN, sending)
    await settled(stage)
    assert stage.creditor().kinds == [MessageKind.DEBT_STATEMENT_REQUEST, MessageKind.WITHDRAWAL]
    await check_log(stage)


async def test_a_stop_waits_for_a_reminder_under_way_but_not_for_another_leg(stage: Stage):
    case = await asked_for(stage, SHOP, RENT)
    await settled(stage)
    stage.calendar.day = REMINDED
    await watch_terms(stage.gateway, TOWN, 64)
    await recorded(stage)
    claimed, _ = await claim_due(stage.gateway, TOWN, 64)
    [reminder] = [one for one in claimed if one.row.creditor_id == SHOP]
    [other] = [one for one in claimed if one.row.creditor_id == RENT]
    await send(stage.gateway, TOWN, other)
    await ended(stage, case.basis_id)
    await round_of(stage)
    assert stage.creditor(RENT).kinds[-1] is MessageKind.WITHDRAWAL
    assert stage.creditor(SHOP).kinds == [MessageKind.DEBT_STATEMENT_REQUEST]
    await send(stage.gateway, TOWN, reminder)
    await settled(stage)
    assert stage.creditor(SHOP).kinds == [
        MessageKind.DEBT_STATEMENT_REQUEST,
        MessageKind.DEBT_STATEMENT_REQUEST,
        MessageKind.WITHDRAWAL,
    ]
    await check_log(stage)


@pytest.mark.parametrize(
    ("acts", "kinds"),
    [
        (
            [Act.LOST_AFTER, Act.LOST_AFTER],
            [MessageKind.DEBT_STATEMENT_REQUEST] * 2 + [MessageKind.WITHDRAWAL],
        ),
        ([Act.LOST_AFTER, Act.BUSY], [MessageKind.DEBT_STATEMENT_REQUEST, MessageKind.WITHDRAWAL]),
        ([Act.LOST_BEFORE, Act.REFUSED], [MessageKind.WITHDRAWAL]),
        ([Act.BUSY, Act.BUSY], []),
    ],
)
async def test_what_was_given_up_is_stopped_when_it_may_have_arrived(
    stage: Stage, acts: list[Act], kinds: list[MessageKind]
):
    partner = stage.partners[SHOP]
    stage.change_partner(SHOP, replace(partner, limits=replace(partner.limits, attempts=2)))
    stage.creditor().acts.extend(acts)
    case = await asked_for(stage)
    await settled(stage)
    assert (await leg(stage, case.case_id)).leg.state is LegState.UNDELIVERABLE
    told = MessageKind.WITHDRAWAL in kinds
    assert await ended(stage, case.basis_id) == Ending(0, 0, int(told))
    await settled(stage)
    assert stage.creditor().kinds == kinds
    assert (await leg(stage, case.case_id)).leg.state is LegState.WITHDRAWN
    await check_log(stage)


async def test_what_was_being_sent_when_its_process_died_is_not_sent_again(stage: Stage):
    case = await asked_for(stage)
    await recorded(stage)
    await claim_due(stage.gateway, TOWN, 64)
    await ended(stage, case.basis_id)
    stage.clock.forward(LATER)
    await settled(stage)
    assert stage.creditor().kinds == [MessageKind.WITHDRAWAL]
    assert (await states(stage, case.case_id))[DeliveryKind.REQUEST] is DeliveryState.CANCELLED
    await check_log(stage)


async def test_what_is_in_doubt_is_cancelled_and_followed_by_a_stop(stage: Stage):
    stage.creditor().acts.append(Act.LOST_AFTER)
    case = await asked_for(stage)
    await round_of(stage)
    assert await states(stage, case.case_id) == {DeliveryKind.REQUEST: DeliveryState.IN_DOUBT}
    assert await ended(stage, case.basis_id) == Ending(1, 0, 1)
    await settled(stage)
    assert stage.creditor().kinds == [MessageKind.DEBT_STATEMENT_REQUEST, MessageKind.WITHDRAWAL]
    await check_log(stage)


async def test_who_was_asked_is_told_to_stop_and_a_late_answer_is_kept_unread(stage: Stage):
    await log_first(stage)
    case = await asked_for(stage)
    await settled(stage)
    assert await ended(stage, case.basis_id) == Ending(0, 0, 1)
    await settled(stage)
    shop = stage.creditor()
    assert shop.kinds[-1] is MessageKind.WITHDRAWAL
    late = await arrives(stage, shop.answer(shop.last_question, STATEMENT))
    assert (late.status, late.code) == (400, "grondslag-beeindigd")
    detail = await leg(stage, case.case_id)
    assert detail.leg.reply is None
    assert detail.leg.state is LegState.WITHDRAWN
    events = await check_log(stage)
    assert [e.open["reason"] for e in events if e.type is EventType.EXCHANGE_QUARANTINED] == [
        "grondslag-beeindigd"
    ]


async def test_a_stop_survives_the_ending_of_its_own_ground(stage: Stage):
    """The stop rests on a ground that has ended: it needs none, it ends one."""
    stage.creditor().acts.extend([Act.DONE, Act.BUSY, Act.LOST_AFTER])
    case = await asked_for(stage)
    await round_of(stage)
    await ended(stage, case.basis_id)
    await settled(stage)
    assert (await states(stage, case.case_id))[DeliveryKind.STOP] is DeliveryState.DELIVERED
    stops = [m for m in stage.creditor().came if m.kind is MessageKind.WITHDRAWAL]
    assert len(stops) == 2
    assert len({m.message_id for m in stops}) == 1


async def test_what_was_answered_stays_and_nobody_is_told_to_stop(stage: Stage):
    stage.creditor().reply = STATEMENT
    case = await asked_for(stage)
    await settled(stage)
    assert await ended(stage, case.basis_id) == Ending(0, 0, 0)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.reply) == (LegState.ANSWERED, STATEMENT)
    shop = stage.creditor()
    second = await arrives(stage, shop.answer(shop.last_question, OTHER_STATEMENT))
    assert second.code == "grondslag-beeindigd"


async def test_the_first_answer_keeps_its_receipt_after_the_ending(stage: Stage):
    """A duplicate gets the original answer, also when nothing new is read any more."""
    case = await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    answer = shop.answer(shop.last_question, STATEMENT)
    first = await arrives(stage, answer)
    await ended(stage, case.basis_id)
    assert await arrives(stage, answer) == first


async def test_an_ending_of_one_ground_leaves_what_rests_on_another(stage: Stage):
    case = await asked_for(stage, SHOP)
    other = await asked_for(stage, RENT)
    await ended(stage, case.basis_id)
    await settled(stage)
    assert stage.creditor(RENT).kinds == [MessageKind.DEBT_STATEMENT_REQUEST]
    assert (await leg(stage, other.case_id, RENT)).leg.state is LegState.AWAITING_REPLY


async def test_a_withdrawn_consent_stops_the_helper_before_dispatch(stage: Stage):
    case = await opened(stage, HELPER)
    basis_id = await grounded(
        stage, consent(case.case_id, SHOP, RENT, kind=BasisKind.CONSENT), HELPER
    )
    await ask(stage, case.case_id, basis_id, SHOP, RENT, controller=HELPER)
    ending = await ended(stage, basis_id, EndReason.CONSENT_WITHDRAWN, HELPER)
    assert ending == Ending(2, 0, 0)
    await settled(stage, HELPER)
    assert stage.transport.deliveries == 0
    await check_log(stage, HELPER)


async def test_a_consent_covers_only_the_creditors_it_names(stage: Stage):
    case = await opened(stage, HELPER)
    basis_id = await grounded(stage, consent(case.case_id, SHOP, kind=BasisKind.MANDATE), HELPER)
    with pytest.raises(NotCovered) as refusal:
        await ask(stage, case.case_id, basis_id, SHOP, RENT, controller=HELPER)
    assert refusal.value.part == "schuldeiser"
    assert await legs(stage, case.case_id, HELPER) == {}


async def test_a_college_can_never_ask_on_consent(stage: Stage):
    case = await opened(stage)
    with pytest.raises(NotCovered) as refusal:
        await grounded(stage, consent(case.case_id, SHOP, kind=BasisKind.CONSENT))
    assert refusal.value.part == "soort"


async def test_a_ground_ends_once_and_for_a_reason_of_its_kind(stage: Stage):
    case = await asked_for(stage)
    with pytest.raises(InvalidInput):
        await ended(stage, case.basis_id, EndReason.CONSENT_WITHDRAWN)
    await ended(stage, case.basis_id)
    with pytest.raises(StateConflict):
        await ended(stage, case.basis_id)


async def test_the_ground_of_another_municipality_does_not_exist_here(stage: Stage):
    case = await asked_for(stage)
    with pytest.raises(NotFound):
        await ended(stage, case.basis_id, controller=NEIGHBOUR)
    with pytest.raises(NotFound):
        await ended(stage, BasisId(case.case_id))


async def test_a_ground_that_expires_while_queued_stops_the_message(stage: Stage):
    case = await asked_for(stage)
    stage.calendar.day = stage.calendar.day.replace(year=2030)
    await settled(stage)
    assert stage.transport.deliveries == 0
    detail = await leg(stage, case.case_id)
    assert detail.leg.state is LegState.WITHDRAWN
    assert detail.deliveries[0].failure == "grondslag-beeindigd"


async def test_a_ground_that_expires_while_recorded_stops_the_message(stage: Stage):
    case = await asked_for(stage)
    await recorded(stage)
    stage.calendar.day = stage.calendar.day.replace(year=2030)
    assert await sent(stage) == 0
    detail = await leg(stage, case.case_id)
    assert detail.leg.state is LegState.WITHDRAWN
    assert detail.deliveries[0].failure == "grondslag-dekt-niet"
