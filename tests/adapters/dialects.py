"""Every dialect in adapters/, as the tests see it: the adapter, its simulator, its schemas."""

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import cast

from lxml import etree

from gateway.domain.errors import Inexpressible
from gateway.ports.creditor import CreditorAdapter
from gateway.wire.schema import SchemaCatalogue
from tests.adapters.examples import ENVELOPE, question_of
from tests.strategies import SHAPES, Shape

ROOT = Path(__file__).parents[2]
XSD = ROOT / "xsd"
CATALOGUE = SchemaCatalogue(
    {str(path.relative_to(XSD)): path.read_bytes() for path in sorted(XSD.glob("*/*/*.xsd"))}
)


@dataclass(frozen=True)
class Dialect:
    """One folder of adapters/."""

    folder: Path
    module: ModuleType
    simulator: ModuleType

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def adapter(self) -> CreditorAdapter:
        return cast(CreditorAdapter, self.module.ADAPTER)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of a question that this dialect can say; the others it refuses."""
        return tuple(shape for shape in SHAPES if self._says(shape))

    def _says(self, shape: Shape) -> bool:
        question = question_of(*shape)
        try:
            self.adapter.debt_statement.compose(question, ENVELOPE)
        except Inexpressible:
            return False
        return True


def load(folder: Path) -> Dialect:
    name = f"adapters.{folder.name}"
    return Dialect(
        folder,
        importlib.import_module(f"{name}.adapter"),
        importlib.import_module(f"{name}.simulator"),
    )


DIALECTS = [load(path.parent) for path in sorted((ROOT / "adapters").glob("*/adapter.py"))]


def without_layout(element: etree._Element) -> etree._Element:
    """Drop the white space between elements: a creditor may indent what it sends."""
    for one in element.iter():
        if not (one.text or "").strip():
            one.text = None
        if not (one.tail or "").strip():
            one.tail = None
    return element


def without_ignored(element: etree._Element, ignored: tuple[str, ...]) -> etree._Element:
    """Drop the fields that the dialect says it does not read: `Group/Field` or `@attribute`."""
    for path in ignored:
        if path.startswith("@"):
            element.attrib.pop(path[1:], "")
            continue
        steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
        for found in element.findall(steps):
            parent = found.getparent()
            assert parent is not None
            parent.remove(found)
    return element
