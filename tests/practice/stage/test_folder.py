"""The folder of a story: emptied if it is ours, refused if anything else is in it."""

import stat

import pytest

from gateway.domain.errors import ConfigurationFault
from gateway.practice.stage.folder import MARKER, OutFolder, write_secret


def test_a_new_folder_is_made_and_marked(tmp_path):
    out = OutFolder.open(tmp_path / "a" / "b")
    assert (out.path / MARKER).read_text(encoding="utf-8").startswith("Made by `gateway demo`")
    assert all(folder.is_dir() for folder in (out.config, out.log, out.keys, out.messages))
    out.close()


def test_the_next_run_keeps_keys_and_database_and_empties_the_rest(tmp_path):
    out = OutFolder.open(tmp_path / "demo")
    for folder in (out.pki, out.database, out.log, out.secrets):
        (folder / "file").touch()
    out.close()
    again = OutFolder.open(tmp_path / "demo")
    kept = [(folder / "file").exists() for folder in (again.pki, again.database)]
    gone = [(folder / "file").exists() for folder in (again.log, again.secrets)]
    assert (kept, gone) == ([True, True], [False, False])
    again.close()


def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "precious").touch()
    with pytest.raises(ConfigurationFault, match="not of a demo"):
        OutFolder.open(tmp_path)
    assert (tmp_path / "log" / "precious").exists()


def test_a_file_in_its_place_is_refused(tmp_path):
    (tmp_path / "demo").touch()
    with pytest.raises(ConfigurationFault):
        OutFolder.open(tmp_path / "demo")


def test_two_stories_at_once_need_two_folders(tmp_path):
    first = OutFolder.open(tmp_path / "demo")
    with pytest.raises(ConfigurationFault, match="in use by another demo"):
        OutFolder.open(tmp_path / "demo")
    first.close()
    OutFolder.open(tmp_path / "demo").close()


def test_a_secret_is_for_its_owner_only(tmp_path):
    write_secret(tmp_path / "kek", "geheim")
    assert stat.S_IMODE((tmp_path / "kek").stat().st_mode) == 0o600
