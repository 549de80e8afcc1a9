"""The words for what a schema refused: exact path and reason, never a value."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.domain.errors import InvalidParam, SchemaRefused
from gateway.wire.faults import FAULT_LIMIT, FaultFinder
from gateway.wire.schema import SchemaCatalogue, validate
from gateway.wire.xml import Element, parse, serialise
from tests.wire.message_set import NOTE, SCHEMA, line, note

SECRET = "Jansen-999990019"


def faults(element: Element, catalogue: SchemaCatalogue) -> tuple[InvalidParam, ...]:
    with pytest.raises(SchemaRefused) as refusal:
        validate(element, SCHEMA, catalogue)
    return refusal.value.faults


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (
            note(SECRET),
            ("/Notitie/Nummer", "pattern", "Waarde voldoet niet aan het patroon [0-9]{9}."),
        ),
        (
            note("123456789", line(kind=SECRET)),
            ("/Notitie/Regel/Soort", "enum", "Waarde komt niet voor in de lijst huur, energie."),
        ),
        (
            note("123456789", line(day=SECRET)),
            ("/Notitie/Regel/Datum", "type", "Waarde is niet van het gevraagde type."),
        ),
        (
            note("123456789", line("-1.00")),
            ("/Notitie/Regel/Bedrag", "minimum", "Waarde is lager dan minimum 0."),
        ),
        (
            note("123456789", line("10000000.00")),
            ("/Notitie/Regel/Bedrag", "maximum", "Waarde is hoger dan maximum 9999999.99."),
        ),
        (
            note("123456789", line("1.234")),
            ("/Notitie/Regel/Bedrag", "number", "Waarde heeft meer dan 2 decimalen."),
        ),
        (
            note("123456789", line(), line(text="")),
            ("/Notitie/Regel[2]/Tekst", "minLength", "Waarde is korter dan minimale lengte 1."),
        ),
        (
            note("123456789", line(text=SECRET * 9)),
            ("/Notitie/Regel/Tekst", "maxLength", "Waarde is langer dan maximale lengte 40."),
        ),
        (
            NOTE.element("Notitie"),
            ("/Notitie", "required", "Element ontbreekt. Verwacht: Nummer."),
        ),
        (
            NOTE.element("Notitie", line()),
            ("/Notitie/Regel", "unexpected", "Element wordt hier niet verwacht. Verwacht: Nummer."),
        ),
        (
            NOTE.element("Notitie", NOTE.element("Nummer", text="123456789"), **{SECRET: SECRET}),
            ("/Notitie", "attribute", "Attribuut ontbreekt of is niet toegestaan."),
        ),
    ],
)
def test_a_fault_says_where_and_why(
    message: Element, fault: tuple[str, str, str], catalogue: SchemaCatalogue
) -> None:
    assert faults(message, catalogue)[0] == InvalidParam(*fault)


def test_an_element_that_no_schema_declares_is_not_named(catalogue: SchemaCatalogue) -> None:
    message = note()
    message.append(NOTE.element(SECRET, NOTE.element(SECRET)))
    found = faults(message, catalogue)
    assert found[0].name == "/Notitie/?"
    assert SECRET not in str(found)


def test_no_more_than_the_limit_is_worded(catalogue: SchemaCatalogue) -> None:
    many = [line(kind="x", day="y") for _ in range(FAULT_LIMIT)]
    assert len(faults(note("123456789", *many), catalogue)) == FAULT_LIMIT


def test_what_only_libxml2_objects_to_is_worded_from_its_verdict(
    catalogue: SchemaCatalogue,
) -> None:
    """The second opinion finds nothing in a valid message, so the verdict must do."""
    finder = FaultFinder(catalogue._documents)
    judge = etree.XMLSchema(catalogue._documents[SCHEMA])
    judge.validate(note("wrong"))
    assert finder.find(note(), SCHEMA, judge.error_log)[0].code == "pattern"
    judge.validate(note())
    assert finder.find(note(), SCHEMA, judge.error_log)[0].code == "invalid"


def test_the_slow_library_is_not_loaded_before_a_message_is_refused() -> None:
    program = "import sys, gateway.wire.schema; sys.exit('xmlschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


@st.composite
def messages(draw: st.DrawFn) -> Element:
    """Return messages that are nearly always wrong somewhere, often in an odd place."""
    lines = [
        line(
            draw(st.sampled_from(("1.00", "1", "-1", "1.234", "x", "", "1e3", "+1.00"))),
            draw(st.sampled_from(("2026-11-24", "2026-02-30", "24-11-2026", "", "2026-11-24Z"))),
            draw(st.sampled_from(("huur", "energie", "Huur", " huur", ""))),
            draw(texts),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    message = note(draw(st.sampled_from(("123456789", "12345678", "", " 123456789"))), *lines)
    parts = list(message.iter())
    for _ in range(draw(st.integers(0, 2))):
        part = draw(st.sampled_from(parts))
        change = draw(st.sampled_from(("drop", "repeat", "attribute", "text", "rename")))
        above = part.getparent()
        if change == "drop" and above is not None:
            above.remove(part)
        elif change == "repeat" and above is not None:
            above.append(parse(serialise(part), 10_000))
        elif change == "attribute":
            part.set(draw(st.sampled_from(("versie", "soort"))), "1")
        elif change == "text":
            part.text = draw(texts)
        elif change == "rename" and part is not message:
            part.tag = NOTE.tag(draw(st.sampled_from(("Bedrag", "Regel", "Anders"))))
    return message


@pytest.fixture(scope="module")
def second_judge(catalogue: SchemaCatalogue) -> Any:
    return FaultFinder(catalogue._documents)._schema(SCHEMA)


@settings(max_examples=150, deadline=None)
@given(message=messages())
def test_two_independent_judges_give_the_same_verdict(
    message: Element, catalogue: SchemaCatalogue, second_judge: Any
) -> None:
    """lxml and xmlschema are independent implementations: each is the other's oracle."""
    assert catalogue.compiled(SCHEMA).validate(message) == second_judge.is_valid(message)
