"""Deliveries: each row is one outbound message and is the job itself.

Rows are claimed in batches with SKIP LOCKED and written back in batches, in the transaction of what
they change. A lease with a token guards the only state in which nothing is locked: SENDING. Who
comes back with an older token is late and changes nothing.

Everybody locks in one order, ground, leg, delivery, stream, and a claim waits for none of the
first three: what somebody else holds is skipped this time. So no two transactions can wait for each
other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import asyncpg

from gateway.domain.identifiers import (
    BasisId,
    CreditorId,
    DeliveryId,
    EventId,
    LegId,
    MessageId,
    StreamId,
    SubjectId,
)
from gateway.domain.inquiry import (
    DeliveryEvent,
    DeliveryKind,
    DeliveryState,
    advance_delivery,
)
from gateway.store.database import Transaction

ADD_DELIVERY = """
insert into delivery (bucket, controller, delivery_id, leg_id, basis_id, subject_id, stream_id,
                      creditor_id, kind, ordinal, state, not_before, run_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (bucket, controller, leg_id, kind, ordinal) do nothing
"""
DELIVERIES = """
select d.delivery_id, d.leg_id, d.basis_id, d.subject_id, d.stream_id, d.creditor_id, d.kind,
       d.ordinal, d.state, d.not_before, d.run_at, d.attempts, d.doubted, d.lease_token,
       d.lease_until, d.message_id, d.digest, d.sent_at, d.intention_event, d.failure
from delivery d where d.bucket = $1 and d.controller = $2
"""
CLAIMABLE = """
select d.delivery_id, d.leg_id, d.basis_id, d.subject_id, d.stream_id, d.creditor_id, d.kind,
       d.ordinal, d.state, d.not_before, d.run_at, d.attempts, d.doubted, d.lease_token,
       d.lease_until, d.message_id, d.digest, d.sent_at, d.intention_event, d.failure
from delivery d
join legal_basis b on (b.bucket, b.controller, b.basis_id) = (d.bucket, d.controller, d.basis_id)
join leg l on (l.bucket, l.controller, l.leg_id) = (d.bucket, d.controller, d.leg_id)
where d.bucket = $1 and d.controller = $2
"""
# A stop waits until what it follows is no longer under way, so that it never overtakes it.
NOTHING_AHEAD = """
  and (d.kind <> 'intrekking' or not exists (
       select from delivery s
       where (s.bucket, s.controller, s.leg_id) = (d.bucket, d.controller, d.leg_id)
         and s.state = 'onderweg'))
"""
CLAIM_QUEUED = (
    CLAIMABLE
    + NOTHING_AHEAD
    + """
  and d.state = 'in_wachtrij' and d.not_before <= $3 and d.run_at <= $4
order by d.run_at limit $5 for share of b skip locked
for update of l, d skip locked
"""
)
# Log first, then act: the intention must already be under a signed checkpoint. A creditor whose
# breaker is open is not even claimed.
CLAIM_TO_SEND = (
    CLAIMABLE  # noqa: S608 - constants only, as LiteralString proves
    + NOTHING_AHEAD
    + """
  and d.state in ('vastgelegd', 'onzeker') and d.run_at <= $3
  and exists (select from log_entry e
              where e.bucket = $1 and e.controller = $2 and e.event_id = d.intention_event)
  and d.creditor_id <> all ($5::text[])
  and not exists (select from creditor_health h
                  where h.creditor_id = d.creditor_id and h.open_until > $3)
order by d.run_at limit $4 for share of b skip locked
for update of l, d skip locked
"""
)
CLAIM_LAPSED = (
    CLAIMABLE
    + """
  and d.state = 'onderweg' and d.lease_until <= $3
order by d.lease_until limit $4 for update of l, d skip locked
"""
)
LOCK_DELIVERIES = (
    DELIVERIES + " and d.delivery_id = any ($3::uuid[]) order by d.delivery_id for update of d"
)
DELIVERIES_OF_LEGS = DELIVERIES + " and d.leg_id = any ($3::uuid[]) order by d.delivery_id"
LOCK_DELIVERIES_OF_BASIS = (
    DELIVERIES + " and d.basis_id = $3 order by d.delivery_id for update of d"
)
DELIVERIES_OF_MESSAGES = DELIVERIES + " and d.message_id = any ($3::uuid[])"
WRITE_BACK = """
update delivery set state = u.state, run_at = u.run_at, attempts = u.attempts,
       doubted = u.doubted, lease_token = u.lease_token, lease_until = u.lease_until,
       message_id = u.message_id, digest = u.digest, sent_at = u.sent_at,
       intention_event = u.intention_event, failure = u.failure
from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::int[], $7::bigint[],
            $8::timestamptz[], $9::uuid[], $10::bytea[], $11::timestamptz[], $12::uuid[],
            $13::text[], $14::bool[])
     as u(delivery_id, state, run_at, attempts, lease_token, lease_until, message_id, digest,
          sent_at, intention_event, failure, doubted)
where bucket = $1 and controller = $2 and delivery.delivery_id = u.delivery_id
"""
COUNT_UNFINISHED = """
select count(*) from delivery where bucket = $1 and controller = $2
  and ((state = 'in_wachtrij' and not_before <= $3)
       or state in ('vastgelegd', 'onderweg', 'onzeker'))
