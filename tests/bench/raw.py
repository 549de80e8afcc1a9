"""The RSA-3072 operations that an exchange cannot do without, and nothing around them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.practice.pki import Party

PRIVATE, PUBLIC = 2, 2
"""Of one exchange in the gateway: request and receipt signed, receipt and answer verified."""
_PAUSE_SECONDS = 0.03


class RawRsa:
    """The same key, padding, hash and library as the gateway's."""

    def __init__(self, party: Party) -> None:
        key = load_pem_private_key(party.signing_key.read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        assert key.key_size == 3072
        self._key, self._public = key, key.public_key()
        self._padding, self._hash = padding.PKCS1v15(), SHA256()
        self._data = b"x" * 1200  # about what SignedInfo holds
        self.value = self.sign()

    def sign(self) -> bytes:
        """One private operation."""
        return self._key.sign(self._data, self._padding, self._hash)

    def verify(self) -> None:
        """One public operation."""
        self._public.verify(self.value, self._data, self._padding, self._hash)

    def once(self) -> float:
        """Do what one exchange needs; return the processor seconds that this thread spent on it."""
        began = time.thread_time()
        for _ in range(PRIVATE):
            self.sign()
        for _ in range(PUBLIC):
            self.verify()
        return time.thread_time() - began


@dataclass(slots=True)
class Sprinkled:
    """Raw operations done in between, while exchanges run: whatever slows the one, slows both."""

    raw: RawRsa
    times: int = 0
    seconds: float = 0.0

    @asynccontextmanager
    async def during(self) -> AsyncIterator[None]:
        """Do them every few hundredths of a second until the block ends."""
        task = asyncio.create_task(self._sprinkle())
        try:
            yield
        finally:
            task.cancel()

    async def _sprinkle(self) -> None:
        while True:
            self.seconds += self.raw.once()
            self.times += 1
            await asyncio.sleep(_PAUSE_SECONDS)
