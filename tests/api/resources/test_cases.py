import pytest

from tests.api import examples
from tests.api.serving import Caller

UNKNOWN = "0c0ffee0-5a5e-4b1d-9c0d-e5d0a1b2c3d4"


async def test_a_case_is_opened_and_read_back(back_office: Caller):
    made = await back_office.post("/v1/zaken", examples.case())
    assert (made.status, made.headers["Location"]) == (201, made.json["url"])
    read = await back_office.get(made.json["url"])
    assert read.status == 200
    found = read.json
    assert found.pop("geopendOp").endswith("Z")
    assert found == {"id": made.json["id"], "url": made.json["url"], **examples.case()}


async def test_what_is_kept_of_a_post_holds_no_personal_data(back_office: Caller):
    made = await back_office.post("/v1/zaken", examples.case())
    assert set(made.json) == {"id", "url"}


async def test_a_case_is_found_by_bsn_in_the_body(back_office: Caller):
    body = examples.case()
    body["inwoner"]["bsn"] = "999990020"
    made = await back_office.post("/v1/zaken", body)
    found = await back_office.post("/v1/zaken/_zoek", {"bsn": "999990020"})
    assert (found.status, found.json["results"]) == (200, [made.json])
    assert "999990020" not in found.body.decode()


async def test_nobody_is_found_by_an_unknown_bsn(back_office: Caller):
    found = await back_office.post("/v1/zaken/_zoek", {"bsn": "999990093"})
    assert (found.status, found.json["count"]) == (200, 0)


@pytest.mark.parametrize("path", [UNKNOWN, "1", UNKNOWN.upper(), "%31"])
async def test_an_unknown_case_is_not_found(back_office: Caller, path: str):
    read = await back_office.get(f"/v1/zaken/{path}")
    assert (read.status, read.code) == (404, "niet-gevonden")


async def test_a_wrong_bsn_and_a_bsn_as_reference_are_refused_together(back_office: Caller):
    body = examples.case() | {"kenmerk": examples.BSN}
    body["inwoner"]["bsn"] = "123456789"
    refused = await back_office.post("/v1/zaken", body)
    assert (refused.status, refused.code) == (400, "invoer-ongeldig")
    assert {p["name"]: p["code"] for p in refused.json["invalidParams"]} == {
        "kenmerk": "kenmerk-lijkt-bsn",
        "inwoner.bsn": "bsn-ongeldig",
    }
    assert b"123456789" not in refused.body
    assert examples.BSN.encode() not in refused.body


async def test_cases_are_not_listed_without_a_question(back_office: Caller):
    refused = await back_office.get("/v1/zaken")
    assert (refused.status, refused.headers["Allow"]) == (405, "POST")
