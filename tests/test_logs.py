"""Log lines: only what the table lists, and nothing about a person."""

import ast
import io
import json
import logging
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway import logs
from gateway.domain.parties import Environment
from gateway.logs import EVENTS, UnlistedEvent, configure, listed_only

ROOT = Path(__file__).parents[1]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure(stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


def logged(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def calls_in_code() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every place in the code that logs: file, event, fields."""
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and ast.unparse(node.func.value) in {"_log", "structlog.get_logger()"}
            ):
                fields = frozenset(word.arg or "**" for word in node.keywords)
                event = node.args[0]
                assert isinstance(event, ast.Constant), f"{path}: event names are constant"
                yield path.name, str(event.value), fields


CALLS = tuple(calls_in_code())


def test_every_event_in_the_code_is_in_the_table_with_its_fields():
    unlisted = [
        (file, event, sorted(fields - EVENTS.get(event, frozenset())))
        for file, event, fields in CALLS
        if event not in EVENTS or not fields <= EVENTS[event]
    ]
    assert unlisted == []


def test_every_event_in_the_table_is_logged_somewhere():
    used = {event for _, event, _ in CALLS} | {"unlisted_event"}
    assert used == EVENTS.keys()


def test_every_event_is_named_noun_verbed():
    for event in EVENTS:
        assert event.replace("_", "").isalpha()
        assert event.islower()


def test_the_document_lists_the_table():
    assert (ROOT / "docs/log-events.md").read_text(encoding="utf-8") == logs.document()


def test_a_line_is_json_with_event_level_and_time(output):
    structlog.get_logger().info("gateway_started", api=8443, messages=8444)
    (line,) = logged(output)
    assert (line["event"], line["level"]) == ("gateway_started", "info")
    assert (line["api"], line["messages"]) == (8443, 8444)
    assert str(line["time"]).endswith("Z")


def test_a_field_that_is_not_listed_is_dropped(output):
    structlog.get_logger().info("gateway_stopped", surname="Jansen")
    assert logged(output)[0].keys() == {"event", "level", "time"}
    assert "Jansen" not in output.getvalue()


def test_an_event_that_is_not_listed_loses_name_and_fields(output):
    structlog.get_logger().info("case of Jansen", status=1)
    assert logged(output)[0]["event"] == "unlisted_event"
    assert "Jansen" not in output.getvalue()


def test_an_event_that_is_not_listed_raises_in_strict_mode(output):
    configure(output, strict=True)
    with pytest.raises(UnlistedEvent):
        structlog.get_logger().info("something_else")
    with pytest.raises(UnlistedEvent):
        structlog.get_logger().info("gateway_stopped", surname=1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Environment.PRACTICE, "PRACTICE"),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (True, True),
        (2.5, 2.5),
        ("/v1/zaken/{zaakId}", "/v1/zaken/{zaakId}"),
        ("00000003123456780000", "00000003123456780000"),
    ],
)
def test_ids_numbers_and_names_are_shown(value, shown):
    assert listed_only(None, "", {"event": "request_answered", "route": value})["route"] == shown


@pytest.mark.parametrize(
    "value", ["J. Jansen", "123456782", "/v1/zaken/123456782", "12345678", "", b"x", ["x"], None]
)
def test_text_that_could_be_about_a_person_is_dropped(value):
    assert "route" not in listed_only(None, "", {"event": "request_answered", "route": value})


@given(st.dictionaries(st.text(), st.text()))
def test_no_field_of_any_name_comes_through_unless_listed(fields):
    line = listed_only(None, "", {**fields, "event": "gateway_stopped"})
    assert line.keys() <= {"event", "level", "time"}


def test_what_a_library_logs_is_reduced_to_its_name(output):
    logging.getLogger("aiohttp.server").error("GET /zaken?naam=%s", "Jansen")
    (line,) = logged(output)
    assert (line["event"], line["logger"]) == ("library_logged", "aiohttp.server")
    assert "Jansen" not in output.getvalue()


def test_lines_can_go_to_a_file(tmp_path, output):
    path = tmp_path / "gateway.log"
    configure(path)
    structlog.get_logger().info("gateway_stopped")
    assert json.loads(path.read_text(encoding="utf-8"))["event"] == "gateway_stopped"


def test_a_line_that_cannot_be_written_to_the_file_goes_to_standard_error(tmp_path, output, capsys):
    folder = tmp_path / "lines"
    folder.mkdir()
    configure(folder / "gateway.log")
    shutil.rmtree(folder)
    structlog.get_logger().info("gateway_stopped")
    assert json.loads(capsys.readouterr().err)["event"] == "gateway_stopped"


def test_a_file_that_cannot_be_written_is_refused_at_the_start(tmp_path, output):
    with pytest.raises(OSError):
        configure(tmp_path / "absent" / "gateway.log")
