"""What a back office and the workers do, one step at a time, on a stage."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from gateway.domain.identifiers import BasisId, Bsn, CaseId, CreditorId, Iban, OrderId
from gateway.domain.legal_basis import (
    BasisKind,
    DataCategory,
    EndReason,
    Purpose,
    ScopeLine,
)
from gateway.domain.money import Euro
from gateway.domain.parties import Actor, AskReason, Contact, Controller, Period
from gateway.domain.person import Address, Gender, PersonName, Resident
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    MeterReading,
    Product,
)
from gateway.store.database import Transaction
from gateway.usecases.casework.ask import ask_creditors
from gateway.usecases.casework.cases import open_case
from gateway.usecases.casework.grounds import end_basis, record_basis
from gateway.usecases.casework.read import list_legs, read_overview
from gateway.usecases.commands import (
    AskCreditors,
    Caller,
    CaseView,
    CreditorAsked,
    EndBasis,
    Ending,
    LegDetail,
    OpenCase,
    OverviewView,
    RecordBasis,
)
from gateway.usecases.exchange.receive import Acceptance, accept
from gateway.usecases.exchange.recording import record_due
from gateway.usecases.exchange.sending import claim_due, send
from gateway.usecases.exchange.settling import recover_lapsed
from gateway.usecases.watch.sequencing import sequence
from gateway.usecases.watch.terms import watch_terms
from tests.journeys.creditors import Crash
from tests.journeys.stage import CREDITORS, ENERGY, SHOP, TODAY, TOWN, Stage

Value = TypeVar("Value")

BSN = Bsn("111222333")
RESIDENT = Resident(
    PersonName(Gender.FEMALE, "A.B.", "Zandvoort", date(1984, 2, 29), "Anna Bea", "van"),
    Address("Lange Voorhout", 12, "2514ED", "Den Haag"),
    bsn=BSN,
)
READING = MeterReading(Product.ELECTRICITY, Decimal("12345.6"), date(2026, 11, 23), "E0012345")
CONTACT = Contact("Afdeling Incasso", "020 123 45 67")
CLAIM = Claim(
    invoice_number="F-2026-001",
    reference_date=date(2026, 11, 24),
    origin_date=date(2026, 3, 31),
    principal=Euro(45_000),
    interest=Euro(1_250),
    costs=Euro(6_750),
    fine=Euro(0),
    paid=Euro(10_000),
    rank=ClaimRank.ORDINARY,
    payment_reference="1234567890123456",
    iban=Iban("NL91ABNA0417164300"),
    account_holder="Voorbeeld B.V.",
)
STATEMENT = DebtStatement("KL-778", CONTACT, (CLAIM,))
OTHER_STATEMENT = replace(STATEMENT, lines=(replace(CLAIM, principal=Euro(46_000)),))
EVERYTHING = frozenset(DataCategory)
UNTIL = date(2029, 11, 24)
LATER = timedelta(minutes=5)
"""Longer than any lease, back-off or open breaker of these tests."""


def caller(controller: Controller = TOWN) -> Caller:
    return Caller(controller, Actor("m-17", "schuldhulpverlener"), controller.oin)


async def commit(
    stage: Stage, controller: Controller, work: Callable[[Transaction], Awaitable[Value]]
) -> Value:
    async with stage.gateway.database.transaction(controller.oin) as tx:
        return await work(tx)


async def opened(
    stage: Stage, controller: Controller = TOWN, resident: Resident = RESIDENT
) -> CaseView:
    command = OpenCase("Z-2026-0042", resident, TODAY)
    return await commit(
        stage, controller, lambda tx: open_case(stage.gateway, tx, caller(controller), command)
    )


def public_task(case_id: CaseId, *purposes: Purpose) -> RecordBasis:
    return RecordBasis(
        case_id,
        BasisKind.WGS_PUBLIC_TASK,
        "Wgs art. 8(1), Bgs art. 15(k)",
        Period(TODAY, UNTIL),
        tuple(ScopeLine(p, EVERYTHING) for p in purposes or (Purpose.DEBT_STATEMENT,)),
    )


def consent(case_id: CaseId, *creditors: CreditorId, kind: BasisKind) -> RecordBasis:
    categories = frozenset(
        {DataCategory.IDENTITY, DataCategory.ADDRESS, DataCategory.CUSTOMER_NUMBERS}
    )
    return RecordBasis(
        case_id,
        kind,
        "T-2026-7",
        Period(TODAY, UNTIL),
        tuple(ScopeLine(Purpose.DEBT_STATEMENT, categories, one) for one in creditors),
    )


async def grounded(stage: Stage, command: RecordBasis, controller: Controller = TOWN) -> BasisId:
    view = await commit(
        stage, controller, lambda tx: record_basis(stage.gateway, tx, caller(controller), command)
    )
    return view.basis.basis_id


def asked(creditor_id: CreditorId) -> CreditorAsked:
    readings = (READING,) if creditor_id == ENERGY else ()
    return CreditorAsked(
        creditor_id,
        AskReason.RESIDENT_STATEMENT,
        "stond op de lijst van mevrouw",
        "KL-778",
        ("F-2026-001",),
        readings,
    )


async def ask(
    stage: Stage,
    case_id: CaseId,
    basis_id: BasisId,
    *creditors: CreditorId,
    controller: Controller = TOWN,
) -> OrderId:
    command = AskCreditors(case_id, basis_id, tuple(asked(one) for one in creditors or (SHOP,)))
    return await commit(
        stage, controller, lambda tx: ask_creditors(stage.gateway, tx, caller(controller), command)
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A case with a ground and an order that is queued."""

    case_id: CaseId
    basis_id: BasisId
    order_id: OrderId


