"""Take verified messages in, from the guard to the receipt; what arrives together, together.

    5 guard              seen before? same document: the earlier receipt; another: an incident
    6 correlate          it answers a question of ours, and may answer it
    7 ground             what we asked on still stands, else it stays unread
    8 validate           against its XSD
    9 interpret          the adapter reads it against the question
    10 commit            message, answer, leg and event together; only then the receipt leaves

All of a batch is read and locked at once; then each message is judged by itself, so that one that
is refused stops no other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.domain.errors import (
    AdapterFault,
    BsnNotAllowed,
    GroundEnded,
    MessageReused,
    NotCorrelated,
    NotCovered,
    PartnerFault,
    ReplyNotAllowed,
)
from gateway.domain.identifiers import BasisId, LegId, MessageId, SubjectId
from gateway.domain.inquiry import LegState
from gateway.domain.parties import Controller
from gateway.domain.statement import Reply
from gateway.ledger.sealing import SealingKey
from gateway.ports.creditor import FaultNotice, Identified, MessageKind
from gateway.ports.transport import Partner
from gateway.store import deliveries, legal_bases, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.evidence import log
from gateway.store.legal_bases import BasisRow
from gateway.store.legs import LegRow
from gateway.store.messages import Guarded, MessageKey
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.answers import Accepted, store_answers
from gateway.usecases.exchange.conversation import (
    QUESTION_KIND,
    Conversation,
    envelope_of,
    open_conversation,
    still_covered,
)
from gateway.usecases.exchange.signing import sign_all
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import Verified
from gateway.wire.xml import Element

Read = TypeVar("Read")


@dataclass(slots=True)
class Incoming:
    """A verified message on its way in; `conversation` is known from step 6 on."""

    partner: Partner
    document: bytes
    verified: Verified
    identified: Identified
    schema: str
    conversation: Conversation | None = None

    @property
    def key(self) -> MessageKey:
        """Whose message id it is."""
        return self.partner.creditor.creditor_id, self.identified.message_id


@dataclass(frozen=True, slots=True)
class _Background:
    """What the messages of a batch are held against, read and locked."""

    guarded: Mapping[MessageKey, Guarded]
    deliveries: Mapping[MessageId, DeliveryRow]
    bases: Mapping[BasisId, BasisRow]
    legs: Mapping[LegId, LegRow]
    keys: Mapping[SubjectId, SealingKey]


async def take_in(gateway: Gateway, controller: Controller, incoming: Incoming) -> bytes:
    """Return our signed receipt, once everything is committed; raises PartnerFault, OwnFault."""

    async def work(batch: Sequence[Incoming]) -> Sequence[bytes | Exception]:
        return await _take_all(gateway, controller, batch)

    # Of one conversation, and under one id, one at a time: the second meets what the first left.
    apart = frozenset({incoming.key, incoming.identified.conversation_id})
    lane = ("take_in", controller.oin)
    return await gateway.together.run(lane, incoming, work, apart=apart)


async def _take_all(
    gateway: Gateway, controller: Controller, batch: Sequence[Incoming]
) -> Sequence[bytes | Exception]:
    results: dict[MessageKey, bytes | Exception] = {}
    accepted: list[Accepted] = []
    async with gateway.database.transaction(controller.oin) as tx:
        background = await _read(gateway, tx, batch)
        for one in batch:
            try:
                if (earlier := background.guarded.get(one.key)) is not None:  # 5
                    results[one.key] = _same_receipt(earlier, one)
                else:
                    accepted.append(_judge(gateway, controller, background, one))
            except Exception as fault:  # noqa: BLE001 - whatever it is, only its own sender hears it
                results[one.key] = fault
        receipts = await _receipts(gateway, tx, controller, accepted)
        guarded = {one.key: Guarded(one.digest, receipts[one.key]) for one in accepted}
        ours = await messages.guard(tx, guarded)
        if len(ours) < len(guarded):
            rivals = await messages.guarded(tx, guarded.keys() - ours)
            results |= {one.key: _outcome(rivals, one) for one in batch if one.key in rivals}
        await store_answers(gateway, tx, [one for one in accepted if one.key in ours])  # 10
        results |= {key: receipts[key] for key in ours}
    return [results[one.key] for one in batch]


async def _read(gateway: Gateway, tx: Transaction, batch: Sequence[Incoming]) -> _Background:
    """Read and lock what the batch stands on; locks in one order (store.deliveries)."""
    guarded = await messages.guarded(tx, {one.key for one in batch})
    answered = {
        MessageId(one.identified.answers)
        for one in batch
        if one.identified.answers is not None and one.key not in guarded
    }
    found = await deliveries.deliveries_of_messages(tx, answered)
    bases = await legal_bases.hold_bases(tx, (row.basis_id for row in found.values()))
    locked = await legs.lock_legs(tx, sorted({row.leg_id for row in found.values()}))
    keys = await gateway.keys.many(tx.controller, {leg.subject_id for leg in locked.values()})
    return _Background(guarded, found, bases, locked, keys)


def _outcome(rivals: Mapping[MessageKey, Guarded], one: Incoming) -> bytes | Exception:
    try:
        return _same_receipt(rivals[one.key], one)
    except MessageReused as fault:
        return fault


def _same_receipt(earlier: Guarded, incoming: Incoming) -> bytes:
    if earlier.digest != incoming.verified.digest:
        raise MessageReused
    return earlier.receipt


def _judge(
    gateway: Gateway, controller: Controller, background: _Background, incoming: Incoming
) -> Accepted:
    incoming.conversation = talk = _correlate(gateway, controller, background, incoming)  # 6
    _check_document(talk, incoming.identified)
    read_fault = gateway.adapter(talk.partner).read_fault
    is_fault = read_fault is not None and incoming.identified.kind is MessageKind.FAULT
    if not is_fault:  # a fault holds nothing about anybody, and may be about any message of ours
        _check_kind(gateway, talk, incoming.identified)
        _check_ground(gateway, talk)  # 7
    valid = validate(incoming.verified.element, incoming.schema, gateway.catalogue)  # 8
    if read_fault is not None and is_fault:
        reply: Reply | FaultNotice = _guarded(lambda: read_fault(valid.element))
    else:
        reply = _interpret(gateway, talk, valid.element)  # 9
    digest = incoming.verified.digest
    return Accepted(talk, incoming.document, digest, incoming.identified, reply)


def _correlate(
    gateway: Gateway, controller: Controller, background: _Background, incoming: Incoming
) -> Conversation:
    found, partner = incoming.identified, incoming.partner
    delivery = background.deliveries.get(MessageId(found.answers)) if found.answers else None
    if delivery is None or delivery.creditor_id != partner.creditor.creditor_id:
        raise NotCorrelated
    leg = background.legs[delivery.leg_id]
    if leg.conversation_id != found.conversation_id:
        raise NotCorrelated
    basis, key = background.bases[leg.basis_id], background.keys[leg.subject_id]
    return open_conversation(gateway, controller, delivery, leg, basis, key, partner)


def _check_document(talk: Conversation, found: Identified) -> None:
    """An answer that repeats a digest answers that document and no other (design §4)."""
    if found.answered_digest not in (None, talk.delivery.digest):
        raise NotCorrelated


def _check_kind(gateway: Gateway, talk: Conversation, found: Identified) -> None:
    question = QUESTION_KIND[talk.delivery.kind]
    if found.kind not in gateway.adapter(talk.partner).replies.get(question, frozenset()):
        raise ReplyNotAllowed


def _check_ground(gateway: Gateway, talk: Conversation) -> None:
    try:
        if talk.leg.state is LegState.WITHDRAWN:
            raise GroundEnded
        still_covered(gateway, talk)
    except (NotCovered, BsnNotAllowed):
        raise GroundEnded from None


def _interpret(gateway: Gateway, talk: Conversation, element: Element) -> Reply:
    exchange = gateway.adapter(talk.partner).debt_statement
    sent_at, message_id = talk.delivery.sent_at, talk.delivery.message_id
    if sent_at is None or message_id is None:
        raise NotCorrelated
    envelope = envelope_of(gateway, talk, message_id, sent_at)
    return _guarded(lambda: exchange.interpret(element, talk.question, envelope))


def _guarded(read: Callable[[], Read]) -> Read:
    """Let an adapter read; what it may not raise is our own fault."""
    try:
        return read()
    except PartnerFault:
        raise
    except Exception as fault:
        raise AdapterFault("An adapter did not interpret a valid message.") from fault


async def _receipts(
    gateway: Gateway, tx: Transaction, controller: Controller, accepted: Sequence[Accepted]
) -> dict[MessageKey, bytes]:
    """Sign receipts that carry the current checkpoint: it makes the creditor a witness."""
    if not accepted:
        return {}
    tree, now = await log.read_tree(tx), gateway.clock.now()
    checkpoint = tree.checkpoint.decode() if tree.checkpoint else None
    valid = [
        validate(
            receipt.compose(
                receipt.Receipt(
                    receipt_id=MessageId(gateway.ids.reference()),
                    message_id=one.identified.message_id,
                    digest=one.digest,
                    sender=controller.oin,
                    receiver=one.identified.sender,
                    received_at=now.replace(microsecond=0),
                    environment=gateway.environment,
                    checkpoint=checkpoint,
                )
            ),
            receipt.RECEIPT_SCHEMA,
            gateway.catalogue,
        )
        for one in accepted
    ]
    signed = await sign_all(valid, gateway.signers[controller.oin], now)
    return {one.key: each.document for one, each in zip(accepted, signed, strict=True)}
