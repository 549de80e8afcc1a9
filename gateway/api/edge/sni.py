"""One TLS context per municipality, chosen by the server name that the client asks for.

A municipality is found by its host name: the name in the TLS handshake (SNI) picks the certificate
and the trust, and the Host header of every request must say the same (design §9). Who asks for no
name, or for one that is not ours, is refused in the handshake.
"""

import ssl
from collections.abc import Callable, Mapping


class HostContext(ssl.SSLContext):
    """The TLS context of one host name; it remembers which."""

    host: str

    @classmethod
    def server(cls, host: str) -> "HostContext":
        """Return a context for this host that asks for a client certificate, and can do without.

        Without, because openapi.json is open to all (ADR /core/publish-openapi); every other route
        refuses a caller without a certificate. At least TLS 1.2 (TLS001).
        """
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context.host = host.lower()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_OPTIONAL
        return context


SniCallback = Callable[[ssl.SSLObject, str | None, ssl.SSLContext], int | None]


def choose_by_name(contexts: Mapping[str, HostContext]) -> SniCallback:
    """Return the `sni_callback` of the listening context: it switches to the host's own context."""

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        chosen = contexts.get((name or "").lower())
        if chosen is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = chosen
        return None

    return choose


def listening_context(contexts: Mapping[str, HostContext]) -> ssl.SSLContext:
    """Return the context that a socket listens with; each connection moves to its host's own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # OpenSSL keeps the verify mode of the first context when the context is switched.
    context.verify_mode = ssl.CERT_OPTIONAL
    context.sni_callback = choose_by_name(contexts)
    return context


def host_of(connection: ssl.SSLObject) -> str | None:
    """Return the host name that this connection was made for; None when it has no host of ours."""
    context = connection.context
    return context.host if isinstance(context, HostContext) else None
