"""Nothing about a person is ever printed."""

from dataclasses import fields
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.parties import CreditorClass
from gateway.domain.person import ByBsn, Resident
from gateway.domain.statement import DebtStatementRequest
from gateway.store.cases import CaseContent
from gateway.usecases.commands import OpenCase
from tests.strategies import addresses, bsns, by_bsn, by_name, names, questions

RESIDENTS = st.builds(Resident, names, addresses, bsn=bsns)


@given(st.one_of(names, addresses, by_name, by_bsn, RESIDENTS, bsns))
def test_a_person_prints_as_nothing(person):
    assert repr(person) == str(person) == f"{type(person).__name__}(…)"


@given(questions(CreditorClass.PUBLIC, ByBsn, False))
def test_a_question_prints_nothing_of_its_person(question: DebtStatementRequest):
    printed = repr(question)
    assert isinstance(question.subject, ByBsn)
    assert question.subject.bsn.value not in printed


@given(RESIDENTS)
def test_what_carries_a_person_prints_nothing_of_it(resident: Resident):
    for one in (
        OpenCase("kenmerk-17", resident, date(2026, 11, 24)),
        CaseContent("kenmerk-17", resident),
    ):
        assert "kenmerk-17" not in repr(one)
        assert resident.bsn is not None
        assert resident.bsn.value not in repr(one)


def test_a_secret_address_is_still_kept_for_the_municipality():
    assert {"address", "address_secret"} <= {field.name for field in fields(Resident)}
