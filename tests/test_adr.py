"""The API Design Rules (ADR 2.2.1), rule by rule: in both documents, and on live answers.

The compliance table in docs/api.md says for each rule what we do; the rules that a machine can
judge are judged here. A live rule is held against every route of both ports.
"""

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.api import listener, server
from gateway.api.edge.answering import STANDARD_HEADERS
from gateway.api.openapi import back_office_document, creditor_document, document_route
from gateway.api.routes import API_VERSION, Route
from tests.api.conftest import back_office, creditor, installation, nobody, served
from tests.api.serving import Answer, Caller

# The fixtures of tests/api are used here too.
__all__ = ("back_office", "creditor", "installation", "nobody", "served")

ROOT = Path(__file__).parents[1]
OWN = document_route(b"")
BACK_OFFICE = (*server.ROUTES, OWN)
CREDITOR = (*listener.ROUTES, OWN)
ROUTES = [pytest.param(route, id=route.name) for route in BACK_OFFICE]
CREDITOR_ROUTES = [pytest.param(route, id=route.name) for route in CREDITOR]
DOCUMENTS = [
    pytest.param(json.loads(back_office_document(server.ROUTES)), id="back office"),
    pytest.param(json.loads(creditor_document(listener.ROUTES)), id="creditor"),
]
Document = dict[str, Any]
BASE = "/v1"
every_document = pytest.mark.parametrize("document", DOCUMENTS)
every_route = pytest.mark.parametrize("route", ROUTES)


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def responses(document: Document) -> Iterator[tuple[str, Document]]:
    """Every response of every operation, with references followed."""
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            name = response.get("$ref", "").rpartition("/")[2]
            yield status, document["components"]["responses"][name] if name else response


def properties(document: Document) -> Iterator[tuple[str, Document]]:
    for schema in document["components"]["schemas"].values():
        yield from schema.get("properties", {}).items()


def path_of(route: Route) -> str:
    return re.sub(r"\{\w+\}", str(uuid.uuid4()), route.path)


# --- document rules ----------------------------------------------------------------------------


@every_document
def test_doc_openapi(document: Document):
    assert document["openapi"].startswith("3.")


@every_document
def test_doc_openapi_contact(document: Document):
    assert {"name", "email", "url"} <= set(document["info"]["contact"])


@every_document
def test_uri_version(document: Document):
    assert [s["url"] for s in document["servers"] if not re.search(r"/v[0-9]+$", s["url"])] == []


@every_document
def test_semver(document: Document):
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", document["info"]["version"])


@every_document
def test_transport_tls_in_the_document(document: Document):
    assert all(found["url"].startswith("https://") for found in document["servers"])


@every_document
def test_no_trailing_slash_in_the_document(document: Document):
    assert [path for path in document["paths"] if path.endswith("/")] == []


@every_document
def test_path_segments_kebab_case(document: Document):
    for path in document["paths"]:
        *inner, last = path.strip("/").split("/")
        fixed = [part for part in inner if not part.startswith("{")]
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", part) for part in fixed)
        assert last.startswith("{") or last == "openapi.json" or re.fullmatch(r"_?[a-z0-9-]+", last)


@every_document
def test_query_keys_camel_case(document: Document):
    for _, _, operation in operations(document):
        names = [p["name"] for p in operation["parameters"] if p["in"] in ("query", "path")]
        assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", name) for name in names)


