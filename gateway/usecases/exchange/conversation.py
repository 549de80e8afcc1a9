"""What a delivery says: its question, its envelope, and the ground it stands on.

The question is composed anew from the leg each time it is needed, so that what an answer is held
against is exactly what was asked.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from gateway.domain.errors import (
    AdapterFault,
    BsnNotAllowed,
    CreditorNotReachable,
    GroundEnded,
    NotCovered,
    OwnFault,
)
from gateway.domain.identifiers import MessageId
from gateway.domain.inquiry import DeliveryEvent, DeliveryKind, DeliveryState, LegState
from gateway.domain.legal_basis import BasisState, Use, categories_of, covers
from gateway.domain.parties import Controller
from gateway.domain.statement import DebtStatementRequest, Withdrawal
from gateway.domain.terms import terms_of
from gateway.ledger.sealing import SealingKey
from gateway.ports.creditor import Citation, Envelope, MessageKind
from gateway.ports.transport import Partner
from gateway.store.deliveries import DeliveryRow
from gateway.store.legal_bases import BasisRow
from gateway.store.legs import LegRow
from gateway.usecases.context import Gateway
from gateway.wire.schema import Valid, validate
from gateway.wire.xml import Element

QUESTION_KIND = {
    DeliveryKind.REQUEST: MessageKind.DEBT_STATEMENT_REQUEST,
    DeliveryKind.REMINDER: MessageKind.DEBT_STATEMENT_REQUEST,
    DeliveryKind.STOP: MessageKind.WITHDRAWAL,
}
OVERTAKEN_CODE = "antwoord-was-al-binnen"
NOTHING_LEFT_CODE = "niets-verzonden"
POSTPONED_FOR: Final = timedelta(minutes=10)
"""How long until it is looked at again whether a creditor that is gone or switched off is back."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One delivery with all it stands on; the question is opened from its seal."""

    delivery: DeliveryRow
    leg: LegRow
    basis: BasisRow
    question: DebtStatementRequest
    partner: Partner
    controller: Controller
    reached: bool = True
    """For a stop: whether anything of this leg may have reached the creditor."""

    def citation(self) -> Citation:
        """Return the ground as it stands in the message."""
        basis = self.basis.basis
        return Citation(basis.kind, basis.citation, basis.validity.end, basis.on_behalf_of)


@dataclass(frozen=True, slots=True)
class Halt:
    """Why a message may not leave: what that does to its delivery, and the code of the reason.

    Without event it waits: a partner that is gone or switched off may come back, and a faulty
    reload must not end conversations.
    """

    event: DeliveryEvent | None
    code: str

    def applied(self, row: DeliveryRow, now: datetime) -> DeliveryRow:
        """Return the delivery as this leaves it, ended or postponed."""
        if self.event is None:
            return replace(row, run_at=now + POSTPONED_FOR, failure=self.code)
        return row.moved(self.event, failure=self.code)


def open_conversation(
    gateway: Gateway,
    controller: Controller,
    row: DeliveryRow,
    leg: LegRow,
    basis: BasisRow,
    key: SealingKey,
    partner: Partner,
) -> Conversation:
    """Open the seals and put the parts together.

    `partner` is of the snapshot that this exchange started with, and it keeps that one.
    """
    question = leg.content(key).question
    if row.kind is DeliveryKind.REMINDER:
        question = replace(question, reminder=row.ordinal)
    day = gateway.calendar.today()
    terms = terms_of(day, partner.creditor, gateway.policies().terms_on(day))
    question = replace(question, reply_by=leg.reply_by or terms.reply_by)
    return Conversation(row, leg, basis.opened(key), question, partner, controller)


def envelope_of(
    gateway: Gateway, conversation: Conversation, message_id: MessageId, sent_at: datetime
) -> Envelope:
    """Return the envelope of a message of ours; `sent_at` is the time inside it."""
    return Envelope(
        message_id=message_id,
        conversation_id=conversation.leg.conversation_id,
        sent_at=sent_at,
        sender=conversation.controller.oin,
        receiver=conversation.partner.creditor.party,
        environment=gateway.environment,
        citation=conversation.citation(),
    )


def still_covered(gateway: Gateway, conversation: Conversation) -> None:
    """Raise NotCovered or BsnNotAllowed unless the ground still covers this exchange today.

    A stop message needs no ground: it ends one.
    """
    if conversation.delivery.kind is DeliveryKind.STOP:
        return
    question = conversation.question
    use = Use(
        conversation.controller.kind,
        conversation.leg.purpose,
        conversation.partner.creditor,
        categories_of(question.subject, meter_readings=bool(question.meter_readings)),
    )
    table = gateway.policies().grounds
    covers(conversation.basis.basis, use, table, gateway.calendar.today())


def obstacle(gateway: Gateway, conversation: Conversation) -> Halt | None:
    """Say why this message may not leave now, if so.

    A stop message may as soon as there is something to stop: it ends what was asked, also of a
    partner that is switched off.
    """
    if conversation.delivery.kind is DeliveryKind.STOP:
        reached = conversation.reached
        return None if reached else Halt(DeliveryEvent.NOTHING_LEFT, NOTHING_LEFT_CODE)
    overtaken = _overtaken(conversation.delivery, conversation.leg.state)
    if overtaken is not None:
        return Halt(overtaken, OVERTAKEN_CODE)
    try:
        still_covered(gateway, conversation)
    except (NotCovered, BsnNotAllowed) as fault:
        ended = conversation.basis.basis.state is BasisState.ENDED
        return Halt(DeliveryEvent.GROUND_ENDED, GroundEnded.code if ended else fault.code)
    return None if conversation.partner.enabled else Halt(None, CreditorNotReachable.code)


def _overtaken(delivery: DeliveryRow, leg: LegState) -> DeliveryEvent | None:
    if delivery.kind is DeliveryKind.REMINDER:
        return None if leg is LegState.AWAITING_REPLY else DeliveryEvent.OVERTAKEN
    if leg not in (LegState.ANSWERED, LegState.REFUSED):
        return None
    # An answer names the question that it answers, so whoever gave it has that question.
    was_made = delivery.state is not DeliveryState.QUEUED
    return DeliveryEvent.PROVEN if was_made else DeliveryEvent.OVERTAKEN


def compose(gateway: Gateway, conversation: Conversation, envelope: Envelope) -> Valid:
    """Let the adapter speak and hold what it says against its XSD; raises OwnFault only."""
    try:
        element, schema = _say(gateway, conversation, envelope)
        return validate(element, schema, gateway.catalogue)
    except OwnFault:
        raise
    except Exception as fault:
        raise AdapterFault("An adapter did not compose a valid message.") from fault


def _say(gateway: Gateway, conversation: Conversation, envelope: Envelope) -> tuple[Element, str]:
    adapter, question = gateway.adapter(conversation.partner), conversation.question
    match conversation.delivery.kind:
        case DeliveryKind.REQUEST | DeliveryKind.REMINDER:
            exchange = adapter.debt_statement
            return exchange.compose(question, envelope), exchange.request_schema(question)
        case DeliveryKind.STOP:
            if adapter.withdrawal is None:
                raise AdapterFault("This dialect cannot say stop.")
            stop = Withdrawal(question.client_number)
            return adapter.withdrawal.compose(stop, envelope), adapter.withdrawal.schema(stop)
        case _:
            assert_never(conversation.delivery.kind)
