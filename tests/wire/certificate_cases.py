"""Certificates and revocation lists that are wrong in one chosen way."""

from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.practice.issuing import Authority, list_revoked
from tests.wire.signing_parties import ENERGY_OIN, NOW

DAY = timedelta(days=1)
USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
SIGNS = {"digital_signature": True, "content_commitment": True}


def key_usage(**uses: bool) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: uses.get(name, False) for name in USES})


def certificate(
    issuer: Authority,
    key: Any = None,
    *,
    serials: tuple[str, ...] = (ENERGY_OIN,),
    begin: datetime = NOW - DAY,
    end: datetime = NOW + DAY,
    usage: x509.KeyUsage | None = None,
    purposes: tuple[x509.ObjectIdentifier, ...] = (),
    authority: bool = False,
) -> x509.Certificate:
    """Return a certificate as ordered; the defaults give a good signing certificate."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, "partij")]
    names += [x509.NameAttribute(NameOID.SERIAL_NUMBER, serial) for serial in serials]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(key_usage(**SIGNS) if usage is None else usage, critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(issuer.key, SHA256())


def lists(
    *authorities: Authority,
    revoked: tuple[x509.Certificate, ...] = (),
    at: datetime = NOW,
    life: timedelta = 7 * DAY,
) -> list[bytes]:
    """Return a revocation list of each authority that holds all of `revoked`."""
    serials = frozenset(one.serial_number for one in revoked)
    made = (list_revoked(authority, serials, at, life) for authority in authorities)
    return [one.public_bytes(Encoding.DER) for one in made]


def pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.PEM)
