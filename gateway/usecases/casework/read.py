"""Read orders, legs, the overview and the messages of a case.

Whoever reads what a creditor answered is recorded first: no record, no view. How far an order is
says nothing of an answer, so it may be polled without a trace.
"""

from collections.abc import Sequence
from uuid import UUID

from gateway.domain.errors import NotFound
from gateway.domain.identifiers import CaseId, CreditorId, LegId, Oin, OrderId
from gateway.domain.inquiry import DeliveryState, InboundState
from gateway.domain.overview import LegView, fold
from gateway.store import cases, deliveries, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.legs import LegRow
from gateway.store.messages import OUTBOUND, MessageRow
from gateway.usecases.casework.cases import viewed
from gateway.usecases.commands import (
    Caller,
    DeliveryView,
    LegDetail,
    MessageView,
    OrderView,
    OverviewView,
)
from gateway.usecases.context import Gateway

_FINISHED = frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED})


async def read_order(gateway: Gateway, caller: Caller, order_id: OrderId) -> OrderView:
    """Return an order and how far it is, without what was answered; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        order = await legs.read_order(tx, order_id)
        if order is None:
            raise NotFound
        details = await _details(gateway, tx, await legs.legs_of_order(tx, order_id), opened=False)
    done = all(d.state in _FINISHED for detail in details for d in detail.deliveries)
    return OrderView(order_id, order.case_id, order.created_at, details, done)


async def list_legs(gateway: Gateway, caller: Caller, case_id: CaseId) -> tuple[LegDetail, ...]:
    """Return the legs of a case, after recording who looks; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        case = await _case(tx, case_id)
        await gateway.journal.append(
            tx, [viewed(caller, case.stream_id, case_id, "saldoverzoeken")]
        )
        return await _details(gateway, tx, await legs.legs_of_case(tx, case_id))


async def read_leg(gateway: Gateway, caller: Caller, leg_id: LegId) -> LegDetail:
    """Return one leg, after recording who looks; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        leg = (await legs.read_legs(tx, [leg_id])).get(leg_id)
        if leg is None:
            raise NotFound
        await gateway.journal.append(
            tx, [viewed(caller, leg.stream_id, leg.case_id, "saldoverzoek")]
        )
        return (await _details(gateway, tx, (leg,)))[0]


async def read_overview(gateway: Gateway, caller: Caller, case_id: CaseId) -> OverviewView:
    """Return the debt overview of a case, after recording who looks; raises NotFound."""
    today = gateway.calendar.today()
    async with gateway.database.transaction(caller.controller.oin) as tx:
        case = await _case(tx, case_id)
        await gateway.journal.append(
            tx, [viewed(caller, case.stream_id, case_id, "schuldenoverzicht")]
        )
        details = await _details(gateway, tx, await legs.legs_of_case(tx, case_id))
    policy = gateway.policies().terms_on(today)
    views = tuple(detail.leg for detail in details)
    return OverviewView(case_id, fold(views, case.started_on, today, policy.norm_days), today)


async def list_messages(
    gateway: Gateway, caller: Caller, case_id: CaseId
) -> tuple[MessageView, ...]:
    """Return the messages of a case without their content; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        await _case(tx, case_id)
        rows = await legs.legs_of_case(tx, case_id)
        found = await messages.messages_of_legs(tx, [leg.leg_id for leg in rows])
        states = await _delivery_states(tx, rows)
    return tuple(_message(row, states, None) for row in found)


async def read_message(gateway: Gateway, caller: Caller, row_id: UUID) -> MessageView:
    """Return one message with its exact document, after recording who looks; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        row = await messages.read_message(tx, row_id)
        if row is None:
            raise NotFound
        key = await gateway.keys.one(tx.controller, row.subject_id)
        rows = tuple((await legs.read_legs(tx, [row.leg_id])).values()) if row.leg_id else ()
        case_id = rows[0].case_id if rows else None
        await gateway.journal.append(tx, [viewed(caller, row.stream_id, case_id, "bericht")])
        return _message(row, await _delivery_states(tx, rows), row.document(key))


async def _case(tx: Transaction, case_id: CaseId) -> cases.CaseRow:
    case = await cases.read_case(tx, case_id)
    if case is None:
        raise NotFound
    return case


async def _details(
    gateway: Gateway, tx: Transaction, rows: Sequence[LegRow], *, opened: bool = True
) -> tuple[LegDetail, ...]:
    """Put the legs together; what was answered only if `opened`, and then who looks is recorded."""
    ids = [row.leg_id for row in rows]
    sent = await deliveries.deliveries_of_legs(tx, ids)
    kept = await messages.messages_of_legs(tx, ids)
    answers = await messages.replies_of_legs(tx, ids) if opened else ()
    replies = {row.leg_id: row for row in answers if row.version == 1}
    keys = await gateway.keys.many(tx.controller, {row.subject_id for row in rows})
    found = []
    for row in rows:
        answer = replies.get(row.leg_id)
        refused = tuple(m.refusal for m in kept if m.leg_id == row.leg_id and m.refusal is not None)
        view = LegView(
            leg_id=row.leg_id,
            creditor_id=row.creditor_id,
            creditor_name=_name(gateway, row.creditor_id, tx.controller),
            state=row.state,
            asked_on=row.asked_on,
            reply_by=row.reply_by,
            reminders=row.reminders,
            reply=answer.reply(keys[row.subject_id]) if answer else None,
            conflicting=row.conflicting,
            quarantined=refused,
            failure=row.failure,
            answered_on=answer.received_on if answer else None,
        )
        own = tuple(_delivery(d) for d in sent if d.leg_id == row.leg_id)
        found.append(_detail(row, view, own))
    return tuple(found)


def _name(gateway: Gateway, creditor_id: CreditorId, controller: Oin) -> str:
    partner = gateway.partners().get(creditor_id, controller)
    return partner.creditor.name if partner else creditor_id


def _detail(row: LegRow, view: LegView, sent: tuple[DeliveryView, ...]) -> LegDetail:
    return LegDetail(
        leg=view,
        case_id=row.case_id,
        order_id=row.order_id,
        basis_id=row.basis_id,
        purpose=row.purpose,
        reason=row.reason,
        conversation_id=row.conversation_id,
        deliveries=sent,
    )


def _delivery(row: DeliveryRow) -> DeliveryView:
    return DeliveryView(
        delivery_id=row.delivery_id,
        kind=row.kind,
        state=row.state,
        message_id=row.message_id,
        attempts=row.attempts,
        not_before=row.not_before,
        failure=row.failure,
    )


async def _delivery_states(tx: Transaction, rows: Sequence[LegRow]) -> dict[UUID, DeliveryState]:
    sent = await deliveries.deliveries_of_legs(tx, [row.leg_id for row in rows])
    return {row.delivery_id: row.state for row in sent}


def _message(
    row: MessageRow, states: dict[UUID, DeliveryState], document: bytes | None
) -> MessageView:
    outbound = row.direction == OUTBOUND and row.delivery_id is not None
    return MessageView(
        row_id=str(row.row_id),
        direction=row.direction,
        kind=row.kind,
        state=states[row.delivery_id] if outbound else InboundState(row.state),  # type: ignore[index]
        leg_id=row.leg_id,
        creditor_id=row.creditor_id,
        message_id=row.message_id,
        digest=row.digest,
        refusal=row.refusal,
        recorded_at=row.recorded_at,
        document=document,
    )
