"""Case files: what is good becomes a cast, what is not is told at once and without values."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.errors import ConfigurationFault, Finding
from gateway.domain.statement import TransferredClaim
from gateway.practice.casefile import STORY, CaseFile, default_case, parse_case, read_case_file
from gateway.practice.cast import Behaviour
from gateway.registry import Registry

TODAY = date(2026, 3, 2)
DOCUMENT = Path(__file__).parents[3] / "docs" / "demo.md"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture
def smallest() -> dict[str, Any]:
    """The example in the document, so that it stays true."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = text.partition("```json")[2].partition("```")[0]
    case: dict[str, Any] = json.loads(found)
    return case


def parse(case: object, registry: Registry) -> CaseFile:
    return parse_case(json.dumps(case).encode(), "case.json", registry, TODAY)


def faults(case: object, registry: Registry) -> dict[str, str]:
    with pytest.raises(ConfigurationFault) as caught:
        parse(case, registry)
    findings: tuple[Finding, ...] = caught.value.findings
    return {finding.key: finding.problem for finding in findings}


def test_the_story_that_comes_with_the_demo_has_every_behaviour_once(registry):
    cast = parse_case(default_case(), STORY, registry, TODAY).cast
    assert {one.behaviour for one in cast.creditors} == set(Behaviour)
    assert len(cast.creditors) == len(Behaviour) == 14


def test_the_story_has_an_energy_company_with_its_own_dialect_and_two_large_keys(registry):
    cast = parse_case(default_case(), STORY, registry, TODAY).cast
    assert [one.adapter for one in cast.creditors if one.adapter != "svb"] == ["energie"]
    assert sum(one.signing_key == "rsa3072" for one in cast.creditors) == 2
    assert sum(len(one.subject_serial) == 8 for one in cast.creditors) == 2


def test_the_smallest_case_of_the_document_is_good(smallest, registry):
    case = parse(smallest, registry)
    (creditor,) = case.cast.creditors
    (claim,) = creditor.statement.claims
    assert case.cast.started_on == TODAY
    assert (claim.total.cents, claim.account_holder) == (12345, "Webwinkel Proef")
    assert creditor.party.is_test


def test_a_claim_can_be_transferred_to_another_creditor_of_the_file(smallest, registry):
    holder = deepcopy(smallest["schuldeisers"][0]) | {"id": "incasso", "naam": "Incasso Proef"}
    smallest["schuldeisers"].append(holder)
    smallest["schuldeisers"][0]["overgedragen"] = [{"factuurnummer": "F-2", "aan": "incasso"}]
    lines = parse(smallest, registry).cast.creditors[0].statement.lines
    assert [one.holder_name for one in lines if isinstance(one, TransferredClaim)] == [
        "Incasso Proef"
    ]


def test_every_fault_is_told_at_once_with_its_place(registry):
    case = {
        "kenmerk": "999990019",
        "inwoner": {"bsn": "123456789", "naam": {"geslacht": "x", "achternaam": "Verzinsel"}},
        "schuldeisers": [
            {"id": "Aap"},
            {"id": "b", "naam": "B", "gedrag": "prompt", "reden": "post", "adapter": "klingon"},
            {"id": "b", "naam": "B", "gedrag": "silent", "reden": "post", "soort": "Nuts"},
            "geen object",
        ],
        "extra": 1,
    }
    found = faults(case, registry)
    assert found.keys() == {
        "kenmerk",
        "inwoner.bsn",
        "inwoner.naam.geslacht",
        "inwoner.naam.voorletters",
        "inwoner.geboortedatum",
        "extra",
        "schuldeisers.0.id",
        "schuldeisers.0.naam",
        "schuldeisers.0.gedrag",
        "schuldeisers.0.reden",
        "schuldeisers.1.adapter",
        "schuldeisers.1.vorderingen",
        "schuldeisers.2.id",
        "schuldeisers.2.meterstanden",
        "schuldeisers.3",
    }


