"""Reminders and expiry: each exactly once, over restarts, replicas and a week of standing still."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.ports.creditor import MessageKind
from gateway.usecases.watch.terms import Watched, watch_terms
from tests.conftest import FreshDatabase
from tests.journeys.creditors import Act, Crash
from tests.journeys.faults import DyingDatabase, Moment
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    STATEMENT,
    arrives,
    asked_for,
    leg,
    overview,
    recorded,
    round_of,
    settled,
)
from tests.journeys.stage import RENT, SHOP, TAX, TOWN, Keys, Stage, staging

# Asked on Tuesday 24 November 2026; the policy reminds after 10 working days, expires after 15.
REMINDED = date(2026, 12, 8)
EXPIRED = date(2026, 12, 15)


@pytest.fixture
async def replica(keys: Keys, database: FreshDatabase, stage: Stage) -> AsyncIterator[Stage]:
    async with staging(keys, database.dsn, database.owner_dsn, seed=2) as found:
        found.transport.creditors = stage.transport.creditors
        yield found


async def test_the_terms_start_when_the_request_is_delivered(stage: Stage):
    stage.creditor().acts.append(Act.BUSY)
    case = await asked_for(stage)
    await round_of(stage)
    assert (await leg(stage, case.case_id)).leg.reply_by is None
    stage.calendar.day += timedelta(days=1)
    await settled(stage)
    found = (await leg(stage, case.case_id)).leg
    assert (found.asked_on, found.reply_by) == (date(2026, 11, 25), date(2026, 12, 9))


async def test_no_reminder_before_its_day(stage: Stage):
    await asked_for(stage)
    await settled(stage)
    stage.calendar.day = REMINDED - timedelta(days=1)
    assert await watch_terms(stage.gateway, TOWN, 64) == Watched(0, 0)


async def test_a_reminder_is_a_message_of_its_own_and_says_which_it_is(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = REMINDED
    await settled(stage)
    shop = stage.creditor()
    assert shop.kinds == [MessageKind.DEBT_STATEMENT_REQUEST] * 2
    assert len({found.message_id for found in shop.came}) == 2
    assert len({found.conversation_id for found in shop.came}) == 1
    assert [shop.simulator.hear(q).reminder for q in shop.questions.values()] == [0, 1]
    assert (await leg(stage, case.case_id)).leg.reminders == 1
    await check_log(stage)


async def test_an_answer_to_the_reminder_is_the_answer(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.creditor().reply = STATEMENT
    stage.calendar.day = REMINDED
    await settled(stage)
    found = (await leg(stage, case.case_id)).leg
    assert (found.state, found.reply) == (LegState.ANSWERED, STATEMENT)


async def test_an_answer_to_the_first_question_after_the_reminder_is_the_answer(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = REMINDED
    await settled(stage)
    shop = stage.creditor()
    first = next(iter(shop.questions.values()))
    assert (await arrives(stage, shop.answer(first, STATEMENT))).status == 200
    assert (await leg(stage, case.case_id)).leg.state is LegState.ANSWERED


async def test_reminders_and_expiry_happen_once_however_often_one_looks(stage: Stage):
    await asked_for(stage, SHOP, RENT, TAX)
    await settled(stage)
    stage.calendar.day = REMINDED
    assert [await watch_terms(stage.gateway, TOWN, 64) for _ in range(3)] == [
        Watched(3, 0),
        Watched(0, 0),
        Watched(0, 0),
    ]
    stage.calendar.day = EXPIRED
    assert [await watch_terms(stage.gateway, TOWN, 64) for _ in range(2)] == [
        Watched(0, 3),
        Watched(0, 0),
    ]
    events = await check_log(stage)
    assert sum(event.type is EventType.EXCHANGE_EXPIRED for event in events) == 3


async def test_two_workers_at_once_remind_and_expire_once(stage: Stage, replica: Stage):
    for _ in range(10):
        await asked_for(stage, SHOP, RENT, TAX)
    await settled(stage)
    for day, wanted in ((REMINDED, (30, 0)), (EXPIRED, (0, 30))):
        stage.calendar.day = replica.calendar.day = day
        found = await asyncio.gather(
            *(watch_terms(one.gateway, TOWN, 7) for one in (stage, replica) * 8)
        )
        assert (sum(w.reminded for w in found), sum(w.expired for w in found)) == wanted
    await check_log(stage)


@pytest.mark.parametrize("day", [REMINDED, EXPIRED])
@pytest.mark.parametrize("moment", Moment)
async def test_a_death_of_the_watch_raises_nothing_twice_and_loses_nothing(
    stage: Stage, day: date, moment: Moment
):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = day
    dying = DyingDatabase(stage.gateway.database)
    stage.gateway = replace(stage.gateway, database=dying)
    with dying.armed(1, moment), pytest.raises(Crash):
        await watch_terms(stage.gateway, TOWN, 64)
    await watch_terms(stage.gateway, TOWN, 64)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    if day is REMINDED:
        assert detail.leg.reminders == 1
        assert [d.kind for d in detail.deliveries].count(DeliveryKind.REMINDER) == 1
    else:
        assert detail.leg.state is LegState.EXPIRED
    await check_log(stage)


async def test_a_worker_that_stood_still_past_the_expiry_only_expires(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = EXPIRED + timedelta(days=7)
    assert await watch_terms(stage.gateway, TOWN, 64) == Watched(0, 1)
    assert (await leg(stage, case.case_id)).leg.reminders == 0


async def test_a_reminder_that_the_answer_overtook_is_not_sent(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = REMINDED
    await watch_terms(stage.gateway, TOWN, 64)
    await recorded(stage)
    shop = stage.creditor()
    await arrives(stage, shop.answer(shop.last_question, STATEMENT))
    await settled(stage)
    assert len(shop.documents) == 1
    reminder = (await leg(stage, case.case_id)).deliveries[-1]
    assert reminder.state is DeliveryState.CANCELLED
    assert reminder.failure == "antwoord-was-al-binnen"


async def test_a_late_answer_is_better_than_none(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = EXPIRED
    await settled(stage)
    view = await overview(stage, case.case_id)
    assert view.overview.lines[0].missing == ("termijn_verstreken",)
    shop = stage.creditor()
    assert (await arrives(stage, shop.answer(shop.last_question, STATEMENT))).status == 200
    view = await overview(stage, case.case_id)
    assert view.overview.complete


async def test_silence_is_never_an_answer(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day = EXPIRED
    await settled(stage)
    found = (await leg(stage, case.case_id)).leg
    assert (found.state, found.reply) == (LegState.EXPIRED, None)
