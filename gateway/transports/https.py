"""The road `rest`: a signed message as the body of a POST over mutual TLS.

Connections are what cost (a handshake takes more CPU than signing and verifying, stack §4), so each
pair of controller and partner keeps its own pool. What became of a message is told by one question:
had anything been written when it failed? If not, it was provably not processed; if so, nobody knows
and the same message goes again.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from gateway.config.keys import KeyPair
from gateway.domain.identifiers import CreditorId, Oin
from gateway.ports.environment import Clock
from gateway.ports.transport import Delivered, Outcome, Partner, Refused, RefusedForNow, Unknown
from gateway.transports.tls import PeerRefused, client_context
from gateway.wire.signature import Signed

_LIFETIME: Final = timedelta(hours=1)
"""How long a pool is used: a certificate is looked at again at least this often (WT008)."""
_KEEP_ALIVE_SECONDS: Final = 55.0
_CONNECT_SECONDS: Final = 10.0
_LONGEST_RETRY_SECONDS: Final = 86_400.0
_HEADERS: Final = {
    "Content-Type": "application/xml; charset=utf-8",
    "Accept": "application/xml",
    # A compressed answer could be larger than the limit once unpacked.
    "Accept-Encoding": "identity",
    "User-Agent": "creditor-gateway",
}
_NOT_NOW: Final = frozenset({408, 425, 429, 503})

# What a failure before the first byte was, by the exception that brought it; first match counts.
_BEFORE: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (aiohttp.ClientConnectorCertificateError, "certificate-refused"),
    (aiohttp.ClientConnectorDNSError, "host-unknown"),
    (aiohttp.ClientSSLError, "tls-failed"),
    (ssl.SSLError, "tls-failed"),
    (ConnectionRefusedError, "connection-refused"),
    (TimeoutError, "connect-timeout"),
)


@dataclass(slots=True)
class _Attempt:
    """One call; `written` is set when the first byte of the request is about to leave."""

    written: bool = False


@dataclass(slots=True)
class _Road:
    """The pool of one controller to one partner, and how many calls are on it."""

    partner: Partner
    session: aiohttp.ClientSession
    opened_at: datetime
    calls: int = 0
    retired: bool = False


class HttpsTransport:
    """Carries signed messages over HTTPS; `identities` are the TLS pairs of the controllers."""

    def __init__(self, identities: Mapping[Oin, KeyPair], clock: Clock) -> None:
        self._identities, self._clock = identities, clock
        self._roads: dict[tuple[Oin, CreditorId], _Road] = {}

    async def deliver(self, partner: Partner, sender: Oin, message: Signed) -> Outcome:
        """Carry the message; return what became of it; raise nothing.

        An answer over the partner's limit comes back one byte too long, so that it is refused as
        too large where all answers are judged.
        """
        async with self._road(partner, sender) as road:
            return await self._post(road, message)

    async def close(self) -> None:
        """Close every connection."""
        roads = tuple(self._roads.values())
        self._roads.clear()
        for road in roads:
            await road.session.close()

    async def _post(self, road: _Road, message: Signed) -> Outcome:
        attempt = _Attempt()
        try:
            async with road.session.post(
                road.partner.endpoint,
                data=message.document,
                allow_redirects=False,
                trace_request_ctx=attempt,
            ) as response:
                return await self._outcome(response, road.partner)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as fault:
            return _failure(fault, attempt)

    async def _outcome(self, response: aiohttp.ClientResponse, partner: Partner) -> Outcome:
        status = response.status
        if status in _NOT_NOW:
            after = _retry_after(response.headers.get("Retry-After"), self._clock.now())
            return RefusedForNow(f"status-{status}", after)
        if status >= 500:
            return Unknown(f"status-{status}")
        body = await _read(response, partner.limits.message_bytes)
        return Delivered(status, body) if 200 <= status < 300 else Refused(status, body)

    @asynccontextmanager
    async def _road(self, partner: Partner, sender: Oin) -> AsyncIterator[_Road]:
        road = await self._current_road(partner, sender)
        road.calls += 1
        try:
            yield road
        finally:
            road.calls -= 1
            if road.retired and not road.calls:
                await road.session.close()

    async def _current_road(self, partner: Partner, sender: Oin) -> _Road:
        """Return the pool of this pair; one that is old, or of another snapshot, is replaced."""
        key = (sender, partner.creditor.creditor_id)
        road = self._roads.get(key)
        now = self._clock.now()
        if road is not None and road.partner is partner and now < road.opened_at + _LIFETIME:
            return road
        self._roads[key] = opened = self._open(partner, sender, now)
        if road is not None:
            road.retired = True
            if not road.calls:
                await road.session.close()
        return opened

    def _open(self, partner: Partner, sender: Oin, now: datetime) -> _Road:
        context = client_context(self._identities[sender], partner.tls_trust, self._clock)
        seconds = partner.limits.timeout_seconds
        connector = aiohttp.TCPConnector(
            ssl=context,
            # A guard: who claims a message has a place already, so nobody waits here.
            limit=partner.limits.concurrency,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(
                total=seconds, sock_connect=min(seconds, _CONNECT_SECONDS)
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            trace_configs=[_tracing()],
        )
        return _Road(partner, session, now)


def _tracing() -> aiohttp.TraceConfig:
    def context(trace_request_ctx: object) -> object:
        return trace_request_ctx

    async def headers_leave(_: object, attempt: object, __: object) -> None:
        if isinstance(attempt, _Attempt):
            attempt.written = True

    config = aiohttp.TraceConfig(trace_config_ctx_factory=context)  # type: ignore[arg-type]
    config.on_request_headers_sent.append(headers_leave)
    return config


def _failure(fault: BaseException, attempt: _Attempt) -> Outcome:
    if attempt.written:
        return Unknown("timeout" if isinstance(fault, TimeoutError) else "connection-lost")
    causes = (fault, getattr(fault, "certificate_error", None), getattr(fault, "os_error", None))
    for cause in causes:
        if isinstance(cause, PeerRefused):
            return RefusedForNow(cause.reason_code)
    for kind, reason in _BEFORE:
        if any(isinstance(cause, kind) for cause in causes):
            return RefusedForNow(reason)
    return RefusedForNow("not-connected")


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return the body, at most `limit` + 1 bytes of it."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > limit:
            response.close()
            break
    return bytes(body[: limit + 1])


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that Retry-After asks for, as a number or a date (RFC 9110 §10.2.3)."""
    if value is None:
        return None
    if value.strip().isdigit():
        seconds = float(value)
    else:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_RETRY_SECONDS)
