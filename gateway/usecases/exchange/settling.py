"""Settle what became of deliveries, by table; what comes back together is committed together.

Delivered needs only the partner's own word over its own TLS connection; the signed receipt, when
it gives one, is filed as evidence. Unknown is sent again as the same message. Who settles with an
older lease token is late and changes nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import CreditorId, LegId
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
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.ports.creditor import FaultNotice, Identified
from gateway.ports.transport import Delivered, Outcome, Refused, RefusedForNow, Unknown
from gateway.store import deliveries, health, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.evidence.sealed import Content, seal_content
from gateway.store.messages import INBOUND, MessageRow
from gateway.usecases.casework.ending import ENDED_AS, delivery_event, end_legs, give_up
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.answers import fault_code
from gateway.usecases.exchange.conversation import Conversation
from gateway.usecases.exchange.rows import Rows, work_on
from gateway.wire.receipt import Receipt
from gateway.wire.signature import Signed

BACKOFF_START = timedelta(milliseconds=500)
BACKOFF_LIMIT = timedelta(hours=1)
BREAKER_OPEN = timedelta(minutes=1)
RECEIPT_KIND = "ontvangstbevestiging"
LAPSED_CODE = "lease-verlopen"

_LOGGED = {
    DeliveryState.DELIVERED: EventType.EXCHANGE_DELIVERED,
    DeliveryState.RECORDED: EventType.EXCHANGE_POSTPONED,
    DeliveryState.IN_DOUBT: EventType.EXCHANGE_IN_DOUBT,
    DeliveryState.FAILED: EventType.EXCHANGE_FAILED,
}
_LEG_MOVES = {
    DeliveryState.DELIVERED: LegEvent.REQUEST_DELIVERED,
    DeliveryState.FAILED: LegEvent.REQUEST_FAILED,
}


Proof = Receipt | Identified | FaultNotice
"""What a creditor says of our request: that it came in, its answer, or why it refused it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A claimed delivery: its conversation and the message as it was recorded."""

    row: DeliveryRow
    talk: Conversation
    message: Signed


@dataclass(frozen=True, slots=True)
class _Item:
    """What became of one sending, as it came back."""

    sending: Sending
    outcome: Outcome
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class _Settled:
    """The same, with the row of the delivery after it."""

    item: _Item
    row: DeliveryRow


async def settle(
    gateway: Gateway,
    controller: Controller,
    sending: Sending,
    outcome: Outcome,
    proof: Proof | None,
) -> None:
    """Write the outcome of one sending.

    `proof` is the verified receipt that came with it, or the header of the answer that is its own
    receipt; that answer is filed already.
    """

    async def work(items: Sequence[_Item]) -> Sequence[None]:
        return await _settle_all(gateway, controller, items)

    item = _Item(sending, outcome, proof)
    apart = frozenset({sending.row.leg_id})
    await gateway.together.run(("settle", controller.oin), item, work, apart=apart)


async def _settle_all(
    gateway: Gateway, controller: Controller, items: Sequence[_Item]
) -> Sequence[None]:
    async with gateway.database.transaction(controller.oin) as tx:
        # The legs before the deliveries: everybody locks in one order (store.deliveries).
        locked_legs = await legs.lock_legs(tx, [item.sending.row.leg_id for item in items])
        rows = await deliveries.lock_deliveries(
            tx, [item.sending.row.delivery_id for item in items]
        )
        settled = [
            _Settled(item, _settled(gateway, item, row))
            for item in items
            if _is_ours(item.sending.row, row := rows[item.sending.row.delivery_id])
        ]
        await deliveries.write_back(tx, [one.row for one in settled])
        await _settle_legs(gateway, tx, settled, locked_legs)
        await _mark_health(gateway, tx, settled)
        await _file_receipts(gateway, tx, settled)
        await gateway.journal.append(tx, [_event(one) for one in settled])
    return [None] * len(items)


def _is_ours(claimed: DeliveryRow, now: DeliveryRow) -> bool:
    return now.lease_token == claimed.lease_token and now.state is DeliveryState.SENDING


def _event(one: _Settled) -> NewEvent:
    row, proof = one.row, one.item.proof
    proven = _body_of(one.item.outcome) if isinstance(proof, Receipt | Identified) else None
    digest = None if proven is None else hashlib.sha256(proven).hexdigest()
    return delivery_event(_LOGGED[row.state], row, row.failure, receipt_sha256=digest)


def _settled(gateway: Gateway, item: _Item, row: DeliveryRow) -> DeliveryRow:
    sending, outcome = item.sending, item.outcome
    said = fault_code(item.proof) if isinstance(item.proof, FaultNotice) else None
    again = gateway.clock.now() + _backoff(gateway, row.attempts, outcome)
    last = row.attempts >= sending.talk.partner.limits.attempts
    failure: str | None
    match outcome:
        case Delivered():
            event, failure = DeliveryEvent.ACCEPTED, said
        case Refused():
            event, failure = DeliveryEvent.REFUSED, said or f"http-{outcome.status}"
        case RefusedForNow():
            event = DeliveryEvent.REFUSED if last else DeliveryEvent.REFUSED_FOR_NOW
            failure = outcome.reason
        case Unknown():
            event = DeliveryEvent.GAVE_UP if last else DeliveryEvent.OUTCOME_UNKNOWN
            failure = outcome.reason
        case _:
            assert_never(outcome)
    return row.moved(event, lease_until=None, run_at=again, failure=failure)


def _backoff(gateway: Gateway, attempts: int, outcome: Outcome) -> timedelta:
    """Full jitter under an exponential ceiling, or what the partner asked for, if that is later."""
    ceiling = min(BACKOFF_START * (1 << min(attempts, 20)), BACKOFF_LIMIT)
    chance = 0.5 + int.from_bytes(gateway.ids.chance(2), "big") / 2**17
    asked = outcome.retry_after_seconds if isinstance(outcome, RefusedForNow) else None
    return max(ceiling * chance, min(timedelta(seconds=asked or 0), BACKOFF_LIMIT))


async def _settle_legs(
    gateway: Gateway,
    tx: Transaction,
    settled: Sequence[_Settled],
    locked: Mapping[LegId, legs.LegRow],
) -> None:
    today = gateway.calendar.today()
    policy = gateway.policies().terms_on(today)
    states, asked = [], []
    for one in settled:
        event = _LEG_MOVES.get(one.row.state)
        if event is None or one.row.kind is not DeliveryKind.REQUEST:
            continue
        leg = locked[one.row.leg_id]
        if allows(leg.state, event):
            states.append((leg.leg_id, advance_leg(leg.state, event), one.row.failure))
        if event is LegEvent.REQUEST_DELIVERED:
            terms = terms_of(today, one.item.sending.talk.partner.creditor, policy)
            asked.append(legs.Asked(leg.leg_id, today, terms))
    await legs.set_states(tx, states)
    await legs.start_terms(tx, asked)


async def _mark_health(gateway: Gateway, tx: Transaction, settled: Sequence[_Settled]) -> None:
    seen: dict[CreditorId, health.Seen] = {}
    for one in settled:
        creditor = one.row.creditor_id
        before = seen.get(creditor, health.Seen(creditor, answered=False, failures=0))
        failed = isinstance(one.item.outcome, RefusedForNow | Unknown)
        seen[creditor] = health.Seen(
            creditor,
            answered=before.answered or not failed,
            failures=before.failures + 1 if failed else 0,
        )
    await health.mark(tx, tuple(seen.values()), gateway.clock.now() + BREAKER_OPEN)


async def _file_receipts(gateway: Gateway, tx: Transaction, settled: Sequence[_Settled]) -> None:
    keys = await gateway.keys.many(tx.controller, {one.row.subject_id for one in settled})
    filed = [
        _receipt_row(gateway, one.row, body, proof, keys[one.row.subject_id])
        for one in settled
        if isinstance(proof := one.item.proof, Receipt)
        and (body := _body_of(one.item.outcome)) is not None
    ]
    await messages.add_messages(tx, filed)


def _body_of(outcome: Outcome) -> bytes | None:
    return outcome.body if isinstance(outcome, Delivered) else None


def _receipt_row(
    gateway: Gateway, row: DeliveryRow, body: bytes, proof: Receipt, key: SealingKey
) -> MessageRow:
    row_id = gateway.ids.row()
    return MessageRow(
        row_id=row_id,
        direction=INBOUND,
        creditor_id=row.creditor_id,
        kind=RECEIPT_KIND,
        state=InboundState.ACCEPTED.value,
        leg_id=row.leg_id,
        delivery_id=row.delivery_id,
        subject_id=row.subject_id,
        stream_id=row.stream_id,
        message_id=proof.receipt_id,
        digest=None,
        wire_digest=hashlib.sha256(body).digest(),
        recorded_at=gateway.clock.now(),
        sealed=seal_content(key, gateway.ids.chance(NONCE_BYTES), row_id, Content.MESSAGE, body),
    )


async def recover_lapsed(gateway: Gateway, controller: Controller, now: datetime) -> int:
    """Put deliveries whose sender never came back in doubt: they are sent again, the same.

    Not for ever: who dies on an answer would die on it again, so these attempts count too.
    """

    async def claim(tx: Transaction) -> Sequence[DeliveryRow]:
        return await deliveries.claim_lapsed(tx, now, 64)

    async def work(tx: Transaction, rows: Sequence[DeliveryRow]) -> Sequence[None]:
        moved = [_lapsed(gateway, controller, row, now) for row in rows]
        await deliveries.write_back(tx, moved)
        await end_legs(tx, [row for row in moved if row.state in ENDED_AS])
        await gateway.journal.append(
            tx, [delivery_event(_LOGGED[row.state], row, LAPSED_CODE) for row in moved]
        )
        return ()

    taken, _ = await work_on(gateway, controller, Rows(claim, work, partial(give_up, gateway)))
    return taken


def _lapsed(
    gateway: Gateway, controller: Controller, row: DeliveryRow, now: datetime
) -> DeliveryRow:
    partner = gateway.partners().get(row.creditor_id, controller.oin)
    if partner is not None and row.attempts >= partner.limits.attempts:
        return row.moved(DeliveryEvent.GAVE_UP, lease_until=None, failure=LAPSED_CODE)
    return row.moved(DeliveryEvent.LEASE_LAPSED, lease_until=None, run_at=now)
