"""Idempotency keys: the answer to a POST, kept in the transaction of what the POST did."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.identifiers import Oin
from gateway.store.database import Transaction

TAKE_KEY = """
insert into idempotency (bucket, controller, client, key, request_digest, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
returning true
"""
READ_KEY = """
select request_digest, status, location, body from idempotency
where bucket = $1 and controller = $2 and client = $3 and key = $4
"""
WRITE_ANSWER = """
update idempotency set status = $5, location = $6, body = $7
where bucket = $1 and controller = $2 and client = $3 and key = $4
"""
FORGET_OLD = "delete from idempotency where bucket = $1 and controller = $2 and created_at < $3"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A used key, the digest of its request and the answer then given (no personal data)."""

    request_digest: bytes
    status: int
    location: str | None
    body: bytes


async def take_key(
    tx: Transaction, client: Oin, key: str, request_digest: bytes, now: datetime
) -> bool:
    """Take this key; False when it was taken before (waits for a rival to commit)."""
    return bool(
        await tx.connection.fetchval(
            TAKE_KEY,
            tx.bucket,
            tx.controller.value,
            client.value,
            key,
            request_digest,
            now,
        )
    )


async def read_key(tx: Transaction, client: Oin, key: str) -> KeyRow | None:
    """Return what was answered under this key."""
    row = await tx.connection.fetchrow(READ_KEY, tx.bucket, tx.controller.value, client.value, key)
    return KeyRow(**row) if row else None


async def write_answer(tx: Transaction, client: Oin, key: str, answer: KeyRow) -> None:
    """Keep the answer given under this key."""
    await tx.connection.execute(
        WRITE_ANSWER,
        tx.bucket,
        tx.controller.value,
        client.value,
        key,
        answer.status,
        answer.location,
        answer.body,
    )


async def forget_old(tx: Transaction, before: datetime) -> None:
    """Delete keys older than this moment (kept for seven days)."""
    await tx.connection.execute(FORGET_OLD, tx.bucket, tx.controller.value, before)
