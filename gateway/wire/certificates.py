"""X.509 certificates: reading them once, and what they say about their holder.

Reading a certificate costs more than checking a signature with it, and a partner sends the same
one with every message; so what was read is kept by its bytes. Nothing here decides on trust: that
is `trust`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.domain.errors import CertificateRefused

PRACTICE_ORGANISATION: Final = "Oefen-PKI creditor gateway"
"""Organisation name in every certificate authority of the practice PKI (design §2, 10)."""

_KEPT: Final = 1024
# What `cryptography` raises for bytes that look like a certificate, each with its own root.
_UNREADABLE = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
_TLS = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH})

ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class KnownCertificate:
    """A certificate that could be read; nothing is said about trust.

    `fingerprint` is the SHA-256 of its DER bytes. `subject_serial` is None when the subject has no
    serialNumber, or more than one; `purposes` is None when it names no extended key usage.
    """

    certificate: x509.Certificate = field(repr=False)
    fingerprint: bytes
    public_key: CertificatePublicKeyTypes = field(repr=False)
    not_before: datetime
    not_after: datetime
    subject_serial: str | None
    signs_data: bool
    is_authority: bool
    purposes: frozenset[x509.ObjectIdentifier] | None

    @property
    def is_for_tls(self) -> bool:
        """Whether it names a TLS purpose: such a certificate is made for connections."""
        return self.purposes is not None and not self.purposes.isdisjoint(_TLS)


@lru_cache(maxsize=_KEPT)
def read_certificate(der: bytes) -> KnownCertificate:
    """Return the certificate of these DER bytes.

    Raises:
        CertificateRefused: the bytes are no X.509 certificate, or its key is of no known kind.
    """
    try:
        return _read(x509.load_der_x509_certificate(der), der)
    except UnsupportedAlgorithm:
        raise CertificateRefused("Its key is of an unknown kind.", reason="key-kind") from None
    except (ValueError, TypeError, *_UNREADABLE):
        raise CertificateRefused("Not readable.", reason="certificate-unreadable") from None


def _read(certificate: x509.Certificate, der: bytes) -> KnownCertificate:
    usage = _extension(certificate, x509.KeyUsage)
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    constraints = _extension(certificate, x509.BasicConstraints)
    serials = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return KnownCertificate(
        certificate=certificate,
        fingerprint=sha256(der).digest(),
        public_key=certificate.public_key(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        # Two serial numbers would let a reader choose (digikoppeling §4.6, 1).
        subject_serial=str(serials[0].value) if len(serials) == 1 else None,
        signs_data=usage is not None and usage.digital_signature,
        is_authority=constraints is not None and constraints.ca,
        purposes=None if purposes is None else frozenset(purposes),
    )


def _extension(certificate: x509.Certificate, kind: type[ExtensionT]) -> ExtensionT | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def known(certificate: x509.Certificate) -> KnownCertificate:
    """Return what is known of a certificate that is already an object.

    Raises:
        CertificateRefused: its key is of no known kind.
    """
    return read_certificate(certificate.public_bytes(Encoding.DER))


def subject_serial_of(certificate: x509.Certificate) -> str:
    """Return the OIN or KvK number of the holder: Subject.serialNumber (2.5.4.5).

    Not the certificate's own serial number, and not organizationIdentifier (PKI001).

    Raises:
        CertificateRefused: the subject has none, or more than one.
    """
    serial = known(certificate).subject_serial
    if serial is None:
        raise CertificateRefused("No single subject serial number.", reason="no-subject-serial")
    return serial


def certificate_pin(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate (DER) in hexadecimal: a pin of this issuer."""
    return known(certificate).fingerprint.hex()


def key_pin(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the public key (SubjectPublicKeyInfo) in hexadecimal.

    As a pin of an issuer it survives a renewal of the issuer's certificate with the same key.
    """
    public_key = known(certificate).public_key
    information = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(information).hexdigest()


def is_practice_root(certificate: x509.Certificate) -> bool:
    """Return whether this is, or was issued by, an authority of the practice PKI.

    Such a certificate has no place in the trust of a production gateway.
    """
    return any(
        str(attribute.value).strip().casefold() == PRACTICE_ORGANISATION.casefold()
        for name in (certificate.subject, certificate.issuer)
        for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    )


def require_distinct(signing: x509.Certificate, tls: x509.Certificate) -> None:
    """Refuse a signing certificate that is, or shares its key with, the TLS certificate.

    Whoever runs the connection would otherwise hold the key that signs the evidence (design §9).

    Raises:
        CertificateRefused: they have the same key.
    """
    if key_pin(signing) == key_pin(tls):
        raise CertificateRefused("It has the key of the TLS certificate.", reason="shared-key")
