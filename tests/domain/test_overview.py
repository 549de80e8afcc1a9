"""The overview: a pure fold that adds up what is open, and names what is missing and why."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.identifiers import CreditorId, LegId
from gateway.domain.inquiry import LegState
from gateway.domain.money import Euro
from gateway.domain.overview import LegView, Missing, fold, sum_claims
from gateway.domain.statement import (
    Claim,
    DebtStatement,
    Refusal,
    RefusalReason,
    TransferredClaim,
    UnknownClaim,
)
from tests.adapters.examples import CLAIM, REFUSAL, STATEMENT
from tests.strategies import replies, transferred_claims

TODAY = date(2026, 11, 24)
LINES = (Claim, TransferredClaim, UnknownClaim)
LEG = LegView(
    leg_id=LegId(UUID(int=1)),
    creditor_id=CreditorId("winkel"),
    creditor_name="Winkel",
    state=LegState.AWAITING_REPLY,
    asked_on=TODAY,
    reply_by=TODAY,
    reminders=0,
    reply=None,
)


def missing(leg: LegView) -> tuple[str, ...]:
    [line] = fold((leg,), TODAY, TODAY, 120).lines
    return line.missing


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (LegState.OPEN, Missing.NOT_SENT),
        (LegState.AWAITING_REPLY, Missing.AWAITED),
        (LegState.EXPIRED, Missing.SILENT),
        (LegState.REFUSED, Missing.REFUSED),
        (LegState.UNDELIVERABLE, Missing.UNDELIVERABLE),
        (LegState.WITHDRAWN, Missing.WITHDRAWN),
    ],
)
def test_a_leg_without_an_answer_says_why(state: LegState, reason: str):
    assert missing(replace(LEG, state=state)) == (reason,)


@pytest.mark.parametrize("state", LegState)
def test_every_state_can_be_shown(state: LegState):
    fold((replace(LEG, state=state),), TODAY, TODAY, 120)


def test_an_answered_leg_misses_nothing():
    assert missing(replace(LEG, state=LegState.ANSWERED, reply=STATEMENT)) == ()


def test_a_creditor_whose_message_was_refused_is_not_called_silent():
    leg = replace(LEG, state=LegState.EXPIRED, quarantined=("schema-ongeldig",))
    assert missing(leg) == (Missing.SILENT_AFTER_REFUSED_MESSAGE,)


@given(transferred_claims)
def test_what_another_party_now_claims_is_shown_and_not_added(transferred: TransferredClaim):
    statement = replace(STATEMENT, lines=(CLAIM, transferred))
    leg = replace(LEG, state=LegState.ANSWERED, reply=statement)
    overview = fold((leg,), TODAY, TODAY, 120)
    assert overview.lines[0].transferred == (transferred,)
    assert overview.lines[0].missing == (Missing.TRANSFERRED,)
    assert overview.totals.total == CLAIM.total.cents


def test_two_different_answers_wait_for_a_decision():
    leg = replace(LEG, state=LegState.ANSWERED, reply=STATEMENT, conflicting=True)
    assert missing(leg) == (Missing.CONFLICT,)
    assert not fold((leg,), TODAY, TODAY, 120).complete


def test_a_refusal_is_shown_with_its_reason():
    leg = replace(LEG, state=LegState.REFUSED, reply=REFUSAL)
    [line] = fold((leg,), TODAY, TODAY, 120).lines
    assert line.refusal is RefusalReason.CLIENT_UNKNOWN
    assert line.totals.total == 0


@given(st.lists(replies(LINES), max_size=5))
def test_the_totals_are_the_sums_of_every_open_claim(
    found: list[DebtStatement | Refusal],
):
    legs = tuple(
        replace(
            LEG,
            creditor_id=CreditorId(f"winkel-{number}"),
            state=LegState.REFUSED if isinstance(reply, Refusal) else LegState.ANSWERED,
            reply=reply,
        )
        for number, reply in enumerate(found)
    )
    overview = fold(legs, TODAY, TODAY, 120)
    claims = [
        line
        for reply in found
        if isinstance(reply, DebtStatement)
        for line in reply.lines
        if isinstance(line, Claim)
    ]
    assert overview.totals.principal == sum(claim.principal.cents for claim in claims)
    assert overview.totals.total == sum(claim.total.cents for claim in claims)
    assert overview.totals.total == sum(line.totals.total for line in overview.lines)
    parts = overview.totals
    assert parts.total == (parts.principal + parts.interest + parts.costs + parts.fine - parts.paid)


def test_a_sum_may_pass_what_one_message_can_carry():
    large = replace(CLAIM, principal=Euro(999_999_999), interest=Euro(0), costs=Euro(0))
    assert sum_claims((large,) * 3).principal == 2_999_999_997


def test_legs_keep_their_order_and_the_day_of_the_norm_is_counted():
    other = replace(LEG, creditor_id=CreditorId("huur"))
    overview = fold((other, LEG), date(2026, 11, 1), TODAY, 120)
    assert [line.leg.creditor_id for line in overview.lines] == ["huur", "winkel"]
    assert (overview.day, overview.norm_days) == (24, 120)


def test_no_legs_make_an_overview_that_is_empty_and_complete():
    overview = fold((), TODAY, TODAY, 120)
    assert overview.complete
    assert overview.totals.total == 0
