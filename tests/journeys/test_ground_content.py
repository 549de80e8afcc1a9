"""What is personal of a ground: sealed in its row, opened for who may read it, never in the log."""

from dataclasses import replace

import asyncpg
import pytest

from gateway.domain.errors import InvalidInput
from gateway.domain.events import EventType
from gateway.domain.legal_basis import BasisKind
from gateway.usecases.casework.grounds import list_bases, read_basis
from tests.journeys.logbook import check_log
from tests.journeys.playing import ask, caller, consent, grounded, opened, public_task, settled
from tests.journeys.stage import HELPER, SHOP, Stage

RECORD = "machtiging mevrouw Zandvoort 2026-7"
PRINCIPAL = "Bewindvoering De Brug"


async def test_a_record_number_and_a_principal_are_read_back_and_stand_nowhere_readable(
    stage: Stage,
):
    case = await opened(stage, HELPER)
    command = consent(case.case_id, SHOP, kind=BasisKind.MANDATE)
    command = replace(command, citation=RECORD, on_behalf_of=PRINCIPAL)
    basis_id = await grounded(stage, command, HELPER)
    await ask(stage, case.case_id, basis_id, SHOP, controller=HELPER)
    await settled(stage, HELPER)
    one = (await read_basis(stage.gateway, caller(HELPER), basis_id)).basis
    [listed] = await list_bases(stage.gateway, caller(HELPER), case.case_id)
    assert (one.citation, one.on_behalf_of) == (RECORD, PRINCIPAL)
    assert listed.basis == one
    assert RECORD.encode() in stage.creditor().documents[0]
    assert PRINCIPAL.encode() in stage.creditor().documents[0]
    events = await check_log(stage, HELPER)
    assert not any(RECORD in str(event.open) or PRINCIPAL in str(event.open) for event in events)
    [given] = [event for event in events if event.type is EventType.BASIS_GIVEN]
    assert (given.personal["citation"], given.personal["on_behalf_of"]) == (RECORD, PRINCIPAL)
    looked = [event.open["what"] for event in events if event.type is EventType.ACCESS_VIEW]
    assert sorted(map(str, looked)) == ["grondslag", "grondslagen"]
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        row = await connection.fetchval("select b::text from legal_basis b")
    finally:
        await connection.close()
    assert "Zandvoort" not in row
    assert RECORD.encode().hex() not in row


async def test_the_article_of_a_public_task_is_open(stage: Stage):
    case = await opened(stage)
    await grounded(stage, public_task(case.case_id))
    [given] = [e for e in await check_log(stage) if e.type is EventType.BASIS_GIVEN]
    assert given.open["citation"] == "Wgs art. 8(1), Bgs art. 15(k)"


@pytest.mark.parametrize(
    "citation",
    ["mevrouw Zandvoort", "Wgs art. 8(1) Zandvoort", "Zandvoort art. 8", "Wgs artikel 8", "Wgs"],
)
async def test_a_public_task_cites_articles_and_nothing_else(stage: Stage, citation: str):
    case = await opened(stage)
    with pytest.raises(InvalidInput) as refused:
        await grounded(stage, replace(public_task(case.case_id), citation=citation))
    assert [param.code for param in refused.value.invalid_params] == ["artikel-onjuist"]
