"""Terms of a settlement: its form, when it is paid, what becomes of what is not paid."""

from enum import Enum


class SettlementForm(Enum):
    """Type schuldregeling (Schuldenknooppunt 2.0)."""

    MEDIATION = "SB"
    CREDIT = "SK"
    WITHOUT_CAPACITY = "SA"
    PAYMENT_ARRANGEMENT = "BR"
    REFINANCING = "HF"


class PaymentMoments(Enum):
    """Uitbetaalmomenten: when a creditor is paid."""

    AT_ONCE = "Ineens"
    MONTHLY = "Maandelijks"
    QUARTERLY = "PerKwartaal"
    HALF_YEARLY = "Halfjaarlijks"
    YEARLY = "Jaarlijks"
    AT_THE_END = "EindLooptijd"


class DebtKind(Enum):
    """Soort schulden: the four classes of De Greef (1992)."""

    SURVIVAL = "Overlevingsschulden"
    COMPENSATION = "Compensatieschulden"
    ADJUSTMENT = "Aanpassingsschulden"
    OVER_CREDITING = "Overkrediteringsschulden"


class Discharge(Enum):
    """Kwijting: what becomes of the remainder of a claim (design §9)."""

    FULL = "volledig"
    NONE = "geen"


class DebtBasis(Enum):
    """Basis van de berekening: the full balance, or of the government the original debt only.

    The second is a principle of the VNG founding document (point g), not law.
    """

    FULL_BALANCE = "volledig_saldo"
    ORIGINAL_DEBT_OF_GOVERNMENT = "oorspronkelijke_schuld_overheid"
