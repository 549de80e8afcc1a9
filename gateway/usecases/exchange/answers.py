"""Store accepted answers: message, version, leg and event in one transaction.

Version 1 stands. A later answer that says the same as one that is kept is only filed; one that says
something else is kept as version 2 and marked as a conflict that waits for a caseworker.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import LegId
from gateway.domain.inquiry import InboundState, LegEvent, LegState, advance_leg, allows
from gateway.domain.statement import Refusal, Reply
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.ports.creditor import FaultNotice, Identified
from gateway.store import legs, messages
from gateway.store.database import Transaction
from gateway.store.evidence.sealed import Content, seal_content
from gateway.store.messages import INBOUND, MessageKey, MessageRow, ReplyRow
from gateway.usecases.casework.personal import automatic
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import Conversation


def fault_code(fault: FaultNotice) -> str:
    """Return the failure under which a creditor's Foutbericht is shown."""
    return f"foutbericht-{fault.code}"


@dataclass(frozen=True, slots=True, repr=False)
class Accepted:
    """A verified, valid and understood answer, and the conversation it belongs to."""

    talk: Conversation
    document: bytes
    digest: bytes
    identified: Identified
    reply: Reply | FaultNotice

    @property
    def key(self) -> MessageKey:
        """Whose message id it is."""
        return self.talk.leg.creditor_id, self.identified.message_id


@dataclass(frozen=True, slots=True)
class _Filing:
    """An answer with its place: `version` is None when it says nothing new."""

    answer: Accepted
    key: SealingKey
    message: MessageRow
    version: int | None

    @property
    def conflicts(self) -> bool:
        return self.version is not None and self.version > 1


async def store_answers(gateway: Gateway, tx: Transaction, accepted: Sequence[Accepted]) -> None:
    """Write answers down and move their legs, which are locked and each occur once."""
    if not accepted:
        return
    ids = [one.talk.leg.leg_id for one in accepted]
    keys = await gateway.keys.many(tx.controller, {one.talk.leg.subject_id for one in accepted})
    earlier: dict[LegId, list[ReplyRow]] = {}
    for row in await messages.replies_of_legs(tx, ids):
        earlier.setdefault(row.leg_id, []).append(row)
    filings = [_filing(gateway, one, earlier, keys[one.talk.leg.subject_id]) for one in accepted]
    await messages.add_messages(tx, [one.message for one in filings])
    await messages.add_replies(
        tx,
        [
            _reply(gateway, one, reply)
            for one in filings
            if one.version and not isinstance(reply := one.answer.reply, FaultNotice)
        ],
    )
    await _move_legs(tx, filings)
    await gateway.journal.append(tx, [_event(one) for one in filings])


def _filing(
    gateway: Gateway, answer: Accepted, earlier: Mapping[LegId, Sequence[ReplyRow]], key: SealingKey
) -> _Filing:
    known = earlier.get(answer.talk.leg.leg_id, ())
    is_fault = isinstance(answer.reply, FaultNotice)
    says_new = not is_fault and all(row.reply(key) != answer.reply for row in known)
    version = len(known) + 1 if says_new else None
    return _Filing(answer, key, _message(gateway, answer, key), version)


def _message(gateway: Gateway, answer: Accepted, key: SealingKey) -> MessageRow:
    talk, row_id = answer.talk, gateway.ids.row()
    return MessageRow(
        row_id=row_id,
        direction=INBOUND,
        creditor_id=talk.leg.creditor_id,
        kind=answer.identified.kind.value,
        state=InboundState.ACCEPTED.value,
        leg_id=talk.leg.leg_id,
        delivery_id=talk.delivery.delivery_id,
        subject_id=talk.leg.subject_id,
        stream_id=talk.leg.stream_id,
        message_id=answer.identified.message_id,
        digest=answer.digest,
        wire_digest=hashlib.sha256(answer.document).digest(),
        recorded_at=gateway.clock.now(),
        sealed=seal_content(
            key, gateway.ids.chance(NONCE_BYTES), row_id, Content.MESSAGE, answer.document
        ),
    )


def _reply(gateway: Gateway, filing: _Filing, reply: Reply) -> ReplyRow:
    leg, row_id = filing.answer.talk.leg, filing.message.row_id
    content = messages.encode_reply(reply)
    return ReplyRow(
        leg_id=leg.leg_id,
        version=filing.version or 1,
        subject_id=leg.subject_id,
        row_id=row_id,
        received_on=gateway.calendar.today(),
        sealed=seal_content(
            filing.key, gateway.ids.chance(NONCE_BYTES), row_id, Content.REPLY, content
        ),
    )


async def _move_legs(tx: Transaction, filings: Sequence[_Filing]) -> None:
    states: list[tuple[LegId, LegState, str | None]] = []
    for one in filings:
        leg, refused = one.answer.talk.leg, isinstance(one.answer.reply, Refusal)
        if isinstance(one.answer.reply, FaultNotice):
            states.append((leg.leg_id, leg.state, fault_code(one.answer.reply)))
            continue
        event = LegEvent.REFUSAL_ACCEPTED if refused else LegEvent.ANSWER_ACCEPTED
        if not one.conflicts and allows(leg.state, event):
            states.append((leg.leg_id, advance_leg(leg.state, event), None))
    await legs.set_states(tx, states)
    await legs.set_conflicting(tx, [one.answer.talk.leg.leg_id for one in filings if one.conflicts])


def _event(filing: _Filing) -> NewEvent:
    talk, answer = filing.answer.talk, filing.answer
    repeated = answer.identified.answered_digest
    refused = isinstance(answer.reply, Refusal)
    kind = EventType.EXCHANGE_REFUSED if refused else EventType.EXCHANGE_RESPONSE
    fault = answer.reply if isinstance(answer.reply, FaultNotice) else None
    if fault is not None:
        kind = EventType.EXCHANGE_FAULTED
    return NewEvent(
        EventType.EXCHANGE_CONFLICT if filing.conflicts else kind,
        talk.leg.stream_id,
        {
            "ground": talk.basis.basis.kind.value,
            "partner": talk.leg.creditor_id,
            "message_id": str(answer.identified.message_id),
            "answers": str(answer.identified.answers),
            "answered_sha256": repeated.hex() if repeated else None,
            "document_sha256": answer.digest.hex(),
            "wire_sha256": filing.message.wire_digest.hex(),
            "purpose": talk.leg.purpose.value,
            **({} if fault is None else {"reason": fault_code(fault)}),
        },
        automatic(talk.leg.case_id),
    )
