"""Every outside act in every outcome, and a death of our process at every commit of it.

The law of style §1.7: for each act {refused, failed and did not happen, failed but happened,
happened, crashed before the commit, crashed after it}; afterwards one checker walks the whole log.
Whatever happens, the creditor processes one message once, and one answer stands.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count

import pytest

from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryState, LegState
from tests.journeys.creditors import Act, Crash
from tests.journeys.faults import DyingDatabase, Moment
from tests.journeys.logbook import Written, check_log, log_first
from tests.journeys.playing import (
    LATER,
    STATEMENT,
    arrives,
    asked_for,
    leg,
    settled,
)
from tests.journeys.stage import SHOP, Stage

HEALTHY = nullcontext()
ACTS = {
    Act.DONE: [Act.DONE],
    Act.BUSY: [Act.BUSY, Act.BUSY],
    Act.REFUSED: [Act.REFUSED, Act.REFUSED],
    Act.LOST_BEFORE: [Act.LOST_BEFORE],
    Act.LOST_AFTER: [Act.LOST_AFTER, Act.LOST_AFTER],
    Act.CRASH_BEFORE: [Act.CRASH_BEFORE],
    Act.CRASH_AFTER: [Act.CRASH_AFTER],
}


async def outcome_of(
    stage: Stage, acts: list[Act], armed: AbstractContextManager[None] = HEALTHY
) -> None:
    """Ask one creditor that acts like this, let the workers play, and check what it came to."""
    shop = stage.creditor(SHOP)
    shop.reply, before = STATEMENT, len(shop.documents)
    shop.acts.clear()
    shop.acts.extend(acts)
    case = await asked_for(stage, SHOP)
    with armed:
        await settled(stage)
    documents = shop.documents[before:]
    detail = await leg(stage, case.case_id)
    [delivery] = detail.deliveries
    if acts[0] is Act.REFUSED:
        assert documents == []
        assert detail.leg.state is LegState.UNDELIVERABLE
        assert delivery.state is DeliveryState.FAILED
        return
    assert len(set(documents)) == 1  # sent again as the same bytes, and never as others
    assert detail.leg.state is LegState.ANSWERED
    assert detail.leg.reply == STATEMENT
    assert not detail.leg.conflicting
    assert detail.leg.quarantined == ()
    assert delivery.state is DeliveryState.DELIVERED


def count_of(events: tuple[Written, ...], kind: EventType) -> int:
    return sum(event.type is kind for event in events)


@pytest.mark.parametrize("act", ACTS)
async def test_every_outcome_of_a_sending_comes_to_one_effect(stage: Stage, act: Act):
    await log_first(stage)
    await outcome_of(stage, ACTS[act])
    events = await check_log(stage)
    assert count_of(events, EventType.EXCHANGE_REQUEST) == 1
    assert count_of(events, EventType.EXCHANGE_RESPONSE) == (act is not Act.REFUSED)
    attempts = 1 if act is Act.REFUSED else len(stage.creditor(SHOP).documents)
    assert count_of(events, EventType.EXCHANGE_SENDING) >= attempts


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("moment", Moment)
async def test_a_death_at_any_commit_changes_nothing_in_the_end(
    stage: Stage, act: Act, moment: Moment
):
    await log_first(stage)
    dying = DyingDatabase(stage.gateway.database)
    stage.gateway = replace(stage.gateway, database=dying)
    seams = 0
    for seam in count(1):
        await outcome_of(stage, ACTS[act], dying.armed(seam, moment))
        if not dying.died:
            break
        seams += 1
    assert seams > 10
    events = await check_log(stage)
    assert count_of(events, EventType.EXCHANGE_REQUEST) == seams + 1


@pytest.mark.parametrize("moment", Moment)
async def test_a_death_while_an_answer_is_taken_in_leaves_one_answer_and_one_receipt(
    stage: Stage, moment: Moment
):
    """A creditor that got no receipt sends the same bytes again, and then gets one."""
    case = await asked_for(stage, SHOP)
    await settled(stage)
    shop = stage.creditor(SHOP)
    answer = shop.answer(shop.last_question, STATEMENT)
    dying = DyingDatabase(stage.gateway.database)
    stage.gateway = replace(stage.gateway, database=dying)
    with dying.armed(1, moment), pytest.raises(Crash):
        await arrives(stage, answer)
    stage.clock.forward(LATER)
    first, second = await arrives(stage, answer), await arrives(stage, answer)
    assert first.status == 200
    assert first.body == second.body
    found = (await leg(stage, case.case_id)).leg
    assert (found.state, found.reply) == (LegState.ANSWERED, STATEMENT)
    events = await check_log(stage)
    assert count_of(events, EventType.EXCHANGE_RESPONSE) == 1
