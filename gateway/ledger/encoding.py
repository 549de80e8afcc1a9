"""The canonical bytes of a record: a small, closed part of JSON that has one spelling only.

A commitment is made over bytes, so the same record must always give the same bytes. RFC 8785 (JCS)
says how; we take the part of it in which nothing surprising can happen: ASCII keys, integers below
2^53, no floats, text in Unicode NFC without lone surrogates, depth at most 8, size at most 32 KiB.
Inside that part Python's own encoder gives exactly the bytes of RFC 8785, five times faster than a
general implementation; the checks are therefore part of the encoder and not an option.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from gateway.domain.errors import EvidenceUnavailable, LogRefused

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

MAX_DEPTH = 8
MAX_BYTES = 32 * 1024
INTEGER_LIMIT = 2**53

_PRINTER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


class _OutsideSubset(ValueError):
    """The value has no canonical spelling here; the message is constant."""


def encode(value: Json) -> bytes:
    """Print a record canonically (RFC 8785, the subset described above).

    Mappings must be `dict`, sequences `list` or `tuple`.

    Raises:
        EvidenceUnavailable: the value lies outside the subset, so no entry can be made of it.
    """
    try:
        _check(value, MAX_DEPTH, writing=True)
        return _print(value)
    except _OutsideSubset as outside:
        raise EvidenceUnavailable(str(outside)) from None


def decode(data: bytes) -> Json:
    """Parse canonical bytes; any other spelling of the same record is refused.

    Unicode NFC is a duty of the writer and is not checked again: the tables of a later Unicode
    version must not make an old record unreadable.

    Raises:
        LogRefused: the bytes are not the canonical spelling of a record inside the subset.
    """
    if len(data) > MAX_BYTES:
        raise LogRefused("A record is over 32 KiB.")
    try:
        value: Json = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
        _check(value, MAX_DEPTH, writing=False)
        canonical = _print(value) == data
    except (ValueError, RecursionError):
        raise LogRefused("A record is not canonical JSON.") from None
    if not canonical:
        raise LogRefused("A record is not canonical JSON.")
    return value


def _print(value: Json) -> bytes:
    try:
        data = _PRINTER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise _OutsideSubset("Text has a lone surrogate.") from None
    if len(data) > MAX_BYTES:
        raise _OutsideSubset("The record is over 32 KiB.")
    return data


def _check(value: object, room: int, *, writing: bool) -> None:
    """Refuse what RFC 8785 and Python print differently, or what we never want in a record."""
    if isinstance(value, str):
        if writing and not value.isascii() and not unicodedata.is_normalized("NFC", value):
            raise _OutsideSubset("Text is not in Unicode NFC.")
    elif isinstance(value, int):
        if not -INTEGER_LIMIT < value < INTEGER_LIMIT:
            raise _OutsideSubset("A number is not below 2^53.")
    elif isinstance(value, dict):
        _check_keys(value)
        _check_items(tuple(value.values()), room, writing=writing)
    elif isinstance(value, list | tuple):
        _check_items(value, room, writing=writing)
    elif value is not None:
        raise _OutsideSubset("A value is not text, integer, boolean, null, list or object.")


def _check_keys(record: Mapping[object, object]) -> None:
    # ASCII keys sort alike by code point (Python) and by UTF-16 unit (RFC 8785).
    if not all(isinstance(key, str) and key.isascii() for key in record):
        raise _OutsideSubset("A key is not ASCII text.")


def _check_items(items: Sequence[object], room: int, *, writing: bool) -> None:
    if room == 0:
        raise _OutsideSubset("The record is nested too deeply.")
    for item in items:
        _check(item, room - 1, writing=writing)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _OutsideSubset("A key occurs twice.")
    return found


def _refuse_number(text: str) -> Json:
    del text
    raise _OutsideSubset("A number is not an integer.")
