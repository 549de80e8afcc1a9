"""What a creditor answers: the balance of a claim, and the lines of a statement by kind."""

from dataclasses import replace

import pytest

from gateway.domain.errors import InvalidInput
from gateway.domain.money import Euro
from tests.adapters.examples import CLAIM, FULL_STATEMENT, TRANSFERRED

LARGEST = Euro(999_999_999)


def test_the_balance_is_what_was_due_less_what_was_paid():
    claim = replace(CLAIM, fine=Euro(300))
    assert claim.total == Euro(45_000 + 1_250 + 6_750 + 300 - 10_000)


def test_only_the_balance_is_bounded_not_what_was_due_on_the_way():
    claim = replace(CLAIM, principal=LARGEST, interest=LARGEST, costs=Euro(0), paid=LARGEST)
    assert claim.total == LARGEST


@pytest.mark.parametrize("paid", [CLAIM.principal.cents + 8_001, LARGEST.cents])
def test_a_claim_on_which_more_was_paid_than_was_due_has_no_balance(paid):
    with pytest.raises(InvalidInput):
        _ = replace(CLAIM, paid=Euro(paid)).total


def test_a_balance_larger_than_an_amount_can_be_is_refused():
    with pytest.raises(InvalidInput):
        _ = replace(CLAIM, principal=LARGEST, paid=Euro(0)).total


def test_only_open_claims_count_towards_the_total():
    assert FULL_STATEMENT.claims == (CLAIM,)
    assert FULL_STATEMENT.transferred == (TRANSFERRED,)
