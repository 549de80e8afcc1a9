"""The journal: events appended in the transaction of what they record.

The rows of the streams are locked first and only then is the database clock read, so that the order
of a stream, of its times and of the locks is one order. Each event names the leaf of the former
event of its stream. The outbox row carries the 73 bytes to the sequencer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.domain.errors import EvidenceUnavailable
from gateway.domain.events import NewEvent, Place, open_part
from gateway.domain.identifiers import EventId, StreamId, SubjectId
from gateway.ledger.encoding import encode
from gateway.ledger.entry import print_entry
from gateway.ledger.sealing import CHANCE_BYTES, Draft, SealedRecord, SealingKey, seal_record
from gateway.ledger.tree import leaf_hash
from gateway.ports.environment import Calendar, Ids
from gateway.store.database import Transaction
from gateway.store.evidence.keys import KeyRing

ADD_STREAM = """
insert into stream (bucket, controller, stream_id, subject_id) values ($1, $2, $3, $4)
on conflict do nothing
"""
# The clock is read outside the locking part, so it is read after the lock was granted.
LOCK_STREAMS = """
with locked as materialized (
    select stream_id, subject_id, seq, last_leaf from stream
    where bucket = $1 and controller = $2 and stream_id = any ($3::uuid[])
    order by stream_id for update
)
select stream_id, subject_id, seq, last_leaf, clock_timestamp() as at from locked
"""
APPEND = """
with added as (
    insert into event (bucket, controller, event_id, stream_id, seq, type, subject_id,
                       recorded_at, sealed_meta, sealed_pers)
    select $1, $2, e.* from unnest(
        $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::uuid[], $8::timestamptz[],
        $9::bytea[], $10::bytea[]) as e
), queued as (
    insert into log_outbox (bucket, controller, event_id, stream_id, seq, entry)
    select $1, $2, o.* from unnest($3::uuid[], $4::uuid[], $5::int[], $11::bytea[]) as o
)
update stream set seq = s.seq, last_leaf = s.leaf
from unnest($12::uuid[], $13::int[], $14::bytea[]) as s(stream_id, seq, leaf)
where stream.bucket = $1 and stream.controller = $2 and stream.stream_id = s.stream_id
"""


@dataclass(slots=True)
class _Head:
    """Where a stream stands while a batch is being added to it."""

    subject_id: SubjectId
    seq: int
    leaf: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    event: NewEvent
    place: Place
    head_subject: SubjectId
    at: datetime
    sealed: SealedRecord
    entry: bytes


class Journal:
    """Writes events; `software` is the name and version that decided."""

    def __init__(self, keys: KeyRing, ids: Ids, calendar: Calendar, software: str) -> None:
        self._keys, self._ids, self._calendar, self._software = keys, ids, calendar, software

    async def open_stream(self, tx: Transaction, stream: StreamId, subject: SubjectId) -> None:
        """Start a stream of events about one subject."""
        await tx.connection.execute(ADD_STREAM, tx.bucket, tx.controller.value, stream, subject)

    async def append(self, tx: Transaction, events: Sequence[NewEvent]) -> tuple[EventId, ...]:
        """Append events in this order; raises EvidenceUnavailable, and then nothing happened."""
        if not events:
            return ()
        heads = await self._lock(tx, {event.stream_id for event in events})
        keys = await self._keys.many(tx.controller, (head.subject_id for head in heads.values()))
        rows = [self._row(tx, event, heads[event.stream_id], keys) for event in events]
        await self._insert(tx, rows, heads)
        return tuple(row.place.event_id for row in rows)

    async def _lock(self, tx: Transaction, streams: set[StreamId]) -> dict[UUID, _Head]:
        rows = await tx.connection.fetch(
            LOCK_STREAMS, tx.bucket, tx.controller.value, sorted(streams)
        )
        if len(rows) != len(streams):
            raise EvidenceUnavailable("A stream does not exist.")
        return {
            row["stream_id"]: _Head(row["subject_id"], row["seq"], row["last_leaf"], row["at"])
            for row in rows
        }

    def _row(
        self, tx: Transaction, event: NewEvent, head: _Head, keys: dict[SubjectId, SealingKey]
    ) -> _Row:
        place = Place(
            EventId(self._ids.reference()), head.seq + 1, head.leaf.hex() if head.leaf else None
        )
        today = self._calendar.today()
        meta = encode(open_part(event, place, tx.controller, today, self._software))
        pers = encode(dict(event.personal)) if event.personal else None
        draft = Draft(place.event_id, self._ids.chance(CHANCE_BYTES), meta, pers)
        sealed = seal_record(keys[head.subject_id], draft)
        entry = print_entry(sealed.entry(round(head.at.timestamp() * 1000)))
        head.seq, head.leaf = place.seq, leaf_hash(entry)
        return _Row(event, place, head.subject_id, head.at, sealed, entry)

    async def _insert(
        self, tx: Transaction, rows: Sequence[_Row], heads: dict[UUID, _Head]
    ) -> None:
        await tx.connection.execute(
            APPEND,
            tx.bucket,
            tx.controller.value,
            [row.place.event_id for row in rows],
            [row.event.stream_id for row in rows],
            [row.place.seq for row in rows],
            [row.event.type.value for row in rows],
            [row.head_subject for row in rows],
            [row.at for row in rows],
            [row.sealed.sealed_meta for row in rows],
            [row.sealed.sealed_pers for row in rows],
            [row.entry for row in rows],
            list(heads),
            [head.seq for head in heads.values()],
            [head.leaf for head in heads.values()],
        )
