"""What simulated creditors share: keys, trust, schemas, time, and who may ask them."""

from dataclasses import dataclass

from cryptography import x509

from gateway.domain.identifiers import Oin
from gateway.ports.environment import Calendar, Clock, Ids
from gateway.practice.pki import AuthorityFiles, PracticePki
from gateway.wire.schema import SchemaCatalogue
from gateway.wire.trust import Anchors, PartnerTrust, certificate_pin


@dataclass(frozen=True, slots=True)
class KnownAsker:
    """Vrager: a municipality or helper as a creditor knows it.

    `host` is its name at the gateway's port for creditors: TLS server name and Host header.
    """

    oin: Oin
    host: str
    trust: PartnerTrust


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything around a simulated creditor; one value serves all of them."""

    pki: PracticePki
    anchors: Anchors
    catalogue: SchemaCatalogue
    askers: tuple[KnownAsker, ...]
    clock: Clock
    calendar: Calendar
    ids: Ids


def practice_anchors(*issuers: AuthorityFiles) -> Anchors:
    """Return the anchors of one practice PKI or more, with their revocation lists of now."""
    return Anchors.load(
        [one.root_certificate.read_bytes() for one in issuers],
        [one.issuing_certificate.read_bytes() for one in issuers],
        [one.revocation_lists.read_bytes() for one in issuers],
    )


def practice_trust(issuer: AuthorityFiles, anchors: Anchors, subject_serial: str) -> PartnerTrust:
    """Return the trust in a party of this practice PKI."""
    issuing = x509.load_pem_x509_certificate(issuer.issuing_certificate.read_bytes())
    return PartnerTrust(anchors, subject_serial, frozenset({certificate_pin(issuing)}))
