"""Ask creditors what is owed: one order, a leg and a queued delivery per creditor.

Nothing leaves here. Every creditor is checked before any row is written, so an order is granted
whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.errors import (
    CreditorNotReachable,
    Inexpressible,
    InvalidInput,
    InvalidParam,
    MeterReadingsMissing,
    NotCovered,
    NotFound,
    StateConflict,
)
from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import (
    CaseId,
    ClientNumber,
    ConversationId,
    DeliveryId,
    LegId,
    OrderId,
    refuse_bsn_of,
)
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.domain.legal_basis import Purpose, Use, categories_of, covers, visible_subject
from gateway.domain.parties import CreditorClass
from gateway.domain.statement import DebtStatementRequest
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.ports.transport import Partner
from gateway.store import cases, deliveries, legal_bases, legs
from gateway.store.cases import CaseContent
from gateway.store.database import Transaction
from gateway.store.legal_bases import BasisRow
from gateway.usecases.casework.personal import acting
from gateway.usecases.commands import AskCreditors, Caller, CreditorAsked
from gateway.usecases.context import Gateway

_ASKED_FOR = frozenset({Purpose.DEBT_STATEMENT, Purpose.YEARLY_CHECK})
_STILL_ASKED = frozenset({LegState.OPEN, LegState.AWAITING_REPLY})


@dataclass(frozen=True, slots=True)
class _Plan:
    """One creditor's question, checked and ready to be stored."""

    asked: CreditorAsked
    partner: Partner
    question: DebtStatementRequest


async def ask_creditors(
    gateway: Gateway, tx: Transaction, caller: Caller, command: AskCreditors
) -> OrderId:
    """Open one leg per creditor.

    Raises NotFound, NotCovered, StateConflict for a creditor that is still asked in this case, and
    the faults of one creditor.
    """
    if command.purpose not in _ASKED_FOR:
        raise NotCovered("doel")
    case = await cases.lock_case(tx, command.case_id)  # two orders of one case, one by one
    basis = (await legal_bases.hold_bases(tx, [command.basis_id])).get(command.basis_id)
    if case is None or basis is None or basis.basis.case_id != command.case_id:
        raise NotFound
    key = await gateway.keys.one(tx.controller, case.subject_id)
    content = case.content(key)
    _refuse_doubles(command.creditors)
    await _refuse_still_asked(tx, command)
    plans = [_plan(gateway, caller, command, basis, content, c) for c in command.creditors]
    return await _store(gateway, tx, caller, command, basis, key, plans)


def _refuse_doubles(creditors: Sequence[CreditorAsked]) -> None:
    names = [asked.creditor_id for asked in creditors]
    if not names or len(names) != len(set(names)):
        raise InvalidInput(
            [InvalidParam("schuldeisers", "schuldeiser-dubbel", "noem elke schuldeiser één keer")]
        )


async def _refuse_still_asked(tx: Transaction, command: AskCreditors) -> None:
    """One question at a time: two open ones would be two answers to one debt."""
    named = {asked.creditor_id for asked in command.creditors}
    waiting = {
        leg.creditor_id
        for leg in await legs.legs_of_case(tx, command.case_id)
        if leg.state in _STILL_ASKED
    }
    if named & waiting:
        raise StateConflict(creditors=sorted(named & waiting))


