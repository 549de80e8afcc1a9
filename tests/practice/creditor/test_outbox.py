"""Late answers: on their day, at our listener, the same bytes until there is a receipt."""

import asyncio
from dataclasses import replace

import pytest

from gateway.domain.errors import OtherPerson, SchemaRefused
from gateway.domain.identifiers import MessageId
from gateway.domain.statement import DebtStatement
from gateway.ports.transport import Delivered
from gateway.practice.cast import Behaviour
from gateway.practice.creditor import outbox
from gateway.practice.creditor.dialect import load_dialect
from gateway.wire import receipt
from gateway.wire.schema import validate
from tests.practice.creditor.municipality import CLAIM, MUNICIPALITY_HOST, QUESTION, STATEMENT

SVB = load_dialect("svb").adapter
THREE = replace(STATEMENT, lines=tuple(replace(CLAIM, invoice_number=f"F-{n}") for n in (1, 2, 3)))


async def asked(municipality, creditor, listener):
    """Ask; the creditor gives a receipt and owes the rest."""
    creditor.answer_at("127.0.0.1", listener.port)
    envelope = municipality.envelope()
    outcome = await municipality.ask(creditor, municipality.question(envelope))
    assert isinstance(outcome, Delivered)
    assert municipality.verified(outcome.body).element.tag == receipt.RECEIPT_TAG
    return envelope


async def next_day(creditor, calendar):
    calendar.step()
    await creditor.day_begins()


async def test_the_answer_comes_at_the_listener_on_the_next_day(
    municipality, start, listener, calendar
):
    creditor = await start(Behaviour.THREE_CLAIMS, statement=THREE)
    envelope = await asked(municipality, creditor, listener)
    await creditor.day_begins()
    assert (creditor.pending(), listener.received) == (1, [])
    await next_day(creditor, calendar)
    (came,) = listener.received
    assert came.host == MUNICIPALITY_HOST
    element = municipality.verified(came.document).element
    assert SVB.debt_statement.interpret(element, QUESTION, envelope) == THREE
    assert (creditor.pending(), creditor.dossier.answers) == (0, 1)


async def test_the_creditor_keeps_our_receipt_with_its_checkpoint(
    municipality, start, listener, calendar
):
    creditor = await start(Behaviour.THREE_CLAIMS)
    await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    element = municipality.verified(listener.received[0].document).element
    assert set(creditor.dossier.receipts) == {MessageId(SVB.identify(element).message_id)}
    assert creditor.dossier.checkpoints == ("voorbeeld.example/log\n1\nabc\n",)
    assert creditor.dossier.complaints == []


async def test_a_receipt_of_another_message_is_a_complaint(municipality, start, listener, calendar):
    creditor = await start(Behaviour.THREE_CLAIMS)
    listener.wrong_message_id = True
    await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    assert creditor.dossier.complaints == ["receipt-of-something-else"]
    assert creditor.dossier.receipts == {}


async def test_a_duplicate_answer_is_the_very_same_bytes(municipality, start, listener, calendar):
    creditor = await start(Behaviour.DUPLICATE_ANSWER)
    await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    first, second = listener.received
    assert first == second
    assert (creditor.dossier.answers, creditor.dossier.complaints) == (1, [])


async def test_two_answers_come_on_two_days_and_differ(municipality, start, listener, calendar):
    creditor = await start(Behaviour.TWO_ANSWERS)
    envelope = await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    assert (len(listener.received), creditor.pending()) == (1, 1)
    await next_day(creditor, calendar)
    replies = [
        SVB.debt_statement.interpret(
            municipality.verified(one.document).element, QUESTION, envelope
        )
        for one in listener.received
    ]
    assert replies[0] == STATEMENT
    assert isinstance(replies[1], DebtStatement)
    assert replies[1].claims[0].total.cents == STATEMENT.claims[0].total.cents + 1234


async def test_an_answer_about_somebody_else_is_well_signed_and_valid(
    municipality, start, listener, calendar, around
):
    creditor = await start(Behaviour.OTHER_PERSON)
    envelope = await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    element = municipality.verified(listener.received[0].document).element
    validate(element, SVB.schemas[element.tag], around.catalogue)
    with pytest.raises(OtherPerson):
        SVB.debt_statement.interpret(element, QUESTION, envelope)


async def test_an_incomplete_answer_is_well_signed_and_not_valid(
    municipality, start, listener, calendar, around
):
    creditor = await start(Behaviour.SCHEMA_INVALID)
    envelope = await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    element = municipality.verified(listener.received[0].document).element
    assert SVB.identify(element).answers == envelope.message_id
    with pytest.raises(SchemaRefused):
        validate(element, SVB.schemas[element.tag], around.catalogue)


async def test_a_stop_cancels_what_is_owed_in_that_conversation_only(
    municipality, start, listener, calendar
):
    creditor = await start(Behaviour.TWO_ANSWERS)
    stopped = await asked(municipality, creditor, listener)
    await asked(municipality, creditor, listener)
    stop = municipality.stop(municipality.envelope(conversation_id=stopped.conversation_id))
    outcome = await municipality.ask(creditor, stop)
    assert isinstance(outcome, Delivered)
    assert municipality.verified(outcome.body).element.tag == receipt.RECEIPT_TAG
    assert (creditor.dossier.stops, creditor.dossier.cancelled, creditor.pending()) == (1, 2, 2)
    await next_day(creditor, calendar)
    element = municipality.verified(listener.received[0].document).element
    assert SVB.identify(element).conversation_id != stopped.conversation_id


async def test_a_refusing_gateway_is_told_once(municipality, start, listener, calendar):
    creditor = await start(Behaviour.THREE_CLAIMS)
    listener.statuses = [400]
    await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    await next_day(creditor, calendar)
    assert (creditor.dossier.faults, len(listener.received)) == ([400], 1)
    assert (creditor.pending(), creditor.dossier.answers) == (0, 0)


async def test_a_gateway_that_fails_gets_the_same_bytes_until_it_gives_a_receipt(
    municipality, start, listener, calendar
):
    creditor = await start(Behaviour.THREE_CLAIMS)
    listener.statuses = [503, 500]
    await asked(municipality, creditor, listener)
    await next_day(creditor, calendar)
    assert len({one.document for one in listener.received}) == 1
    assert (len(listener.received), creditor.pending()) == (3, 0)
    assert len(creditor.dossier.receipts) == 1


async def test_an_answer_waits_for_a_gateway_that_is_away(
    municipality, start, listener, calendar, monkeypatch
):
    monkeypatch.setattr(outbox, "PAUSES", (0.01,))
    creditor = await start(Behaviour.THREE_CLAIMS)
    await asked(municipality, creditor, listener)
    await listener.stop()
    await next_day(creditor, calendar)
    assert (creditor.due(), creditor.pending()) == (1, 1)
    await listener.start()
    await creditor.day_begins()
    assert (creditor.due(), creditor.pending(), len(listener.received)) == (0, 0, 1)


async def test_many_creditors_deliver_at_the_same_time(municipality, start, listener, calendar):
    creditors = [await start(Behaviour.THREE_CLAIMS) for _ in range(14)]
    for creditor in creditors:
        await asked(municipality, creditor, listener)
    calendar.step()
    await asyncio.gather(*(creditor.day_begins() for creditor in creditors))
    assert len(listener.received) == 14
    assert all(creditor.pending() == 0 for creditor in creditors)
