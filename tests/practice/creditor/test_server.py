"""Simulated creditors as real servers: asked by our own transport, judged by our own verify."""

import ssl
from dataclasses import replace

import aiohttp
import pytest

from gateway.app.environment import SystemClock
from gateway.domain.errors import CertificateRefused, SignatureRefused
from gateway.domain.parties import Environment
from gateway.domain.statement import Refusal, RefusalReason
from gateway.ports.transport import Delivered, Refused, RefusedForNow
from gateway.practice.cast import Behaviour
from gateway.practice.creditor.dialect import load_dialect
from gateway.transports.tls import client_context
from gateway.wire import receipt
from tests.practice.creditor.municipality import CLAIM, QUESTION, STATEMENT, TRANSFERRED

SVB = load_dialect("svb").adapter


def context_of(municipality):
    return client_context(municipality.tls, municipality.trust(), SystemClock())


def anonymous(pki):
    """A connection that trusts the practice root and shows nothing itself."""
    return ssl.create_default_context(cafile=str(pki.root_certificate))


async def post(municipality, creditor, content, content_type="application/xml"):
    """Post any bytes, which our own transport would never carry."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            creditor.endpoint,
            data=content,
            headers={"Content-Type": content_type},
            ssl=context_of(municipality),
        ) as response,
    ):
        return response, await response.read()


async def answer(municipality, creditor, envelope=None):
    """Ask, verify what comes back in the response, and read it as the gateway would."""
    envelope = envelope or municipality.envelope()
    outcome = await municipality.ask(creditor, municipality.question(envelope))
    assert isinstance(outcome, Delivered)
    verified = municipality.verified(outcome.body)
    return SVB.debt_statement.interpret(verified.element, QUESTION, envelope)


@pytest.mark.parametrize("behaviour", [Behaviour.PROMPT, Behaviour.OWN_TAX_OFFICE])
async def test_a_prompt_creditor_answers_in_the_response(municipality, start, behaviour):
    creditor = await start(behaviour)
    assert await answer(municipality, creditor) == STATEMENT
    assert (creditor.dossier.questions, creditor.dossier.answers) == (1, 1)


async def test_a_silent_creditor_gives_a_signed_receipt_and_nothing_more(
    municipality, start, calendar
):
    creditor = await start(Behaviour.SILENT)
    envelope = municipality.envelope()
    question = municipality.question(envelope)
    outcome = await municipality.ask(creditor, question)
    assert isinstance(outcome, Delivered)
    assert outcome.status == 202
    found = receipt.interpret(municipality.verified(outcome.body).element)
    assert (found.message_id, found.digest) == (envelope.message_id, question.digest)
    assert (found.sender, found.receiver) == (envelope.receiver, envelope.sender)
    calendar.step()
    await creditor.day_begins()
    assert (creditor.pending(), creditor.dossier.answers) == (0, 0)


async def test_an_answer_signed_by_a_stranger_has_a_signature_that_does_not_fit(
    municipality, start
):
    creditor = await start(Behaviour.WRONG_SIGNATURE)
    outcome = await municipality.ask(creditor, municipality.question())
    assert isinstance(outcome, Delivered)
    with pytest.raises(SignatureRefused) as refused:
        municipality.verified(outcome.body)
    assert refused.value.reason == "wrong-signature"


async def test_an_answer_with_an_ended_certificate_is_refused_and_its_receipts_are_not(
    municipality, start
):
    creditor = await start(Behaviour.EXPIRED_CERTIFICATE)
    outcome = await municipality.ask(creditor, municipality.question())
    assert isinstance(outcome, Delivered)
    with pytest.raises(CertificateRefused) as refused:
        municipality.verified(outcome.body)
    assert refused.value.reason == "certificate-expired"
    reminded = await municipality.ask(creditor, municipality.question(reminder=1))
    assert isinstance(reminded, Delivered)
    assert municipality.verified(reminded.body).element.tag == receipt.RECEIPT_TAG


async def test_a_client_can_be_unknown(municipality, start):
    creditor = await start(Behaviour.CLIENT_UNKNOWN)
    found = await answer(municipality, creditor)
    assert found == Refusal(RefusalReason.CLIENT_UNKNOWN, STATEMENT.contact)


async def test_a_transferred_claim_names_its_new_holder(municipality, start):
    moved = replace(STATEMENT, lines=(CLAIM, TRANSFERRED))
    creditor = await start(Behaviour.TRANSFERRED, statement=moved)
    found = await answer(municipality, creditor)
    assert found.transferred == (TRANSFERRED,)


async def test_out_of_order_twice_and_then_the_same_message_is_answered(municipality, start):
    creditor = await start(Behaviour.UNAVAILABLE_TWICE)
    question = municipality.question()
    outcomes = [await municipality.ask(creditor, question) for _ in range(3)]
    assert outcomes[:2] == [RefusedForNow("status-503"), RefusedForNow("status-503")]
    assert isinstance(outcomes[2], Delivered)
    assert (creditor.dossier.outages, creditor.dossier.questions) == (2, 1)


async def test_the_slow_creditor_answers_the_reminder_in_the_response(municipality, start):
    creditor = await start(Behaviour.AFTER_REMINDER)
    first = await municipality.ask(creditor, municipality.question())
    assert isinstance(first, Delivered)
    assert municipality.verified(first.body).element.tag == receipt.RECEIPT_TAG
    envelope = municipality.envelope()
    second = await municipality.ask(creditor, municipality.question(envelope, reminder=1))
    assert isinstance(second, Delivered)
    verified = municipality.verified(second.body)
    assert SVB.debt_statement.interpret(verified.element, QUESTION, envelope) == STATEMENT
    assert (creditor.dossier.questions, creditor.dossier.reminders) == (1, 1)


async def test_the_same_message_gets_the_original_bytes_again(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    question = municipality.question()
    first = await municipality.ask(creditor, question)
    assert await municipality.ask(creditor, question) == first
    assert (creditor.dossier.duplicates, creditor.dossier.answers) == (1, 1)


async def test_the_same_message_id_with_another_document_is_a_conflict(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    envelope = municipality.envelope()
    await municipality.ask(creditor, municipality.question(envelope))
    outcome = await municipality.ask(creditor, municipality.question(envelope, reminder=1))
    assert isinstance(outcome, Refused)
    assert outcome.status == 409
    assert b'"code":"referentienummer-hergebruikt"' in outcome.body


async def test_a_message_of_production_is_refused(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    envelope = municipality.envelope(environment=Environment.PRODUCTION)
    outcome = await municipality.ask(creditor, municipality.question(envelope))
    assert isinstance(outcome, Refused)
    assert creditor.dossier.refused == ["omgeving-verkeerd"]


async def test_a_message_for_another_creditor_is_refused(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    envelope = municipality.envelope()
    other = replace(envelope, receiver=envelope.sender)
    outcome = await municipality.ask(creditor, municipality.question(other))
    assert isinstance(outcome, Refused)
    assert creditor.dossier.refused == ["partij-verkeerd"]


async def test_a_changed_byte_is_refused_with_a_problem_document(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    question = municipality.question()
    changed = question.document.replace(b"Proefstra", b"Proefstro")
    response, body = await post(municipality, creditor, changed)
    assert (response.status, response.content_type) == (400, "application/problem+json")
    assert b"handtekening-geweigerd" in body
    assert b"Proefstro" not in body


async def test_what_is_not_our_form_is_refused_before_it_is_read(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    json, _ = await post(municipality, creditor, b"{}", "application/json")
    large, _ = await post(municipality, creditor, b"<a>" + b" " * 1_000_001)
    assert (json.status, large.status) == (415, 413)
    assert creditor.dossier.refused == ["http-415", "http-413"]


async def test_who_has_no_certificate_of_an_asker_is_refused(municipality, start, around):
    creditor = await start(Behaviour.PROMPT)
    stranger = around.pki.party("vreemd", "00000099900000999000", ["vreemd.example"])
    response, _ = await post(replace(municipality, party=stranger), creditor, b"<a/>")
    assert response.status == 403


async def test_without_a_client_certificate_there_is_no_connection(municipality, start):
    creditor = await start(Behaviour.PROMPT)
    async with aiohttp.ClientSession() as session:
        with pytest.raises((aiohttp.ClientError, OSError)):
            await session.post(
                creditor.endpoint, data=b"<a/>", ssl=anonymous(municipality.around.pki)
            )
