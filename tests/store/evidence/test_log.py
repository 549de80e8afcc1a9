"""The sequencer: one commit from outbox to signed root, whoever else tries, whenever it dies."""

import asyncio
from uuid import UUID

import pytest

from gateway.domain.identifiers import Oin
from gateway.ledger.tree import EMPTY, leaf_hash
from gateway.store.evidence.log import integrate, outbox_size, read_entries, read_tree
from tests.journeys.stage import NOW
from tests.store.filling import OURS, THEIRS, Store, happened


def sign(controller: Oin, size: int, root: bytes) -> bytes:
    return b"%s %d %s" % (controller.value.encode(), size, root.hex().encode())


async def run(store: Store, limit: int = 1000, controller: Oin = OURS) -> int:
    async with store.database.transaction(controller) as tx:
        return await integrate(tx, limit, sign, NOW)


async def entries(store: Store, controller: Oin = OURS) -> list[tuple[int, UUID, bytes]]:
    async with store.database.transaction(controller) as tx:
        rows = await tx.connection.fetch("select idx, event_id, entry from log_entry order by idx")
    return [(row["idx"], row["event_id"], row["entry"]) for row in rows]


async def check(store: Store, size: int, controller: Oin = OURS) -> None:
    """The entries are numbered without a gap and the signed root is theirs."""
    found = await entries(store, controller)
    assert [index for index, _, _ in found] == list(range(size))
    root = EMPTY.extended(leaf_hash(entry) for _, _, entry in found).root
    async with store.database.transaction(controller) as tx:
        tree = await read_tree(tx)
    assert (tree.size, tree.checkpoint) == (size, sign(controller, size, root))


async def test_what_waits_becomes_the_log_and_its_root_is_signed(store: Store):
    stream, _ = await store.stream()
    await store.write([happened(stream, n) for n in range(5)])
    assert await run(store) == 5
    await check(store, 5)
    await store.write([happened(stream)])
    assert await run(store) == 1
    await check(store, 6)


async def test_an_empty_outbox_signs_nothing(store: Store):
    assert await run(store) == 0
    async with store.database.transaction(OURS) as tx:
        assert (await read_tree(tx)).checkpoint is None


async def test_within_a_stream_the_index_rises_with_the_number(store: Store):
    streams = [(await store.stream())[0] for _ in range(4)]
    for n in range(12):
        await store.write([happened(stream, n) for stream in streams])
        if n % 5 == 4:
            await run(store, limit=7)
    while await run(store, limit=7):
        pass
    await check(store, 48)
    async with store.database.transaction(OURS) as tx:
        rows = await tx.connection.fetch(
            "select e.stream_id, e.seq from event e join log_entry l"
            " using (bucket, controller, event_id) order by l.idx"
        )
    for stream in streams:
        assert [row["seq"] for row in rows if row["stream_id"] == stream] == list(range(1, 13))


async def test_rivals_take_turns_and_every_entry_gets_one_index(store: Store):
    stream, _ = await store.stream()

    async def write() -> None:
        for _ in range(25):
            await store.write([happened(stream)])

    async def sequence() -> None:
        for _ in range(25):
            await run(store, limit=3)

    await asyncio.gather(write(), sequence(), sequence(), sequence())
    while await run(store):
        pass
    await check(store, 25)


async def test_a_sequencer_that_dies_before_its_commit_did_nothing(store: Store):
    stream, _ = await store.stream()
    await store.write([happened(stream, n) for n in range(3)])

    async def die() -> None:
        async with store.database.transaction(OURS) as tx:
            assert await integrate(tx, 1000, sign, NOW) == 3
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die()
    assert await entries(store) == []
    async with store.database.transaction(OURS) as tx:
        assert await outbox_size(tx) == 3
    assert await run(store) == 3
    await check(store, 3)


async def test_a_root_that_cannot_be_signed_is_not_integrated(store: Store):
    stream, _ = await store.stream()
    await store.write([happened(stream)])

    def refuse(controller: Oin, size: int, root: bytes) -> bytes:
        raise OSError

    with pytest.raises(OSError):
        async with store.database.transaction(OURS) as tx:
            await integrate(tx, 1000, refuse, NOW)
    assert await entries(store) == []


async def test_each_municipality_has_a_log_of_its_own(store: Store):
    for controller, count in ((OURS, 2), (THEIRS, 3)):
        stream, _ = await store.stream(controller)
        await store.write([happened(stream)] * count, controller)
    assert (await run(store), await run(store, controller=THEIRS)) == (2, 3)
    await check(store, 2)
    await check(store, 3, THEIRS)


async def test_the_log_is_read_in_pages(store: Store):
    stream, _ = await store.stream()
    await store.write([happened(stream)] * 5)
    await run(store)
    whole = [entry for _, _, entry in await entries(store)]
    async with store.database.transaction(OURS) as tx:
        assert [*await read_entries(tx, 0, 2), *await read_entries(tx, 2, 99)] == whole
