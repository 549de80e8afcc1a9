"""Migrations are applied once and never changed; the gateway's own role sees whether they are."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from gateway.domain.errors import ConfigurationFault, StoreUnfit
from gateway.store import migration
from gateway.store.migration import check_migrated, migrate
from tests.conftest import LOGIN, FreshDatabase


async def test_a_migrated_database_is_good(database: FreshDatabase):
    await check_migrated(database.dsn, "main", "keys")


@pytest.mark.usefixtures("migrated_template")
async def test_an_empty_database_is_refused(empty_database: str):
    with pytest.raises(StoreUnfit, match="gateway migrate"):
        await check_migrated(empty_database, "main")
    parts = urlsplit(empty_database)
    mine = parts._replace(netloc=f"{LOGIN}:{LOGIN}@").geturl()
    with pytest.raises(StoreUnfit, match="gateway migrate"):
        await check_migrated(mine, "keys")


@pytest.mark.parametrize(
    "spoil",
    [
        "delete from schema_migration where file like 'main/%'",
        "update schema_migration set sha256 = ''",
    ],
)
async def test_a_database_of_another_version_is_refused(database: FreshDatabase, spoil: str):
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute(spoil)
    await connection.close()
    with pytest.raises(StoreUnfit):
        await check_migrated(database.dsn, "main")


async def test_migrations_are_applied_once(empty_database: str):
    first = await migrate(empty_database)
    assert [name.partition("/")[0] for name in first] == ["keys", "main"]
    assert await migrate(empty_database) == ()


async def test_processes_that_migrate_at_once_apply_each_file_once(empty_database: str):
    done = await asyncio.gather(*(migrate(empty_database) for _ in range(4)))
    assert sorted(len(names) for names in done) == [0, 0, 0, 2]


async def test_a_file_that_was_changed_after_it_was_applied_is_refused(empty_database: str):
    await migrate(empty_database)
    connection = await asyncpg.connect(empty_database)
    await connection.execute("update schema_migration set sha256 = 'x' where file like 'main/%'")
    await connection.close()
    with pytest.raises(ConfigurationFault) as refusal:
        await migrate(empty_database)
    [finding] = refusal.value.findings
    assert finding.file.startswith("main/")
    assert finding.problem == "changed after it was applied"


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "0001_pre_half.sql").write_text("create table half (); select 1/0;")
    monkeypatch.setattr(migration, "FOLDER", tmp_path)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database, "main")
    connection = await asyncpg.connect(empty_database)
    try:
        assert await connection.fetchval("select to_regclass('half')") is None
        assert await connection.fetchval("select count(*) from schema_migration") == 0
    finally:
        await connection.close()


async def test_keys_can_live_in_a_database_of_their_own(empty_database: str):
    assert [name.partition("/")[0] for name in await migrate(empty_database, "keys")] == ["keys"]
    await check_migrated(empty_database, "keys")
    with pytest.raises(StoreUnfit):
        await check_migrated(empty_database, "main")
