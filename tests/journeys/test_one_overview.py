"""The main job: one resident's debts asked of her creditors, and read back as one overview."""

from uuid import UUID

from gateway.domain.inquiry import DeliveryState, LegState
from gateway.domain.statement import Refusal, RefusalReason
from gateway.usecases.casework.read import list_messages, read_message, read_order
from tests.journeys.playing import (
    CONTACT,
    EVERY_CREDITOR,
    STATEMENT,
    asked_for,
    caller,
    leg,
    legs,
    overview,
    settled,
)
from tests.journeys.stage import ENERGY, RENT, SHOP, TAX, Stage


async def test_every_creditor_answers_in_its_response_and_the_overview_adds_up(stage: Stage):
    for creditor_id in EVERY_CREDITOR:
        stage.creditor(creditor_id).reply = STATEMENT
    case = await asked_for(stage, *EVERY_CREDITOR)
    await settled(stage)
    found = await legs(stage, case.case_id)
    assert {name: one.leg.state for name, one in found.items()} == dict.fromkeys(
        EVERY_CREDITOR, LegState.ANSWERED
    )
    view = (await overview(stage, case.case_id)).overview
    assert view.complete
    assert view.day == 1
    assert view.totals.total == 4 * (45_000 + 1_250 + 6_750 - 10_000)
    order = await read_order(stage.gateway, caller(), case.order_id)
    assert order.done
    assert all(
        delivery.state is DeliveryState.DELIVERED
        for detail in order.legs
        for delivery in detail.deliveries
    )


async def test_what_is_missing_is_named_with_its_reason(stage: Stage):
    stage.creditor(SHOP).reply = STATEMENT
    stage.creditor(RENT).reply = Refusal(RefusalReason.CLIENT_UNKNOWN, CONTACT)
    stage.creditor(TAX).reply = None
    case = await asked_for(stage, SHOP, RENT, TAX)
    await settled(stage)
    view = (await overview(stage, case.case_id)).overview
    missing = {line.leg.creditor_id: line.missing for line in view.lines}
    assert missing == {
        SHOP: (),
        RENT: ("geen_medewerking",),
        TAX: ("antwoord_verwacht",),
    }
    assert not view.complete


async def test_the_exact_documents_of_both_sides_can_be_read_back(stage: Stage):
    stage.creditor(SHOP).reply = STATEMENT
    case = await asked_for(stage, SHOP)
    await settled(stage)
    views = await list_messages(stage.gateway, caller(), case.case_id)
    assert [view.direction for view in views] == ["uit", "in"]
    kept = [
        (await read_message(stage.gateway, caller(), UUID(view.row_id))).document for view in views
    ]
    [(question, answer)] = stage.creditor(SHOP).processed.values()
    assert kept == [question, answer]


async def test_a_bsn_goes_only_where_both_laws_allow_it(stage: Stage):
    await asked_for(stage, *EVERY_CREDITOR)
    await settled(stage)
    with_bsn = {
        creditor_id
        for creditor_id in EVERY_CREDITOR
        for document in stage.creditor(creditor_id).documents
        if b"111222333" in document
    }
    assert with_bsn == {TAX}


async def test_a_company_with_its_own_vocabulary_gets_its_meter_readings(stage: Stage):
    stage.creditor(ENERGY).reply = STATEMENT
    case = await asked_for(stage, ENERGY)
    await settled(stage)
    assert (await leg(stage, case.case_id, ENERGY)).leg.state is LegState.ANSWERED
    assert b"12345.6" in stage.creditor(ENERGY).documents[0]
