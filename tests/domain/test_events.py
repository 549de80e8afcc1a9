"""The closed set of audit events, and the open part of each."""

import re
from datetime import date
from pathlib import Path
from uuid import UUID

from gateway.domain.events import SCHEMA, EventType, Json, NewEvent, Place, open_part
from gateway.domain.identifiers import EventId, Oin, StreamId
from gateway.ledger.encoding import decode, encode

STREAM = StreamId(UUID("7a3e5b1c-2d4f-4e6a-8b9c-1d2e3f4a5b6c"))
PLACE = Place(EventId(UUID("0b6d8f4e-6f1c-4a57-9f0e-0a1b2c3d4e5f")), 7, "ab" * 32)
OIN = Oin("00000099000000001000")


def opened(event: NewEvent, place: Place = PLACE) -> dict[str, Json]:
    return open_part(event, place, OIN, date(2026, 11, 24), "creditor-gateway/26.1")


def test_the_set_of_event_types_is_closed():
    """A new type is a change of the log's meaning: it is added here on purpose or not at all."""
    assert {event.value for event in EventType} == {
        "case.opened",
        "basis.given",
        "basis.ended",
        "exchange.queued",
        "exchange.request",
        "exchange.sending",
        "exchange.delivered",
        "exchange.in_doubt",
        "exchange.failed",
        "exchange.faulted",
        "exchange.postponed",
        "exchange.cancelled",
        "exchange.response",
        "exchange.refused",
        "exchange.conflict",
        "exchange.quarantined",
        "exchange.expired",
        "access.view",
        "text.publish",
        "partner.change",
        "breach.opened",
        "heartbeat",
        "key.rotate",
        "erase",
        "erase.done",
    }


def test_the_names_of_events_are_lower_case_words():
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", event.value) for event in EventType)


def test_the_open_part_holds_what_an_auditor_needs():
    event = NewEvent(EventType.EXCHANGE_REQUEST, STREAM, {"partner": "winkel"}, {"case": "x"})
    assert opened(event) == {
        "v": SCHEMA,
        "type": "exchange.request",
        "event_id": str(PLACE.event_id),
        "stream": str(STREAM),
        "seq": 7,
        "prev": "ab" * 32,
        "controller": OIN.value,
        "date": "2026-11-24",
        "sw": "creditor-gateway/26.1",
        "partner": "winkel",
    }


def test_the_personal_part_never_enters_the_open_one():
    event = NewEvent(EventType.ACCESS_VIEW, STREAM, {}, {"employee": "m-17"})
    assert b"m-17" not in encode(opened(event))


def test_the_first_event_of_a_stream_has_no_former():
    first = opened(NewEvent(EventType.CASE_OPENED, STREAM, {}), Place(PLACE.event_id, 1, None))
    assert first["prev"] is None


def test_the_open_part_can_be_encoded_and_read_back():
    event = NewEvent(
        EventType.BASIS_GIVEN,
        STREAM,
        {"scope": [{"creditor": None, "categories": ["identiteit"]}], "valid_until": "2029-11-24"},
    )
    assert decode(encode(opened(event))) == opened(event)


def test_no_fact_may_take_the_place_of_a_field_that_the_store_fills():
    reserved = {"v", "type", "event_id", "stream", "seq", "prev", "controller", "date", "sw"}
    folder = Path(__file__).parents[2] / "gateway" / "usecases"
    for path in folder.glob("*.py"):
        keys = set(re.findall(r'^\s+"([a-z_0-9]+)": ', path.read_text(), re.MULTILINE))
        assert not keys & reserved, path.name
