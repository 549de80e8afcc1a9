"""A gateway that runs: both ports, the workers, and how they start and stop.

Stopping goes in this order: no new connections, no new claims, finish what is under way, then
close the roads and the database.
"""

import asyncio
import contextlib
import gc
import signal
import ssl
from pathlib import Path
from typing import Self

import structlog

from gateway.api.edge.ports import Port
from gateway.api.edge.sni import HostContext, listening_context
from gateway.api.listener import build_listener
from gateway.api.server import build_api
from gateway.app.building import Parts, build
from gateway.app.environment import AmsterdamCalendar
from gateway.app.publishing import keep_publishing, publish
from gateway.config.configuration import LiveConfiguration
from gateway.ports.environment import Calendar
from gateway.registry import Registry
from gateway.transports.tls import equip
from gateway.usecases.context import Gateway
from gateway.usecases.watch.workers import Workers

Address = tuple[str, int]
_log = structlog.get_logger(__name__)


class App:
    """One running gateway process."""

    def __init__(self, live: LiveConfiguration, parts: Parts, workers: Workers) -> None:
        self._live, self._parts, self._workers = live, parts, workers
        self._ports: list[Port] = []
        self._publisher: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, config_dir: Path, *, calendar: Calendar | None = None) -> Self:
        """Start from a configuration folder.

        Raises:
            ConfigurationFault: with every fault in it, or a port that is in use.
            StoreUnavailable: no database, or a role with too many rights.
        """
        registry = Registry.load()
        live = LiveConfiguration(config_dir, registry.known())
        parts = await build(live, registry, calendar or AmsterdamCalendar())
        app = cls(live, parts, Workers(parts.gateway, live.current.settings.workers))
        try:
            await app._listen()
        except BaseException:
            await app.stop()
            raise
        app._workers.start(parts.gateway.controllers.values())
        app._start_publisher()
        return app

    @property
    def gateway(self) -> Gateway:
        """What the use cases work with."""
        return self._parts.gateway

    @property
    def api_address(self) -> Address:
        """Host and port for back offices."""
        return self._ports[0].address

    @property
    def listener_address(self) -> Address:
        """Host and port for creditors' messages."""
        return self._ports[1].address

    async def idle(self) -> bool:
        """Say whether nothing is left to do today."""
        return await self._workers.idle()

    def wake(self) -> None:
        """Say that there is work, or that a day began."""
        self._workers.wake()

    def reload(self) -> bool:
        """Swap in the configuration as it now is on disk; any fault keeps the old one."""
        return self._live.reload()

    async def publish(self, directory: Path) -> None:
        """Write the log of every controller as static files, the checkpoint last."""
        await publish(self.gateway, directory)

    async def stop(self) -> None:
        """Stop in order; nothing that was accepted is lost."""
        for port in self._ports:
            await port.close()
        await self._workers.stop()
        if self._publisher is not None:
            self._publisher.cancel()
            await asyncio.gather(self._publisher, return_exceptions=True)
        await self._parts.close()

    def _start_publisher(self) -> None:
        settings = self._live.current.settings.log
        if settings.folder is not None:
            task = keep_publishing(self.gateway, settings.folder, settings.seconds)
            self._publisher = asyncio.create_task(task)

    async def _listen(self) -> None:
        settings = self._live.current.settings
        api = build_api(self.gateway, lambda: self._live.current.settings.clients)
        listener = build_listener(self.gateway)
        ports = (("api", api, settings.api), ("berichten", listener, settings.messages))
        for name, app, where in ports:
            address = (where.host, where.port)
            self._ports.append(await Port.open(name, app, address, self._context()))

    def _context(self) -> ssl.SSLContext:
        settings = self._live.current.settings
        contexts = {}
        for municipality in settings.municipalities:
            context = HostContext.server(municipality.controller.host)
            equip(context, municipality.tls, settings.anchors)
            contexts[context.host] = context
        return listening_context(contexts)


def keep_what_is_built() -> None:
    """Tell Python's collector that what exists now stays.

    It would else look at all of it again and again: a twentieth of the processor time of an
    exchange, and pauses of a tenth of a second (docs/bench.md).
    """
    gc.collect()
    gc.freeze()


async def serve(config_dir: Path) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
    app = await App.start(config_dir)
    keep_what_is_built()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with contextlib.suppress(AttributeError):  # no SIGHUP on Windows
        loop.add_signal_handler(signal.SIGHUP, app.reload)
    _log.info("gateway_started", api=app.api_address[1], messages=app.listener_address[1])
    try:
        await stop.wait()
    finally:
        await app.stop()
        _log.info("gateway_stopped")
