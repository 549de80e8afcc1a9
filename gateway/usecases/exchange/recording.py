"""Record what is about to be sent: compose, validate, sign, and write the intention down.

One transaction locks a batch of queued deliveries and the grounds they rest on, signs, and commits
message, intention and state together. Until that commit nothing happened; after it the message can
be sent, and only ever as these bytes.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from gateway.domain.errors import CreditorUnknown, OwnFault
from gateway.domain.events import EventType, Json, NewEvent
from gateway.domain.identifiers import LegId, MessageId
from gateway.domain.inquiry import (
    DeliveryEvent,
    DeliveryKind,
    DeliveryState,
)
from gateway.domain.legal_basis import categories_of
from gateway.domain.parties import Controller
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.store import deliveries, legal_bases, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.evidence.sealed import Content, seal_content
from gateway.store.messages import OUTBOUND, MessageRow
from gateway.usecases.casework.ending import ENDED_AS, end_legs, give_up
from gateway.usecases.casework.personal import automatic
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import (
    QUESTION_KIND,
    Conversation,
    Halt,
    compose,
    envelope_of,
    obstacle,
    open_conversation,
)
from gateway.usecases.exchange.rows import Rows, work_on
from gateway.wire.signature import Signed, sign


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What one delivery becomes: a recorded message, or a row that ended or waits, and why."""

    row: DeliveryRow
    conversation: Conversation | None
    signed: Signed | None = None


async def record_due(gateway: Gateway, controller: Controller, limit: int) -> int:
    """Record at most `limit` queued deliveries of this controller; return how many were taken."""

    async def claim(tx: Transaction) -> Sequence[DeliveryRow]:
        return await deliveries.claim_queued(
            tx, gateway.calendar.today(), gateway.clock.now(), limit
        )

    async def work(tx: Transaction, rows: Sequence[DeliveryRow]) -> Sequence[None]:
        found, keys = await load_conversations(gateway, tx, controller, rows)
        prepared = await asyncio.gather(*(_prepare(gateway, row, found[row]) for row in rows))
        await _store(gateway, tx, prepared, keys)
        return ()

    taken, _ = await work_on(gateway, controller, Rows(claim, work, partial(give_up, gateway)))
    return taken


async def load_conversations(
    gateway: Gateway, tx: Transaction, controller: Controller, rows: Sequence[DeliveryRow]
) -> tuple[dict[DeliveryRow, Conversation | Halt], dict[DeliveryRow, SealingKey]]:
    """Open the conversations of claimed deliveries, whose grounds and legs are locked.

    A delivery whose partner is gone from the configuration has none, but a reason to wait.
    Raises OwnFault when one of them cannot be opened.
    """
    bases = await legal_bases.hold_bases(tx, (row.basis_id for row in rows))
    conversations = await legs.read_legs(tx, [row.leg_id for row in rows])
    keys = await gateway.keys.many(tx.controller, {row.subject_id for row in rows})
    partners, reached = gateway.partners(), await _reached(tx, rows)
    found: dict[DeliveryRow, Conversation | Halt] = {}
    for row in rows:
        partner = partners.get(row.creditor_id, controller.oin)
        leg, basis = conversations[row.leg_id], bases[row.basis_id]
        found[row] = (
            Halt(None, CreditorUnknown.code)
            if partner is None
            else replace(
                open_conversation(
                    gateway, controller, row, leg, basis, keys[row.subject_id], partner
                ),
                reached=row.leg_id in reached,
            )
        )
    return found, {row: keys[row.subject_id] for row in rows}


async def _reached(tx: Transaction, rows: Sequence[DeliveryRow]) -> frozenset[LegId]:
    """Return which of the legs to be stopped the creditor may know of; none is under way now."""
    stopped = [row.leg_id for row in rows if row.kind is DeliveryKind.STOP]
    others = await deliveries.deliveries_of_legs(tx, stopped) if stopped else ()
    return frozenset(
        row.leg_id for row in others if row.kind is not DeliveryKind.STOP and row.may_have_left
    )


