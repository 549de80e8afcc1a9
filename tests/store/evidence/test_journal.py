"""Events are appended in the transaction of what they record, in one order, and open again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from gateway.domain.errors import EvidenceUnavailable
from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import StreamId
from gateway.ledger.encoding import decode
from gateway.ledger.entry import Part, check_opening, parse_entry
from gateway.ledger.sealing import open_sealed
from gateway.ledger.tree import leaf_hash
from gateway.store.evidence.log import outbox_size
from tests.store.filling import OURS, Store, happened

ROWS = """
select e.event_id, e.stream_id, e.seq, e.type, e.subject_id, e.recorded_at, e.sealed_meta,
       e.sealed_pers, o.entry from event e join log_outbox o using (bucket, controller, event_id)
order by e.stream_id, e.seq
"""


async def rows_of(store: Store) -> list[dict[str, Any]]:
    async with store.database.transaction(OURS) as tx:
        return [dict(row) for row in await tx.connection.fetch(ROWS)]


async def test_a_stream_is_numbered_without_a_gap_and_names_its_former_leaf(store: Store):
    stream, _ = await store.stream()
    for batch in (1, 3, 2):
        await store.write([happened(stream, n) for n in range(batch)])
    rows = await rows_of(store)
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6]
    former = None
    for row in rows:
        key = await store.keys.one(OURS, row["subject_id"])
        meta = decode(open_sealed(key, row["event_id"], Part.META, row["sealed_meta"]).payload)
        assert isinstance(meta, dict)
        assert (meta["seq"], meta["prev"]) == (row["seq"], former)
        former = leaf_hash(row["entry"]).hex()


async def test_both_commitments_open_and_the_time_is_that_of_the_database(store: Store):
    stream, subject = await store.stream()
    before = datetime.now(UTC)
    await store.write([happened(stream)])
    [row] = await rows_of(store)
    key = await store.keys.one(OURS, subject)
    entry = parse_entry(row["entry"])
    for part, sealed, commitment in (
        (Part.META, row["sealed_meta"], entry.c_meta),
        (Part.PERS, row["sealed_pers"], entry.c_pers),
    ):
        opened = open_sealed(key, row["event_id"], part, sealed)
        check_opening(part, opened.key, opened.payload, commitment)
    assert abs(row["recorded_at"] - before) < timedelta(minutes=1)
    assert entry.recorded_at_ms == round(row["recorded_at"].timestamp() * 1000)


async def test_nothing_readable_stands_in_an_event(store: Store):
    stream, _ = await store.stream()
    secret = NewEvent(EventType.ACCESS_VIEW, stream, {"what": "zaak"}, {"employee": "mevr-Bakker"})
    await store.write([secret])
    [row] = await rows_of(store)
    for value in row.values():
        assert b"Bakker" not in bytes(str(value), "utf-8")
        assert not isinstance(value, bytes) or b"Bakker" not in value


async def test_an_event_without_personal_part_looks_like_any_other(store: Store):
    stream, _ = await store.stream()
    await store.write([NewEvent(EventType.HEARTBEAT, stream, {})])
    [row] = await rows_of(store)
    assert row["sealed_pers"] is None
    assert len(row["entry"]) == 73


async def test_what_is_rolled_back_leaves_no_trace_and_no_gap(store: Store):
    stream, _ = await store.stream()
    await store.write([happened(stream)])

    async def give_up() -> None:
        async with store.database.transaction(OURS) as tx:
            await store.journal.append(tx, [happened(stream)] * 3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await give_up()
    await store.write([happened(stream)])
    rows = await rows_of(store)
    assert [row["seq"] for row in rows] == [1, 2]
    async with store.database.transaction(OURS) as tx:
        assert await outbox_size(tx) == 2


async def test_a_batch_over_several_streams_keeps_the_order_of_each(store: Store):
    streams = [(await store.stream())[0] for _ in range(3)]
    await store.write([happened(stream, n) for n in range(4) for stream in streams])
    rows = await rows_of(store)
    for stream in streams:
        mine = [row for row in rows if row["stream_id"] == stream]
        assert [row["seq"] for row in mine] == [1, 2, 3, 4]
        numbers = []
        for row in mine:
            key = await store.keys.one(OURS, row["subject_id"])
            meta = decode(open_sealed(key, row["event_id"], Part.META, row["sealed_meta"]).payload)
            assert isinstance(meta, dict)
            numbers.append(meta["number"])
        assert numbers == [0, 1, 2, 3]


async def test_the_ids_come_back_in_the_order_of_the_events(store: Store):
    one, other = (await store.stream())[0], (await store.stream())[0]
    ids = await store.write([happened(one), happened(other), happened(one)])
    rows = {row["event_id"]: row for row in await rows_of(store)}
    assert [(rows[i]["stream_id"], rows[i]["seq"]) for i in ids] == [(one, 1), (other, 1), (one, 2)]


async def test_writers_at_the_same_moment_make_one_order(store: Store):
    """Streams are taken in opposite orders on purpose: nobody waits in a circle."""
    one, other = (await store.stream())[0], (await store.stream())[0]
    pairs = [[happened(one), happened(other)], [happened(other), happened(one)]]
    await asyncio.gather(*(store.write(pairs[n % 2]) for n in range(40)))
    rows = await rows_of(store)
    for stream in (one, other):
        mine = [row for row in rows if row["stream_id"] == stream]
        assert [row["seq"] for row in mine] == list(range(1, 41))
        times = [row["recorded_at"] for row in mine]
        assert times == sorted(times)


async def test_no_stream_no_record(store: Store):
    stray = StreamId(store.ids.reference())
    with pytest.raises(EvidenceUnavailable):
        await store.write([happened(stray)])
    assert await rows_of(store) == []


async def test_no_events_are_no_work(store: Store):
    assert await store.write([]) == ()


async def test_without_the_key_of_the_subject_nothing_is_recorded(store: Store):
    stream, subject = await store.stream()
    store.keys._cache.clear()
    connection = await asyncpg.connect(store.owner_dsn)
    await connection.execute("delete from subject_key where subject_id = $1", subject)
    await connection.close()
    with pytest.raises(EvidenceUnavailable):
        await store.write([happened(stream)])
