"""The log read back, and one checker that walks the whole of it after a story.

What it demands is what an auditor demands: the published files verify with a key from outside,
every stream is numbered without a gap and names its former leaf, every commitment opens, and
nothing was sent before its intention was under a signed checkpoint (consentlog §2.4, §5.3).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from gateway.domain.events import EventType, Json
from gateway.domain.identifiers import Oin
from gateway.domain.parties import Controller
from gateway.ledger.encoding import decode
from gateway.ledger.entry import Part, check_opening, parse_entry
from gateway.ledger.note import print_verifier
from gateway.ledger.sealing import open_sealed
from gateway.ledger.tree import leaf_hash
from gateway.ledger.verification import verify_log
from gateway.ports.transport import Partner
from gateway.store.evidence.keys import KeyRing
from gateway.usecases.watch.sequencing import published, sequence
from gateway.wire.signature import Signed
from tests.journeys.stage import LOG_KEY, TOWN, Stage

EVENTS = """
select e.event_id, e.stream_id, e.seq, e.type, e.subject_id, e.sealed_meta, e.sealed_pers,
       l.idx, l.entry
from event e left join log_entry l on (l.controller, l.event_id) = (e.controller, e.event_id)
where e.controller = $1 order by e.stream_id, e.seq
"""
INTENTION = """
select d.state, l.idx < t.size and t.checkpoint is not null as covered
from delivery d
left join log_entry l on (l.controller, l.event_id) = (d.controller, d.intention_event)
left join log_tree t on t.controller = d.controller
where d.controller = $1 and d.digest = $2
"""


@dataclass(frozen=True, slots=True)
class Written:
    """One event as it stands in the store and in the log, opened."""

    event_id: UUID
    stream: UUID
    seq: int
    type: EventType
    index: int | None
    open: Mapping[str, Json]
    personal: Mapping[str, Json]


async def read_log(stage: Stage, controller: Controller = TOWN) -> tuple[Written, ...]:
    """Open every event; each opening is held against its commitment in the log."""
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        rows = await connection.fetch(EVENTS, controller.oin.value)
    finally:
        await connection.close()
    return tuple([await _written(stage.gateway.keys, controller.oin, row) for row in rows])


async def _written(keys: KeyRing, controller: Oin, row: asyncpg.Record) -> Written:
    key = await keys.one(controller, row["subject_id"])
    entry = parse_entry(row["entry"]) if row["entry"] else None
    parts: dict[Part, Mapping[str, Json]] = {}
    for part, sealed in ((Part.META, row["sealed_meta"]), (Part.PERS, row["sealed_pers"])):
        parts[part] = {}
        if sealed is None:
            continue
        opened = open_sealed(key, row["event_id"], part, sealed)
        if entry is not None:
            commitment = entry.c_meta if part is Part.META else entry.c_pers
            check_opening(part, opened.key, opened.payload, commitment)
        content = decode(opened.payload)
        assert isinstance(content, dict)
        parts[part] = content
    return Written(
        row["event_id"],
        row["stream_id"],
        row["seq"],
        EventType(row["type"]),
        row["idx"],
        parts[Part.META],
        parts[Part.PERS],
    )


async def check_log(stage: Stage, controller: Controller = TOWN) -> tuple[Written, ...]:
    """Walk the whole log; return its events, stream by stream."""
    await sequence(stage.gateway, controller)
    files = await published(stage.gateway, controller)
    verdict = verify_log(files, print_verifier(LOG_KEY.verifier))
    assert verdict.findings == ()
    events = await read_log(stage, controller)
    assert sorted(event.index for event in events if event.index is not None) == list(
        range(verdict.size)
    )
    leaves = await _leaves(stage, controller)
    streams: dict[UUID, list[Written]] = defaultdict(list)
    for event in events:
        streams[event.stream].append(event)
    for stream in streams.values():
        _check_stream(stream, leaves)
    return events


async def _leaves(stage: Stage, controller: Controller) -> dict[UUID, str]:
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        rows = await connection.fetch(
            "select event_id, entry from log_entry where controller = $1", controller.oin.value
        )
    finally:
        await connection.close()
    return {row["event_id"]: leaf_hash(row["entry"]).hex() for row in rows}


def _check_stream(stream: list[Written], leaves: Mapping[UUID, str]) -> None:
    assert [event.seq for event in stream] == list(range(1, len(stream) + 1))
    indexes = [event.index for event in stream if event.index is not None]
    assert indexes == sorted(indexes)
    former = None
    for event in stream:
        assert event.open["seq"] == event.seq
        assert event.open["event_id"] == str(event.event_id)
        assert event.open["prev"] == former
        former = leaves[event.event_id]
    _check_order(stream)


def _check_order(stream: list[Written]) -> None:
    """No message leaves without its intention, nor after its ground ended (unless it says stop)."""
    intended: set[Json] = set()
    over = False
    for event in stream:
        over = over or event.type is EventType.BASIS_ENDED
        if event.type is EventType.EXCHANGE_REQUEST:
            intended.add(event.open["message_id"])
        if event.type is EventType.EXCHANGE_SENDING:
            assert event.open["message_id"] in intended
            assert not over or event.open["delivery"] == "intrekking"


async def log_first(stage: Stage) -> None:
    """From now on no message may leave whose intention is not under a signed checkpoint."""

    async def witness(partner: Partner, sender: Oin, message: Signed) -> None:
        connection = await asyncpg.connect(stage.owner_dsn)
        try:
            row = await connection.fetchrow(INTENTION, sender.value, message.digest)
        finally:
            await connection.close()
        assert row is not None
        assert (row["state"], row["covered"]) == ("onderweg", True)

    stage.transport.before = witness
