import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from gateway.api import listener, server
from gateway.api.openapi import back_office_document, creditor_document
from gateway.api.routes import Route
from gateway.usecases.exchange.recording import record_due
from tests.api import examples
from tests.api.installation import HOST
from tests.api.serving import Caller, Served

READING = {"product": "Gas", "stand": 1, "datumOpname": "2026-05-28"}
DOCS = Path(__file__).parents[2] / "docs"
DOCUMENTS = {
    "openapi.json": back_office_document(server.ROUTES),
    "openapi-schuldeisers.json": creditor_document(listener.ROUTES),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_committed_document_is_what_is_served(name: str):
    assert (DOCS / name).read_bytes() == DOCUMENTS[name]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_openapi(name: str):
    validate(json.loads(DOCUMENTS[name]))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_shows_no_english_name_of_ours(name: str):
    schemas = json.loads(DOCUMENTS[name])["components"]["schemas"]
    assert [key for key in schemas if key.endswith(("In", "Out", "_"))] == []
    assert '"title": "' not in json.dumps(schemas)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_is_used(name: str):
    text = DOCUMENTS[name].decode()
    schemas = json.loads(text)["components"]["schemas"]
    assert [key for key in schemas if f'"#/components/schemas/{key}"' not in text] == []


def test_every_body_that_comes_in_refuses_unknown_keys():
    document = json.loads(DOCUMENTS["openapi.json"])
    schemas = document["components"]["schemas"]
    for item in document["paths"].values():
        for operation in item.values():
            if "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                name = schema["$ref"].rpartition("/")[2]
                assert schemas[name]["additionalProperties"] is False


# --- what is answered is what is documented ----------------------------------------------------


def schema_of(document: dict[str, Any], route: Route) -> dict[str, Any]:
    operation = document["paths"][route.path.removeprefix("/v1")][route.method.lower()]
    content = operation["responses"][str(route.status)]["content"]
    schema = content[route.gives]["schema"]
    return {**schema, "components": closed(document["components"])}


def closed(components: Any) -> Any:
    """The same schemas, but an answer may hold nothing that is not written down."""
    schemas = {
        name: {**schema, "additionalProperties": False} if "properties" in schema else schema
        for name, schema in components["schemas"].items()
    }
    return {"schemas": schemas}


async def places(caller: Caller, served: Served) -> dict[str, str]:
    """Fill every kind of resource, and return an id for each place in a path."""
    case = await caller.post("/v1/zaken", examples.case())
    basis = await caller.post(f"{case.json['url']}/grondslagen", examples.basis())
    body = examples.requests(
        basis.json["id"], examples.asked("winkel"), examples.asked("belasting")
    )
    order = await caller.post(f"{case.json['url']}/saldoverzoeken", body)
    while await record_due(served.gateway, served.gateway.controllers[HOST], 32):
        pass
    legs = (await caller.get(f"{case.json['url']}/saldoverzoeken")).json["results"]
    messages = (await caller.get(f"{case.json['url']}/berichten")).json["results"]
    return {
        "zaakId": case.json["id"],
        "grondslagId": basis.json["id"],
        "opdrachtId": order.json["id"],
        "saldoverzoekId": legs[0]["id"],
        "berichtId": messages[0]["id"],
        "schuldeiserId": "winkel",
    }


async def test_every_answer_is_what_the_document_says(served: Served, back_office: Caller):
    found = await places(back_office, served)
    document = json.loads(DOCUMENTS["openapi.json"])
    bodies: dict[str, Any] = {
        "zaakOpenen": examples.case(),
        "zakenZoeken": {"bsn": examples.BSN},
        "grondslagVastleggen": examples.basis(),
        "grondslagBeeindigen": {"reden": "hulp_afgerond"},
        "saldoverzoekenVersturen": examples.requests(
            found["grondslagId"], examples.asked("energie", meterstanden=[READING])
        ),
        "schuldeisersZoeken": {},
    }
    # Ending the ground comes last, because after it nothing can be asked.
    for route in sorted(server.ROUTES, key=lambda route: route.name == "grondslagBeeindigen"):
        path = re.sub(r"\{(\w+)\}", lambda place: found[place[1]], route.path)
        answer = await back_office.ask(route.method, path, bodies.get(route.name))
        assert answer.status == route.status, route.name
        if route.gives == "application/json":
            OAS31Validator(schema_of(document, route)).validate(answer.json)
