"""Messages: the exact signed documents, sealed; the guard against replays; the answers kept.

The guard is a small table of its own: who inserts (partner, message id) first, decides; the same
document again gets the receipt that was given then, another document under the same id is an
incident.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from gateway.domain.identifiers import CreditorId, LegId, MessageId, StreamId, SubjectId
from gateway.domain.statement import DebtStatement, Refusal, Reply
from gateway.ledger.sealing import SealingKey
from gateway.store.database import Transaction
from gateway.store.evidence.sealed import Codec, Content, open_content

ADD_MESSAGE = """
insert into message (bucket, controller, row_id, direction, creditor_id, kind, state, leg_id,
                     delivery_id, subject_id, stream_id, message_id, digest, wire_digest, refusal,
                     recorded_at, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
ADD_REFUSED = (
    ADD_MESSAGE
    + """
on conflict (bucket, controller, creditor_id, leg_id, wire_digest) where state = 'in_quarantaine'
do nothing
returning true
"""
)
SEAL_REFUSED = """
update message set sealed = $4
where bucket = $1 and controller = $2 and row_id = $3 and state = 'in_quarantaine'
"""
MESSAGES = """
select m.row_id, m.direction, m.creditor_id, m.kind, m.state, m.leg_id, m.delivery_id,
       m.subject_id, m.stream_id, m.message_id, m.digest, m.wire_digest, m.refusal,
       m.recorded_at, m.sealed
from message m where m.bucket = $1 and m.controller = $2
"""
READ_MESSAGE = MESSAGES + " and m.row_id = $3"
READ_OUTBOUND = MESSAGES + " and m.delivery_id = any ($3::uuid[]) and m.direction = 'uit'"
MESSAGES_OF_LEGS = MESSAGES + " and m.leg_id = any ($3::uuid[]) order by m.row_id"
REFUSED_OF = MESSAGES + " and m.creditor_id = $3 and m.state = 'in_quarantaine' order by m.row_id"
ADD_GUARDS = """
insert into message_guard (bucket, controller, creditor_id, message_id, digest, receipt)
select $1, $2, g.* from unnest($3::text[], $4::uuid[], $5::bytea[], $6::bytea[]) as g
on conflict do nothing
returning creditor_id, message_id
"""
READ_GUARDS = """
select g.creditor_id, g.message_id, g.digest, g.receipt
from unnest($3::text[], $4::uuid[]) as asked(creditor_id, message_id)
join message_guard g on g.bucket = $1 and g.controller = $2
 and g.creditor_id = asked.creditor_id and g.message_id = asked.message_id
"""
ADD_REPLY = """
insert into reply (bucket, controller, leg_id, version, subject_id, row_id, received_on, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REPLIES_OF_LEGS = """
select leg_id, version, subject_id, row_id, received_on, sealed from reply
where bucket = $1 and controller = $2 and leg_id = any ($3::uuid[]) order by leg_id, version
"""

OUTBOUND, INBOUND = "uit", "in"

MessageKey = tuple[CreditorId, MessageId]
"""A message id, and whose it is: creditors number without knowing of each other."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as stored; `wire_digest` is SHA-256 of the exact bytes, `refusal` an error code.

    `stream_id` is where its events stand: those of its ground, or its own if it belongs nowhere.
    """

    row_id: UUID
    direction: str
    creditor_id: CreditorId
    state: str
    subject_id: SubjectId
    stream_id: StreamId
    wire_digest: bytes
    recorded_at: datetime
    sealed: bytes | None
    kind: str | None = None
    leg_id: LegId | None = None
    delivery_id: UUID | None = None
    message_id: MessageId | None = None
    digest: bytes | None = None
    refusal: str | None = None

    def document(self, key: SealingKey) -> bytes | None:
        """Open the exact document, if it is still kept."""
        return open_content(key, self.row_id, Content.MESSAGE, self.sealed) if self.sealed else None


@dataclass(frozen=True, slots=True)
class Guarded:
    """What was accepted earlier under this message id, and the receipt given for it."""

    digest: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """An answer as stored: version 1 stands until a caseworker decides otherwise."""

    leg_id: LegId
    version: int
    subject_id: SubjectId
    row_id: UUID
    received_on: date
    sealed: bytes

    def reply(self, key: SealingKey) -> Reply:
        """Open the answer."""
        return _REPLY.decode(open_content(key, self.row_id, Content.REPLY, self.sealed))


_REPLY: Codec[Reply] = Codec(DebtStatement | Refusal)


def encode_reply(reply: Reply) -> bytes:
    """Return an answer as the bytes that are sealed."""
    return _REPLY.encode(reply)


async def add_messages(tx: Transaction, rows: Sequence[MessageRow]) -> None:
    """Add messages."""
    if not rows:
        return
    await tx.connection.executemany(ADD_MESSAGE, [_values(tx, row) for row in rows])


async def add_refused(tx: Transaction, row: MessageRow) -> bool:
    """Add a refused message; False when these very bytes were kept already on its leg.

    Waits for a rival with the same bytes to commit.
    """
    return bool(await tx.connection.fetchval(ADD_REFUSED, *_values(tx, row)))


async def seal_refused(tx: Transaction, row_id: UUID, sealed: bytes) -> None:
    """Put the sealed document with a refused message that was just added."""
    await tx.connection.execute(SEAL_REFUSED, tx.bucket, tx.controller.value, row_id, sealed)


def _values(tx: Transaction, row: MessageRow) -> tuple[object, ...]:
    return (
        tx.bucket,
        tx.controller.value,
        row.row_id,
        row.direction,
        row.creditor_id,
        row.kind,
        row.state,
        row.leg_id,
        row.delivery_id,
        row.subject_id,
        row.stream_id,
        row.message_id,
        row.digest,
        row.wire_digest,
        row.refusal,
        row.recorded_at,
        row.sealed,
    )


async def read_message(tx: Transaction, row_id: UUID) -> MessageRow | None:
    """Return one message."""
    row = await tx.connection.fetchrow(READ_MESSAGE, tx.bucket, tx.controller.value, row_id)
    return _message(row) if row else None


async def outbound_of(tx: Transaction, deliveries: Sequence[UUID]) -> dict[UUID, MessageRow]:
    """Return the recorded message of each delivery."""
    rows = await tx.connection.fetch(
        READ_OUTBOUND, tx.bucket, tx.controller.value, list(deliveries)
    )
    return {row["delivery_id"]: _message(row) for row in rows}


async def messages_of_legs(tx: Transaction, ids: Sequence[LegId]) -> tuple[MessageRow, ...]:
    """Return the messages of these legs, oldest first."""
    rows = await tx.connection.fetch(MESSAGES_OF_LEGS, tx.bucket, tx.controller.value, list(ids))
    return tuple(_message(row) for row in rows)


async def refused_of(tx: Transaction, creditor: CreditorId) -> tuple[MessageRow, ...]:
    """Return the messages of a creditor that were refused, oldest first, those of no leg too."""
    rows = await tx.connection.fetch(REFUSED_OF, tx.bucket, tx.controller.value, creditor)
    return tuple(_message(row) for row in rows)


async def guard(tx: Transaction, accepted: Mapping[MessageKey, Guarded]) -> set[MessageKey]:
    """Take these message ids; return those that were free (waits for a rival to commit)."""
    if not accepted:
        return set()
    in_order = sorted(accepted)  # two that take the same ids wait for each other, once
    rows = await tx.connection.fetch(
        ADD_GUARDS,
        tx.bucket,
        tx.controller.value,
        [creditor for creditor, _ in in_order],
        [message_id for _, message_id in in_order],
        [accepted[key].digest for key in in_order],
        [accepted[key].receipt for key in in_order],
    )
    return {(row["creditor_id"], row["message_id"]) for row in rows}


async def guarded(tx: Transaction, keys: Iterable[MessageKey]) -> dict[MessageKey, Guarded]:
    """Return what was accepted earlier under these ids."""
    asked = list(keys)
    rows = await tx.connection.fetch(
        READ_GUARDS,
        tx.bucket,
        tx.controller.value,
        [creditor for creditor, _ in asked],
        [message_id for _, message_id in asked],
    )
    return {
        (row["creditor_id"], row["message_id"]): Guarded(row["digest"], row["receipt"])
        for row in rows
    }


async def add_replies(tx: Transaction, rows: Sequence[ReplyRow]) -> None:
    """Add versions of answers of legs."""
    if not rows:
        return
    await tx.connection.executemany(
        ADD_REPLY,
        [
            (
                tx.bucket,
                tx.controller.value,
                row.leg_id,
                row.version,
                row.subject_id,
                row.row_id,
                row.received_on,
                row.sealed,
            )
            for row in rows
        ],
    )


async def replies_of_legs(tx: Transaction, ids: Sequence[LegId]) -> tuple[ReplyRow, ...]:
    """Return every version of the answers of these legs."""
    rows = await tx.connection.fetch(REPLIES_OF_LEGS, tx.bucket, tx.controller.value, list(ids))
    return tuple(ReplyRow(**row) for row in rows)


def _message(row: asyncpg.Record) -> MessageRow:
    return MessageRow(**row)
