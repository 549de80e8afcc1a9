"""Simulated creditors for an integrator: every partner of a practice configuration, served here.

The gateway is somebody's own, started from the same configuration folder. Each partner whose
address is on this machine gets a server at that very address, with keys from the practice PKI that
the configuration trusts. A creditor of the demo keeps its behaviour and claims; any other answers
with an example.
"""

import asyncio
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway.app.environment import AmsterdamCalendar, SystemClock, SystemIds
from gateway.config.configuration import Configuration, load
from gateway.config.settings import FILE
from gateway.domain.errors import ConfigurationFault, Finding
from gateway.domain.identifiers import Iban
from gateway.domain.money import Euro
from gateway.domain.parties import AskReason, Contact, Environment
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    HolderKind,
    StatementLine,
    TransferredClaim,
)
from gateway.ports.transport import Partner
from gateway.practice.casefile import default_case, parse_case
from gateway.practice.cast import Behaviour, CastCreditor
from gateway.practice.creditor import (
    KnownAsker,
    SimulatedCreditor,
    Surroundings,
    practice_anchors,
    practice_trust,
)
from gateway.practice.issuing import KeyKind
from gateway.practice.pki import Party, PracticePki
from gateway.practice.stage.calendar import PracticeCalendar
from gateway.registry import Registry

Say = Callable[[str], None]
_HERE: Final = frozenset({"127.0.0.1", "localhost"})
_CONTACT: Final = Contact("Team bijzonder beheer", "088-0000000")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person at the keyboard asks for; what is None is taken from the configuration."""

    config: Path
    keys: Path | None = None
    creditors: tuple[str, ...] = ()
    behaviour: Behaviour | None = None
    port: int | None = None
    day_seconds: float = 10.0


class Simulation:
    """The simulated creditors of one configuration, while they run."""

    def __init__(self, running: tuple[SimulatedCreditor, ...], calendar: PracticeCalendar) -> None:
        self.creditors: Final = running
        self._calendar = calendar

    @classmethod
    async def start(cls, wish: Wish) -> "Simulation":
        """Start every creditor that is wished for.

        Raises:
            ConfigurationFault: the configuration is wrong or of production, its practice keys are
                not there, no such creditor is in it, or a port is taken.
        """
        registry = Registry.load()
        configuration = load(wish.config, registry.known())
        _refuse_production(configuration)
        pki = PracticePki.create(_keys(wish), SystemClock().now())
        calendar = PracticeCalendar(AmsterdamCalendar().today(), configuration.policies.terms_on)
        around = _surroundings(configuration, registry, pki, calendar)
        cast = _known_cast(registry, calendar.today())
        simulation = cls(
            tuple(
                SimulatedCreditor(one, _party(pki, partner, one), around)
                for partner in _partners(configuration, wish)
                for one in (_creditor(partner, cast, wish, calendar.today()),)
            ),
            calendar,
        )
        await simulation._listen(configuration, wish)
        return simulation

    async def next_day(self) -> date:
        """Let a working day pass; what is due is delivered."""
        today = self._calendar.step()
        await asyncio.gather(*(one.day_begins() for one in self.creditors))
        return today

    async def stop(self) -> None:
        """Stop every server."""
        await asyncio.gather(*(one.stop() for one in self.creditors))

    async def _listen(self, configuration: Configuration, wish: Wish) -> None:
        messages = configuration.settings.messages
        for number, one in enumerate(self.creditors):
            partner = configuration.partners.get(one.creditor.creditor_id)
            address = urlsplit(partner.endpoint if partner else "")
            port = address.port or 0 if wish.port is None else wish.port + number
            try:
                await one.start(port, address.path or "/")
            except OSError as fault:
                await self.stop()
                raise _fault("--port", str(port), f"cannot be opened ({fault.strerror})") from fault
            one.answer_at(messages.host, messages.port)


async def simulate(wish: Wish, say: Say) -> None:
    """Serve simulated creditors until cancelled, saying what happens; raises ConfigurationFault."""
    simulation = await Simulation.start(wish)
    try:
        for one in simulation.creditors:
            name, behaviour = one.creditor.creditor_id, one.creditor.behaviour.value
            say(f"{name:<28}  {behaviour:<20}  {one.endpoint}")
        say(f"{len(simulation.creditors)} simulated creditors. Ctrl-C ends them.")
        while True:
            await asyncio.sleep(wish.day_seconds)
            owed = sum(one.pending() for one in simulation.creditors)
            today = await simulation.next_day()
            if owed:
                left = sum(one.pending() for one in simulation.creditors)
                say(f"{today}: {owed - left} late answers delivered, {left} still to come")
    finally:
        await simulation.stop()


def _refuse_production(configuration: Configuration) -> None:
    if configuration.settings.environment is not Environment.PRACTICE:
        raise _fault(FILE, "omgeving", "is production; simulated creditors never meet it")


def _fault(place: str, key: str, problem: str) -> ConfigurationFault:
    return ConfigurationFault((Finding(place, key, problem),))


def _keys(wish: Wish) -> Path:
    """Return the folder of the practice PKI: where the trusted root of the configuration is."""
    folder = wish.keys
    if folder is None:
        source = tomllib.loads((wish.config / FILE).read_text(encoding="utf-8"))
        folder = (wish.config / source["vertrouwen"]["wortels"][0]).parent
    if not (folder / "issuing.key").is_file():
        # PracticePki would make a new root there, which the gateway of this person does not trust.
        raise _fault("--keys", "", f"{folder} holds no practice PKI")
    return folder


def _surroundings(
    configuration: Configuration, registry: Registry, pki: PracticePki, calendar: PracticeCalendar
) -> Surroundings:
    anchors = practice_anchors(pki)
    askers = tuple(
        KnownAsker(one.oin, one.host, practice_trust(pki, anchors, one.oin.value))
        for one in configuration.controllers
    )
    return Surroundings(
        pki=pki,
        anchors=anchors,
        catalogue=registry.catalogue,
        askers=askers,
        clock=SystemClock(),
        calendar=calendar,
        ids=SystemIds(),
    )


def _partners(configuration: Configuration, wish: Wish) -> tuple[Partner, ...]:
    """Return the partners to serve: those named, or all whose address is on this machine."""
    found = {str(one.creditor.creditor_id): one for one in configuration.partners}
    strange = [name for name in wish.creditors if name not in found]
    if strange:
        known = ", ".join(found) or "none"
        raise _fault("--creditor", strange[0], f"is not in partners/; known: {known}")
    if wish.creditors:
        return tuple(found[name] for name in dict.fromkeys(wish.creditors))
    here = tuple(one for one in found.values() if urlsplit(one.endpoint).hostname in _HERE)
    if not here:
        raise _fault("partners", "adres", "no creditor has an address on this machine")
    return here


def _known_cast(registry: Registry, today: date) -> Mapping[str, CastCreditor]:
    case = parse_case(default_case(), "demo", registry, today)
    return {str(one.creditor_id): one for one in case.cast.creditors}


def _creditor(
    partner: Partner, cast: Mapping[str, CastCreditor], wish: Wish, today: date
) -> CastCreditor:
    """Return the part that this partner plays: the demo's, or one with an example to answer."""
    creditor = partner.creditor
    part = cast.get(str(creditor.creditor_id))
    behaviour = wish.behaviour or (part.behaviour if part else Behaviour.PROMPT)
    lines = part.statement.lines if part else ()
    statement = DebtStatement(
        part.statement.customer_number if part else "KLANT-001",
        part.statement.contact if part else _CONTACT,
        lines or example_lines(creditor.name, behaviour, today),
    )
    return CastCreditor(
        creditor_id=creditor.creditor_id,
        name=creditor.name,
        party=creditor.party,
        creditor_class=creditor.creditor_class,
        adapter=partner.adapter,
        behaviour=behaviour,
        reason=AskReason.RESIDENT_STATEMENT,
        statement=statement,
        signing_key=part.signing_key if part else "p256",
    )


