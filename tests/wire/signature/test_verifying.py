"""Verifying: only what this partner signed, in our profile, comes out."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.domain.errors import (
    CertificateRefused,
    MessageTooLarge,
    MessageUnreadable,
    PartnerFault,
    SignatureRefused,
)
from gateway.practice.pki import PracticePki
from gateway.wire.signature import SigningWindow, Verified, verify
from gateway.wire.signature.profile import DS, XADES
from gateway.wire.xml import Element, canonical
from tests.wire.message_set import NOTE, line, note
from tests.wire.signature.forgery import base64, c14n, document_digest, forge, part
from tests.wire.signing_parties import ENERGY_OIN, LIMIT, NOW, Parties, anchors_of, signatory


def reason(document: bytes, parties: Parties, now: datetime = NOW, **window: timedelta) -> str:
    trust = parties.energy.trust
    with pytest.raises((SignatureRefused, CertificateRefused)) as refusal:
        verify(document, trust, now, LIMIT, SigningWindow(**window))
    assert isinstance(refusal.value, SignatureRefused | CertificateRefused)
    return refusal.value.reason


def test_the_caller_gets_the_signed_element_without_its_signature(parties: Parties) -> None:
    message = note("987654321", line("1.00"), line("2.00"))
    signed = parties.signed(parties.energy, message)
    verified = verify(signed.document, parties.energy.trust, NOW, LIMIT)
    assert canonical(verified.element) == canonical(message)
    assert verified.digest == signed.digest
    assert verified.signed_at == NOW
    assert verified.subject_serial == ENERGY_OIN
    der = parties.energy.signer.certificate_der
    assert verified.certificate_sha256 == sha256(der).digest()


def test_verified_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        Verified(note(), b"", NOW, b"", "", object())


def test_text_around_the_signature_belongs_to_the_document(parties: Parties) -> None:
    """A partner may indent; what stands behind the signature was signed too."""
    indented = b'<Notitie xmlns="urn:test:notitie:1.0">%s\n  <Nummer>1</Nummer>\n  %s\n</Notitie>'
    signed = parties.signed(parties.energy).document
    begin, end = signed.index(b"<ds:Signature "), signed.index(b"</Notitie>")
    for nummer in (b"<Nummer>1</Nummer>", b""):
        template = indented.replace(b"<Nummer>1</Nummer>", nummer)

        def put_digest(root: Element) -> None:
            part(root, "DigestValue").text = document_digest_with_tail(root)

        document = forge(template % (b"", signed[begin:end]), parties.energy.signer, put_digest)
        verified = verify(document, parties.energy.trust, NOW, LIMIT)
        assert canonical(verified.element) == template % (b"", b"")


def document_digest_with_tail(root: Element) -> str:
    copy = etree.fromstring(etree.tostring(root))
    signature = copy[-1]
    etree.strip_elements(copy, DS + "Signature", with_tail=False)
    assert signature.tag == DS + "Signature"
    return base64(sha256(c14n(copy)).digest())


def test_a_signature_with_white_space_in_it_is_the_same_signature(parties: Parties) -> None:
    """Other tools indent and wrap base64; between our elements that means nothing."""

    def spread(root: Element) -> None:
        for element in part(root, "Signature").iter():
            if len(element):
                element.text = "\n  "
            if element.tag != DS + "Signature":
                element.tail = "\n  "
        for name in ("DigestValue", "X509Certificate"):
            for value in root.iter(DS + name):
                value.text = "\n" + "\r\n".join(wrap(value.text or "", 7))

    document = forge(parties.signed(parties.energy).document, parties.energy.signer, spread)
    assert b"&#13;" in document
    assert verify(document, parties.energy.trust, NOW, LIMIT).signed_at == NOW


def test_the_signing_time_may_be_a_little_ahead(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    trust = parties.energy.trust
    verify(document, trust, NOW - timedelta(minutes=5), LIMIT)
    early = NOW - timedelta(minutes=5, seconds=1)
    assert reason(document, parties, early) == "signed-in-future"
    wider = SigningWindow(ahead=timedelta(minutes=6))
    verify(document, trust, early, LIMIT, wider)


def test_the_signing_time_may_be_bounded_in_the_past(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    later = NOW + timedelta(days=2)
    verify(document, parties.energy.trust, later, LIMIT)
    assert reason(document, parties, later, behind=timedelta(days=1)) == "signed-too-long-ago"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-11-24T12:00:00Z", True),
        ("2026-11-24T12:00:00.123Z", True),
        ("2026-11-24T12:00:00+00:00", True),
        (" 2026-11-24T12:00:00Z\n", True),
        ("2026-11-24T13:00:00+01:00", False),
        ("2026-11-24T12:00:00", False),
        ("2026-11-31T12:00:00Z", False),
        ("vandaag", False),
        ("", False),
    ],
)
def test_the_signing_time_is_read_strictly(text: str, good: bool, parties: Parties) -> None:
    def put_time(root: Element) -> None:
        part(root, "SigningTime", XADES).text = text

    document = forge(parties.signed(parties.energy).document, parties.energy.signer, put_time)
    if good:
        assert verify(document, parties.energy.trust, NOW, LIMIT).signed_at == NOW
    else:
        assert reason(document, parties) == "signing-time-unreadable"


def test_a_signature_from_before_the_certificate_is_refused(parties: Parties) -> None:
    def put_time(root: Element) -> None:
        part(root, "SigningTime", XADES).text = "2025-01-01T00:00:00Z"

    document = forge(parties.signed(parties.energy).document, parties.energy.signer, put_time)
    assert reason(document, parties) == "certificate-not-yet-valid"


def test_the_certificate_is_checked_at_this_moment(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    assert reason(document, parties, NOW + timedelta(days=366)) == "certificate-expired"
    assert reason(document, parties, NOW + timedelta(days=8)) == "crl-stale"


def test_another_partners_message_is_refused(parties: Parties) -> None:
    document = parties.signed(parties.rent).document
    assert reason(document, parties) == "wrong-subject"


def test_the_limits_of_the_reader_hold(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    with pytest.raises(MessageTooLarge):
        verify(document, parties.energy.trust, NOW, len(document) - 1)
    with pytest.raises(MessageUnreadable):
        verify(document + b"<x/>", parties.energy.trust, NOW, LIMIT)


def test_a_party_with_an_expired_or_revoked_signing_certificate_is_refused(
    parties: Parties, tmp_path: Path
) -> None:
    pki = PracticePki.create(tmp_path, NOW)
    pki.party("verlopen", ENERGY_OIN, ["localhost"], signing_expired=True)
    party = pki.party("ingetrokken", ENERGY_OIN, ["localhost"])
    old = pki.party("verlopen", ENERGY_OIN, ["localhost"], signing_expired=True)
    pki.revoke("ingetrokken", "signing")
    anchors = anchors_of(pki)
    for held, expected in ((old, "certificate-expired"), (party, "certificate-revoked")):
        by = signatory(pki, anchors, held)
        document = parties.signed(by).document
        with pytest.raises(CertificateRefused) as refusal:
            verify(document, by.trust, NOW, LIMIT)
        assert refusal.value.reason == expected


CHANGES = ("drop", "copy", "move", "rename", "text", "tail", "attribute", "wrap")


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_whatever_is_accepted_is_what_was_signed(data: st.DataObject, parties: Parties) -> None:
    """Any change to the tree is refused, or did not change what the document says."""
    message = note("123456789", line("1.00"), line("2.00"))
    signed = parties.signed(parties.energy, message)
    root = etree.fromstring(signed.document)
    for _ in range(data.draw(st.integers(1, 3))):
        parts = list(root.iter())
        one = parts[data.draw(st.integers(0, len(parts) - 1))]
        other = parts[data.draw(st.integers(0, len(parts) - 1))]
        apply(data.draw(st.sampled_from(CHANGES)), one, other)
    try:
        verified = verify(etree.tostring(root), parties.energy.trust, NOW, LIMIT)
    except PartnerFault:
        return
    assert canonical(verified.element) == canonical(message)
    assert verified.digest == signed.digest


def apply(change: str, one: Element, other: Element) -> None:
    if change == "copy":
        other.append(etree.fromstring(etree.tostring(one, with_tail=False)))
    elif change == "rename":
        one.tag = other.tag
    elif change == "text":
        one.text = other.text
    elif change == "attribute":
        one.attrib.update(dict(other.attrib.items()))
    elif one.getparent() is not None:
        rearrange(change, one, other)


def rearrange(change: str, one: Element, other: Element) -> None:
    above = one.getparent()
    assert above is not None
    if change == "drop":
        above.remove(one)
    elif change == "move" and other not in set(one.iter()):
        other.append(one)
    elif change == "tail":
        one.tail = "\n"
    elif change == "wrap":
        etree.SubElement(above, NOTE.tag("Notitie")).append(one)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_changed_byte_changes_what_is_read(data: st.DataObject, parties: Parties) -> None:
    signed = parties.signed(parties.rent)
    place = data.draw(st.integers(0, len(signed.document) - 1))
    byte = data.draw(st.integers(0, 255))
    document = signed.document[:place] + bytes([byte]) + signed.document[place + 1 :]
    try:
        verified = verify(document, parties.rent.trust, NOW, LIMIT)
    except PartnerFault:
        return
    assert verified.digest == signed.digest


def test_trust_is_an_argument_and_not_in_the_document(parties: Parties) -> None:
    """The same document, with trust in somebody else who has the same pins."""
    document = parties.signed(parties.energy).document
    other = replace(parties.energy.trust, subject_serial=parties.rent.trust.subject_serial)
    with pytest.raises(CertificateRefused):
        verify(document, other, NOW, LIMIT)
    assert document_digest(etree.fromstring(document))
