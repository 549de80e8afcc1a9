"""Money is whole cents: no float gets in, no amount a message cannot carry comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import InvalidInput
from gateway.domain.money import ZERO, Euro, total

CENTS = st.integers(0, 999_999_999)


@given(CENTS)
def test_an_amount_is_its_cents(cents: int):
    assert Euro(cents).cents == cents


@pytest.mark.parametrize("wrong", [-1, 1_000_000_000, 1.0, "1", True, None])
def test_what_is_no_whole_amount_of_cents_is_refused(wrong: object):
    with pytest.raises(InvalidInput):
        Euro(wrong)  # type: ignore[arg-type]


@given(CENTS, CENTS)
def test_adding_and_taking_away_are_exact_or_refused(one: int, other: int):
    if one + other <= 999_999_999:
        assert Euro(one) + Euro(other) - Euro(other) == Euro(one)
    else:
        with pytest.raises(InvalidInput):
            Euro(one) + Euro(other)
    if one < other:
        with pytest.raises(InvalidInput):
            Euro(one) - Euro(other)


@given(st.lists(CENTS))
def test_a_total_may_pass_the_bound_of_one_message(cents: list[int]):
    assert total(Euro(each) for each in cents) == sum(cents)


def test_nothing_is_nothing():
    assert total(()) == ZERO.cents == 0
