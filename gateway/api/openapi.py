"""openapi.json, made from the routes: what is documented is what is served.

OpenAPI 3.1, in Dutch, as the API Design Rules want it. The committed copies in docs/ are compared
with it by a test, so a change of the interface is seen in review.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.api.forms import Incoming, Outgoing
from gateway.api.identity import EMPLOYEE, KEY, LABEL_PATTERN, ROLE
from gateway.api.openapi_answers import HEADERS, RESPONSES, problem_responses, success
from gateway.api.problems import ProblemBody
from gateway.api.routes import API_VERSION, Call, Reply, Route

BASE = "/v1"
PATH = f"{BASE}/openapi.json"
CONTACT = {
    "name": "Beheer creditor gateway",
    "email": "beheer@creditor-gateway.example",
    "url": "https://creditor-gateway.example/contact",
}
_REF = "#/components/schemas/{model}"
_PLACE = re.compile(r"\{(\w+)\}")
Document = dict[str, Any]


def back_office_document(routes: Iterable[Route]) -> bytes:
    """Return openapi.json of the back-office port."""
    return _printed(
        "Creditor gateway: API voor back offices",
        "Eén voordeur van de gemeente naar alle schuldeisers van een inwoner met schulden. "
        "Bedragen zijn gehele eurocenten; een BSN staat alleen in de inhoud, nooit in een URL.",
        routes,
    )


def creditor_document(routes: Iterable[Route]) -> bytes:
    """Return openapi.json of the creditor port."""
    return _printed(
        "Creditor gateway: aanleverpunt voor schuldeisers",
        "Hier levert een schuldeiser een ondertekend bericht af. Het antwoord is een ondertekende "
        "ontvangstbevestiging of een ondertekend Foutbericht; de XML-schema's staan in de "
        "aansluitkit.",
        routes,
    )


def document_route(document: bytes) -> Route:
    """Return the route that serves this document, to everyone (ADR publish-openapi)."""

    async def get_document(_: Call) -> Reply:
        return Reply(200, document)

    return Route(
        method="GET",
        path=PATH,
        name="openapiLezen",
        summary="Lees deze beschrijving",
        handler=get_document,
        names_employee=False,
        public=True,
    )


def _printed(title: str, description: str, routes: Iterable[Route]) -> bytes:
    own = document_route(b"")
    document = _document(title, description, (*routes, own))
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _document(title: str, description: str, routes: tuple[Route, ...]) -> Document:
    schemas, names = _schemas(routes)
    paths: Document = {}
    for route in routes:
        place = paths.setdefault(route.path.removeprefix(BASE), {})
        place[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "description": description,
            "version": API_VERSION,
            "contact": CONTACT,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [
            {
                "url": "https://{host}" + BASE,
                "description": "Elke organisatie heeft een eigen hostnaam.",
                "variables": {"host": {"default": "gemeente.creditor-gateway.example"}},
            }
        ],
        "security": [{"clientcertificaat": []}],
        "tags": [{"name": name} for name in dict.fromkeys(_tag(route) for route in routes)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "clientcertificaat": {
                    "type": "mutualTLS",
                    "description": "Clientcertificaat met het OIN in Subject.serialNumber.",
                }
            },
            "headers": HEADERS,
            "responses": RESPONSES,
            "schemas": schemas,
        },
    }


def _operation(route: Route, names: Mapping[type, str]) -> Document:
    operation: Document = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": [*_in_path(route), *_in_query(route), *_in_headers(route)],
    }
    if route.public:
        operation["security"] = []
    if route.reads is not None:
        schema = {"type": "string"} if route.body is None else _reference(names[route.body])
        operation["requestBody"] = {"required": True, "content": {route.reads: {"schema": schema}}}
    result = None if route.result is None else _reference(names[route.result])
    operation["responses"] = {str(route.status): success(route, result), **problem_responses(route)}
    return operation


def _tag(route: Route) -> str:
    """Return the resource that a route is about: the last plural noun of its path."""
    parts = route.path.removesuffix(".json").split("/")[2:]
    nouns = [part for part in parts if part[0] not in "_{"]
    return nouns[0] if nouns[-1] in ("document", "beeindigingen") else nouns[-1]


def _in_path(route: Route) -> list[Document]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"}
            if name == "schuldeiserId"
            else {"type": "string", "format": "uuid"},
        }
        for name in _PLACE.findall(route.path)
    ]


def _in_query(route: Route) -> list[Document]:
    if route.query is None:
        return []
    properties = _untitled(route.query.model_json_schema())["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in properties.items()
    ]


def _in_headers(route: Route) -> list[Document]:
    found = []
    if route.names_employee:
        label = {"type": "string", "pattern": LABEL_PATTERN}
        texts = {
            EMPLOYEE: "Pseudoniem van de handelende medewerker; geen naam, geen BSN.",
            ROLE: "Rol waarin de medewerker handelt.",
        }
        found += [
            {"name": name, "in": "header", "required": True, "description": text, "schema": label}
            for name, text in texts.items()
        ]
    if route.changes:
        found.append(
            {
                "name": KEY,
                "in": "header",
                "required": False,
                "description": "Een UUID: hetzelfde verzoek met dezelfde sleutel gebeurt één keer.",
                "schema": {"type": "string", "format": "uuid"},
            }
        )
    return found


def _reference(name: str) -> Document:
    return {"$ref": _REF.format(model=name)}


def _schemas(routes: Iterable[Route]) -> tuple[Document, dict[type, str]]:
    """Return the schemas under their Dutch names, and the name of each model."""
    wanted: dict[tuple[type[Incoming | Outgoing], JsonSchemaMode], None] = {}
    for route in routes:
        if route.body is not None:
            wanted[route.body, "validation"] = None
        if route.result is not None:
            wanted[route.result, "serialization"] = None
    wanted[ProblemBody, "serialization"] = None
    keys, found = models_json_schema(list(wanted), ref_template=_REF)
    renamed = {key: _dutch_name(schema) for key, schema in found.get("$defs", {}).items()}
    schemas = {renamed[key]: _untitled(schema) for key, schema in found["$defs"].items()}
    names = {model: renamed[key["$ref"].rpartition("/")[2]] for (model, _), key in keys.items()}
    return dict(sorted(_renamed(schemas, renamed).items())), names


def _dutch_name(schema: Document) -> str:
    if "enum" not in schema:
        return str(schema["title"])
    # The first docstring line of a closed set begins with its Dutch term.
    term = unicodedata.normalize("NFD", re.split(r"[:.]", str(schema["description"]))[0])
    term = "".join(sign for sign in term if sign.isascii())
    return "".join(word[:1].upper() + word[1:] for word in term.split())


def _untitled(schema: Document) -> Document:
    """Take out what pydantic adds from our English names, and explanations in English."""
    clean = {key: value for key, value in schema.items() if key != "title"}
    if "enum" in clean and "description" in clean:
        clean["description"] = re.split(r"[:.]", clean["description"])[0] + "."
    if "properties" in clean:
        clean["properties"] = {
            name: _untitled(value) for name, value in clean["properties"].items()
        }
    return clean


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _REF.format(model=names[item.rpartition("/")[2]])
        if key == "$ref"
        else _renamed(item, names)
        for key, item in value.items()
    }
