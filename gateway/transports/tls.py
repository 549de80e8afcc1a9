"""TLS as Digikoppeling and the NCSC want it: 1.2 or 1.3, forward secrecy, no renegotiation.

A context trusts our own anchors and nothing of the machine. That a path to a root exists says only
that somebody was identified; so a client context also checks, inside the handshake and before a
byte of a message can leave, that the certificate is this partner's and not revoked.
"""

import ssl
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding

from gateway.config.keys import KeyPair
from gateway.domain.errors import CertificateRefused
from gateway.ports.environment import Clock
from gateway.wire.trust import Anchors, PartnerTrust, check_known, read_certificate

# NCSC 2025-05: every suite without ECDHE or without AEAD is out (digikoppeling §4.2 TLSCIPH001).
_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"

CheckPeer = Callable[[bytes], None]


class PeerRefused(ssl.SSLCertVerificationError):
    """A certificate with a path to a root that is not this partner's; `reason_code` says why."""

    reason_code: str = ""


class _CheckedConnection(ssl.SSLObject):
    """A connection whose handshake is only done when the peer's certificate was checked."""

    def do_handshake(self) -> None:
        super().do_handshake()
        context = self.context
        if isinstance(context, CheckingContext):
            context.check_peer(self.getpeercert(binary_form=True) or b"")


class CheckingContext(ssl.SSLContext):
    """A client context with a check of its own on the peer's certificate (DER)."""

    sslobject_class: type[ssl.SSLObject] = _CheckedConnection
    check_peer: CheckPeer


def client_context(pair: KeyPair, trust: PartnerTrust, clock: Clock) -> ssl.SSLContext:
    """Return a context for calling one partner in the name of the owner of this pair."""
    context = CheckingContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.check_peer = _checker(trust, clock)
    equip(context, pair, trust.anchors)
    return context


def server_context(pair: KeyPair, anchors: Anchors, *, require_client: bool) -> ssl.SSLContext:
    """Return a context for serving one host; who the client is, the application decides."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED if require_client else ssl.CERT_OPTIONAL
    equip(context, pair, anchors)
    return context


def equip(context: ssl.SSLContext, pair: KeyPair, anchors: Anchors) -> None:
    """Give any context our protocol settings, a certificate with its key, and our anchors."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_SUITES)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.load_cert_chain(pair.certificate_file, pair.key_file)
    authorities = (*anchors.roots, *anchors.intermediates)
    context.load_verify_locations(
        cadata=b"".join(authority.public_bytes(Encoding.DER) for authority in authorities)
    )


def _checker(trust: PartnerTrust, clock: Clock) -> CheckPeer:
    def check(der: bytes) -> None:
        try:
            check_known(read_certificate(der), trust, clock.now(), "tls")
        except CertificateRefused as refusal:
            refused = PeerRefused(f"not this partner's certificate: {refusal.reason}")
            refused.reason_code = refusal.reason
            raise refused from None

    return check
