"""What a caller can ask of the gateway and what it gets back: plain values, no behaviour.

Every command comes with a Caller: for which controller, which employee (pseudonym and role) and
through which client system. The API parses JSON into these; the use cases do the rest.
"""

from dataclasses import dataclass
from datetime import date, datetime

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import (
    BasisId,
    CaseId,
    ConversationId,
    CreditorId,
    DeliveryId,
    LegId,
    MessageId,
    Oin,
    OrderId,
)
from gateway.domain.inquiry import DeliveryKind, DeliveryState, InboundState
from gateway.domain.legal_basis import BasisKind, EndReason, LegalBasis, Purpose, ScopeLine
from gateway.domain.overview import DebtOverview, LegView
from gateway.domain.parties import Actor, AskReason, Controller, Period
from gateway.domain.person import Resident
from gateway.domain.statement import MeterReading


@dataclass(frozen=True, slots=True)
class Caller:
    """Aanroeper: the controller by host name and certificate, the employee by pseudonym."""

    controller: Controller
    actor: Actor
    client: Oin


@dataclass(frozen=True, slots=True, repr=False)
class OpenCase:
    """Open een zaak. `reference` is the back office's own, sealed and never sent."""

    reference: str
    resident: Resident
    started_on: date


@dataclass(frozen=True, slots=True, repr=False)
class RecordBasis(Discreet):
    """Leg een grondslag vast."""

    case_id: CaseId
    kind: BasisKind
    citation: str
    validity: Period
    scope: tuple[ScopeLine, ...]
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class EndBasis:
    """Beëindig een grondslag; the reason must be one of END_REASONS of its kind."""

    basis_id: BasisId
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Ending:
    """Gevolg van een beëindiging: what was cancelled, what is told to stop, what had left."""

    cancelled: int
    already_sending: int
    stopped: int


@dataclass(frozen=True, slots=True, repr=False)
class CreditorAsked:
    """Eén te bevragen schuldeiser, with the reason why this one; the note is sealed."""

    creditor_id: CreditorId
    reason: AskReason
    reason_note: str | None = None
    customer_number: str | None = None
    invoice_numbers: tuple[str, ...] = ()
    meter_readings: tuple[MeterReading, ...] = ()


@dataclass(frozen=True, slots=True)
class AskCreditors:
    """Vraag schuldeisers om een saldo-opgave, not before the date `not_before`."""

    case_id: CaseId
    basis_id: BasisId
    creditors: tuple[CreditorAsked, ...]
    purpose: Purpose = Purpose.DEBT_STATEMENT
    not_before: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class CaseView:
    """Zaak."""

    case_id: CaseId
    reference: str
    resident: Resident
    started_on: date
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class BasisView:
    """Grondslag, with when and why it ended."""

    basis: LegalBasis
    recorded_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """Verzending van een deelverzoek."""

    delivery_id: DeliveryId
    kind: DeliveryKind
    state: DeliveryState
    message_id: MessageId | None
    attempts: int
    not_before: date | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class LegDetail:
    """Deelverzoek aan één schuldeiser, with its deliveries."""

    leg: LegView
    case_id: CaseId
    order_id: OrderId
    basis_id: BasisId
    purpose: Purpose
    reason: AskReason
    conversation_id: ConversationId
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """Opdracht: one fan-out and how far it is; done when no delivery is still to be sent."""

    order_id: OrderId
    case_id: CaseId
    created_at: datetime
    legs: tuple[LegDetail, ...]
    done: bool


@dataclass(frozen=True, slots=True, repr=False)
class MessageView:
    """Bericht: the exact signed document, as evidence.

    `leg_id` is None when it could not be correlated; `refusal` is the error code of a quarantined
    message; `digest` is SHA-256 over the exclusive C14N of the document without its signature, None
    when the signature did not verify.
    """

    row_id: str
    direction: str
    kind: str | None
    state: InboundState | DeliveryState
    leg_id: LegId | None
    creditor_id: CreditorId
    message_id: MessageId | None
    digest: bytes | None
    refusal: str | None
    recorded_at: datetime
    document: bytes | None


@dataclass(frozen=True, slots=True)
class OverviewView:
    """Schuldenoverzicht van een zaak op een dag."""

    case_id: CaseId
    overview: DebtOverview
    made_on: date
