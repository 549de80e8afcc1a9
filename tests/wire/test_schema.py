"""The XSD catalogue, and that only what is valid becomes Valid."""

import socket
import threading

import pytest
from lxml import etree

from gateway.domain.errors import ConfigurationFault, SchemaRefused
from gateway.wire.schema import SchemaCatalogue, Valid, validate
from gateway.wire.xml import Element, Namespace, parse, serialise
from tests.wire.message_set import DOCUMENTS, NOTE, NOTICE, SCHEMA, TYPES, line, note


def refused(element: Element, catalogue: SchemaCatalogue) -> SchemaRefused:
    with pytest.raises(SchemaRefused) as refusal:
        validate(element, SCHEMA, catalogue)
    return refusal.value


def test_a_valid_message_becomes_valid(catalogue: SchemaCatalogue) -> None:
    message = note()
    valid = validate(message, SCHEMA, catalogue)
    assert valid.element is message
    assert valid.schema == SCHEMA


def test_valid_cannot_be_made_by_hand(catalogue: SchemaCatalogue) -> None:
    with pytest.raises(TypeError):
        Valid(note(), SCHEMA, object())


def test_an_invalid_message_is_refused_with_its_faults(catalogue: SchemaCatalogue) -> None:
    assert refused(note("12345"), catalogue).faults[0].name == "/Notitie/Nummer"


def test_the_root_must_be_declared_by_this_very_schema(catalogue: SchemaCatalogue) -> None:
    """An included type file declares <Los>; an XSD processor would take it for a message."""
    loose = NOTE.element("Los", text="x")
    assert etree.XMLSchema(catalogue._documents[SCHEMA]).validate(loose)
    assert refused(loose, catalogue).faults[0].code == "root"


def test_the_same_name_in_another_namespace_is_another_root(catalogue: SchemaCatalogue) -> None:
    assert refused(Namespace("urn:other").element("Notitie"), catalogue).faults[0].code == "root"


def test_a_schema_that_is_not_in_the_catalogue_is_our_own_mistake(
    catalogue: SchemaCatalogue,
) -> None:
    with pytest.raises(KeyError):
        validate(note(), "notitie/2.0/Notitie.xsd", catalogue)


def test_the_catalogue_knows_its_names_and_roots(catalogue: SchemaCatalogue) -> None:
    assert catalogue.names() == (SCHEMA, "notitie/gedeeld/Typen.xsd")
    assert SCHEMA in catalogue
    assert "other.xsd" not in catalogue
    assert catalogue.root_of(SCHEMA) == NOTE.tag("Notitie")
    assert catalogue.roots_of("notitie/gedeeld/Typen.xsd") == (NOTE.tag("Los"),)


def test_a_schema_with_no_or_several_roots_has_no_single_root() -> None:
    start = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    catalogue = SchemaCatalogue(
        {
            "none.xsd": start + b"</xs:schema>",
            "two.xsd": start + b'<xs:element name="A"/><xs:element name="B"/></xs:schema>',
        }
    )
    assert catalogue.roots_of("two.xsd") == ("A", "B")
    for name in ("none.xsd", "two.xsd"):
        with pytest.raises(KeyError):
            catalogue.root_of(name)


@pytest.mark.parametrize(
    "documents",
    [
        {SCHEMA: NOTICE},
        {"a.xsd": b"<a/>"},
        {"a.xsd": b"<a>"},
        {"a.xsd": b"<!DOCTYPE a><a/>"},
        {SCHEMA: NOTICE.replace(b"../gedeeld/Typen.xsd", b"file:///etc/passwd"), "x": TYPES},
        {SCHEMA: NOTICE.replace(b"../gedeeld/Typen.xsd", b"/etc/passwd"), "x": TYPES},
    ],
)
def test_a_catalogue_that_is_not_whole_is_a_configuration_fault(
    documents: dict[str, bytes],
) -> None:
    with pytest.raises(ConfigurationFault) as fault:
        SchemaCatalogue(documents)
    assert fault.value.findings


def test_all_schemas_that_do_not_compile_are_reported_at_once() -> None:
    with pytest.raises(ConfigurationFault) as fault:
        SchemaCatalogue({**DOCUMENTS, "a.xsd": b"<a/>", "b.xsd": b"<b/>"})
    assert [finding.file for finding in fault.value.findings] == ["a.xsd", "b.xsd"]


def test_nothing_is_fetched_because_a_schema_or_a_message_proposes_it(
    catalogue: SchemaCatalogue,
) -> None:
    """A listening port sees no connection, and the message is judged by our schema only."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = f"http://127.0.0.1:{server.getsockname()[1]}/x.xsd"
        with pytest.raises(ConfigurationFault):
            SchemaCatalogue({SCHEMA: NOTICE.replace(b"../gedeeld/Typen.xsd", place.encode())})
        for number in ("123456789", "wrong"):
            message = note(number)
            hint = "{http://www.w3.org/2001/XMLSchema-instance}"
            message.set(f"{hint}schemaLocation", f"{NOTE.uri} {place}")
            message.set(f"{hint}noNamespaceSchemaLocation", place)
            if number == "wrong":
                assert refused(message, catalogue).faults
            else:
                validate(message, SCHEMA, catalogue)
        with pytest.raises(TimeoutError):
            server.accept()


def test_validation_adds_nothing_to_the_message(catalogue: SchemaCatalogue) -> None:
    message = parse(serialise(note()), 10_000)
    before = serialise(message)
    validate(message, SCHEMA, catalogue)
    assert serialise(message) == before


def test_each_thread_compiles_its_own_schema_and_hears_its_own_faults(
    catalogue: SchemaCatalogue,
) -> None:
    """A shared error log would mix up the faults of two messages."""
    heard: dict[str, set[str]] = {"number": set(), "amount": set()}
    compiled: list[object] = []

    def work(kind: str, message: Element) -> None:
        for _ in range(20):
            heard[kind].add(refused(message, catalogue).faults[0].name)
        compiled.append(catalogue.compiled(SCHEMA))

    threads = [
        threading.Thread(target=work, args=("number", note("wrong"))),
        threading.Thread(target=work, args=("amount", note("123456789", line("wrong")))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {"number": {"/Notitie/Nummer"}, "amount": {"/Notitie/Regel/Bedrag"}}
    assert compiled[0] is not compiled[1]
    assert catalogue.compiled(SCHEMA) is catalogue.compiled(SCHEMA)
