import uuid

from gateway.usecases.exchange.recording import record_due
from tests.api import examples
from tests.api.installation import HOST
from tests.api.serving import Caller, Served


async def test_a_recorded_message_is_listed_described_and_given_byte_for_byte(
    served: Served, back_office: Caller
):
    case = (await back_office.post("/v1/zaken", examples.case())).json["url"]
    basis = await back_office.post(f"{case}/grondslagen", examples.basis())
    body = examples.requests(basis.json["id"], examples.asked("winkel"))
    await back_office.post(f"{case}/saldoverzoeken", body)
    while await record_due(served.gateway, served.gateway.controllers[HOST], 32):
        pass
    listed = await back_office.get(f"{case}/berichten")
    assert (listed.status, listed.json["count"]) == (200, 1)
    one = listed.json["results"][0]
    assert (one["toestand"], one["schuldeiser"]) == ("vastgelegd", "winkel")
    described = await back_office.get(one["url"])
    assert described.json == one
    document = await back_office.get(one["documentUrl"], headers={"Accept": "application/xml"})
    assert (document.status, document.headers["Content-Type"]) == (200, "application/xml")
    assert b"SignatureValue" in document.body
    assert examples.BSN.encode() not in document.body


async def test_evidence_needs_its_own_right(reader: Caller):
    refused = await reader.get(f"/v1/berichten/{uuid.uuid4()}/document")
    assert (refused.status, refused.code) == (403, "niet-bevoegd")