def _plan(
    gateway: Gateway,
    caller: Caller,
    command: AskCreditors,
    basis: BasisRow,
    content: CaseContent,
    asked: CreditorAsked,
) -> _Plan:
    partner = gateway.partner(asked.creditor_id, caller.controller.oin)
    creditor = partner.creditor
    for reference in (asked.customer_number, *asked.invoice_numbers):
        if reference is not None and content.resident.bsn is not None:
            refuse_bsn_of(content.resident.bsn, reference)
    if creditor.creditor_class is CreditorClass.UTILITY and not asked.meter_readings:
        raise MeterReadingsMissing
    asker = caller.controller.kind
    subject = visible_subject(content.resident, asker, basis.basis, creditor)
    categories = categories_of(subject, meter_readings=bool(asked.meter_readings))
    use = Use(asker, command.purpose, creditor, categories)
    covers(basis.basis, use, gateway.policies().grounds, gateway.calendar.today())
    question = DebtStatementRequest(
        client_number=_client_number(gateway),
        subject=subject,
        creditor_class=creditor.creditor_class,
        contact=caller.controller.contact,
        customer_number=asked.customer_number,
        invoice_numbers=asked.invoice_numbers,
        meter_readings=asked.meter_readings,
    )
    _refuse_unsayable(gateway, partner, question)
    return _Plan(asked, partner, question)


def _client_number(gateway: Gateway) -> ClientNumber:
    return ClientNumber.from_random(int.from_bytes(gateway.ids.chance(8), "big"))


def _refuse_unsayable(gateway: Gateway, partner: Partner, question: DebtStatementRequest) -> None:
    try:
        gateway.adapter(partner).debt_statement.request_schema(question)
    except Inexpressible:
        raise CreditorNotReachable from None


async def _store(
    gateway: Gateway,
    tx: Transaction,
    caller: Caller,
    command: AskCreditors,
    basis: BasisRow,
    key: SealingKey,
    plans: Sequence[_Plan],
) -> OrderId:
    order_id = OrderId(gateway.ids.row())
    await legs.add_order(tx, legs.OrderRow(order_id, command.case_id, gateway.clock.now()))
    rows = [_leg(gateway, command, order_id, basis, key, plan) for plan in plans]
    await legs.add_legs(tx, rows)
    await deliveries.add_deliveries(tx, [_delivery(gateway, command, row) for row in rows])
    await gateway.journal.append(tx, [_queued(row, basis, caller) for row in rows])
    return order_id


def _leg(
    gateway: Gateway,
    command: AskCreditors,
    order_id: OrderId,
    basis: BasisRow,
    key: SealingKey,
    plan: _Plan,
) -> legs.LegRow:
    leg_id = LegId(gateway.ids.row())
    content = legs.LegContent(plan.question, plan.asked.reason_note)
    return legs.LegRow(
        leg_id=leg_id,
        case_id=command.case_id,
        order_id=order_id,
        basis_id=command.basis_id,
        subject_id=basis.subject_id,
        stream_id=basis.basis.stream_id,
        creditor_id=plan.asked.creditor_id,
        purpose=command.purpose,
        reason=plan.asked.reason,
        conversation_id=ConversationId(gateway.ids.reference()),
        client_number=str(plan.question.client_number),
        state=LegState.OPEN,
        sealed=legs.seal_leg(key, gateway.ids.chance(NONCE_BYTES), leg_id, content),
    )


def _delivery(gateway: Gateway, command: AskCreditors, leg: legs.LegRow) -> deliveries.DeliveryRow:
    return deliveries.DeliveryRow(
        delivery_id=DeliveryId(gateway.ids.row()),
        leg_id=leg.leg_id,
        basis_id=leg.basis_id,
        subject_id=leg.subject_id,
        stream_id=leg.stream_id,
        creditor_id=leg.creditor_id,
        kind=DeliveryKind.REQUEST,
        ordinal=0,
        state=DeliveryState.QUEUED,
        not_before=command.not_before or gateway.calendar.today(),
        run_at=gateway.clock.now(),
    )


def _queued(leg: legs.LegRow, basis: BasisRow, caller: Caller) -> NewEvent:
    facts = {
        "ground": basis.basis.kind.value,
        "partner": leg.creditor_id,
        "purpose": leg.purpose.value,
        "reason": leg.reason.value,
    }
    return NewEvent(
        EventType.EXCHANGE_QUEUED, leg.stream_id, facts, acting(caller, CaseId(leg.case_id))
    )
