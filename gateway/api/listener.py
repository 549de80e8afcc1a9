"""The port where creditors deliver their messages, apart from the one of the back offices.

Another socket, another application, other rights: a creditor's certificate opens nothing but this
(attacks-and-needs §2, row 17). The certificate decides which partner it is, the host which
municipality; only then is the message read, and what is in it must say the same.
"""

from aiohttp import web

from gateway.api import problems
from gateway.api.identity import certificate_of
from gateway.api.openapi import creditor_document, document_route
from gateway.api.resources import service
from gateway.api.routes import XML, Call, Reply, Route
from gateway.api.server import Admitted, build
from gateway.domain.errors import CertificateRefused, NotAuthorised
from gateway.domain.parties import Controller
from gateway.ports.transport import Partner
from gateway.usecases.context import Gateway
from gateway.usecases.exchange import receive
from gateway.wire.trust import check_known

MESSAGES = "/v1/berichten"


def build_listener(gateway: Gateway) -> web.Application:
    """Return the application of the creditor port."""

    def admit(request: web.Request, controller: Controller, _: Route) -> Admitted:
        certificate = certificate_of(request)
        serial = certificate.subject_serial
        partner = _partner(gateway, controller, serial)
        try:
            check_known(certificate, partner.tls_trust, gateway.clock.now(), "tls")
        except CertificateRefused:
            raise NotAuthorised from None
        return Admitted(partner.creditor.party, str(serial), partner.limits.message_bytes)

    return build(gateway, (*ROUTES, document_route(creditor_document(ROUTES))), admit)


def _partner(gateway: Gateway, controller: Controller, serial: str | None) -> Partner:
    partner = gateway.partners().by_serial(serial or "", controller.oin)
    if partner is None:
        raise NotAuthorised
    return partner


async def post_message(call: Call) -> Reply:
    """Hand a message to the use case; the answer is its signed receipt or Foutbericht."""
    partner = _partner(call.gateway, call.controller, call.peer)
    taken = await receive.accept(call.gateway, call.controller, partner, call.body)
    if taken.body is not None:
        return Reply(taken.status, taken.body, content_type=XML)
    # A dialect that has no Foutbericht: the code alone.
    problem = problems.of_code(taken.status, taken.code or problems.HTTP_FAULTS[400].code, None)
    return Reply(problem.status, problem.body, content_type=problems.MEDIA_TYPE)


ROUTES = (
    Route(
        method="POST",
        path=MESSAGES,
        name="berichtAfleveren",
        summary="Lever een ondertekend bericht af; het antwoord is ondertekend",
        handler=post_message,
        reads=XML,
        gives=XML,
        names_employee=False,
    ),
    *service.ROUTES,
)
