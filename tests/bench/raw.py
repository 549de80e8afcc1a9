"""The RSA-3072 operations that an exchange cannot do without, and nothing around them."""

import time

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.practice.pki import Party

PRIVATE, PUBLIC = 2, 2
"""Of one exchange in the gateway: request and receipt signed, receipt and answer verified."""
_REPEATS = 10


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

    def seconds(self) -> float:
        """Return the processor seconds that one exchange spends on these."""
        began = time.process_time()
        for _ in range(_REPEATS * PRIVATE):
            self.sign()
        for _ in range(_REPEATS * PUBLIC):
            self.verify()
        return (time.process_time() - began) / _REPEATS
