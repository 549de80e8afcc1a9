"""A creditor that is asked more than once counts once: its latest answer."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.identifiers import CreditorId, LegId
from gateway.domain.inquiry import LegState
from gateway.domain.overview import LegView, Missing, fold, sum_claims
from gateway.domain.statement import DebtStatement
from tests.adapters.examples import STATEMENT
from tests.strategies import claims, contacts

TODAY = date(2026, 11, 24)


def leg(
    creditor: str, state: LegState, reply: DebtStatement | None = None, on: date | None = None
) -> LegView:
    name = CreditorId(creditor)
    return LegView(
        LegId(UUID(int=1)), name, creditor, state, TODAY, TODAY, 0, reply, answered_on=on
    )


statements = st.builds(
    DebtStatement, st.just("KL-1"), contacts, st.lists(claims(), max_size=2).map(tuple)
)


@st.composite
def legs(draw: st.DrawFn) -> LegView:
    state = draw(st.sampled_from(LegState))
    answered = state is LegState.ANSWERED
    return leg(
        draw(st.sampled_from("abc")),
        state,
        draw(statements) if answered else None,
        TODAY + timedelta(days=draw(st.integers(0, 2))) if answered else None,
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(legs(), max_size=5).map(tuple))
def test_whatever_was_asked_each_creditor_counts_once(asked: tuple[LegView, ...]):
    overview = fold(asked, TODAY, TODAY, 120)
    latest: dict[CreditorId, LegView] = {}
    for one in asked:
        if one.state is LegState.ANSWERED:
            former = latest.get(one.creditor_id)
            assert one.answered_on is not None
            if former is None or former.answered_on <= one.answered_on:  # type: ignore[operator]
                latest[one.creditor_id] = one
    due = [one.reply for one in latest.values()]
    assert overview.totals == sum_claims(
        tuple(claim for reply in due if isinstance(reply, DebtStatement) for claim in reply.claims)
    )
    assert overview.totals.total == sum(line.totals.total for line in overview.lines)
    assert [line.leg for line in overview.lines] == list(asked)


def test_the_earlier_answer_is_shown_as_replaced_and_not_added():
    twice = (
        leg("a", LegState.ANSWERED, STATEMENT, TODAY),
        leg("a", LegState.ANSWERED, STATEMENT, TODAY),
    )
    overview = fold(twice, TODAY, TODAY, 120)
    assert [line.missing for line in overview.lines] == [(Missing.SUPERSEDED,), ()]
    assert overview.totals == sum_claims(STATEMENT.claims)
    assert overview.complete


def test_an_answer_that_came_late_but_last_is_the_latest():
    twice = (
        leg("a", LegState.ANSWERED, STATEMENT, TODAY + timedelta(days=1)),
        leg("a", LegState.ANSWERED, STATEMENT, TODAY),
    )
    overview = fold(twice, TODAY, TODAY, 120)
    assert [line.missing for line in overview.lines] == [(), (Missing.SUPERSEDED,)]


def test_a_silence_that_was_followed_by_an_answer_misses_nothing():
    twice = (leg("a", LegState.EXPIRED), leg("a", LegState.ANSWERED, STATEMENT, TODAY))
    assert fold(twice, TODAY, TODAY, 120).complete


def test_a_new_question_after_an_answer_is_awaited_and_the_answer_stands():
    twice = (leg("a", LegState.ANSWERED, STATEMENT, TODAY), leg("a", LegState.AWAITING_REPLY))
    overview = fold(twice, TODAY, TODAY, 120)
    assert [line.missing for line in overview.lines] == [(), (Missing.AWAITED,)]
    assert overview.totals == sum_claims(STATEMENT.claims)
