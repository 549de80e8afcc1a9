"""The stage: a real gateway on real PostgreSQL, with real keys, schemas and adapters.

Only the sockets are missing: messages travel in memory (creditors.py). The clock stands still until
it is moved, the calendar too, and rounds of the workers are played by hand.
"""

import hashlib
import importlib
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.config.partners import Partners
from gateway.config.policies import Policies, read_policies
from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.parties import (
    AskerKind,
    Contact,
    Controller,
    Creditor,
    CreditorClass,
    Environment,
)
from gateway.ledger.checkpoint import Checkpoint, sign_checkpoint
from gateway.ledger.note import SignerKey
from gateway.ledger.sealing import SealingKey
from gateway.ports.transport import Limits, Partner
from gateway.practice.issuing import PrivateKey
from gateway.practice.pki import Party, PracticePki
from gateway.registry import Registry
from gateway.store.database import Database
from gateway.store.evidence.journal import Journal
from gateway.store.evidence.keys import KeyRing
from gateway.usecases.context import Gateway
from gateway.wire.signature import KeySigner
from gateway.wire.trust import Anchors, PartnerTrust, certificate_pin
from tests.journeys.creditors import MemoryCreditor, MemoryTransport

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
KEKS = {"kek-1": SealingKey(hashlib.sha256(b"kek").digest())}
LOG_KEY = SignerKey("log.test", hashlib.sha256(b"log").digest())

TOWN = Controller(
    oin=Oin("00000099000000001000"),
    name="Gemeente Voorbeeld",
    host="gemeente.test",
    kind=AskerKind.COLLEGE,
    contact=Contact("Bureau Schulden", "010 123 45 67"),
)
NEIGHBOUR = replace(TOWN, oin=Oin("00000099000000002000"), name="Buur", host="buur.test")
HELPER = replace(
    TOWN,
    oin=Oin("00000099000000003000"),
    name="Hulp buiten de wet",
    host="hulp.test",
    kind=AskerKind.PRIVATE_HELPER,
)
ADMINISTRATOR = replace(
    TOWN,
    oin=Oin("00000099000000004000"),
    name="Bewind",
    host="bewind.test",
    kind=AskerKind.ADMINISTRATOR,
)
CONTROLLERS = (TOWN, NEIGHBOUR, HELPER, ADMINISTRATOR)

SHOP = CreditorId("winkel")
RENT = CreditorId("huur")
TAX = CreditorId("belasting")
ENERGY = CreditorId("energie")
CREDITORS = {
    SHOP: ("svb", CreditorClass.OTHER, None, "00000099000000010000"),
    RENT: ("svb", CreditorClass.OTHER, None, "00000099000000011000"),
    TAX: ("svb", CreditorClass.PUBLIC, "Wgs art. 8c", "00000099000000012000"),
    ENERGY: ("energie", CreditorClass.UTILITY, None, "00000099000000013000"),
}


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def forward(self, step: timedelta) -> None:
        self._at += step


class StandingCalendar:
    """A calendar that turns only when it is told to."""

    def __init__(self, day: date) -> None:
        self.day = day

    def today(self) -> date:
        return self.day


