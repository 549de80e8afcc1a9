"""Our own side fails: the leg that it concerns stops with a clear reason, all others go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import asyncpg
import pytest

from gateway.config.settings import WorkerSettings
from gateway.domain.errors import StoreUnavailable
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.domain.statement import DebtStatementRequest, Reply
from gateway.ports.creditor import Envelope, MessageKind
from gateway.usecases.workers import Workers
from gateway.wire.xml import Element
from tests.journeys.creditors import Act, Crash
from tests.journeys.logbook import check_log, log_first
from tests.journeys.playing import (
    LATER,
    STATEMENT,
    arrives,
    asked_for,
    ended,
    leg,
    legs,
    recorded,
    round_of,
    sent,
    settled,
)
from tests.journeys.stage import CONTROLLERS, ENERGY, RENT, SHOP, TAX, Stage


def break_interpret(stage: Stage) -> None:
    """Let the adapter of the shop stumble over every answer."""

    def stumble(element: Element, question: DebtStatementRequest, envelope: Envelope) -> Reply:
        raise ZeroDivisionError

    adapter = stage.gateway.adapters["svb"]
    broken = replace(adapter, debt_statement=replace(adapter.debt_statement, interpret=stumble))
    adapters = {**stage.gateway.adapters, "svb": broken}
    stage.gateway = replace(stage.gateway, adapters=adapters)


def break_compose(stage: Stage) -> None:
    """Let the adapter of the energy company say what its own schema refuses."""

    def babble(question: DebtStatementRequest, envelope: Envelope) -> Element:
        element = adapter.debt_statement.compose(question, envelope)
        element.remove(element[-1])
        return element

    adapter = stage.gateway.adapters["energie"]
    broken = replace(adapter, debt_statement=replace(adapter.debt_statement, compose=babble))
    adapters = {**stage.gateway.adapters, "energie": broken}
    stage.gateway = replace(stage.gateway, adapters=adapters)


async def test_an_adapter_that_composes_nonsense_stops_only_its_own_leg(stage: Stage):
    break_compose(stage)
    case = await asked_for(stage, ENERGY, SHOP)
    await settled(stage)
    found = await legs(stage, case.case_id)
    assert found[ENERGY].leg.state is LegState.UNDELIVERABLE
    assert found[ENERGY].leg.failure == "adapter-fout"
    assert found[SHOP].leg.state is LegState.AWAITING_REPLY
    assert stage.creditor(ENERGY).documents == []
    await check_log(stage)


async def test_an_answer_our_adapter_stumbles_over_in_a_response_is_kept(stage: Stage):
    stage.creditor().reply = STATEMENT
    break_interpret(stage)
    case = await asked_for(stage)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert detail.deliveries[0].state is DeliveryState.DELIVERED
    assert detail.leg.quarantined == ("adapter-fout",)
    assert len(stage.creditor().documents) == 1
    await check_log(stage)


async def test_an_answer_our_adapter_stumbled_over_is_read_when_it_comes_again(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    answer = stage.creditor().answer(stage.creditor().last_question, STATEMENT)
    sound = stage.gateway
    break_interpret(stage)
    refused = await arrives(stage, answer)
    assert (refused.status, refused.body, refused.code) == (500, None, "adapter-fout")
    stage.gateway = sound
    assert (await arrives(stage, answer)).status == 200
    assert (await leg(stage, case.case_id)).leg.reply == STATEMENT


@pytest.mark.parametrize("when", ["queued", "recorded"])
async def test_a_partner_that_is_gone_from_the_configuration_gets_nothing(stage: Stage, when: str):
    case = await asked_for(stage, SHOP, RENT)
    if when == "recorded":
        await recorded(stage)
    stage.change_partner(SHOP, None)
    await settled(stage)
    found = await legs(stage, case.case_id)
    assert found[SHOP].leg.state is LegState.UNDELIVERABLE
    assert found[SHOP].leg.failure == "schuldeiser-onbekend"
    assert found[RENT].leg.state is LegState.AWAITING_REPLY
    assert stage.creditor(SHOP).documents == []
    await check_log(stage)


@pytest.mark.parametrize("when", ["queued", "recorded"])
async def test_a_partner_that_is_switched_off_gets_nothing(stage: Stage, when: str):
    case = await asked_for(stage)
    if when == "recorded":
        await recorded(stage)
    stage.change_partner(SHOP, replace(stage.partners[SHOP], enabled=False))
    await settled(stage)
    found = (await leg(stage, case.case_id)).leg
    assert (found.state, found.failure) == (LegState.UNDELIVERABLE, "schuldeiser-niet-bereikbaar")
    assert stage.creditor().documents == []


async def test_a_partner_that_is_switched_off_is_still_told_to_stop_and_may_still_answer(
    stage: Stage,
):
    case = await asked_for(stage)
    await settled(stage)
    other = await asked_for(stage)
    await settled(stage)
    stage.change_partner(SHOP, replace(stage.partners[SHOP], enabled=False))
    await ended(stage, case.basis_id)
    await settled(stage)
    shop = stage.creditor()
    assert shop.kinds[-1] is MessageKind.WITHDRAWAL
    second = shop.last_question  # of the other case
    assert (await arrives(stage, shop.answer(second, STATEMENT))).status == 200
    assert (await leg(stage, other.case_id)).leg.state is LegState.ANSWERED
    assert (await leg(stage, case.case_id)).leg.state is LegState.WITHDRAWN


async def test_a_partner_that_lost_its_right_to_a_bsn_gets_none_any_more(stage: Stage):
    case = await asked_for(stage, TAX)
    await recorded(stage)
    partner = stage.partners[TAX]
    stage.change_partner(TAX, replace(partner, creditor=replace(partner.creditor, bsn_law=None)))
    await settled(stage)
    assert stage.creditor(TAX).documents == []
    found = (await leg(stage, case.case_id, TAX)).leg
    assert (found.state, found.failure) == (LegState.WITHDRAWN, "bsn-niet-toegestaan")


async def test_a_creditor_that_stays_out_of_order_is_given_up_after_its_attempts(stage: Stage):
    limits = replace(stage.partners[SHOP].limits, attempts=3)
    stage.change_partner(SHOP, replace(stage.partners[SHOP], limits=limits))
    stage.creditor().acts.extend([Act.BUSY] * 5)
    case = await asked_for(stage)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert detail.deliveries[0].attempts == 3
    assert detail.deliveries[0].state is DeliveryState.FAILED
    assert (detail.leg.state, detail.leg.failure) == (LegState.UNDELIVERABLE, "http-503")
    assert len(stage.creditor().acts) == 2


async def test_a_creditor_that_fails_five_times_is_left_alone_for_a_minute(stage: Stage):
    for _ in range(5):
        await asked_for(stage)
    stage.creditor().acts.extend([Act.BUSY] * 5)
    await round_of(stage)
    case = await asked_for(stage)
    other = await asked_for(stage, RENT)
    await recorded(stage)
    assert await sent(stage) == 1  # the other creditor's
    assert (await leg(stage, case.case_id)).deliveries[0].state is DeliveryState.RECORDED
    assert (await leg(stage, other.case_id, RENT)).leg.state is LegState.AWAITING_REPLY
    await settled(stage)
    assert (await leg(stage, case.case_id)).leg.state is LegState.AWAITING_REPLY


# --- the workers themselves ----------------------------------------------------------------------


@asynccontextmanager
async def working(stage: Stage) -> AsyncIterator[Workers]:
    workers = Workers(stage.gateway, WorkerSettings(batch=16, pause_seconds=0.02, in_flight=8))
    workers.start(CONTROLLERS)
    try:
        yield workers
    finally:
        await workers.stop()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Look every 20 ms, for at most a minute."""
    for _ in range(3000):
        if await condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come about")


