"""Every refusal as application/problem+json (RFC 9457): one table, error type → status.

A problem says `type`, `status`, `title`, `detail`, our stable `code`, `instance` (this very
request) and, for input, `invalidParams`. What went wrong inside is never told; the request id in
`instance` finds the log line. FAULTS is for the error tree, HTTP_FAULTS for what goes wrong before
a handler is reached: route, method, media type, size, certificate, malformed HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from gateway.api.forms import Standard
from gateway.domain import errors
from gateway.domain.errors import GatewayError, InvalidInput, NotCovered, StateConflict

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

FAULTS: Mapping[type[GatewayError], int] = MappingProxyType(
    {
        GatewayError: 500,
        errors.CallerFault: 400,
        errors.InvalidInput: 400,
        errors.BsnInvalid: 400,
        errors.ReferenceLooksLikeBsn: 400,
        errors.ReasonMissing: 400,
        errors.CreditorUnknown: 400,
        errors.CreditorNotReachable: 409,
        errors.BsnNotAllowed: 403,
        errors.MeterReadingsMissing: 400,
        errors.NotCovered: 403,
        errors.NotFound: 404,
        errors.NotAuthorised: 403,
        errors.IdempotencyConflict: 409,
        errors.StateConflict: 409,
        # A creditor's message is refused at the listener; a back office never sees one of these.
        errors.PartnerFault: 400,
        errors.OwnFault: 500,
        errors.Inexpressible: 409,
        errors.EvidenceUnavailable: 503,
        errors.StoreUnavailable: 503,
    }
)


@dataclass(frozen=True, slots=True)
class HttpFault:
    """What is told of a fault below the handlers."""

    code: str
    title: str
    detail: str


HTTP_FAULTS: Mapping[int, HttpFault] = MappingProxyType(
    {
        400: HttpFault(
            "http-ongeldig", "Ongeldig HTTP-verzoek", "Het verzoek is geen geldig HTTP."
        ),
        401: HttpFault(
            "certificaat-ontbreekt",
            "Geen clientcertificaat",
            "Deze bron vraagt een clientcertificaat met het OIN in Subject.serialNumber.",
        ),
        403: HttpFault("niet-bevoegd", "Niet bevoegd", "Deze aansluiting mag dit hier niet."),
        404: HttpFault("niet-gevonden", "Niet gevonden", "Deze bron bestaat niet."),
        405: HttpFault(
            "methode-niet-toegestaan",
            "Methode niet toegestaan",
            "De header Allow noemt de methoden die deze bron wel kent.",
        ),
        406: HttpFault(
            "formaat-niet-leverbaar",
            "Gevraagd formaat niet leverbaar",
            "De header Accept noemt geen formaat dat deze bron kan leveren.",
        ),
        408: HttpFault("te-traag", "Verzoek te traag", "Het verzoek kwam niet op tijd binnen."),
        413: HttpFault("te-groot", "Verzoek te groot", "De inhoud is groter dan 1 MB."),
        415: HttpFault(
            "formaat-niet-ondersteund",
            "Formaat niet ondersteund",
            "Deze bron leest een ander Content-Type, of geen Content-Encoding.",
        ),
        417: HttpFault(
            "verwachting-onbekend",
            "Verwachting onbekend",
            "De enige ondersteunde verwachting is 100-continue.",
        ),
        421: HttpFault(
            "host-verkeerd",
            "Verkeerd gericht verzoek",
            "Host, servernaam (SNI) en een geconfigureerde organisatie moeten gelijk zijn.",
        ),
        500: HttpFault("interne-fout", "Interne fout", "Er ging iets mis aan onze kant."),
        503: HttpFault(
            "niet-beschikbaar", "Tijdelijk niet beschikbaar", "Probeer het later opnieuw."
        ),
    }
)


class InvalidParamBody(Standard, title="OngeldigeInvoer"):
    """Eén fout in de invoer: waar, welke code, en wat er moet staan. Nooit de waarde zelf."""

    name: str
    code: str
    reason: str


class ProblemBody(Standard, title="Probleem"):
    """Foutmelding volgens RFC 9457."""

    type: str
    status: int
    title: str
    detail: str
    code: str
    instance: str | None = None
    invalid_params: tuple[InvalidParamBody, ...] | None = None
    part: Annotated[str | None, Field(serialization_alias="onderdeel")] = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem ready to be sent."""

    status: int
    body: bytes
    retry_after: int | None = None


def status_of(kind: type[GatewayError]) -> int:
    """Return the HTTP status of an error type: its own line, or that of its branch."""
    return next(FAULTS[parent] for parent in kind.__mro__ if parent in FAULTS)


def type_uri(code: str) -> str:
    """Return the URI of a problem type; docs/errors.md explains each (RFC 9457 §3.1.1)."""
    return f"tag:creditor-gateway.example,2026:{code}"


def of_error(fault: GatewayError, request_id: str | None) -> Problem:
    """Return what a caller is told of a fault of ours."""
    status = status_of(type(fault))
    part = fault.part if isinstance(fault, NotCovered) else None
    return _problem(
        status,
        HttpFault(fault.code, fault.title, _detail_of(fault, status, part)),
        request_id,
        _invalid_params(fault),
        part,
    )


def of_status(status: int, request_id: str | None) -> Problem:
    """Return what a caller is told of an HTTP status below the handlers."""
    known = status if status in HTTP_FAULTS else (400 if status < 500 else 500)
    return _problem(status, HTTP_FAULTS[known], request_id, None, None)


def of_code(status: int, code: str, request_id: str | None) -> Problem:
    """Return what a creditor is told when no signed answer can be made."""
    known = {kind.code: kind for kind in _kinds(GatewayError)}
    title = known[code].title if code in known else HTTP_FAULTS[400].title
    return _problem(status, HttpFault(code, title, f"{title}."), request_id, None, None)


def _kinds(kind: type[GatewayError]) -> list[type[GatewayError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _kinds(child))]


def _detail_of(fault: GatewayError, status: int, part: str | None) -> str:
    if status >= 500:
        return HTTP_FAULTS.get(status, HTTP_FAULTS[500]).detail
    if part is not None:
        return f"Het onderdeel '{part}' is niet gedekt door de grondslag."
    if isinstance(fault, InvalidInput):
        return "Zie invalidParams: elke fout met plaats en code."
    if isinstance(fault, StateConflict) and fault.creditors:
        return f"In deze zaak loopt nog een vraag aan: {', '.join(fault.creditors)}."
    return f"{fault.title}."


def _invalid_params(fault: GatewayError) -> tuple[InvalidParamBody, ...] | None:
    if not isinstance(fault, InvalidInput):
        return None
    return tuple(
        InvalidParamBody(name=param.name, code=param.code, reason=param.reason)
        for param in fault.invalid_params
    )


def _problem(
    status: int,
    told: HttpFault,
    request_id: str | None,
    invalid_params: tuple[InvalidParamBody, ...] | None,
    part: str | None,
) -> Problem:
    body = ProblemBody(
        type=type_uri(told.code),
        status=status,
        title=told.title,
        detail=told.detail,
        code=told.code,
        instance=f"urn:uuid:{request_id}" if request_id else None,
        invalid_params=invalid_params,
        part=part,
    )
    return Problem(
        status,
        body.model_dump_json(exclude_none=True).encode(),
        RETRY_SECONDS if status == 503 else None,
    )
