"""What is said on the way: where the case stands, and whether the creditor knows the client."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import ClientNumber
from gateway.domain.parties import Contact


class HelperStatus(Enum):
    """Status volgens de schuldhulpverlener."""

    INVENTORY = "InInventarisatie"
    PROPOSAL_IN_PREPARATION = "VoorstelInVoorbereiding"
    AWAITING_CREDITORS = "WachtOpSchuldeisers"
    COURT_ORDER_ASKED = "Dwangakkoord"
    RUNNING = "InUitvoering"
    STOPPED = "Gestopt"


class CreditorStatus(Enum):
    """Status volgens de schuldeiser."""

    IN_HAND = "InBehandeling"
    DONE = "Uitgezocht"
    TRANSFERRED = "Overgedragen"
    DELAYED = "Vertraagd"


@dataclass(frozen=True, slots=True, repr=False)
class StatusQuery(Discreet):
    """Statusverzoek: a creditor asks where the case stands."""

    client_number: ClientNumber
    customer_number: str | None


@dataclass(frozen=True, slots=True, repr=False)
class StatusOfHelper(Discreet):
    """Statusbericht SHV."""

    client_number: ClientNumber
    customer_number: str | None
    status: HelperStatus
    expected_on: date | None = None
    explanation: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class StatusOfCreditor(Discreet):
    """Statusbericht SE."""

    client_number: ClientNumber
    customer_number: str | None
    status: CreditorStatus
    expected_on: date | None = None
    explanation: str | None = None


class NoticeAnswer(Enum):
    """Antwoord op een kennisgeving."""

    RECEIVED = "Ontvangen"
    CLIENT_KNOWN = "KlantBekend"
    NO_CLAIM = "GeenVordering"


@dataclass(frozen=True, slots=True, repr=False)
class NoticeReply(Discreet):
    """Kennisgeving antwoord: optional, and without a term (Schuldenknooppunt 2.0)."""

    answer: NoticeAnswer
    customer_number: str | None = None
    invoice_numbers: tuple[str, ...] = ()
    contact: Contact | None = None