"""

# Who gives up on a message that is under way does not know either.
_IN_DOUBT = frozenset(
    {DeliveryEvent.OUTCOME_UNKNOWN, DeliveryEvent.LEASE_LAPSED, DeliveryEvent.GAVE_UP}
)
_MAY_HAVE_LEFT = frozenset({DeliveryState.SENDING, DeliveryState.DELIVERED})


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as stored; `sent_at` is the time inside the message, `failure` a code.

    `doubted` stays true once it was unknown, after an attempt, whether the message was processed.
    """

    delivery_id: DeliveryId
    leg_id: LegId
    basis_id: BasisId
    subject_id: SubjectId
    stream_id: StreamId
    creditor_id: CreditorId
    kind: DeliveryKind
    ordinal: int
    state: DeliveryState
    not_before: date
    run_at: datetime
    attempts: int = 0
    doubted: bool = False
    lease_token: int = 0
    lease_until: datetime | None = None
    message_id: MessageId | None = None
    digest: bytes | None = None
    sent_at: datetime | None = None
    intention_event: EventId | None = None
    failure: str | None = None

    def moved(self, event: DeliveryEvent, **changes: object) -> "DeliveryRow":
        """Return the row after this event; raises IllegalMove."""
        doubted = self.doubted or (self.state is DeliveryState.SENDING and event in _IN_DOUBT)
        state = advance_delivery(self.state, event)
        return replace(self, state=state, doubted=doubted, **changes)  # type: ignore[arg-type]

    @property
    def may_have_left(self) -> bool:
        """Whether the creditor may have, or may still get, this message."""
        return self.doubted or self.state in _MAY_HAVE_LEFT


async def add_deliveries(tx: Transaction, rows: Sequence[DeliveryRow]) -> None:
    """Add queued deliveries; one that exists already (leg, kind, ordinal) is not added again."""
    await tx.connection.executemany(
        ADD_DELIVERY,
        [
            (
                tx.bucket,
                tx.controller.value,
                row.delivery_id,
                row.leg_id,
                row.basis_id,
                row.subject_id,
                row.stream_id,
                row.creditor_id,
                row.kind.value,
                row.ordinal,
                row.state.value,
                row.not_before,
                row.run_at,
            )
            for row in rows
        ],
    )


async def claim_queued(
    tx: Transaction, today: date, now: datetime, limit: int
) -> tuple[DeliveryRow, ...]:
    """Lock queued deliveries that may leave today, its leg too, and hold its ground."""
    return await _fetch(tx, CLAIM_QUEUED, today, now, limit)


async def claim_to_send(
    tx: Transaction, now: datetime, limit: int, full: Iterable[CreditorId] = ()
) -> tuple[DeliveryRow, ...]:
    """Lock recorded or doubtful deliveries whose intention is under a signed checkpoint.

    Their legs too; their grounds are held. Those for creditors that are `full` are left alone.
    """
    return await _fetch(tx, CLAIM_TO_SEND, now, limit, sorted(full))


async def claim_lapsed(tx: Transaction, now: datetime, limit: int) -> tuple[DeliveryRow, ...]:
    """Lock deliveries whose sender did not come back in time, and their legs."""
    return await _fetch(tx, CLAIM_LAPSED, now, limit)


async def lock_deliveries(
    tx: Transaction, ids: Sequence[DeliveryId]
) -> dict[DeliveryId, DeliveryRow]:
    """Lock these deliveries and return them as they now stand."""
    return {row.delivery_id: row for row in await _fetch(tx, LOCK_DELIVERIES, sorted(ids))}


async def deliveries_of_legs(tx: Transaction, ids: Sequence[LegId]) -> tuple[DeliveryRow, ...]:
    """Return the deliveries of these legs, oldest first."""
    return await _fetch(tx, DELIVERIES_OF_LEGS, list(ids))


async def lock_deliveries_of_basis(tx: Transaction, basis_id: BasisId) -> tuple[DeliveryRow, ...]:
    """Lock the deliveries that rest on a ground."""
    return await _fetch(tx, LOCK_DELIVERIES_OF_BASIS, basis_id)


async def deliveries_of_messages(
    tx: Transaction, ids: Iterable[MessageId]
) -> dict[MessageId, DeliveryRow]:
    """Return the deliveries that carried these messages of ours, as far as there are any."""
    rows = await _fetch(tx, DELIVERIES_OF_MESSAGES, list(ids))
    return {row.message_id: row for row in rows if row.message_id is not None}


async def write_back(tx: Transaction, rows: Sequence[DeliveryRow]) -> None:
    """Write locked deliveries back in one statement."""
    if not rows:
        return
    await tx.connection.execute(
        WRITE_BACK,
        tx.bucket,
        tx.controller.value,
        [row.delivery_id for row in rows],
        [row.state.value for row in rows],
        [row.run_at for row in rows],
        [row.attempts for row in rows],
        [row.lease_token for row in rows],
        [row.lease_until for row in rows],
        [row.message_id for row in rows],
        [row.digest for row in rows],
        [row.sent_at for row in rows],
        [row.intention_event for row in rows],
        [row.failure for row in rows],
        [row.doubted for row in rows],
    )


async def count_unfinished(tx: Transaction, today: date) -> int:
    """Return how many deliveries still have to leave today."""
    return int(
        await tx.connection.fetchval(COUNT_UNFINISHED, tx.bucket, tx.controller.value, today) or 0
    )


async def _fetch(tx: Transaction, statement: str, *arguments: object) -> tuple[DeliveryRow, ...]:
    rows = await tx.connection.fetch(statement, tx.bucket, tx.controller.value, *arguments)
    return tuple(_delivery(row) for row in rows)


def _delivery(row: asyncpg.Record) -> DeliveryRow:
    values = dict(row)
    values["kind"] = DeliveryKind(values["kind"])
    values["state"] = DeliveryState(values["state"])
    return DeliveryRow(**values)
