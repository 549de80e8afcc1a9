"""Receipts: what is composed is valid and heard back; anything else is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.domain.errors import Inexpressible, Unintelligible
from gateway.domain.identifiers import MessageId, Oin
from gateway.domain.parties import Environment
from gateway.wire.receipt import RECEIPT_SCHEMA, RECEIPT_TAG, Receipt, compose, interpret
from gateway.wire.xml import Namespace, child, parse, serialise

XSD = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "xsd" / RECEIPT_SCHEMA))
SPACE = Namespace("urn:schuldeisersberichten:ontvangst:1.0")
SIGNATURE = Namespace("http://www.w3.org/2000/09/xmldsig#")
RECEIPT = Receipt(
    MessageId(UUID("0b6d8f4e-6f1c-4a57-9f0e-0a1b2c3d4e5f")),
    MessageId(UUID("7a3e5b1c-2d4f-4e6a-8b9c-1d2e3f4a5b6c")),
    bytes(range(32)),
    Oin("00000099000000001000"),
    Oin("00000003123456780000"),
    datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
    Environment.PRACTICE,
    "gateway/log\n12\nAAAA\n\n— gateway AAAA\n",
)

PARTS = [etree.QName(part).localname for part in compose(RECEIPT)]

ids = st.uuids(version=4).map(MessageId)
parties = st.integers(0, 10**8 - 1).map(lambda number: Oin(f"00000003{number:08d}0000"))
moments = st.timedeltas(timedelta(0), timedelta(days=70_000)).map(
    lambda since: datetime(2000, 1, 1, tzinfo=UTC) + since
)
# A receipt is read back after XML: no carriage return, no other control character.
checkpoints = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Cn"), whitelist_characters="\n"),
    min_size=1,
    max_size=200,
)
receipts = st.builds(
    Receipt,
    ids,
    ids,
    st.binary(min_size=32, max_size=32),
    parties,
    parties,
    moments,
    st.sampled_from(Environment),
    st.none() | checkpoints,
)


@given(receipts)
def test_what_is_composed_is_valid_and_is_heard_back_after_the_wire(receipt):
    sent = parse(serialise(compose(receipt)), 20_000)
    assert XSD.validate(sent), XSD.error_log
    assert interpret(sent) == receipt


def test_the_root_is_the_one_of_the_schema():
    assert compose(RECEIPT).tag == RECEIPT_TAG


def test_a_signature_as_last_child_is_not_read():
    element = compose(RECEIPT)
    element.append(SIGNATURE.element("Signature"))
    assert XSD.validate(element)
    assert interpret(element) == RECEIPT


@pytest.mark.parametrize("name", PARTS[:-1])
def test_a_missing_part_is_refused(name):
    element = compose(RECEIPT)
    element.remove(child(element, SPACE, name))
    with pytest.raises(Unintelligible):
        interpret(element)


@pytest.mark.parametrize("name", PARTS)
def test_a_repeated_part_is_refused(name):
    element = compose(RECEIPT)
    element.append(child(compose(RECEIPT), SPACE, name))
    with pytest.raises(Unintelligible):
        interpret(element)


@pytest.mark.parametrize("name", PARTS)
def test_an_empty_part_is_refused(name):
    element = compose(RECEIPT)
    child(element, SPACE, name).text = None
    with pytest.raises(Unintelligible):
        interpret(element)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Referentienummer", "0b6d8f4e-6f1c-1a57-9f0e-0a1b2c3d4e5f"),
        ("Referentienummer", "0B6D8F4E-6F1C-4A57-9F0E-0A1B2C3D4E5F"),
        ("BerichtDigest", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="),
        ("BerichtDigest", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="),
        ("BerichtDigest", "é" * 44),
        ("Afzender", "123456782"),
        ("OntvangenOp", "2026-11-30T10:00:00+01:00"),
        ("OntvangenOp", "2026-11-30T24:00:00Z"),
        ("Omgeving", "test"),
        ("Checkpoint", "x" * 4097),
    ],
)
def test_a_value_in_another_spelling_is_refused(name, text):
    element = compose(RECEIPT)
    child(element, SPACE, name).text = text
    assert not XSD.validate(element)
    with pytest.raises(Unintelligible) as refusal:
        interpret(element)
    assert text not in str(refusal.value)


def test_another_root_an_attribute_or_a_foreign_part_is_refused():
    other = SPACE.element("Ontvangst", *compose(RECEIPT))
    marked = compose(RECEIPT)
    marked.set("versie", "2")
    inside = compose(RECEIPT)
    inside[0].set("soort", "x")
    foreign = compose(RECEIPT)
    foreign.append(Namespace("urn:x").element("Checkpoint", text="x"))
    for element in (other, marked, inside, foreign):
        with pytest.raises(Unintelligible):
            interpret(element)


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": bytes(20)},
        {"checkpoint": ""},
        {"checkpoint": "x" * 4097},
        {"checkpoint": "a\rb"},
        {"received_at": datetime(2026, 11, 30, tzinfo=timezone(timedelta(hours=1)))},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_a_receipt_cannot_carry_is_not_composed(wrong):
    with pytest.raises(Inexpressible):
        compose(replace(RECEIPT, **wrong))
