"""Words for the faults in a message that its schema refused.

lxml has decided already that the message is invalid; `xmlschema`, a second and independent
implementation, says where and why, because it knows path, facet and expected element. It is slow
to load and slow to run, so it is imported and compiled only when the first message is refused.

A fault names a path and a reason, never a value: what stands in a refused message may be a BSN or
a name, and a fault goes into logs, receipts and problem documents. So the reasons come from a
table here and not from the library, whose own sentences quote the message; and a path step that
no schema declares is shown as "?", because a sender can put anything into an element name. The
codes are those of the Haal Centraal invalidParams.
"""

import posixpath
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from gateway.domain.errors import InvalidParam
from gateway.wire.xml import SCHEMA_ADDRESS, Element

if TYPE_CHECKING:
    from xmlschema.validators import XMLSchema10

FAULT_LIMIT: Final = 20
"""How many faults of one message are worded at most."""


_UNKNOWN = "?"

# Class of the refusing part in xmlschema -> code, and the reason with the limit of the schema.
_FACETS: Final[Mapping[str, tuple[str, str]]] = {
    "XsdPatternFacets": ("pattern", "Waarde voldoet niet aan het patroon {limit}."),
    "XsdEnumerationFacets": ("enum", "Waarde komt niet voor in de lijst {limit}."),
    "XsdLengthFacet": ("length", "Lengte is niet {limit}."),
    "XsdMinLengthFacet": ("minLength", "Waarde is korter dan minimale lengte {limit}."),
    "XsdMaxLengthFacet": ("maxLength", "Waarde is langer dan maximale lengte {limit}."),
    "XsdMinInclusiveFacet": ("minimum", "Waarde is lager dan minimum {limit}."),
    "XsdMinExclusiveFacet": ("minimum", "Waarde is niet hoger dan {limit}."),
    "XsdMaxInclusiveFacet": ("maximum", "Waarde is hoger dan maximum {limit}."),
    "XsdMaxExclusiveFacet": ("maximum", "Waarde is niet lager dan {limit}."),
    "XsdTotalDigitsFacet": ("maximum", "Waarde heeft meer dan {limit} cijfers."),
    "XsdFractionDigitsFacet": ("number", "Waarde heeft meer dan {limit} decimalen."),
}

# Fault type in libxml2, for what xmlschema does not object to.
_LIBXML2: Final[Mapping[str, tuple[str, str]]] = {
    "SCHEMAV_CVC_PATTERN_VALID": ("pattern", "Waarde voldoet niet aan het patroon."),
    "SCHEMAV_CVC_ENUMERATION_VALID": ("enum", "Waarde komt niet voor in de lijst."),
    "SCHEMAV_CVC_MINLENGTH_VALID": ("minLength", "Waarde is te kort."),
    "SCHEMAV_CVC_MAXLENGTH_VALID": ("maxLength", "Waarde is te lang."),
    "SCHEMAV_ELEMENT_CONTENT": ("required", "Element ontbreekt of staat op de verkeerde plaats."),
}
_INVALID = ("invalid", "Waarde voldoet niet aan het schema.")


