"""What a creditor writes, in every dialect: valid, or incomplete when it plays that part."""

from dataclasses import replace

import pytest

from gateway.domain.errors import SchemaRefused
from gateway.domain.parties import CreditorClass
from gateway.practice.behaviours import Pen, Variant
from gateway.practice.cast import Behaviour
from gateway.practice.creditor.dialect import load_dialect
from gateway.practice.creditor.keyring import keyring_of
from gateway.practice.creditor.writing import Writer
from gateway.registry import adapter_names
from gateway.wire.schema import validate
from gateway.wire.signature import sign, verify
from tests.practice.creditor.municipality import CREDITOR, METER, QUESTION, STATEMENT, cast_creditor

DIALECTS = sorted(adapter_names())
RIGHT = [Variant.OWN, Variant.OTHER_AMOUNT, Variant.OTHER_PERSON, Variant.CLIENT_UNKNOWN]


@pytest.fixture(params=DIALECTS)
def writer(request, around):
    """A creditor that speaks this dialect."""
    party = around.pki.party("se-voorbeeld", CREDITOR.value, ["127.0.0.1"])
    keyring = keyring_of(Behaviour.PROMPT, party, around.pki)
    creditor = cast_creditor(Behaviour.PROMPT, adapter=request.param)
    return Writer(creditor, load_dialect(request.param), keyring, around)


def asked(writer, municipality):
    metered = writer.creditor.adapter == "energie"
    question = replace(
        QUESTION,
        creditor_class=CreditorClass.UTILITY if metered else CreditorClass.OTHER,
        meter_readings=(METER,) if metered else (),
    )
    envelope = municipality.envelope()
    exchange = writer.dialect.adapter.debt_statement
    return question, envelope, exchange.compose(question, envelope)


@pytest.mark.parametrize("variant", RIGHT)
async def test_a_right_answer_is_signed_and_valid(writer, municipality, around, variant):
    _, _, request = asked(writer, municipality)
    letter = writer.answer(request, variant, Pen.OWN)
    verified = municipality.verified(letter.signed.document)
    validate(
        verified.element, writer.dialect.adapter.schemas[verified.element.tag], around.catalogue
    )
    assert writer.dialect.adapter.identify(verified.element).message_id == letter.message_id


async def test_the_gateway_hears_what_the_creditor_says(writer, municipality):
    question, envelope, request = asked(writer, municipality)
    letter = writer.answer(request, Variant.OWN, Pen.OWN)
    element = municipality.verified(letter.signed.document).element
    exchange = writer.dialect.adapter.debt_statement
    assert exchange.interpret(element, question, envelope) == STATEMENT


async def test_an_incomplete_answer_is_signed_and_refused_by_its_schema(
    writer, municipality, around
):
    _, envelope, request = asked(writer, municipality)
    letter = writer.answer(request, Variant.INCOMPLETE, Pen.OWN)
    element = municipality.verified(letter.signed.document).element
    assert writer.dialect.adapter.identify(element).answers == envelope.message_id
    with pytest.raises(SchemaRefused):
        validate(element, writer.dialect.adapter.schemas[element.tag], around.catalogue)


async def test_every_answer_repeats_the_digest_of_the_question_as_it_was_signed(
    writer, municipality
):
    """What the creditor hashes is what it was sent: the verified element has no signature."""
    question, _, request = asked(writer, municipality)
    schema = writer.dialect.adapter.debt_statement.request_schema(question)
    now, [asker] = writer.around.clock.now(), writer.around.askers
    signed = sign(validate(request, schema, writer.around.catalogue), municipality.signer, now)
    came = verify(signed.document, asker.trust, now, 1_000_000)
    letter = writer.answer(came.element, Variant.OWN, Pen.OWN)
    element = municipality.verified(letter.signed.document).element
    assert writer.dialect.adapter.identify(element).answered_digest == signed.digest


async def test_every_answer_has_an_id_of_its_own(writer, municipality):
    _, _, request = asked(writer, municipality)
    ids = {writer.answer(request, Variant.OWN, Pen.OWN).message_id for _ in range(3)}
    assert len(ids) == 3
