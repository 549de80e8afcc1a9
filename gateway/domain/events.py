"""The closed set of audit events and the open part (M) of each.

Audit is not logging: an event is appended in the transaction of what it records, and if it cannot
be written nothing happens. M holds random ids, codes and dates only; who it is about, the acting
employee and free text go into the personal part (design §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from gateway.domain.identifiers import EventId, Oin, StreamId

SCHEMA = "gateway-event/1"
Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


class EventType(Enum):
    """Soort logboekgebeurtenis."""

    CASE_OPENED = "case.opened"
    BASIS_GIVEN = "basis.given"
    BASIS_ENDED = "basis.ended"
    EXCHANGE_QUEUED = "exchange.queued"
    EXCHANGE_REQUEST = "exchange.request"
    EXCHANGE_SENDING = "exchange.sending"
    EXCHANGE_DELIVERED = "exchange.delivered"
    EXCHANGE_POSTPONED = "exchange.postponed"
    EXCHANGE_IN_DOUBT = "exchange.in_doubt"
    EXCHANGE_FAILED = "exchange.failed"
    EXCHANGE_CANCELLED = "exchange.cancelled"
    EXCHANGE_RESPONSE = "exchange.response"
    EXCHANGE_REFUSED = "exchange.refused"
    EXCHANGE_FAULTED = "exchange.faulted"
    EXCHANGE_CONFLICT = "exchange.conflict"
    EXCHANGE_QUARANTINED = "exchange.quarantined"
    EXCHANGE_EXPIRED = "exchange.expired"
    ACCESS_VIEW = "access.view"
    TEXT_PUBLISH = "text.publish"
    PARTNER_CHANGE = "partner.change"
    BREACH_OPENED = "breach.opened"
    HEARTBEAT = "heartbeat"
    KEY_ROTATE = "key.rotate"
    ERASE = "erase"
    ERASE_DONE = "erase.done"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Gebeurtenis zoals de werkvloer haar aanbiedt: facts (open) and personal (sealed).

    The store adds sequence number, previous leaf and recorded time under the stream's row lock.
    """

    type: EventType
    stream_id: StreamId
    facts: Mapping[str, Json]
    personal: Mapping[str, Json] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Plaats in de stroom: what only the store knows at the moment of recording."""

    event_id: EventId
    seq: int
    prev: str | None


def open_part(
    event: NewEvent, place: Place, controller: Oin, today: date, software: str
) -> dict[str, Json]:
    """Return M, ready for the canonical encoder; field order does not matter there."""
    return {
        "v": SCHEMA,
        "type": event.type.value,
        "event_id": str(place.event_id),
        "stream": str(event.stream_id),
        "seq": place.seq,
        "prev": place.prev,
        "controller": controller.value,
        "date": today.isoformat(),
        "sw": software,
        **event.facts,
    }
