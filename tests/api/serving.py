"""Both ports of a real gateway on loopback, over real TLS and PostgreSQL; only no workers run.

So what is asked stays queued, and a test sees exactly what the API itself does.
"""

import json
import os
import socket
import ssl
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from adapters.energie.adapter import ADAPTER as ENERGY
from adapters.svb.adapter import ADAPTER as SVB
from gateway.api.edge.protocol import Runner
from gateway.api.edge.sni import HostContext, listening_context
from gateway.api.listener import build_listener
from gateway.api.server import build_api
from gateway.config.configuration import LiveConfiguration
from gateway.config.partners import Known
from gateway.store.database import Database
from gateway.store.evidence.journal import Journal
from gateway.store.evidence.keys import KeyRing
from gateway.transports.tls import equip
from gateway.usecases.context import Gateway
from gateway.wire.schema import SchemaCatalogue
from gateway.wire.signature import KeySigner
from tests.api.installation import HOST, ROOT, Installation

TODAY = date(2026, 6, 1)
EMPLOYEE = {"X-Medewerker": "m-17", "X-Rol": "schuldhulpverlener"}
ADAPTERS = {"svb": SVB, "energie": ENERGY}


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Calendar:
    def today(self) -> date:
        return TODAY


class Ids:
    def row(self) -> uuid.UUID:
        return uuid.uuid4()

    def reference(self) -> uuid.UUID:
        return uuid.uuid4()

    def chance(self, count: int) -> bytes:
        return os.urandom(count)


class Loopback(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])


@dataclass(slots=True)
class Caller:
    """A client with one certificate, or none."""

    session: aiohttp.ClientSession
    port: int
    host: str = HOST
    headers: dict[str, str] = field(default_factory=lambda: dict(EMPLOYEE))

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str | None] | None = None,
        host: str | None = None,
    ) -> Answer:
        """Send a request; a header of None is left out."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        named: dict[str, str | None] = {**self.headers}
        if body is not None:
            named["Content-Type"] = "application/json"
        named |= headers or {}
        given = {name: value for name, value in named.items() if value is not None}
        url = f"https://{host or self.host}:{self.port}{path}"
        async with self.session.request(
            method,
            URL(url, encoded=True),
            data=data,
            headers=given,
            skip_auto_headers=("Content-Type", "Accept"),
        ) as response:
            return Answer(response.status, response.headers.copy(), await response.read())

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: Any, **more: Any) -> Answer:
        return await self.ask("POST", path, body, **more)


@dataclass(frozen=True, slots=True)
class Served:
    """A running gateway and those who call it."""

    gateway: Gateway
    installation: Installation
    api_port: int
    listener_port: int

    @asynccontextmanager
    async def caller(self, name: str | None, *, listener: bool = False) -> AsyncIterator[Caller]:
        connector = aiohttp.TCPConnector(
            ssl=self.installation.client_context(name), resolver=Loopback()
        )
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Caller(session, self.listener_port if listener else self.api_port)


@asynccontextmanager
async def serving(installation: Installation, folder: Path, dsn: str) -> AsyncIterator[Served]:
    config = installation.write(folder, dsn)
    live = LiveConfiguration(config, Known(frozenset(ADAPTERS)))
    database = await Database.open(dsn, size=4)
    keks = {kek.kek_id: kek.key for kek in live.current.settings.keks}
    keys = await KeyRing.open(dsn, keks, Clock(), Ids())
    gateway = make_gateway(live, database, keys)
    api = Runner(build_api(gateway, lambda: live.current.settings.clients))
    listener = Runner(build_listener(gateway))
    try:
        ports = [await listen(runner, context_of(live)) for runner in (api, listener)]
        yield Served(gateway, installation, *ports)
    finally:
        await api.cleanup()
        await listener.cleanup()
        await keys.close()
        await database.close()


def make_gateway(live: LiveConfiguration, database: Database, keys: KeyRing) -> Gateway:
    settings = live.current.settings
    return Gateway(
        environment=settings.environment,
        controllers={m.controller.host: m.controller for m in settings.municipalities},
        partners=lambda: live.current.partners,
        policies=lambda: live.current.policies,
        adapters=ADAPTERS,
        catalogue=catalogue(),
        signers={
            m.controller.oin: KeySigner(m.signing.key, m.signing.certificate)
            for m in settings.municipalities
        },
        transports={},
        sign_checkpoint=lambda controller, size, root: root,
        database=database,
        keys=keys,
        journal=Journal(keys, Ids(), Calendar(), "creditor-gateway/test"),
        clock=Clock(),
        calendar=Calendar(),
        ids=Ids(),
    )


def catalogue() -> SchemaCatalogue:
    xsd = ROOT / "xsd"
    return SchemaCatalogue(
        {str(path.relative_to(xsd)): path.read_bytes() for path in sorted(xsd.rglob("*.xsd"))}
    )


def context_of(live: LiveConfiguration) -> ssl.SSLContext:
    settings = live.current.settings
    contexts = {}
    for municipality in settings.municipalities:
        context = HostContext.server(municipality.controller.host)
        equip(context, municipality.tls, settings.anchors)
        contexts[context.host] = context
    return listening_context(contexts)


async def listen(runner: Runner, context: ssl.SSLContext) -> int:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    return int(runner.addresses[0][1])
