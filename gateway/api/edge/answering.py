"""How every answer leaves: standard headers, faults as problems, one log line.

The headers are those of the API Design Rules (ADR 2.2.1, transport/security-headers and
version-header). The log line names the route by its template, never by its path, and a fault by
its type, never by its text: both could hold what a caller typed.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict

from gateway.api import problems
from gateway.api.routes import API_VERSION
from gateway.domain.errors import GatewayError
from gateway.ports.environment import Ids

STANDARD_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "API-Version": API_VERSION,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
REQUEST_ID = web.RequestKey("request_id", str)
CLIENT = web.RequestKey("client", str)
ORIGIN = web.RequestKey("origin", str)

_log = structlog.get_logger(__name__)


def set_headers(headers: CIMultiDict[str]) -> None:
    """Put the standard headers on an answer and take off the name of the software."""
    headers.update(STANDARD_HEADERS)
    headers.pop("Server", None)


async def finish(request: web.Request, response: web.StreamResponse) -> None:
    """Complete every answer that the application gives, just before it leaves."""
    set_headers(response.headers)
    if REQUEST_ID in request:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    if ORIGIN in request:
        # No other origin than the API's own, unless the route is open to all (transport/cors).
        response.headers.setdefault(ALLOW_ORIGIN, request[ORIGIN])


def problem_response(problem: problems.Problem) -> web.Response:
    """Return a problem as an HTTP response."""
    response = web.Response(
        status=problem.status, body=problem.body, content_type=problems.MEDIA_TYPE
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        # RFC 9110 §15.5.2 wants a challenge; TLS has no registered scheme name.
        response.headers["WWW-Authenticate"] = 'ClientCertificate realm="gateway"'
    return response


def answering(ids: Ids) -> Middleware:
    """Return the middleware that gives each request an id, an answer and a log line."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = asyncio.get_running_loop().time()
        request[REQUEST_ID] = str(ids.reference())
        response = await _answer(request, handler)
        _log.info(
            "request_answered",
            request_id=request[REQUEST_ID],
            method=request.method,
            route=_template_of(request),
            status=response.status,
            duration_ms=round((asyncio.get_running_loop().time() - started) * 1000, 1),
            client=request.get(CLIENT, None),
        )
        return response

    return answer


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    request_id: str = request[REQUEST_ID]
    try:
        return await handler(request)
    except web.HTTPException as raised:
        return of_exception(raised, request_id)
    except web.RequestPayloadError:
        return problem_response(problems.of_status(400, request_id))
    except GatewayError as fault:
        if problems.status_of(type(fault)) >= 500:
            _log.error("request_failed", request_id=request_id, error=type(fault).__name__)
        return problem_response(problems.of_error(fault, request_id))
    except Exception as fault:  # noqa: BLE001 - the last net: the caller learns nothing of it
        _log.error("request_failed", request_id=request_id, error=type(fault).__name__)
        return problem_response(problems.of_status(500, request_id))


def of_exception(raised: web.HTTPException, request_id: str | None) -> web.Response:
    """Return the problem for an HTTP exception of the router or of a check."""
    response = problem_response(problems.of_status(raised.status, request_id))
    if "Allow" in raised.headers:
        response.headers["Allow"] = raised.headers["Allow"]
    return response


def _template_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
