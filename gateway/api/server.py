"""The REST API for back offices: every route behind the same checks, in the same order.

    1 municipality (421)  2 client and right (401, 403)  3 media types (406, 415)
    4 query (400)  5 employee (400)  6 content (408, 413)  7 body (400)  8 handler

The router has found route and method before (404, 405), and answers about those alone.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aiohttp import web

from gateway.api.edge.answering import CLIENT, ORIGIN, answering, finish
from gateway.api.edge.negotiation import check_accept, check_content, read_content
from gateway.api.forms import read_body, read_query
from gateway.api.identity import actor_of, certificate_of, client_of, controller_of, key_of
from gateway.api.openapi import back_office_document, document_route
from gateway.api.resources import cases, creditors, grounds, messages, overview, requests, service
from gateway.api.routes import JSON, Call, Reply, Route
from gateway.config.settings import Client
from gateway.domain.identifiers import Oin
from gateway.domain.parties import Controller
from gateway.usecases.commands import Caller
from gateway.usecases.context import Gateway

BODY_BYTES = 1_000_000
_PLACE = re.compile(r"\{(\w+)\}")
ROUTES: tuple[Route, ...] = (
    *cases.ROUTES,
    *grounds.ROUTES,
    *requests.ROUTES,
    *overview.ROUTES,
    *creditors.ROUTES,
    *messages.ROUTES,
    *service.ROUTES,
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller that may use a route: its OIN, its certificate's serial number, its size limit."""

    oin: Oin
    peer: str
    body_bytes: int = BODY_BYTES


Admit = Callable[[web.Request, Controller, Route], Admitted]


def build_api(gateway: Gateway, clients: Callable[[], Iterable[Client]]) -> web.Application:
    """Return the application of the back-office port; `clients` gives the snapshot of now."""

    def admit(request: web.Request, controller: Controller, route: Route) -> Admitted:
        certificate = certificate_of(request)
        now = gateway.clock.now()
        client = client_of(certificate, clients(), controller, route.right, now)
        return Admitted(client.oin, client.oin.value)

    document = document_route(back_office_document(ROUTES))
    return build(gateway, (*ROUTES, document), admit)


def build(gateway: Gateway, routes: Iterable[Route], admit: Admit) -> web.Application:
    """Return an application that serves these routes."""
    app = web.Application(middlewares=[answering(gateway.ids)])
    app.on_response_prepare.append(finish)
    for route in routes:
        endpoint = _endpoint(gateway, route, admit)
        # An id never begins with an underscore: `_zoek` is not the id of anything.
        path = _PLACE.sub(r"{\1:[^_{}/][^{}/]*}", route.path)
        app.router.add_route(route.method, path, endpoint)
        if route.method == "GET":
            app.router.add_route("HEAD", path, endpoint)
    return app


def _endpoint(gateway: Gateway, route: Route, admit: Admit) -> Callable[[web.Request], Any]:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        controller = controller_of(request, gateway.controllers)  # 1
        request[ORIGIN] = "*" if route.public else f"https://{request.host}"
        admitted = None if route.public else admit(request, controller, route)  # 2
        if admitted is not None:
            request[CLIENT] = admitted.oin.value
        call = await _call(gateway, route, request, controller, admitted)
        return _response(await route.handler(call))  # 8

    return endpoint


async def _call(
    gateway: Gateway,
    route: Route,
    request: web.Request,
    controller: Controller,
    admitted: Admitted | None,
) -> Call:
    check_accept(request, route.gives)  # 3
    if route.reads is not None:
        check_content(request, route.reads)
    query = read_query(route.query, request.query.items())  # 4
    caller = None
    if admitted is not None and route.names_employee:
        caller = Caller(controller, actor_of(request.headers), admitted.oin)  # 5
    key = key_of(request.headers) if route.changes else None
    content, body = b"", None
    if route.reads is not None and admitted is not None:
        content = await read_content(request, admitted.body_bytes)  # 6
        body = content if route.body is None else read_body(route.body, content)  # 7
    return Call(
        gateway=gateway,
        controller=controller,
        path=dict(request.match_info),
        caller=caller,
        peer=admitted.peer if admitted else None,
        body=body,
        query=query,
        idempotency_key=key,
        digest=_digest(request, content),
    )


def _digest(request: web.Request, content: bytes) -> bytes:
    return sha256(f"{request.method} {request.rel_url.raw_path}\n".encode() + content).digest()


def _response(reply: Reply) -> web.Response:
    charset = "utf-8" if reply.content_type == JSON else None
    return web.Response(
        status=reply.status,
        body=reply.body,
        headers=dict(reply.headers),
        content_type=reply.content_type,
        charset=charset,
    )
