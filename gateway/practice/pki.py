"""A certificate authority for practice: a root, an issuing authority, revocation lists, parties.

Shaped like the PKIoverheid certificates that the gateway meets in production: the OIN or KvK
number in Subject.serialNumber, one certificate for TLS and another for signing, revocation lists
at every level. Every authority carries the organisation name by which
`wire.trust.is_practice_root` knows it, so that production can refuse it.

What is on disk and still fits is used again: a second run costs no key generation.

    DIR/root.pem  root.key  issuing.pem  issuing.key
    DIR/issuing.crl                       the lists of the issuing authority and of the root, PEM
    DIR/<name>/tls.pem  tls.key  signing.pem  signing.key
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from gateway.practice import issuing
from gateway.practice.issuing import LIST_LIFE, Authority, KeyKind, Order, PrivateKey, Usage
from gateway.wire.certificates import subject_serial_of

_AUTHORITY_LIFE: Final = timedelta(days=5 * 365)
PARTY_LIFE: Final = timedelta(days=365)
_MARGIN: Final = timedelta(days=1)
"""How long before now a certificate begins, so that a clock that is behind does not matter."""


@dataclass(frozen=True, slots=True)
class Party:
    """Where the certificates and keys (PEM) of one party are."""

    name: str
    subject_serial: str
    tls_certificate: Path
    tls_key: Path
    signing_certificate: Path
    signing_key: Path


class AuthorityFiles(Protocol):
    """Where the public files (PEM) of a practice PKI are: all that trusting it takes."""

    @property
    def root_certificate(self) -> Path: ...

    @property
    def issuing_certificate(self) -> Path: ...

    @property
    def revocation_lists(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class PracticePki:
    """The practice PKI in one directory. `create` makes or opens it."""

    directory: Path
    now: datetime
    root: Authority = field(repr=False)
    issuing: Authority = field(repr=False)
    list_life: timedelta = LIST_LIFE

    @classmethod
    def create(
        cls, directory: Path, now: datetime, list_life: timedelta = LIST_LIFE
    ) -> "PracticePki":
        """Return the PKI in `directory`, made when there is none that is valid at `now` (UTC).

        `list_life` is how long its revocation lists are good for.
        """
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        root, issuer = _opened(directory, now) or _made(directory, now)
        pki = cls(directory, now, root, issuer, list_life)
        pki._write_lists(pki._revoked())
        return pki

    @property
    def root_certificate(self) -> Path:
        """Where the root certificate is."""
        return self.directory / "root.pem"

    @property
    def issuing_certificate(self) -> Path:
        """Where the certificate of the issuing authority is."""
        return self.directory / "issuing.pem"

    @property
    def revocation_lists(self) -> Path:
        """Where the revocation lists of both authorities are."""
        return self.directory / "issuing.crl"

    def crl(self) -> bytes:
        """Return the revocation lists of both authorities (PEM)."""
        return self.revocation_lists.read_bytes()

    def party(
        self,
        name: str,
        subject_serial: str,
        hosts: Sequence[str],
        *,
        signing_key: KeyKind = "p256",
        tls_key: KeyKind = "p256",
        signing_expired: bool = False,
    ) -> Party:
        """Return a party with a TLS and a signing certificate, issued unless they exist and fit.

        `subject_serial` is the OIN or KvK number. `signing_expired` gives a signing certificate
        that ended an hour ago.
        """
        begin, end = self.now - _MARGIN, self.now + PARTY_LIFE
        self.issue(Order(name, subject_serial, "tls", tls_key, tuple(hosts), begin, end))
        if signing_expired:
            begin, end = self.now - 30 * _MARGIN, self.now - timedelta(hours=1)
        self.issue(Order(name, subject_serial, "signing", signing_key, (), begin, end))
        folder = self.directory / name
        return Party(
            name=name,
            subject_serial=subject_serial,
            tls_certificate=folder / "tls.pem",
            tls_key=folder / "tls.key",
            signing_certificate=folder / "signing.pem",
            signing_key=folder / "signing.key",
        )

    def issue(self, order: Order) -> None:
        """Issue a certificate with a new key, unless the one on disk fits the order."""
        folder = self.directory / order.name
        folder.mkdir(exist_ok=True, mode=0o700)
        certificate_file = folder / f"{order.usage}.pem"
        key_file = folder / f"{order.usage}.key"
        held = _certificate(certificate_file) if certificate_file.exists() else None
        if held is not None and key_file.exists() and self._fits(order, held):
            return
        key = issuing.generate_key(order.key)
        _write_key(key_file, key)
        _write_certificate(certificate_file, issuing.issue(order, key, self.issuing))

    def revoke(self, name: str, usage: Usage) -> None:
        """Revoke this certificate of a party: it is on the list from now on."""
        certificate = _certificate(self.directory / name / f"{usage}.pem")
        self._write_lists(self._revoked() | {certificate.serial_number})

    def _fits(self, order: Order, held: x509.Certificate) -> bool:
        """Return whether the certificate on disk is what is asked for, and good for as long."""
        lives = held.not_valid_after_utc > self.now + _MARGIN
        return (
            lives == (order.not_after > self.now)
            and held.not_valid_before_utc <= self.now
            and subject_serial_of(held) == order.subject_serial
            and issuing.kind_of(held) == order.key
            and issuing.hosts_of(held) == frozenset(order.hosts)
            and held.issuer == self.issuing.certificate.subject
            and _signed_by(held, self.issuing.certificate)
        )

    def _revoked(self) -> frozenset[int]:
        if not self.revocation_lists.exists():
            return frozenset()
        # The first list in the file is that of the issuing authority.
        held = x509.load_pem_x509_crl(self.crl())
        if not held.is_signature_valid(self.issuing.key.public_key()):
            return frozenset()
        return frozenset(entry.serial_number for entry in held)

    def _write_lists(self, revoked: frozenset[int]) -> None:
        of_issuing = issuing.list_revoked(self.issuing, revoked, self.now, self.list_life)
        of_root = issuing.list_revoked(self.root, frozenset(), self.now, self.list_life)
        content = of_issuing.public_bytes(Encoding.PEM) + of_root.public_bytes(Encoding.PEM)
        _write(self.revocation_lists, content, 0o644)


def _opened(directory: Path, now: datetime) -> tuple[Authority, Authority] | None:
    """Return root and issuing authority on disk, or None without a pair that outlives parties."""
    files = [directory / f"{name}.{end}" for name in ("root", "issuing") for end in ("pem", "key")]
    if not all(file.exists() for file in files):
        return None
    root, issuer = _authority(directory, "root"), _authority(directory, "issuing")
    ends = min(root.certificate.not_valid_after_utc, issuer.certificate.not_valid_after_utc)
    if ends < now + PARTY_LIFE or not _signed_by(issuer.certificate, root.certificate):
        return None
    return root, issuer


def _made(directory: Path, now: datetime) -> tuple[Authority, Authority]:
    # Authorities begin before any party, also one whose certificate has already ended.
    begin, end = now - 60 * _MARGIN, now + _AUTHORITY_LIFE
    root = issuing.make_root(begin, end)
    issuer = issuing.make_issuing(root, begin, end)
    for name, authority in (("root", root), ("issuing", issuer)):
        _write_key(directory / f"{name}.key", authority.key)
        _write_certificate(directory / f"{name}.pem", authority.certificate)
    return root, issuer


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001  (whatever is wrong, it is made anew)
        return False
    return True


def _authority(directory: Path, name: str) -> Authority:
    key = load_pem_private_key((directory / f"{name}.key").read_bytes(), password=None)
    return Authority(_certificate(directory / f"{name}.pem"), cast(EllipticCurvePrivateKey, key))


def _certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def _write_certificate(file: Path, certificate: x509.Certificate) -> None:
    _write(file, certificate.public_bytes(Encoding.PEM), 0o644)


def _write_key(file: Path, key: PrivateKey) -> None:
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(file, content, 0o600)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write a file with this mode from its first byte on, and replace the old one at once."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    new.replace(file)
