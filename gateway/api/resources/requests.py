"""Saldoverzoeken: ask creditors what is owed, and see how far each of them is."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, field_validator

from gateway.api.forms import Day, Id, Incoming, Label, Note, Outgoing, Reading, UuidText, refused
from gateway.api.lists import Page, PageQuery
from gateway.api.resources.cases import PATH as CASES
from gateway.api.resources.cases import Link, link
from gateway.api.resources.replies import RefusalOut, StatementOut, reply_out
from gateway.api.routes import JSON, Call, Reply, Route, answer, reply
from gateway.config.rights import Right
from gateway.domain import errors
from gateway.domain.identifiers import BasisId, CaseId, CreditorId, LegId, OrderId
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.domain.legal_basis import Purpose
from gateway.domain.parties import AskReason
from gateway.domain.statement import MeterReading, Product
from gateway.store.database import Transaction
from gateway.usecases.casework import ask, read
from gateway.usecases.casework.idempotency import Answer
from gateway.usecases.commands import AskCreditors, CreditorAsked, DeliveryView, LegDetail

PATH = "/v1/saldoverzoeken"
OF_CASE = f"{CASES}/{{zaakId}}/saldoverzoeken"
ORDERS = "/v1/opdrachten"


class MeterReadingIn(Incoming, title="Meterstand"):
    """Meterstand, in de eenheid van de meter (kWh, m3, GJ)."""

    product: Product
    value: Reading
    read_on: Day
    meter_number: Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9.-]{0,29}$")] | None = None
    ean: Annotated[str, Field(pattern="^[0-9]{18}$")] | None = None


class CreditorAskedIn(Incoming, title="BevraagdeSchuldeiser"):
    """Te bevragen schuldeiser, met de reden waarom juist deze. De toelichting blijft bij ons."""

    creditor: Label
    reason: AskReason
    reason_note: Note | None = None
    customer_number: Label | None = None
    invoice_numbers: Annotated[tuple[Label, ...], Field(max_length=200)] = ()
    meter_readings: Annotated[tuple[MeterReadingIn, ...], Field(max_length=20)] = ()

    def command(self) -> CreditorAsked:
        """Return the command of the domain."""
        return CreditorAsked(
            creditor_id=CreditorId(self.creditor),
            reason=self.reason,
            reason_note=self.reason_note,
            customer_number=self.customer_number,
            invoice_numbers=self.invoice_numbers,
            meter_readings=tuple(
                MeterReading(
                    reading.product,
                    reading.value,
                    reading.read_on,
                    reading.meter_number,
                    reading.ean,
                )
                for reading in self.meter_readings
            ),
        )


class RequestsIn(Incoming, title="SaldoverzoekenNieuw"):
    """Saldoverzoeken aan een of meer schuldeisers, in één opdracht."""

    basis: UuidText
    not_before: Day | None = None
    purpose: Purpose = Purpose.DEBT_STATEMENT
    creditors: Annotated[tuple[CreditorAskedIn, ...], Field(min_length=1, max_length=100)]

    @field_validator("creditors")
    @classmethod
    def _each_once(cls, asked: tuple[CreditorAskedIn, ...]) -> tuple[CreditorAskedIn, ...]:
        if len({one.creditor for one in asked}) != len(asked):
            raise refused("schuldeiser-dubbel")
        return asked

    def command(self, case_id: CaseId) -> AskCreditors:
        """Return the command of the domain."""
        return AskCreditors(
            case_id=case_id,
            basis_id=BasisId(UUID(self.basis)),
            creditors=tuple(asked.command() for asked in self.creditors),
            purpose=self.purpose,
            not_before=self.not_before,
        )


class DeliveryOut(Outgoing, title="Verzending"):
    """Verzending van een saldoverzoek, rappel of intrekking."""

    id: Id
    kind: DeliveryKind
    state: DeliveryState
    message_id: Id | None
    attempts: int
    not_before: date | None
    failure: str | None


class ProgressOut(Outgoing, title="SaldoverzoekVoortgang"):
    """Hoe ver een saldoverzoek is, zonder wat er geantwoord is."""

    id: Id
    url: str
    case_id: Id
    order_id: Id
    basis_id: Id
    creditor: str
    creditor_name: str
    purpose: Purpose
    reason: AskReason
    conversation_id: Id
    state: LegState
    asked_on: date | None
    reply_by: date | None
    reminders: int
    conflicting: bool
    quarantined: tuple[str, ...]
    failure: str | None
    deliveries: tuple[DeliveryOut, ...]


class RequestOut(ProgressOut, title="Saldoverzoek"):
    """Saldoverzoek aan één schuldeiser, met zijn verzendingen en het antwoord."""

    reply: StatementOut | RefusalOut | None


class OrderOut(Outgoing, title="Opdracht"):
    """Opdracht: één reeks saldoverzoeken en hoe ver die is."""

    id: Id
    url: str
    case_id: Id
    created_at: datetime
    done: bool
    requests: tuple[ProgressOut, ...]


async def post_requests(call: Call) -> Reply:
    """Ask creditors; the answer says where the order can be followed."""
    command = call.body.command(CaseId(call.identifier("zaakId")))

    async def work(tx: Transaction) -> Answer:
        order_id = await ask.ask_creditors(call.gateway, tx, call.acting, command)
        made = link(ORDERS, order_id)
        return answer(made, 202, made.url)

    return await call.perform(work)


async def list_requests(call: Call) -> Reply:
    """List the requests of a case."""
    case_id = CaseId(call.identifier("zaakId"))
    legs = await read.list_legs(call.gateway, call.acting, case_id)
    path = OF_CASE.format(zaakId=case_id)
    return reply(Page[RequestOut].cut([_request_out(leg) for leg in legs], call.query, path))


async def get_request(call: Call) -> Reply:
    """Read one request."""
    leg_id = LegId(call.identifier("saldoverzoekId"))
    return reply(_request_out(await read.read_leg(call.gateway, call.acting, leg_id)))


async def get_order(call: Call) -> Reply:
    """Read an order."""
    order_id = OrderId(call.identifier("opdrachtId"))
    view = await read.read_order(call.gateway, call.acting, order_id)
    told = OrderOut(
        id=str(view.order_id),
        url=f"{ORDERS}/{view.order_id}",
        case_id=str(view.case_id),
        created_at=view.created_at,
        done=view.done,
        requests=tuple(ProgressOut(**_progress(leg)) for leg in view.legs),
    )
    return reply(told)


def _request_out(detail: LegDetail) -> RequestOut:
    return RequestOut(**_progress(detail), reply=reply_out(detail.leg.reply))


def _progress(detail: LegDetail) -> dict[str, Any]:
    leg = detail.leg
    return {
        "id": str(leg.leg_id),
        "url": f"{PATH}/{leg.leg_id}",
        "case_id": str(detail.case_id),
        "order_id": str(detail.order_id),
        "basis_id": str(detail.basis_id),
        "creditor": leg.creditor_id,
        "creditor_name": leg.creditor_name,
        "purpose": detail.purpose,
        "reason": detail.reason,
        "conversation_id": str(detail.conversation_id),
        "state": leg.state,
        "asked_on": leg.asked_on,
        "reply_by": leg.reply_by,
        "reminders": leg.reminders,
        "conflicting": leg.conflicting,
        "quarantined": leg.quarantined,
        "failure": leg.failure,
        "deliveries": tuple(_delivery_out(delivery) for delivery in detail.deliveries),
    }


def _delivery_out(delivery: DeliveryView) -> DeliveryOut:
    return DeliveryOut(
        id=str(delivery.delivery_id),
        kind=delivery.kind,
        state=delivery.state,
        message_id=None if delivery.message_id is None else str(delivery.message_id),
        attempts=delivery.attempts,
        not_before=delivery.not_before,
        failure=delivery.failure,
    )


ROUTES = (
    Route(
        method="POST",
        path=OF_CASE,
        name="saldoverzoekenVersturen",
        summary="Vraag schuldeisers om een saldo-opgave",
        handler=post_requests,
        right=Right.ASK,
        body=RequestsIn,
        reads=JSON,
        result=Link,
        status=202,
        changes=True,
        problems=(
            errors.NotFound,
            errors.NotCovered,
            errors.BsnNotAllowed,
            errors.CreditorUnknown,
            errors.CreditorNotReachable,
            errors.MeterReadingsMissing,
            errors.ReasonMissing,
            errors.ReferenceLooksLikeBsn,
            errors.StateConflict,
        ),
    ),
    Route(
        method="GET",
        path=OF_CASE,
        name="saldoverzoekenLezen",
        summary="Lees de saldoverzoeken van een zaak",
        handler=list_requests,
        right=Right.READ,
        query=PageQuery,
        result=Page[RequestOut],
        problems=(errors.NotFound,),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{saldoverzoekId}}",
        name="saldoverzoekLezen",
        summary="Lees een saldoverzoek",
        handler=get_request,
        right=Right.READ,
        result=RequestOut,
        problems=(errors.NotFound,),
    ),
    Route(
        method="GET",
        path=f"{ORDERS}/{{opdrachtId}}",
        name="opdrachtLezen",
        summary="Lees hoe ver een opdracht is",
        handler=get_order,
        right=Right.READ,
        result=OrderOut,
        problems=(errors.NotFound,),
    ),
)
