"""What proves that a creditor received a message: its signed receipt, or its answer (design §4).

An answer that repeats id and digest of the request is the receipt of that request. One that does
not is an answer all the same, but proves nothing about the request.
"""

from hashlib import sha256

import pytest

from gateway.domain.events import EventType
from gateway.domain.identifiers import CaseId, CreditorId
from gateway.domain.inquiry import LegState
from gateway.domain.statement import Refusal, RefusalReason, Reply
from gateway.usecases.casework.read import list_messages
from gateway.wire.signature import verify
from tests.journeys.creditors import Act
from tests.journeys.logbook import Written, check_log
from tests.journeys.playing import (
    STATEMENT,
    arrives,
    asked_for,
    caller,
    leg,
    settled,
)
from tests.journeys.stage import ENERGY, SHOP, TOWN, Stage
from tests.journeys.test_refusals import incomplete, other_document
from tests.journeys.test_terms import REMINDED

ANSWERED = (EventType.EXCHANGE_RESPONSE, EventType.EXCHANGE_REFUSED)


async def events_of(stage: Stage, *types: EventType) -> list[Written]:
    return sorted(
        (event for event in await check_log(stage) if event.type in types), key=lambda e: e.seq
    )


async def kinds(stage: Stage, case_id: CaseId) -> list[str | None]:
    return [one.kind for one in await list_messages(stage.gateway, caller(), case_id)]


@pytest.mark.parametrize("creditor_id", [SHOP, ENERGY])
@pytest.mark.parametrize("reply", [STATEMENT, Refusal(RefusalReason.CLIENT_UNKNOWN)])
async def test_an_answer_in_the_response_is_the_receipt_of_the_request(
    stage: Stage, creditor_id: CreditorId, reply: Reply
):
    stage.creditor(creditor_id).reply = reply
    case = await asked_for(stage, creditor_id)
    await settled(stage)
    [request] = await events_of(stage, EventType.EXCHANGE_REQUEST)
    [answer] = await events_of(stage, *ANSWERED)
    [delivered] = await events_of(stage, EventType.EXCHANGE_DELIVERED)
    assert answer.open["answered_sha256"] == request.open["document_sha256"]
    assert delivered.open["receipt_sha256"] == answer.open["wire_sha256"]
    found = await kinds(stage, case.case_id)
    assert len(found) == 2, "the answer is filed once, and no receipt besides"


async def test_an_answer_without_digest_is_accepted_and_is_no_receipt(stage: Stage):
    stage.creditor().spoiled = lambda shop: shop.answer(
        shop.last_question, STATEMENT, as_receipt=False
    )
    case = await asked_for(stage)
    await settled(stage)
    assert (await leg(stage, case.case_id)).leg.state is LegState.ANSWERED
    [answer] = await events_of(stage, EventType.EXCHANGE_RESPONSE)
    [delivered] = await events_of(stage, EventType.EXCHANGE_DELIVERED)
    assert answer.open["answered_sha256"] is None
    assert delivered.open["receipt_sha256"] is None


@pytest.mark.parametrize("spoil", [other_document, incomplete])
async def test_an_answer_that_is_refused_is_no_receipt(stage: Stage, spoil):
    stage.creditor().spoiled = spoil
    await asked_for(stage)
    await settled(stage)
    [delivered] = await events_of(stage, EventType.EXCHANGE_DELIVERED)
    assert delivered.open["receipt_sha256"] is None


async def test_a_later_answer_repeats_what_it_answers_beside_the_earlier_receipt(stage: Stage):
    await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    await arrives(stage, shop.answer(shop.last_question, STATEMENT))
    [request] = await events_of(stage, EventType.EXCHANGE_REQUEST)
    [answer] = await events_of(stage, EventType.EXCHANGE_RESPONSE)
    [delivered] = await events_of(stage, EventType.EXCHANGE_DELIVERED)
    assert answer.open["answered_sha256"] == request.open["document_sha256"]
    assert delivered.open["receipt_sha256"] not in (None, answer.open["wire_sha256"])


async def test_an_answer_that_got_lost_is_the_receipt_when_it_comes_again(stage: Stage):
    """The creditor gives the original answer to the same message; it proves the same."""
    shop = stage.creditor()
    shop.reply = STATEMENT
    shop.acts.append(Act.LOST_AFTER)
    await asked_for(stage)
    await settled(stage)
    [answer] = await events_of(stage, EventType.EXCHANGE_RESPONSE)
    [delivered] = await events_of(stage, EventType.EXCHANGE_DELIVERED)
    assert delivered.open["receipt_sha256"] == answer.open["wire_sha256"]


async def test_an_answer_to_the_first_question_is_no_receipt_of_the_reminder(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    first = stage.creditor().last_question
    stage.creditor().spoiled = lambda shop: shop.answer(first, STATEMENT)
    stage.calendar.day = REMINDED
    await settled(stage)
    assert (await leg(stage, case.case_id)).leg.state is LegState.ANSWERED
    request, _ = await events_of(stage, EventType.EXCHANGE_REQUEST)
    _, reminder = await events_of(stage, EventType.EXCHANGE_DELIVERED)
    [answer] = await events_of(stage, EventType.EXCHANGE_RESPONSE)
    assert answer.open["answered_sha256"] == request.open["document_sha256"]
    assert (reminder.open["delivery"], reminder.open["receipt_sha256"]) == ("rappel", None)


async def test_our_fault_message_repeats_the_digest_of_what_it_refuses(stage: Stage):
    await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    refused = incomplete(shop)
    body = (await arrives(stage, refused)).body
    assert body is not None
    now = stage.clock.now()
    fault = verify(body, stage.keys.trust(TOWN.oin.value), now, 1_000_000)
    theirs = verify(refused, stage.keys.trust(shop.party.value), now, 1_000_000)
    assert shop.adapter.identify(fault.element).answered_digest == theirs.digest
    assert sha256(refused).digest() != theirs.digest
