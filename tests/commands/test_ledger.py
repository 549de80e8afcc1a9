"""`gateway ledger verify` as a person runs it: what it prints and how it exits."""

import argparse
import json
from pathlib import Path

import pytest

from gateway.commands import ledger
from gateway.ledger.checkpoint import Checkpoint, sign_checkpoint
from gateway.ledger.entry import Entry, print_entry
from gateway.ledger.note import SignerKey, print_signer, print_verifier
from gateway.ledger.tiles import EMPTY_EDGE, grow

SIGNER = SignerKey("log.example/0001", bytes(range(32)))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    growth = grow(EMPTY_EDGE, [print_entry(Entry(i, bytes(32), bytes(32))) for i in range(300)])
    head = Checkpoint(SIGNER.name, 300, growth.edge.frontier.root)
    for file in growth.files:
        path = folder / file.tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    (folder / "checkpoint").write_bytes(sign_checkpoint(head, SIGNER))
    return folder


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "log.vkey"
    path.write_text(print_verifier(SIGNER.verifier) + "\n", encoding="utf-8")
    return path


def _run(*args: str | Path) -> int:
    parser = argparse.ArgumentParser(prog="gateway")
    ledger.register(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["ledger", "verify", *map(str, args)])
    code = parsed.run(parsed)
    assert isinstance(code, int)
    return code


def test_a_good_log_exits_0_and_says_what_was_checked(log, key, capsys):
    assert _run("--log", log, "--key", key) == 0
    out = capsys.readouterr().out
    assert "300 read" in out
    assert "6 compared byte by byte" in out
    assert "GOOD: signed by this key" in out
    assert "FINDING" not in out


def test_a_good_log_in_json(log, key, capsys):
    assert _run("--log", log, "--key", key, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == "good"
    assert (answer["origin"], answer["size"], answer["files"]) == ("log.example/0001", 300, 6)
    assert answer["findings"] == answer["warnings"] == []


def test_a_changed_byte_exits_1_and_names_the_file(log, key, capsys):
    tile = log / "tile/0/000"
    content = bytearray(tile.read_bytes())
    content[77] ^= 1
    tile.write_bytes(content)
    assert _run("--log", log, "--key", key) == 1
    out = capsys.readouterr().out
    assert "FINDING   tile-differs: tile/0/000:" in out
    assert "NOT GOOD: 1 finding" in out


def test_findings_in_json_have_kind_path_and_detail(log, key, capsys):
    (log / "notes.txt").write_text("mine", encoding="utf-8")
    assert _run("--log", log, "--key", key, "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == "findings"
    assert [(f["kind"], f["path"]) for f in answer["findings"]] == [
        ("file-unexpected", "notes.txt")
    ]


def test_many_findings_are_counted_and_not_all_shown(log, key, capsys):
    for number in range(30):
        (log / f"extra{number}").touch()
    assert _run("--log", log, "--key", key) == 1
    out = capsys.readouterr().out
    assert out.count("file-unexpected") == 20
    assert "and 10 more" in out
    assert "30 findings" in out


def test_a_file_name_does_not_steer_the_terminal(log, key, capsys):
    (log / "\x1b[2J").touch()
    assert _run("--log", log, "--key", key) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_a_file_larger_than_any_file_of_a_log_is_not_read_whole_and_is_found(log, key, capsys):
    with (log / "tile/0/000").open("ab") as file:
        file.truncate(10_000_000)
    assert _run("--log", log, "--key", key) == 1
    assert "tile-differs" in capsys.readouterr().out


def _refused(capsys: pytest.CaptureFixture[str], *args: str | Path) -> str:
    assert _run(*args) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_key_inside_the_log_folder_is_refused(log, key, capsys):
    inside = log / "tile" / "key"
    inside.write_bytes(key.read_bytes())
    assert "inside the log folder" in _refused(capsys, "--log", log, "--key", inside)


def test_a_link_does_not_hide_that_the_key_is_inside_the_log_folder(log, key, tmp_path, capsys):
    inside = log / "key"
    inside.write_bytes(key.read_bytes())
    outside = tmp_path / "link"
    outside.symlink_to(inside)
    assert "inside the log folder" in _refused(capsys, "--log", log, "--key", outside)


def test_a_folder_that_is_not_there_is_refused(key, tmp_path, capsys):
    assert "no log folder" in _refused(capsys, "--log", tmp_path / "gone", "--key", key)


def test_a_key_file_that_is_not_there_or_a_folder_is_refused(log, tmp_path, capsys):
    assert "Cannot read" in _refused(capsys, "--log", log, "--key", tmp_path / "gone")
    (tmp_path / "folder").mkdir()
    assert "Cannot read" in _refused(capsys, "--log", log, "--key", tmp_path / "folder")


def test_a_key_that_is_none_is_refused(log, tmp_path, capsys):
    wrong = tmp_path / "wrong"
    wrong.write_text("not a key\n", encoding="utf-8")
    assert "not a verifier key" in _refused(capsys, "--log", log, "--key", wrong)
    wrong.write_bytes(b"\xff\xfe")
    assert "not text" in _refused(capsys, "--log", log, "--key", wrong)


def test_a_private_key_is_refused_and_not_printed(log, tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text(print_signer(SIGNER) + "\n", encoding="utf-8")
    err = _refused(capsys, "--log", log, "--key", secret)
    assert "private key" in err
    assert print_signer(SIGNER)[-20:] not in err


def test_a_link_inside_the_log_folder_is_refused(log, key, capsys):
    (log / "elsewhere").symlink_to(key)
    assert "neither a plain file" in _refused(capsys, "--log", log, "--key", key)


def test_wrong_usage_is_told_to_machines_too(key, tmp_path, capsys):
    assert _run("--log", tmp_path / "gone", "--key", key, "--json") == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == "usage"
    assert "no log folder" in answer["problem"]


def test_missing_arguments_exit_2():
    with pytest.raises(SystemExit) as caught:
        _run("--log", "somewhere")
    assert caught.value.code == 2


def test_help_says_what_is_checked_and_what_the_exit_codes_mean(capsys):
    with pytest.raises(SystemExit) as caught:
        _run("--help")
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "Rebuild the whole tree" in out
    assert "exit codes:" in out
    assert max(map(len, out.splitlines())) <= 100