class SeededIds:
    """Row ids that count, and chance from a seed: the same run twice gives the same ids."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._seed, self._count = seed, 0

    def row(self) -> UUID:
        self._count += 1
        return UUID(int=self._count << 80 | 0x7 << 76 | 0b10 << 62 | self._seed)

    def reference(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def chance(self, count: int) -> bytes:
        return self._random.randbytes(count)


@dataclass(frozen=True, slots=True)
class Keys:
    """The practice PKI of a test session: one key pair per party is enough for all tests."""

    pki: PracticePki
    anchors: Anchors
    registry: Registry
    policies: Policies

    @classmethod
    def make(cls, folder: Path) -> "Keys":
        pki = PracticePki.create(folder, NOW)
        policies, findings = read_policies(ROOT / "config")
        assert findings == ()
        anchors = Anchors.load(
            [pki.root_certificate.read_bytes()],
            [pki.issuing_certificate.read_bytes()],
            [pki.crl()],
        )
        return cls(pki, anchors, Registry.load(), policies)

    def party(self, name: str, serial: str, *, expired: bool = False) -> Party:
        return self.pki.party(name, serial, [f"{name}.test"], signing_expired=expired)

    def signer(self, name: str, serial: str, *, expired: bool = False) -> KeySigner:
        party = self.party(name, serial, expired=expired)
        key = load_pem_private_key(party.signing_key.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(party.signing_certificate.read_bytes())
        return KeySigner(cast(PrivateKey, key), certificate)

    def trust(self, serial: str) -> PartnerTrust:
        pins = frozenset({certificate_pin(self.pki.issuing.certificate)})
        return PartnerTrust(self.anchors, serial, pins)

    def partner(self, creditor_id: CreditorId) -> Partner:
        adapter, creditor_class, bsn_law, serial = CREDITORS[creditor_id]
        return Partner(
            creditor=Creditor(
                creditor_id, creditor_id.title(), Oin(serial), creditor_class, bsn_law
            ),
            adapter=adapter,
            transport="memory",
            endpoint=f"https://{creditor_id}.test/berichten",
            signing_trust=self.trust(serial),
            tls_trust=self.trust(serial),
            limits=Limits(),
            enabled=True,
        )


@dataclass(slots=True)
class Stage:
    """A gateway with everything around it that a test moves."""

    gateway: Gateway
    keys: Keys
    clock: StandingClock
    calendar: StandingCalendar
    transport: MemoryTransport
    owner_dsn: str
    partners: dict[CreditorId, Partner] = field(default_factory=dict)

    def creditor(self, creditor_id: CreditorId = SHOP) -> MemoryCreditor:
        return self.transport.creditors[creditor_id]

    def change_partner(self, creditor_id: CreditorId, partner: Partner | None) -> None:
        """Change the configuration of a partner, as a reload would; None takes it out."""
        if partner is None:
            del self.partners[creditor_id]
        else:
            self.partners[creditor_id] = partner


@asynccontextmanager
async def staging(keys: Keys, dsn: str, owner_dsn: str, seed: int = 1) -> AsyncIterator[Stage]:
    """Open a gateway on this database; two of them are two replicas."""
    clock, calendar, ids = StandingClock(NOW), StandingCalendar(TODAY), SeededIds(seed)
    partners = {creditor_id: keys.partner(creditor_id) for creditor_id in CREDITORS}
    transport = MemoryTransport(dict(_creditors(keys, clock)))
    database = await Database.open(dsn, size=8)
    ring = await KeyRing.open(dsn, KEKS, clock, ids)
    gateway = Gateway(
        environment=Environment.PRACTICE,
        controllers={controller.host: controller for controller in CONTROLLERS},
        partners=lambda: Partners(tuple(partners.values())),
        policies=lambda: keys.policies,
        adapters=keys.registry.adapters,
        catalogue=keys.registry.catalogue,
        signers={c.oin: keys.signer(c.host, c.oin.value) for c in CONTROLLERS},
        transports={"memory": transport},
        sign_checkpoint=_sign_checkpoint,
        database=database,
        keys=ring,
        journal=Journal(ring, ids, calendar, "creditor-gateway/test"),
        clock=clock,
        calendar=calendar,
        ids=ids,
    )
    try:
        yield Stage(gateway, keys, clock, calendar, transport, owner_dsn, partners)
    finally:
        await ring.close()
        await database.close()


def _sign_checkpoint(controller: Oin, size: int, root: bytes) -> bytes:
    return sign_checkpoint(Checkpoint(LOG_KEY.name, size, root), LOG_KEY)


def _creditors(keys: Keys, clock: StandingClock) -> Iterator[tuple[CreditorId, MemoryCreditor]]:
    for number, (creditor_id, (adapter, _, _, serial)) in enumerate(CREDITORS.items()):
        yield (
            creditor_id,
            MemoryCreditor(
                party=Oin(serial),
                adapter=keys.registry.adapters[adapter],
                simulator=importlib.import_module(f"adapters.{adapter}.simulator"),
                signer=keys.signer(creditor_id, serial),
                asker_trust={c.oin: keys.trust(c.oin.value) for c in CONTROLLERS},
                catalogue=keys.registry.catalogue,
                clock=clock,
                ids=SeededIds(1000 + number),
            ),
        )
