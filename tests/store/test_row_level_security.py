"""A controller sees and changes its own rows only, whatever a statement says (design §6)."""

import asyncpg
import pytest

from gateway.domain.identifiers import CaseId, MessageId, Oin
from gateway.store import cases, deliveries, idempotency, legs, messages
from gateway.store.evidence import log
from gateway.store.idempotency import KeyRow
from gateway.store.messages import INBOUND, Guarded, MessageRow, ReplyRow
from gateway.usecases.context import SignCheckpoint
from tests.conftest import FreshDatabase
from tests.journeys.stage import NOW, TODAY
from tests.store.filling import OURS, SHOP, THEIRS, Store, happened
from tests.store.test_statements import OWNED

EVERY_TABLE = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and a.attname = 'controller' and c.relname not in ('subject_key', 'controller_key')
"""
CHANGEABLE = OWNED - {"log_entry", "event", "message_guard", "reply"}


def sign(controller: Oin, size: int, root: bytes) -> bytes:
    return b"signed"


SIGN: SignCheckpoint = sign


async def fill(store: Store, controller: Oin) -> None:
    """Put a row in every table of this controller."""
    [delivery] = await store.exchange(controller=controller)
    stream, subject = await store.stream(controller)
    async with store.database.transaction(controller) as tx:
        await cases.add_subject(tx, subject, None)
        case = cases.CaseRow(CaseId(store.ids.row()), subject, stream, TODAY, NOW, b"sealed")
        await cases.add_case(tx, case)
        row = MessageRow(
            row_id=store.ids.row(),
            direction=INBOUND,
            creditor_id=SHOP,
            state="aanvaard",
            subject_id=subject,
            stream_id=stream,
            wire_digest=bytes(32),
            recorded_at=NOW,
            sealed=b"sealed",
        )
        await messages.add_messages(tx, [row])
        message_id = MessageId(store.ids.reference())
        await messages.guard(tx, {(SHOP, message_id): Guarded(bytes(32), b"receipt")})
        reply = ReplyRow(delivery.leg_id, 1, subject, row.row_id, TODAY, b"sealed")
        await messages.add_replies(tx, [reply])
        await idempotency.take_key(tx, controller, "sleutel", bytes(32), NOW)
        answer = KeyRow(bytes(32), 201, None, b"{}")
        await idempotency.write_answer(tx, controller, "sleutel", answer)
        await store.journal.append(tx, [happened(stream)])
    async with store.database.transaction(controller) as tx:
        await log.integrate(tx, 100, SIGN, NOW)
    await store.write([happened(stream)], controller)


@pytest.fixture
async def filled(store: Store) -> Store:
    await fill(store, OURS)
    await fill(store, THEIRS)
    return store


async def test_the_tables_with_a_controller_are_these(database: FreshDatabase):
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        found = {row["relname"] for row in await connection.fetch(EVERY_TABLE)}
        forced = await connection.fetch(
            "select relname from pg_class where relrowsecurity and relname = any ($1)",
            list(found),
        )
    finally:
        await connection.close()
    assert found == OWNED
    assert {row["relname"] for row in forced} == OWNED


@pytest.mark.parametrize("table", sorted(OWNED))
async def test_another_municipality_is_invisible(filled: Store, table: str):
    async with filled.database.transaction(OURS) as tx:
        seen = await tx.connection.fetch(f"select controller from {table}")
    assert {row["controller"] for row in seen} == {OURS.value}


@pytest.mark.parametrize("table", sorted(OWNED))
async def test_without_a_municipality_nothing_is_visible(filled: Store, table: str):
    connection = await asyncpg.connect(filled.dsn)
    try:
        assert await connection.fetchval(f"select count(*) from {table}") == 0
    finally:
        await connection.close()


@pytest.mark.parametrize("table", sorted(CHANGEABLE))
async def test_the_rows_of_another_municipality_cannot_be_changed(filled: Store, table: str):
    async with filled.database.transaction(OURS) as tx:
        done = await tx.connection.execute(
            f"update {table} set bucket = bucket where controller = $1", THEIRS.value
        )
    assert done == "UPDATE 0"


@pytest.mark.parametrize("table", sorted(OWNED))
async def test_no_row_can_be_written_for_another_municipality(filled: Store, table: str):
    async def copy_as_theirs() -> None:
        async with filled.database.transaction(OURS) as tx:
            columns = [
                row["attname"]
                for row in await tx.connection.fetch(
                    "select attname from pg_attribute where attrelid = $1::regclass"
                    " and attnum > 0 and not attisdropped order by attnum",
                    table,
                )
            ]
            values = ", ".join("$1" if name == "controller" else name for name in columns)
            await tx.connection.execute(
                f"insert into {table} ({', '.join(columns)}) select {values} from {table} limit 1",
                THEIRS.value,
            )

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await copy_as_theirs()


@pytest.mark.parametrize("table", ["log_entry", "event", "message_guard", "reply"])
async def test_what_is_evidence_can_be_neither_changed_nor_deleted(filled: Store, table: str):
    for statement in (f"update {table} set bucket = bucket", f"delete from {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with filled.database.transaction(OURS) as tx:
                await tx.connection.execute(statement)


async def test_the_setting_ends_with_its_transaction(filled: Store):
    """A connection that is used again brings nobody's rights along."""
    async with filled.database.transaction(OURS) as tx:
        inside = await tx.connection.fetchval("select current_setting('gateway.controllers')")
    for _ in range(12):
        async with filled.database._pool.acquire() as connection:
            left = await connection.fetchval("select current_setting('gateway.controllers', true)")
            assert not left
    assert inside == OURS.value


async def test_a_claim_and_a_read_are_of_one_municipality(filled: Store):
    async with filled.database.transaction(OURS) as tx:
        claimed = await deliveries.claim_queued(tx, TODAY, NOW, 10)
        assert len(claimed) == 1
    async with filled.database.transaction(THEIRS) as tx:
        assert await legs.read_legs(tx, [claimed[0].leg_id]) == {}
        assert await deliveries.lock_deliveries(tx, [claimed[0].delivery_id]) == {}
