"""The canonical encoder, held against RFC 8785 as somebody else implemented it."""

import enum
import json
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import EvidenceUnavailable, LogRefused
from gateway.ledger.encoding import INTEGER_LIMIT, MAX_BYTES, MAX_DEPTH, decode, encode

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
keys = st.text(st.characters(max_codepoint=127), max_size=6)
integers = st.integers(-INTEGER_LIMIT + 1, INTEGER_LIMIT - 1)
records: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
).filter(lambda value: _depth(value) <= MAX_DEPTH)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


class Purpose(enum.StrEnum):
    BALANCE = "saldo"


@given(records)
def test_what_we_print_is_what_rfc_8785_prints(value):
    assert encode(value) == rfc8785.dumps(value)


@given(records)
def test_what_was_printed_is_read_back(value):
    assert decode(encode(value)) == value


@given(records, st.data())
def test_changed_bytes_are_refused_or_are_another_record_in_its_canonical_form(value, data):
    raw = bytearray(encode(value))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    _assert_refused_or_canonical(bytes(raw))


@given(st.binary(max_size=40))
def test_any_bytes_are_refused_or_canonical(raw):
    _assert_refused_or_canonical(raw)


def _assert_refused_or_canonical(raw: bytes) -> None:
    try:
        value = decode(raw)
    except LogRefused:
        return
    assert rfc8785.dumps(value) == raw


def test_tuples_and_text_codes_are_written_like_lists_and_text():
    assert encode({"b": (1, 2), "a": Purpose.BALANCE}) == b'{"a":"saldo","b":[1,2]}'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        INTEGER_LIMIT,
        -INTEGER_LIMIT,
        {"é": 1},
        {1: "x"},
        "e\u0301",
        "\ud800",
        b"bytes",
        {1, 2},
        _nested(MAX_DEPTH + 1),
        "x" * MAX_BYTES,
        {"deep": {"float": [0.5]}},
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_value_outside_the_subset_is_refused(value):
    with pytest.raises(EvidenceUnavailable):
        encode(value)


def test_the_deepest_and_largest_record_is_still_accepted():
    assert decode(encode(_nested(MAX_DEPTH))) == _nested(MAX_DEPTH)
    assert len(encode("x" * (MAX_BYTES - 2))) == MAX_BYTES


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b"\xef\xbb\xbf1",
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b'"\\u0061"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'"\x01"',
        b"",
        b"[" * MAX_BYTES,
        b"[" * 9 + b"1" + b"]" * 9,
        b'"' + b"x" * MAX_BYTES + b'"',
        b"9" * 5000,
        b'{"\xc3\xa9":1}',
    ],
    ids=lambda raw: repr(raw)[:24],
)
def test_another_spelling_is_refused(raw):
    with pytest.raises(LogRefused):
        decode(raw)


def test_a_reader_does_not_refuse_text_for_its_normal_form():
    raw = json.dumps("e\u0301", ensure_ascii=False).encode()
    assert decode(raw) == "e\u0301"


def test_an_error_shows_nothing_of_the_record():
    with pytest.raises(EvidenceUnavailable) as caught:
        encode({"naam": "Jansen", "x": 2**60})
    assert "Jansen" not in str(caught.value)
