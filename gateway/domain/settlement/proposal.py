"""What helper and creditor say to each other about a settlement.

A proposal goes to one creditor and names, per claim, the share it would get. The answer is yes, or
no with a coded reason; a no without a reason is accepted and counts as unmotivated (founding point
d: the creditor must show why it cannot). Percentages are exact fractions of the claim (0..1).
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import ClientNumber, Iban
from gateway.domain.money import Euro
from gateway.domain.parties import Contact
from gateway.domain.settlement.vocabulary import (
    DebtBasis,
    DebtKind,
    Discharge,
    PaymentMoments,
    SettlementForm,
)
from gateway.domain.statement import ClaimRank


@dataclass(frozen=True, slots=True, repr=False)
class OfferedClaim(Discreet):
    """Vordering in een voorstel: the claim as reported, and the share it would get."""

    invoice_number: str
    claimed: Euro
    rank: ClaimRank
    percentage: Fraction
    amount: Euro
    discharge: Discharge = Discharge.FULL


@dataclass(frozen=True, slots=True, repr=False)
class PaymentProposal(Discreet):
    """Betaalvoorstel aan een schuldeiser: one version, with what underpins it.

    `capacity` is per month, `months` the term; `preferential_*` and `ordinary_*` count creditors
    and add up claims of all who take part. `undischarged` names claims of others that keep their
    remainder, because every creditor is to know it (domain §3.3).
    """

    client_number: ClientNumber
    customer_number: str | None
    contact: Contact
    form: SettlementForm
    version: int
    proposed_on: date
    reply_by: date
    basis: DebtBasis
    capacity: Euro
    months: int
    preferential_creditors: int
    ordinary_creditors: int
    preferential_cents: int
    ordinary_cents: int
    claims: tuple[OfferedClaim, ...]
    payment_moments: PaymentMoments | None = None
    debt_kinds: tuple[DebtKind, ...] = ()
    explanation: str | None = None
    undischarged_claims: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Reconsideration(Discreet):
    """Heroverweging: the same or a changed proposal once more, with arguments.

    `asks_reason` says that the earlier refusal gave none and that one is asked for.
    """

    proposal: PaymentProposal
    motivation: str
    changed: bool
    asks_reason: bool = False


class ProposalRefusalReason(Enum):
    """Reden van afwijzing van een voorstel: ours, they mirror what courts weigh (domain §1.7)."""

    AMOUNT_DISPUTED = "BedragBetwist"
    RANK_DISPUTED = "RangBetwist"
    CAPACITY_DISPUTED = "AfloscapaciteitBetwist"
    ASSETS_MISSING = "VermogenOntbreekt"
    CREDITOR_MISSING = "SchuldeiserOntbreekt"
    UNEQUAL_TREATMENT = "OngelijkeBehandeling"
    DOCUMENTATION_INSUFFICIENT = "OnderbouwingOnvoldoende"
    SECURITY_RIGHT = "Zekerheidsrecht"
    BAD_FAITH_OR_FRAUD = "FraudeOfKwadeTrouw"
    RECENT_DEBT = "RecenteSchuld"
    DISCHARGE_NOT_ALLOWED_BY_LAW = "WettelijkUitgesloten"
    CO_DEBTOR_LIABLE = "HoofdelijkMedeschuldenaar"
    OTHER = "Overig"
    NONE_GIVEN = "GeenReden"


class DisputedElement(Enum):
    """Betwist onderdeel van de berekening."""

    CLAIM = "Vordering"
    RANK = "Rang"
    CAPACITY = "Afloscapaciteit"
    TERM = "Looptijd"
    COSTS = "Kosten"
    DISTRIBUTION = "Verdeling"
    DISCHARGE = "Kwijting"


@dataclass(frozen=True, slots=True, repr=False)
class PaymentDetails(Discreet):
    """Betaalgegevens bij een vordering: where the creditor wants its share."""

    invoice_number: str
    payment_reference: str
    iban: Iban | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ProposalAccepted(Discreet):
    """Akkoord op een voorstel: this version, on these claims."""

    customer_number: str
    answered_on: date
    version: int
    contact: Contact | None = None
    details: tuple[PaymentDetails, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ProposalRefused(Discreet):
    """Afwijzing van een voorstel, with its reason, the disputed element and the evidence."""

    customer_number: str
    answered_on: date
    version: int
    reason: ProposalRefusalReason
    disputed: DisputedElement | None = None
    explanation: str | None = None
    evidence: str | None = None
    contact: Contact | None = None

    @property
    def motivated(self) -> bool:
        """Whether the creditor showed why it cannot: a code, what is disputed, and in words why."""
        return (
            self.reason is not ProposalRefusalReason.NONE_GIVEN
            and self.disputed is not None
            and bool(self.explanation)
        )


ProposalReply = ProposalAccepted | ProposalRefused