async def test_the_workers_bring_every_question_to_its_creditor_by_themselves(stage: Stage):
    await log_first(stage)
    cases = [await asked_for(stage, SHOP, RENT, TAX, ENERGY) for _ in range(10)]
    for creditor_id in (SHOP, RENT, TAX, ENERGY):
        stage.creditor(creditor_id).reply = STATEMENT
    async with working(stage) as workers:
        await until(workers.idle)
    for case in cases:
        found = await legs(stage, case.case_id)
        assert {detail.leg.state for detail in found.values()} == {LegState.ANSWERED}
    assert stage.transport.deliveries == 40
    await check_log(stage)


async def test_workers_that_stop_let_what_is_under_way_finish(stage: Stage):
    case = await asked_for(stage)
    arrived = asyncio.Event()

    async def slow(*_: object) -> None:
        arrived.set()
        await asyncio.sleep(0.3)

    stage.transport.before = slow
    async with working(stage):
        await arrived.wait()
    detail = await leg(stage, case.case_id)
    assert detail.deliveries[0].state is DeliveryState.DELIVERED


async def test_a_sending_that_breaks_is_sent_again_when_its_lease_has_lapsed(stage: Stage):
    stage.creditor().acts.append(Act.CRASH_AFTER)
    case = await asked_for(stage)

    async def arrived() -> bool:
        return bool(stage.creditor().documents)

    async with working(stage):
        await until(arrived)
    stage.clock.forward(LATER)
    async with working(stage) as workers:
        await until(workers.idle)
    detail = await leg(stage, case.case_id)
    assert detail.leg.state is LegState.AWAITING_REPLY
    assert len(set(stage.creditor().documents)) == 1
    assert len(stage.creditor().documents) == 2


