"""Dialling a partner: prove TLS, host name and certificate chain, and send nothing.

What goes wrong is an answer here, not an exception: the person who asks wants to read it.
"""

import asyncio
import os
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from gateway.config.keys import KeyPair
from gateway.ports.environment import Clock
from gateway.ports.transport import Partner
from gateway.transports.tls import PeerRefused, client_context
from gateway.wire.trust import read_certificate

_SECONDS: Final = 10.0
_REJECTION_SECONDS: Final = 0.5
"""In TLS 1.3 a server looks at our certificate after our handshake is done; wait for its no."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The partner is who it should be; `ends` is when its TLS certificate expires (UTC)."""

    protocol: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class NotReached:
    """The partner cannot be called; `reason` says why in one short sentence."""

    reason: str


async def dial(partner: Partner, pair: KeyPair, clock: Clock) -> Reached | NotReached:
    """Shake hands with the partner in the name of the owner of this pair, and hang up."""
    context = client_context(pair, partner.tls_trust, clock)
    address = urlsplit(partner.endpoint)
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(
                address.hostname, address.port or 443, ssl=context
            )
    except PeerRefused as refused:
        return NotReached(f"its certificate is not this partner's: {refused.reason_code}")
    except ssl.SSLCertVerificationError as fault:
        return NotReached(f"its certificate is refused: {fault.verify_message}")
    except ssl.SSLError as fault:
        return NotReached(f"the TLS handshake failed: {fault.reason}")
    except TimeoutError:
        return NotReached(f"no answer within {_SECONDS:.0f} seconds")
    except OSError as fault:
        return NotReached(f"no connection: {_words(fault)}")
    return await _look(reader, writer)


def _words(fault: OSError) -> str:
    """Return what the system calls this fault; some of asyncio's have no number."""
    if fault.errno is not None and fault.errno > 0:
        return os.strerror(fault.errno)
    if isinstance(fault, ConnectionError):
        return "it hung up during the TLS handshake"
    return fault.strerror or "refused at every address"


async def _look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Reached | NotReached:
    connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
    try:
        async with asyncio.timeout(_REJECTION_SECONDS):
            await reader.read(1)
    except TimeoutError:
        certificate = read_certificate(connection.getpeercert(binary_form=True) or b"")
        return Reached(connection.version() or "", certificate.not_after)
    except OSError:
        return NotReached("it refuses our certificate")
    finally:
        writer.transport.abort()
    return NotReached("it hung up on us: it may refuse our certificate")
