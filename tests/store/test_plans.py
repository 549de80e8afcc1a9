"""How PostgreSQL looks rows up when many municipalities share a database: by their whole key.

Row-level security and the bucket narrow nothing down within one controller. A planner that thinks
they do reads all rows of the controller to find a few, and gets slower with each of them.
"""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.domain.identifiers import Oin, bucket_of
from gateway.store import deliveries, legs, messages
from gateway.store.evidence import journal
from tests.conftest import FreshDatabase

CONTROLLERS, ROWS, ASKED = 40, 1_000, 14
OURS = Oin("00000099000000001000")
BUCKET = bucket_of(OURS)

# Row n of controller c has the id md5(c-n), in every table.
_ID = "md5(c || '-' || n)::uuid"
_PLACE = f"""
(case c when 1 then {BUCKET} else c % 64 end)::smallint,
'000000990000' || lpad(c::text, 5, '0') || '000', {_ID}"""
_FROM = f"from generate_series(1, {CONTROLLERS}) c, generate_series(1, {ROWS}) n"
FILL = (
    f"""insert into leg (bucket, controller, leg_id, case_id, order_id, basis_id, subject_id,
        stream_id, creditor_id, purpose, reason, conversation_id, client_number, state, sealed)
    select {_PLACE}, {_ID}, {_ID}, {_ID}, {_ID}, {_ID}, 'winkel', 'p', 'r', {_ID},
        n::text, 'wacht_op_antwoord', '' {_FROM}""",
    f"""insert into delivery (bucket, controller, delivery_id, leg_id, basis_id, subject_id,
        stream_id, creditor_id, kind, ordinal, state, not_before, run_at, message_id)
    select {_PLACE}, {_ID}, {_ID}, {_ID}, {_ID}, 'winkel', 'verzoek', 0, 'afgeleverd',
        '2026-11-24', now(), {_ID} {_FROM}""",
    f"""insert into message (bucket, controller, row_id, direction, creditor_id, state, leg_id,
        delivery_id, subject_id, stream_id, wire_digest, recorded_at)
    select {_PLACE}, 'uit', 'winkel', 'vastgelegd', {_ID}, {_ID}, {_ID}, {_ID}, '', now()
        {_FROM}""",
    f"""insert into message_guard (bucket, controller, message_id, creditor_id, digest, receipt)
    select {_PLACE}, 'winkel', '', '' {_FROM}""",
    f"""insert into stream (bucket, controller, stream_id, subject_id)
    select {_PLACE}, {_ID} {_FROM}""",
)


@pytest.fixture
async def asked(database: FreshDatabase) -> AsyncIterator[tuple[asyncpg.Connection, list[UUID]]]:
    """The gateway's own connection to a full database, and the ids of a few rows."""
    owner = await asyncpg.connect(database.owner_dsn)
    for statement in FILL:
        await owner.execute(statement)
    await owner.execute("analyze")
    ids = await owner.fetch(
        f"select md5('1-' || n)::uuid as id from generate_series(1, {ROWS}, {ROWS // ASKED}) n"
    )
    await owner.close()
    connection = await asyncpg.connect(database.dsn)
    await connection.execute(f"set gateway.controllers = '{OURS}'")
    yield connection, [row["id"] for row in ids]
    await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read_by(plan: dict[str, Any]) -> int:
    """Return how many rows of tables were looked at."""
    return sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in nodes(plan)
        if "Relation Name" in node and "Scan" in node["Node Type"]
    )


async def rows_read(
    connection: asyncpg.Connection, statement: str, arguments: Sequence[object]
) -> int:
    """Run the statement as it is run in the long run, with a plan for any arguments; undo it."""
    await connection.execute("begin; set local plan_cache_mode = force_generic_plan")
    try:
        found = await connection.fetchval(
            f"explain (analyze, format json) {statement}", BUCKET, OURS.value, *arguments
        )
        return read_by(json.loads(found)[0]["Plan"])
    finally:
        await connection.execute("rollback")


async def test_a_few_rows_are_found_without_reading_the_others(
    asked: tuple[asyncpg.Connection, list[UUID]],
):
    connection, ids = asked
    count = len(ids)
    lookups: dict[str, tuple[str, Sequence[object]]] = {
        "legs": (legs.LOCK_LEGS, [ids]),
        "legs of an order": (legs.LEGS_OF_ORDER, ids[:1]),
        "deliveries": (deliveries.LOCK_DELIVERIES, [ids]),
        "deliveries by message": (deliveries.DELIVERIES_OF_MESSAGES, [ids]),
        "messages": (messages.READ_OUTBOUND, [ids]),
        "guards": (messages.READ_GUARDS, [["winkel"] * count, ids]),
        "streams": (journal.LOCK_STREAMS, [ids]),
        "states": (legs.SET_STATES, [ids, ["beantwoord"] * count, [None] * count]),
    }
    read = {name: await rows_read(connection, *lookup) for name, lookup in lookups.items()}
    assert {name: rows for name, rows in read.items() if rows > 2 * count} == {}
    assert all(read.values())
