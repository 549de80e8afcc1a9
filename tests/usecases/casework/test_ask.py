"""An order is granted whole or not at all; nothing leaves here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from gateway.domain.errors import (
    CallerFault,
    CreditorNotReachable,
    CreditorUnknown,
    InvalidInput,
    MeterReadingsMissing,
    NotCovered,
    NotFound,
    ReferenceLooksLikeBsn,
    StateConflict,
)
from gateway.domain.identifiers import CreditorId
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.domain.legal_basis import BasisKind, DataCategory, Purpose, ScopeLine
from gateway.domain.parties import AskReason
from gateway.usecases.casework.ask import ask_creditors
from gateway.usecases.casework.read import read_leg, read_order
from gateway.usecases.commands import AskCreditors, CreditorAsked
from tests.journeys.playing import (
    RESIDENT,
    ask,
    asked,
    asked_for,
    caller,
    commit,
    consent,
    ended,
    grounded,
    legs,
    opened,
    public_task,
    recorded,
    settled,
)
from tests.journeys.stage import ENERGY, HELPER, NEIGHBOUR, RENT, SHOP, TAX, TODAY, TOWN, Stage


async def count(stage: Stage, table: str) -> int:
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        return int(await connection.fetchval(f"select count(*) from {table}"))
    finally:
        await connection.close()


async def test_an_order_opens_a_leg_and_queues_a_delivery_per_creditor(stage: Stage):
    case = await asked_for(stage, SHOP, RENT, TAX)
    order = await read_order(stage.gateway, caller(), case.order_id)
    assert [detail.leg.creditor_id for detail in order.legs] == [SHOP, RENT, TAX]
    assert {detail.reason for detail in order.legs} == {AskReason.RESIDENT_STATEMENT}
    assert {detail.leg.state for detail in order.legs} == {LegState.OPEN}
    assert {d.state for detail in order.legs for d in detail.deliveries} == {DeliveryState.QUEUED}
    assert not order.done
    assert stage.transport.deliveries == 0


async def test_an_order_can_wait_for_its_day(stage: Stage):
    case = await opened(stage)
    basis_id = await grounded(stage, public_task(case.case_id))
    command = AskCreditors(
        case.case_id, basis_id, (asked(SHOP),), not_before=TODAY + timedelta(days=3)
    )
    await commit(stage, TOWN, lambda tx: ask_creditors(stage.gateway, tx, caller(), command))
    await settled(stage)
    assert stage.transport.deliveries == 0
    stage.calendar.day += timedelta(days=3)
    await settled(stage)
    assert stage.transport.deliveries == 1


async def test_the_yearly_check_is_a_purpose_of_its_own(stage: Stage):
    case = await opened(stage)
    command = public_task(case.case_id, Purpose.YEARLY_CHECK)
    basis_id = await grounded(stage, command)
    with pytest.raises(NotCovered) as refusal:
        await ask(stage, case.case_id, basis_id, SHOP)
    assert refusal.value.part == "doel"
    order = AskCreditors(case.case_id, basis_id, (asked(SHOP),), Purpose.YEARLY_CHECK)
    await commit(stage, TOWN, lambda tx: ask_creditors(stage.gateway, tx, caller(), order))
    await settled(stage)
    assert stage.transport.deliveries == 1


Change = Callable[[CreditorAsked], CreditorAsked]


@pytest.mark.parametrize(
    ("creditor_id", "change", "fault"),
    [
        (CreditorId("onbekend"), replace, CreditorUnknown),
        (ENERGY, lambda one: replace(one, meter_readings=()), MeterReadingsMissing),
        (
            SHOP,
            lambda one: replace(one, meter_readings=asked(ENERGY).meter_readings),
            CreditorNotReachable,
        ),
        (SHOP, lambda one: replace(one, customer_number="111.222.333"), ReferenceLooksLikeBsn),
        (
            SHOP,
            lambda one: replace(one, invoice_numbers=("F-1", "111222333")),
            ReferenceLooksLikeBsn,
        ),
    ],
)
async def test_one_creditor_that_cannot_be_asked_stops_the_whole_order(
    stage: Stage, creditor_id: CreditorId, change: Change, fault: type[CallerFault]
):
    case = await opened(stage)
    basis_id = await grounded(stage, public_task(case.case_id))
    creditors = (asked(RENT), change(asked(creditor_id)))
    command = AskCreditors(case.case_id, basis_id, creditors)
    with pytest.raises(fault):
        await commit(stage, TOWN, lambda tx: ask_creditors(stage.gateway, tx, caller(), command))
    assert [await count(stage, t) for t in ("leg", "delivery", "request_order")] == [0, 0, 0]


async def test_a_creditor_that_is_switched_off_is_not_asked(stage: Stage):
    stage.change_partner(SHOP, replace(stage.partners[SHOP], enabled=False))
    with pytest.raises(CreditorNotReachable):
        await asked_for(stage, RENT, SHOP)


@pytest.mark.parametrize("creditors", [(), (SHOP, RENT, SHOP)])
async def test_every_creditor_is_named_once(stage: Stage, creditors: tuple[CreditorId, ...]):
    case = await opened(stage)
    basis_id = await grounded(stage, public_task(case.case_id))
    command = AskCreditors(case.case_id, basis_id, tuple(asked(one) for one in creditors))
    with pytest.raises(InvalidInput):
        await commit(stage, TOWN, lambda tx: ask_creditors(stage.gateway, tx, caller(), command))


async def test_a_creditor_that_is_still_asked_is_not_asked_again(stage: Stage):
    case = await asked_for(stage, SHOP)
    with pytest.raises(StateConflict):
        await ask(stage, case.case_id, case.basis_id, RENT, SHOP)
    await ask(stage, case.case_id, case.basis_id, RENT)


async def test_the_ground_of_another_case_is_not_found(stage: Stage):
    mine, other = await opened(stage), await opened(stage)
    basis_id = await grounded(stage, public_task(other.case_id))
    with pytest.raises(NotFound):
        await ask(stage, mine.case_id, basis_id, SHOP)


async def test_nothing_of_another_municipality_can_be_used(stage: Stage):
    case = await opened(stage)
    basis_id = await grounded(stage, public_task(case.case_id))
    with pytest.raises(NotFound):
        await ask(stage, case.case_id, basis_id, SHOP, controller=NEIGHBOUR)
    with pytest.raises(NotFound):
        await grounded(stage, public_task(case.case_id), NEIGHBOUR)


async def test_an_ended_ground_opens_no_leg(stage: Stage):
    case = await opened(stage)
    basis_id = await grounded(stage, public_task(case.case_id))
    await ended(stage, basis_id)
    with pytest.raises(NotCovered) as refusal:
        await ask(stage, case.case_id, basis_id, SHOP)
    assert refusal.value.part == "toestand"


@pytest.mark.parametrize("kind", [BasisKind.WGS_PUBLIC_TASK, BasisKind.COURT_ORDER])
async def test_a_helper_outside_the_law_cannot_use_the_grounds_of_others(
    stage: Stage, kind: BasisKind
):
    case = await opened(stage, HELPER)
    command = replace(consent(case.case_id, SHOP, kind=kind), citation="Wgs art. 8(1)")
    with pytest.raises(NotCovered) as refusal:
        await grounded(stage, command, HELPER)
    assert refusal.value.part == "soort"


async def test_a_consent_names_each_creditor(stage: Stage):
    case = await opened(stage, HELPER)
    command = consent(case.case_id, kind=BasisKind.CONSENT)
    everybody = (ScopeLine(Purpose.DEBT_STATEMENT, frozenset({DataCategory.IDENTITY})),)
    with pytest.raises(InvalidInput):
        await grounded(stage, replace(command, scope=everybody), HELPER)


async def test_a_consent_for_a_creditor_nobody_knows_is_refused(stage: Stage):
    case = await opened(stage, HELPER)
    command = consent(case.case_id, CreditorId("onbekend"), kind=BasisKind.CONSENT)
    with pytest.raises(CreditorUnknown):
        await grounded(stage, command, HELPER)


async def test_a_ground_that_is_over_cannot_be_recorded(stage: Stage):
    case = await opened(stage)
    command = public_task(case.case_id)
    yesterday = replace(command.validity, start=date(2020, 1, 1), end=TODAY - timedelta(days=1))
    with pytest.raises(InvalidInput):
        await grounded(stage, replace(command, validity=yesterday))


async def test_the_question_is_no_wider_than_the_consent(stage: Stage):
    """Without the address in its scope, a consent covers no message that holds it."""
    case = await opened(stage, HELPER)
    command = consent(case.case_id, SHOP, kind=BasisKind.CONSENT)
    narrow = tuple(
        replace(line, categories=line.categories - {DataCategory.ADDRESS}) for line in command.scope
    )
    basis_id = await grounded(stage, replace(command, scope=narrow), HELPER)
    with pytest.raises(NotCovered) as refusal:
        await ask(stage, case.case_id, basis_id, SHOP, controller=HELPER)
    assert refusal.value.part == "gegevens"


async def test_a_secret_address_reaches_nobody(stage: Stage):
    case = await opened(stage, resident=replace(RESIDENT, address_secret=True))
    basis_id = await grounded(stage, public_task(case.case_id))
    await ask(stage, case.case_id, basis_id, SHOP, RENT, TAX, ENERGY)
    await settled(stage)
    sent = [d for one in stage.transport.creditors.values() for d in one.documents]
    assert len(sent) == 4
    assert not any(b"Voorhout" in document or b"2514ED" in document for document in sent)


async def test_a_helper_outside_the_law_never_sends_a_bsn(stage: Stage):
    case = await opened(stage, HELPER)
    basis_id = await grounded(
        stage, consent(case.case_id, TAX, SHOP, kind=BasisKind.MANDATE), HELPER
    )
    await ask(stage, case.case_id, basis_id, TAX, SHOP, controller=HELPER)
    await settled(stage, HELPER)
    for creditor_id in (TAX, SHOP):
        [document] = stage.creditor(creditor_id).documents
        assert b"111222333" not in document


async def test_every_leg_has_a_client_number_of_its_own(stage: Stage):
    await asked_for(stage, SHOP, RENT, TAX)
    await asked_for(stage, SHOP)
    await recorded(stage)
    await settled(stage)
    numbers = [
        one.simulator.hear(question).client_number
        for one in stage.transport.creditors.values()
        for question in one.questions.values()
    ]
    assert len(set(numbers)) == len(numbers) == 4


async def test_one_leg_reads_back_by_itself(stage: Stage):
    case = await asked_for(stage, SHOP, RENT)
    found = await legs(stage, case.case_id)
    assert await read_leg(stage.gateway, caller(), found[RENT].leg.leg_id) == found[RENT]
    with pytest.raises(NotFound):
        await read_leg(stage.gateway, caller(NEIGHBOUR), found[RENT].leg.leg_id)
