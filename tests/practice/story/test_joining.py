"""A creditor endpoint of somebody's own joins the story as one more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from gateway.app.environment import AmsterdamCalendar, SystemClock, SystemIds
from gateway.domain.errors import ConfigurationFault
from gateway.practice.casefile import CaseFile
from gateway.practice.cast import Behaviour, CastCreditor
from gateway.practice.creditor import (
    KnownAsker,
    SimulatedCreditor,
    Surroundings,
    practice_anchors,
    practice_trust,
)
from gateway.practice.pki import PracticePki
from gateway.practice.stage.folder import OutFolder
from gateway.practice.stage.joining import JOINED_ID, JOINED_OIN, Joining
from gateway.practice.stage.parties import MUNICIPALITY
from gateway.practice.story.proving.checks import judge
from gateway.practice.story.show import Show
from gateway.practice.story.telling.report import PlainReporter
from gateway.practice.story.told import Joined, Told
from gateway.registry import Registry

pytestmark = pytest.mark.xdist_group("story")


def own_creditor(case: CaseFile, behaviour: Behaviour) -> CastCreditor:
    example = case.cast.creditors[0]
    return replace(example, creditor_id=JOINED_ID, party=JOINED_OIN, behaviour=behaviour)


def around(pki: PracticePki) -> Surroundings:
    """What an outsider has: its keys, the root, and nothing of the story."""
    anchors = practice_anchors(pki)
    trust = practice_trust(pki, anchors, MUNICIPALITY.oin.value)
    asker = KnownAsker(MUNICIPALITY.oin, MUNICIPALITY.host, trust)
    catalogue = Registry.load().catalogue
    return Surroundings(
        pki, anchors, catalogue, (asker,), SystemClock(), AmsterdamCalendar(), SystemIds()
    )


async def play(case: CaseFile, folder: Path, url: str) -> Told:
    out = OutFolder.open(folder)
    try:
        report = PlainReporter(StringIO())
        return await Show(case, out, report, day_seconds=0, joining=Joining.at(url)).run()
    finally:
        out.close()


@pytest.fixture
async def endpoint(case: CaseFile, open_folder: Path) -> AsyncIterator[SimulatedCreditor]:
    out = OutFolder.open(open_folder / "demo")
    pki = PracticePki.create(out.pki, datetime.now(UTC))
    party = Joining.at("https://127.0.0.1:1/x").issue(pki)
    out.close()
    endpoint = SimulatedCreditor(own_creditor(case, Behaviour.PROMPT), party, around(pki))
    await endpoint.start()
    yield endpoint
    await endpoint.stop()


async def test_an_endpoint_that_answers_is_in_the_overview(case, endpoint, open_folder):
    told = await play(case, open_folder / "demo", endpoint.endpoint)
    assert [check.name for check in judge(told) if not check.passed] == []
    lines = {line["schuldeiser"]: line for line in told.municipality.overview["regels"]}
    assert lines[JOINED_ID]["totalen"]["totaalCenten"] == 11_000
    assert told.municipality.overview["totalen"]["totaalCenten"] == 22_000
    assert endpoint.dossier.questions == 1


async def test_an_endpoint_that_is_away_is_told_and_the_story_goes_on(case, open_folder):
    told = await play(case, open_folder / "demo", "https://127.0.0.1:1/v1/berichten")
    assert [check.name for check in judge(told) if not check.passed] == []
    assert told.joined == Joined(JOINED_ID, "onbestelbaar", 3, ("connection-refused",), ())


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "https://", "https://x:0/", "x", "https://["]
)
def test_what_is_no_https_address_is_refused(url):
    with pytest.raises(ConfigurationFault, match="https address"):
        Joining.at(url)
