"""Content beside the log: sealed under a key per resident, so that it can be destroyed.

    DEK     random 256-bit key per subject, kept wrapped under a KEK
    wrapped = nonce12 || AES-256-GCM(KEK, DEK,          AAD = "consentlog/v1/dek" || 0x00 || owner)
    sealed  = nonce12 || AES-256-GCM(DEK, k || payload, AAD = event id || "m" or "p")

Ids in the additional data are the 16 bytes of the UUID. The commitment key `k` exists only inside
the sealed value: delete that, and the commitment in the log cannot be opened by anyone; delete the
DEK, and all copies of a person's records become unreadable at once. Keys and nonces are arguments,
drawn by the caller from the system's generator; a nonce is never used twice with one key.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import EvidenceUnavailable, LogRefused
from gateway.ledger.entry import KEY_BYTES, Entry, Part, commit

NONCE_BYTES = 12
TAG_BYTES = 16
CHANCE_BYTES = 2 * (KEY_BYTES + NONCE_BYTES)
"""Random bytes one record needs: k_meta, k_pers, nonce for meta, nonce for pers; 88 together."""

_LETTER = {Part.META: b"m", Part.PERS: b"p"}
_DEK_LABEL = b"consentlog/v1/dek\x00"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SealingKey:
    """A 256-bit AES key with its cipher ready for use; keep it as long as it may be cached.

    Raises:
        EvidenceUnavailable: the key does not have 32 bytes.
    """

    raw: bytes
    cipher: AESGCM = field(init=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise EvidenceUnavailable("A sealing key is not 32 bytes.")
        object.__setattr__(self, "cipher", AESGCM(self.raw))

    def __repr__(self) -> str:
        return "SealingKey(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What was sealed: the commitment key and the canonical bytes."""

    key: bytes
    payload: bytes

    def __repr__(self) -> str:
        return "Opened(…)"


@dataclass(frozen=True, slots=True)
class Draft:
    """One record to seal: its event id, its canonical bytes, and 88 random bytes.

    `pers` is None when the event has no personal part (a published text, a heartbeat).
    """

    event_id: UUID
    chance: bytes = field(repr=False)
    meta: bytes = field(repr=False)
    pers: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """What is stored of a record: two commitments for the entry, and the sealed parts beside it."""

    event_id: UUID
    c_meta: bytes
    c_pers: bytes
    sealed_meta: bytes
    sealed_pers: bytes | None

    def entry(self, recorded_at_ms: int) -> Entry:
        """Make the log entry, once the database clock was read (ms since 1970 UTC)."""
        return Entry(recorded_at_ms, self.c_meta, self.c_pers)


def seal(
    dek: SealingKey, nonce: bytes, event_id: UUID, part: Part, key: bytes, payload: bytes
) -> bytes:
    """Seal one part of a record together with its commitment key.

    Raises:
        EvidenceUnavailable: the nonce does not have 12 bytes or the key does not have 32.
    """
    if len(nonce) != NONCE_BYTES or len(key) != KEY_BYTES:
        raise EvidenceUnavailable("A nonce or a commitment key has the wrong length.")
    return nonce + dek.cipher.encrypt(nonce, key + payload, event_id.bytes + _LETTER[part])


def open_sealed(dek: SealingKey, event_id: UUID, part: Part, sealed: bytes) -> Opened:
    """Open one sealed part. Check it against the log with `entry.check_opening`.

    Raises:
        LogRefused: another key, another event, another part, or changed bytes.
    """
    plain = _decrypt(dek, sealed, event_id.bytes + _LETTER[part])
    if len(plain) < KEY_BYTES:
        raise LogRefused("A sealed value is too short.")
    return Opened(plain[:KEY_BYTES], plain[KEY_BYTES:])


def seal_record(dek: SealingKey, draft: Draft) -> SealedRecord:
    """Commit to and seal both parts of one record.

    Raises:
        EvidenceUnavailable: there are not exactly 88 random bytes.
    """
    chance = draft.chance
    if len(chance) != CHANCE_BYTES:
        raise EvidenceUnavailable("A record needs 88 random bytes.")
    k_meta, k_pers = chance[:32], chance[32:64]
    c_meta = commit(Part.META, k_meta, draft.meta)
    sealed_meta = seal(dek, chance[64:76], draft.event_id, Part.META, k_meta, draft.meta)
    if draft.pers is None:
        return SealedRecord(draft.event_id, c_meta, k_pers, sealed_meta, None)
    c_pers = commit(Part.PERS, k_pers, draft.pers)
    sealed_pers = seal(dek, chance[76:], draft.event_id, Part.PERS, k_pers, draft.pers)
    return SealedRecord(draft.event_id, c_meta, c_pers, sealed_meta, sealed_pers)


def seal_records(drafts: Iterable[tuple[SealingKey, Draft]]) -> tuple[SealedRecord, ...]:
    """Seal a batch, each record under the key of its own resident.

    Raises:
        EvidenceUnavailable: as `seal_record`; then none of the batch is sealed.
    """
    return tuple(seal_record(dek, draft) for dek, draft in drafts)


def wrap(kek: SealingKey, nonce: bytes, owner: UUID, dek: SealingKey) -> bytes:
    """Wrap the key of one owner (a subject, or a message not yet correlated): 60 bytes.

    Raises:
        EvidenceUnavailable: the nonce does not have 12 bytes.
    """
    if len(nonce) != NONCE_BYTES:
        raise EvidenceUnavailable("A nonce has the wrong length.")
    return nonce + kek.cipher.encrypt(nonce, dek.raw, _DEK_LABEL + owner.bytes)


def unwrap(kek: SealingKey, owner: UUID, wrapped: bytes) -> SealingKey:
    """Unwrap a key; the owner is bound in, so that keys cannot be exchanged between residents.

    Raises:
        LogRefused: another KEK, another owner, or changed bytes.
    """
    raw = _decrypt(kek, wrapped, _DEK_LABEL + owner.bytes)
    if len(raw) != KEY_BYTES:
        raise LogRefused("A wrapped key is not 32 bytes.")
    return SealingKey(raw)


def _decrypt(key: SealingKey, sealed: bytes, bound_to: bytes) -> bytes:
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise LogRefused("A sealed value is too short.")
    try:
        return key.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except InvalidTag:
        raise LogRefused("A sealed value does not open with this key in this place.") from None
