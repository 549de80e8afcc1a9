"""Build the parts of a gateway from its configuration."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from gateway import __version__
from gateway.app.embedding import open_database
from gateway.app.environment import SystemClock, SystemIds
from gateway.config.configuration import LiveConfiguration
from gateway.config.settings import LogSettings
from gateway.domain.identifiers import Oin
from gateway.ledger.checkpoint import Checkpoint, sign_checkpoint
from gateway.ports.environment import Calendar
from gateway.registry import Registry
from gateway.store.database import Database
from gateway.store.embedded import EmbeddedServer
from gateway.store.evidence.journal import Journal
from gateway.store.evidence.keys import KeyRing
from gateway.store.migration import check_migrated
from gateway.transports.https import HttpsTransport
from gateway.usecases.context import Gateway, SignCheckpoint
from gateway.wire.signature import KeySigner

SOFTWARE = f"creditor-gateway/{__version__}"


@dataclass(frozen=True, slots=True)
class Parts:
    """What must be closed again."""

    gateway: Gateway
    transport: HttpsTransport
    server: EmbeddedServer | None

    async def close(self) -> None:
        """Close the roads, the pools and the embedded server."""
        await self.transport.close()
        await self.gateway.database.close()
        await self.gateway.keys.close()
        if self.server is not None:
            await self.server.stop()


async def build(live: LiveConfiguration, registry: Registry, calendar: Calendar) -> Parts:
    """Open database and keys and put the gateway together; raises StoreUnavailable, StoreUnfit."""
    settings, clock, ids = live.current.settings, SystemClock(), SystemIds()
    server, dsn = await open_database(settings.database)
    keys_dsn = settings.database.keys_dsn or dsn
    async with AsyncExitStack() as opened:
        if server is not None:
            opened.push_async_callback(server.stop)
        database = await Database.open(dsn, size=settings.database.connections)
        opened.push_async_callback(database.close)
        await check_migrated(dsn, "main")
        await check_migrated(keys_dsn, "keys")
        keks = {kek.kek_id: kek.key for kek in settings.keks}
        keys = await KeyRing.open(keys_dsn, keks, clock, ids)
        opened.pop_all()
    transport = HttpsTransport({m.controller.oin: m.tls for m in settings.municipalities}, clock)
    gateway = Gateway(
        environment=settings.environment,
        controllers={m.controller.host: m.controller for m in settings.municipalities},
        partners=lambda: live.current.partners,
        policies=lambda: live.current.policies,
        adapters=registry.adapters,
        catalogue=registry.catalogue,
        signers={
            m.controller.oin: KeySigner(m.signing.key, m.signing.certificate)
            for m in settings.municipalities
        },
        transports={"rest": transport},
        sign_checkpoint=_checkpoint_signer(settings.log),
        database=database,
        keys=keys,
        journal=Journal(keys, ids, calendar, SOFTWARE),
        clock=clock,
        calendar=calendar,
        ids=ids,
    )
    return Parts(gateway, transport, server)


def _checkpoint_signer(settings: LogSettings) -> SignCheckpoint:
    def sign(controller: Oin, size: int, root: bytes) -> bytes:
        signer = settings.signer_for(controller)
        return sign_checkpoint(Checkpoint(signer.name, size, root), signer)

    return sign
