"""`gateway serve` as a process: it starts, says so, reloads, and stops in order."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import LOGIN


@pytest.fixture
def free_ports(config: Path) -> Path:
    """The configuration with free ports and a log file."""
    path = config / "gateway.toml"
    text = re.sub(r"poort = \d+", "poort = 0", path.read_text(encoding="utf-8"))
    text += '\n[logregels]\nbestand = "gateway.log"\n'
    path.write_text(text, encoding="utf-8")
    return config


def start(config: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def events(config: Path) -> list[str]:
    path = config / "gateway.log"
    if not path.exists():
        return []
    return [json.loads(line)["event"] for line in path.read_text(encoding="utf-8").splitlines()]


def wait_for(config: Path, event: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while event not in events(config):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def serving(free_ports: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(free_ports)
    yield process
    process.kill()
    process.communicate()


def test_it_starts_reloads_on_sighup_and_stops_on_sigterm(free_ports, serving):
    wait_for(free_ports, "gateway_started", serving)
    serving.send_signal(signal.SIGHUP)
    wait_for(free_ports, "partners_reloaded", serving)
    partner = free_ports / "partners/voorbeeld-energie.toml"
    partner.write_text("wat = 1", encoding="utf-8")
    serving.send_signal(signal.SIGHUP)
    wait_for(free_ports, "partners_reload_rejected", serving)
    serving.terminate()
    _, err = serving.communicate(timeout=60)
    assert (serving.returncode, err) == (0, "")
    assert events(free_ports)[-1] == "gateway_stopped"


def test_a_wrong_configuration_is_told_with_every_finding(free_ports, gateway):
    (free_ports / "partners/voorbeeld-energie.toml").write_text("wat = 1", encoding="utf-8")
    ran = gateway("serve", "--config", free_ports)
    assert ran.code == 2
    assert "gateway serve: the configuration is wrong (5 findings)." in ran.err
    assert "partners/voorbeeld-energie.toml: wat: is not a key that is known here" in ran.err


def test_a_port_in_use_is_told_in_one_sentence(free_ports):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        path = free_ports / "gateway.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("poort = 0", f"poort = {port}", 1), encoding="utf-8")
        process = start(free_ports)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Traceback" not in err
    assert str(port) in err


def with_database(config: Path, dsn: str) -> None:
    path = config / "gateway.toml"
    text = path.read_text(encoding="utf-8")
    line = 'map = "../.demo/voorbeeld/database"'
    assert line in text
    path.write_text(text.replace(line, f'dsn = "{dsn}"'), encoding="utf-8")


async def refused(config: Path) -> str:
    """Start it and return the one sentence with which it ends."""
    process = start(config)
    try:
        _, err = await asyncio.to_thread(process.communicate, timeout=60)
    finally:
        process.kill()
    assert process.returncode == 2
    assert err.count("\n") == 1
    return err


async def test_a_role_that_sees_past_row_level_security_is_told_in_one_sentence(
    free_ports, database
):
    with_database(free_ports, database.owner_dsn)
    assert "member of gateway_app" in await refused(free_ports)


async def test_a_database_without_migrations_is_told_in_one_sentence(
    free_ports, empty_database, migrated_template
):
    netloc = urlsplit(empty_database)._replace(netloc=f"{LOGIN}:{LOGIN}@")
    with_database(free_ports, netloc.geturl())
    assert "run `gateway migrate`" in await refused(free_ports)
