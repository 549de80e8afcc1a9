"""Messages kept as they were; the guard against replays decides once, whoever comes at once."""

import asyncio

from gateway.domain.identifiers import CreditorId, LegId, MessageId
from gateway.domain.inquiry import InboundState
from gateway.domain.statement import Reply
from gateway.store import messages
from gateway.store.evidence.sealed import Content, seal_content
from gateway.store.messages import INBOUND, OUTBOUND, Guarded, MessageRow, ReplyRow
from tests.adapters.examples import REFUSAL, STATEMENT
from tests.journeys.stage import NOW, TODAY
from tests.store.filling import OURS, SHOP, THEIRS, Store

RENT = CreditorId("huur")
FIRST = Guarded(b"a" * 32, b"the first receipt")
SECOND = Guarded(b"b" * 32, b"another receipt")


def message_id(store: Store) -> MessageId:
    return MessageId(store.ids.reference())


async def row_of(store: Store, leg_id: LegId | None = None, **changes: object) -> MessageRow:
    stream, subject = await store.stream()
    values: dict[str, object] = {
        "row_id": store.ids.row(),
        "direction": INBOUND,
        "creditor_id": SHOP,
        "state": InboundState.QUARANTINED.value,
        "subject_id": subject,
        "stream_id": stream,
        "wire_digest": bytes(32),
        "recorded_at": NOW,
        "sealed": None,
        "leg_id": leg_id,
    }
    return MessageRow(**{**values, **changes})  # type: ignore[arg-type]


async def test_an_id_is_taken_once(store: Store):
    key = (SHOP, message_id(store))
    async with store.database.transaction(OURS) as tx:
        assert await messages.guard(tx, {key: FIRST}) == {key}
        assert await messages.guard(tx, {key: SECOND}) == set()
        assert await messages.guarded(tx, [key]) == {key: FIRST}


async def test_an_id_belongs_to_one_creditor_and_one_municipality(store: Store):
    one = message_id(store)
    async with store.database.transaction(OURS) as tx:
        assert len(await messages.guard(tx, {(SHOP, one): FIRST, (RENT, one): SECOND})) == 2
    async with store.database.transaction(THEIRS) as tx:
        assert await messages.guarded(tx, [(SHOP, one)]) == {}
        assert await messages.guard(tx, {(SHOP, one): SECOND}) == {(SHOP, one)}


async def test_of_a_batch_only_what_was_free_is_taken(store: Store):
    old, new = (SHOP, message_id(store)), (SHOP, message_id(store))
    async with store.database.transaction(OURS) as tx:
        await messages.guard(tx, {old: FIRST})
        assert await messages.guard(tx, {old: SECOND, new: SECOND}) == {new}
        assert await messages.guarded(tx, [old, new]) == {old: FIRST, new: SECOND}
        assert await messages.guarded(tx, []) == {}
        assert await messages.guard(tx, {}) == set()


async def test_who_comes_second_waits_for_the_first_and_then_finds_its_receipt(store: Store):
    key = (SHOP, message_id(store))

    async def take(guarded: Guarded) -> bool:
        async with store.database.transaction(OURS) as tx:
            taken = await messages.guard(tx, {key: guarded})
            await asyncio.sleep(0.02)
            assert len(await messages.guarded(tx, [key])) == 1
            return bool(taken)

    results = await asyncio.gather(*(take(FIRST) for _ in range(6)))
    assert sorted(results) == [False] * 5 + [True]


async def test_batches_that_cross_wait_for_each_other_in_one_order(store: Store):
    keys = [(SHOP, message_id(store)) for _ in range(8)]

    async def take(order: list[tuple[CreditorId, MessageId]]) -> int:
        async with store.database.transaction(OURS) as tx:
            return len(await messages.guard(tx, dict.fromkeys(order, FIRST)))

    counts = await asyncio.gather(*(take(keys[:: 1 if n % 2 else -1]) for n in range(6)))
    assert sum(counts) == 8


async def test_an_id_whose_taker_failed_is_free_again(store: Store):
    key = (SHOP, message_id(store))

    async def fail() -> None:
        async with store.database.transaction(OURS) as tx:
            await messages.guard(tx, {key: FIRST})
            raise ZeroDivisionError

    try:
        await fail()
    except ZeroDivisionError:
        async with store.database.transaction(OURS) as tx:
            assert await messages.guard(tx, {key: SECOND}) == {key}


async def test_the_same_refused_bytes_are_kept_once_per_leg(store: Store):
    [delivery] = await store.exchange()
    rows = [await row_of(store, delivery.leg_id) for _ in range(2)]
    other = await row_of(store, delivery.leg_id, wire_digest=b"x" * 32)
    async with store.database.transaction(OURS) as tx:
        assert [await messages.add_refused(tx, row) for row in rows] == [True, False]
        assert await messages.add_refused(tx, other)
        kept = await messages.messages_of_legs(tx, [delivery.leg_id])
    assert [row.row_id for row in kept] == [rows[0].row_id, other.row_id]


async def test_refused_bytes_that_belong_nowhere_are_kept_once_too(store: Store):
    rows = [await row_of(store) for _ in range(2)]
    async with store.database.transaction(OURS) as tx:
        assert [await messages.add_refused(tx, row) for row in rows] == [True, False]


async def test_refused_bytes_that_come_at_once_are_kept_once(store: Store):
    rows = [await row_of(store) for _ in range(6)]

    async def keep(row: MessageRow) -> bool:
        async with store.database.transaction(OURS) as tx:
            return await messages.add_refused(tx, row)

    assert sorted(await asyncio.gather(*map(keep, rows))) == [False] * 5 + [True]


async def test_a_message_reads_back_and_its_document_opens(store: Store):
    row = await row_of(store, direction=OUTBOUND, delivery_id=store.ids.row(), kind="saldoverzoek")
    key = await store.keys.one(OURS, row.subject_id)
    sealed = seal_content(key, bytes(12), row.row_id, Content.MESSAGE, b"<document/>")
    row = MessageRow(**{**_values(row), "sealed": sealed})  # type: ignore[arg-type]
    async with store.database.transaction(OURS) as tx:
        await messages.add_messages(tx, [row])
        await messages.add_messages(tx, [])
        assert await messages.read_message(tx, row.row_id) == row
        assert await messages.read_message(tx, store.ids.row()) is None
        assert row.delivery_id is not None
        assert await messages.outbound_of(tx, [row.delivery_id]) == {row.delivery_id: row}
    assert row.document(key) == b"<document/>"


def _values(row: MessageRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in MessageRow.__slots__}


async def test_versions_of_an_answer_come_back_in_order(store: Store):
    [delivery] = await store.exchange()
    key = await store.keys.one(OURS, delivery.subject_id)
    rows: list[ReplyRow] = []
    answers: tuple[Reply, ...] = (STATEMENT, REFUSAL)
    for version, reply in enumerate(answers, start=1):
        row_id = store.ids.row()
        content = messages.encode_reply(reply)
        sealed = seal_content(key, store.ids.chance(12), row_id, Content.REPLY, content)
        rows.append(ReplyRow(delivery.leg_id, version, delivery.subject_id, row_id, TODAY, sealed))
    async with store.database.transaction(OURS) as tx:
        await messages.add_replies(tx, rows[::-1])
        kept = await messages.replies_of_legs(tx, [delivery.leg_id])
    assert [row.reply(key) for row in kept] == [STATEMENT, REFUSAL]
