"""What simulated creditors share: keys, trust, schemas, time, and who may ask them."""

from dataclasses import dataclass

from gateway.domain.identifiers import Oin
from gateway.ports.environment import Calendar, Clock, Ids
from gateway.practice.pki import PracticePki
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


def practice_anchors(pki: PracticePki) -> Anchors:
    """Return the anchors of a practice PKI, with its revocation lists of now."""
    return Anchors.load(
        [pki.root_certificate.read_bytes()],
        [pki.issuing_certificate.read_bytes()],
        [pki.crl()],
    )


def practice_trust(pki: PracticePki, anchors: Anchors, subject_serial: str) -> PartnerTrust:
    """Return the trust in a party of the practice PKI."""
    pins = frozenset({certificate_pin(pki.issuing.certificate)})
    return PartnerTrust(anchors, subject_serial, pins)
