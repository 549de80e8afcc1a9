"""Sets the stage: keys, configuration, database, simulated creditors, and then the gateway itself.

Everything is real but the people: the gateway reads its configuration from files, the creditors are
HTTPS servers with keys of their own, and the database is the one that production has too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gateway.app import App
from gateway.app.embedding import DATABASE
from gateway.app.environment import SystemClock, SystemIds
from gateway.config.policies import Policies, read_policies
from gateway.domain.errors import ConfigurationFault
from gateway.domain.identifiers import CreditorId, Oin
from gateway.practice.cast import Behaviour, Cast, CastCreditor
from gateway.practice.creditor import (
    KnownAsker,
    SimulatedCreditor,
    Surroundings,
    practice_anchors,
    practice_trust,
)
from gateway.practice.issuing import KeyKind
from gateway.practice.pki import AuthorityFiles, Party, PracticePki
from gateway.practice.stage.calendar import PracticeCalendar
from gateway.practice.stage.configuring import (
    write_gateway,
    write_joined,
    write_partners,
    write_policies,
)
from gateway.practice.stage.folder import OutFolder
from gateway.practice.stage.joining import Joining, keys_of, listener_of
from gateway.practice.stage.kit_keys import KitKeys
from gateway.practice.stage.parties import ASKERS, MUNICIPALITY, issue_asker, issue_client
from gateway.registry import ROOT, Registry
from gateway.store.embedded import EmbeddedServer
from gateway.store.migration import drop_database

Did = Callable[[str], None]
_HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Ports:
    """The two ports of the gateway; 0 lets the system choose."""

    api: int = 0
    messages: int = 0


ANY_PORTS = Ports()


class Stage:
    """A stage that is set; `close` clears it, and the folder stays."""

    def __init__(self, out: OutFolder, calendar: PracticeCalendar, policies: Policies) -> None:
        self.out, self.calendar, self.policies = out, calendar, policies
        self.simulators: dict[CreditorId, SimulatedCreditor] = {}
        self.clients: dict[Oin, Party] = {}
        """The client certificates of the back offices, by the OIN of their controller."""
        self.root_certificate: Path = out.pki / "root.pem"
        """The roots that a back office trusts."""
        self._server: EmbeddedServer | None = None
        self._app: App | None = None

    @classmethod
    async def set(
        cls, out: OutFolder, cast: Cast, ports: Ports, did: Did, joining: Joining | None = None
    ) -> Self:
        """Set the stage for this cast and who joins it; `did` hears what is ready.

        Raises:
            ConfigurationFault: a port is in use, or the configuration is wrong.
            StoreUnavailable: the embedded database cannot be started.
        """
        write_policies(out, ROOT / "config" / "policies")
        policies, findings = read_policies(out.config)
        if findings:
            raise ConfigurationFault(findings)
        stage = cls(out, PracticeCalendar(cast.started_on, policies.terms_on), policies)
        try:
            await stage._prepare(cast, ports, did, joining)
        except BaseException:
            await stage.close()
            raise
        return stage

    @property
    def app(self) -> App:
        """The gateway."""
        assert self._app is not None  # noqa: S101 - a stage that `set` returned has one
        return self._app

    async def close(self) -> None:
        """Stop the gateway, the creditors and the database, in that order."""
        if self._app is not None:
            await self._app.stop()
        for simulator in self.simulators.values():
            await simulator.stop()
        if self._server is not None:
            await self._server.stop()

    async def settled(self) -> bool:
        """Say whether nothing is left to do today, here or at a creditor."""
        if any(simulator.due() for simulator in self.simulators.values()):
            return False
        return await self.app.idle()

    async def next_day(self) -> None:
        """Let the calendar go to the next working day, and tell everybody."""
        self.calendar.step()
        self.app.wake()
        await asyncio.gather(*(one.day_begins() for one in self.simulators.values()))

    async def _prepare(self, cast: Cast, ports: Ports, did: Did, joining: Joining | None) -> None:
        pki = await asyncio.to_thread(PracticePki.create, self.out.pki, SystemClock().now())
        parties = await asyncio.to_thread(_issue, pki, cast)
        self.clients = {asker.oin: issue_client(pki, asker) for asker in ASKERS}
        count = len(parties) + 2 * len(ASKERS)
        did(f"practice PKI: root, issuing CA, revocation lists, {count} parties")
        self._server = await EmbeddedServer.start(self.out.database, fsync=False)
        await drop_database(self._server.dsn(), DATABASE)
        did("embedded PostgreSQL")
        kit = joining.kit if joining else None
        if kit is not None:
            self.root_certificate = _roots(self.out, pki, kit)
        await self._start_creditors(cast, parties, _surroundings(pki, self.calendar, kit))
        did(f"simulated creditors: {len(self.simulators)}, each an HTTPS server of its own")
        write_gateway(self.out, pki, (ports.api, ports.messages), kit)
        endpoints = {name: one.endpoint for name, one in self.simulators.items()}
        write_partners(self.out, cast.creditors, endpoints)
        if joining is not None:
            if kit is None:
                await asyncio.to_thread(joining.issue, pki)
            write_joined(self.out, joining)
            did(f"your endpoint {joining.url} joins; its keys: {keys_of(joining, self.out.pki)}")
        self._app = await App.start(self.out.config, calendar=self.calendar)
        for simulator in self.simulators.values():
            simulator.answer_at(*self._app.listener_address)
        did("gateway: database migrated, both ports open, workers started")
        if joining is not None:
            host, port = self._app.listener_address
            did(f"your late answers go to {host}:{port}, {listener_of(MUNICIPALITY.host)}")

    async def _start_creditors(
        self, cast: Cast, parties: dict[CreditorId, Party], around: Surroundings
    ) -> None:
        for creditor in cast.creditors:
            simulator = SimulatedCreditor(creditor, parties[creditor.creditor_id], around)
            self.simulators[creditor.creditor_id] = simulator
            await simulator.start()


def _issue(pki: PracticePki, cast: Cast) -> dict[CreditorId, Party]:
    for asker in ASKERS:
        issue_asker(pki, asker)
    return {one.creditor_id: _issue_creditor(pki, one) for one in cast.creditors}


def _issue_creditor(pki: PracticePki, creditor: CastCreditor) -> Party:
    kind: KeyKind = "rsa3072" if creditor.signing_key == "rsa3072" else "p256"
    return pki.party(
        f"se-{creditor.creditor_id}",
        creditor.subject_serial,
        _HOSTS,
        signing_key=kind,
        signing_expired=creditor.behaviour is Behaviour.EXPIRED_CERTIFICATE,
    )


def _roots(out: OutFolder, *issuers: AuthorityFiles) -> Path:
    """Write the roots that are trusted into one file, as curl and others want them."""
    path = out.config / "wortels.pem"
    path.write_bytes(b"".join(one.root_certificate.read_bytes() for one in issuers))
    return path


def _surroundings(
    pki: PracticePki, calendar: PracticeCalendar, kit: KitKeys | None
) -> Surroundings:
    anchors = practice_anchors(pki, kit) if kit else practice_anchors(pki)
    issuers: dict[Oin, AuthorityFiles] = {one.oin: pki for one in ASKERS}
    if kit is not None:
        issuers[MUNICIPALITY.oin] = kit
    askers = tuple(
        KnownAsker(one.oin, one.host, practice_trust(issuers[one.oin], anchors, one.oin.value))
        for one in ASKERS
    )
    return Surroundings(
        pki=pki,
        anchors=anchors,
        catalogue=Registry.load().catalogue,
        askers=askers,
        clock=SystemClock(),
        calendar=calendar,
        ids=SystemIds(),
    )
