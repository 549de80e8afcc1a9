"""A POST with an Idempotency-Key happens once: its answer is kept in the same transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.domain.errors import IdempotencyConflict
from gateway.store import idempotency as store
from gateway.store.database import Transaction
from gateway.usecases.commands import Caller
from gateway.usecases.context import Gateway


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST answers. The body holds ids and codes, never personal data: it is kept."""

    status: int
    body: bytes
    location: str | None = None


async def perform(
    gateway: Gateway,
    caller: Caller,
    key: str | None,
    request_digest: bytes,
    work: Callable[[Transaction], Awaitable[Answer]],
) -> Answer:
    """Do the work in one transaction, or give the answer it had before.

    Raises IdempotencyConflict when the key was used for another request.
    """
    async with gateway.database.transaction(caller.controller.oin) as tx:
        if key is None:
            return await work(tx)
        if not await store.take_key(tx, caller.client, key, request_digest, gateway.clock.now()):
            return await _earlier(tx, caller, key, request_digest)
        answer = await work(tx)
        kept = store.KeyRow(request_digest, answer.status, answer.location, answer.body)
        await store.write_answer(tx, caller.client, key, kept)
        return answer


async def _earlier(tx: Transaction, caller: Caller, key: str, request_digest: bytes) -> Answer:
    earlier = await store.read_key(tx, caller.client, key)
    if earlier is None or earlier.request_digest != request_digest:
        raise IdempotencyConflict
    return Answer(earlier.status, earlier.body, earlier.location)
