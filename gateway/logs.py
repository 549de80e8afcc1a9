"""Log lines for operators: JSON, one per unit of work, and never anything about a person.

`EVENTS` is the whole of what can be logged: an event that is not in it is not written as such, and
a field that is not listed for its event is dropped. Values are ids, numbers and names out of a
closed set; text with a space in it, or that could be a BSN, is dropped too. docs/log-events.md is
printed from the table. Logging is not audit: the evidence is in the ledger.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, TextIO, cast
from uuid import UUID

import structlog
from structlog.typing import EventDict, WrappedLogger

EVENTS: Final[Mapping[str, frozenset[str]]] = {
    "batch_failed": frozenset({"error"}),
    "gateway_started": frozenset({"api", "messages"}),
    "gateway_stopped": frozenset(),
    "library_logged": frozenset({"logger"}),
    "log_publication_failed": frozenset({"error"}),
    "partners_reload_rejected": frozenset({"findings"}),
    "partners_reloaded": frozenset({"partners"}),
    "request_answered": frozenset(
        {"request_id", "method", "route", "status", "duration_ms", "client"}
    ),
    "request_broken": frozenset({"status", "error"}),
    "request_failed": frozenset({"request_id", "error"}),
    "row_failed": frozenset({"error"}),
    "sending_failed": frozenset({"error"}),
    "unlisted_event": frozenset(),
    "worker_round_failed": frozenset({"code", "times"}),
    "worker_stage_failed": frozenset({"code", "error"}),
}
"""Event name -> the fields it may carry."""

ALWAYS: Final = frozenset({"event", "level", "time"})
"""Fields of every line."""

_TOKEN = re.compile(r"[A-Za-z0-9._:/{}+-]{1,200}")
_COULD_BE_BSN = re.compile(r"(?<![0-9A-Za-z-])[0-9]{8,9}(?![0-9A-Za-z-])")


_HEADING = """\
# Log events

Printed from the table in `gateway/logs.py` by `python -m gateway.logs`; a test compares. Every line
is one JSON object with `event`, `level` and `time` (UTC) and what is listed here; anything else is
dropped before it is written. What happened to a message, and why, is in the ledger, not here.

| Event | Fields |
|---|---|"""


class UnlistedEvent(ValueError):
    """An event that is not in the table was logged; raised in strict mode only."""


def configure(output: Path | TextIO | None = None, *, strict: bool = False) -> None:
    """Write log lines to this file, or to standard output.

    With `strict`, for tests, an event that is not in the table raises UnlistedEvent.
    """
    lines = _FileLines(output) if isinstance(output, Path) else _Lines(output or sys.stdout)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            listed_only if not strict else _strictly_listed,
            structlog.processors.JSONRenderer(serializer=json.dumps, sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, lines)),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_OfLibraries()], level=logging.WARNING, force=True)


def listed_only(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Keep of a line what the table allows; an event that is not in it loses even its name."""
    name = line.get("event")
    if name not in EVENTS:
        line = {**line, "event": "unlisted_event"}
    allowed = ALWAYS | EVENTS[line["event"]]
    kept = {key: _shown(value) for key, value in line.items() if key in allowed}
    return {key: value for key, value in kept.items() if value is not None}


def _strictly_listed(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    allowed = EVENTS.get(str(line.get("event")))
    if allowed is None or not line.keys() <= allowed | ALWAYS:
        raise UnlistedEvent(str(line.get("event")))
    return listed_only(logger, method, line)


def _shown(value: Any) -> str | int | float | bool | None:
    """Return the value if it is an id, a number or a name, else None."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and _TOKEN.fullmatch(value) and not _COULD_BE_BSN.search(value):
        return value
    return None


class _FileLines:
    """Opens the file for every line, so that one that was rotated away is let go.

    A line that cannot be written there goes to standard error: a full disk is no reason to leave
    a message unsent, for what has to be proven is in the ledger.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._append("")

    def write(self, text: str) -> int:
        try:
            return self._append(text)
        except OSError:
            return sys.stderr.write(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def _append(self, text: str) -> int:
        with self._path.open("a", encoding="utf-8") as file:
            return file.write(text)


class _Lines:
    """Writes and flushes line by line, so that a crash loses none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()


class _OfLibraries(logging.Handler):
    """What a library logs may hold anything (a URL, a body), so only its name is kept."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning("library_logged", logger=record.name)


def document() -> str:
    """Print docs/log-events.md."""
    rows = [
        f"| `{name}` | {', '.join(f'`{field}`' for field in sorted(EVENTS[name])) or '-'} |"
        for name in sorted(EVENTS)
    ]
    return "\n".join((_HEADING, *rows, ""))


if __name__ == "__main__":
    sys.stdout.write(document())
