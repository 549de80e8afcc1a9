"""What a certificate says about its holder."""

import warnings
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.errors import CertificateRefused
from gateway.wire.certificates import (
    PRACTICE_ORGANISATION,
    certificate_pin,
    is_practice_root,
    key_pin,
    known,
    read_certificate,
    require_distinct,
    subject_serial_of,
)
from gateway.wire.trust import check_known
from tests.wire.certificate_cases import DAY, certificate, key_usage
from tests.wire.signing_parties import ENERGY_OIN, NOW, Parties, read


def test_a_certificate_is_read_once_and_says_who_holds_it(parties: Parties) -> None:
    held = parties.energy.certificate
    der = held.public_bytes(Encoding.DER)
    reading = read_certificate(der)
    assert reading is read_certificate(bytes(bytearray(der)))
    assert reading.subject_serial == ENERGY_OIN
    assert reading.fingerprint == sha256(der).digest()
    assert reading.signs_data
    assert not reading.is_authority
    assert not reading.is_for_tls
    assert known(held) is reading
    assert subject_serial_of(held) == ENERGY_OIN


def test_a_tls_certificate_and_an_authority_are_recognised(parties: Parties) -> None:
    assert known(read(parties.energy.party.tls_certificate)).is_for_tls
    assert known(parties.pki.issuing.certificate).is_authority


@pytest.mark.parametrize("serials", [(), (ENERGY_OIN, ENERGY_OIN), (ENERGY_OIN, "12345678")])
def test_none_or_several_subject_serials_are_refused(
    serials: tuple[str, ...], parties: Parties
) -> None:
    with pytest.raises(CertificateRefused) as refusal:
        subject_serial_of(certificate(parties.pki.issuing, serials=serials))
    assert refusal.value.reason == "no-subject-serial"


@pytest.mark.parametrize("der", [b"", b"0", b"not a certificate", b"\x30\x82\xff\xff"])
def test_bytes_that_are_no_certificate_are_refused(der: bytes) -> None:
    with pytest.raises(CertificateRefused) as refusal:
        read_certificate(der)
    assert refusal.value.reason == "certificate-unreadable"


def test_a_certificate_with_something_behind_it_is_refused(parties: Parties) -> None:
    der = parties.energy.certificate.public_bytes(Encoding.DER)
    with pytest.raises(CertificateRefused):
        read_certificate(der + b"\0")


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_a_changed_certificate_is_refused_and_nothing_else_happens(
    data: st.DataObject, parties: Parties
) -> None:
    """Whatever the bytes are, there is a verdict: no other error passes."""
    der = parties.energy.certificate.public_bytes(Encoding.DER)
    place, byte = data.draw(st.integers(0, len(der) - 1)), data.draw(st.integers(0, 255))
    changed = der[:place] + bytes([byte]) + der[place + 1 :]
    with warnings.catch_warnings():
        # The library warns of serial numbers below one.
        warnings.simplefilter("ignore")
        if changed != der:
            with pytest.raises(CertificateRefused):
                check_known(read_certificate(changed), parties.energy.trust, NOW, "signing")


def test_a_version_that_does_not_exist_is_refused(parties: Parties) -> None:
    der = parties.energy.certificate.public_bytes(Encoding.DER)
    version = bytes.fromhex("a003020102")
    assert version in der
    with pytest.raises(CertificateRefused) as refusal:
        read_certificate(der.replace(version, bytes.fromhex("a003020109"), 1))
    assert refusal.value.reason == "certificate-unreadable"


def test_no_key_usage_means_no_use_for_signing(parties: Parties) -> None:
    assert not known(certificate(parties.pki.issuing, usage=key_usage())).signs_data


def test_purposes_are_kept_as_they_are(parties: Parties) -> None:
    documents = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
    reading = known(certificate(parties.pki.issuing, purposes=(documents,)))
    assert reading.purposes == frozenset({documents})
    assert not reading.is_for_tls
    client = known(certificate(parties.pki.issuing, purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,)))
    assert client.is_for_tls


def test_pins_are_digests_of_the_certificate_and_of_its_key(parties: Parties) -> None:
    issuer = parties.pki.issuing.certificate
    key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert certificate_pin(issuer) == sha256(issuer.public_bytes(Encoding.DER)).hexdigest()
    assert key_pin(issuer) == sha256(key).hexdigest()


def test_everything_of_the_practice_pki_is_known_as_practice(parties: Parties) -> None:
    for one in (parties.pki.root, parties.pki.issuing):
        assert is_practice_root(one.certificate)
    assert is_practice_root(parties.energy.certificate)


def test_another_root_is_not_practice() -> None:
    assert PRACTICE_ORGANISATION == "Oefen-PKI creditor gateway"
    other = _self_signed("Staat der Nederlanden")
    assert not is_practice_root(other)
    assert is_practice_root(_self_signed(" OEFEN-PKI Creditor Gateway "))


def _self_signed(organisation: str) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .sign(key, SHA256())
    )


def test_signing_with_the_key_of_the_connection_is_refused(parties: Parties) -> None:
    party = parties.energy.party
    tls, signing = read(party.tls_certificate), read(party.signing_certificate)
    require_distinct(signing, tls)
    same_key = ec.generate_private_key(ec.SECP256R1())
    issuer = parties.pki.issuing
    for one, other in (
        (tls, tls),
        (certificate(issuer, same_key), certificate(issuer, same_key)),
    ):
        with pytest.raises(CertificateRefused) as refusal:
            require_distinct(one, other)
        assert refusal.value.reason == "shared-key"


def test_other_kinds_of_keys_can_at_least_be_read(parties: Parties) -> None:
    for key in (ed25519.Ed25519PrivateKey.generate(), dsa.generate_private_key(2048)):
        assert known(certificate(parties.pki.issuing, key)).subject_serial == ENERGY_OIN