class Outage:
    """The database of a stage: every connection is cut and none is let in, until it is back."""

    def __init__(self, stage: Stage) -> None:
        parts = urlsplit(stage.owner_dsn)
        self._name = parts.path.removeprefix("/")
        self._server = parts._replace(path="/postgres").geturl()

    async def begin(self) -> None:
        await self._say(f"alter database {self._name} with connection limit 0")
        await self._say(
            f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self._name}'"
        )

    async def end(self) -> None:
        await self._say(f"alter database {self._name} with connection limit -1")

    async def _say(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def test_without_a_database_everything_says_so_and_nothing_leaves(stage: Stage):
    case = await asked_for(stage)
    await recorded(stage)
    outage = Outage(stage)
    await outage.begin()
    try:
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await round_of(stage)
        with pytest.raises(StoreUnavailable):
            await legs(stage, case.case_id)
        assert not await stage.gateway.database.ready()
    finally:
        await outage.end()
    assert stage.transport.deliveries == 0
    assert await stage.gateway.database.ready()
    await settled(stage)
    assert (await leg(stage, case.case_id)).leg.state is LegState.AWAITING_REPLY
    await check_log(stage)


async def test_the_workers_outlive_a_database_that_goes_and_comes_back(stage: Stage):
    """It goes while messages are under way, so that some outcomes cannot be written."""
    cases = [await asked_for(stage, SHOP, RENT) for _ in range(6)]
    for creditor_id in (SHOP, RENT):
        stage.creditor(creditor_id).reply = STATEMENT
    outage, first = Outage(stage), asyncio.Event()

    async def slowly(*_: object) -> None:
        first.set()
        await asyncio.sleep(0.05)

    stage.transport.before = slowly
    async with working(stage) as workers:
        await first.wait()
        await outage.begin()
        await asyncio.sleep(0.3)
        await outage.end()
        for _ in range(60):
            stage.clock.forward(LATER)
            await asyncio.sleep(0.05)
            if await workers.idle():
                break
    for case in cases:
        found = await legs(stage, case.case_id)
        assert {detail.leg.state for detail in found.values()} == {LegState.ANSWERED}
        assert not any(detail.leg.conflicting for detail in found.values())
    for creditor_id in (SHOP, RENT):
        assert len(set(stage.creditor(creditor_id).documents)) == 6
    await check_log(stage)


async def test_a_crash_of_one_sending_touches_no_other(stage: Stage):
    stage.creditor(SHOP).acts.append(Act.CRASH_BEFORE)
    case = await asked_for(stage, SHOP, RENT)
    with pytest.raises(Crash):
        await round_of(stage)
    await settled(stage)
    found = await legs(stage, case.case_id)
    assert {detail.leg.state for detail in found.values()} == {LegState.AWAITING_REPLY}
    await check_log(stage)
