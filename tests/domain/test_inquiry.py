"""State tables are total, and random walks never leave them (style rule 8)."""

from collections.abc import Mapping
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import IllegalMove
from gateway.domain.inquiry import (
    DELIVERY_TABLE,
    LEG_TABLE,
    DeliveryEvent,
    DeliveryState,
    LegEvent,
    LegState,
    advance_delivery,
    advance_leg,
    allows,
    mermaid,
)

D, L = DeliveryState, LegState
TABLES: list[tuple[Mapping[Enum, Mapping[Enum, Enum]], type[Enum], type[Enum], Enum]] = [
    (LEG_TABLE, LegState, LegEvent, LegState.OPEN),  # type: ignore[list-item]
    (DELIVERY_TABLE, DeliveryState, DeliveryEvent, DeliveryState.QUEUED),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("table", "states", "events", "start"), TABLES)
def test_every_state_has_its_row_and_can_be_reached(table, states, events, start):
    assert set(table) == set(states)
    reached = {start}
    while more := {to for state in reached for to in table[state].values()} - reached:
        reached |= more
    assert reached == set(states)


@pytest.mark.parametrize(("table", "states", "events", "start"), TABLES)
def test_every_event_is_used(table, states, events, start):
    assert {event for moves in table.values() for event in moves} == set(events)


@given(st.lists(st.sampled_from(DeliveryEvent)))
def test_a_delivery_moves_by_its_table_or_not_at_all(events: list[DeliveryEvent]):
    state = DeliveryState.QUEUED
    for event in events:
        if event in DELIVERY_TABLE[state]:
            state = advance_delivery(state, event)
        else:
            with pytest.raises(IllegalMove):
                advance_delivery(state, event)


@given(st.lists(st.sampled_from(LegEvent)))
def test_a_leg_moves_by_its_table_or_not_at_all(events: list[LegEvent]):
    state = LegState.OPEN
    for event in events:
        if allows(state, event):
            state = advance_leg(state, event)
        else:
            with pytest.raises(IllegalMove):
                advance_leg(state, event)


@given(st.lists(st.sampled_from(DeliveryEvent), max_size=12))
def test_nothing_is_sent_that_was_not_recorded(events: list[DeliveryEvent]):
    state, recorded = DeliveryState.QUEUED, False
    for event in events:
        if event in DELIVERY_TABLE[state]:
            state = advance_delivery(state, event)
            recorded |= state is DeliveryState.RECORDED
        assert recorded or state not in {D.SENDING, D.IN_DOUBT, D.DELIVERED}


def test_what_may_have_arrived_is_never_called_unsent():
    """From IN_DOUBT no road leads to RECORDED, which promises that nothing was processed."""
    assert D.RECORDED not in DELIVERY_TABLE[D.IN_DOUBT].values()


@pytest.mark.parametrize("state", [D.DELIVERED, D.FAILED, D.CANCELLED])
def test_a_delivery_ends_for_good(state: DeliveryState):
    assert DELIVERY_TABLE[state] == {}


@pytest.mark.parametrize("state", [L.ANSWERED, L.REFUSED, L.WITHDRAWN])
def test_a_leg_that_was_decided_stays_so(state: LegState):
    assert LEG_TABLE[state] == {}


def test_silence_never_answers_and_never_refuses():
    """A creditor's silence is never agreement (design, principle 8)."""
    after = {LEG_TABLE[s].get(LegEvent.TERM_PASSED) for s in LegState} - {None}
    assert after == {LegState.EXPIRED}


def test_late_is_better_than_never():
    assert advance_leg(L.EXPIRED, LegEvent.ANSWER_ACCEPTED) is L.ANSWERED


def test_a_ground_can_end_in_every_state_in_which_something_is_still_to_come():
    waiting = {L.OPEN, L.AWAITING_REPLY, L.EXPIRED, L.UNDELIVERABLE}
    assert {state for state in LegState if allows(state, LegEvent.GROUND_ENDED)} == waiting
    unsent = {D.QUEUED, D.RECORDED, D.IN_DOUBT}
    assert {s for s in D if DeliveryEvent.GROUND_ENDED in DELIVERY_TABLE[s]} == unsent


def test_a_diagram_has_one_line_for_every_move():
    drawn = mermaid(LEG_TABLE).splitlines()
    moves = sum(len(row) or 1 for row in LEG_TABLE.values())
    assert drawn[0] == "stateDiagram-v2"
    assert len(drawn) == moves + 1
    assert "    EXPIRED --> ANSWERED: answer accepted" in drawn
    assert "    WITHDRAWN --> [*]" in drawn
