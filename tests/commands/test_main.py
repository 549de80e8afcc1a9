"""`gateway` itself: help that answers at once, exit codes, and faults in one sentence."""

import subprocess
import sys
import time

import pytest

from gateway import __version__
from gateway.__main__ import COMMANDS, available
from gateway.commands import migrate
from gateway.domain.errors import StoreUnavailable


def test_help_names_every_command_that_exists(gateway):
    ran = gateway("--help")
    assert ran.code == 0
    assert {"serve", "check", "migrate", "ledger", "partner", "new-adapter"} <= available().keys()
    for name, (_, sentence) in available().items():
        assert name in ran.out
        assert sentence in " ".join(ran.out.split())


def test_a_command_whose_module_is_not_there_is_not_listed(gateway, monkeypatch):
    monkeypatch.setitem(COMMANDS, "fax", ("fax", "send a fax"))
    assert "fax" not in gateway("--help").out
    assert gateway("fax").code == 2


@pytest.mark.parametrize("name", sorted(available()))
def test_every_command_explains_itself(name, gateway):
    ran = gateway(name, "--help")
    assert ran.code == 0
    assert f"usage: gateway {name}" in ran.out


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["demo", "--help"]])
def test_help_answers_within_a_third_of_a_second(words):
    """Best of five, so that a busy machine does not decide."""
    best = min(timed([sys.executable, "-m", "gateway", *words]) for _ in range(5))
    assert best < 0.3


def timed(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - started


def test_help_imports_neither_the_web_nor_the_database_nor_the_logger():
    script = (
        "import sys; from gateway.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'aiohttp', 'asyncpg', 'structlog', 'lxml', 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_wrong_usage(gateway):
    ran = gateway("frobnicate")
    assert ran.code == 2
    assert "invalid choice" in ran.err


def test_no_command_is_wrong_usage(gateway):
    assert gateway().code == 2


def test_the_version_is_printed(gateway):
    ran = gateway("--version")
    assert (ran.code, ran.out) == (0, f"creditor-gateway {__version__}\n")


def test_a_fault_of_the_gateway_is_one_sentence_without_traceback(gateway, monkeypatch):
    def fail(_: object) -> int:
        raise StoreUnavailable

    monkeypatch.setattr(migrate, "run", fail)
    ran = gateway("migrate")
    assert ran.code == 2
    assert ran.err == "gateway migrate: The database cannot be reached.\n"


def test_ctrl_c_is_130(gateway, monkeypatch):
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(migrate, "run", interrupt)
    assert gateway("migrate").code == 130


def test_a_reader_that_goes_away_is_no_traceback():
    words = f"{sys.executable} -m gateway partner list --help | head -c 1"
    ran = subprocess.run(words, shell=True, check=True, capture_output=True, text=True)
    assert "Traceback" not in ran.stderr
