"""Who takes part in the measurement: fourteen creditors, and one resident after the other.

Fourteen, because that is what a municipality asks for one resident; so fourteen exchanges share one
legal basis and one stream of the log, and wait for each other's locks as they do in reality.
"""

from datetime import date, timedelta
from pathlib import Path

from gateway.app.environment import SystemClock, SystemIds
from gateway.domain.identifiers import BasisId, CaseId, CreditorId, Iban, Oin
from gateway.domain.legal_basis import BasisKind, DataCategory, Purpose, ScopeLine
from gateway.domain.money import Euro
from gateway.domain.parties import Actor, AskReason, Contact, CreditorClass, Period
from gateway.domain.person import Address, Gender, PersonName, Resident
from gateway.domain.statement import Claim, ClaimRank, DebtStatement
from gateway.ports.environment import Calendar
from gateway.practice.cast import Behaviour, CastCreditor
from gateway.practice.creditor import KnownAsker, Surroundings, practice_anchors, practice_trust
from gateway.practice.pki import Party, PracticePki
from gateway.practice.stage.parties import ASKERS
from gateway.registry import Registry
from gateway.usecases.commands import AskCreditors, CreditorAsked, OpenCase, RecordBasis

CREDITORS = 14
ACTOR = Actor("m-17", "schuldhulpverlener")
RESIDENT = Resident(
    PersonName(Gender.FEMALE, "A.B.", "Zandvoort", date(1984, 2, 29), "Anna Bea", "van"),
    Address("Lange Voorhout", 12, "2514ED", "Den Haag"),
)
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
STATEMENT = DebtStatement("KL-778", Contact("Afdeling Incasso", "020 123 45 67"), (CLAIM,))


def creditors() -> tuple[CastCreditor, ...]:
    """Each gives its receipt at once and brings its answer to our listener, signed with RSA."""
    return tuple(
        CastCreditor(
            creditor_id=CreditorId(f"meting-{number:02}"),
            name=f"Meting {number:02} B.V.",
            party=Oin(f"000000999000030{number:02}000"),
            creditor_class=CreditorClass.OTHER,
            adapter="svb",
            behaviour=Behaviour.THREE_CLAIMS,
            reason=AskReason.RESIDENT_STATEMENT,
            statement=STATEMENT,
            signing_key="rsa3072",
        )
        for number in range(1, CREDITORS + 1)
    )


def party_of(pki: PracticePki, creditor: CastCreditor) -> Party:
    """Return the keys of a creditor, made unless they are there."""
    return pki.party(
        f"se-{creditor.creditor_id}",
        creditor.subject_serial,
        ("127.0.0.1", "localhost"),
        signing_key="rsa3072",
    )


def surroundings(folder: Path, calendar: Calendar) -> Surroundings:
    """Return what the creditors share."""
    pki = PracticePki.create(folder, SystemClock().now())
    anchors = practice_anchors(pki)
    askers = tuple(
        KnownAsker(one.oin, one.host, practice_trust(pki, anchors, one.oin.value)) for one in ASKERS
    )
    catalogue = Registry.load().catalogue
    return Surroundings(pki, anchors, catalogue, askers, SystemClock(), calendar, SystemIds())


def opening(number: int, today: date) -> OpenCase:
    return OpenCase(f"Meting {number}", RESIDENT, today)


def public_task(case_id: CaseId, today: date) -> RecordBasis:
    return RecordBasis(
        case_id,
        BasisKind.WGS_PUBLIC_TASK,
        "Wgs art. 8(1), Bgs art. 15(k)",
        Period(today, today + timedelta(days=3 * 365)),
        (ScopeLine(Purpose.DEBT_STATEMENT, frozenset(DataCategory)),),
    )


def asking(case_id: CaseId, basis_id: BasisId, not_before: date) -> AskCreditors:
    asked = tuple(
        CreditorAsked(one.creditor_id, one.reason, "stond op de lijst", "KL-778", ("F-2026-001",))
        for one in creditors()
    )
    return AskCreditors(case_id, basis_id, asked, not_before=not_before)
