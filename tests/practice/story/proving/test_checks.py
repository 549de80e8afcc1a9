"""The checks of a story fail when anything at the end is not what it must be."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from gateway.ledger.verification import Kind, LogFinding
from gateway.practice.stage.parties import MUNICIPALITY
from gateway.practice.story.proving.checks import Check, judge
from gateway.practice.story.told import Account, Evidence, Search, Told

pytestmark = pytest.mark.xdist_group("story")
OIN = MUNICIPALITY.oin.value


def failures(told: Told) -> str:
    return "; ".join(check.name for check in judge(told) if not check.passed)


def changed(told: Told, **changes: Any) -> Told:
    """The story with something else in the account of the municipality."""
    return replace(told, municipality=replace(told.municipality, **changes))


def requests_of(account: Account) -> list[dict[str, Any]]:
    return [deepcopy(dict(one)) for one in account.requests]


def evidence_with(told: Told, **changes: Any) -> Told:
    one: Evidence = replace(told.evidence[OIN], **changes)
    return replace(told, evidence={**told.evidence, OIN: one})


def test_a_check_passes_only_when_both_sides_are_equal():
    assert (Check("x", 1, 1).passed, Check("x", 1, 2).passed) == (True, False)


def test_a_leg_in_another_state_is_found(played):
    requests = requests_of(played.told.municipality)
    requests[0]["toestand"] = "verstreken"
    assert "legs answered" in failures(changed(played.told, requests=tuple(requests)))


def test_a_leg_that_is_not_there_is_found(played):
    requests = played.told.municipality.requests[1:]
    found = failures(changed(played.told, requests=requests))
    assert "every creditor of the case has a leg" in found


def test_a_refused_message_that_was_let_in_is_found(played):
    requests = requests_of(played.told.municipality)
    for one in requests:
        one["geweigerdeBerichten"] = []
    assert "messages quarantined" in failures(changed(played.told, requests=tuple(requests)))


def test_a_cent_too_much_is_found(played):
    overview = deepcopy(dict(played.told.municipality.overview))
    overview["totalen"]["renteCenten"] += 1
    assert "totals exact to the cent" in failures(changed(played.told, overview=overview))


def test_a_message_without_entry_in_the_log_is_found(played):
    events = tuple(
        event for event in played.told.evidence[OIN].events if event["type"] != "exchange.request"
    )
    found = failures(evidence_with(played.told, events=events))
    assert "every message sent has its intention in the log" in found


def test_an_event_that_does_not_open_to_its_entry_is_found(played):
    opened = played.told.evidence[OIN].opened - 1
    found = failures(evidence_with(played.told, opened=opened))
    assert "every event opens to its entry" in found


def test_a_finding_of_the_verification_is_found(played):
    finding = LogFinding(Kind.ROOT_DIFFERS, "checkpoint", "other")
    one = replace(played.told.evidence[OIN].verification, findings=(finding,))
    assert "verifies offline" in failures(evidence_with(played.told, verification=one))


def test_a_message_on_a_withdrawn_consent_is_found(played):
    consents = played.told.consents
    withdrawn = replace(consents.withdrawn, messages=consents.answered.messages)
    told = replace(played.told, consents=replace(consents, withdrawn=withdrawn))
    assert "withdrawn consent: nothing left" in failures(told)


@pytest.mark.parametrize(
    ("search", "name"),
    [
        (Search(10, ("gateway.log:3",), 1), "lines with a BSN or name"),
        (Search(10, (), 0), "the search finds the name where it must be"),
        (Search(0, (), 1), "lines searched"),
    ],
)
def test_a_leak_and_a_blind_search_are_found(search, name, played):
    assert name in failures(replace(played.told, search=search))
