"""`gateway simulate` as a person runs it: addresses on the screen, Ctrl-C ends it."""

import argparse
import asyncio
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.commands import simulate
from gateway.practice.cast import Behaviour
from gateway.practice.example import make_keys
from gateway.registry import ROOT


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    simulate.register(parser.add_subparsers())
    return parser.parse_args(["simulate", *words])


def test_the_help_names_every_behaviour_there_is():
    assert [one.value for one in Behaviour] == list(simulate._BEHAVIOURS)


@pytest.mark.parametrize(
    "words",
    [
        ("--port", "0"),
        ("--port", "70000"),
        ("--port", "een"),
        ("--day", "0"),
        ("--day", "een"),
        ("--behaviour", "lief"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(words: tuple[str, ...]):
    with pytest.raises(SystemExit) as stopped:
        parse(*words)
    assert stopped.value.code == 2


async def test_it_prints_an_address_per_creditor_and_ends_by_ctrl_c(tmp_path: Path):
    make_keys(tmp_path / "certs" / "dev", datetime.now(UTC))
    shutil.copytree(ROOT / "config", tmp_path / "config")
    words = ("simulate", "--config", str(tmp_path / "config"), "--port", "47811")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        *words,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        lines = [(await process.stdout.readline()).decode() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert "https://127.0.0.1:47811/berichten" in lines[0]
    assert "https://127.0.0.1:47812/berichten" in lines[1]
    assert lines[2] == "2 simulated creditors. Ctrl-C ends them.\n"
    assert (process.returncode, rest.decode(), errors.decode()) == (0, "Stopped.\n", "")
