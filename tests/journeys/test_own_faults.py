"""Our own side fails: the leg that it concerns stops with a clear reason, all others go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import pytest

from gateway.config.settings import WorkerSettings
from gateway.domain.errors import EvidenceUnavailable, StoreUnavailable
from gateway.domain.identifiers import Bsn, CaseId
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.domain.statement import DebtStatementRequest, Reply
from gateway.ports.creditor import Envelope, MessageKind
from gateway.ports.transport import Partner
from gateway.store.evidence.keys import CACHE_FOR
from gateway.usecases.exchange.conversation import POSTPONED_FOR
from gateway.usecases.exchange.sending import claim_due, send
from gateway.usecases.watch.workers import Workers
from gateway.wire.xml import Element
from tests.journeys.creditors import Act, Crash
from tests.journeys.logbook import check_log, log_first
from tests.journeys.playing import (
    LATER,
    RESIDENT,
    STATEMENT,
    Asked,
    arrives,
    ask,
    asked_for,
    ended,
    grounded,
    leg,
    legs,
    opened,
    public_task,
    recorded,
    round_of,
    sent,
    settled,
)
from tests.journeys.stage import CONTROLLERS, ENERGY, RENT, SHOP, TAX, TOWN, Stage


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
async def test_a_partner_that_is_gone_from_the_configuration_is_waited_for(stage: Stage, when: str):
    case = await asked_for(stage, SHOP, RENT)
    if when == "recorded":
        await recorded(stage)
    partner = stage.partners[SHOP]
    stage.change_partner(SHOP, None)
    await settled(stage)
    found = await legs(stage, case.case_id)
    assert found[SHOP].leg.state is LegState.OPEN
    assert found[SHOP].deliveries[0].failure == "schuldeiser-onbekend"
    assert found[RENT].leg.state is LegState.AWAITING_REPLY
    assert stage.creditor(SHOP).documents == []
    await comes_back(stage, partner)
    detail = await leg(stage, case.case_id)
    assert detail.leg.state is LegState.AWAITING_REPLY
    assert detail.deliveries[0].failure is None
    await check_log(stage)


@pytest.mark.parametrize("when", ["queued", "recorded"])
async def test_a_partner_that_is_switched_off_gets_nothing_until_it_is_switched_on(
    stage: Stage, when: str
):
    case = await asked_for(stage)
    if when == "recorded":
        await recorded(stage)
    partner = stage.partners[SHOP]
    stage.change_partner(SHOP, replace(partner, enabled=False))
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert detail.leg.state is LegState.OPEN
    assert detail.deliveries[0].failure == "schuldeiser-niet-bereikbaar"
    assert stage.creditor().documents == []
    await comes_back(stage, partner)
    assert (await leg(stage, case.case_id)).leg.state is LegState.AWAITING_REPLY


async def comes_back(stage: Stage, partner: Partner) -> None:
    stage.change_partner(partner.creditor.creditor_id, partner)
    stage.clock.forward(2 * POSTPONED_FOR)
    await settled(stage)


async def test_the_ground_of_a_delivery_that_waits_may_end_meanwhile(stage: Stage):
    case = await asked_for(stage)
    await recorded(stage)
    stage.change_partner(SHOP, None)
    await settled(stage)
    await ended(stage, case.basis_id)
    assert (await leg(stage, case.case_id)).deliveries[0].state is DeliveryState.CANCELLED


@pytest.mark.parametrize("change", ["removed", "moved to other keys"])
async def test_an_answer_that_was_under_way_at_a_reload_is_accepted(stage: Stage, change: str):
    stage.creditor().reply = STATEMENT
    case = await asked_for(stage)

    async def reload(*_: object) -> None:
        other = replace(stage.partners[SHOP], adapter="energie")
        stage.change_partner(SHOP, None if change == "removed" else other)

    stage.transport.before = reload
    await round_of(stage)
    await round_of(stage)
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.reply) == (LegState.ANSWERED, STATEMENT)


async def lose_key(stage: Stage, case_id: CaseId) -> None:
    """Destroy the key of the resident of this case."""
    connection = await asyncpg.connect(stage.owner_dsn)
    await connection.execute(
        "delete from subject_key where subject_id ="
        " (select subject_id from debt_case where case_id = $1)",
        case_id,
    )
    await connection.close()
    stage.clock.forward(2 * CACHE_FOR)


async def states_of(stage: Stage, case_id: CaseId) -> tuple[tuple[str, str | None], ...]:
    """State and failure of the leg of a case and of its deliveries, without its key."""
    connection = await asyncpg.connect(stage.owner_dsn)
    rows = await connection.fetch(
        "select state, failure from leg where case_id = $1 union all"
        " select d.state, d.failure from delivery d join leg using (leg_id) where case_id = $1",
        case_id,
    )
    await connection.close()
    return tuple((row["state"], row["failure"]) for row in rows)


NO_EVIDENCE = "bewijs-niet-vast-te-leggen"


@pytest.mark.parametrize("when", ["queued", "recorded"])
async def test_a_key_that_is_gone_stops_only_its_own_deliveries(stage: Stage, when: str):
    lost, other = await bystanders(stage)
    if when == "recorded":
        await recorded(stage)
    await lose_key(stage, lost.case_id)
    await settled(stage)
    assert await states_of(stage, lost.case_id) == (
        ("onbestelbaar", NO_EVIDENCE),
        ("mislukt", NO_EVIDENCE),
    )
    assert (await leg(stage, other.case_id)).leg.state is LegState.AWAITING_REPLY
    assert len(stage.creditor().documents) == 1


async def bystanders(stage: Stage) -> tuple[Asked, Asked]:
    """Two cases of two persons, asked in this order."""
    lost = await asked_for(stage)
    case = await opened(stage, resident=replace(RESIDENT, bsn=Bsn("123456782")))
    basis_id = await grounded(stage, public_task(case.case_id))
    return lost, Asked(case.case_id, basis_id, await ask(stage, case.case_id, basis_id))


async def test_a_question_that_does_not_open_fails_with_the_real_reason(stage: Stage):
    lost, other = await bystanders(stage)
    connection = await asyncpg.connect(stage.owner_dsn)
    await connection.execute(
        "update leg set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))"
        " where case_id = $1",
        lost.case_id,
    )
    await connection.close()
    await settled(stage)
    assert (await states_of(stage, lost.case_id))[1] == ("mislukt", NO_EVIDENCE)
    assert (await leg(stage, other.case_id)).leg.state is LegState.AWAITING_REPLY


async def test_a_term_passes_too_when_the_key_is_gone(stage: Stage):
    lost, other = await bystanders(stage)
    await settled(stage)
    await lose_key(stage, lost.case_id)
    stage.calendar.day += timedelta(days=90)
    await settled(stage)
    assert (await states_of(stage, lost.case_id))[0] == ("verstreken", NO_EVIDENCE)
    assert (await leg(stage, other.case_id)).leg.state is LegState.EXPIRED


async def test_a_sending_whose_key_is_gone_does_not_come_back_for_ever(stage: Stage):
    lost, other = await bystanders(stage)

    async def lose(*_: object) -> None:
        await lose_key(stage, lost.case_id)

    await recorded(stage)
    stage.transport.before = lose
    claimed, _ = await claim_due(stage.gateway, TOWN, 64)
    for sending in claimed:
        with suppress(EvidenceUnavailable):
            await send(stage.gateway, TOWN, sending)
    await settled(stage)
    assert (await states_of(stage, lost.case_id))[1] == ("mislukt", NO_EVIDENCE)
    assert (await leg(stage, other.case_id)).leg.state is LegState.AWAITING_REPLY


async def test_a_sending_that_always_kills_us_is_given_up_after_its_attempts(stage: Stage):
    limits = replace(stage.partners[SHOP].limits, attempts=3)
    stage.change_partner(SHOP, replace(stage.partners[SHOP], limits=limits))
    stage.creditor().acts.extend([Act.CRASH_AFTER] * 9)
    case = await asked_for(stage)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert len(stage.creditor().documents) == 3
    assert (detail.leg.state, detail.leg.failure) == (LegState.UNDELIVERABLE, "lease-verlopen")
    assert detail.deliveries[0].state is DeliveryState.FAILED
    await check_log(stage)


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
