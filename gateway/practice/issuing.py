"""Making practice certificates and revocation lists: X.509 in, X.509 out, no disk.

The profile is that of the PKIoverheid certificates in digikoppeling §4.1.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.wire.certificates import PRACTICE_ORGANISATION

KeyKind = Literal["p256", "rsa3072", "rsa2048"]
Usage = Literal["tls", "signing"]
PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

LIST_LIFE: Final = timedelta(days=7)
"""How long a practice revocation list is valid."""

_RSA_BITS: Final = {"rsa3072": 3072, "rsa2048": 2048}
_CLOCK_MARGIN: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority: its certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Order:
    """One certificate that a party asks for; `hosts` are DNS names or IP addresses (TLS only)."""

    name: str
    subject_serial: str
    usage: Usage
    key: KeyKind
    hosts: tuple[str, ...]
    not_before: datetime
    not_after: datetime


def generate_key(kind: KeyKind) -> PrivateKey:
    """Return a new private key."""
    if kind == "p256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS[kind])


def make_root(begin: datetime, end: datetime) -> Authority:
    """Return a new practice root."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _authority_name("Oefen Root CA")
    certificate = _authority_certificate(name, key, name, 1, begin, end).sign(key, SHA256())
    return Authority(certificate, key)


def make_issuing(root: Authority, begin: datetime, end: datetime) -> Authority:
    """Return a new issuing authority under `root`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _authority_name("Oefen Uitgevende CA")
    builder = _authority_certificate(name, key, root.certificate.subject, 0, begin, end)
    builder = builder.add_extension(_issuer_key(root), critical=False)
    return Authority(builder.sign(root.key, SHA256()), key)


def issue(order: Order, key: PrivateKey, issuer: Authority) -> x509.Certificate:
    """Return the certificate that `order` asks for, for this key."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, order.name),
            x509.NameAttribute(NameOID.COMMON_NAME, order.name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, order.subject_serial),
        ]
    )
    builder = (
        _builder(subject, key, issuer.certificate.subject, order.not_before, order.not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_issuer_key(issuer), critical=False)
        .add_extension(_key_usage(order.usage), critical=True)
    )
    if order.usage == "tls":
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        names = x509.SubjectAlternativeName([_host(host) for host in order.hosts])
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer.key, SHA256())


def list_revoked(
    issuer: Authority, revoked: frozenset[int], now: datetime, life: timedelta = LIST_LIFE
) -> x509.CertificateRevocationList:
    """Return the issuer's revocation list of `now`, valid for `life`."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - _CLOCK_MARGIN)
        .next_update(now + life)
        .add_extension(_issuer_key(issuer), critical=False)
    )
    for serial in sorted(revoked):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, SHA256())


def hosts_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the hosts that a certificate names, as `Order.hosts` writes them."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = names.get_values_for_type(x509.IPAddress)
    return frozenset(names.get_values_for_type(x509.DNSName)) | {str(one) for one in addresses}


def kind_of(certificate: x509.Certificate) -> KeyKind | None:
    """Return what kind of key a certificate holds, or None for one that we do not issue."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "p256"
    kinds: dict[int, KeyKind] = {3072: "rsa3072", 2048: "rsa2048"}
    return kinds.get(key.key_size) if isinstance(key, rsa.RSAPublicKey) else None


def _authority_name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, PRACTICE_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _authority_certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    path_length: int,
    begin: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(subject, key, issuer, begin, end)
        .add_extension(constraints, critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(_key_usage(None), critical=True)
    )


def _builder(
    subject: x509.Name, key: PrivateKey, issuer: x509.Name, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _issuer_key(issuer: Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _key_usage(usage: Usage | None) -> x509.KeyUsage:
    """Return the key usage of a party's certificate, or of an authority (None)."""
    return x509.KeyUsage(
        digital_signature=usage is not None,
        content_commitment=usage == "signing",
        key_encipherment=usage == "tls",
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=usage is None,
        crl_sign=usage is None,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
