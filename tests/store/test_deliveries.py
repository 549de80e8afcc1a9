"""The delivery row is the job: claimed by one, written back at once, fenced by its token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from gateway.domain.errors import IllegalMove
from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import DeliveryId, MessageId
from gateway.domain.inquiry import DeliveryEvent, DeliveryKind, DeliveryState
from gateway.store import deliveries, legal_bases, legs
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.evidence import log
from tests.journeys.stage import NOW, TODAY
from tests.store.evidence.test_log import sign
from tests.store.filling import OURS, SHOP, Store

LATER = NOW + timedelta(hours=1)


async def recorded(store: Store, rows: list[DeliveryRow], *, logged: bool = True) -> None:
    """Record these deliveries, each with its intention; logged: under a signed root."""
    async with store.database.transaction(OURS) as tx:
        events = await store.journal.append(
            tx, [NewEvent(EventType.EXCHANGE_REQUEST, row.stream_id, {}) for row in rows]
        )
        await deliveries.write_back(
            tx,
            [
                row.moved(
                    DeliveryEvent.INTENTION_RECORDED,
                    intention_event=event,
                    message_id=MessageId(store.ids.reference()),
                    digest=bytes(32),
                    sent_at=NOW,
                )
                for row, event in zip(rows, events, strict=True)
            ],
        )
        if logged:
            await log.integrate(tx, 1000, sign, NOW)


async def found(store: Store, row: DeliveryRow) -> DeliveryRow:
    async with store.database.transaction(OURS) as tx:
        return (await deliveries.lock_deliveries(tx, [row.delivery_id]))[row.delivery_id]


@asynccontextmanager
async def held(store: Store, statement: str) -> AsyncIterator[None]:
    """Somebody else holds the rows of this statement."""
    async with store.database.transaction(OURS) as tx:
        assert await tx.connection.fetch(statement)
        yield


async def test_two_workers_never_share_a_row_and_miss_none(store: Store):
    for _ in range(20):
        await store.exchange(3)
    taken: list[DeliveryId] = []

    async def work() -> None:
        while True:
            async with store.database.transaction(OURS) as tx:
                rows = await deliveries.claim_queued(tx, TODAY, NOW, 4)
                await asyncio.sleep(0)
                await deliveries.write_back(
                    tx, [row.moved(DeliveryEvent.INEXPRESSIBLE) for row in rows]
                )
            taken.extend(row.delivery_id for row in rows)
            if not rows:
                return

    await asyncio.gather(*(work() for _ in range(6)))
    while len(taken) < 60:  # what a rival held in the last round is still to be had
        before = len(taken)
        await work()
        assert len(taken) > before
    assert len(taken) == len(set(taken)) == 60


async def test_what_a_rival_holds_is_skipped_and_not_waited_for(store: Store):
    await store.exchange()
    async with store.database.transaction(OURS) as tx:
        assert len(await deliveries.claim_queued(tx, TODAY, NOW, 9)) == 1
        async with store.database.transaction(OURS) as other:
            assert await deliveries.claim_queued(other, TODAY, NOW, 9) == ()
    async with store.database.transaction(OURS) as tx:
        assert len(await deliveries.claim_queued(tx, TODAY, NOW, 9)) == 1


@pytest.mark.parametrize("table", ["legal_basis", "leg", "delivery"])
async def test_a_claim_waits_for_no_row_that_an_ending_holds(store: Store, table: str):
    rows = await store.exchange()
    await recorded(store, rows)
    async with (
        held(store, f"select from {table} for update"),
        asyncio.timeout(5),
        store.database.transaction(OURS) as tx,
    ):
        assert await deliveries.claim_to_send(tx, NOW, 9) == ()
    async with store.database.transaction(OURS) as tx:
        assert len(await deliveries.claim_to_send(tx, NOW, 9)) == 1


async def test_a_claim_holds_its_ground_and_its_leg(store: Store):
    rows = await store.exchange()
    async with store.database.transaction(OURS) as tx:
        await deliveries.claim_queued(tx, TODAY, NOW, 9)
        for table in ("legal_basis", "leg", "delivery"):
            async with store.database.transaction(OURS) as other:
                with pytest.raises(asyncpg.LockNotAvailableError):
                    await other.connection.fetch(f"select from {table} for update nowait")
    async with store.database.transaction(OURS) as tx:
        assert await legal_bases.lock_bases(tx, [rows[0].basis_id])
        assert await legs.lock_legs(tx, [rows[0].leg_id])


async def test_what_may_leave_tomorrow_is_not_claimed_today(store: Store):
    await store.exchange()
    async with store.database.transaction(OURS) as tx:
        assert await deliveries.claim_queued(tx, TODAY - timedelta(days=1), LATER, 9) == ()
        assert await deliveries.claim_queued(tx, TODAY, NOW - timedelta(seconds=1), 9) == ()
        assert len(await deliveries.claim_queued(tx, TODAY, NOW, 9)) == 1


async def test_nothing_is_sent_before_its_intention_is_under_a_signed_root(store: Store):
    rows = await store.exchange()
    await recorded(store, rows, logged=False)
    async with store.database.transaction(OURS) as tx:
        assert await deliveries.claim_to_send(tx, LATER, 9) == ()
        await log.integrate(tx, 1000, sign, NOW)
        assert len(await deliveries.claim_to_send(tx, LATER, 9)) == 1


async def test_a_claim_takes_at_most_its_limit_the_oldest_first(store: Store):
    rows = await store.exchange(5)
    async with store.database.transaction(OURS) as tx:
        late = replace(rows[0], run_at=NOW + timedelta(seconds=1))
        await deliveries.write_back(tx, [late])
        claimed = await deliveries.claim_queued(tx, TODAY, LATER, 4)
    assert rows[0].delivery_id not in {row.delivery_id for row in claimed}
    assert len(claimed) == 4


async def test_a_creditor_whose_breaker_is_open_is_not_claimed(store: Store):
    rows = await store.exchange()
    await recorded(store, rows)
    async with store.database.transaction(OURS) as tx:
        await tx.connection.execute(
            "insert into creditor_health (creditor_id, failures, open_until) values ($1, 9, $2)",
            SHOP,
            LATER,
        )
        assert await deliveries.claim_to_send(tx, NOW, 9) == ()
        assert len(await deliveries.claim_to_send(tx, LATER, 9)) == 1


async def test_everything_that_was_written_back_reads_back(store: Store):
    [row] = await store.exchange()
    changed = replace(
        row,
        state=DeliveryState.IN_DOUBT,
        run_at=LATER,
        attempts=3,
        lease_token=7,
        lease_until=LATER,
        message_id=MessageId(store.ids.reference()),
        digest=bytes(range(32)),
        sent_at=NOW,
        failure="timeout",
    )
    async with store.database.transaction(OURS) as tx:
        await deliveries.write_back(tx, [changed])
    assert await found(store, row) == changed


async def test_writing_back_touches_only_the_rows_that_are_named(store: Store):
    first, second = await store.exchange(2)
    async with store.database.transaction(OURS) as tx:
        await deliveries.write_back(tx, [])
        await deliveries.write_back(tx, [replace(first, failure="x")])
    assert (await found(store, second)) == second


async def claim(tx: Transaction, row: DeliveryRow) -> DeliveryRow:
    sending = row.moved(
        DeliveryEvent.SEND_STARTED, lease_token=row.lease_token + 1, lease_until=LATER
    )
    await deliveries.write_back(tx, [sending])
    return sending


async def test_a_lapsed_lease_is_found_once_and_its_token_is_then_old(store: Store):
    rows = await store.exchange()
    await recorded(store, rows)
    async with store.database.transaction(OURS) as tx:
        [row] = await deliveries.claim_to_send(tx, NOW, 9)
        sending = await claim(tx, row)
    async with store.database.transaction(OURS) as tx:
        assert await deliveries.claim_lapsed(tx, LATER - timedelta(seconds=1), 9) == ()
        [lapsed] = await deliveries.claim_lapsed(tx, LATER, 9)
        await deliveries.write_back(
            tx, [lapsed.moved(DeliveryEvent.LEASE_LAPSED, lease_until=None)]
        )
    async with store.database.transaction(OURS) as tx:
        assert await deliveries.claim_lapsed(tx, LATER, 9) == ()
        [again] = await deliveries.claim_to_send(tx, LATER, 9)
        second = await claim(tx, again)
    assert (sending.lease_token, second.lease_token) == (1, 2)
    assert (await found(store, row)).lease_token == 2


async def test_one_message_of_a_kind_and_number_exists_once_per_leg(store: Store):
    [row] = await store.exchange()
    twin = replace(row, delivery_id=DeliveryId(store.ids.row()))
    reminder = replace(twin, kind=DeliveryKind.REMINDER, ordinal=1)
    async with store.database.transaction(OURS) as tx:
        await deliveries.add_deliveries(tx, [twin, reminder, replace(reminder)])
        kept = await deliveries.deliveries_of_legs(tx, [row.leg_id])
    assert {(one.kind, one.ordinal) for one in kept} == {
        (DeliveryKind.REQUEST, 0),
        (DeliveryKind.REMINDER, 1),
    }
    assert len(kept) == 2


async def test_a_delivery_is_found_by_the_message_it_carried(store: Store):
    rows = await store.exchange(2)
    await recorded(store, rows)
    carried = await found(store, rows[1])
    assert carried.message_id is not None
    async with store.database.transaction(OURS) as tx:
        stray = MessageId(store.ids.reference())
        assert await deliveries.deliveries_of_messages(tx, [carried.message_id, stray]) == {
            carried.message_id: carried
        }


async def test_what_is_left_to_do_today_is_counted(store: Store):
    rows = await store.exchange(3)
    await recorded(store, rows[:1])
    async with store.database.transaction(OURS) as tx:
        assert await deliveries.count_unfinished(tx, TODAY) == 3
        assert await deliveries.count_unfinished(tx, TODAY - timedelta(days=1)) == 1
        await deliveries.write_back(tx, [rows[1].moved(DeliveryEvent.GROUND_ENDED)])
        assert await deliveries.count_unfinished(tx, TODAY) == 2


async def test_a_move_outside_the_table_is_refused(store: Store):
    [row] = await store.exchange()
    with pytest.raises(IllegalMove):
        row.moved(DeliveryEvent.ACCEPTED)
