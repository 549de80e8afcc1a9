"""The answers in openapi.json: their headers, and every problem an operation can end in."""

from typing import Any

from gateway.api.edge.answering import ALLOW_ORIGIN, STANDARD_HEADERS
from gateway.api.problems import HTTP_FAULTS, MEDIA_TYPE, status_of
from gateway.api.routes import JSON, RETRY_SECONDS, Route
from gateway.domain.errors import GatewayError, IdempotencyConflict, InvalidInput, NotAuthorised

Document = dict[str, Any]
_EVERYWHERE = (400, 406, 421, 500, 503)
_TEXT = {"type": "string"}


def _header(description: str, schema: Document | None = None) -> Document:
    return {"description": description, "schema": schema or _TEXT}


HEADERS: Document = {
    **{name: _header(f"Altijd: {value}") for name, value in STANDARD_HEADERS.items()},
    "API-Version": _header("Volledige versie van de API (semver)."),
    ALLOW_ORIGIN: _header("Alleen de eigen oorsprong; * waar de bron open is."),
    "X-Request-Id": _header("Kenmerk van dit verzoek.", {"type": "string", "format": "uuid"}),
    "Location": _header("Waar de bron staat.", {"type": "string", "format": "uri-reference"}),
    "Retry-After": _header("Seconden tot een volgende poging.", {"type": "integer"}),
}
_ALWAYS = (*STANDARD_HEADERS, ALLOW_ORIGIN, "X-Request-Id")


def _headers(*more: str) -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_ALWAYS, *more)}


def _problem(status: int) -> Document:
    return {
        "description": HTTP_FAULTS[status].title if status in HTTP_FAULTS else "Conflict",
        "headers": _headers(*(("Retry-After",) if status == 503 else ())),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Probleem"}}},
    }


_STATUSES = (400, 401, 403, 404, 406, 408, 409, 413, 415, 421, 500, 503)
RESPONSES: Document = {f"Fout{status}": _problem(status) for status in _STATUSES}


def success(route: Route, schema: Document | None) -> Document:
    """Return the answer of an operation that succeeds."""
    more = {201: ("Location",), 202: ("Location", "Retry-After")}.get(route.status, ())
    if schema is None:
        schema = {"type": "object"} if route.gives == JSON else _TEXT
    return {
        "description": _DESCRIPTIONS[route.status],
        "headers": _headers(*more),
        "content": {route.gives: {"schema": schema}},
    }


_DESCRIPTIONS = {
    200: "Gelukt.",
    201: "Gemaakt; Location zegt waar.",
    202: f"Aangenomen; Location zegt waar de opdracht te volgen is, na {RETRY_SECONDS} seconden.",
}


def problem_responses(route: Route) -> Document:
    """Return every problem this operation can end in, with the codes under its status."""
    found: dict[int, list[str]] = {status: [] for status in _EVERYWHERE}
    if not route.public:
        found |= {401: [], 403: []}
        found[403].append(NotAuthorised.code)
    if route.reads is not None:
        found |= {408: [], 413: [], 415: []}
    for kind in _kinds(route):
        found.setdefault(status_of(kind), []).append(kind.code)
    return {str(status): _answer(status, found[status]) for status in sorted(found)}


def _kinds(route: Route) -> tuple[type[GatewayError], ...]:
    conflict: tuple[type[GatewayError], ...] = (IdempotencyConflict,) if route.changes else ()
    return (InvalidInput, *conflict, *route.problems)


def _answer(status: int, codes: list[str]) -> Document:
    reference: Document = {"$ref": f"#/components/responses/Fout{status}"}
    if codes:
        # OpenAPI 3.1 lets a description stand beside a reference.
        reference["description"] = "Codes: " + ", ".join(dict.fromkeys(codes)) + "."
    return reference
