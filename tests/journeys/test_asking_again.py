"""A creditor is asked one question at a time, and counts once however often it is asked."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.errors import ReferenceLooksLikeBsn, StateConflict
from gateway.domain.identifiers import OrderId
from gateway.domain.inquiry import LegState
from gateway.usecases.casework.ask import ask_creditors
from gateway.usecases.commands import AskCreditors, CreditorAsked
from tests.journeys.playing import (
    OTHER_STATEMENT,
    STATEMENT,
    Asked,
    ask,
    asked,
    asked_for,
    caller,
    commit,
    overview,
    settled,
)
from tests.journeys.stage import RENT, SHOP, TOWN, Stage


async def test_who_is_still_asked_is_not_asked_again(stage: Stage):
    case = await asked_for(stage)
    for _ in range(2):  # open, and then awaiting its reply
        with pytest.raises(StateConflict) as refused:
            await ask(stage, case.case_id, case.basis_id, SHOP, RENT)
        assert refused.value.creditors == (SHOP,)
        await settled(stage)
    assert len((await overview(stage, case.case_id)).overview.lines) == 1


async def test_two_orders_at_once_ask_once(stage: Stage):
    case = await asked_for(stage, RENT)
    outcomes = await asyncio.gather(
        *(ask(stage, case.case_id, case.basis_id, SHOP) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, StateConflict) for outcome in outcomes) == 3


async def test_a_creditor_that_answered_twice_is_counted_once(stage: Stage):
    stage.creditor().reply = STATEMENT
    case = await asked_for(stage)
    await settled(stage)
    stage.calendar.day += timedelta(days=1)
    stage.creditor().reply = OTHER_STATEMENT
    await ask(stage, case.case_id, case.basis_id, SHOP)
    await settled(stage)
    view = (await overview(stage, case.case_id)).overview
    assert [line.leg.state for line in view.lines] == [LegState.ANSWERED] * 2
    assert [line.missing for line in view.lines] == [("vervangen_door_later_antwoord",), ()]
    assert view.totals.total == sum(claim.total.cents for claim in OTHER_STATEMENT.claims)
    assert view.complete


async def ask_with(stage: Stage, case: Asked, one: CreditorAsked) -> OrderId:
    command = AskCreditors(case.case_id, case.basis_id, (one,))
    return await commit(stage, TOWN, lambda tx: ask_creditors(stage.gateway, tx, caller(), command))


@pytest.mark.parametrize("number", ["111222333", "111.222.333", "KL-111222333"])
async def test_a_customer_number_that_is_her_own_bsn_is_refused(stage: Stage, number: str):
    case = await asked_for(stage, RENT)
    with pytest.raises(ReferenceLooksLikeBsn):
        await ask_with(stage, case, replace(asked(SHOP), customer_number=number))
    with pytest.raises(ReferenceLooksLikeBsn):
        await ask_with(stage, case, replace(asked(SHOP), invoice_numbers=("F-1", number)))


async def test_a_customer_number_that_happens_to_pass_the_eleven_test_is_not(stage: Stage):
    case = await asked_for(stage, RENT)
    await ask_with(stage, case, replace(asked(SHOP), customer_number="999993653"))
    assert len((await overview(stage, case.case_id)).overview.lines) == 2