async def _prepare(
    gateway: Gateway, row: DeliveryRow, conversation: Conversation | Halt
) -> _Prepared:
    now = gateway.clock.now()
    if isinstance(conversation, Halt):
        return _Prepared(conversation.applied(row, now), None)
    halt = obstacle(gateway, conversation)
    if halt is not None:
        return _Prepared(halt.applied(row, now), conversation)
    message_id = MessageId(gateway.ids.reference())
    try:
        valid = compose(gateway, conversation, envelope_of(gateway, conversation, message_id, now))
    except OwnFault as fault:
        failed = row.moved(DeliveryEvent.INEXPRESSIBLE, failure=fault.code)
        return _Prepared(failed, conversation)
    # In a thread: an RSA-3072 signature would stall the loop for a millisecond each.
    signed = await asyncio.to_thread(sign, valid, gateway.signers[conversation.controller.oin], now)
    recorded = row.moved(
        DeliveryEvent.INTENTION_RECORDED,
        message_id=message_id,
        digest=signed.digest,
        sent_at=now,
        failure=None,
    )
    return _Prepared(recorded, conversation, signed=signed)


async def _store(
    gateway: Gateway,
    tx: Transaction,
    prepared: Sequence[_Prepared],
    keys: dict[DeliveryRow, SealingKey],
) -> None:
    moved = [p for p in prepared if p.row.state is not DeliveryState.QUEUED]
    appended = await gateway.journal.append(tx, [_event(p) for p in moved])
    events = {p.row.delivery_id: event for p, event in zip(moved, appended, strict=True)}
    await deliveries.write_back(
        tx,
        [
            replace(p.row, intention_event=events[p.row.delivery_id]) if p.signed else p.row
            for p in prepared
        ],
    )
    by_id = {row.delivery_id: key for row, key in keys.items()}
    await messages.add_messages(
        tx,
        [_message(gateway, p, p.signed, by_id[p.row.delivery_id]) for p in prepared if p.signed],
    )
    await end_legs(tx, [p.row for p in moved if p.signed is None])


def _event(prepared: _Prepared) -> NewEvent:
    row = prepared.row
    facts: dict[str, Json] = {"partner": row.creditor_id, "delivery": row.kind.value}
    if prepared.signed is None or prepared.conversation is None:
        return NewEvent(ENDED_AS[row.state], row.stream_id, facts | {"reason": row.failure})
    talk, signed = prepared.conversation, prepared.signed
    categories = categories_of(
        talk.question.subject, meter_readings=bool(talk.question.meter_readings)
    )
    facts |= {
        "ground": talk.basis.basis.kind.value,
        "citation": talk.basis.basis.article,
        "message_id": str(row.message_id),
        "document_sha256": signed.digest.hex(),
        "wire_sha256": hashlib.sha256(signed.document).hexdigest(),
        "purpose": talk.leg.purpose.value,
    }
    listed = [] if row.kind is DeliveryKind.STOP else sorted(c.value for c in categories)
    return NewEvent(
        EventType.EXCHANGE_REQUEST,
        row.stream_id,
        {**facts, "categories": list(listed)},
        automatic(talk.leg.case_id) | {"citation": talk.basis.basis.citation},
    )


def _message(gateway: Gateway, prepared: _Prepared, signed: Signed, key: SealingKey) -> MessageRow:
    row, row_id = prepared.row, gateway.ids.row()
    return MessageRow(
        row_id=row_id,
        direction=OUTBOUND,
        creditor_id=row.creditor_id,
        kind=QUESTION_KIND[row.kind].value,
        state=row.state.value,
        leg_id=row.leg_id,
        delivery_id=row.delivery_id,
        subject_id=row.subject_id,
        stream_id=row.stream_id,
        message_id=row.message_id,
        digest=signed.digest,
        wire_digest=hashlib.sha256(signed.document).digest(),
        recorded_at=gateway.clock.now(),
        sealed=seal_content(
            key, gateway.ids.chance(NONCE_BYTES), row_id, Content.MESSAGE, signed.document
        ),
    )
