"""Finds the dialects and the schemas: every folder in adapters/, every set in xsd/.

An adapter is found by being there; nothing in the gateway names one. A schema file must have the
SHA-256 that its ORIGIN.md states, so that nobody weakens a schema unseen.
"""

import hashlib
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gateway.config.partners import Known
from gateway.domain.errors import ConfigurationFault, Finding
from gateway.ports.creditor import CreditorAdapter
from gateway.wire.schema import SchemaCatalogue

ROOT = Path(__file__).parents[1]
_PINNED = re.compile(r"`?([A-Za-z]+\.xsd)`?.*?\b([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Registry:
    """The dialects by name and the schemas by name, as they were at start."""

    adapters: Mapping[str, CreditorAdapter]
    catalogue: SchemaCatalogue

    @classmethod
    def load(cls, root: Path = ROOT) -> Self:
        """Read adapters/ and xsd/ under this folder; raises ConfigurationFault with all faults."""
        catalogue = SchemaCatalogue(read_schemas(root / "xsd"))
        adapters = read_adapters(root / "adapters")
        _check_schemas(adapters, catalogue)
        return cls(adapters, catalogue)

    def known(self) -> Known:
        """Return the names that a partner file may use."""
        return Known(frozenset(self.adapters))


def read_adapters(folder: Path) -> Mapping[str, CreditorAdapter]:
    """Import each adapters/<dialect>/adapter.py and return its ADAPTER by name."""
    found: dict[str, CreditorAdapter] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*/adapter.py")):
        name = path.parent.name
        adapter = importlib.import_module(f"{folder.name}.{name}.adapter").ADAPTER
        if not isinstance(adapter, CreditorAdapter) or adapter.name != name:
            findings.append(
                Finding(f"adapters/{name}", "name", "ADAPTER is not named as its folder")
            )
        else:
            found[name] = adapter
    if findings:
        raise ConfigurationFault(findings)
    return found


def read_schemas(folder: Path) -> Mapping[str, bytes]:
    """Return every schema by its name, such as `svb/1.0/Saldoverzoek.xsd`, checked by digest."""
    found: dict[str, bytes] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*/*/*.xsd")):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        if _pinned(path.parent).get(path.name) != hashlib.sha256(content).hexdigest():
            findings.append(Finding(f"xsd/{name}", "sha256", "is not the one in ORIGIN.md"))
        found[name] = content
    if findings:
        raise ConfigurationFault(findings)
    return found


def _pinned(folder: Path) -> dict[str, str]:
    origin = (folder / "ORIGIN.md").read_text(encoding="utf-8")
    return {found[1]: found[2] for line in origin.splitlines() if (found := _PINNED.search(line))}


def _check_schemas(adapters: Mapping[str, CreditorAdapter], catalogue: SchemaCatalogue) -> None:
    findings = [
        Finding(f"adapters/{name}", "schemas", f"{schema} does not exist")
        for name, adapter in adapters.items()
        for schema in adapter.schemas.values()
        if schema not in catalogue
    ]
    if findings:
        raise ConfigurationFault(findings)
