"""The story on a terminal: a banner in a box, and a live table with a line per creditor."""

from collections.abc import Sequence
from typing import Final, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gateway.practice.story.telling.report import BANNER, Board, standing
from gateway.practice.story.telling.words import REASONS, both
from gateway.practice.story.told import Json

_STYLES: Final = {
    "beantwoord": "green",
    "geen_medewerking": "yellow",
    "verstreken": "red",
    "wacht_op_antwoord": "cyan",
}


class RichReporter:
    """Shows a story with rich."""

    looks_every = 0.25

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._acts = 0

    def banner(self, folder: str) -> None:
        text = "\n".join((*BANNER, f"Everything it makes is in {folder}"))
        self._console.print(Panel(text, style="bold white on red", expand=False))

    def act(self, title: str) -> None:
        self.close()
        self._acts += 1
        self._console.print(f"\n[bold]{self._acts}. {title}[/bold]")

    def did(self, text: str) -> None:
        self._console.print(Text.assemble(("   ✔ ", "green"), text))

    def line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def asked(self, creditors: Sequence[Json]) -> None:
        rows = [(one["schuldeiser"], both(one["reden"], REASONS)) for one in creditors]
        self.table(("creditor", "why this one is asked"), rows)

    def board(self, board: Board) -> None:
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        self._live.update(_board(board), refresh=True)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(header_style="bold underline", pad_edge=False, box=None, padding=(0, 1, 0, 0))
        for number, title in enumerate(head):
            amounts = any(row[number].startswith("€") for row in rows)
            side: Literal["right", "left"] = "right" if amounts else "left"
            table.add_column(Text(title), justify=side, no_wrap=amounts, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._console.print(table)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def _board(board: Board) -> Table:
    table = Table(title=board.heading, title_justify="left", pad_edge=False, box=SIMPLE_HEAD)
    table.add_column("creditor")
    table.add_column("state")
    table.add_column("on the way")
    for row in board.rows:
        state, *rest = standing(row)
        style = _STYLES.get(row["toestand"], "")
        table.add_row(row["schuldeiserNaam"], Text(state, style), Text(" · ".join(rest)))
    return table
