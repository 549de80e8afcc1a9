"""`gateway new-adapter NAME`: a copy of the template that passes the laws from the first moment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT

NAME = "waterschap"
IGNORED = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("adapters", "xsd"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=IGNORED)
    return tmp_path


def test_the_copy_has_a_folder_schemas_and_namespace_of_its_own(gateway, root):
    ran = gateway("new-adapter", NAME, "--root", root)
    assert ran.code == 0
    copied = [*(root / "adapters" / NAME).rglob("*"), *(root / "xsd" / NAME).rglob("*")]
    texts = [path.read_text(encoding="utf-8") for path in copied if path.is_file()]
    assert len(texts) > 8
    for text in texts:
        assert "adapters.template" not in text
        assert "sjabloon:1.0" not in text
        assert "sjabloon/1.0" not in text
    assert any(f"urn:voorbeeld:{NAME}:1.0" in text for text in texts)


def test_the_template_itself_stays_as_it_was(gateway, root):
    gateway("new-adapter", NAME, "--root", root)
    for folder in ("adapters/template", "xsd/sjabloon"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert (root / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["", "A", "1x", "water-schap", "../x", "class", "x" * 40, "é1"])
def test_a_name_that_python_does_not_take_is_refused(name, gateway, root):
    ran = gateway("new-adapter", name, "--root", root)
    assert ran.code == 2
    assert "NAME is a Python name" in ran.err


@pytest.mark.parametrize("name", ["template", "svb", "energie", "sjabloon", "ontvangst"])
def test_a_name_that_is_taken_is_refused(name, gateway, root):
    ran = gateway("new-adapter", name, "--root", root)
    assert ran.code == 2
    assert "exists already" in ran.err


def test_a_folder_without_template_is_refused(gateway, tmp_path):
    ran = gateway("new-adapter", NAME, "--root", tmp_path)
    assert ran.code == 2
    assert "there is no adapters/template" in ran.err


@pytest.mark.timeout(300)
def test_the_copy_passes_the_laws_of_every_adapter(gateway, root):
    """The laws run in a checkout of their own, in which the copy is an adapter like any other."""
    gateway("new-adapter", NAME, "--root", root)
    for name in ("gateway", "tests/adapters", "tests/xsd"):
        shutil.copytree(ROOT / name, root / name, ignore=IGNORED)
    for name in ("pyproject.toml", "tests/strategies.py"):
        shutil.copy(ROOT / name, root / name)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", NAME, "tests/adapters", "tests/xsd"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    # Each law and the check of ORIGIN.md ran for the copy.
    assert int(ran.stdout.splitlines()[-1].split()[0]) > 8
