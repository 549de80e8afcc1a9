"""Domain values as JSON and back, for golden files that a person can read and change.

A dataclass is an object with its name under `$`; one that only wraps
a value (Bsn, Oin, Euro) is that value.
"""

import dataclasses
import json
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

_WRAPPED = ({"value"}, {"cents"})
_TEXTS: dict[Any, Any] = {
    UUID: UUID,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


def print_json(value: Any) -> str:
    """The value as indented JSON with a final newline."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        fields = {
            field.name: _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) is not None or field.default is dataclasses.MISSING
        }
        if fields.keys() in _WRAPPED:
            return next(iter(fields.values()))
        return {"$": type(value).__name__} | fields
    return value


def parse_json(text: str, kind: Any) -> Any:
    """The value of this type (a class, a union of classes, a tuple) in a JSON text."""
    return _value(json.loads(text), kind)


def _value(plain: Any, kind: Any) -> Any:
    kind = getattr(kind, "__supertype__", kind)
    if kind in _TEXTS:
        return _TEXTS[kind](plain)
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return _one_of(plain, typing.get_args(kind))
    if typing.get_origin(kind) is tuple:
        return tuple(_value(one, typing.get_args(kind)[0]) for one in plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if dataclasses.is_dataclass(kind):
        return _record(plain, kind)
    return plain


def _one_of(plain: Any, kinds: tuple[Any, ...]) -> Any:
    if plain is None:
        return None
    if isinstance(plain, dict):
        return _value(plain, next(k for k in kinds if k.__name__ == plain["$"]))
    return _value(plain, next(k for k in kinds if k is not types.NoneType))


def _record(plain: Any, kind: Any) -> Any:
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    if set(names) in _WRAPPED:
        plain = {names[0]: plain}
    return kind(**{name: _value(plain[name], hints[name]) for name in names if name in plain})
