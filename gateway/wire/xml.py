"""The one XML reader and the one XML writer.

Every XML document that enters the gateway passes `parse`, so that one parser with one set of
limits decides what a message says: two parsers that disagree are how signatures are wrapped. The
accepted form is narrower than XML 1.0. UTF-8 only; no DOCTYPE, no comment, no processing
instruction and no CDATA section anywhere: a comment splits a text node in two, so that a digest,
an amount or an id reads differently in two programs (attacks-and-needs §2 rows 6, 10 and 11).

Elements are written through a `Namespace` and read through small strict readers, which refuse
what is missing, repeated or not plain text.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

from lxml import etree

from gateway.domain.errors import Inexpressible, MessageTooLarge, MessageUnreadable, Unintelligible

Element: TypeAlias = etree._Element

TAG_LIMIT: Final = 50_000
"""How many tags (begin, end or empty) one document may have at most."""

ATTRIBUTE_LIMIT: Final = 5_000
"""How many attributes one document may have at most: canonicalisation sorts those of one element
in quadratic time, and five thousand take 0.03 s."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DECLARATION = re.compile(
    rb"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.0["']"""
    rb"""([ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["'](?i:utf-8)["'])?"""
    rb"""([ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](yes|no)["'])?[ \t\r\n]*\?>"""
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    remove_comments=False,
    remove_pis=False,
)


def parse(document: bytes, limit: int) -> Element:
    """Return the root element of `document`, which may have at most `limit` bytes.

    Raises:
        MessageTooLarge: over `limit` bytes, TAG_LIMIT tags or ATTRIBUTE_LIMIT attributes.
        MessageUnreadable: not well-formed, not UTF-8, or with markup that is never accepted.
    """
    if len(document) > limit:
        raise MessageTooLarge(f"The limit is {limit} bytes.")
    content = _without_prologue(document)
    _refuse_markup(content)
    try:
        return etree.fromstring(content, _PARSER)
    except (etree.LxmlError, ValueError):
        # The parser's own words can quote the document, so they go no further.
        raise MessageUnreadable("Not well-formed UTF-8 XML.") from None


def _without_prologue(document: bytes) -> bytes:
    """Return `document` without byte order mark and XML declaration.

    A declaration with another encoding is refused and not obeyed: we read UTF-8, and a reader
    that obeyed it would see other characters than we do.
    """
    content = document.removeprefix(_BYTE_ORDER_MARK)
    if not content.startswith(b"<?xml"):
        return content
    declaration = _DECLARATION.match(content)
    if declaration is None:
        raise MessageUnreadable("The XML declaration is not that of XML 1.0 in UTF-8.")
    return content[declaration.end() :]


def _refuse_markup(content: bytes) -> None:
    """Refuse what we never accept, by looking at the bytes, before the XML parser runs.

    In well-formed XML a "<" is always markup. So "<!" begins a DOCTYPE, a comment or a CDATA
    section, "<?" a processing instruction, and the number of "<" and of "=" bounds the number of
    tags and attributes; a document that is not well-formed is refused right after.
    """
    if b"<!" in content or b"<?" in content:
        raise MessageUnreadable("DOCTYPE, comments, CDATA and instructions are not accepted.")
    if content.count(b"<") > TAG_LIMIT or content.count(b"=") > ATTRIBUTE_LIMIT:
        raise MessageTooLarge(f"The limits are {TAG_LIMIT} tags and {ATTRIBUTE_LIMIT} attributes.")


def canonical(element: Element) -> bytes:
    """Return the Exclusive XML Canonicalization 1.0 of `element`, without its tail.

    Raises:
        MessageUnreadable: there is none (a relative namespace URI).
    """
    try:
        # tostring, not write_c14n: that one holds the interpreter lock.
        return etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, with_tail=False
        )
    except (etree.LxmlError, ValueError):
        raise MessageUnreadable("It has no canonical form.") from None


def serialise(element: Element) -> bytes:
    """Return `element` as a UTF-8 document with XML declaration, without its tail."""
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False)


