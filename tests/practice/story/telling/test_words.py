"""English for Dutch codes, and amounts as the Dutch write them."""

import pytest

from gateway.domain.inquiry import LegState
from gateway.domain.overview import Missing
from gateway.domain.parties import AskReason
from gateway.domain.statement import RefusalReason
from gateway.practice.story.telling.words import (
    MISSING,
    REASONS,
    REFUSALS,
    STATES,
    both,
    counted,
    euro,
)


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "€ 0,00"),
        (5, "€ 0,05"),
        (123_456, "€ 1.234,56"),
        (999_999_999, "€ 9.999.999,99"),
        (-101, "€ -1,01"),
    ],
)
def test_an_amount_is_written_the_dutch_way(cents, text):
    assert euro(cents) == text


def test_every_code_that_an_overview_can_hold_has_its_english():
    assert STATES.keys() == {state.value for state in LegState}
    assert REASONS.keys() == {reason.value for reason in AskReason}
    assert REFUSALS.keys() == {reason.value for reason in RefusalReason}
    assert MISSING.keys() == {v for k, v in vars(Missing).items() if k.isupper()}


def test_a_code_is_shown_with_its_meaning_and_an_unknown_one_as_it_is():
    assert both("open", STATES) == "not sent yet [open]"
    assert both("nieuw", STATES) == "nieuw"


def test_a_plural_is_a_plural():
    assert (counted(1, "message"), counted(4, "message")) == ("1 message", "4 messages")
