"""The example configuration with its keys, in a folder that a test may change."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.configuration import Configuration, load
from gateway.config.partners import Known
from gateway.domain.errors import ConfigurationFault, Finding
from gateway.practice.example import make_keys

ROOT = Path(__file__).parents[2]
KNOWN = Known(frozenset({"svb", "energie"}))
MUNICIPALITY = "00000099000000001000"


@dataclass(frozen=True, slots=True)
class Folder:
    """A configuration folder; `keys` is where its keys are."""

    path: Path
    keys: Path

    def load(self) -> Configuration:
        return load(self.path, KNOWN)

    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong; fails when nothing is."""
        with pytest.raises(ConfigurationFault) as caught:
            self.load()
        return caught.value.findings

    def wrong(self) -> dict[str, str]:
        """Everything that is wrong: `file: key` -> problem."""
        return {f"{one.file}: {one.key}": one.problem for one in self.findings()}

    def change(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        path = self.path / file
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{before}\n{text}\n", encoding="utf-8")


@pytest.fixture(scope="session")
def example_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "dev"
    make_keys(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def folder(tmp_path: Path, example_keys: Path) -> Folder:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(example_keys, tmp_path / "certs" / "dev")
    return Folder(tmp_path / "config", tmp_path / "certs" / "dev")


Change = Callable[[Folder], None]
