from tests.api.installation import CREDITORS, OINS
from tests.api.serving import Caller


async def test_every_creditor_is_listed_without_naming_an_employee(back_office: Caller):
    listed = await back_office.get(
        "/v1/schuldeisers", headers={"X-Medewerker": None, "X-Rol": None}
    )
    assert listed.status == 200
    assert {one["id"] for one in listed.json["results"]} == set(CREDITORS)


async def test_a_creditor_says_what_a_question_needs(back_office: Caller):
    read = await back_office.get("/v1/schuldeisers/belasting")
    assert read.json == {
        "id": "belasting",
        "url": "/v1/schuldeisers/belasting",
        "naam": "Belasting",
        "oin": OINS["belasting"],
        "soort": "Publiek",
        "bsnWet": "Wgs art. 8c",
        "antwoordtermijn": None,
        "ingeschakeld": True,
    }
    assert (await back_office.get("/v1/schuldeisers/gesloten")).json["ingeschakeld"] is False
    assert (await back_office.get("/v1/schuldeisers/niemand")).status == 404


async def test_a_search_is_not_the_id_of_a_creditor(back_office: Caller):
    refused = await back_office.get("/v1/schuldeisers/_zoek")
    assert (refused.status, refused.headers["Allow"]) == (405, "POST")


async def test_creditors_are_found_by_part_of_the_name_and_by_class(back_office: Caller):
    found = await back_office.post("/v1/schuldeisers/_zoek", {"naam": "ENER"})
    assert [one["id"] for one in found.json["results"]] == ["energie"]
    found = await back_office.post("/v1/schuldeisers/_zoek", {"soort": "Overig", "naam": "w"})
    assert [one["id"] for one in found.json["results"]] == ["winkel"]
    found = await back_office.post("/v1/schuldeisers/_zoek", {"oin": OINS["energie"]})
    assert found.json["count"] == 1
