"""Parties with real keys and certificates, at a moment that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.practice.issuing import PrivateKey
from gateway.practice.pki import Party, PracticePki
from gateway.wire.schema import SchemaCatalogue, validate
from gateway.wire.signature import KeySigner, Signed, Signer, sign
from gateway.wire.trust import Anchors, PartnerTrust, certificate_pin
from gateway.wire.xml import Element
from tests.wire.message_set import DOCUMENTS, SCHEMA, note

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIMIT = 1_000_000
ENERGY_OIN = "00000003123456780000"
RENT_OIN = "00000003876543210000"


@dataclass(frozen=True, slots=True)
class Signatory:
    """A party that signs, and the trust with which its messages are verified."""

    party: Party
    key: PrivateKey
    certificate: x509.Certificate
    signer: Signer
    trust: PartnerTrust


@dataclass(frozen=True, slots=True)
class Parties:
    """One PKI, a creditor with a P-256 key, another with an RSA-3072 key, and a message set."""

    pki: PracticePki
    anchors: Anchors
    energy: Signatory
    rent: Signatory
    catalogue: SchemaCatalogue

    def signed(self, by: Signatory, message: Element | None = None) -> Signed:
        valid = validate(note() if message is None else message, SCHEMA, self.catalogue)
        return sign(valid, by.signer, NOW)


def anchors_of(pki: PracticePki) -> Anchors:
    return Anchors.load(
        [pki.root_certificate.read_bytes()],
        [pki.issuing_certificate.read_bytes()],
        [pki.crl()],
    )


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def signatory(pki: PracticePki, anchors: Anchors, party: Party) -> Signatory:
    key = cast(PrivateKey, load_pem_private_key(party.signing_key.read_bytes(), password=None))
    certificate = read(party.signing_certificate)
    trust = PartnerTrust(
        anchors, party.subject_serial, frozenset({certificate_pin(pki.issuing.certificate)})
    )
    return Signatory(party, key, certificate, KeySigner(key, certificate), trust)


def make_parties(directory: Path) -> Parties:
    pki = PracticePki.create(directory, NOW)
    anchors = anchors_of(pki)
    energy = pki.party("energie", ENERGY_OIN, ["localhost"])
    rent = pki.party("huur", RENT_OIN, ["localhost"], signing_key="rsa3072")
    return Parties(
        pki,
        anchors,
        signatory(pki, anchors, energy),
        signatory(pki, anchors, rent),
        SchemaCatalogue(DOCUMENTS),
    )