def test_no_fault_repeats_a_value(registry):
    case = {"kenmerk": "999990019", "inwoner": {"bsn": "123456789"}, "schuldeisers": [{"id": "%"}]}
    with pytest.raises(ConfigurationFault) as caught:
        parse(case, registry)
    assert "999990019" not in str(caught.value)
    assert "123456789" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"gedrag": "two-answers", "vorderingen": []}, "vorderingen"),
        ({"gedrag": "transferred"}, "overgedragen"),
        ({"overgedragen": [{"factuurnummer": "F", "aan": "niemand"}]}, "overgedragen.0.aan"),
        ({"overgedragen": [{"factuurnummer": "F", "aan": "webwinkel"}]}, "overgedragen.0.aan"),
        ({"oin": "00000001003214345000"}, "oin"),
        ({"oin": "00000099900000199000", "kvk": "90000001"}, "kvk"),
        ({"kvk": "1"}, "kvk"),
        ({"factuurnummers": ["999990019"]}, "factuurnummers.0"),
        ({"adapter": "energie"}, ""),
        ({"soort": "Nuts", "meterstanden": [{"product": "Gas", "stand": 1}]}, "meterstanden.0"),
        ({"naam": "x" * 201}, "naam"),
    ],
)
def test_what_cannot_be_played_is_refused(change, place, smallest, registry):
    smallest["schuldeisers"][0] |= change
    wanted = f"schuldeisers.0.{place}".rstrip(".")
    assert any(key.startswith(wanted) for key in faults(smallest, registry))


@pytest.mark.parametrize(
    "amounts",
    [
        {"hoofdsomCenten": -1},
        {"hoofdsomCenten": 1.5},
        {"hoofdsomCenten": 100, "betaaldCenten": 101},
        {"hoofdsomCenten": 999_999_999, "renteCenten": 1},
        {"hoofdsomCenten": 1_000_000_000},
    ],
)
def test_an_amount_that_no_message_can_carry_is_refused(amounts, smallest, registry):
    smallest["schuldeisers"][0]["vorderingen"] = [{"factuurnummer": "F", **amounts}]
    found = faults(smallest, registry)
    assert all(key.startswith("schuldeisers.0.vorderingen.0") for key in found)


def test_a_bsn_for_a_dialect_without_room_for_it_is_refused(smallest, registry):
    smallest["inwoner"]["bsn"] = "999990019"
    smallest["schuldeisers"][0] |= {"adapter": "template", "bsnWet": "Wabb art. 10"}
    assert "cannot be asked" in faults(smallest, registry)["schuldeisers.0"]


def test_an_answer_that_the_dialect_has_no_words_for_is_refused(smallest, registry):
    other = deepcopy(smallest["schuldeisers"][0]) | {"id": "incasso"}
    smallest["schuldeisers"].append(other)
    smallest["schuldeisers"][0] |= {
        "adapter": "template",
        "overgedragen": [{"factuurnummer": "F-2", "aan": "incasso"}],
    }
    assert "cannot answer" in faults(smallest, registry)["schuldeisers.0"]


def test_a_second_answer_that_no_message_can_carry_is_refused(smallest, registry):
    smallest["schuldeisers"][0] |= {
        "gedrag": "two-answers",
        "vorderingen": [{"factuurnummer": "F", "hoofdsomCenten": 999_999_999}],
    }
    assert "cannot answer" in faults(smallest, registry)["schuldeisers.0"]


def test_two_creditors_may_not_be_one_party(smallest, registry):
    first = smallest["schuldeisers"][0] | {"kvk": "90000001"}
    smallest["schuldeisers"] = [first, first | {"id": "tweede"}]
    assert "schuldeisers.1" in faults(smallest, registry)


@pytest.mark.parametrize("listed", [None, {}, [], [{}] * 41])
def test_the_creditors_are_a_list_of_one_to_forty(listed, smallest, registry):
    smallest["schuldeisers"] = listed
    assert "schuldeisers" in faults(smallest, registry)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{"kenmerk": }', "line 1, column 13"),
        (b"[]", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_000, ""),
        (b" " * 1_000_001, ""),
    ],
    ids=["no value", "a list", "not UTF-8", "too deep", "too large"],
)
def test_what_is_no_json_object_is_refused_with_its_place(content, key, registry):
    with pytest.raises(ConfigurationFault) as caught:
        parse_case(content, "case.json", registry, TODAY)
    assert [one.key for one in caught.value.findings] == [key]


def test_a_file_that_is_not_there_is_one_clear_fault(tmp_path, registry):
    with pytest.raises(ConfigurationFault, match="cannot be read"):
        read_case_file(tmp_path / "none.json", registry, TODAY)
