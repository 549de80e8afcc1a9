"""What is asked of a creditor and what it can answer.

The reply is a closed union: a statement of claims, or a refusal with its reason. A line of a
statement is an open claim, a claim that now belongs to another holder, or a claim this creditor
does not know.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import ClientNumber, Iban
from gateway.domain.money import Euro
from gateway.domain.parties import Contact, CreditorClass
from gateway.domain.person import Subject


class Product(Enum):
    """Product van een meterstand."""

    ELECTRICITY = "Elektriciteit"
    GAS = "Gas"
    HEAT = "Warmte"
    WATER = "Water"


@dataclass(frozen=True, slots=True, repr=False)
class MeterReading(Discreet):
    """Meterstand: a reading in the meter's own unit (kWh, m3, GJ), at most three decimals."""

    product: Product
    value: Decimal
    read_on: date
    meter_number: str | None = None
    ean: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class HelpNotice(Discreet):
    """Kennisgeving: the bare fact that this person gets debt help, no more (Bgs art. 17(1))."""

    client_number: ClientNumber
    subject: Subject
    creditor_class: CreditorClass
    contact: Contact
    customer_number: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class DebtStatementRequest(Discreet):
    """Saldoverzoek: what does this person owe you, on which claims (Wgs art. 8(1), Bgs art. 15).

    `reminder` is 0 for the first request, 1 for the first reminder, and so on; `reply_by` is the
    last day of the reply term.
    """

    client_number: ClientNumber
    subject: Subject
    creditor_class: CreditorClass
    contact: Contact
    customer_number: str | None = None
    invoice_numbers: tuple[str, ...] = ()
    meter_readings: tuple[MeterReading, ...] = ()
    reminder: int = 0
    reply_by: date | None = None


class ClaimRank(Enum):
    """Vorderingstype: the class of a claim in a settlement (SKP values plus ours, design §9)."""

    PREFERENTIAL = "Preferent"
    ORDINARY = "Concurrent"
    EXCLUDED = "Uitgesloten"
    SEPARATIST = "Separatist"


@dataclass(frozen=True, slots=True, repr=False)
class Claim(Discreet):
    """Openstaande vordering: total = principal + interest + costs + fine - paid, at least 0."""

    invoice_number: str
    reference_date: date
    origin_date: date
    principal: Euro
    interest: Euro
    costs: Euro
    fine: Euro
    paid: Euro
    rank: ClaimRank
    payment_reference: str
    iban: Iban
    account_holder: str
    invoice_number_per_helper: str | None = None
    rank_ground: str | None = None

    @property
    def total(self) -> Euro:
        """The current balance; only the outcome is bounded, what was due on the way is not.

        Raises:
            InvalidInput: more was paid than was ever due, or more is left than an amount can be.
        """
        due = self.principal.cents + self.interest.cents + self.costs.cents + self.fine.cents
        return Euro(due - self.paid.cents)


class HolderKind(Enum):
    """Soort nieuwe houder van een overgedragen schuld."""

    COLLECTION_AGENCY = "Incassobureau"
    BAILIFF = "Deurwaarder"
    NEW_CREDITOR = "NieuweSchuldeiser"


@dataclass(frozen=True, slots=True, repr=False)
class TransferredClaim(Discreet):
    """Overgedragen schuld: ask somebody else."""

    invoice_number: str
    reference_date: date
    holder_kind: HolderKind
    holder_name: str
    transferred_on: date | None = None
    holder_reference: str | None = None
    holder_email: str | None = None
    holder_phone: str | None = None
    invoice_number_per_helper: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class UnknownClaim(Discreet):
    """Onbekende schuld bij SE: the creditor does not know the invoice number the helper gave."""

    invoice_number_per_helper: str
    reference_date: date


StatementLine = Claim | TransferredClaim | UnknownClaim


@dataclass(frozen=True, slots=True, repr=False)
class DebtStatement(Discreet):
    """Saldo-opgave: the creditor's answer, line by line in its own order."""

    customer_number: str
    contact: Contact
    lines: tuple[StatementLine, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The open claims only: what counts towards the total."""
        return tuple(line for line in self.lines if isinstance(line, Claim))

    @property
    def transferred(self) -> tuple[TransferredClaim, ...]:
        """The claims that another party now holds."""
        return tuple(line for line in self.lines if isinstance(line, TransferredClaim))


class RefusalReason(Enum):
    """Reden van geen medewerking: the four values of Schuldenknooppunt 2.0."""

    CLIENT_UNKNOWN = "KlantOnbekend"
    RECENT_FINAL_DISCHARGE = "RecentFinaleKwijting"
    RECENT_STABILISATION = "RecentePogingStabilisatie"
    NO_COOPERATION_WITH_HELPER = "GeenSamenwerkingSHV"


@dataclass(frozen=True, slots=True, repr=False)
class Refusal(Discreet):
    """Geen medewerking: the creditor refuses, with its reason."""

    reason: RefusalReason
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Withdrawal(Discreet):
    """Intrekking: the ground ended; do not answer, delete what you received for this purpose."""

    client_number: ClientNumber


Reply = DebtStatement | Refusal
