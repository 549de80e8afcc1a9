"""Answers and outcomes that come at the same moment share a commit, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.domain.errors import MessageReused, OtherPerson
from gateway.domain.identifiers import ClientNumber, CreditorId, Oin
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.store.database import Database, Transaction
from gateway.usecases.exchange.receive import Acceptance
from gateway.usecases.exchange.sending import claim_due, send
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    OTHER_STATEMENT,
    STATEMENT,
    arrives,
    asked_for,
    legs,
    recorded,
    settled,
)
from tests.journeys.stage import ENERGY, RENT, SHOP, TAX, TOWN, Stage

CREDITORS = (SHOP, RENT, TAX)


class CountingDatabase(Database):
    """Counts the transactions that were opened."""

    def __init__(self, real: Database) -> None:
        super().__init__(real._pool)
        self.opened = 0

    @asynccontextmanager
    async def transaction(self, controller: Oin) -> AsyncIterator[Transaction]:
        self.opened += 1
        async with super().transaction(controller) as tx:
            yield tx


def counted(stage: Stage) -> CountingDatabase:
    database = CountingDatabase(stage.gateway.database)
    stage.gateway = replace(stage.gateway, database=database)
    return database


def answer(stage: Stage, creditor_id: CreditorId) -> bytes:
    creditor = stage.creditor(creditor_id)
    return creditor.answer(creditor.last_question, STATEMENT)


async def arrive(stage: Stage, answers: list[tuple[CreditorId, bytes]]) -> list[Acceptance]:
    """Let these come in at the same moment."""
    return await asyncio.gather(*(arrives(stage, document, one) for one, document in answers))


async def test_answers_of_one_moment_are_one_transaction(stage: Stage):
    case = await asked_for(stage, *CREDITORS)
    await settled(stage)
    answers = [(one, answer(stage, one)) for one in CREDITORS]
    database = counted(stage)
    taken = await arrive(stage, answers)
    assert database.opened == 1
    assert [one.status for one in taken] == [200, 200, 200]
    assert len({one.body for one in taken}) == 3
    found = await legs(stage, case.case_id)
    assert {one.leg.state for one in found.values()} == {LegState.ANSWERED}
    await check_log(stage)


async def test_a_bad_answer_stops_no_other_of_its_moment(stage: Stage):
    case = await asked_for(stage, *CREDITORS)
    await settled(stage)
    rent = stage.creditor(RENT)
    stray = rent.answer(rent.last_question, STATEMENT, about=ClientNumber.from_random(7))
    taken = await arrive(
        stage, [(SHOP, answer(stage, SHOP)), (RENT, stray), (TAX, answer(stage, TAX))]
    )
    assert [one.status for one in taken] == [200, 400, 200]
    assert taken[1].code == OtherPerson.code
    found = await legs(stage, case.case_id)
    assert {name: one.leg.state for name, one in found.items()} == {
        SHOP: LegState.ANSWERED,
        RENT: LegState.AWAITING_REPLY,
        TAX: LegState.ANSWERED,
    }
    await check_log(stage)


async def test_the_same_answer_twice_in_one_moment_gets_one_receipt(stage: Stage):
    case = await asked_for(stage, SHOP, RENT)
    await settled(stage)
    once = answer(stage, SHOP)
    first, again, other = await arrive(
        stage, [(SHOP, once), (SHOP, once), (RENT, answer(stage, RENT))]
    )
    assert (first.status, again.status, other.status) == (200, 200, 200)
    assert first.body == again.body
    assert not (await legs(stage, case.case_id))[SHOP].leg.conflicting
    await check_log(stage)


async def test_two_documents_under_one_id_in_one_moment_are_an_incident(stage: Stage):
    case = await asked_for(stage, SHOP)
    await settled(stage)
    shop = stage.creditor(SHOP)
    message_id = shop.came[-1].message_id
    documents = [
        (SHOP, shop.answer(shop.last_question, reply, message_id=message_id))
        for reply in (STATEMENT, OTHER_STATEMENT)
    ]
    taken = await arrive(stage, documents)
    assert [one.status for one in taken] == [200, 400]
    assert taken[1].code == MessageReused.code
    found = (await legs(stage, case.case_id))[SHOP].leg
    assert (found.reply, found.conflicting) == (STATEMENT, False)


async def test_two_different_answers_in_one_moment_are_a_conflict(stage: Stage):
    case = await asked_for(stage, SHOP)
    await settled(stage)
    shop = stage.creditor(SHOP)
    documents = [
        (SHOP, shop.answer(shop.last_question, reply)) for reply in (STATEMENT, OTHER_STATEMENT)
    ]
    assert [one.status for one in await arrive(stage, documents)] == [200, 200]
    found = (await legs(stage, case.case_id))[SHOP].leg
    assert (found.reply, found.conflicting) == (STATEMENT, True)
    await check_log(stage)


async def test_outcomes_of_one_moment_are_one_transaction(stage: Stage):
    creditors = (*CREDITORS, ENERGY)
    case = await asked_for(stage, *creditors)
    await recorded(stage)
    claimed, _ = await claim_due(stage.gateway, TOWN, 64)
    assert len(claimed) == 4
    database = counted(stage)
    await asyncio.gather(*(send(stage.gateway, TOWN, one) for one in claimed))
    assert database.opened == 1
    found = await legs(stage, case.case_id)
    assert {one.deliveries[0].state for one in found.values()} == {DeliveryState.DELIVERED}
    await check_log(stage)
