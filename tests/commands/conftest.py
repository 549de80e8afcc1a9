"""The command line as a person meets it, on the example configuration."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.practice.example import make_keys

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def example_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "dev"
    make_keys(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def config(tmp_path: Path, example_keys: Path) -> Path:
    """A configuration folder that a test may change."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(example_keys, tmp_path / "certs" / "dev")
    return tmp_path / "config"


@pytest.fixture
def gateway(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in this process."""

    def run(*words: object) -> Ran:
        try:
            code = main([str(word) for word in words])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run
