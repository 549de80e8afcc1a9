"""What is in doubt, refused for now, or answered before we know that it arrived."""

import asyncio

import pytest

from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.store import health
from tests.journeys.creditors import Act
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    LATER,
    STATEMENT,
    arrives,
    asked_for,
    commit,
    leg,
    recorded,
    round_of,
    sent,
    settled,
)
from tests.journeys.stage import NEIGHBOUR, RENT, SHOP, TOWN, Stage


async def test_what_was_refused_for_now_is_logged_as_postponed_and_not_as_a_doubt(stage: Stage):
    stage.creditor().acts.append(Act.BUSY)
    await asked_for(stage)
    await settled(stage)
    kinds = [event.type for event in await check_log(stage)]
    assert kinds.count(EventType.EXCHANGE_POSTPONED) == 1
    assert EventType.EXCHANGE_IN_DOUBT not in kinds


@pytest.mark.parametrize("acts", [[Act.LOST_AFTER], [Act.LOST_AFTER, Act.BUSY]])
async def test_a_question_in_doubt_is_not_asked_again_once_it_was_answered(
    stage: Stage, acts: list[Act]
):
    """The answer names the question, so it arrived."""
    shop = stage.creditor()
    shop.acts.extend(acts)
    case = await asked_for(stage)
    for _ in acts:
        await round_of(stage)
        stage.clock.forward(LATER)
    before = stage.transport.deliveries
    assert (await arrives(stage, shop.answer(shop.last_question, STATEMENT))).status == 200
    await settled(stage)
    assert stage.transport.deliveries == before
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.reply) == (LegState.ANSWERED, STATEMENT)
    [delivery] = detail.deliveries
    assert (delivery.kind, delivery.state) == (DeliveryKind.REQUEST, DeliveryState.DELIVERED)
    kinds = [event.type for event in await check_log(stage)]
    assert kinds.count(EventType.EXCHANGE_DELIVERED) == 1


async def failures_of(stage: Stage) -> dict[str, int]:
    async def read(tx):
        rows = await tx.connection.fetch("select creditor_id, failures from creditor_health")
        return {row["creditor_id"]: row["failures"] for row in rows}

    return await commit(stage, TOWN, read)


async def test_a_success_at_the_first_attempt_ends_a_row_of_failures(stage: Stage):
    stage.creditor().acts.extend([Act.BUSY] * 4)
    for _ in range(4):
        await asked_for(stage)
    await round_of(stage)
    assert await failures_of(stage) == {SHOP: 4}
    await asked_for(stage)
    await recorded(stage)
    await sent(stage)
    assert await failures_of(stage) == {}


async def test_failures_after_a_success_in_one_batch_count_anew(stage: Stage):
    async def mark(*seen: health.Seen) -> None:
        await commit(stage, TOWN, lambda tx: health.mark(tx, seen, stage.clock.now()))

    await mark(health.Seen(SHOP, answered=False, failures=4), health.Seen(RENT, False, 1))
    await mark(health.Seen(SHOP, answered=True, failures=2), health.Seen(RENT, False, 1))
    assert await failures_of(stage) == {SHOP: 2, RENT: 2}
    await mark(health.Seen(SHOP, answered=True, failures=0))
    assert await failures_of(stage) == {RENT: 2}


async def test_batches_that_judge_the_same_creditors_differently_never_lock_each_other_out(
    stage: Stage,
):
    now = stage.clock.now()

    async def mark(controller, ill, well) -> None:
        seen = (health.Seen(well, True, 0), health.Seen(ill, False, 1))

        async def work(tx):
            await health.mark(tx, seen, now)

        await commit(stage, controller, work)

    async def lay(tx):
        await health.mark(tx, [health.Seen(one, False, 1) for one in (SHOP, RENT)], now)

    for _ in range(60):
        await commit(stage, TOWN, lay)
        await asyncio.gather(
            mark(TOWN, SHOP, RENT),
            mark(NEIGHBOUR, RENT, SHOP),
            mark(TOWN, RENT, SHOP),
            mark(NEIGHBOUR, SHOP, RENT),
        )
