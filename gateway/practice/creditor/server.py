"""A simulated creditor as a real HTTPS server: mutual TLS, one address, signed messages.

It believes nobody without the certificate of an asker it knows, answers as its behaviour says, and
refuses everything else with problem+json. Its late answers leave when a day begins.
"""

from typing import Final

from aiohttp import web

from gateway.api import problems
from gateway.api.edge.answering import of_exception, problem_response
from gateway.api.edge.negotiation import check_content, read_content
from gateway.api.identity import certificate_of
from gateway.domain.errors import (
    CertificateRefused,
    MessageReused,
    MessageTooLarge,
    PartnerFault,
)
from gateway.practice.cast import CastCreditor
from gateway.practice.creditor.desk import MESSAGE_BYTES, Answered, Desk
from gateway.practice.creditor.dialect import load_dialect
from gateway.practice.creditor.dossier import Dossier
from gateway.practice.creditor.keyring import keyring_of
from gateway.practice.creditor.outbox import PATH, Outbox
from gateway.practice.creditor.surroundings import KnownAsker, Surroundings
from gateway.practice.creditor.writing import Writer
from gateway.practice.pki import Party
from gateway.transports.tls import server_context
from gateway.wire.trust import check_known

HOST: Final = "127.0.0.1"
_XML: Final = "application/xml"
_STATUS: Final = {MessageReused: 409, MessageTooLarge: 413}
_KEEP_ALIVE_SECONDS: Final = 75.0
_STOP_SECONDS: Final = 2.0


class SimulatedCreditor:
    """One creditor of the cast, with the keys of its party."""

    def __init__(self, creditor: CastCreditor, party: Party, around: Surroundings) -> None:
        self.creditor: Final = creditor
        self.dossier: Final = Dossier()
        self._around = around
        self._keyring = keyring_of(creditor.behaviour, party, around.pki)
        writer = Writer(creditor, load_dialect(creditor.adapter), self._keyring, around)
        self._outbox = Outbox(writer, self.dossier)
        self._desk = Desk(writer, self._outbox, self.dossier)
        self._runner: web.AppRunner | None = None
        self._port, self._path = 0, PATH

    @property
    def endpoint(self) -> str:
        """The https address for the partner file; known once started."""
        return f"https://{HOST}:{self._port}{self._path}"

    async def start(self, port: int = 0, path: str = PATH) -> None:
        """Listen on this port of the loopback address, 0 for a free one; OSError if it is taken."""
        self._path = path
        app = web.Application()
        app.router.add_post(path, self._post)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            shutdown_timeout=_STOP_SECONDS,
        )
        await self._runner.setup()
        context = server_context(self._keyring.tls, self._around.anchors, require_client=True)
        await web.TCPSite(self._runner, HOST, port, ssl_context=context).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close all connections; what is still owed stays owed."""
        await self._outbox.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def answer_at(self, host: str, port: int) -> None:
        """Say where the gateway listens for creditors' messages."""
        self._outbox.answer_at(host, port)

    def pending(self) -> int:
        """Return how many answers are still to come, today or on a later day."""
        return self._outbox.pending()

    def due(self) -> int:
        """Return how many answers are due and could not be delivered."""
        return self._outbox.due()

    async def day_begins(self) -> None:
        """Deliver what is due today; call it after each step of the calendar."""
        await self._outbox.day_begins()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        try:
            asker = self._asker(request)
            check_content(request, _XML)
            document = await read_content(request, MESSAGE_BYTES)
            return _response(self._desk.take(asker, document))
        except web.HTTPException as raised:
            self.dossier.refused.append(f"http-{raised.status}")
            return of_exception(raised, None)
        except PartnerFault as fault:
            self.dossier.refused.append(fault.code)
            status = _STATUS.get(type(fault), 400)
            return problem_response(problems.of_code(status, fault.code, None))

    def _asker(self, request: web.Request) -> KnownAsker:
        """Return whose certificate this connection has: known, for TLS, and not revoked."""
        certificate = certificate_of(request)
        for asker in self._around.askers:
            if asker.trust.subject_serial == certificate.subject_serial:
                try:
                    check_known(certificate, asker.trust, self._around.clock.now(), "tls")
                except CertificateRefused:
                    break
                return asker
        raise web.HTTPForbidden


def _response(answered: Answered) -> web.Response:
    if answered.document is None:
        response = problem_response(problems.of_status(answered.status, None))
        # No hint when to come back: the gateway must have a rhythm of its own.
        response.headers.popall("Retry-After", None)
        return response
    return web.Response(
        status=answered.status, body=answered.document, content_type=_XML, charset="utf-8"
    )
