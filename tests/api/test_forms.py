import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from gateway.api.forms import Incoming, Query, Reading, read_body, read_query
from gateway.api.lists import PageQuery
from gateway.api.resources.cases import CaseIn, CaseSearch
from gateway.api.resources.grounds import BasisIn
from gateway.api.resources.requests import MeterReadingIn, RequestsIn
from gateway.domain.errors import InvalidInput
from tests.api import examples

BASIS_ID = "0199a000-0000-7000-8000-000000000000"


def faults_of(model: type[Incoming], body: object) -> dict[str, str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(InvalidInput) as refused:
        read_body(model, raw)
    return {param.name: param.code for param in refused.value.invalid_params}


def changed(body: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    *parents, last = place.split(".")
    inner = body
    for parent in parents:
        inner = inner[parent]
    inner[last] = value
    return body


def test_a_whole_case_becomes_a_command():
    command = read_body(CaseIn, json.dumps(examples.case()).encode()).command()
    assert command.reference == "dossier-7"
    assert command.started_on == date(2026, 1, 5)
    assert command.resident.bsn is not None
    assert command.resident.bsn.value == examples.BSN
    assert command.resident.name.birth_date == date(1984, 2, 29)
    assert command.resident.address is not None
    assert command.resident.address.postcode == "1234AB"


def test_a_case_needs_neither_bsn_nor_address():
    body = examples.case()
    del body["inwoner"]["bsn"], body["inwoner"]["adres"]
    resident = read_body(CaseIn, json.dumps(body).encode()).command().resident
    assert (resident.bsn, resident.address) == (None, None)


def test_all_faults_are_told_at_once():
    body = examples.case()
    del body["startdatum"]
    body["inwoner"]["bsn"] = "123456789"
    body["inwoner"]["adres"]["huisnummer"] = 0
    body["kenmerk"] = f"zaak {examples.BSN}"
    body["extra"] = 1
    assert faults_of(CaseIn, body) == {
        "startdatum": "veld-ontbreekt",
        "inwoner.bsn": "bsn-ongeldig",
        "inwoner.adres.huisnummer": "buiten-bereik",
        "kenmerk": "kenmerk-lijkt-bsn",
        "extra": "veld-onbekend",
    }


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("kenmerk", "", "te-kort"),
        ("kenmerk", "x" * 51, "te-lang"),
        ("kenmerk", " x", "patroon-onjuist"),
        ("kenmerk", "x\x00", "patroon-onjuist"),
        ("kenmerk", "x\ny", "patroon-onjuist"),
        ("kenmerk", "x\ufffe", "patroon-onjuist"),
        ("kenmerk", 7, "type-onjuist"),
        ("kenmerk", None, "veld-ontbreekt"),
        ("startdatum", "2026-02-30", "datum-onjuist"),
        ("startdatum", "2026-1-5", "datum-onjuist"),
        ("startdatum", "20260105", "datum-onjuist"),
        ("startdatum", "1699920000", "datum-onjuist"),
        ("startdatum", "2026-01-05T00:00:00Z", "datum-onjuist"),
        ("startdatum", "0001-01-01", "datum-onjuist"),
        ("startdatum", 20260105, "type-onjuist"),
        ("inwoner.naam.geslacht", "m", "waarde-onbekend"),
        ("inwoner.adres.postcode", "1234 AB", "patroon-onjuist"),
        ("inwoner.adres.huisnummer", "12", "type-onjuist"),
        ("inwoner.adres.huisnummer", 12.0, "type-onjuist"),
        ("inwoner.adres.huisnummer", True, "type-onjuist"),
        ("inwoner.indicatieGeheim", "true", "type-onjuist"),
        ("inwoner.indicatieGeheim", 1, "type-onjuist"),
        ("inwoner.bsn", 999990019, "type-onjuist"),
        ("inwoner.bsn", "", "bsn-ongeldig"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place_and_code(place: str, value: Any, code: str):
    assert faults_of(CaseIn, changed(examples.case(), place, value)) == {place: code}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json-onjuist"),
        (b"{", "json-onjuist"),
        (b"\xef\xbb\xbf{}", "json-onjuist"),
        ('{"bsn": "x"}'.encode("utf-16"), "json-onjuist"),
        (b'{"bsn": NaN}', "json-onjuist"),
        (b'{"bsn": "\\ud800"}', "json-onjuist"),
        (b"[" * 100_000, "json-onjuist"),
        (b'{"bsn": ' + b"9" * 5000 + b"}", "json-onjuist"),
        (b"[]", "type-onjuist"),
        (b"null", "veld-ontbreekt"),
        (b'{"bsn": "999990019", "bsn": "999993653"}', "sleutel-dubbel"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(body: bytes, code: str):
    assert faults_of(CaseSearch, body) == {"": code}


def test_a_key_that_could_be_personal_is_not_repeated():
    body = {"bsn": examples.BSN, examples.OTHER_BSN: 1, "Jansen, P.": 2, "onbekend": 3}
    assert sorted(faults_of(CaseSearch, body)) == ["?", "onbekend"]


@given(st.text(max_size=30))
def test_a_refused_value_is_never_repeated(text: str):
    value = f"geheim{text}geheim"
    with pytest.raises(InvalidInput) as refused:
        read_body(CaseSearch, json.dumps({"bsn": value}).encode())
    assert "geheim" not in repr(refused.value.invalid_params)
    assert "geheim" not in str(refused.value)


def test_a_body_prints_as_nothing():
    body = read_body(CaseIn, json.dumps(examples.case()).encode())
    assert f"{body!r}{body}" == "CaseIn()"


def test_a_missing_reason_for_asking_has_its_own_code():
    asked = examples.asked("energie")
    del asked["reden"]
    body = examples.requests(BASIS_ID, asked, examples.asked("water", reden=None))
    assert faults_of(RequestsIn, body) == {
        "schuldeisers.0.reden": "reden-ontbreekt",
        "schuldeisers.1.reden": "reden-ontbreekt",
    }


def test_a_creditor_is_asked_once_per_order():
    body = examples.requests(BASIS_ID, examples.asked("water"), examples.asked("water"))
    assert faults_of(RequestsIn, body) == {"schuldeisers": "schuldeiser-dubbel"}


def test_an_order_names_a_creditor():
    assert faults_of(RequestsIn, examples.requests(BASIS_ID)) == {"schuldeisers": "te-kort"}


@pytest.mark.parametrize("text", ["", "1", BASIS_ID.upper(), BASIS_ID.replace("-", "")])
def test_an_id_has_one_form(text: str):
    body = examples.requests(text, examples.asked("water"))
    assert faults_of(RequestsIn, body) == {"grondslag": "patroon-onjuist"}


def test_a_ground_ends_after_it_begins():
    assert faults_of(BasisIn, examples.basis(geldigTot="2026-01-04")) == {
        "geldigTot": "periode-onjuist"
    }


def test_a_ground_that_is_kept_in_the_clear_holds_no_bsn():
    assert faults_of(BasisIn, examples.basis(verwijzing=f"van {examples.BSN}")) == {
        "verwijzing": "kenmerk-lijkt-bsn"
    }


@pytest.mark.parametrize(
    ("given", "value"),
    [(1, "1"), (0, "0"), (1.5, "1.5"), ("1.50", "1.50"), (123456789.125, "123456789.125")],
)
def test_a_meter_reading_is_exact(given: object, value: str):
    body = {"product": "Gas", "stand": given, "datumOpname": "2026-01-05"}
    read = read_body(MeterReadingIn, json.dumps(body).encode())
    assert (read.value, str(read.value)) == (Decimal(value), value)


@pytest.mark.parametrize("given", [-1, 1.2345, 1e9, "1_0", " 1", "١", "1e3", "NaN", True, [], None])
def test_a_meter_reading_out_of_form_is_refused(given: object):
    body = {"product": "Gas", "stand": given, "datumOpname": "2026-01-05"}
    assert faults_of(MeterReadingIn, body)["stand"] in ("patroon-onjuist", "type-onjuist")


def test_a_query_reads_numbers_from_text():
    query = read_query(PageQuery, [("page", "2"), ("pageSize", "10")])
    assert query == PageQuery(page=2, pageSize=10)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("pairs", "name", "code"),
    [
        ([("page", "0")], "page", "buiten-bereik"),
        ([("page", "x")], "page", "type-onjuist"),
        ([("pageSize", "101")], "pageSize", "buiten-bereik"),
        ([("page_size", "1")], "page_size", "veld-onbekend"),
        ([("page", "1"), ("page", "2")], "page", "sleutel-dubbel"),
        ([(examples.BSN, "1")], "?", "veld-onbekend"),
    ],
)
def test_a_query_is_checked(pairs: list[tuple[str, str]], name: str, code: str):
    with pytest.raises(InvalidInput) as refused:
        read_query(PageQuery, pairs)
    assert [(p.name, p.code) for p in refused.value.invalid_params] == [(name, code)]


def test_a_route_without_query_refuses_every_key():
    with pytest.raises(InvalidInput):
        read_query(None, [("page", "1")])
    assert read_query(None, []) is None


def test_a_field_without_a_dutch_name_cannot_be_built():
    with pytest.raises(KeyError):

        class Nameless(Incoming):
            no_such_name: str


def test_a_query_is_named_in_camel_case():
    class Words(Query):
        two_words: Annotated[int, Field(ge=0)]

    assert read_query(Words, [("twoWords", "1")]) is not None


def test_a_reading_says_in_its_schema_what_it_takes():
    class Only(Incoming):
        value: Reading

    assert "anyOf" in Only.model_json_schema()["properties"]["stand"]
