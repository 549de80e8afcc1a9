"""Keys and certificates that the configuration names: read, and held against each other.

A private key, a master key and a log key never print.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from gateway.config.forms import KeyPairForm
from gateway.config.reading import Findings, Source
from gateway.domain.errors import GatewayError
from gateway.ledger.note import SignerKey, parse_signer
from gateway.ledger.sealing import SealingKey
from gateway.wire.certificates import (
    is_practice_root,
    key_pin,
    require_distinct,
    subject_serial_of,
)

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
RSA_BITS = 3072
_PIN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate, the authorities above it, and its private key, with the files they came from.

    TLS contexts load the files; a signer takes the objects.
    """

    certificate_file: Path
    key_file: Path
    certificate: x509.Certificate = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(repr=False)
    key: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kek:
    """Master key under which the keys of residents are wrapped, and its id."""

    kek_id: str
    key: SealingKey = field(repr=False)


def read_key_pair(form: KeyPairForm, key: str, source: Source) -> KeyPair | None:
    """Return the pair whose files this form names, or None with the reasons in the findings."""
    certificate_file, key_file = source.folder / form.certificate, source.folder / form.key
    certificates = _read_certificates(certificate_file, f"{key}.certificaat", source.findings)
    private = _read_private_key(key_file, f"{key}.sleutel", source.findings)
    if not certificates or private is None:
        return None
    if _public_bytes(certificates[0].public_key()) != _public_bytes(private.public_key()):
        source.findings.add(f"{key}.sleutel", "is not the key of the certificate")
    return KeyPair(certificate_file, key_file, certificates[0], certificates[1:], private)


def _read_certificates(path: Path, key: str, findings: Findings) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except OSError as fault:
        findings.add(key, f"certificate file {path} cannot be read ({fault.strerror})")
    except ValueError:
        findings.add(key, f"{path} holds no PEM certificate")
    return ()


def _read_private_key(path: Path, key: str, findings: Findings) -> PrivateKey | None:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as fault:
        findings.add(key, f"key file {path} cannot be read ({fault.strerror})")
        return None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        findings.add(key, f"{path} holds no unencrypted PEM private key")
        return None
    if isinstance(private, RSAPrivateKey) and private.key_size >= RSA_BITS:
        return private
    if isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
        return private
    findings.add(key, f"{path} is neither an RSA key of {RSA_BITS} bits or more nor P-256")
    return None


def _public_bytes(public: object) -> bytes:
    encode = getattr(public, "public_bytes")  # noqa: B009 - every kind of public key has it
    encoded: bytes = encode(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def check_pairs(tls: KeyPair, signing: KeyPair, oin: str, key: str, source: Source) -> None:
    """Find a pair that is of another party or of practice, and one key used for both purposes."""
    for pair, name in ((tls, f"{key}.tls"), (signing, f"{key}.ondertekening")):
        _check_pair(pair, oin, name, source)
    with source.findings.at(f"{key}.ondertekening"):
        require_distinct(signing.certificate, tls.certificate)


def _check_pair(pair: KeyPair, oin: str, key: str, source: Source) -> None:
    add = source.findings.add
    with source.findings.at(f"{key}.certificaat"):
        if subject_serial_of(pair.certificate) != oin:
            add(f"{key}.certificaat", "holds another OIN than the configured one")
    if source.production and is_practice_root(pair.certificate):
        add(f"{key}.certificaat", "is of the practice PKI; refused in production")
    if source.production and pair.key_file.stat().st_mode & 0o007:
        add(f"{key}.sleutel", "can be read by everybody on this machine")


def read_pins(entries: list[str], key: str, source: Source) -> frozenset[str]:
    """Return the pins of issuers: as they stand, or of the key in a certificate file."""
    pins: set[str] = set()
    for number, entry in enumerate(entries):
        place = f"{key}[{number}]"
        if _PIN.fullmatch(entry):
            pins.add(entry)
            continue
        issuers = _read_certificates(source.folder / entry, place, source.findings)
        pins.update(key_pin(issuer) for issuer in issuers[:1])
    return frozenset(pins)


def read_keks(files: list[str], source: Source) -> tuple[Kek, ...]:
    """Return the master keys in these files, the newest last."""
    found: list[Kek] = []
    for number, name in enumerate(files):
        key = f"sleutels.kek[{number}]"
        with source.findings.at(key):
            kek = _kek(_text(source.folder / name))
            if kek is None:
                source.findings.add(key, f"{name} is not 64 hexadecimal digits")
            else:
                found.append(Kek(Path(name).stem, kek))
    if len({kek.kek_id for kek in found}) != len(found):
        source.findings.add("sleutels.kek", "two files have the same name, the id of the key")
    return tuple(found)


def _kek(text: str) -> SealingKey | None:
    try:
        return SealingKey(bytes.fromhex(text))
    except (ValueError, GatewayError):
        return None


def read_log_key(name: str, source: Source) -> SignerKey | None:
    """Return the signer key of the log in this file."""
    try:
        return parse_signer(_text(source.folder / name))
    except OSError as fault:
        source.findings.add("logboek.sleutel", f"{name} cannot be read ({fault.strerror})")
    except GatewayError:
        source.findings.add("logboek.sleutel", f"{name} holds no signer key of a log")
    return None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()
