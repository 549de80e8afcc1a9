"""A listening port: one application behind one TLS context."""

import ssl
from typing import Self

from aiohttp import web

from gateway.api.edge.protocol import Runner
from gateway.domain.errors import ConfigurationFault, Finding


class Port:
    """An application that listens; close it to stop."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    @classmethod
    async def open(
        cls, name: str, app: web.Application, where: tuple[str, int], context: ssl.SSLContext
    ) -> Self:
        """Listen; port 0 takes a free one. Raises ConfigurationFault when the port is in use."""
        runner = Runner(app)
        await runner.setup()
        host, number = where
        try:
            await web.TCPSite(runner, host, number, ssl_context=context).start()
        except OSError as fault:
            await runner.cleanup()
            problem = f"port {number} on {host} cannot be used: {fault.strerror}"
            raise ConfigurationFault([Finding("gateway.toml", f"{name}.poort", problem)]) from fault
        return cls(runner)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, number, *_ = self._runner.addresses[0]
        return str(host), int(number)

    async def close(self) -> None:
        """Accept nothing new, finish what is under way."""
        await self._runner.cleanup()
