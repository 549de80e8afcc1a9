"""`gateway kit schuldeiser` as a person runs it."""

from pathlib import Path

import pytest

from gateway.__main__ import main


def test_it_writes_the_kit_and_says_where_to_begin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "kit"
    assert main(["kit", "schuldeiser", "--out", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert printed == f"Written: {folder}, with 12 signed samples. Begin with README.md.\n"
    assert {path.name for path in folder.iterdir()} == {
        "README.md",
        "controleer.sh",
        "openapi-schuldeisers.json",
        "sleutels",
        "voorbeeld_schuldeiser.py",
        "voorbeelden",
        "xsd",
    }


def test_a_second_time_into_the_same_folder_is_refused_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    words = ["kit", "schuldeiser", "--out", str(tmp_path / "kit")]
    assert main(words) == 0
    assert main(words) == 2
    assert "holds something already" in capsys.readouterr().err


def test_without_a_folder_it_is_wrong_usage():
    with pytest.raises(SystemExit) as stopped:
        main(["kit", "schuldeiser"])
    assert stopped.value.code == 2
