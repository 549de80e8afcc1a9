"""Orders and legs: the conversation with each creditor, and the answers it gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from gateway.domain.identifiers import (
    BasisId,
    CaseId,
    ConversationId,
    CreditorId,
    LegId,
    OrderId,
    StreamId,
    SubjectId,
)
from gateway.domain.inquiry import LegState
from gateway.domain.legal_basis import Purpose
from gateway.domain.parties import AskReason
from gateway.domain.statement import DebtStatementRequest
from gateway.domain.terms import Terms
from gateway.ledger.sealing import SealingKey
from gateway.store.database import Transaction
from gateway.store.evidence.sealed import Codec, Content, open_content, seal_content

ADD_ORDER = """
insert into request_order (bucket, controller, order_id, case_id, created_at)
values ($1, $2, $3, $4, $5)
"""
READ_ORDER = """
select order_id, case_id, created_at from request_order
where bucket = $1 and controller = $2 and order_id = $3
"""
ADD_LEG = """
insert into leg (bucket, controller, leg_id, case_id, order_id, basis_id, subject_id, stream_id,
                 creditor_id, purpose, reason, conversation_id, client_number, state, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
LEGS = """
select leg_id, case_id, order_id, basis_id, subject_id, stream_id, creditor_id, purpose, reason,
       conversation_id, client_number, state, asked_on, reply_by, next_reminder_on, expires_on,
       reminders, conflicting, failure, sealed
from leg where bucket = $1 and controller = $2
"""
READ_LEGS = LEGS + " and leg_id = any ($3::uuid[]) order by leg_id"
LOCK_LEGS = LEGS + " and leg_id = any ($3::uuid[]) order by leg_id for update"
LEGS_OF_CASE = LEGS + " and case_id = $3 order by leg_id"
LEGS_OF_ORDER = LEGS + " and order_id = $3 order by leg_id"
LOCK_LEGS_OF_BASIS = LEGS + " and basis_id = $3 order by leg_id for update"
LOCK_DUE_LEGS = (
    LEGS
    + """
  and state = 'wacht_op_antwoord' and (next_reminder_on <= $3 or expires_on <= $3)
order by leg_id limit $4 for update skip locked
"""
)
SET_STATES = """
update leg set state = u.state, failure = u.failure
from unnest($3::uuid[], $4::text[], $5::text[]) as u(leg_id, state, failure)
where bucket = $1 and controller = $2 and leg.leg_id = u.leg_id
"""
SET_TERMS = """
update leg set asked_on = u.asked_on, reply_by = u.reply_by, next_reminder_on = u.remind_on,
               expires_on = u.expires_on
from unnest($3::uuid[], $4::date[], $5::date[], $6::date[], $7::date[])
     as u(leg_id, asked_on, reply_by, remind_on, expires_on)
where bucket = $1 and controller = $2 and leg.leg_id = u.leg_id and leg.asked_on is null
"""
SET_REMINDED = """
update leg set reminders = $4, next_reminder_on = $5
where bucket = $1 and controller = $2 and leg_id = $3
"""
SET_CONFLICTING = """
update leg set conflicting = true
where bucket = $1 and controller = $2 and leg_id = any ($3::uuid[])
"""


@dataclass(frozen=True, slots=True, repr=False)
class LegContent:
    """What is sealed of a leg: the question and the note why this creditor is asked."""

    question: DebtStatementRequest
    reason_note: str | None


@dataclass(frozen=True, slots=True)
class LegRow:
    """A leg as stored."""

    leg_id: LegId
    case_id: CaseId
    order_id: OrderId
    basis_id: BasisId
    subject_id: SubjectId
    stream_id: StreamId
    creditor_id: CreditorId
    purpose: Purpose
    reason: AskReason
    conversation_id: ConversationId
    client_number: str
    state: LegState
    sealed: bytes
    asked_on: date | None = None
    reply_by: date | None = None
    next_reminder_on: date | None = None
    expires_on: date | None = None
    reminders: int = 0
    conflicting: bool = False
    failure: str | None = None

    def content(self, key: SealingKey) -> LegContent:
        """Open what is sealed."""
        return _CONTENT.decode(open_content(key, self.leg_id, Content.LEG, self.sealed))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as stored."""

    order_id: OrderId
    case_id: CaseId
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The terms that start when a request was delivered."""

    leg_id: LegId
    asked_on: date
    terms: Terms


_CONTENT: Codec[LegContent] = Codec(LegContent)


def seal_leg(key: SealingKey, nonce: bytes, leg_id: LegId, content: LegContent) -> bytes:
    """Seal the content of a leg."""
    return seal_content(key, nonce, leg_id, Content.LEG, _CONTENT.encode(content))


async def add_order(tx: Transaction, order: OrderRow) -> None:
    """Add an order."""
    await tx.connection.execute(
        ADD_ORDER,
        tx.bucket,
        tx.controller.value,
        order.order_id,
        order.case_id,
        order.created_at,
    )


async def read_order(tx: Transaction, order_id: OrderId) -> OrderRow | None:
    """Return an order of this controller."""
    row = await tx.connection.fetchrow(READ_ORDER, tx.bucket, tx.controller.value, order_id)
    return OrderRow(**row) if row else None


async def add_legs(tx: Transaction, legs: Sequence[LegRow]) -> None:
    """Add legs in one round trip."""
    await tx.connection.executemany(
        ADD_LEG,
        [
            (
                tx.bucket,
                tx.controller.value,
                leg.leg_id,
                leg.case_id,
                leg.order_id,
                leg.basis_id,
                leg.subject_id,
                leg.stream_id,
                leg.creditor_id,
                leg.purpose.value,
                leg.reason.value,
                leg.conversation_id,
                leg.client_number,
                leg.state.value,
                leg.sealed,
            )
            for leg in legs
        ],
    )


async def read_legs(tx: Transaction, ids: Sequence[LegId]) -> dict[LegId, LegRow]:
    """Return these legs."""
    return _by_id(await _fetch(tx, READ_LEGS, list(ids)))


async def lock_legs(tx: Transaction, ids: Sequence[LegId]) -> dict[LegId, LegRow]:
    """Lock these legs until the transaction ends and return them as they now stand."""
    return _by_id(await _fetch(tx, LOCK_LEGS, list(ids)))


async def legs_of_case(tx: Transaction, case_id: CaseId) -> tuple[LegRow, ...]:
    """Return the legs of a case in the order in which they were asked."""
    return await _fetch(tx, LEGS_OF_CASE, case_id)


async def legs_of_order(tx: Transaction, order_id: OrderId) -> tuple[LegRow, ...]:
    """Return the legs of one order."""
    return await _fetch(tx, LEGS_OF_ORDER, order_id)


async def lock_legs_of_basis(tx: Transaction, basis_id: BasisId) -> tuple[LegRow, ...]:
    """Lock and return the legs that rest on a ground."""
    return await _fetch(tx, LOCK_LEGS_OF_BASIS, basis_id)


async def lock_due_legs(tx: Transaction, today: date, limit: int) -> tuple[LegRow, ...]:
    """Lock and return legs that await a reply and have a reminder or expiry due today."""
    rows = await tx.connection.fetch(LOCK_DUE_LEGS, tx.bucket, tx.controller.value, today, limit)
    return tuple(_leg(row) for row in rows)


async def set_states(tx: Transaction, states: Sequence[tuple[LegId, LegState, str | None]]) -> None:
    """Write new states (and why a leg failed) of locked legs."""
    if not states:
        return
    ids, values, failures = zip(*states, strict=True)
    await tx.connection.execute(
        SET_STATES,
        tx.bucket,
        tx.controller.value,
        list(ids),
        [value.value for value in values],
        list(failures),
    )


async def start_terms(tx: Transaction, asked: Sequence[Asked]) -> None:
    """Start the terms of legs; only the first delivery of a leg starts them."""
    if not asked:
        return
    await tx.connection.execute(
        SET_TERMS,
        tx.bucket,
        tx.controller.value,
        [a.leg_id for a in asked],
        [a.asked_on for a in asked],
        [a.terms.reply_by for a in asked],
        [a.terms.reminders[0] if a.terms.reminders else None for a in asked],
        [a.terms.expires_on for a in asked],
    )


async def set_reminded(tx: Transaction, leg_id: LegId, count: int, next_on: date | None) -> None:
    """Write that the leg was reminded `count` times, and when the next is due."""
    await tx.connection.execute(
        SET_REMINDED, tx.bucket, tx.controller.value, leg_id, count, next_on
    )


async def set_conflicting(tx: Transaction, ids: Sequence[LegId]) -> None:
    """Mark that a second, different answer waits for a caseworker."""
    if ids:
        await tx.connection.execute(SET_CONFLICTING, tx.bucket, tx.controller.value, list(ids))


async def _fetch(tx: Transaction, statement: str, argument: object) -> tuple[LegRow, ...]:
    rows = await tx.connection.fetch(statement, tx.bucket, tx.controller.value, argument)
    return tuple(_leg(row) for row in rows)


def _leg(row: asyncpg.Record) -> LegRow:
    values = dict(row)
    values["purpose"] = Purpose(values["purpose"])
    values["reason"] = AskReason(values["reason"])
    values["state"] = LegState(values["state"])
    return LegRow(**values)


def _by_id(legs: Sequence[LegRow]) -> dict[LegId, LegRow]:
    return {leg.leg_id: leg for leg in legs}
