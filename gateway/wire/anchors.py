"""The certificate authorities we trust, and their revocation lists.

Anchors are one generation: an immutable set of roots, intermediates and revocation lists. A new
list makes new Anchors, so that a verdict kept for a certificate can never outlive the list it was
based on. Revocation is checked at every level and fails closed: no list, a stale list or a list
with a wrong signature means refused (digikoppeling §4.1 PKI003, §4.4).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.verification import (
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from gateway.domain.errors import CertificateRefused, ConfigurationFault, Finding
from gateway.wire.certificates import KnownCertificate, certificate_pin, key_pin, known

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of another party may be ahead of ours."""

_CHAIN_LIMIT: Final = 4
_KEPT: Final = 4096
_PEM_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A revocation list whose signature was checked with the key of `issuer`."""

    issuer: bytes
    this_update: datetime
    next_update: datetime
    revoked: frozenset[int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a chain, with the list that says whether it was revoked."""

    certificate: KnownCertificate
    revocations: RevocationList | None


@dataclass(frozen=True, slots=True)
class Chain:
    """A path that was built and whose signatures were checked; times are still to be checked.

    `links` begins with the holder's certificate and leaves out the root, which no list can revoke.
    """

    links: tuple[Link, ...]
    root: KnownCertificate
    issuer_pins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Anchors:
    """One generation of trust in certificate authorities. `load` makes it.

    `grace` is how long after its next update a revocation list may still be used.
    """

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    revocation_lists: tuple[RevocationList, ...]
    grace: timedelta
    _chains: dict[bytes, Chain] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(
        cls,
        roots: Sequence[bytes],
        intermediates: Sequence[bytes],
        revocation_lists: Sequence[bytes],
        grace: timedelta = timedelta(0),
    ) -> "Anchors":
        """Return anchors from files' bytes, DER or PEM (a PEM file may hold several).

        Raises:
            ConfigurationFault: bytes that are no certificate or list, no root at all, or a list
                that none of these authorities signed.
        """
        trusted, between = _certificates(roots, "roots"), _certificates(intermediates, "issuers")
        if not trusted:
            raise ConfigurationFault((Finding("trust", "roots", "no root certificate"),))
        authorities = trusted + between
        lists = tuple(
            _checked(one, authorities) for file in revocation_lists for one in _lists(file)
        )
        return cls(trusted, between, lists, grace)

    def with_revocation_lists(self, revocation_lists: Sequence[bytes]) -> "Anchors":
        """Return the next generation: the same authorities, these lists instead.

        Raises:
            ConfigurationFault: as `load`; the present generation stays usable.
        """
        authorities = self.roots + self.intermediates
        lists = tuple(
            _checked(one, authorities) for file in revocation_lists for one in _lists(file)
        )
        return Anchors(self.roots, self.intermediates, lists, self.grace)

    def chain_of(self, certificate: KnownCertificate, now: datetime) -> Chain:
        """Return the path from `certificate` to one of the roots.

        Raises:
            CertificateRefused: there is none, or a certificate authority in it is not valid now.
        """
        chain = self._chains.get(certificate.fingerprint)
        if chain is None:
            chain = self._build(certificate, now)
            if len(self._chains) >= _KEPT:
                self._chains.clear()
            self._chains[certificate.fingerprint] = chain
        return chain

    def _build(self, certificate: KnownCertificate, now: datetime) -> Chain:
        # permit_all for the holder's certificate: the default wants a SAN and a TLS purpose, which
        # a signing certificate has not (digikoppeling §4.1); `trust` checks what it must have.
        verifier = (
            PolicyBuilder()
            .store(Store(list(self.roots)))
            .time(now)
            .max_chain_depth(_CHAIN_LIMIT)
            .extension_policies(
                ca_policy=ExtensionPolicy.webpki_defaults_ca(),
                ee_policy=ExtensionPolicy.permit_all(),
            )
            .build_client_verifier()
        )
        try:
            path = verifier.verify(certificate.certificate, list(self.intermediates)).chain
        except (VerificationError, ValueError, UnsupportedAlgorithm):
            raise CertificateRefused("No path to a root.", reason="unknown-issuer") from None
        if len(path) < 2:
            raise CertificateRefused("It is a root itself.", reason="unknown-issuer")
        issuer = path[1]
        links = tuple(
            Link(known(one), self._list_of(known(above))) for one, above in pairwise(path)
        )
        pins = frozenset({certificate_pin(issuer), key_pin(issuer)})
        return Chain(links, known(path[-1]), pins)

    def _list_of(self, issuer: KnownCertificate) -> RevocationList | None:
        signed = [one for one in self.revocation_lists if one.issuer == issuer.fingerprint]
        return max(signed, key=lambda one: one.this_update, default=None)


def _certificates(files: Sequence[bytes], key: str) -> tuple[x509.Certificate, ...]:
    found: list[x509.Certificate] = []
    for file in files:
        try:
            if b"-----BEGIN" in file:
                found.extend(x509.load_pem_x509_certificates(file))
            else:
                found.append(x509.load_der_x509_certificate(file))
        except ValueError:
            raise ConfigurationFault((Finding("trust", key, "not a certificate"),)) from None
    return tuple(found)


def _lists(file: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    try:
        if b"-----BEGIN" in file:
            return tuple(x509.load_pem_x509_crl(part) for part in _PEM_LIST.findall(file))
        return (x509.load_der_x509_crl(file),)
    except ValueError:
        raise _refused("not a revocation list") from None


def _checked(
    revocations: x509.CertificateRevocationList, authorities: Sequence[x509.Certificate]
) -> RevocationList:
    """Return the list with its serial numbers as a set: looking one up in the object is linear."""
    if revocations.next_update_utc is None:
        raise _refused("a revocation list without next update")
    # A critical extension (delta list, partitioned list) changes what absence from it means.
    if any(extension.critical for extension in revocations.extensions):
        raise _refused("a revocation list with a critical extension")
    for authority in authorities:
        if authority.subject == revocations.issuer and _signed_by(revocations, authority):
            return RevocationList(
                issuer=known(authority).fingerprint,
                this_update=revocations.last_update_utc,
                next_update=revocations.next_update_utc,
                revoked=frozenset(entry.serial_number for entry in revocations),
            )
    raise _refused("a revocation list that none of the authorities signed")


def _signed_by(revocations: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    try:
        usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
        key = authority.public_key()
        # The library wants the kinds of key that can sign at all; anything else is refused here.
        return usage.crl_sign and revocations.is_signature_valid(key)  # type: ignore[arg-type]
    except (x509.ExtensionNotFound, TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _refused(problem: str) -> ConfigurationFault:
    return ConfigurationFault((Finding("trust", "crl", problem),))
