"""Store an accepted answer: message, version, leg and event in one transaction.

Version 1 stands. A later answer that says the same is only filed; one that says something else is
kept as version 2 and marked as a conflict that waits for a caseworker.
"""

import hashlib
from dataclasses import dataclass, replace

from gateway.domain.events import EventType, NewEvent
from gateway.domain.inquiry import InboundState, LegEvent, advance_leg, allows
from gateway.domain.statement import Refusal, Reply
from gateway.ledger.sealing import NONCE_BYTES
from gateway.ports.creditor import Identified
from gateway.store import legs, messages
from gateway.store.database import Transaction
from gateway.store.messages import INBOUND, MessageRow, ReplyRow
from gateway.store.sealed import seal_content
from gateway.usecases.context import Gateway
from gateway.usecases.conversation import Conversation
from gateway.usecases.personal import automatic


@dataclass(frozen=True, slots=True, repr=False)
class Accepted:
    """A verified, valid and understood answer."""

    document: bytes
    digest: bytes
    identified: Identified
    reply: Reply


async def store_answer(
    gateway: Gateway, tx: Transaction, talk: Conversation, accepted: Accepted
) -> None:
    """Write the answer down and move its leg; the leg is locked."""
    key = await gateway.keys.one(tx.controller, talk.leg.subject_id)
    earlier = await messages.replies_of_legs(tx, [talk.leg.leg_id])
    row = _message(gateway, talk, accepted)
    sealed = seal_content(key, gateway.ids.chance(NONCE_BYTES), row.row_id, accepted.document)
    await messages.add_messages(tx, [replace(row, sealed=sealed)])
    conflict = bool(earlier) and earlier[0].reply(key) != accepted.reply
    if not earlier or conflict:
        content = messages.encode_reply(accepted.reply)
        await messages.add_reply(
            tx,
            ReplyRow(
                leg_id=talk.leg.leg_id,
                version=len(earlier) + 1,
                subject_id=talk.leg.subject_id,
                row_id=row.row_id,
                received_on=gateway.calendar.today(),
                sealed=seal_content(key, gateway.ids.chance(NONCE_BYTES), row.row_id, content),
            ),
        )
    await _move_leg(tx, talk, accepted, conflict=conflict)
    await gateway.journal.append(tx, [_event(talk, accepted, conflict=conflict)])


def _message(gateway: Gateway, talk: Conversation, accepted: Accepted) -> MessageRow:
    return MessageRow(
        row_id=gateway.ids.row(),
        direction=INBOUND,
        creditor_id=talk.leg.creditor_id,
        kind=accepted.identified.kind.value,
        state=InboundState.ACCEPTED.value,
        leg_id=talk.leg.leg_id,
        delivery_id=talk.delivery.delivery_id,
        subject_id=talk.leg.subject_id,
        message_id=accepted.identified.message_id,
        digest=accepted.digest,
        wire_digest=hashlib.sha256(accepted.document).digest(),
        recorded_at=gateway.clock.now(),
        sealed=None,
    )


async def _move_leg(
    tx: Transaction, talk: Conversation, accepted: Accepted, *, conflict: bool
) -> None:
    refused = isinstance(accepted.reply, Refusal)
    event = LegEvent.REFUSAL_ACCEPTED if refused else LegEvent.ANSWER_ACCEPTED
    if conflict:
        await legs.set_conflicting(tx, talk.leg.leg_id)
    elif allows(talk.leg.state, event):
        await legs.set_states(tx, [(talk.leg.leg_id, advance_leg(talk.leg.state, event), None)])


def _event(talk: Conversation, accepted: Accepted, *, conflict: bool) -> NewEvent:
    refused = isinstance(accepted.reply, Refusal)
    kind = EventType.EXCHANGE_REFUSED if refused else EventType.EXCHANGE_RESPONSE
    return NewEvent(
        EventType.EXCHANGE_CONFLICT if conflict else kind,
        talk.leg.stream_id,
        {
            "ground": talk.basis.basis.kind.value,
            "partner": talk.leg.creditor_id,
            "message_id": str(accepted.identified.message_id),
            "answers": str(accepted.identified.answers),
            "document_sha256": accepted.digest.hex(),
            "wire_sha256": hashlib.sha256(accepted.document).hexdigest(),
            "purpose": talk.leg.purpose.value,
        },
        automatic(talk.leg.case_id),
    )
