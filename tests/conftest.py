"""What tests of every package share: one PostgreSQL per process, one fresh database per test."""

import logging
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import structlog

from gateway.store.embedded import EmbeddedServer

TEMPLATE = "template_migrated"
LOGIN = "gateway_test"


@dataclass(frozen=True, slots=True)
class FreshDatabase:
    """A database for one test: as its owner, and as the gateway."""

    owner_dsn: str
    dsn: str


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a test makes of the logging of the process ends with it."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that any user can pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def pg_server() -> AsyncIterator[EmbeddedServer]:
    """The server of this process; its data need not survive anything."""
    with tempfile.TemporaryDirectory(prefix="gateway-test-") as folder:
        Path(folder).chmod(0o755)
        async with await EmbeddedServer.start(Path(folder), fsync=False) as server:
            yield server


@pytest.fixture(scope="session")
async def migrated_template(pg_server: EmbeddedServer) -> str:
    """The name of a database with all migrations, to clone from; the role of the gateway exists."""
    from gateway.store.migration import ensure_login, migrate

    await run(pg_server, f"create database {TEMPLATE}")
    await migrate(pg_server.dsn(TEMPLATE))
    await ensure_login(pg_server.dsn(TEMPLATE), LOGIN, LOGIN)
    return TEMPLATE


@pytest.fixture
async def empty_database(pg_server: EmbeddedServer) -> AsyncIterator[str]:
    """The address of a database with nothing in it, as its owner."""
    name = await create(pg_server, "template0")
    yield pg_server.dsn(name)
    await run(pg_server, f"drop database {name} with (force)")


@pytest.fixture
async def database(
    pg_server: EmbeddedServer, migrated_template: str
) -> AsyncIterator[FreshDatabase]:
    """A migrated database of this test's own."""
    name = await create(pg_server, migrated_template)
    owner = pg_server.dsn(name)
    credentials = urlsplit(owner).netloc.partition("@")[0]
    yield FreshDatabase(owner, owner.replace(credentials, f"{LOGIN}:{LOGIN}", 1))
    await run(pg_server, f"drop database {name} with (force)")


async def create(server: EmbeddedServer, template: str) -> str:
    name = f"test_{uuid.uuid4().hex}"
    await run(server, f"create database {name} template {template} strategy wal_log")
    return name


async def run(server: EmbeddedServer, statement: str) -> None:
    connection = await asyncpg.connect(server.dsn())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
