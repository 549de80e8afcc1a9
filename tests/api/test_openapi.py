import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from gateway.api import listener, server
from gateway.api.openapi import back_office_document, creditor_document

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
