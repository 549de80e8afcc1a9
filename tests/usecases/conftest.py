"""A stage per test, as the journeys have."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import FreshDatabase
from tests.journeys.stage import Keys, Stage, staging


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.make(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def stage(keys: Keys, database: FreshDatabase) -> AsyncIterator[Stage]:
    async with staging(keys, database.dsn, database.owner_dsn) as found:
        yield found
