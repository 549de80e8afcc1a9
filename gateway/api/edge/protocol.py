"""The HTTP server itself: what is wrong below the application is a problem document too.

A request line that is no HTTP, a header that is too long, an expectation that nobody knows: the
application never sees these, so the server must speak for it. Nothing of what was sent is logged:
a broken request may hold anything.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import HttpVersion10, web

from gateway.api import problems
from gateway.api.edge.answering import of_exception, set_headers

_KEEP_ALIVE_SECONDS = 75.0
_log = structlog.get_logger(__name__)


class _BareResponse(web.Response):
    """A response outside every application, so its headers are completed here."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        set_headers(self.headers)


def _bare(status: int) -> web.Response:
    problem = problems.of_status(status, None)
    return _BareResponse(status=status, body=problem.body, content_type=problems.MEDIA_TYPE)


class _Handler(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - may quote what was sent: not used
    ) -> web.StreamResponse:
        """Answer a broken request, and close the connection: what follows cannot be trusted."""
        _log.warning("request_broken", status=status, error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun; only closing is left.")
        response = _bare(status)
        response.force_close()
        return response


class _Server(web.Server):
    """aiohttp's server with our own handler per connection."""

    @classmethod
    def around(cls, server: web.Server) -> "_Server":
        """Return a server that does the same, in our words."""
        made = cls(
            _guarded(server.request_handler),
            request_factory=server.request_factory,
            handler_cancellation=server.handler_cancellation,
        )
        made._kwargs = server._kwargs  # noqa: SLF001 - aiohttp has no other way to its settings
        return made

    def __call__(self) -> web.RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)


_Handle = Callable[[Any], Awaitable[web.StreamResponse]]


def _guarded(handle: _Handle) -> _Handle:
    async def guarded(request: web.BaseRequest) -> web.StreamResponse:
        if request.version < HttpVersion10:
            return _bare(400)  # a line without version: HTTP/0.9, which has no headers
        # aiohttp judges the Expect header before any middleware runs.
        try:
            return await handle(request)
        except web.HTTPException as raised:
            return of_exception(raised, None)

    return guarded


class Runner(web.AppRunner):
    """What app.py runs both ports with; no access log, because that would hold paths."""

    __slots__ = ()

    def __init__(self, app: web.Application) -> None:
        super().__init__(
            app,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
        )

    async def _make_server(self) -> web.Server:
        return _Server.around(await super()._make_server())