class Namespace:
    """The elements of one XML namespace, to write and to name them.

    `Namespace("urn:x").element("Saldo", text="1.00")` makes `<Saldo xmlns="urn:x">1.00</Saldo>`;
    with a `prefix` the name is written with that prefix.
    """

    __slots__ = ("_declaration", "uri")

    def __init__(self, uri: str, prefix: str | None = None) -> None:
        self.uri: Final = uri
        # lxml-stubs does not know None as a key; lxml does, and means the default namespace.
        self._declaration = cast(dict[str, str], {prefix: uri})

    def __repr__(self) -> str:
        return f"Namespace({self.uri!r})"

    def tag(self, name: str) -> str:
        """Return `name` in Clark notation: {uri}name."""
        return f"{{{self.uri}}}{name}"

    def element(
        self,
        name: str,
        *children: Element | None,
        text: str | None = None,
        **attributes: str,
    ) -> Element:
        """Return an element with `children` (None is left out) or `text`, and plain attributes.

        Raises:
            Inexpressible: a text or attribute holds a character that XML cannot carry.
        """
        element = etree.Element(self.tag(name), nsmap=self._declaration)
        for attribute, value in attributes.items():
            element.set(attribute, _printable(value))
        if text is not None:
            element.text = _printable(text)
        element.extend(child for child in children if child is not None)
        return element


def _printable(text: str) -> str:
    # Tab and line feed pass. Carriage return does not: it would be read back as a line feed.
    if _UNPRINTABLE.search(text):
        raise Inexpressible("A text holds a control character.")
    return text


def children(element: Element, namespace: Namespace, name: str) -> tuple[Element, ...]:
    """Return the direct children of `element` with this name, in order; none is fine."""
    return tuple(element.iterchildren(namespace.tag(name)))


def optional_child(element: Element, namespace: Namespace, name: str) -> Element | None:
    """Return the direct child with this name, or None.

    Raises:
        Unintelligible: there is more than one.
    """
    found = children(element, namespace, name)
    if len(found) > 1:
        raise Unintelligible(f"Element {name} is repeated.")
    return found[0] if found else None


def child(element: Element, namespace: Namespace, name: str) -> Element:
    """Return the one direct child with this name.

    Raises:
        Unintelligible: there is none, or more than one.
    """
    found = optional_child(element, namespace, name)
    if found is None:
        raise Unintelligible(f"Element {name} is missing.")
    return found


def text(element: Element, namespace: Namespace, name: str) -> str:
    """Return the text of the one direct child with this name, exactly as it stands.

    Raises:
        Unintelligible: the child is missing or repeated, or holds elements.
    """
    return _plain_text(child(element, namespace, name), name)


def optional_text(element: Element, namespace: Namespace, name: str) -> str | None:
    """Return the text of the direct child with this name, or None when there is no such child.

    Raises:
        Unintelligible: the child is repeated, or holds elements.
    """
    found = optional_child(element, namespace, name)
    return None if found is None else _plain_text(found, name)


def attribute(element: Element, name: str) -> str:
    """Return the value of an attribute without namespace.

    Raises:
        Unintelligible: there is no such attribute.
    """
    value = element.get(name)
    if value is None:
        raise Unintelligible(f"Attribute {name} is missing.")
    return value


def _plain_text(element: Element, name: str) -> str:
    if len(element):
        raise Unintelligible(f"Element {name} holds elements where text is expected.")
    return element.text or ""


SCHEMA_ADDRESS: Final = "catalogue:/"
"""Where schema documents seem to be: no such place exists outside the program's memory."""


class _Documents(etree.Resolver):
    """Answers a parser that asks for another document: from a table, or not at all."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents

    # The stubs do not know the third argument that lxml passes.
    def resolve(  # type: ignore[override]
        self, address: str, _identifier: str | None, context: object
    ) -> object:
        # Answering None would let libxml2 look on disk; so what we do not hold is an error.
        name = address.removeprefix(SCHEMA_ADDRESS)
        if name not in self._documents:
            raise LookupError(name)
        return self.resolve_string(self._documents[name], context, base_url=address)


def parse_schemas(documents: Mapping[str, bytes]) -> Mapping[str, Element]:
    """Return the roots of schema documents that refer to each other by relative name.

    These are our own vendored files, so comments are fine; a DOCTYPE is not.

    Raises:
        MessageUnreadable: a document is not well-formed XML, or has a DOCTYPE.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False
    )
    parser.resolvers.add(_Documents(documents))
    roots = {}
    for name, document in documents.items():
        try:
            root = etree.fromstring(document, parser, base_url=SCHEMA_ADDRESS + name)
        except etree.LxmlError:
            raise MessageUnreadable(f"{name} is not well-formed XML.") from None
        if cast(Any, root.getroottree().docinfo).doctype:
            raise MessageUnreadable(f"{name} has a DOCTYPE.")
        roots[name] = root
    return roots