def example_lines(name: str, behaviour: Behaviour, today: date) -> tuple[StatementLine, ...]:
    """Return claims to answer with; a creditor that transferred a claim says so."""
    claim = Claim(
        invoice_number="VOORBEELD-1",
        reference_date=today,
        origin_date=today - timedelta(days=365),
        principal=Euro(100_00),
        interest=Euro(2_50),
        costs=Euro(40_00),
        fine=Euro(0),
        paid=Euro(25_00),
        rank=ClaimRank.ORDINARY,
        payment_reference="VOORBEELD-1",
        iban=Iban("NL33PRAC0000000001"),
        account_holder=name,
    )
    if behaviour is Behaviour.TRANSFERRED:
        holder = HolderKind.COLLECTION_AGENCY
        return (TransferredClaim("VOORBEELD-2", today, holder, "Incasso Voorbeeld"),)
    if behaviour is Behaviour.THREE_CLAIMS:
        numbers = ("VOORBEELD-1", "VOORBEELD-2", "VOORBEELD-3")
        return tuple(replace(claim, invoice_number=number) for number in numbers)
    return (claim,)


def _party(pki: PracticePki, partner: Partner, creditor: CastCreditor) -> Party:
    """Return the keys of a creditor, those of the demo or example if they are there."""
    name = str(creditor.creditor_id)
    demo = f"se-{name}"
    kind: KeyKind = "rsa3072" if creditor.signing_key == "rsa3072" else "p256"
    return pki.party(
        demo if (pki.directory / demo).is_dir() else name,
        partner.tls_trust.subject_serial,
        sorted({"127.0.0.1", "localhost", urlsplit(partner.endpoint).hostname or "localhost"}),
        signing_key=kind,
        signing_expired=creditor.behaviour is Behaviour.EXPIRED_CERTIFICATE,
    )
