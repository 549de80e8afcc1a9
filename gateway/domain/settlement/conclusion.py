"""How a settlement begins or ends: agreed beforehand, agreed by all, or ended."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import ClientNumber
from gateway.domain.money import Euro
from gateway.domain.settlement.vocabulary import PaymentMoments, SettlementForm
from gateway.domain.statement import ClaimRank, DebtStatement


class AdvanceGround(Enum):
    """Grondslag van een akkoord vooraf."""

    COVENANT = "Convenant"
    COLLECTIVE = "CollectiefSchuldregelen"


@dataclass(frozen=True, slots=True, repr=False)
class AdvanceConsent(Discreet):
    """Saldo-opgave vooraf akkoord: balance and consent in one; an obstacle removes the consent."""

    statement: DebtStatement
    ground: AdvanceGround
    agreed_invoices: tuple[str, ...]
    obstacle: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it is consent: no obstacle was reported and at least one claim is agreed."""
        return self.obstacle is None and bool(self.agreed_invoices)


@dataclass(frozen=True, slots=True, repr=False)
class AgreedClaim(Discreet):
    """Vordering in een geaccordeerde regeling (Regeling geaccordeerd 2.0, skp-messages §4.8)."""

    invoice_number: str
    percentage: Fraction
    expected: Euro
    claimed: Euro
    rank: ClaimRank
    payment_reference: str


@dataclass(frozen=True, slots=True, repr=False)
class SettlementAgreed(Discreet):
    """Schuldregeling akkoord: every creditor agreed, or a court replaced its consent."""

    client_number: ClientNumber
    customer_number: str
    agreed_on: date
    form: SettlementForm
    claims: tuple[AgreedClaim, ...]
    payment_moments: PaymentMoments | None = None


class EndReason(Enum):
    """Reden van beeindiging van een schuldregeling."""

    FINAL_DISCHARGE = "FinaleKwijting"
    NO_AGREEMENT = "GeenAkkoord"
    WITHDRAWN = "Ingetrokken"
    NOT_FULFILLED = "VoldoetNiet"
    COURT_SETTLEMENT = "Wsnp"
    DECEASED = "Overleden"
    MOVED = "Verhuisd"
    OTHER = "Overig"


@dataclass(frozen=True, slots=True, repr=False)
class SettlementEnded(Discreet):
    """Schuldregeling beeindigd."""

    client_number: ClientNumber
    customer_number: str | None
    ended_on: date
    form: SettlementForm | None
    reason: EndReason
    explanation: str | None = None
