"""The table of behaviours: complete, and each row does what its name says."""

import pytest

from gateway.domain.money import Euro
from gateway.domain.statement import Refusal, RefusalReason
from gateway.practice.behaviours import (
    SCRIPTS,
    AnswerLater,
    AnswerNow,
    Came,
    Pen,
    ReceiptOnly,
    Unavailable,
    Variant,
    decide,
    reply_of,
)
from gateway.practice.cast import Behaviour
from tests.practice.creditor.municipality import CLAIM, STATEMENT, TRANSFERRED

FIRST, REMINDER = Came(1, 0), Came(1, 1)


def test_every_behaviour_has_a_script():
    assert set(SCRIPTS) == set(Behaviour)


def test_no_two_behaviours_differ_by_name_only_except_those_whose_statement_differs():
    same = [one for one in Behaviour if SCRIPTS[one] == SCRIPTS[Behaviour.PROMPT]]
    assert same == [Behaviour.PROMPT, Behaviour.TRANSFERRED, Behaviour.OWN_TAX_OFFICE]


def test_out_of_order_twice_means_the_third_attempt_is_answered():
    actions = [decide(Behaviour.UNAVAILABLE_TWICE, Came(attempt, 0)) for attempt in (1, 2, 3, 4)]
    assert actions == [(Unavailable(),)] * 2 + [(AnswerNow(),)] * 2


def test_only_the_slow_creditor_answers_a_reminder():
    answering = [one for one in Behaviour if decide(one, REMINDER) != (ReceiptOnly(),)]
    assert answering == [Behaviour.AFTER_REMINDER]
    assert decide(Behaviour.AFTER_REMINDER, FIRST) == (ReceiptOnly(),)


def test_a_question_is_answered_in_one_way_only():
    for behaviour in Behaviour:
        kinds = {type(action) for action in decide(behaviour, FIRST)}
        assert len(kinds) == 1


def test_every_wrong_pen_and_every_variant_is_used_by_some_behaviour():
    actions = [action for script in SCRIPTS.values() for action in script.question]
    pens = {action.pen for action in actions if isinstance(action, AnswerNow)}
    variants = {action.variant for action in actions if isinstance(action, AnswerNow | AnswerLater)}
    assert (pens, variants) == (set(Pen), set(Variant))


@pytest.mark.parametrize("variant", [Variant.OWN, Variant.OTHER_PERSON, Variant.INCOMPLETE])
def test_these_variants_say_what_the_creditor_would_say(variant):
    assert reply_of(STATEMENT, variant) == STATEMENT


def test_the_other_answer_differs_in_the_open_claims_only():
    statement = type(STATEMENT)("KLANT-001", STATEMENT.contact, (CLAIM, TRANSFERRED))
    other = reply_of(statement, Variant.OTHER_AMOUNT)
    assert not isinstance(other, Refusal)
    assert other.claims[0].principal == CLAIM.principal + Euro(1234)
    assert other.transferred == (TRANSFERRED,)


def test_an_unknown_client_is_a_refusal_with_its_reason():
    reply = reply_of(STATEMENT, Variant.CLIENT_UNKNOWN)
    assert reply == Refusal(RefusalReason.CLIENT_UNKNOWN, STATEMENT.contact)
