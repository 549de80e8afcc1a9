"""Who is asking: municipality, client system and acting employee, each from its own source.

The municipality comes from the TLS server name, which the Host header must repeat. The client comes
from the OIN in its certificate and must be configured, with the right for this municipality. The
employee comes from the headers X-Medewerker and X-Rol, which the client vouches for: a pseudonym,
never a name or BSN. A header that names a certificate (X-Forwarded-Client-Cert) is never read.
"""

import re
import ssl
from collections.abc import Iterable, Mapping
from datetime import datetime

from aiohttp import web
from multidict import CIMultiDictProxy

from gateway.api.edge.sni import host_of
from gateway.api.forms import refusal
from gateway.config.rights import Right
from gateway.config.settings import Client
from gateway.domain.errors import (
    CertificateRefused,
    InvalidInput,
    InvalidParam,
    NotAuthorised,
    ReferenceLooksLikeBsn,
)
from gateway.domain.identifiers import refuse_bsn_like
from gateway.domain.parties import Actor, Controller
from gateway.wire.trust import KnownCertificate, check_known, read_certificate

EMPLOYEE, ROLE, KEY = "X-Medewerker", "X-Rol", "Idempotency-Key"
LABEL_PATTERN = "^[A-Za-z0-9._-]{1,64}$"
_LABEL = re.compile(LABEL_PATTERN, re.ASCII)
_KEY = re.compile(r'("?)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\1', re.ASCII | re.IGNORECASE)
MISSING = {EMPLOYEE: "medewerker-ontbreekt", ROLE: "rol-ontbreekt"}


def controller_of(request: web.BaseRequest, controllers: Mapping[str, Controller]) -> Controller:
    """Return the municipality that this connection and this request both name.

    Raises:
        HTTPMisdirectedRequest: Host, server name and configuration do not agree (421).
    """
    connection = _connection_of(request)
    name = host_of(connection) if connection else None
    asked = {_without_port(host) for host in request.headers.getall("Host", ())}
    if request.url.is_absolute() and not request.raw_path.startswith("/"):
        asked.add(request.url.host or "")  # a request target in absolute form (RFC 9112 §3.2.2)
    if name is None or asked != {name} or name not in controllers:
        raise web.HTTPMisdirectedRequest
    return controllers[name]


def certificate_of(request: web.BaseRequest) -> KnownCertificate:
    """Return the caller's certificate, whose path the TLS handshake has verified.

    Raises:
        HTTPUnauthorized: there is none, or it cannot be read (401).
    """
    connection = _connection_of(request)
    der = connection.getpeercert(binary_form=True) if connection else None
    if not der:
        raise web.HTTPUnauthorized
    try:
        return read_certificate(der)
    except CertificateRefused:
        raise web.HTTPUnauthorized from None


def client_of(
    certificate: KnownCertificate,
    clients: Iterable[Client],
    controller: Controller,
    right: Right | None,
    now: datetime,
) -> Client:
    """Return the configured client that holds this certificate and this right here.

    Raises:
        NotAuthorised: no such client, not for this municipality, without this right, or with a
            certificate that is revoked, expired or of another issuer.
    """
    for client in clients:
        if client.oin.value == certificate.subject_serial:
            _check_client(client, certificate, now)
            if controller.oin in client.controllers and (right is None or right in client.rights):
                return client
    raise NotAuthorised


def _check_client(client: Client, certificate: KnownCertificate, now: datetime) -> None:
    try:
        check_known(certificate, client.trust, now, "tls")
    except CertificateRefused:
        raise NotAuthorised from None


def actor_of(headers: CIMultiDictProxy[str]) -> Actor:
    """Return the acting employee.

    Raises:
        InvalidInput: a header is missing, comes twice, has another form or resembles a BSN; all
            such faults at once.
    """
    values = {name: headers.getall(name, []) for name in (EMPLOYEE, ROLE)}
    faults = tuple(
        fault for name, found in values.items() if (fault := _fault_in(name, found)) is not None
    )
    if faults:
        raise InvalidInput(faults)
    return Actor(values[EMPLOYEE][0], values[ROLE][0])


def key_of(headers: CIMultiDictProxy[str]) -> str | None:
    """Return the Idempotency-Key, a UUID with or without quotes; None when there is none.

    Only a UUID, so that nobody can put a person's number where it is kept in the clear.

    Raises:
        InvalidInput: it comes twice or is no UUID.
    """
    found = headers.getall(KEY, [])
    if not found:
        return None
    match = _KEY.fullmatch(found[0])
    if len(found) > 1 or match is None:
        raise refusal(KEY, "patroon-onjuist")
    return match[2].lower()


def _fault_in(name: str, found: list[str]) -> InvalidParam | None:
    if not found:
        return InvalidParam(name, MISSING[name], "Deze header is verplicht.")
    if len(found) > 1 or not _LABEL.fullmatch(found[0]):
        return InvalidParam(name, "patroon-onjuist", f"Eén waarde van de vorm {LABEL_PATTERN}.")
    try:
        refuse_bsn_like(found[0])
    except ReferenceLooksLikeBsn as fault:
        return InvalidParam(name, fault.code, fault.title)
    return None


def _connection_of(request: web.BaseRequest) -> ssl.SSLObject | None:
    transport = request.transport
    found = transport.get_extra_info("ssl_object") if transport else None
    return found if isinstance(found, ssl.SSLObject) else None


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]+$", "", host).lower()
