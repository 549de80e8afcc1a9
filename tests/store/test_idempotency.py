"""A key is taken once; who used it first decides what it answers."""

import asyncio
from datetime import timedelta

from gateway.store import idempotency
from gateway.store.idempotency import KeyRow
from tests.journeys.stage import NOW
from tests.store.filling import OURS, THEIRS, Store

ANSWER = KeyRow(b"a" * 32, 201, "/v1/zaken/1", b"{}")


async def test_a_key_is_taken_once_and_gives_its_answer_again(store: Store):
    async with store.database.transaction(OURS) as tx:
        assert await idempotency.take_key(tx, OURS, "k", ANSWER.request_digest, NOW)
        await idempotency.write_answer(tx, OURS, "k", ANSWER)
    async with store.database.transaction(OURS) as tx:
        assert not await idempotency.take_key(tx, OURS, "k", b"b" * 32, NOW)
        assert await idempotency.read_key(tx, OURS, "k") == ANSWER
        assert await idempotency.read_key(tx, OURS, "other") is None


async def test_a_key_belongs_to_one_client_and_one_municipality(store: Store):
    async with store.database.transaction(OURS) as tx:
        assert await idempotency.take_key(tx, OURS, "k", bytes(32), NOW)
        assert await idempotency.take_key(tx, THEIRS, "k", bytes(32), NOW)
    async with store.database.transaction(THEIRS) as tx:
        assert await idempotency.take_key(tx, OURS, "k", bytes(32), NOW)


async def test_requests_at_the_same_moment_with_one_key_do_one_thing(store: Store):
    async def use() -> bool:
        async with store.database.transaction(OURS) as tx:
            first = await idempotency.take_key(tx, OURS, "k", bytes(32), NOW)
            await asyncio.sleep(0.02)
            if first:
                await idempotency.write_answer(tx, OURS, "k", ANSWER)
            found = await idempotency.read_key(tx, OURS, "k")
            assert found is not None
            assert found.status == 201
            return first

    assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [False] * 4 + [True]


async def test_old_keys_are_forgotten_and_young_ones_are_not(store: Store):
    async with store.database.transaction(OURS) as tx:
        await idempotency.take_key(tx, OURS, "old", bytes(32), NOW - timedelta(days=8))
        await idempotency.take_key(tx, OURS, "young", bytes(32), NOW)
        await idempotency.forget_old(tx, NOW - timedelta(days=7))
        assert await idempotency.read_key(tx, OURS, "old") is None
        assert await idempotency.take_key(tx, OURS, "old", bytes(32), NOW)
        assert not await idempotency.take_key(tx, OURS, "young", bytes(32), NOW)
