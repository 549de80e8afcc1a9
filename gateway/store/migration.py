"""Migrations: plain SQL files, forward only, each applied once and never changed afterwards.

`main` is the business store, `keys` the store of wrapped keys; by default both live in one
database. A file's SHA-256 is kept: a changed file is refused, because the database and the code
would then tell two stories.
"""

import contextlib
import hashlib
from pathlib import Path

import asyncpg

from gateway.domain.errors import ConfigurationFault, Finding, StoreUnfit
from gateway.store.database import connection_faults

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_204_911_301
_ANOTHER_WAS_FASTER = (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError)

CREATE_LIST = """
create table if not exists schema_migration (
    file text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
)
"""
SHOW_LIST = "grant select on schema_migration to gateway_app"
APPLIED = "select file, sha256 from schema_migration"
REMEMBER = "insert into schema_migration (file, sha256) values ($1, $2)"
CREATE_DATABASE = """
select format('create database %I template template0', $1::text)
where not exists (select from pg_database where datname = $1)
"""
DROP_DATABASE = "select format('drop database if exists %I with (force)', $1::text)"
CREATE_LOGIN = """
select format('create role %I login password %L in role gateway_app', $1::text, $2::text)
where not exists (select from pg_roles where rolname = $1)
union all
select format('alter role %I login password %L', $1::text, $2::text)
where exists (select from pg_roles where rolname = $1)
"""


async def migrate(dsn: str, *sets: str) -> tuple[str, ...]:
    """Apply what is missing of these sets (default: main and keys); return the file names.

    Raises StoreUnavailable, or ConfigurationFault when an applied file was changed.
    """
    with connection_faults():
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("select pg_advisory_lock($1)", _LOCK)
            return await _apply_missing(connection, sets or ("main", "keys"))
        finally:
            await connection.close()


async def check_migrated(dsn: str, *sets: str) -> None:
    """Raise StoreUnfit unless this database has exactly the files of these sets.

    For the role of the gateway, which may read the list and change nothing.
    """
    with connection_faults():
        connection = await asyncpg.connect(dsn)
        try:
            applied = {row["file"]: row["sha256"] for row in await connection.fetch(APPLIED)}
        except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
            applied = {}
        finally:
            await connection.close()
    if any(applied.get(name) != digest for name, (_, digest) in _files(sets).items()):
        raise StoreUnfit("It lacks migrations of this version; run `gateway migrate` as its owner.")


def _files(sets: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return the text and SHA-256 of every file of these sets, by name, in order."""
    paths = sorted(path for name in sets for path in (FOLDER / name).glob("*.sql"))
    texts = {f"{p.parent.name}/{p.name}": p.read_text(encoding="utf-8") for p in paths}
    return {name: (text, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts.items()}


async def _apply_missing(connection: asyncpg.Connection, sets: tuple[str, ...]) -> tuple[str, ...]:
    await connection.execute(CREATE_LIST)
    applied = {row["file"]: row["sha256"] for row in await connection.fetch(APPLIED)}
    done = []
    for name, (text, digest) in _files(sets).items():
        if name not in applied:
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute(REMEMBER, name, digest)
            done.append(name)
        elif applied[name] != digest:
            raise ConfigurationFault([Finding(name, "sha256", "changed after it was applied")])
    await connection.execute(SHOW_LIST)
    return tuple(done)


async def ensure_database(dsn: str, name: str) -> None:
    """Create a database of this name unless it exists (embedded server only)."""
    with connection_faults():
        connection = await asyncpg.connect(dsn)
        try:
            statement = await connection.fetchval(CREATE_DATABASE, name)
            if statement:
                with contextlib.suppress(
                    asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError
                ):
                    await connection.execute(statement)
        finally:
            await connection.close()


async def drop_database(dsn: str, name: str) -> None:
    """Remove a database with all that is in it (embedded server of a practice story only)."""
    with connection_faults():
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(await connection.fetchval(DROP_DATABASE, name))
        finally:
            await connection.close()


async def ensure_login(dsn: str, user: str, password: str) -> None:
    """Create or refresh the unprivileged login role of the gateway (embedded database only)."""
    connection = await asyncpg.connect(dsn)
    try:
        statement = await connection.fetchval(CREATE_LOGIN, user, password)
        await connection.execute(statement)
    finally:
        await connection.close()
