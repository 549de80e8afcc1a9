"""Signing: Valid in, Signed out, always the same form."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.domain.errors import (
    AdapterFault,
    ConfigurationFault,
    EvidenceUnavailable,
    Inexpressible,
)
from gateway.wire.schema import validate
from gateway.wire.signature import KeySigner, Signed, recall, sign, verify
from gateway.wire.signature.profile import DS, XADES
from gateway.wire.xml import canonical, parse
from tests.wire.certificate_cases import certificate
from tests.wire.message_set import NOTE, SCHEMA, note
from tests.wire.signature.forgery import base64, c14n, part
from tests.wire.signing_parties import LIMIT, NOW, Parties


def test_the_signature_is_the_last_child_and_all_else_is_canonical(parties: Parties) -> None:
    message = note()
    signed = parties.signed(parties.energy, message)
    root = parse(signed.document, LIMIT)
    assert root[-1].tag == DS + "Signature"
    assert canonical(root) == signed.document
    root.remove(root[-1])
    assert canonical(root) == canonical(message)
    assert signed.digest == sha256(canonical(message)).digest()


def test_there_are_exactly_two_references_and_the_templates_are_canonical(
    parties: Parties,
) -> None:
    root = parse(parties.signed(parties.energy).document, LIMIT)
    first, second = root.iter(DS + "Reference")
    properties = part(root, "SignedProperties", XADES)
    assert (first.get("URI"), second.get("URI")) == ("", "#" + properties.get("Id", ""))
    digests = [value.text for value in part(root, "SignedInfo").iter(DS + "DigestValue")]
    assert digests[1] == base64(sha256(c14n(properties)).digest())
    signer = parties.energy.certificate.public_bytes(Encoding.DER)
    assert part(properties, "DigestValue").text == base64(sha256(signer).digest())
    assert part(root, "SigningTime", XADES).text == "2026-11-24T12:00:00Z"


@pytest.mark.parametrize("who", ["energy", "rent"])
def test_what_is_signed_verifies(who: str, parties: Parties) -> None:
    party = getattr(parties, who)
    signed = parties.signed(party)
    verified = verify(signed.document, party.trust, NOW, LIMIT)
    assert verified.digest == signed.digest


def test_an_rsa_signature_of_the_same_message_is_the_same_bytes(parties: Parties) -> None:
    assert parties.signed(parties.rent) == parties.signed(parties.rent)


def test_an_ecdsa_value_is_raw_and_of_fixed_length(parties: Parties) -> None:
    """Small r or s would be shorter in DER; sixty-four bytes always."""
    for number in range(40):
        assert len(parties.energy.signer.sign(b"%d" % number)) == 64


def test_the_signing_time_is_in_whole_seconds_and_in_utc(parties: Parties) -> None:
    valid = validate(note(), SCHEMA, parties.catalogue)
    at = NOW + timedelta(microseconds=999_999)
    assert b"<xades:SigningTime>2026-11-24T12:00:00Z<" in (
        sign(valid, parties.energy.signer, at).document
    )
    with pytest.raises(Inexpressible):
        sign(valid, parties.energy.signer, datetime(2026, 11, 24, tzinfo=UTC).replace(tzinfo=None))


def test_a_message_cannot_bring_a_signature_or_our_ids(parties: Parties) -> None:
    with_signature, with_id = note(), note()
    with_signature.append(etree.Element(DS + "Signature"))
    with_id.set("versie", "handtekening-eigenschappen")
    for message in (with_signature, with_id):
        valid = validate(note(), SCHEMA, parties.catalogue)
        object.__setattr__(valid, "element", message)
        with pytest.raises(AdapterFault):
            sign(valid, parties.energy.signer, NOW)


def test_comments_of_a_composer_do_not_travel(parties: Parties) -> None:
    message = note()
    message.append(etree.Comment("left out"))
    assert b"left out" not in parties.signed(parties.energy, message).document


def test_only_p_256_and_rsa_from_3072_bits_sign(parties: Parties) -> None:
    issuer = parties.pki.issuing
    for key in (
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP384R1()),
    ):
        with pytest.raises(ConfigurationFault):
            KeySigner(key, certificate(issuer, key))


def test_a_key_that_is_not_of_the_certificate_does_not_sign(parties: Parties) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(ConfigurationFault):
        KeySigner(key, parties.energy.certificate)


def test_signed_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        Signed(b"<a/>", b"", object())


def test_a_kept_message_is_sent_again_as_the_same_bytes(parties: Parties) -> None:
    signed = parties.signed(parties.rent)
    again = recall(bytes(bytearray(signed.document)), signed.digest)
    assert again == signed


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.replace(b"12.50", b"12.51"),
        lambda document: document + b" ",
        lambda document: b"<Notitie/>",
        lambda document: b"",
        lambda document: document.replace(b"</ds:Signature>", b""),
    ],
)
def test_a_kept_message_that_was_changed_is_not_sent(change, parties: Parties) -> None:
    signed = parties.signed(parties.energy)
    with pytest.raises(EvidenceUnavailable):
        recall(change(signed.document), signed.digest)


def test_an_empty_root_can_be_signed_too(parties: Parties) -> None:
    valid = validate(note(), SCHEMA, parties.catalogue)
    object.__setattr__(valid, "element", NOTE.element("Notitie"))
    signed = sign(valid, parties.energy.signer, NOW)
    assert len(verify(signed.document, parties.energy.trust, NOW, LIMIT).element) == 0
