"""The parties of an exchange: the controller that asks, the creditor that is asked.

A controller is a municipality, a helper outside the Wgs, or an administrator; on the wire each is
an OIN. A creditor is described here only as far as the law and the message need; its road and its
keys are in ports.transport.Partner.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import CreditorId, Oin


class AskerKind(Enum):
    """Soort vrager: decides which grounds are open (Wgs art. 1, 3, 8; Bgs art. 15-17)."""

    COLLEGE = "college"
    PRIVATE_HELPER = "hulpverlener_buiten_wgs"
    ADMINISTRATOR = "bewindvoerder"


class CreditorClass(Enum):
    """Soort schuldeiser: the class in the address book decides the message variant."""

    PUBLIC = "Publiek"
    UTILITY = "Nuts"
    CARE = "Zorg"
    OTHER = "Overig"


class Environment(Enum):
    """Omgeving: practice and production never meet (design, principle 10)."""

    PRACTICE = "oefen"
    PRODUCTION = "productie"


@dataclass(frozen=True, slots=True, repr=False)
class Contact(Discreet):
    """Contactpersoon: name, phone and e-mail of a person at an organisation."""

    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Controller:
    """Verwerkingsverantwoordelijke: who asks, under its own OIN and host name on both ports."""

    oin: Oin
    name: str
    host: str
    kind: AskerKind
    contact: Contact


@dataclass(frozen=True, slots=True)
class Creditor:
    """Schuldeiser, incassobureau of deurwaarder: who is asked.

    `bsn_law` names the law that lets this party process the BSN; None means it never gets one.
    `reply_term` overrides the dated term policy, in working days.
    """

    creditor_id: CreditorId
    name: str
    party: Oin
    creditor_class: CreditorClass
    bsn_law: str | None = None
    reply_term: int | None = None


class AskReason(Enum):
    """Reden van bevraging: why this very creditor is asked (data minimisation)."""

    RESIDENT_STATEMENT = "opgave_inwoner"
    POST = "post"
    CREDIT_REGISTER = "bkr"
    REFERRAL = "doorverwijzing"
    SIGNAL = "signaal"


@dataclass(frozen=True, slots=True, repr=False)
class Actor(Discreet):
    """Handelende medewerker: pseudonym and role; the name stays with the municipality."""

    pseudonym: str
    role: str


@dataclass(frozen=True, slots=True)
class Period:
    """Geldigheid: from and until are both included."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Say whether the day falls inside the period."""
        return self.start <= day <= self.end