async def asked_for(stage: Stage, *creditors: CreditorId, controller: Controller = TOWN) -> Asked:
    """Open a case, record the public task and ask these creditors."""
    case = await opened(stage, controller)
    basis_id = await grounded(stage, public_task(case.case_id), controller)
    order_id = await ask(stage, case.case_id, basis_id, *creditors, controller=controller)
    return Asked(case.case_id, basis_id, order_id)


async def ended(
    stage: Stage,
    basis_id: BasisId,
    reason: EndReason = EndReason.STOPPED_BY_RESIDENT,
    controller: Controller = TOWN,
) -> Ending:
    command = EndBasis(basis_id, reason)
    return await commit(
        stage, controller, lambda tx: end_basis(stage.gateway, tx, caller(controller), command)
    )


async def recorded(stage: Stage, controller: Controller = TOWN) -> None:
    """Record what is queued and bring the intentions under a checkpoint."""
    await record_due(stage.gateway, controller, 64)
    await sequence(stage.gateway, controller)


async def sent(stage: Stage, controller: Controller = TOWN) -> int:
    """Claim and send what may leave; a crash of one sending touches no other."""
    claimed, _ = await claim_due(stage.gateway, controller, 64)
    for sending in claimed:
        await send(stage.gateway, controller, sending)
    return len(claimed)


async def round_of(stage: Stage, controller: Controller = TOWN) -> int:
    """One round of the workers, in their order."""
    await recover_lapsed(stage.gateway, controller, stage.clock.now())
    await watch_terms(stage.gateway, controller, 64)
    await recorded(stage, controller)
    count = await sent(stage, controller)
    await sequence(stage.gateway, controller)
    return count


async def settled(stage: Stage, controller: Controller = TOWN, rounds: int = 12) -> None:
    """Let time pass, round after round, until nothing more is sent.

    A round in which the process dies is followed by one of the next process.
    """
    for _ in range(rounds):
        stage.clock.forward(LATER)
        try:
            if not await round_of(stage, controller):
                return
        except Crash:
            continue


async def legs(
    stage: Stage, case_id: CaseId, controller: Controller = TOWN
) -> dict[CreditorId, LegDetail]:
    found = await list_legs(stage.gateway, caller(controller), case_id)
    return {detail.leg.creditor_id: detail for detail in found}


async def leg(stage: Stage, case_id: CaseId, creditor_id: CreditorId = SHOP) -> LegDetail:
    return (await legs(stage, case_id))[creditor_id]


async def overview(stage: Stage, case_id: CaseId) -> OverviewView:
    return await read_overview(stage.gateway, caller(), case_id)


async def arrives(
    stage: Stage,
    document: bytes,
    creditor_id: CreditorId = SHOP,
    controller: Controller = TOWN,
) -> Acceptance:
    """Let a message come in at our listener, over the connection of this creditor."""
    partner = stage.partners[creditor_id]
    return await accept(stage.gateway, controller, partner, document)


EVERY_CREDITOR = tuple(CREDITORS)
