"""The dialects and schemas of this installation, found on disk and checked before anything starts.

An adapter is found by its folder, never by its name: adapters/*/adapter.py must hold `ADAPTER`. A
schema counts only if its SHA-256 is the one in the ORIGIN.md beside it, so that a changed schema
cannot let a bad message pass unseen.
"""

import hashlib
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.config.partners import Known
from gateway.domain.errors import ConfigurationFault, Finding
from gateway.ports.creditor import CreditorAdapter
from gateway.wire.schema import SchemaCatalogue

ROOT = Path(__file__).parents[1]
"""The checkout: adapters/, xsd/ and config/ lie beside the package."""

_PINNED = re.compile(r"^\| (?P<file>[\w.-]+\.xsd) \| `(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Registry:
    """Every adapter by its name, and every schema."""

    adapters: Mapping[str, CreditorAdapter]
    catalogue: SchemaCatalogue

    @classmethod
    def load(cls, root: Path = ROOT) -> "Registry":
        """Find, import and check everything under this root.

        Raises:
            ConfigurationFault: with every adapter that cannot be used, every schema that is not
                what its ORIGIN.md says, and every schema an adapter names that does not exist.
        """
        findings: list[Finding] = []
        documents = read_schemas(root, findings)
        adapters = find_adapters(root, findings)
        for adapter in adapters.values():
            findings += _absent_schemas(adapter, documents)
        if findings:
            raise ConfigurationFault(findings)
        return cls(adapters, SchemaCatalogue(documents))

    def known(self) -> Known:
        """Return the names that a partner file may use."""
        return Known(adapters=frozenset(self.adapters))


def adapter_names(root: Path = ROOT) -> frozenset[str]:
    """Return the names of the adapter folders, without importing any."""
    return frozenset(path.parent.name for path in (root / "adapters").glob("*/adapter.py"))


def find_adapters(root: Path, findings: list[Finding]) -> dict[str, CreditorAdapter]:
    """Import every adapter under this root; what is wrong with one goes into `findings`."""
    found: dict[str, CreditorAdapter] = {}
    _reach(root / "adapters")
    for folder in sorted(adapter_names(root)):
        file = f"adapters/{folder}/adapter.py"
        try:
            adapter = importlib.import_module(f"adapters.{folder}.adapter").ADAPTER
        except Exception as fault:  # noqa: BLE001 - an adapter is somebody else's code
            findings.append(Finding(file, "", f"cannot be imported ({type(fault).__name__})"))
            continue
        if not isinstance(adapter, CreditorAdapter):
            findings.append(Finding(file, "ADAPTER", "is not a CreditorAdapter"))
        elif adapter.name in found:
            findings.append(Finding(file, "name", f"another adapter is called {adapter.name} too"))
        else:
            found[adapter.name] = adapter
    return found


def _reach(folder: Path) -> None:
    """Let the package `adapters` also look in this folder, if it does not yet."""
    path = importlib.import_module("adapters").__path__
    if str(folder) not in path:
        path.append(str(folder))


def _absent_schemas(adapter: CreditorAdapter, documents: Mapping[str, bytes]) -> Iterator[Finding]:
    for root, schema in adapter.schemas.items():
        if schema not in documents:
            yield Finding(f"adapter {adapter.name}", root, f"there is no schema {schema}")


def read_schemas(root: Path, findings: list[Finding]) -> dict[str, bytes]:
    """Return every schema by its name ("svb/1.0/Saldoverzoek.xsd"), held against ORIGIN.md."""
    folder = root / "xsd"
    documents: dict[str, bytes] = {}
    for version in sorted(path for path in folder.glob("*/*") if path.is_dir()):
        place = version.relative_to(folder).as_posix()
        files = {path.name: path.read_bytes() for path in sorted(version.glob("*.xsd"))}
        findings += _untrue(place, files, _pins(version / "ORIGIN.md"))
        documents |= {f"{place}/{name}": content for name, content in files.items()}
    if not documents:
        findings.append(Finding("xsd", "", "there are no schemas"))
    return documents


def _pins(origin: Path) -> dict[str, str]:
    if not origin.is_file():
        return {}
    text = origin.read_text(encoding="utf-8")
    return {match["file"]: match["digest"] for match in _PINNED.finditer(text)}


def _untrue(place: str, files: Mapping[str, bytes], pins: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(files.keys() | pins.keys()):
        if name not in files:
            yield Finding(f"xsd/{place}/{name}", "", "is in ORIGIN.md, but there is no such file")
        elif name not in pins:
            yield Finding(f"xsd/{place}/{name}", "", "is not in ORIGIN.md")
        elif hashlib.sha256(files[name]).hexdigest() != pins[name]:
            yield Finding(f"xsd/{place}/{name}", "", "is not the file that ORIGIN.md pins")
