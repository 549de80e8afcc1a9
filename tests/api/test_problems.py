import json
from collections.abc import Iterator

import pytest

from gateway.api import problems
from gateway.domain import errors
from gateway.domain.errors import CallerFault, GatewayError, InvalidInput, InvalidParam, NotCovered


def kinds(kind: type[GatewayError] = GatewayError) -> Iterator[type[GatewayError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


EVERY_KIND = list(kinds())


def test_every_fault_of_a_caller_has_its_own_line_in_the_table():
    branch = {kind for kind in kinds(CallerFault) if kind.__module__.startswith(errors.__name__)}
    assert branch <= set(problems.FAULTS)


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)
def test_every_fault_has_a_status_that_says_whose_fault_it_is(kind: type[GatewayError]):
    status = problems.status_of(kind)
    if issubclass(kind, CallerFault):
        assert 400 <= status < 500
    assert status == 409 or 400 <= status <= 403 or status in (404, 500, 503)


@pytest.mark.parametrize("status", sorted({*problems.HTTP_FAULTS, 402, 418, 431, 501, 504}))
def test_a_problem_has_what_the_rules_ask(status: int):
    problem = problems.of_status(status, "0199a000-0000-7000-8000-000000000000")
    told = json.loads(problem.body)
    assert told["status"] == problem.status == status
    assert {"type", "title", "detail", "code", "instance"} <= set(told)
    assert told["instance"] == "urn:uuid:0199a000-0000-7000-8000-000000000000"


def test_the_inside_of_a_fault_is_never_told():
    for kind in (errors.StoreUnavailable, errors.AdapterFault, errors.NotFound):
        assert b"SELECT" not in problems.of_error(kind("SELECT secret"), None).body


def test_input_faults_are_listed():
    fault = InvalidInput([InvalidParam("naam", "veld-ontbreekt", "Dit veld is verplicht.")])
    told = json.loads(problems.of_error(fault, None).body)
    assert told["invalidParams"] == [
        {"name": "naam", "code": "veld-ontbreekt", "reason": "Dit veld is verplicht."}
    ]
    assert "instance" not in told


def test_a_ground_that_does_not_cover_says_which_part():
    told = json.loads(problems.of_error(NotCovered("geldigheid"), None).body)
    assert (told["status"], told["code"]) == (403, "grondslag-dekt-niet")
    assert told["onderdeel"] == "geldigheid"


def test_a_caller_is_told_when_to_come_back():
    assert problems.of_error(errors.StoreUnavailable(), None).retry_after is not None
    assert problems.of_error(errors.NotFound(), None).retry_after is None


def test_a_creditor_without_foutbericht_gets_the_code():
    told = json.loads(problems.of_code(400, "handtekening-geweigerd", None).body)
    assert told["code"] == "handtekening-geweigerd"
    assert told["title"] == "De handtekening is geweigerd"
