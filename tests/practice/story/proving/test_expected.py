"""What must come of a case is worked out from its JSON alone."""

from gateway.practice.cast import Behaviour
from gateway.practice.story.proving.expected import (
    EXPECTED,
    expected_of,
    grand_totals,
    totals_by_creditor,
)


def test_every_behaviour_has_an_end():
    assert EXPECTED.keys() == set(Behaviour)


def test_only_answered_creditors_count(case):
    each = totals_by_creditor(case)
    assert {name: one["totaalCenten"] for name, one in each.items()} == {
        "vlot": 11_000,
        "vals": 0,
        "stil": 0,
    }


def test_the_sum_is_split_in_its_parts(case):
    assert grand_totals(case) == {
        "hoofdsomCenten": 10_006,
        "renteCenten": 0,
        "kostenCenten": 0,
        "boeteCenten": 995,
        "betaaldCenten": 1,
        "totaalCenten": 11_000,
    }


def test_each_creditor_ends_as_its_behaviour_says(case):
    assert {name: one.state for name, one in expected_of(case).items()} == {
        "vlot": "beantwoord",
        "vals": "verstreken",
        "stil": "verstreken",
    }
