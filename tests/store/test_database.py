"""The door to the main store: which roles it refuses, and what counts as a lost database."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from gateway.domain.errors import StoreUnavailable, StoreUnfit
from gateway.domain.identifiers import Oin
from gateway.store.database import Database
from gateway.store.embedded import EmbeddedServer
from tests.conftest import FreshDatabase

TOWN = Oin("00000099000000001000")
Role = Callable[[str], Awaitable[str]]


@pytest.fixture
async def role(pg_server: EmbeddedServer, database: FreshDatabase) -> AsyncIterator[Role]:
    """Make a login role with these rights; the address of the database as that role."""
    made: list[str] = []
    connection = await asyncpg.connect(database.owner_dsn)

    async def make(rights: str) -> str:
        made.append(name := f"rol_{uuid.uuid4().hex}")
        await connection.execute(f"create role {name} login password 'x' {rights}")
        host = database.owner_dsn.partition("@")[2]
        return f"postgresql://{name}:x@{host}"

    yield make
    for name in reversed(made):
        await connection.execute(f"reassign owned by {name} to current_user")
        await connection.execute(f"drop role {name}")
    await connection.close()


def name_in(dsn: str) -> str:
    return dsn.removeprefix("postgresql://").partition(":")[0]


async def opening(dsn: str) -> None:
    async with asyncio.timeout(10):
        database = await Database.open(dsn, size=2)
        await database.close()


async def test_a_plain_member_of_the_gateways_role_is_let_in(role: Role):
    await opening(await role("in role gateway_app"))


@pytest.mark.parametrize("rights", ["superuser", "bypassrls"])
async def test_a_role_that_sees_everything_is_refused_and_nothing_hangs(role: Role, rights: str):
    dsn = await role(rights)
    with pytest.raises(StoreUnfit):
        await opening(dsn)


async def test_the_owner_of_a_table_is_refused(role: Role, database: FreshDatabase):
    dsn = await role("in role gateway_app")
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute(f"alter table leg owner to {name_in(dsn)}")
    await connection.close()
    with pytest.raises(StoreUnfit):
        await opening(dsn)


@pytest.mark.parametrize("rights", ["superuser", "bypassrls"])
async def test_a_role_that_may_become_such_a_one_is_refused(role: Role, rights: str):
    mighty = name_in(await role(rights))
    dsn = await role(f"noinherit in role gateway_app, {mighty}")
    with pytest.raises(StoreUnfit):
        await opening(dsn)


async def test_a_role_that_may_become_the_owner_is_refused(role: Role, database: FreshDatabase):
    owner = name_in(await role(""))
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute(f"alter table leg owner to {owner}")
    await connection.close()
    dsn = await role(f"noinherit in role gateway_app, {owner}")
    with pytest.raises(StoreUnfit):
        await opening(dsn)


@pytest.mark.parametrize("fault", [FileNotFoundError, TimeoutError])
async def test_what_fails_in_the_work_itself_is_no_lost_database(
    database: FreshDatabase, fault: type[Exception]
):
    opened = await Database.open(database.dsn, size=1)
    try:
        with pytest.raises(fault):
            async with opened.transaction(TOWN):
                raise fault
        async with opened.transaction(TOWN) as tx:  # and its connection is given back
            assert await tx.connection.fetchval("select 1") == 1
    finally:
        await opened.close()


async def test_a_connection_that_breaks_under_a_statement_is_a_lost_database(
    database: FreshDatabase,
):
    opened = await Database.open(database.dsn, size=1)
    try:
        with pytest.raises(StoreUnavailable):
            async with opened.transaction(TOWN) as tx:
                await tx.connection.execute("select pg_terminate_backend(pg_backend_pid())")
    finally:
        await opened.close()


async def test_a_server_that_is_not_there_is_a_lost_database(unused_tcp_port: int):
    with pytest.raises(StoreUnavailable):
        await opening(f"postgresql://u:x@127.0.0.1:{unused_tcp_port}/x")


async def test_a_part_of_a_transaction_may_fail_by_itself(database: FreshDatabase):
    opened = await Database.open(database.dsn, size=1)
    try:
        async with opened.transaction(TOWN) as tx:
            for statement in ("select 1/0", "select 2"):
                with contextlib.suppress(asyncpg.DivisionByZeroError):
                    async with tx.apart():
                        await tx.connection.execute(statement)
            assert await tx.connection.fetchval("select 3") == 3
    finally:
        await opened.close()


async def test_a_right_that_is_missing_is_not_the_fault_of_a_row(database: FreshDatabase):
    opened = await Database.open(database.dsn, size=1)
    try:
        async with opened.transaction(TOWN) as tx:
            with pytest.raises(StoreUnavailable):
                async with tx.apart():
                    await tx.connection.execute("delete from leg")
    finally:
        await opened.close()
