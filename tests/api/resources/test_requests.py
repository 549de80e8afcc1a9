import uuid
from typing import Any

import pytest

from tests.api import examples
from tests.api.serving import Answer, Caller

READING = {"product": "Elektriciteit", "stand": 1234.5, "datumOpname": "2026-05-28"}


class Prepared:
    """A case with a ground of the law."""

    def __init__(self, caller: Caller, case: str, basis: str) -> None:
        self.caller, self.case, self.basis = caller, case, basis

    async def ask(self, *creditors: dict[str, Any], **changes: Any) -> Answer:
        body = examples.requests(self.basis, *creditors) | changes
        return await self.caller.post(f"{self.case}/saldoverzoeken", body)


@pytest.fixture
async def prepared(back_office: Caller) -> Prepared:
    case = (await back_office.post("/v1/zaken", examples.case())).json["url"]
    basis = await back_office.post(f"{case}/grondslagen", examples.basis())
    return Prepared(back_office, case, basis.json["id"])


async def test_asking_gives_an_order_that_can_be_followed(prepared: Prepared):
    asked = await prepared.ask(
        examples.asked("winkel", klantnummer="W-1", factuurnummers=["F-1"]),
        examples.asked("energie", meterstanden=[READING]),
    )
    assert asked.status == 202
    assert asked.headers["Retry-After"].isdigit()
    order = await prepared.caller.get(asked.headers["Location"])
    assert (order.status, order.json["gereed"]) == (200, False)
    legs = order.json["saldoverzoeken"]
    assert {leg["schuldeiser"]: leg["toestand"] for leg in legs} == {
        "winkel": "open",
        "energie": "open",
    }
    assert [d["toestand"] for leg in legs for d in leg["verzendingen"]] == ["in_wachtrij"] * 2
    one = await prepared.caller.get(legs[0]["url"])
    assert one.json == legs[0] | {"antwoord": None}
    listed = await prepared.caller.get(f"{prepared.case}/saldoverzoeken?pageSize=1")
    assert (listed.json["count"], len(listed.json["results"])) == (2, 1)


async def test_the_overview_says_what_is_missing(prepared: Prepared):
    await prepared.ask(examples.asked("winkel"))
    overview = await prepared.caller.get(f"{prepared.case}/schuldenoverzicht")
    assert overview.status == 200
    assert (overview.json["dag"], overview.json["normDagen"]) == (148, 120)
    assert overview.json["compleet"] is False
    assert [line["ontbreekt"] for line in overview.json["regels"]] == [["nog_niet_verzonden"]]
    assert set(overview.json["totalen"].values()) == {0}


@pytest.mark.parametrize(
    ("creditor", "changes", "status", "code"),
    [
        ("niemand", {}, 400, "schuldeiser-onbekend"),
        ("gesloten", {}, 409, "schuldeiser-niet-bereikbaar"),
        ("energie", {}, 400, "meterstanden-ontbreken"),
        ("winkel", {"doel": "kennisgeving"}, 403, "grondslag-dekt-niet"),
        ("winkel", {"doel": "jaarlijkse_controle"}, 403, "grondslag-dekt-niet"),
        ("winkel", {"grondslag": str(uuid.uuid4())}, 404, "niet-gevonden"),
    ],
)
async def test_what_may_not_be_asked_is_refused_with_its_own_code(
    prepared: Prepared, creditor: str, changes: dict[str, Any], status: int, code: str
):
    refused = await prepared.ask(examples.asked(creditor), **changes)
    assert (refused.status, refused.code) == (status, code)


async def test_no_reason_no_question(prepared: Prepared):
    asked = examples.asked("winkel")
    del asked["reden"]
    refused = await prepared.ask(asked)
    assert (refused.status, refused.json["invalidParams"][0]["code"]) == (400, "reden-ontbreekt")


async def test_an_order_is_granted_whole_or_not_at_all(prepared: Prepared):
    refused = await prepared.ask(examples.asked("winkel"), examples.asked("niemand"))
    assert refused.status == 400
    listed = await prepared.caller.get(f"{prepared.case}/saldoverzoeken")
    assert listed.json["count"] == 0


async def test_an_ended_ground_covers_nothing(prepared: Prepared):
    url = f"/v1/grondslagen/{prepared.basis}/beeindigingen"
    await prepared.caller.post(url, {"reden": "hulp_geweigerd"})
    refused = await prepared.ask(examples.asked("winkel"))
    assert (refused.status, refused.json["onderdeel"]) == (403, "toestand")


async def test_nothing_is_left_to_send_after_the_ground_ends(prepared: Prepared):
    await prepared.ask(examples.asked("winkel"))
    url = f"/v1/grondslagen/{prepared.basis}/beeindigingen"
    ended = await prepared.caller.post(url, {"reden": "gestopt_door_inwoner"})
    assert ended.json["geannuleerd"] == 1
    listed = await prepared.caller.get(f"{prepared.case}/saldoverzoeken")
    assert [leg["toestand"] for leg in listed.json["results"]] == ["ingetrokken"]


@pytest.mark.parametrize("path", ["saldoverzoeken", "opdrachten", "berichten", "grondslagen"])
async def test_an_unknown_id_is_not_found(back_office: Caller, path: str):
    assert (await back_office.get(f"/v1/{path}/{uuid.uuid4()}")).status == 404
