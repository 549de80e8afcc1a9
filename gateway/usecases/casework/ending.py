"""How a delivery ends that was not delivered, and the events of deliveries.

A request that can never leave ends its leg, with the reason. A row that our own side stumbles over
ends by itself: its end is recorded in the stream of its leg, or, when that stream cannot be written
any more because its key is gone, in a stream of its own that names the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from gateway.domain.errors import OwnFault, StoreUnavailable
from gateway.domain.events import EventType, Json, NewEvent
from gateway.domain.identifiers import StreamId, SubjectId
from gateway.domain.inquiry import (
    DeliveryEvent,
    DeliveryKind,
    DeliveryState,
    LegEvent,
    advance_leg,
    allows,
)
from gateway.store import deliveries, legs
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.usecases.context import Gateway

ENDED_AS: Final[Mapping[DeliveryState, EventType]] = {
    DeliveryState.CANCELLED: EventType.EXCHANGE_CANCELLED,
    DeliveryState.FAILED: EventType.EXCHANGE_FAILED,
    DeliveryState.DELIVERED: EventType.EXCHANGE_DELIVERED,
}
_LEG_ENDS_BY: Final[Mapping[DeliveryState, LegEvent]] = {
    DeliveryState.CANCELLED: LegEvent.GROUND_ENDED,
    DeliveryState.FAILED: LegEvent.REQUEST_FAILED,
    DeliveryState.DELIVERED: LegEvent.REQUEST_DELIVERED,
}


def delivery_event(
    kind: EventType, row: DeliveryRow, reason: str | None = None, **more: Json
) -> NewEvent:
    """Return the event of something that happened to a delivery."""
    facts: dict[str, Json] = {
        "partner": row.creditor_id,
        "delivery": row.kind.value,
        "message_id": str(row.message_id),
        "document_sha256": row.digest.hex() if row.digest else None,
        "attempt": row.attempts,
        "reason": reason,
    }
    return NewEvent(kind, row.stream_id, facts | more)


async def end_legs(tx: Transaction, ended: Sequence[DeliveryRow]) -> None:
    """A request that can never leave ends its leg, with the reason."""
    rows = {row.leg_id: row for row in ended if row.kind is DeliveryKind.REQUEST}
    locked = await legs.lock_legs(tx, list(rows)) if rows else {}
    states = []
    for leg_id, leg in locked.items():
        event = _LEG_ENDS_BY[rows[leg_id].state]
        if allows(leg.state, event):
            states.append((leg_id, advance_leg(leg.state, event), rows[leg_id].failure))
    if states:
        await legs.set_states(tx, states)


async def give_up(gateway: Gateway, tx: Transaction, row: DeliveryRow, code: str) -> None:
    """End a locked delivery that our own side stumbled over; `code` says on what."""
    failed = row.moved(DeliveryEvent.GAVE_UP, failure=code, lease_until=None)
    await deliveries.write_back(tx, [failed])
    await end_legs(tx, [failed])
    await record_somewhere(gateway, tx, delivery_event(EventType.EXCHANGE_FAILED, failed, code))


async def record_somewhere(gateway: Gateway, tx: Transaction, event: NewEvent) -> None:
    """Append an event to its stream, or to one of its own when the stream's key is gone."""
    try:
        async with tx.apart():
            await gateway.journal.append(tx, [event])
    except StoreUnavailable:
        raise
    except OwnFault:
        subject, stream = SubjectId(gateway.ids.reference()), StreamId(gateway.ids.reference())
        await gateway.keys.make(tx.controller, subject)
        await gateway.journal.open_stream(tx, stream, subject)
        facts = {**event.facts, "concerns": str(event.stream_id)}
        await gateway.journal.append(
            tx, [replace(event, stream_id=stream, facts=facts, personal={})]
        )
