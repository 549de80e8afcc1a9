import pytest

from tests.api.installation import NEIGHBOUR
from tests.api.serving import Caller, Served

XML: dict[str, str | None] = {"Content-Type": "application/xml", "X-Medewerker": None}


async def test_a_message_that_cannot_be_read_is_refused_with_its_code(creditor: Caller):
    refused = await creditor.post("/v1/berichten", b"<kapot", headers=XML)
    assert (refused.status, refused.code) == (400, "bericht-onleesbaar")


async def test_an_unsigned_message_is_refused(creditor: Caller):
    refused = await creditor.post("/v1/berichten", b"<a/>", headers=XML)
    assert (refused.status, refused.code) == (400, "handtekening-geweigerd")


async def test_a_refused_message_is_kept_apart(served: Served, creditor: Caller):
    await creditor.post("/v1/berichten", b"<kwaad/>", headers=XML)
    gateway = served.gateway
    async with gateway.database.transaction(gateway.controllers["gemeente.test"].oin) as tx:
        states = await tx.connection.fetch("select distinct state from message")
    assert "in_quarantaine" in {row["state"] for row in states}


@pytest.mark.parametrize("name", ["backoffice", "vreemde"])
async def test_who_is_no_partner_may_not_deliver(served: Served, name: str):
    async with served.caller(name, listener=True) as caller:
        refused = await caller.post("/v1/berichten", b"<a/>", headers=XML)
        assert (refused.status, refused.code) == (403, "niet-bevoegd")


async def test_who_shows_no_certificate_may_not_deliver(served: Served):
    async with served.caller(None, listener=True) as caller:
        refused = await caller.post("/v1/berichten", b"<a/>", headers=XML)
        assert refused.status == 401
        assert (await caller.get("/v1/openapi.json")).status == 200


async def test_a_disabled_creditor_may_still_answer(served: Served):
    async with served.caller("gesloten", listener=True) as caller:
        refused = await caller.post("/v1/berichten", b"<a/>", headers=XML)
        assert (refused.status, refused.code) == (400, "handtekening-geweigerd")


async def test_a_creditor_serves_every_municipality(creditor: Caller):
    refused = await creditor.post("/v1/berichten", b"<a/>", headers=XML, host=NEIGHBOUR)
    assert (refused.status, refused.code) == (400, "handtekening-geweigerd")


async def test_json_is_no_message(creditor: Caller):
    assert (await creditor.post("/v1/berichten", {})).status == 415


async def test_a_message_over_the_limit_of_the_partner_is_refused(creditor: Caller):
    refused = await creditor.post("/v1/berichten", b" " * 1_000_001, headers=XML)
    assert (refused.status, refused.code) == (413, "te-groot")


@pytest.mark.parametrize("path", ["/v1/zaken", "/v1/schuldeisers", "/v1/berichten/1"])
async def test_nothing_of_the_back_offices_is_on_this_port(creditor: Caller, path: str):
    assert (await creditor.get(path)).status == 404


async def test_messages_cannot_be_fetched_here(creditor: Caller):
    refused = await creditor.get("/v1/berichten")
    assert (refused.status, refused.headers["Allow"]) == (405, "POST")
