"""Keep a refused message apart, and tell the creditor why.

Its bytes are sealed: under the resident's key when it is known which conversation it belongs to,
else under a key of its own. A message that comes again is kept once. An answer about another person
opens a breach record.
"""

import hashlib
from dataclasses import dataclass, replace

from gateway.domain.errors import AdapterFault, OtherPerson, PartnerFault
from gateway.domain.events import EventType, Json, NewEvent
from gateway.domain.identifiers import MessageId, StreamId, SubjectId
from gateway.domain.inquiry import InboundState
from gateway.domain.parties import Controller
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.ports.creditor import FaultNotice, Identified
from gateway.ports.transport import Partner
from gateway.store import messages
from gateway.store.database import Transaction
from gateway.store.messages import INBOUND, MessageRow
from gateway.store.sealed import seal_content
from gateway.usecases.context import Gateway
from gateway.usecases.conversation import Conversation, envelope_of
from gateway.usecases.personal import automatic
from gateway.usecases.signing import sign_all
from gateway.wire.schema import validate
from gateway.wire.signature import Verified


@dataclass(frozen=True, slots=True, repr=False)
class Refused:
    """A refused message and what was known of it by then."""

    document: bytes
    fault: PartnerFault | AdapterFault
    verified: Verified | None
    identified: Identified | None
    conversation: Conversation | None


async def quarantine(
    gateway: Gateway, controller: Controller, partner: Partner, refused: Refused
) -> None:
    """Keep the message, sealed and unread, with its event."""
    subject_id = await _subject(gateway, controller, refused)
    key = await gateway.keys.one(controller.oin, subject_id)
    row = _row(gateway, partner, refused, subject_id, key)
    async with gateway.database.transaction(controller.oin) as tx:
        if not await messages.add_refused(tx, row):
            return
        stream_id = await _stream(gateway, tx, refused, subject_id)
        await gateway.journal.append(tx, _events(partner, refused, row, stream_id))


async def _subject(gateway: Gateway, controller: Controller, refused: Refused) -> SubjectId:
    if refused.conversation is not None:
        return refused.conversation.leg.subject_id
    fresh = SubjectId(gateway.ids.reference())
    await gateway.keys.make(controller.oin, fresh)
    return fresh


async def _stream(
    gateway: Gateway, tx: Transaction, refused: Refused, subject_id: SubjectId
) -> StreamId:
    if refused.conversation is not None:
        return refused.conversation.leg.stream_id
    fresh = StreamId(gateway.ids.reference())
    await gateway.journal.open_stream(tx, fresh, subject_id)
    return fresh


def _row(
    gateway: Gateway,
    partner: Partner,
    refused: Refused,
    subject_id: SubjectId,
    key: SealingKey,
) -> MessageRow:
    row_id, talk, found = gateway.ids.row(), refused.conversation, refused.identified
    return MessageRow(
        row_id=row_id,
        direction=INBOUND,
        creditor_id=partner.creditor.creditor_id,
        kind=found.kind.value if found else None,
        state=InboundState.QUARANTINED.value,
        leg_id=talk.leg.leg_id if talk else None,
        delivery_id=talk.delivery.delivery_id if talk else None,
        subject_id=subject_id,
        message_id=found.message_id if found else None,
        digest=refused.verified.digest if refused.verified else None,
        wire_digest=hashlib.sha256(refused.document).digest(),
        refusal=refused.fault.code,
        recorded_at=gateway.clock.now(),
        sealed=seal_content(key, gateway.ids.chance(NONCE_BYTES), row_id, refused.document),
    )


def _events(
    partner: Partner, refused: Refused, row: MessageRow, stream_id: StreamId
) -> list[NewEvent]:
    talk = refused.conversation
    facts: dict[str, Json] = {
        "partner": partner.creditor.creditor_id,
        "reason": refused.fault.code,
        "wire_sha256": row.wire_digest.hex(),
        "message_id": str(row.message_id) if row.message_id else None,
    }
    personal = automatic(talk.leg.case_id) if talk else {}
    events = [NewEvent(EventType.EXCHANGE_QUARANTINED, stream_id, facts, personal)]
    if isinstance(refused.fault, OtherPerson):
        events.append(NewEvent(EventType.BREACH_OPENED, stream_id, facts, personal))
    return events


async def fault_message(gateway: Gateway, refused: Refused) -> bytes | None:
    """Return a signed Foutbericht, or None when we cannot say what it answers.

    A sender that could not be verified gets no signed word of ours.
    """
    talk, found = refused.conversation, refused.identified
    if talk is None or found is None or isinstance(refused.fault, AdapterFault):
        return None
    notice = gateway.adapter(talk.partner).fault
    if notice is None:
        return None
    now = gateway.clock.now()
    envelope = envelope_of(gateway, talk, MessageId(gateway.ids.reference()), now)
    fault = FaultNotice(refused.fault.wire_code, refused.fault.title)
    element = notice.compose(fault, replace(envelope, answers=found.message_id))
    valid = validate(element, notice.schema(fault), gateway.catalogue)
    [signed] = await sign_all([valid], gateway.signers[talk.controller.oin], now)
    return signed.document
