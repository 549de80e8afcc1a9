"""Open a case, find the person again, and leave a record of whoever looks."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from gateway.domain.errors import GatewayError, NotFound, ReferenceLooksLikeBsn
from gateway.domain.events import EventType
from gateway.domain.identifiers import Bsn, CaseId
from gateway.usecases.casework.cases import find_cases, open_case, read_case
from gateway.usecases.commands import OpenCase
from tests.journeys.logbook import check_log
from tests.journeys.playing import BSN, RESIDENT, caller, commit, opened
from tests.journeys.stage import NEIGHBOUR, TODAY, TOWN, Stage


async def subjects(stage: Stage) -> int:
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        return int(await connection.fetchval("select count(*) from subject"))
    finally:
        await connection.close()


async def test_a_case_reads_back_as_it_was_opened(stage: Stage):
    view = await opened(stage)
    assert await read_case(stage.gateway, caller(), view.case_id) == view
    assert (view.resident, view.reference) == (RESIDENT, "Z-2026-0042")


async def test_the_same_person_is_one_subject_and_another_is_another(stage: Stage):
    first, second = await opened(stage), await opened(stage)
    other = await opened(stage, resident=replace(RESIDENT, bsn=Bsn("123456782")))
    assert await subjects(stage) == 2
    assert await find_cases(stage.gateway, caller(), BSN) == (first.case_id, second.case_id)
    assert await find_cases(stage.gateway, caller(), Bsn("123456782")) == (other.case_id,)


async def test_without_a_bsn_every_case_is_a_subject_of_its_own(stage: Stage):
    for _ in range(2):
        await opened(stage, resident=replace(RESIDENT, bsn=None))
    assert await subjects(stage) == 2


async def test_cases_opened_at_the_same_moment_are_of_one_person(stage: Stage):
    views = await asyncio.gather(*(opened(stage) for _ in range(6)))
    assert await subjects(stage) == 1
    found = await find_cases(stage.gateway, caller(), BSN)
    assert set(found) == {view.case_id for view in views}
    for view in views:
        assert (await read_case(stage.gateway, caller(), view.case_id)).resident == RESIDENT


async def test_a_person_is_not_known_in_another_municipality(stage: Stage):
    view = await opened(stage)
    assert await find_cases(stage.gateway, caller(NEIGHBOUR), BSN) == ()
    with pytest.raises(NotFound):
        await read_case(stage.gateway, caller(NEIGHBOUR), view.case_id)


async def test_a_reference_that_looks_like_a_bsn_is_refused_and_nothing_is_kept(stage: Stage):
    command = OpenCase("dossier 111222333", RESIDENT, TODAY)
    with pytest.raises(ReferenceLooksLikeBsn):
        await commit(stage, TOWN, lambda tx: open_case(stage.gateway, tx, caller(), command))
    assert await subjects(stage) == 0


async def test_whoever_looks_is_recorded_under_a_pseudonym(stage: Stage):
    view = await opened(stage)
    await read_case(stage.gateway, caller(), view.case_id)
    await find_cases(stage.gateway, caller(), BSN)
    looked = [e for e in await check_log(stage) if e.type is EventType.ACCESS_VIEW]
    assert [event.open["what"] for event in looked] == ["zaak", "zoekvraag"]
    assert {event.personal["employee"] for event in looked} == {"m-17"}


async def test_a_look_that_cannot_be_recorded_does_not_happen(stage: Stage):
    view = await opened(stage)
    connection = await asyncpg.connect(stage.owner_dsn)
    await connection.execute("revoke insert on log_outbox from gateway_app")
    await connection.close()
    with pytest.raises((asyncpg.PostgresError, GatewayError)):
        await read_case(stage.gateway, caller(), view.case_id)


async def test_a_case_that_does_not_exist_is_not_found(stage: Stage):
    with pytest.raises(NotFound):
        await read_case(stage.gateway, caller(), CaseId(stage.gateway.ids.row()))
