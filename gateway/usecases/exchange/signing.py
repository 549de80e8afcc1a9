"""Sign without stalling: the private-key operation in a thread, a batch in one go.

An RSA-3072 signature keeps a core busy for a millisecond, in which a loop would answer nobody; a
P-256 signature is done before a thread has begun.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from gateway.wire.schema import Valid
from gateway.wire.signature import Signed, Signer, sign


async def sign_all(messages: Sequence[Valid], signer: Signer, at: datetime) -> tuple[Signed, ...]:
    """Sign these messages in order; `at` is UTC. Raises as `sign` does, and then none is signed."""
    if signer.algorithm == "ecdsa-sha256":
        return _sign(messages, signer, at)
    return await asyncio.to_thread(_sign, messages, signer, at)


def _sign(messages: Sequence[Valid], signer: Signer, at: datetime) -> tuple[Signed, ...]:
    return tuple(sign(message, signer, at) for message in messages)
