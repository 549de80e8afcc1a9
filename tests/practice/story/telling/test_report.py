"""Plain lines and the live table show the same, and only what changed."""

from datetime import date
from io import StringIO
from typing import Any

from rich.console import Console

from gateway.practice.story.telling.report import BANNER, Board, PlainReporter, standing
from gateway.practice.story.telling.terminal import RichReporter


def row(state: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "schuldeiserNaam": "Vals Bedrijf",
        "toestand": state,
        "verzendingen": [{"pogingen": 1}],
        "rappels": 0,
        "tegenstrijdig": False,
        "geweigerdeBerichten": [],
        "storing": None,
        **changes,
    }


def board(day: int, *rows: dict[str, Any]) -> Board:
    return Board(day, 120, date(2026, 3, day), rows)


def test_the_banner_says_that_it_is_practice_and_fictional():
    stream = StringIO()
    PlainReporter(stream).banner(".demo")
    assert all(line in stream.getvalue() for line in (*BANNER, ".demo"))


def test_a_creditor_is_printed_when_it_changed_under_the_day_it_did():
    stream = StringIO()
    report = PlainReporter(stream)
    report.board(board(2, row("open")))
    report.board(board(3, row("open")))
    report.board(board(4, row("beantwoord")))
    assert stream.getvalue().splitlines() == [
        "   day 2 of 120 (Mon 02 Mar 2026)",
        "     Vals Bedrijf: not sent yet [open]",
        "   day 4 of 120 (Wed 04 Mar 2026)",
        "     Vals Bedrijf: answered [beantwoord]",
    ]


def test_what_happened_on_the_way_is_said():
    words = standing(
        row(
            "verstreken",
            verzendingen=[{"pogingen": 3}],
            rappels=1,
            tegenstrijdig=True,
            geweigerdeBerichten=["schema-ongeldig"],
            storing="http-500",
        )
    )
    assert words == [
        "term expired [verstreken]",
        "attempt 3",
        "reminded 1×",
        "two different answers",
        "quarantined: not valid against its schema [schema-ongeldig]",
        "http-500",
    ]


def test_a_table_lines_up_and_amounts_stand_to_the_right():
    stream = StringIO()
    PlainReporter(stream).table(("who", "what"), [("A", "€ 1,00"), ("BBBB", "€ 1.000,00")])
    assert stream.getvalue().splitlines()[1:] == ["   A         € 1,00", "   BBBB  € 1.000,00"]


def test_acts_are_numbered_as_they_come():
    stream = StringIO()
    report = PlainReporter(stream)
    report.act("first")
    report.act("second")
    assert "1. first" in stream.getvalue()
    assert "2. second" in stream.getvalue()


def test_a_terminal_shows_the_same_words():
    stream = StringIO()
    report = RichReporter(Console(file=stream, width=140, force_terminal=True))
    report.banner(".demo")
    report.act("Working days pass")
    report.board(board(2, row("verstreken", rappels=1)))
    report.table(("creditor", "total"), [("Vals [bold]", "€ 1.234,56")])
    report.line("curl [x] https://voorbeeldstad.example")
    report.close()
    shown = stream.getvalue()
    for words in (BANNER[0], "day 2 of 120", "term expired", "reminded 1×", "€ 1.234,56"):
        assert words in shown
    assert "Vals [bold]" in shown
    assert "curl [x] https://voorbeeldstad.example" in shown
