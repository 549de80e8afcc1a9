"""What a creditor can answer adds up."""

from dataclasses import replace

import pytest
from hypothesis import given

from gateway.domain.errors import InvalidInput
from gateway.domain.money import Euro
from gateway.domain.statement import Claim, DebtStatement, TransferredClaim, UnknownClaim
from tests.adapters.examples import CLAIM
from tests.strategies import claims, statements


@given(claims())
def test_a_balance_is_what_was_due_less_what_was_paid(claim: Claim):
    due = claim.principal.cents + claim.interest.cents + claim.costs.cents + claim.fine.cents
    assert claim.total.cents == due - claim.paid.cents


def test_more_cannot_be_paid_than_was_ever_due():
    with pytest.raises(InvalidInput):
        _ = replace(CLAIM, paid=Euro(999_999)).total


@given(statements((Claim, TransferredClaim, UnknownClaim)))
def test_every_line_is_open_transferred_or_unknown(statement: DebtStatement):
    unknown = [line for line in statement.lines if isinstance(line, UnknownClaim)]
    assert len(statement.claims) + len(statement.transferred) + len(unknown) == len(statement.lines)


def test_only_the_balance_is_bounded_not_what_was_due_on_the_way():
    largest = Euro(999_999_999)
    claim = replace(CLAIM, principal=largest, interest=largest, costs=Euro(0), paid=largest)
    assert claim.total == largest
    with pytest.raises(InvalidInput):
        _ = replace(claim, paid=Euro(0)).total
