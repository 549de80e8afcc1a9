"""Keep a refused message apart, and tell the creditor why.

Its bytes are sealed: under the resident's key when it is known which conversation it belongs to,
else under a key of its own. A message that comes again is kept once per conversation. An answer
about another person opens a breach record.
"""

import hashlib
from dataclasses import dataclass, replace

from gateway.domain.errors import AdapterFault, OtherPerson, PartnerFault
from gateway.domain.events import EventType, Json, NewEvent
from gateway.domain.identifiers import MessageId, StreamId, SubjectId
from gateway.domain.inquiry import InboundState
from gateway.domain.parties import Controller
from gateway.ledger.sealing import NONCE_BYTES
from gateway.ports.creditor import FaultNotice, Identified
from gateway.ports.transport import Partner
from gateway.store import messages
from gateway.store.evidence.sealed import Content, seal_content
from gateway.store.messages import INBOUND, MessageRow
from gateway.usecases.casework.personal import automatic
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import Conversation, envelope_of
from gateway.usecases.exchange.signing import sign_all
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
    """Keep the message, sealed and unread, with its event.

    Its row is taken before a key is made: whoever sends junk a thousand times makes one key.
    """
    row, is_known = _row(gateway, partner, refused), refused.conversation is not None
    async with gateway.database.transaction(controller.oin) as tx:
        if not await messages.add_refused(tx, row):
            return
        if not is_known:
            await gateway.keys.make(controller.oin, row.subject_id)
            await gateway.journal.open_stream(tx, row.stream_id, row.subject_id)
        key = await gateway.keys.one(controller.oin, row.subject_id)
        nonce = gateway.ids.chance(NONCE_BYTES)
        sealed = seal_content(key, nonce, row.row_id, Content.MESSAGE, refused.document)
        await messages.seal_refused(tx, row.row_id, sealed)
        await gateway.journal.append(tx, _events(partner, refused, row))


def _row(gateway: Gateway, partner: Partner, refused: Refused) -> MessageRow:
    """The row of the message, not yet sealed; one that belongs nowhere is its own subject."""
    talk, found = refused.conversation, refused.identified
    return MessageRow(
        row_id=gateway.ids.row(),
        direction=INBOUND,
        creditor_id=partner.creditor.creditor_id,
        kind=found.kind.value if found else None,
        state=InboundState.QUARANTINED.value,
        leg_id=talk.leg.leg_id if talk else None,
        delivery_id=talk.delivery.delivery_id if talk else None,
        subject_id=talk.leg.subject_id if talk else SubjectId(gateway.ids.reference()),
        stream_id=talk.leg.stream_id if talk else StreamId(gateway.ids.reference()),
        message_id=found.message_id if found else None,
        digest=refused.verified.digest if refused.verified else None,
        wire_digest=hashlib.sha256(refused.document).digest(),
        refusal=refused.fault.code,
        recorded_at=gateway.clock.now(),
        sealed=None,
    )


def _events(partner: Partner, refused: Refused, row: MessageRow) -> list[NewEvent]:
    talk = refused.conversation
    facts: dict[str, Json] = {
        "partner": partner.creditor.creditor_id,
        "reason": refused.fault.code,
        "wire_sha256": row.wire_digest.hex(),
        "message_id": str(row.message_id) if row.message_id else None,
    }
    personal = automatic(talk.leg.case_id) if talk else {}
    events = [NewEvent(EventType.EXCHANGE_QUARANTINED, row.stream_id, facts, personal)]
    if isinstance(refused.fault, OtherPerson):
        events.append(NewEvent(EventType.BREACH_OPENED, row.stream_id, facts, personal))
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
    digest = refused.verified.digest if refused.verified else None
    envelope = replace(envelope, answers=found.message_id, answered_digest=digest)
    element = notice.compose(fault, envelope)
    valid = validate(element, notice.schema(fault), gateway.catalogue)
    [signed] = await sign_all([valid], gateway.signers[talk.controller.oin], now)
    return signed.document
