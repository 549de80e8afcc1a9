"""Whether a certificate is this partner's, and good for this use, now."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.domain.errors import CertificateRefused
from gateway.practice.issuing import make_issuing, make_root
from gateway.wire.trust import (
    Anchors,
    PartnerTrust,
    Usage,
    certificate_pin,
    check_certificate,
    key_pin,
)
from tests.wire.certificate_cases import DAY, certificate, key_usage, lists, pem
from tests.wire.signing_parties import ENERGY_OIN, NOW

ROOT = make_root(NOW - 90 * DAY, NOW + 90 * DAY)
ISSUING = make_issuing(ROOT, NOW - 90 * DAY, NOW + 90 * DAY)
OTHER = make_issuing(ROOT, NOW - 90 * DAY, NOW + 90 * DAY)
GOOD = certificate(ISSUING, begin=NOW - 9 * DAY, end=NOW + 9 * DAY)
TLS = certificate(
    ISSUING, purposes=(ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
)
RSA_2048 = rsa.generate_private_key(65537, 2048)


def anchors(*revocations: list[bytes], grace: timedelta = timedelta(0)) -> Anchors:
    between = [pem(ISSUING.certificate), pem(OTHER.certificate)]
    found = [one for each in revocations for one in each]
    return Anchors.load(
        [pem(ROOT.certificate)], between, found or lists(ISSUING, OTHER, ROOT), grace
    )


TRUST = PartnerTrust(anchors(), ENERGY_OIN, frozenset({certificate_pin(ISSUING.certificate)}))


def reason(
    one: x509.Certificate,
    trust: PartnerTrust = TRUST,
    now: datetime = NOW,
    usage: Usage = "signing",
) -> str:
    with pytest.raises(CertificateRefused) as refusal:
        check_certificate(one, trust, now, usage)
    return refusal.value.reason


def test_the_partners_certificate_passes_by_either_pin() -> None:
    check_certificate(GOOD, TRUST, NOW, "signing")
    pins = frozenset({key_pin(ISSUING.certificate)})
    check_certificate(GOOD, replace(TRUST, issuer_pins=pins), NOW, "signing")


def test_trust_without_pin_or_subject_cannot_be_written() -> None:
    with pytest.raises(ValueError):
        replace(TRUST, issuer_pins=frozenset())
    with pytest.raises(ValueError):
        replace(TRUST, subject_serial="")


def test_validity_is_looked_at_each_time_also_when_the_path_is_known() -> None:
    check_certificate(GOOD, TRUST, NOW, "signing")
    assert reason(GOOD, now=NOW - 10 * DAY) == "certificate-not-yet-valid"
    assert reason(GOOD, now=NOW + 10 * DAY) == "certificate-expired"
    check_certificate(GOOD, TRUST, NOW, "signing")


def test_an_authority_that_has_expired_since_is_noticed() -> None:
    short = make_issuing(ROOT, NOW - DAY, NOW + DAY)
    long = make_root(NOW - DAY, NOW + DAY)
    below = make_issuing(long, NOW - DAY, NOW + 9 * DAY)
    for root, issuer in ((ROOT, short), (long, below)):
        held = certificate(issuer, end=NOW + 9 * DAY)
        trusted = Anchors.load(
            [pem(root.certificate)],
            [pem(issuer.certificate)],
            lists(issuer, root, life=30 * DAY),
        )
        pins = frozenset({certificate_pin(issuer.certificate)})
        trust = PartnerTrust(trusted, ENERGY_OIN, pins)
        assert reason(held, trust, NOW + 2 * DAY) == "unknown-issuer"
        check_certificate(held, trust, NOW, "signing")
        assert reason(held, trust, NOW + 2 * DAY) == "issuer-expired"


def test_another_party_of_the_same_issuer_is_refused() -> None:
    for serial in ("00000003876543210000", ENERGY_OIN + "0", ENERGY_OIN.lstrip("0")):
        assert reason(certificate(ISSUING, serials=(serial,))) == "wrong-subject"
    for serials in ((), (ENERGY_OIN, "1"), ("1", ENERGY_OIN)):
        assert reason(certificate(ISSUING, serials=serials)) == "no-subject-serial"


def test_the_same_subject_from_another_issuer_is_refused() -> None:
    assert reason(certificate(OTHER)) == "issuer-not-pinned"


def test_a_switched_root_is_refused() -> None:
    """Same names, same subject, everything but the keys."""
    root = make_root(NOW - DAY, NOW + DAY)
    issuer = make_issuing(root, NOW - DAY, NOW + DAY)
    assert reason(certificate(issuer)) == "unknown-issuer"


@pytest.mark.parametrize(
    ("order", "usage"),
    [
        ({"usage": key_usage(content_commitment=True)}, "signing"),
        ({"usage": key_usage(key_encipherment=True)}, "tls"),
        ({"usage": key_usage(digital_signature=True), "authority": True}, "signing"),
        ({"purposes": (ExtendedKeyUsageOID.SERVER_AUTH,)}, "signing"),
        ({"purposes": (ExtendedKeyUsageOID.CLIENT_AUTH,)}, "signing"),
        ({"purposes": (ExtendedKeyUsageOID.EMAIL_PROTECTION,)}, "tls"),
    ],
)
def test_a_certificate_for_another_use_is_refused(order: dict[str, Any], usage: Usage) -> None:
    assert reason(certificate(ISSUING, **order), usage=usage) == "wrong-usage"


@pytest.mark.parametrize(
    "purposes",
    [(), (ExtendedKeyUsageOID.SERVER_AUTH,), (ExtendedKeyUsageOID.CLIENT_AUTH,)],
)
def test_a_tls_certificate_passes_for_tls(purposes: tuple[x509.ObjectIdentifier, ...]) -> None:
    """No purposes at all is the practice of PKIoverheid G1."""
    check_certificate(certificate(ISSUING, purposes=purposes), TRUST, NOW, "tls")


def test_a_signing_certificate_may_name_documents_as_its_purpose() -> None:
    documents = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
    check_certificate(certificate(ISSUING, purposes=(documents,)), TRUST, NOW, "signing")


def test_signing_with_a_tls_certificate_is_an_exception_that_ends() -> None:
    trust = replace(TRUST, tls_signs_until=NOW.date())
    check_certificate(TLS, trust, NOW, "signing")
    ended = replace(TRUST, tls_signs_until=(NOW - DAY).date())
    assert reason(TLS, ended) == "wrong-usage"


def test_rsa_2048_is_an_exception_that_ends() -> None:
    held = certificate(ISSUING, RSA_2048)
    assert reason(held) == "key-too-small"
    check_certificate(held, replace(TRUST, rsa2048_until=NOW.date()), NOW, "signing")
    assert reason(held, replace(TRUST, rsa2048_until=(NOW - DAY).date())) == "key-too-small"


def test_an_rsa_key_below_2048_is_never_accepted() -> None:
    held = certificate(ISSUING, rsa.generate_private_key(65537, 1024))
    assert reason(held, replace(TRUST, rsa2048_until=NOW.date())) == "key-too-small"


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_a_key_of_another_kind_is_refused(key: Any) -> None:
    assert reason(certificate(ISSUING, key)) == "key-kind"


def rsa_authority() -> Any:
    """Return an issuer with an RSA key: its certificates can be turned into SHA-1 ones."""
    key = rsa.generate_private_key(65537, 3072)
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    own = certificate(ROOT, key, end=NOW + 9 * DAY, usage=usage, authority=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder(extensions=list(own.extensions))
        .subject_name(own.subject)
        .issuer_name(own.issuer)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(own.not_valid_before_utc)
        .not_valid_after(own.not_valid_after_utc)
        .add_extension(identifier, critical=False)
        .add_extension(_root_key(), critical=False)
    )
    return SimpleNamespace(certificate=builder.sign(ROOT.key, SHA256()), key=key)


def _root_key() -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT.key.public_key())


def with_sha_1(held: x509.Certificate, key: rsa.RSAPrivateKey) -> x509.Certificate:
    """Return the certificate signed anew with SHA-1; the library would not make one."""
    sha256_oid = bytes.fromhex("06092a864886f70d01010b")
    sha1_oid = bytes.fromhex("06092a864886f70d010105")
    content = held.tbs_certificate_bytes.replace(sha256_oid, sha1_oid)
    value = key.sign(content, padding.PKCS1v15(), SHA1())
    der = held.public_bytes(Encoding.DER).replace(sha256_oid, sha1_oid)
    return x509.load_der_x509_certificate(
        der.replace(held.signature, value),
    )


def test_a_certificate_signed_with_sha_1_is_refused() -> None:
    issuer = rsa_authority()
    trusted = Anchors.load([pem(ROOT.certificate)], [pem(issuer.certificate)], lists(issuer, ROOT))
    pins = frozenset({certificate_pin(issuer.certificate)})
    trust = PartnerTrust(trusted, ENERGY_OIN, pins)
    held = certificate(issuer)
    check_certificate(held, trust, NOW, "signing")
    weak = with_sha_1(held, issuer.key)
    value, content = weak.signature, weak.tbs_certificate_bytes
    issuer.key.public_key().verify(value, content, padding.PKCS1v15(), SHA1())
    assert reason(weak, trust) == "unknown-issuer"


def test_a_revoked_certificate_is_refused_from_the_new_list_on() -> None:
    check_certificate(GOOD, TRUST, NOW, "signing")
    newer = TRUST.anchors.with_revocation_lists(lists(ISSUING, OTHER, ROOT, revoked=(GOOD,)))
    assert reason(GOOD, replace(TRUST, anchors=newer)) == "certificate-revoked"


def test_a_revoked_issuer_is_refused_with_all_that_it_issued() -> None:
    revocations = lists(ISSUING) + lists(ROOT, revoked=(ISSUING.certificate,))
    trust = replace(TRUST, anchors=anchors(revocations))
    assert reason(GOOD, trust) == "issuer-revoked"


@pytest.mark.parametrize("present", [ROOT, ISSUING])
def test_a_missing_list_at_any_level_is_refused(present: Any) -> None:
    trust = replace(TRUST, anchors=anchors(lists(present)))
    assert reason(GOOD, trust) == "crl-missing"


def test_a_list_of_another_issuer_does_not_count() -> None:
    trust = replace(TRUST, anchors=anchors(lists(OTHER, ROOT)))
    assert reason(GOOD, trust) == "crl-missing"


def test_a_stale_list_is_refused_after_the_grace() -> None:
    revocations = lists(ISSUING, ROOT, life=DAY)
    strict = replace(TRUST, anchors=anchors(revocations))
    lenient = replace(TRUST, anchors=anchors(revocations, grace=timedelta(hours=4)))
    check_certificate(GOOD, strict, NOW + DAY, "signing")
    later = NOW + DAY + timedelta(hours=4)
    assert reason(GOOD, strict, later) == "crl-stale"
    check_certificate(GOOD, lenient, later, "signing")
    assert reason(GOOD, lenient, later + timedelta(seconds=1)) == "crl-stale"


def test_a_list_from_the_future_is_refused() -> None:
    trust = replace(TRUST, anchors=anchors(lists(ISSUING, ROOT, at=NOW + DAY)))
    assert reason(GOOD, trust) == "crl-not-yet-valid"
