"""Content at rest: domain values as JSON, sealed under the key of their subject.

The row id and what it is are bound in, so that a sealed value cannot be moved to another row, nor
to another place that goes by the same id.
"""

from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from pydantic import TypeAdapter

from gateway.domain.errors import EvidenceUnavailable
from gateway.ledger.sealing import NONCE_BYTES, SealingKey

Value = TypeVar("Value")


class Codec(Generic[Value]):
    """Writes one kind of domain value and reads it back equal."""

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[Value] = TypeAdapter(kind)

    def encode(self, value: Value) -> bytes:
        """Return the value as JSON."""
        return self._adapter.dump_json(value)

    def decode(self, data: bytes) -> Value:
        """Return the value, checked again by its own class."""
        return self._adapter.validate_json(data)


class Content(Enum):
    """What a sealed value is; an answer and its message go by one id under one key."""

    CASE = b"case"
    LEGAL_BASIS = b"legal-basis"
    LEG = b"leg"
    MESSAGE = b"message"
    REPLY = b"reply"


def seal_content(
    key: SealingKey, nonce: bytes, row_id: UUID, content: Content, plain: bytes
) -> bytes:
    """Seal content under a subject's key; 12 random bytes as nonce."""
    return nonce + key.cipher.encrypt(nonce, plain, row_id.bytes + content.value)


def open_content(key: SealingKey, row_id: UUID, content: Content, sealed: bytes) -> bytes:
    """Open sealed content; raises EvidenceUnavailable when it was moved or changed."""
    nonce, cipher = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return key.cipher.decrypt(nonce, cipher, row_id.bytes + content.value)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        raise EvidenceUnavailable("Stored content does not open in its place.") from None
