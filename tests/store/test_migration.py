"""Whether a database has the form of this version, as the gateway's own role sees it."""

from urllib.parse import urlsplit

import asyncpg
import pytest

from gateway.domain.errors import StoreUnfit
from gateway.store.migration import check_migrated
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
