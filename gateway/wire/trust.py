"""Whether a certificate is this partner's, and good for this use, now.

A path to a trusted root says only that somebody was identified. So a partner is pinned: the
issuer, and the OIN or KvK number in the subject; names are for display (digikoppeling §4.6). The
path is built once per certificate and generation of anchors; dates, revocation and staleness are
looked at each time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from gateway.domain.errors import CertificateRefused
from gateway.wire.anchors import CLOCK_TOLERANCE, Anchors, Chain, Link, RevocationList
from gateway.wire.certificates import (
    PRACTICE_ORGANISATION,
    KnownCertificate,
    certificate_pin,
    is_practice_root,
    key_pin,
    known,
    read_certificate,
    require_distinct,
    subject_serial_of,
)

__all__ = (
    "CLOCK_TOLERANCE",
    "PRACTICE_ORGANISATION",
    "Anchors",
    "KnownCertificate",
    "PartnerTrust",
    "Usage",
    "certificate_pin",
    "check_certificate",
    "check_known",
    "is_practice_root",
    "key_pin",
    "read_certificate",
    "require_distinct",
    "subject_serial_of",
)

Usage = Literal["signing", "tls"]

_RSA_BITS: Final = 3072
_RSA_EXCEPTION_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class PartnerTrust:
    """What makes a certificate this partner's.

    `subject_serial` is its OIN or KvK number; `issuer_pins` are hexadecimal SHA-256 digests of the
    issuer's certificate or public key (`certificate_pin`, `key_pin`), at least one. The two dates
    are exceptions that end by themselves: RSA keys of 2048 bits, and signing with a certificate
    that is made for TLS, both through that day (design §9).
    """

    anchors: Anchors
    subject_serial: str
    issuer_pins: frozenset[str]
    rsa2048_until: date | None = None
    tls_signs_until: date | None = None

    def __post_init__(self) -> None:
        if not self.issuer_pins or not self.subject_serial:
            raise ValueError("a partner is pinned by issuer and by subject serial number")


def check_certificate(
    certificate: x509.Certificate, trust: PartnerTrust, now: datetime, usage: Usage
) -> None:
    """Check that `certificate` is this partner's and may be used for this at `now` (UTC).

    Raises:
        CertificateRefused: it is not; `reason` says which check failed.
    """
    check_known(known(certificate), trust, now, usage)


def check_known(
    certificate: KnownCertificate, trust: PartnerTrust, now: datetime, usage: Usage
) -> None:
    """Do the same for a certificate that has been read before.

    Raises:
        CertificateRefused: it is not; `reason` says which check failed.
    """
    # 1 its own dates  2 holder  3 use  4 key  5 path to a root  6 issuer  7 authorities' dates
    # 8 revocation at every level
    _check_dates(certificate, now, "certificate")  # 1
    _check_holder(certificate, trust)  # 2
    _check_usage(certificate, trust, now, usage)  # 3
    _check_key(certificate, trust, now)  # 4
    chain = trust.anchors.chain_of(certificate, now)  # 5
    if chain.issuer_pins.isdisjoint(trust.issuer_pins):  # 6
        raise CertificateRefused("Another issuer than agreed.", reason="issuer-not-pinned")
    for link in chain.links[1:]:  # 7
        _check_dates(link.certificate, now, "issuer")
    _check_dates(chain.root, now, "issuer")
    _check_revocation(chain, trust, now)  # 8


def _check_dates(certificate: KnownCertificate, now: datetime, whose: str) -> None:
    if now < certificate.not_before:
        raise CertificateRefused("Not yet valid.", reason=f"{whose}-not-yet-valid")
    if now > certificate.not_after:
        raise CertificateRefused("Expired.", reason=f"{whose}-expired")


def _check_holder(certificate: KnownCertificate, trust: PartnerTrust) -> None:
    if certificate.subject_serial is None:
        raise CertificateRefused("No single subject serial number.", reason="no-subject-serial")
    if certificate.subject_serial != trust.subject_serial:
        raise CertificateRefused("It is of another party.", reason="wrong-subject")


def _check_usage(
    certificate: KnownCertificate, trust: PartnerTrust, now: datetime, usage: Usage
) -> None:
    if certificate.is_authority or not certificate.signs_data:
        raise CertificateRefused("Its key usage does not allow this.", reason="wrong-usage")
    if usage == "tls":
        # No purposes at all is the practice of PKIoverheid G1 (digikoppeling §4.1).
        if certificate.purposes is not None and not certificate.is_for_tls:
            raise CertificateRefused("It is not made for TLS.", reason="wrong-usage")
    elif certificate.is_for_tls and not _lasts(trust.tls_signs_until, now):
        raise CertificateRefused("It is made for TLS, not for signing.", reason="wrong-usage")


def _check_key(certificate: KnownCertificate, trust: PartnerTrust, now: datetime) -> None:
    key = certificate.public_key
    if isinstance(key, RSAPublicKey):
        least = _RSA_EXCEPTION_BITS if _lasts(trust.rsa2048_until, now) else _RSA_BITS
        if key.key_size < least:
            raise CertificateRefused("Its RSA key is too small.", reason="key-too-small")
    elif not (isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)):
        raise CertificateRefused("Its key is neither RSA nor P-256.", reason="key-kind")


def _lasts(until: date | None, now: datetime) -> bool:
    return until is not None and now.date() <= until


def _check_revocation(chain: Chain, trust: PartnerTrust, now: datetime) -> None:
    for level, link in enumerate(chain.links):
        revocations = _current_list(link, trust, now)
        if link.certificate.certificate.serial_number in revocations.revoked:
            reason = "certificate-revoked" if level == 0 else "issuer-revoked"
            raise CertificateRefused("Revoked.", reason=reason)


def _current_list(link: Link, trust: PartnerTrust, now: datetime) -> RevocationList:
    revocations = link.revocations
    if revocations is None:
        raise CertificateRefused("No revocation list of its issuer.", reason="crl-missing")
    if now < revocations.this_update - CLOCK_TOLERANCE:
        raise CertificateRefused("Its revocation list is of later.", reason="crl-not-yet-valid")
    if now > revocations.next_update + trust.anchors.grace:
        raise CertificateRefused("Its revocation list is stale.", reason="crl-stale")
    return revocations
