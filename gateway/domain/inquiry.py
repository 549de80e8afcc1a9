"""The state tables of an exchange: legs, deliveries, inbound messages.

A leg is the conversation with one creditor. A delivery is one outbound message of a leg and is the
job itself. The tables below are the rules: a move that is not in them raises IllegalMove. The
diagrams in docs/architecture.md are printed from these tables.
"""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from gateway.domain.errors import IllegalMove


class LegState(Enum):
    """Toestand van een deelverzoek."""

    OPEN = "open"
    AWAITING_REPLY = "wacht_op_antwoord"
    ANSWERED = "beantwoord"
    REFUSED = "geen_medewerking"
    UNDELIVERABLE = "onbestelbaar"
    EXPIRED = "verstreken"
    WITHDRAWN = "ingetrokken"


class LegEvent(Enum):
    """Gebeurtenis van een deelverzoek."""

    REQUEST_DELIVERED = "request delivered"
    REQUEST_FAILED = "request failed"
    ANSWER_ACCEPTED = "answer accepted"
    REFUSAL_ACCEPTED = "refusal accepted"
    TERM_PASSED = "term passed"
    GROUND_ENDED = "ground ended"


class DeliveryKind(Enum):
    """Soort uitgaand bericht van een deelverzoek."""

    REQUEST = "vraag"
    REMINDER = "rappel"
    STOP = "intrekking"


class DeliveryState(Enum):
    """Toestand van een verzending."""

    QUEUED = "in_wachtrij"
    RECORDED = "vastgelegd"
    SENDING = "onderweg"
    IN_DOUBT = "onzeker"
    DELIVERED = "afgeleverd"
    FAILED = "mislukt"
    CANCELLED = "geannuleerd"


class DeliveryEvent(Enum):
    """Gebeurtenis van een verzending."""

    INTENTION_RECORDED = "intention recorded"
    SEND_STARTED = "send started"
    ACCEPTED = "accepted by partner"
    REFUSED_FOR_NOW = "refused for now"
    REFUSED = "refused"
    OUTCOME_UNKNOWN = "outcome unknown"
    LEASE_LAPSED = "lease lapsed"
    GAVE_UP = "gave up"
    INEXPRESSIBLE = "inexpressible"
    OVERTAKEN = "overtaken by an answer"
    PROVEN = "proven by its answer"
    NOTHING_LEFT = "nothing had left"
    GROUND_ENDED = "ground ended"


class InboundState(Enum):
    """Toestand van een binnengekomen bericht."""

    ACCEPTED = "aanvaard"
    QUARANTINED = "in_quarantaine"


_L, _LE = LegState, LegEvent
LEG_TABLE: Mapping[LegState, Mapping[LegEvent, LegState]] = {
    # A fast creditor answers before our own POST returns, hence the answers from OPEN.
    _L.OPEN: {
        _LE.REQUEST_DELIVERED: _L.AWAITING_REPLY,
        _LE.REQUEST_FAILED: _L.UNDELIVERABLE,
        _LE.ANSWER_ACCEPTED: _L.ANSWERED,
        _LE.REFUSAL_ACCEPTED: _L.REFUSED,
        _LE.GROUND_ENDED: _L.WITHDRAWN,
    },
    _L.AWAITING_REPLY: {
        _LE.ANSWER_ACCEPTED: _L.ANSWERED,
        _LE.REFUSAL_ACCEPTED: _L.REFUSED,
        _LE.TERM_PASSED: _L.EXPIRED,
        _LE.GROUND_ENDED: _L.WITHDRAWN,
    },
    # Late is better than never: an expired leg may still be answered.
    _L.EXPIRED: {
        _LE.ANSWER_ACCEPTED: _L.ANSWERED,
        _LE.REFUSAL_ACCEPTED: _L.REFUSED,
        _LE.GROUND_ENDED: _L.WITHDRAWN,
    },
    _L.ANSWERED: {},
    _L.REFUSED: {},
    # Given up is not the same as never arrived: it may still be answered, or have to be stopped.
    _L.UNDELIVERABLE: {
        _LE.ANSWER_ACCEPTED: _L.ANSWERED,
        _LE.REFUSAL_ACCEPTED: _L.REFUSED,
        _LE.GROUND_ENDED: _L.WITHDRAWN,
    },
    _L.WITHDRAWN: {},
}

_D, _DE = DeliveryState, DeliveryEvent
DELIVERY_TABLE: Mapping[DeliveryState, Mapping[DeliveryEvent, DeliveryState]] = {
    _D.QUEUED: {
        _DE.INTENTION_RECORDED: _D.RECORDED,
        _DE.INEXPRESSIBLE: _D.FAILED,
        _DE.GAVE_UP: _D.FAILED,
        _DE.OVERTAKEN: _D.CANCELLED,
        # A stop to who was never asked would only tell of a debt.
        _DE.NOTHING_LEFT: _D.CANCELLED,
        _DE.GROUND_ENDED: _D.CANCELLED,
    },
    # RECORDED was provably never sent, or provably refused: cancelling it is safe.
    _D.RECORDED: {
        _DE.SEND_STARTED: _D.SENDING,
        _DE.PROVEN: _D.DELIVERED,
        _DE.GAVE_UP: _D.FAILED,
        _DE.OVERTAKEN: _D.CANCELLED,
        _DE.GROUND_ENDED: _D.CANCELLED,
    },
    _D.SENDING: {
        _DE.ACCEPTED: _D.DELIVERED,
        _DE.REFUSED_FOR_NOW: _D.RECORDED,
        _DE.REFUSED: _D.FAILED,
        _DE.OUTCOME_UNKNOWN: _D.IN_DOUBT,
        _DE.LEASE_LAPSED: _D.IN_DOUBT,
        _DE.GAVE_UP: _D.FAILED,
    },
    # Sent again as the same message: same id, same document bytes.
    _D.IN_DOUBT: {
        _DE.SEND_STARTED: _D.SENDING,
        _DE.PROVEN: _D.DELIVERED,
        _DE.GAVE_UP: _D.FAILED,
        _DE.OVERTAKEN: _D.CANCELLED,
        _DE.GROUND_ENDED: _D.CANCELLED,
    },
    _D.DELIVERED: {},
    _D.FAILED: {},
    _D.CANCELLED: {},
}

State = TypeVar("State", bound=Enum)
Event = TypeVar("Event", bound=Enum)


def _advance(table: Mapping[State, Mapping[Event, State]], state: State, event: Event) -> State:
    try:
        return table[state][event]
    except KeyError:
        raise IllegalMove(f"{state.name} does not know {event.name}.") from None


def advance_leg(state: LegState, event: LegEvent) -> LegState:
    """Return the next state of a leg, or raise IllegalMove."""
    return _advance(LEG_TABLE, state, event)


def advance_delivery(state: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """Return the next state of a delivery, or raise IllegalMove."""
    return _advance(DELIVERY_TABLE, state, event)


def allows(state: LegState, event: LegEvent) -> bool:
    """Say whether a leg in this state may make this move."""
    return event in LEG_TABLE[state]


def mermaid(table: Mapping[State, Mapping[Event, State]]) -> str:
    """Print a state table as a Mermaid diagram, for docs/architecture.md."""
    lines = ["stateDiagram-v2"]
    for state, moves in table.items():
        lines += [f"    {state.name} --> {to.name}: {event.value}" for event, to in moves.items()]
        if not moves:
            lines.append(f"    {state.name} --> [*]")
    return "\n".join(lines) + "\n"
