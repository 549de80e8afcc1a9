"""What the samples are about: a person, a debt and two parties that do not exist.

Only keys and signatures differ from one kit to another: ids come from a counter, and all dates
follow from one moment.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

from gateway.domain.identifiers import Bsn, ClientNumber, CreditorId, Iban
from gateway.domain.legal_basis import BasisKind
from gateway.domain.money import Euro
from gateway.domain.parties import AskReason, Contact, CreditorClass
from gateway.domain.person import Address, ByBsn, ByName, Gender, PersonName, Subject
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    DebtStatementRequest,
    HolderKind,
    MeterReading,
    Product,
    TransferredClaim,
    UnknownClaim,
)
from gateway.ledger.note import SignerKey
from gateway.ports.creditor import Citation
from gateway.practice.cast import Behaviour, CastCreditor
from gateway.practice.stage.joining import JOINED_OIN
from gateway.practice.stage.parties import MUNICIPALITY

CREDITOR: Final = JOINED_OIN
CREDITOR_ID: Final = CreditorId("schuldeiser")
CLIENT: Final = ClientNumber("K-0G7K-2MPX-9QRT")
CONTACT: Final = Contact("Team schuldhulp", "088-0000000", "schuldhulp@voorbeeldstad.example")
# The log of the samples protects nothing, so that its key may be the same in every kit.
LOG_KEY: Final = SignerKey(
    f"voorbeeldstad.example/oefenlogboek/{MUNICIPALITY.oin}", sha256(b"aansluitkit").digest()
)

_NAME: Final = PersonName(
    Gender.FEMALE, "A.M.", "Proefstra", date(1984, 5, 17), "Annelijn Mirthe", "van der"
)
_ADDRESS: Final = Address("Verzonnenlaan", 42, "1234AB", "Voorbeeldstad")
BY_NAME: Final = ByName(_NAME, _ADDRESS)
BY_BSN: Final = ByBsn(_NAME, _ADDRESS, Bsn("999990019"))
_ASKED_NUMBERS: Final = ("F-2025-001", "F-2024-017", "F-2023-404")
_YEAR: Final = timedelta(days=365)
_TERM: Final = timedelta(days=14)


class SampleIds:
    """Ids that look random and are the same in every kit."""

    def __init__(self) -> None:
        self._drawn = 0

    def row(self) -> UUID:
        """Return the next id; samples have no rows, so it is a reference."""
        return self.reference()

    def reference(self) -> UUID:
        """Return the next UUIDv4."""
        return UUID(bytes=self.chance(16), version=4)

    def chance(self, count: int) -> bytes:
        """Return the next bytes, at most 32."""
        self._drawn += 1
        return sha256(f"voorbeeld {self._drawn}".encode()).digest()[:count]


@dataclass(frozen=True, slots=True)
class StandingStill:
    """Clock and calendar of the samples: one moment, in UTC."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def today(self) -> date:
        """Return its date."""
        return self.moment.date()


def citation(today: date) -> Citation:
    """Return the ground that every sample names."""
    article = "Wgs art. 8 lid 1; Bgs art. 15 onder k"
    return Citation(BasisKind.WGS_PUBLIC_TASK, article, today + _YEAR)


def question(
    subject: Subject, creditor_class: CreditorClass, today: date, reminder: int = 0
) -> DebtStatementRequest:
    """Return the question of a municipality; a creditor of class Nuts gets meter readings."""
    reading = MeterReading(Product.ELECTRICITY, Decimal("18442.5"), today, "E0042771")
    return DebtStatementRequest(
        client_number=CLIENT,
        subject=subject,
        creditor_class=creditor_class,
        contact=CONTACT,
        customer_number="KLANT-001",
        invoice_numbers=_ASKED_NUMBERS,
        meter_readings=(reading,) if creditor_class is CreditorClass.UTILITY else (),
        reminder=reminder,
        reply_by=today + _TERM,
    )


def creditor(today: date) -> CastCreditor:
    """Return the creditor that answers: one open claim, one transferred, one unknown to it."""
    open_claim = Claim(
        invoice_number="F-2025-001",
        invoice_number_per_helper="F-2025-001",
        reference_date=today,
        origin_date=today - _YEAR,
        principal=Euro(684_13),
        interest=Euro(12_07),
        costs=Euro(40_00),
        fine=Euro(0),
        paid=Euro(100_00),
        rank=ClaimRank.ORDINARY,
        payment_reference="F-2025-001",
        iban=Iban("NL33PRAC0000000001"),
        account_holder="Voorbeeld Schuldeiser",
    )
    transferred = TransferredClaim(
        invoice_number="F-2024-017",
        invoice_number_per_helper="F-2024-017",
        reference_date=today,
        holder_kind=HolderKind.COLLECTION_AGENCY,
        holder_name="Incasso Demo",
        transferred_on=today - _YEAR,
        holder_reference="ID-40112",
    )
    lines = (open_claim, transferred, UnknownClaim("F-2023-404", today))
    contact = Contact("Team bijzonder beheer", "088-0000000", "beheer@schuldeiser.example")
    return CastCreditor(
        creditor_id=CREDITOR_ID,
        name="Voorbeeld Schuldeiser",
        party=CREDITOR,
        creditor_class=CreditorClass.OTHER,
        adapter="svb",
        behaviour=Behaviour.PROMPT,
        reason=AskReason.RESIDENT_STATEMENT,
        statement=DebtStatement("KLANT-001", contact, lines),
    )
