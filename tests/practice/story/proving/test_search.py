"""The search for personal data finds whole words only, in any case, and says only where."""

from datetime import date

import pytest

from gateway.domain.identifiers import Bsn
from gateway.domain.person import Address, Gender, PersonName, Resident
from gateway.practice.story.proving.search import lines_of, personal_words, search

RESIDENT = Resident(
    PersonName(Gender.FEMALE, "A.M.", "Proefstra", date(1984, 5, 17), "Annelijn An", "van der"),
    Address("Verzonnenlaan", 42, "1234AB", "Voorbeeldstad"),
    bsn=Bsn("999990019"),
)


@pytest.mark.parametrize(
    "line",
    [
        "GET /v1/zaken?bsn=999990019",
        '{"name": "proefstra"}',
        "…/Annelijn/…",
        "verzonnenlaan 42",
        "postcode=1234ab",
    ],
)
def test_a_personal_word_is_found_and_only_its_place_is_told(line):
    found = search(RESIDENT, [("gateway.log:7", line)], [])
    assert found.found == ("gateway.log:7",)
    assert line not in repr(found)


@pytest.mark.parametrize("line", ["1999990019", "Proefstraat", "an answer", "day 42", ""])
def test_what_only_resembles_is_not_found(line):
    assert search(RESIDENT, [("a", line)], []).found == ()


def test_every_line_counts_and_the_control_is_counted_apart(tmp_path):
    (tmp_path / "b.log").write_text("een\ntwee\n", encoding="utf-8")
    (tmp_path / "a.log").write_text("Proefstra\n", encoding="utf-8")
    found = search(RESIDENT, lines_of(tmp_path), [b"<n>Proefstra</n>", b"<n/>"])
    assert (found.lines, found.found, found.control) == (3, ("a.log:1",), 1)


def test_words_too_short_to_prove_anything_are_left_out():
    assert len(personal_words(RESIDENT)) == len(
        ["Proefstra", "Annelijn", "999990019", "Verzonnenlaan", "1234AB"]
    )


def test_without_bsn_and_address_the_name_is_left_to_look_for():
    name = PersonName(Gender.UNKNOWN, "X.", "Verzinsel", date(1990, 1, 1))
    assert len(personal_words(Resident(name, None))) == 1
