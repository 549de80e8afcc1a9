"""What a person sees of a story: plain lines anywhere, a live table on a terminal.

Nothing is shown that is not fictional; the banner says so before anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TextIO

from gateway.practice.story.telling.words import QUARANTINES, REASONS, STATES, both
from gateway.practice.story.told import Json

BANNER = (
    "DEMO – practice only (omgeving = oefen).",
    "Every person, creditor and amount is fictional. Not for production.",
)


@dataclass(frozen=True, slots=True)
class Board:
    """How far every creditor is at the end of, or during, one day."""

    day: int
    norm: int
    today: date
    rows: tuple[Json, ...]

    @property
    def heading(self) -> str:
        """Day N of the norm, and the date in the story."""
        return f"day {self.day} of {self.norm} ({self.today:%a %d %b %Y})"


class Reporter(Protocol):
    """Shows a story while it happens; `looks_every` is how often the board is worth a look."""

    looks_every: float

    def banner(self, folder: str) -> None:
        """Say loudly what this is, before anything else happens."""

    def act(self, title: str) -> None:
        """Begin the next act."""

    def did(self, text: str) -> None:
        """Say what was done."""

    def line(self, text: str) -> None:
        """Show a line that can be copied: nothing before it, nothing wrapped."""

    def asked(self, creditors: Sequence[Json]) -> None:
        """Show who is asked, and why each."""

    def board(self, board: Board) -> None:
        """Show how far every creditor is."""

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table; cells that begin with a euro sign are amounts."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class PlainReporter:
    """One line per happening, for logs, pipes and CI."""

    looks_every = 1.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._seen: dict[str, str] = {}
        self._heading = ""
        self._acts = 0

    def banner(self, folder: str) -> None:
        width = max(map(len, BANNER)) + 4
        self._print("=" * width)
        for line in BANNER:
            self._print(f"  {line}")
        self._print(f"  Everything it makes is in {folder}")
        self._print("=" * width)

    def act(self, title: str) -> None:
        self._acts += 1
        self._print(f"\n{self._acts}. {title}")

    def did(self, text: str) -> None:
        self._print(f"   - {text}")

    def line(self, text: str) -> None:
        self._print(text)

    def asked(self, creditors: Sequence[Json]) -> None:
        for one in creditors:
            self.did(f"{one['schuldeiser']}: {both(one['reden'], REASONS)}")

    def board(self, board: Board) -> None:
        for row in board.rows:
            line = f"{row['schuldeiserNaam']}: {' · '.join(standing(row))}"
            if self._seen.get(row["id"]) != line:
                self._seen[row["id"]] = line
                if self._heading != board.heading:
                    self._heading = board.heading
                    self._print(f"   {board.heading}")
                self._print(f"     {line}")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        cells = [list(map(str, row)) for row in (head, *rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            pairs = zip(row, widths, strict=True)
            shown = (c.rjust(w) if c.startswith("€") else c.ljust(w) for c, w in pairs)
            self._print("   " + "  ".join(shown).rstrip())

    def close(self) -> None:
        self._stream.flush()

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


def standing(row: Json) -> list[str]:
    """Return in a few words how far one creditor is, and what happened on the way."""
    words = [both(row["toestand"], STATES)]
    attempts = max((one["pogingen"] for one in row["verzendingen"]), default=0)
    if attempts > 1:
        words.append(f"attempt {attempts}")
    if row["rappels"]:
        words.append(f"reminded {row['rappels']}×")
    if row["tegenstrijdig"]:
        words.append("two different answers")
    words += [f"quarantined: {both(code, QUARANTINES)}" for code in row["geweigerdeBerichten"]]
    if row["storing"]:
        words.append(str(row["storing"]))
    return words
