"""A gateway that serves, and callers with and without a certificate."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.store.embedded import EmbeddedServer
from tests.api.installation import Installation
from tests.api.serving import Caller, Served, serving
from tests.conftest import LOGIN, create, run


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation.create(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
async def served(
    installation: Installation,
    tmp_path_factory: pytest.TempPathFactory,
    pg_server: EmbeddedServer,
    migrated_template: str,
) -> AsyncIterator[Served]:
    name = await create(pg_server, migrated_template)
    folder: Path = tmp_path_factory.mktemp("config") / "config"
    owner = pg_server.dsn(name)
    dsn = owner.replace(urlsplit(owner).netloc.partition("@")[0], f"{LOGIN}:{LOGIN}", 1)
    async with serving(installation, folder, dsn) as found:
        yield found
    await run(pg_server, f"drop database {name} with (force)")


@pytest.fixture
async def back_office(served: Served) -> AsyncIterator[Caller]:
    """A client with every right at the first municipality."""
    async with served.caller("backoffice") as caller:
        yield caller


@pytest.fixture
async def reader(served: Served) -> AsyncIterator[Caller]:
    """A client that may only read."""
    async with served.caller("lezer") as caller:
        yield caller


@pytest.fixture
async def nobody(served: Served) -> AsyncIterator[Caller]:
    """A client without a certificate."""
    async with served.caller(None) as caller:
        yield caller


@pytest.fixture
async def creditor(served: Served) -> AsyncIterator[Caller]:
    """A creditor at the creditor port."""
    async with served.caller("winkel", listener=True) as caller:
        yield caller
