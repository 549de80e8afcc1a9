"""The road to a creditor: what a transport is given and what can come of it.

A transport takes only Signed messages. Its outcome is one of four values, never an exception:
what happened is known, or it is Unknown and the same message will be sent again.
"""

from dataclasses import dataclass
from typing import Protocol

from gateway.domain.identifiers import Oin
from gateway.domain.parties import Creditor
from gateway.wire.signature import Signed
from gateway.wire.trust import PartnerTrust


@dataclass(frozen=True, slots=True)
class Limits:
    """Grenzen per partner: bytes of one message, seconds of one call, calls at the same time."""

    message_bytes: int = 1_000_000
    timeout_seconds: float = 20.0
    concurrency: int = 8
    attempts: int = 8


@dataclass(frozen=True, slots=True)
class Partner:
    """Partner: a creditor with its dialect, the road to it and the keys it is known by."""

    creditor: Creditor
    adapter: str
    transport: str
    endpoint: str
    signing_trust: PartnerTrust
    tls_trust: PartnerTrust
    limits: Limits
    enabled: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """Afgeleverd: 2xx; the body is a signed receipt or the signed answer, still unverified."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """Nu niet: provably not processed (503, 429, connection refused); the same message later."""

    reason: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Geweigerd: provably not processed and never will be (4xx); the body may be a Foutbericht."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Unknown:
    """Onbekend: it may or may not have been processed (time-out, connection lost, 5xx)."""

    reason: str


Outcome = Delivered | RefusedForNow | Refused | Unknown


class Transport(Protocol):
    """Verzendweg: carries one signed message from a controller to a partner."""

    async def deliver(self, partner: Partner, sender: Oin, message: Signed) -> Outcome:
        """Carry the message; return what became of it; raise nothing."""
