"""Settle what became of a delivery, by table, in one transaction.

Delivered needs only the partner's own word over its own TLS connection; the signed receipt, when
it gives one, is filed as evidence. Unknown is sent again as the same message. Who settles with an
older lease token is late and changes nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from gateway.domain.events import EventType, Json, NewEvent
from gateway.domain.inquiry import (
    DeliveryEvent,
    DeliveryKind,
    DeliveryState,
    InboundState,
    LegEvent,
    advance_leg,
    allows,
)
from gateway.domain.parties import Controller
from gateway.domain.terms import terms_of
from gateway.ledger.sealing import NONCE_BYTES
from gateway.ports.transport import Delivered, Outcome, Refused, RefusedForNow, Unknown
from gateway.store import deliveries, health, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.messages import INBOUND, MessageRow
from gateway.store.sealed import seal_content
from gateway.usecases.context import Gateway
from gateway.usecases.conversation import Conversation
from gateway.wire.receipt import Receipt
from gateway.wire.signature import Signed

BACKOFF_START = timedelta(milliseconds=500)
BACKOFF_LIMIT = timedelta(hours=1)
BREAKER_OPEN = timedelta(minutes=1)
RECEIPT_KIND = "ontvangstbevestiging"

_LOGGED = {
    DeliveryState.DELIVERED: EventType.EXCHANGE_DELIVERED,
    DeliveryState.RECORDED: EventType.EXCHANGE_IN_DOUBT,
    DeliveryState.IN_DOUBT: EventType.EXCHANGE_IN_DOUBT,
    DeliveryState.FAILED: EventType.EXCHANGE_FAILED,
}


@dataclass(frozen=True, slots=True)
class Sending:
    """A claimed delivery: its conversation and the message as it was recorded."""

    row: DeliveryRow
    talk: Conversation
    message: Signed


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


async def settle(
    gateway: Gateway,
    controller: Controller,
    sending: Sending,
    outcome: Outcome,
    proof: Receipt | None,
) -> None:
    """Write the outcome of one sending; `proof` is the verified receipt that came with it."""
    async with gateway.database.transaction(controller.oin) as tx:
        # The leg before the delivery: everybody locks in one order (store.deliveries).
        leg = (await legs.lock_legs(tx, [sending.row.leg_id]))[sending.row.leg_id]
        locked = await deliveries.lock_deliveries(tx, [sending.row.delivery_id])
        row = locked[sending.row.delivery_id]
        if row.lease_token != sending.row.lease_token or row.state is not DeliveryState.SENDING:
            return
        settled = _settled(gateway, sending, row, outcome)
        await deliveries.write_back(tx, [settled])
        await _settle_leg(gateway, tx, sending, settled, leg)
        await _mark_health(gateway, tx, sending, outcome)
        receipt_digest = None
        if proof is not None and isinstance(outcome, Delivered):
            receipt_digest = await _file_receipt(gateway, tx, sending, outcome.body, proof)
        event = delivery_event(
            _LOGGED[settled.state], settled, settled.failure, receipt_sha256=receipt_digest
        )
        await gateway.journal.append(tx, [event])


def _settled(gateway: Gateway, sending: Sending, row: DeliveryRow, outcome: Outcome) -> DeliveryRow:
    again = gateway.clock.now() + _backoff(gateway, row.attempts, outcome)
    exhausted = row.attempts >= sending.talk.partner.limits.attempts
    failure: str | None
    match outcome:
        case Delivered():
            event, failure = DeliveryEvent.ACCEPTED, None
        case Refused():
            event, failure = DeliveryEvent.REFUSED, f"http-{outcome.status}"
        case RefusedForNow():
            event, failure = DeliveryEvent.REFUSED_FOR_NOW, outcome.reason
        case Unknown():
            event, failure = DeliveryEvent.OUTCOME_UNKNOWN, outcome.reason
        case _:
            assert_never(outcome)
    if exhausted and isinstance(outcome, RefusedForNow | Unknown):
        event = DeliveryEvent.GAVE_UP
    return row.moved(event, lease_until=None, run_at=again, failure=failure)


def _backoff(gateway: Gateway, attempts: int, outcome: Outcome) -> timedelta:
    """Full jitter under an exponential ceiling, or what the partner asked for, if that is later."""
    ceiling = min(BACKOFF_START * (1 << min(attempts, 20)), BACKOFF_LIMIT)
    chance = 0.5 + int.from_bytes(gateway.ids.chance(2), "big") / 2**17
    asked = outcome.retry_after_seconds if isinstance(outcome, RefusedForNow) else None
    return max(ceiling * chance, min(timedelta(seconds=asked or 0), BACKOFF_LIMIT))


async def _settle_leg(
    gateway: Gateway, tx: Transaction, sending: Sending, settled: DeliveryRow, leg: legs.LegRow
) -> None:
    if settled.kind is not DeliveryKind.REQUEST:
        return
    event = {
        DeliveryState.DELIVERED: LegEvent.REQUEST_DELIVERED,
        DeliveryState.FAILED: LegEvent.REQUEST_FAILED,
    }.get(settled.state)
    if event is None:
        return
    if allows(leg.state, event):
        await legs.set_states(tx, [(leg.leg_id, advance_leg(leg.state, event), settled.failure)])
    if event is LegEvent.REQUEST_DELIVERED:
        today = gateway.calendar.today()
        policy = gateway.policies().terms_on(today)
        terms = terms_of(today, sending.talk.partner.creditor, policy)
        await legs.start_terms(tx, [legs.Asked(leg.leg_id, today, terms)])


async def _mark_health(
    gateway: Gateway, tx: Transaction, sending: Sending, outcome: Outcome
) -> None:
    creditor = sending.row.creditor_id
    if isinstance(outcome, RefusedForNow | Unknown):
        await health.mark_ill(tx, creditor, gateway.clock.now() + BREAKER_OPEN)
    elif sending.row.attempts > 1:
        await health.mark_well(tx, [creditor])


async def _file_receipt(
    gateway: Gateway, tx: Transaction, sending: Sending, body: bytes, proof: Receipt
) -> str:
    key = await gateway.keys.one(tx.controller, sending.row.subject_id)
    row_id, wire = gateway.ids.row(), hashlib.sha256(body)
    await messages.add_messages(
        tx,
        [
            MessageRow(
                row_id=row_id,
                direction=INBOUND,
                creditor_id=sending.row.creditor_id,
                kind=RECEIPT_KIND,
                state=InboundState.ACCEPTED.value,
                leg_id=sending.row.leg_id,
                delivery_id=sending.row.delivery_id,
                subject_id=sending.row.subject_id,
                message_id=proof.receipt_id,
                digest=None,
                wire_digest=wire.digest(),
                recorded_at=gateway.clock.now(),
                sealed=seal_content(key, gateway.ids.chance(NONCE_BYTES), row_id, body),
            )
        ],
    )
    return wire.hexdigest()


async def recover_lapsed(gateway: Gateway, controller: Controller, now: datetime) -> int:
    """Put deliveries whose sender never came back in doubt: they are sent again, the same."""
    async with gateway.database.transaction(controller.oin) as tx:
        rows = await deliveries.claim_lapsed(tx, now, 64)
        doubtful = [
            row.moved(DeliveryEvent.LEASE_LAPSED, lease_until=None, run_at=now) for row in rows
        ]
        await deliveries.write_back(tx, doubtful)
        await gateway.journal.append(
            tx,
            [
                delivery_event(EventType.EXCHANGE_IN_DOUBT, row, "lease-verlopen")
                for row in doubtful
            ],
        )
        return len(rows)
