"""Who runs the server, and what that account reaches."""

import os
import sys
from pathlib import Path

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded.account import Account, account_for

OURSELVES = Account(os.geteuid(), os.getegid())
STRANGER = Account(54321, 54321)


def test_an_ordinary_user_is_itself_and_root_is_nobody(tmp_path: Path):
    account = account_for(tmp_path / "absent")
    assert account.is_ours == (os.geteuid() != 0)
    assert account.user != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_becomes_the_owner_of_data_that_exist(tmp_path: Path):
    STRANGER.own(tmp_path)
    assert account_for(tmp_path) == STRANGER


@pytest.mark.parametrize(
    ("mode", "reads"), [(0o644, True), (0o600, False), (0o755, True), (0o711, False)]
)
def test_reading_follows_the_bits_for_others(open_folder: Path, mode: int, reads: bool):
    file = open_folder / "file"
    file.touch()
    file.chmod(mode)
    assert STRANGER.reads(file) is reads


def test_one_closed_folder_on_the_way_is_enough_to_be_out_of_reach(open_folder: Path):
    inner = open_folder / "closed" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").touch()
    assert STRANGER.enters(inner)
    assert STRANGER.reads(inner / "file")
    (open_folder / "closed").chmod(0o700)
    assert not STRANGER.enters(inner)
    assert not STRANGER.reads(inner / "file")
    assert OURSELVES.enters(inner)


def test_a_program_that_is_not_there_is_a_store_that_is_unavailable(tmp_path: Path):
    with pytest.raises(StoreUnavailable, match="cannot be started"):
        OURSELVES.run([str(tmp_path / "absent")])
    with (tmp_path / "log").open("wb") as log, pytest.raises(StoreUnavailable):
        OURSELVES.spawn([str(tmp_path / "absent")], log)


def test_a_program_gets_none_of_our_environment(monkeypatch):
    monkeypatch.setenv("SECRET_OF_OURS", "1")
    said = OURSELVES.run([sys.executable, "-c", "import os; print(sorted(os.environ))"]).stdout
    assert "SECRET_OF_OURS" not in said
    assert "TZ" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_program_of_another_account_has_no_group_of_ours():
    said = STRANGER.run(["/usr/bin/id"]).stdout
    assert "uid=54321" in said
    assert "root" not in said


def test_a_spawned_program_has_a_session_of_its_own(tmp_path: Path):
    with (tmp_path / "log").open("wb") as log:
        child = OURSELVES.spawn(["/bin/sleep", "60"], log)
    assert os.getsid(child.pid) == child.pid
    child.kill()
    assert child.wait() == -9
