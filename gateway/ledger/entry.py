"""The 73 bytes of one log entry: a version, a time and two commitments; nothing a person can read.

    entry = 0x01 || uint64be(recorded_at, ms since 1970 UTC) || C_meta || C_pers
    C     = HMAC-SHA-256(k, "consentlog/v1/" + part || 0x00 || canonical bytes)

Each commitment has a random key of its own. Whoever holds bytes and key can show what was recorded;
once the key is destroyed the commitment says nothing, while the entry and every proof stay valid.
The metadata part and the personal part are committed to separately, so that they can be erased
separately. A record without personal part has 32 random bytes there, and looks like any other.
"""

import enum
import hmac
from dataclasses import dataclass

from gateway.domain.errors import EvidenceUnavailable, LogRefused

VERSION = 1
ENTRY_BYTES = 73
COMMITMENT_BYTES = 32
KEY_BYTES = 32
TIME_LIMIT_MS = 2**64


class Part(enum.Enum):
    """The two halves of a record; the value is the word inside the commitment."""

    META = "meta"
    PERS = "pers"


_LABEL = {part: b"consentlog/v1/" + part.value.encode() + b"\x00" for part in Part}


def commit(part: Part, key: bytes, payload: bytes) -> bytes:
    """Commit to the canonical bytes of one part: 32 bytes that hide and bind them.

    `key` is 32 random bytes, new for every record.

    Raises:
        EvidenceUnavailable: the key does not have exactly 32 bytes (HMAC would pad or hash it, so
            that two keys could open one commitment).
    """
    if len(key) != KEY_BYTES:
        raise EvidenceUnavailable("A commitment key is not 32 bytes.")
    return hmac.digest(key, _LABEL[part] + payload, "sha256")


def check_opening(part: Part, key: bytes, payload: bytes, commitment: bytes) -> None:
    """Check that key and bytes open a commitment. The bytes are taken as stored, never re-encoded.

    Raises:
        LogRefused: they do not.
    """
    if len(key) != KEY_BYTES or not hmac.compare_digest(commit(part, key, payload), commitment):
        raise LogRefused("An opening does not match its commitment.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: time of recording in ms since 1970 UTC (database clock) and the two commitments.

    Raises:
        EvidenceUnavailable: a field has the wrong size.
    """

    recorded_at_ms: int
    c_meta: bytes
    c_pers: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.recorded_at_ms < TIME_LIMIT_MS:
            raise EvidenceUnavailable("A time does not fit an entry.")
        if len(self.c_meta) != COMMITMENT_BYTES or len(self.c_pers) != COMMITMENT_BYTES:
            raise EvidenceUnavailable("A commitment is not 32 bytes.")


def print_entry(entry: Entry) -> bytes:
    """Write an entry as its 73 bytes."""
    return b"\x01" + entry.recorded_at_ms.to_bytes(8, "big") + entry.c_meta + entry.c_pers


def parse_entry(data: bytes) -> Entry:
    """Read 73 bytes back.

    Raises:
        LogRefused: another length or another version.
    """
    if len(data) != ENTRY_BYTES:
        raise LogRefused("An entry is not 73 bytes.")
    if data[0] != VERSION:
        raise LogRefused("An entry has an unknown version.")
    return Entry(recorded_time(data), data[9:41], data[41:])


def recorded_time(data: bytes) -> int:
    """Read only the time of a printed entry, in ms since 1970 UTC."""
    return int.from_bytes(data[1:9], "big")
