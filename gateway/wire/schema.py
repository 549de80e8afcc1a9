"""XSD catalogue and validation: only what is `Valid` can be signed or understood.

The catalogue is built from bytes by name ("svb/1.0/Saldoverzoek.xsd"). Includes and imports are
resolved among those names, relative to the name that asks; never on disk, never over the network,
and what a message itself proposes (xsi:schemaLocation) is not looked at. lxml's compiled schema
decides. Each thread compiles its own copy: verdicts of a shared one are right, but its error log
mixes up the threads (stack §3).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from gateway.domain.errors import (
    ConfigurationFault,
    Finding,
    InvalidParam,
    MessageUnreadable,
    SchemaRefused,
)
from gateway.wire.faults import FaultFinder
from gateway.wire.xml import Element, parse_schemas

_XSD_ELEMENT = "{http://www.w3.org/2001/XMLSchema}element"
_MADE_HERE: Final = object()


class _OfThisThread(threading.local):
    """What one thread compiled for itself; each thread that looks gets its own, made here."""

    def __init__(self, documents: Mapping[str, Element]) -> None:
        self.compiled: dict[str, etree.XMLSchema] = {}
        self.faults = FaultFinder(documents)


class SchemaCatalogue:
    """All schemas that messages are held against, by name.

    Every document is read and compiled at once, so that a catalogue that exists is sound.

    Raises:
        ConfigurationFault: a document is not a schema, or refers to a name that is not here.
    """

    __slots__ = ("_documents", "_own", "_roots")

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        try:
            self._documents = parse_schemas(documents)
        except MessageUnreadable as refusal:
            raise ConfigurationFault((Finding("xsd", "", refusal.detail),)) from None
        self._own = _OfThisThread(self._documents)
        findings = tuple(
            finding for name in self._documents if (finding := self._finding(name)) is not None
        )
        if findings:
            raise ConfigurationFault(findings)
        self._roots = {name: _declared(root) for name, root in self._documents.items()}

    def _finding(self, name: str) -> Finding | None:
        try:
            self.compiled(name)
        except etree.LxmlError as fault:
            return Finding(name, "", str(fault))
        return None

    def __contains__(self, name: str) -> bool:
        return name in self._documents

    def names(self) -> tuple[str, ...]:
        """Return the names of all schemas, in order."""
        return tuple(sorted(self._documents))

    def roots_of(self, name: str) -> tuple[str, ...]:
        """Return the elements, as {uri}name, that this schema itself declares as a root.

        Raises:
            KeyError: there is no such schema; the names come from our own adapters.
        """
        return self._roots[name]

    def root_of(self, name: str) -> str:
        """Return the one root element, as {uri}name, of a schema for one kind of message.

        Raises:
            KeyError: there is no such schema, or it has not exactly one root.
        """
        roots = self._roots[name]
        if len(roots) != 1:
            raise KeyError(name)
        return roots[0]

    def compiled(self, name: str) -> etree.XMLSchema:
        """Return the compiled schema of this thread."""
        compiled = self._own.compiled.get(name)
        if compiled is None:
            compiled = self._own.compiled[name] = etree.XMLSchema(self._documents[name])
        return compiled

    def faults(self, element: Element, name: str) -> tuple[InvalidParam, ...]:
        """Return what is wrong with an element that this thread's schema just refused."""
        return self._own.faults.find(element, name, self.compiled(name).error_log)


def _declared(root: Element) -> tuple[str, ...]:
    space = root.get("targetNamespace")
    prefix = f"{{{space}}}" if space else ""
    return tuple(prefix + part.get("name", "") for part in root.iterchildren(_XSD_ELEMENT))


@dataclass(frozen=True, slots=True)
class Valid:
    """An element that its schema accepts. Only `validate` makes one."""

    element: Element = field(repr=False)
    schema: str
    _made: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._made is not _MADE_HERE:
            raise TypeError("Valid is made by validate")


def validate(element: Element, schema: str, catalogue: SchemaCatalogue) -> Valid:
    """Return `element` as Valid against the schema of this name.

    Raises:
        SchemaRefused: the root is not one that this schema declares, or the content is not valid;
            `faults` holds path and reason of each fault (at most twenty), never a value.
        KeyError: there is no such schema; the names come from our own adapters.
    """
    # An XSD processor takes any global element of any included document for a root.
    if element.tag not in catalogue.roots_of(schema):
        raise SchemaRefused((InvalidParam("/", "root", "Berichtsoort wordt niet verwacht."),))
    if not catalogue.compiled(schema).validate(element):
        raise SchemaRefused(catalogue.faults(element, schema))
    return Valid(element, schema, _MADE_HERE)