@every_document
def test_property_names_are_camel_case(document: Document):
    assert [n for n, _ in properties(document) if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", n)] == []


@every_document
def test_date_time_formats(document: Document):
    formats = {schema["format"] for _, schema in properties(document) if "format" in schema}
    assert formats <= {"date", "date-time", "uuid", "int64"}


@every_document
def test_date_omit_time_portion(document: Document):
    for name, schema in properties(document):
        options = [schema, *schema.get("anyOf", [])]
        if name.lower().endswith("datum") or name.startswith("datum"):
            assert "date-time" not in {option.get("format") for option in options}


@every_document
def test_http_methods(document: Document):
    assert {method for _, method, _ in operations(document)} <= {"get", "post"}


@every_document
def test_http_safety_in_the_document(document: Document):
    assert [
        path for path, method, op in operations(document) if method == "get" and "requestBody" in op
    ] == []


@every_document
def test_version_header_in_the_document(document: Document):
    assert [status for status, r in responses(document) if "API-Version" not in r["headers"]] == []


@every_document
def test_security_headers_in_the_document(document: Document):
    wanted = {*STANDARD_HEADERS, "Access-Control-Allow-Origin"}
    assert [status for status, r in responses(document) if not wanted <= set(r["headers"])] == []


@every_document
def test_problem_details_in_the_document(document: Document):
    for status, response in responses(document):
        if status[0] in "45":
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Probleem"}
    required = document["components"]["schemas"]["Probleem"]["required"]
    assert {"status", "title", "detail"} <= set(required)


@every_document
def test_invalid_input_in_the_document(document: Document):
    assert "422" not in {status for status, _ in responses(document)}


@every_document
def test_no_sensitive_uris(document: Document):
    personal = {"bsn", "achternaam", "geboortedatum", "iban", "klantnummer", "kenmerk", "postcode"}
    for _, _, operation in operations(document):
        names = {p["name"].lower() for p in operation["parameters"] if p["in"] != "header"}
        assert names.isdisjoint(personal)


@every_document
def test_operations_are_named_once_and_summarised(document: Document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _, _, operation in operations(document))


# --- wire rules --------------------------------------------------------------------------------


def assert_standard(answer: Answer) -> None:
    """What holds for every answer: version, security headers, media type, no software name."""
    assert answer.headers.getall("API-Version") == [API_VERSION]
    for name, value in STANDARD_HEADERS.items():
        assert answer.headers.getall(name) == [value]
    assert "Server" not in answer.headers
    assert len(answer.headers.getall("Access-Control-Allow-Origin", [])) <= 1
    if answer.status != 204:
        assert "Content-Type" in answer.headers


def assert_problem(answer: Answer, status: int) -> None:
    assert_standard(answer)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json
    assert told["status"] == status
    assert all(isinstance(told[name], str) and told[name] for name in ("title", "detail", "code"))
    assert told["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"


def media_of(route: Route) -> dict[str, str | None]:
    return {"Content-Type": route.reads} if route.reads else {}


@every_route
async def test_every_route_answers_in_standard_form(route: Route, back_office: Caller):
    body = b"{}" if route.reads else None
    answer = await back_office.ask(route.method, path_of(route), body, headers=media_of(route))
    assert_standard(answer)
    assert answer.headers["Access-Control-Allow-Origin"]
    if answer.status >= 400:
        assert_problem(answer, answer.status)


@every_route
async def test_every_route_asks_for_a_certificate(route: Route, nobody: Caller):
    body = b"{}" if route.reads else None
    answer = await nobody.ask(route.method, path_of(route), body, headers=media_of(route))
    if route.public:
        assert answer.status == 200
    else:
        assert_problem(answer, 401)


@every_route
async def test_no_trailing_slash(route: Route, back_office: Caller):
    answer = await back_office.ask(route.method, path_of(route) + "/")
    assert_problem(answer, 404)


@every_route
async def test_every_route_refuses_another_method(route: Route, back_office: Caller):
    for method in ("PUT", "PATCH", "DELETE"):
        answer = await back_office.ask(method, path_of(route))
        assert_problem(answer, 405)
        allowed = {found.strip() for found in answer.headers["Allow"].split(",")}
        assert route.method in allowed


@every_route
async def test_every_route_refuses_a_format_it_cannot_give(route: Route, back_office: Caller):
    headers: dict[str, str | None] = {"Accept": "image/png", **media_of(route)}
    body = b"{}" if route.reads else None
    answer = await back_office.ask(route.method, path_of(route), body, headers=headers)
    assert_problem(answer, 406)


@every_route
async def test_every_route_refuses_an_unknown_query_key(route: Route, back_office: Caller):
    body = b"{}" if route.reads else None
    path = f"{path_of(route)}?geenSleutel=1"
    answer = await back_office.ask(route.method, path, body, headers=media_of(route))
    assert_problem(answer, 400)


@every_route
async def test_every_route_that_reads_refuses_other_content(route: Route, back_office: Caller):
    if route.reads is None:
        return
    answer = await back_office.ask(
        route.method, path_of(route), b"a=1", headers={"Content-Type": "text/plain"}
    )
    assert_problem(answer, 415)


@every_route
async def test_every_route_that_reads_refuses_malformed_json(route: Route, back_office: Caller):
    if route.reads is None:
        return
    answer = await back_office.ask(route.method, path_of(route), b"{", headers=media_of(route))
    assert_problem(answer, 400)
    assert answer.json["invalidParams"][0]["code"] == "json-onjuist"


@every_route
async def test_every_route_refuses_another_host(route: Route, back_office: Caller):
    answer = await back_office.ask(route.method, path_of(route), headers={"Host": "kwaad.test"})
    assert_problem(answer, 421)


@every_route
async def test_every_route_that_names_an_employee_insists(route: Route, back_office: Caller):
    if not route.names_employee:
        return
    headers: dict[str, str | None] = {"X-Medewerker": None, "X-Rol": None, **media_of(route)}
    body = b"{}" if route.reads else None
    answer = await back_office.ask(route.method, path_of(route), body, headers=headers)
    assert_problem(answer, 400)
    assert {p["name"] for p in answer.json["invalidParams"]} == {"X-Medewerker", "X-Rol"}


async def test_all_errors_at_once(back_office: Caller):
    answer = await back_office.post("/v1/zaken", {})
    assert_problem(answer, 400)
    found = {param["name"] for param in answer.json["invalidParams"]}
    assert found == {"kenmerk", "inwoner", "startdatum"}


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/zaken", "/v1/geen", "/v1/zaken/x/y/z"])
async def test_what_does_not_exist_is_a_problem(path: str, back_office: Caller, nobody: Caller):
    for caller in (back_office, nobody):
        assert_problem(await caller.get(path), 404)


async def test_publish_openapi(nobody: Caller):
    answer = await nobody.get(f"{BASE}/openapi.json")
    assert_standard(answer)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert answer.body == (ROOT / "docs" / "openapi.json").read_bytes()
    assert answer.headers["Content-Type"].startswith("application/json")


async def test_cors_is_closed_elsewhere(back_office: Caller):
    answer = await back_office.get("/v1/schuldeisers", headers={"Origin": "https://kwaad.test"})
    assert (
        answer.headers["Access-Control-Allow-Origin"] == f"https://gemeente.test:{back_office.port}"
    )


async def test_date_time_in_utc(back_office: Caller):
    from tests.api import examples

    made = await back_office.post("/v1/zaken", examples.case())
    read = await back_office.get(made.json["url"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", read.json["geopendOp"])
    assert read.json["startdatum"] == "2026-01-05"


# --- the creditor port -------------------------------------------------------------------------


@pytest.mark.parametrize("route", CREDITOR_ROUTES)
async def test_the_creditor_port_keeps_the_same_rules(route: Route, creditor: Caller):
    media = media_of(route)
    body = b"<a/>" if route.reads else None
    answer = await creditor.ask(route.method, route.path, body, headers=media)
    assert_standard(answer)
    assert_problem(await creditor.ask(route.method, route.path + "/"), 404)
    assert_problem(await creditor.ask("DELETE", route.path), 405)
    wrong = {**media, "Accept": "image/png"}
    assert_problem(await creditor.ask(route.method, route.path, body, headers=wrong), 406)
    other = {**media, "Host": "kwaad.test"}
    assert_problem(await creditor.ask(route.method, route.path, body, headers=other), 421)


async def test_the_creditor_port_publishes_its_own_document(creditor: Caller):
    answer = await creditor.get(f"{BASE}/openapi.json")
    assert answer.body == (ROOT / "docs" / "openapi-schuldeisers.json").read_bytes()


# --- the compliance table ----------------------------------------------------------------------

RULES = (
    "naming-resources",
    "naming-collections",
    "interface-language",
    "no-trailing-slash",
    "path-segments-kebab-case",
    "query-keys-camel-case",
    "hide-implementation",
    "date-time/format",
    "date-time/timezone",
    "date-time/date-omit-time-portion",
    "http-methods",
    "http-safety",
    "http-response-code",
    "stateless",
    "nested-child",
    "resource-operations",
    "error-handling/problem-details",
    "error-handling/invalid-input",
    "error-handling/all-errors",
    "doc-openapi",
    "doc-openapi-contact",
    "doc-language",
    "publish-openapi",
    "deprecation-schedule",
    "transition-period",
    "uri-version",
    "changelog",
    "semver",
    "version-header",
    "transport/tls",
    "transport/no-sensitive-uris",
    "transport/security-headers",
    "transport/cors",
    "modules/geospatial",
    "modules/signing",
    "modules/encryption",
)


@pytest.mark.parametrize("rule", RULES)
def test_the_table_says_what_we_do_with_every_rule(rule: str):
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert len(re.findall(rf"^\| `{re.escape(rule)}` \|", text, re.MULTILINE)) == 1
