"""`gateway demo` as a person and as a machine meet it: the whole story in a process of its own."""

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("demo")
COMMAND = (sys.executable, "-m", "gateway", "demo")


@pytest.fixture(scope="module")
def played():
    """The story that comes with the demo, played once: what it ended with, and its folder."""
    # Not pytest's own folder: as root the database could not reach it and would leave it behind.
    with tempfile.TemporaryDirectory(prefix="gateway-test-") as folder:
        Path(folder).chmod(0o755)
        out = Path(folder) / "out"
        done = subprocess.run(
            [*COMMAND, "--check", "--json", "--seed", "7", "--out", out],
            capture_output=True,
            text=True,
            check=False,
        )
        yield done, out


def test_the_story_passes_and_json_is_all_there_is_on_standard_output(played):
    done, _ = played
    result = json.loads(done.stdout)
    assert done.returncode == 0
    assert (result["ok"], result["passed"]) == (True, result["total"])


def test_fourteen_creditors_end_as_the_issue_says(played):
    result = json.loads(played[0].stdout)
    assert result["legs"] == {"beantwoord": 8, "geen_medewerking": 1, "verstreken": 5}
    assert (result["transferred"], len(result["quarantined"]), result["retried"]) == (1, 4, 1)
    assert sorted(result["quarantined"]) == [
        "andere-persoon",
        "certificaat-geweigerd",
        "handtekening-geweigerd",
        "schema-ongeldig",
    ]


def test_the_amounts_are_those_of_the_case_file(played):
    # Added up by hand from voorbeeld.json.
    assert json.loads(played[0].stdout)["totals"] == {
        "hoofdsomCenten": 722_947,
        "renteCenten": 23_551,
        "kostenCenten": 35_475,
        "boeteCenten": 5_000,
        "betaaldCenten": 98_000,
        "totaalCenten": 688_973,
    }


def test_the_story_is_told_on_standard_error_with_a_loud_banner(played):
    told = played[0].stderr
    assert "Not for production" in told
    assert "0 of " in told


def test_nothing_printed_is_about_the_person(played):
    for text in (played[0].stdout, played[0].stderr):
        assert "999990019" not in text
        assert "Proefstra" not in text


def test_the_folder_holds_log_key_samples_and_configuration(played):
    _, out = played
    oin = "00000099900000001000"
    assert (out / "log" / oin / "checkpoint").is_file()
    assert (out / "keys" / f"{oin}.vkey").is_file()
    assert (out / "config" / "gateway.toml").is_file()
    names = {path.name for path in (out / "berichten").iterdir()}
    assert {"uit-svb-saldoverzoek.xml", "uit-energie-saldoverzoek.xml"} <= names
    assert "in-svb-ontvangstbevestiging.xml" in names


def test_the_command_that_it_prints_verifies_the_log(played):
    line = next(line for line in played[0].stderr.splitlines() if "ledger verify" in line)
    words = line.split("gateway ", 1)[1].split()
    assert subprocess.run([sys.executable, "-m", "gateway", *words], check=False).returncode == 0


def test_a_case_file_with_faults_is_told_at_once(gateway, tmp_path):
    (tmp_path / "mine.json").write_text('{"kenmerk": 1, "schuldeisers": [{}]}', encoding="utf-8")
    ran = gateway("demo", "--case", tmp_path / "mine.json", "--out", tmp_path / "out")
    assert ran.code == 2
    assert "mine.json: kenmerk" in ran.err
    assert "mine.json: schuldeisers.0.gedrag" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_ours_is_refused(gateway, tmp_path):
    (tmp_path / "precious").touch()
    ran = gateway("demo", "--check", "--out", tmp_path)
    assert ran.code == 2
    assert "not of a demo" in ran.err
    assert (tmp_path / "precious").exists()


def test_a_port_in_use_is_one_clear_sentence(gateway, open_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = gateway("demo", "--check", "--port", port, "--out", open_folder / "out")
    assert ran.code == 2
    assert f"port {port}" in ran.err


@pytest.mark.parametrize("words", [("--speed", "-1"), ("--port", "65536"), ("--seed", "x")])
def test_an_option_out_of_range_is_wrong_usage(gateway, words):
    assert gateway("demo", *words).code == 2


@pytest.mark.parametrize("begun", ["Still up", "Working days pass"])
def test_ctrl_c_stops_everything(begun, open_folder):
    case = Path(__file__).parent / "een.json"
    log = open_folder / "printed"
    code = 0 if begun == "Still up" else 130
    speed = "0" if begun == "Still up" else "5"
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [*COMMAND, "--case", case, "--speed", speed, "--out", open_folder / "out"],
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        _wait_for(log, begun)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == code
    assert "Traceback" not in log.read_text(encoding="utf-8")
    assert not (open_folder / "out" / "database" / "connection.json").exists()


def _wait_for(log: Path, words: str) -> None:
    until = time.monotonic() + 60
    while words not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < until, log.read_text(encoding="utf-8")
        time.sleep(0.05)
