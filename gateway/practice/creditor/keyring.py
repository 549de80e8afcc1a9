"""The keys of a simulated creditor: one pair for connections, and a pen for each way of signing.

The wrong pens are wrong in earnest: a certificate that really ended, and a signature under the
creditor's good certificate by a key that is not its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.config.keys import KeyPair
from gateway.practice.behaviours import Pen
from gateway.practice.cast import Behaviour
from gateway.practice.issuing import Order, PrivateKey
from gateway.practice.pki import Party, PracticePki
from gateway.wire.signature import KeySigner, Signer

_MARGIN: Final = timedelta(days=1)
_LIFE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Sleutels of one creditor."""

    tls: KeyPair
    pens: Mapping[Pen, Signer] = field(repr=False)


def keyring_of(behaviour: Behaviour, party: Party, pki: PracticePki) -> Keyring:
    """Return the keys of a creditor: those of its party, and the wrong pen that it will use.

    A party whose own signing certificate has ended keeps a good one for its receipts: what is
    wrong with a creditor should be wrong once, and not in everything it says.
    """
    own = party.signing_certificate, party.signing_key
    pens: dict[Pen, Signer] = {}
    if behaviour is Behaviour.EXPIRED_CERTIFICATE:
        pens[Pen.EXPIRED] = read_signer(*own)
        own = _issued(_order(party, pki, f"{party.name}-ontvangst"), pki)
    if behaviour is Behaviour.WRONG_SIGNATURE:
        pens[Pen.OTHER_KEY] = _Stranger(read_signer(*own).certificate_der)
    pens[Pen.OWN] = read_signer(*own)
    return Keyring(read_pair(party.tls_certificate, party.tls_key), pens)


def read_pair(certificate_file: Path, key_file: Path) -> KeyPair:
    """Return a pair of the practice PKI from its two files."""
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    return KeyPair(certificate_file, key_file, certificate, (), _key(key_file))


def read_signer(certificate_file: Path, key_file: Path) -> KeySigner:
    """Return the signer whose certificate and key are in these files."""
    pair = read_pair(certificate_file, key_file)
    return KeySigner(pair.key, pair.certificate)


def _key(file: Path) -> PrivateKey:
    return cast(PrivateKey, load_pem_private_key(file.read_bytes(), password=None))


def _order(party: Party, pki: PracticePki, name: str) -> Order:
    begin, end = pki.now - _MARGIN, pki.now + _LIFE
    return Order(name, party.subject_serial, "signing", "p256", (), begin, end)


def _issued(order: Order, pki: PracticePki) -> tuple[Path, Path]:
    pki.issue(order)
    folder = pki.directory / order.name
    return folder / "signing.pem", folder / "signing.key"


class _Stranger:
    """A signer that shows somebody's certificate and signs with another key."""

    algorithm: Final = "ecdsa-sha256"

    def __init__(self, certificate_der: bytes) -> None:
        self.certificate_der: Final = certificate_der
        self._key = ec.generate_private_key(ec.SECP256R1())

    def sign(self, data: bytes) -> bytes:
        """Return raw r and s, as XMLDSIG wants them."""
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
