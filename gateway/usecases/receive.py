"""Accept a message from a creditor, or refuse it and keep it apart.

    1 verify             the signature, against this partner's keys
    2 allow-list         the root element is one this dialect may send us
    3 identify           read the header of what was signed, nothing else
    4 parties            same environment, from this partner, to this controller
    5 guard              seen before? same document: the earlier receipt; another: an incident
    6 correlate          it answers a question of ours, and may answer it
    7 ground             what we asked on still stands, else it stays unread
    8 validate           against its XSD
    9 interpret          the adapter reads it against the question
    10 commit            message, answer, leg and event together; only then the receipt leaves

A message that fails anywhere is quarantined and never moves a leg.
"""

import asyncio
from dataclasses import dataclass

from gateway.domain.errors import (
    AdapterFault,
    BsnNotAllowed,
    EnvironmentMismatch,
    GroundEnded,
    MessageReused,
    NotCorrelated,
    NotCovered,
    PartnerFault,
    RecipientMismatch,
    ReplyNotAllowed,
    RootUnknown,
    Unintelligible,
)
from gateway.domain.identifiers import MessageId
from gateway.domain.inquiry import LegState
from gateway.domain.parties import Controller
from gateway.domain.statement import Reply
from gateway.ports.creditor import Identified
from gateway.ports.transport import Partner
from gateway.store import deliveries, legal_bases, legs, log, messages
from gateway.store.database import Transaction
from gateway.store.messages import Guarded
from gateway.usecases.answers import Accepted, store_answer
from gateway.usecases.context import Gateway
from gateway.usecases.conversation import (
    QUESTION_KIND,
    Conversation,
    envelope_of,
    open_conversation,
    still_covered,
)
from gateway.usecases.quarantine import Refused, fault_message, quarantine
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import Verified, sign, verify


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What to answer the creditor: a signed receipt or Foutbericht, or only a code."""

    status: int
    body: bytes | None
    code: str | None = None


@dataclass(slots=True)
class _Reading:
    """How far a message came; a refusal is recorded with what is known by then."""

    document: bytes
    verified: Verified | None = None
    identified: Identified | None = None
    conversation: Conversation | None = None


async def accept(
    gateway: Gateway, controller: Controller, partner: Partner, document: bytes
) -> Acceptance:
    """Take in a message that came to our listener; never raises a PartnerFault."""
    reading = _Reading(document)
    try:
        verified = _verify(gateway, partner, reading)
        return Acceptance(200, await _take(gateway, controller, partner, reading, verified))
    except PartnerFault as fault:
        refused = await _refuse(gateway, controller, partner, reading, fault)
        return Acceptance(400, await fault_message(gateway, refused), fault.code)


async def accept_response(
    gateway: Gateway, controller: Controller, talk: Conversation, body: bytes
) -> receipt.Receipt | None:
    """Take in what came back on a request of ours: a receipt, which is returned, or the answer.

    A message that cannot be verified is still known to belong to this leg, by the connection.
    """
    reading = _Reading(body)
    try:
        verified = _verify(gateway, talk.partner, reading)
        if str(verified.element.tag) == receipt.RECEIPT_TAG:
            return _check_receipt(gateway, talk, receipt.interpret(verified.element))
        await _take(gateway, controller, talk.partner, reading, verified)
    except PartnerFault as fault:
        reading.conversation = reading.conversation or talk
        await _refuse(gateway, controller, talk.partner, reading, fault)
    return None


async def _refuse(
    gateway: Gateway,
    controller: Controller,
    partner: Partner,
    reading: _Reading,
    fault: PartnerFault,
) -> Refused:
    refused = Refused(
        reading.document, fault, reading.verified, reading.identified, reading.conversation
    )
    await quarantine(gateway, controller, partner, refused)
    return refused


def _check_receipt(gateway: Gateway, talk: Conversation, found: receipt.Receipt) -> receipt.Receipt:
    """A receipt passes every check that a message passes (attacks-and-needs §2 row 19)."""
    if found.environment is not gateway.environment:
        raise EnvironmentMismatch
    if found.sender != talk.partner.creditor.party or found.receiver != talk.controller.oin:
        raise RecipientMismatch
    if found.message_id != talk.delivery.message_id or found.digest != talk.delivery.digest:
        raise NotCorrelated
    return found


def _verify(gateway: Gateway, partner: Partner, reading: _Reading) -> Verified:  # 1
    limits, now = partner.limits, gateway.clock.now()
    reading.verified = verify(reading.document, partner.signing_trust, now, limits.message_bytes)
    return reading.verified


async def _take(
    gateway: Gateway,
    controller: Controller,
    partner: Partner,
    reading: _Reading,
    verified: Verified,
) -> bytes:
    adapter = gateway.adapter(partner)
    schema = adapter.schemas.get(str(verified.element.tag))  # 2
    if schema is None:
        raise RootUnknown
    reading.identified = found = _identify(gateway, partner, verified)  # 3
    _check_parties(gateway, controller, partner, found)  # 4
    async with gateway.database.transaction(controller.oin) as tx:
        earlier = await messages.guarded(tx, partner.creditor.creditor_id, found.message_id)  # 5
        if earlier is not None:
            return _same_receipt(earlier, verified)
        reading.conversation = talk = await _correlate(gateway, tx, controller, partner, found)
        _check_ground(gateway, talk)  # 7
        valid = validate(verified.element, schema, gateway.catalogue)  # 8
        reply = _interpret(gateway, talk, valid.element)  # 9
        receipt_bytes = await _receipt(gateway, tx, controller, found, verified)
        guarded = Guarded(verified.digest, receipt_bytes)
        if not await messages.guard(tx, talk.leg.creditor_id, found.message_id, guarded):
            rival = await messages.guarded(tx, talk.leg.creditor_id, found.message_id)
            if rival is None:
                raise NotCorrelated
            return _same_receipt(rival, verified)
        accepted = Accepted(reading.document, verified.digest, found, reply)
        await store_answer(gateway, tx, talk, accepted)  # 10
    return receipt_bytes


def _identify(gateway: Gateway, partner: Partner, verified: Verified) -> Identified:
    try:
        return gateway.adapter(partner).identify(verified.element)
    except PartnerFault:
        raise
    except Exception as fault:
        raise Unintelligible("The header cannot be read.") from fault


def _check_parties(
    gateway: Gateway, controller: Controller, partner: Partner, found: Identified
) -> None:
    if found.environment is not gateway.environment:
        raise EnvironmentMismatch
    if found.receiver != controller.oin or found.sender != partner.creditor.party:
        raise RecipientMismatch


def _same_receipt(earlier: Guarded, verified: Verified) -> bytes:
    if earlier.digest != verified.digest:
        raise MessageReused
    return earlier.receipt


async def _correlate(  # 6
    gateway: Gateway, tx: Transaction, controller: Controller, partner: Partner, found: Identified
) -> Conversation:
    if found.answers is None:
        raise NotCorrelated
    delivery = await deliveries.delivery_of_message(tx, MessageId(found.answers))
    if delivery is None or delivery.creditor_id != partner.creditor.creditor_id:
        raise NotCorrelated
    bases = await legal_bases.lock_bases(tx, [delivery.basis_id])
    locked = await legs.lock_legs(tx, [delivery.leg_id])
    leg = locked[delivery.leg_id]
    if leg.conversation_id != found.conversation_id:
        raise NotCorrelated
    allowed = gateway.adapter(partner).replies.get(QUESTION_KIND[delivery.kind], frozenset())
    if found.kind not in allowed:
        raise ReplyNotAllowed
    key = await gateway.keys.one(tx.controller, leg.subject_id)
    return open_conversation(gateway, controller, delivery, leg, bases[leg.basis_id], key)


def _check_ground(gateway: Gateway, talk: Conversation) -> None:
    try:
        if talk.leg.state is LegState.WITHDRAWN:
            raise GroundEnded
        still_covered(gateway, talk)
    except (NotCovered, BsnNotAllowed):
        raise GroundEnded from None


def _interpret(gateway: Gateway, talk: Conversation, element: object) -> Reply:
    exchange = gateway.adapter(talk.partner).debt_statement
    sent_at, message_id = talk.delivery.sent_at, talk.delivery.message_id
    if sent_at is None or message_id is None:
        raise NotCorrelated
    envelope = envelope_of(gateway, talk, message_id, sent_at)
    try:
        return exchange.interpret(element, talk.question, envelope)  # type: ignore[arg-type]
    except PartnerFault:
        raise
    except Exception as fault:
        raise AdapterFault("An adapter did not interpret a valid message.") from fault


async def _receipt(
    gateway: Gateway,
    tx: Transaction,
    controller: Controller,
    found: Identified,
    verified: Verified,
) -> bytes:
    """Sign a receipt that carries the current checkpoint: it makes the creditor a witness."""
    tree = await log.read_tree(tx)
    now = gateway.clock.now()
    element = receipt.compose(
        receipt.Receipt(
            receipt_id=MessageId(gateway.ids.reference()),
            message_id=found.message_id,
            digest=verified.digest,
            sender=controller.oin,
            receiver=found.sender,
            received_at=now.replace(microsecond=0),
            environment=gateway.environment,
            checkpoint=tree.checkpoint.decode() if tree.checkpoint else None,
        )
    )
    valid = validate(element, receipt.RECEIPT_SCHEMA, gateway.catalogue)
    signed = await asyncio.to_thread(sign, valid, gateway.signers[controller.oin], now)
    return signed.document
