"""The one XML reader and writer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.domain.errors import (
    Inexpressible,
    MessageTooLarge,
    MessageUnreadable,
    Unintelligible,
)
from gateway.wire import xml
from gateway.wire.xml import Namespace, canonical, parse, serialise

X = Namespace("urn:x")
Y = Namespace("urn:y", "y")
LIMIT = 1_000

printable = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cs", "Cc"),
        exclude_characters="\ufffe\uffff",
    ),
    max_size=40,
)


def test_a_document_is_read_whatever_allowed_prologue_it_has() -> None:
    for prologue in (
        b"",
        b"\xef\xbb\xbf",
        b'<?xml version="1.0"?>',
        b"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\r\n",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n',
    ):
        assert canonical(parse(prologue + b"<a>\xc3\xa9</a>\n", LIMIT)) == b"<a>\xc3\xa9</a>"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"   ",
        b"<a>",
        b"<a/><b/>",
        b"<a/>text",
        b"<a>\xe9</a>",
        b"<a>&unknown;</a>",
        b"<a b='1' b='2'/>",
        b"<p:a/>",
        b"<a>\x01</a>",
        b"<a>&#1;</a>",
    ],
)
def test_what_is_not_well_formed_is_unreadable(document: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        parse(document, LIMIT)


def test_the_limit_is_exact() -> None:
    assert parse(b"<a/>", 4).tag == "a"
    with pytest.raises(MessageTooLarge):
        parse(b"<aa/>", 4)


def test_no_error_quotes_the_document() -> None:
    for document in (b"<Jansen>", b"<a><Jansen/>", b"<a Jansen=1/>", b"<a>&Jansen;</a>"):
        with pytest.raises(MessageUnreadable) as refusal:
            parse(document, LIMIT)
        assert "Jansen" not in str(refusal.value)
        assert refusal.value.__cause__ is None


def test_canonical_form_leaves_out_tail_comments_and_unused_namespaces() -> None:
    root = parse(b'<a xmlns:u="urn:u" xmlns="urn:x"><b z="1"  a="2"/>tail</a>', LIMIT)
    assert canonical(root[0]) == b'<b xmlns="urn:x" a="2" z="1"></b>'
    composed = X.element("A")
    composed.append(etree.Comment("left out"))
    assert canonical(composed) == b'<A xmlns="urn:x"></A>'


def test_a_part_has_the_same_canonical_form_inside_and_outside_its_document() -> None:
    root = parse(
        b'<p:a xmlns:p="urn:p" xmlns="urn:d" xml:lang="nl"><b><p:c k="v" p:k="w">1</p:c></b></p:a>',
        LIMIT,
    )
    for part in root.iter():
        alone = parse(serialise(part), LIMIT)
        assert canonical(part) == canonical(alone)


def test_a_relative_namespace_has_no_canonical_form() -> None:
    with pytest.raises(MessageUnreadable):
        canonical(parse(b'<a xmlns="relative"/>', LIMIT))


def test_serialising_and_parsing_gives_the_same_element() -> None:
    element = X.element("A", X.element("B", text="é & <"), Y.element("C", soort="x"))
    document = serialise(element)
    assert document.startswith(b"<?xml ")
    assert canonical(parse(document, LIMIT)) == canonical(element)


def test_an_element_has_namespace_children_text_and_attributes() -> None:
    element = X.element("A", X.element("B", text="1"), None, Y.element("C", soort="x"))
    assert canonical(element) == (
        b'<A xmlns="urn:x"><B>1</B><y:C xmlns:y="urn:y" soort="x"></y:C></A>'
    )
    assert X.tag("A") == "{urn:x}A"
    assert repr(X) == "Namespace('urn:x')"


@given(printable)
def test_a_text_that_can_be_written_is_read_back_the_same(text: str) -> None:
    element = X.element("A", X.element("B", text=text, naam=text))
    read = parse(serialise(element), 10_000)
    assert xml.text(read, X, "B") == text
    assert xml.attribute(xml.child(read, X, "B"), "naam") == text


@pytest.mark.parametrize("character", ["\x00", "\x08", "\r", "\x1b", "\x7f", "\x85", "\ufffe"])
def test_a_control_character_is_never_written(character: str) -> None:
    with pytest.raises(Inexpressible):
        X.element("A", text=f"a{character}b")
    with pytest.raises(Inexpressible):
        X.element("A", naam=f"a{character}b")


def test_a_lone_surrogate_is_never_written() -> None:
    with pytest.raises(Inexpressible):
        X.element("A", text="\ud800")


def test_readers_find_direct_children_only() -> None:
    root = X.element("A", X.element("B", X.element("C", text="deep")), X.element("D", text="d"))
    assert xml.text(root, X, "D") == "d"
    assert xml.optional_text(root, X, "D") == "d"
    assert xml.optional_text(root, X, "C") is None
    assert xml.optional_child(root, X, "C") is None
    assert xml.optional_child(root, Y, "D") is None
    assert xml.children(root, X, "C") == ()
    assert xml.child(root, X, "B") is root[0]


def test_readers_refuse_what_is_missing_repeated_or_not_text() -> None:
    root = X.element(
        "A", X.element("Twice"), X.element("Twice"), X.element("Deep", X.element("Inner"))
    )
    for name in ("Missing", "Twice", "Deep"):
        with pytest.raises(Unintelligible, match=name):
            xml.text(root, X, name)
    for name in ("Twice", "Deep"):
        with pytest.raises(Unintelligible, match=name):
            xml.optional_text(root, X, name)
    with pytest.raises(Unintelligible, match="soort"):
        xml.attribute(root, "soort")
    assert len(xml.children(root, X, "Twice")) == 2


def test_an_empty_element_reads_as_empty_text() -> None:
    assert xml.text(X.element("A", X.element("B")), X, "B") == ""


def test_schema_documents_may_have_comments_but_no_doctype() -> None:
    assert xml.parse_schemas({"a.xsd": b"<!-- fine --><a/>"})["a.xsd"].tag == "a"
    for document in (b"<!DOCTYPE a><a/>", b"<a>", b""):
        with pytest.raises(MessageUnreadable, match=r"a\.xsd"):
            xml.parse_schemas({"a.xsd": document})