class FaultFinder:
    """The second opinion on messages: which faults, where, in words without values.

    One per thread, as the schemas that it words the faults of.

    `documents` are the schemas by name; names are resolved among themselves and nowhere else.
    """

    __slots__ = ("_compiled", "_documents", "_names")

    def __init__(self, documents: Mapping[str, Element]) -> None:
        self._documents = documents
        self._names = frozenset(
            part.get("name", "") for document in documents.values() for part in document.iter()
        )
        self._compiled: dict[str, XMLSchema10] = {}

    def find(
        self, element: Element, schema: str, verdict: "etree._ListErrorLog"
    ) -> tuple[InvalidParam, ...]:
        """Return the faults of a refused `element`, at most FAULT_LIMIT and at least one.

        `verdict` is what libxml2 said; it words the faults when xmlschema finds none.
        """
        found: list[InvalidParam] = []
        for error in self._schema(schema).iter_errors(element):
            found.append(self._worded(error, element))
            if len(found) == FAULT_LIMIT:
                break
        return tuple(found) or self._from_verdict(element, verdict)

    def _schema(self, name: str) -> "XMLSchema10":
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = self._compiled[name] = _compile(name, self._documents)
        return compiled

    def _worded(self, error: Any, root: Element) -> InvalidParam:
        path = self._path(root if error.elem is None else error.elem)
        kind = type(error.validator).__name__
        if kind in _FACETS:
            code, reason = _FACETS[kind]
            return InvalidParam(path, code, reason.format(limit=_limit(error.validator)))
        if type(error).__name__ == "XMLSchemaChildrenValidationError":
            return self._misplaced(path, error)
        if type(error).__name__ == "XMLSchemaDecodeError":
            return InvalidParam(path, "type", "Waarde is niet van het gevraagde type.")
        if kind in ("XsdAttributeGroup", "XsdAnyAttribute"):
            return InvalidParam(path, "attribute", "Attribuut ontbreekt of is niet toegestaan.")
        return InvalidParam(path, *_INVALID)

    def _misplaced(self, path: str, error: Any) -> InvalidParam:
        names = [getattr(part, "local_name", None) for part in error.expected or ()]
        expected = ", ".join(name for name in names if name)
        wanted = f" Verwacht: {expected}." if expected else ""
        if error.invalid_tag is None:
            return InvalidParam(path, "required", f"Element ontbreekt.{wanted}")
        place = self._path(error.elem[error.index])
        return InvalidParam(place, "unexpected", f"Element wordt hier niet verwacht.{wanted}")

    def _from_verdict(
        self, element: Element, verdict: "etree._ListErrorLog"
    ) -> tuple[InvalidParam, ...]:
        kinds = {entry.type_name: None for entry in verdict}
        path = self._path(element)
        worded = tuple(InvalidParam(path, *_LIBXML2.get(kind, _INVALID)) for kind in kinds)
        return worded or (InvalidParam(path, *_INVALID),)

    def _path(self, element: Element) -> str:
        """Return the path of `element`: local names, with a number where a name is repeated."""
        path = ""
        for step in (element, *element.iterancestors()):
            name = etree.QName(step).localname
            before = sum(1 for _ in step.itersiblings(step.tag, preceding=True))
            after = next(step.itersiblings(step.tag), None)
            number = f"[{before + 1}]" if before or after is not None else ""
            path = f"/{name if name in self._names else _UNKNOWN}{number}{path}"
        return path


def _limit(facet: Any) -> str:
    """Return the limit that a facet sets, as the schema's author wrote it."""
    if hasattr(facet, "patterns"):
        return " | ".join(str(pattern) for pattern in facet.regexps)
    if hasattr(facet, "enumeration"):
        return ", ".join(str(value) for value in facet.enumeration)
    return str(facet.value)


def _compile(name: str, documents: Mapping[str, Element]) -> "XMLSchema10":
    """Return the xmlschema of one document; every include and import comes from `documents`."""
    from xmlschema import SchemaLoader, XMLResource  # noqa: PLC0415  (0.3 s, hardly ever needed)
    from xmlschema.validators import XMLSchema10  # noqa: PLC0415

    def resource(document: str) -> Any:
        address = SCHEMA_ADDRESS + posixpath.dirname(document)
        text = etree.tostring(documents[document], encoding="unicode")
        return XMLResource(text, base_url=address, allow="none")

    class CatalogueLoader(SchemaLoader):
        """Loads from the catalogue; a name that is not in it does not exist."""

        def load_schema(
            self, source: Any, namespace: Any = None, base_url: Any = None, *rest: Any, **more: Any
        ) -> Any:
            place = posixpath.join(base_url or "", source)
            found = posixpath.normpath(place.removeprefix(SCHEMA_ADDRESS))
            if found not in loaded:
                loaded[found] = resource(found)
            return super().load_schema(loaded[found], namespace, base_url, *rest, **more)

    loaded: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return XMLSchema10(resource(name), allow="none", loader_class=CatalogueLoader)
