import uuid

from tests.api import examples
from tests.api.serving import Caller


async def open_case(caller: Caller) -> str:
    made = await caller.post("/v1/zaken", examples.case())
    return str(made.json["url"])


async def test_a_ground_is_recorded_and_read_back(back_office: Caller):
    case = await open_case(back_office)
    made = await back_office.post(f"{case}/grondslagen", examples.basis())
    assert (made.status, made.headers["Location"]) == (201, made.json["url"])
    read = await back_office.get(made.json["url"])
    assert read.status == 200
    assert read.json["toestand"] == "actief"
    assert read.json["bereik"] == [{**examples.basis()["bereik"][0], "schuldeiser": None}]
    listed = await back_office.get(f"{case}/grondslagen")
    assert listed.json["results"] == [read.json]


async def test_a_ground_ends_once(back_office: Caller):
    case = await open_case(back_office)
    url = (await back_office.post(f"{case}/grondslagen", examples.basis())).json["url"]
    ended = await back_office.post(f"{url}/beeindigingen", {"reden": "hulp_afgerond"})
    assert (ended.status, ended.json) == (
        200,
        {"geannuleerd": 0, "reedsOnderweg": 0, "gestopt": 0},
    )
    read = (await back_office.get(url)).json
    assert (read["toestand"], read["redenBeeindiging"]) == ("beeindigd", "hulp_afgerond")
    again = await back_office.post(f"{url}/beeindigingen", {"reden": "hulp_afgerond"})
    assert (again.status, again.code) == (409, "toestand-staat-niet-toe")


async def test_a_ground_ends_for_a_reason_of_its_own_kind(back_office: Caller):
    case = await open_case(back_office)
    url = (await back_office.post(f"{case}/grondslagen", examples.basis())).json["url"]
    ended = await back_office.post(f"{url}/beeindigingen", {"reden": "toestemming_ingetrokken"})
    assert 400 <= ended.status < 500


async def test_consent_does_not_replace_the_ground_of_the_law(back_office: Caller):
    case = await open_case(back_office)
    consent = examples.basis(soort="toestemming", verwijzing="T-1")
    consent["bereik"][0]["schuldeiser"] = "winkel"
    refused = await back_office.post(f"{case}/grondslagen", consent)
    assert (refused.status, refused.code) == (403, "grondslag-dekt-niet")
    assert refused.json["onderdeel"] == "soort"


async def test_a_ground_for_an_unknown_creditor_is_refused(back_office: Caller):
    case = await open_case(back_office)
    body = examples.basis()
    body["bereik"][0]["schuldeiser"] = "niemand"
    refused = await back_office.post(f"{case}/grondslagen", body)
    assert (refused.status, refused.code) == (400, "schuldeiser-onbekend")


async def test_a_ground_of_an_unknown_case_is_not_found(back_office: Caller):
    refused = await back_office.post(f"/v1/zaken/{uuid.uuid4()}/grondslagen", examples.basis())
    assert refused.status == 404
