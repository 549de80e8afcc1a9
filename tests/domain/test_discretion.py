"""Whatever dataclass of the domain or of the commands is printed: nothing personal shows."""

import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

import gateway.domain
from gateway.domain.identifiers import Bsn, ClientNumber, Iban, KvkNumber, Oin
from gateway.domain.money import Euro
from gateway.domain.person import Resident
from gateway.usecases import commands

SECRET = "Zandvoort-4711"
BIRTH = date(1984, 2, 29)
KNOWN: Mapping[Any, Any] = {
    str: SECRET,
    int: 1,
    bool: True,
    bytes: SECRET.encode(),
    Decimal: Decimal("4711.4711"),
    date: date(2026, 11, 24),
    datetime: datetime(2026, 11, 24, tzinfo=UTC),
    UUID: UUID(int=1),
    Euro: Euro(47_114_711),
    Bsn: Bsn("111222333"),
    Iban: Iban("NL91ABNA0417164300"),
    ClientNumber: ClientNumber("K-ZAND-VART-47RR"),
    Oin: Oin("00000099000000001000"),
    KvkNumber: KvkNumber("12345678"),
}
SHOWN = ("Zandvoort", "4711", "111222333", "0417164300", "ZAND-VART", "1984")
# Texts that are codes, ids or names of organisations, and so may be printed.
PUBLIC_TEXTS = {
    ("Controller", "name"), ("Controller", "host"), ("Creditor", "name"), ("Creditor", "bsn_law"),
    ("Creditor", "creditor_id"), ("GroundRule", "article"), ("LegView", "creditor_id"),
    ("LegView", "creditor_name"), ("LegView", "failure"), ("LegView", "quarantined"),
    ("ScopeLine", "creditor"), ("OverviewLine", "missing"), ("DeliveryView", "failure"),
    ("Place", "prev"), ("NewEvent", "facts"), ("InvalidParam", "name"),
}  # fmt: skip
# What is no person's: numbers of organisations, and an amount without whose it is.
IMPERSONAL = {"Oin", "KvkNumber", "Euro"}


def dataclasses() -> Iterator[type[Any]]:
    names = [found.name for found in pkgutil.iter_modules(gateway.domain.__path__)]
    modules = [importlib.import_module(f"gateway.domain.{name}") for name in names]
    for module in (*modules, commands):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if is_dataclass(kind) and kind.__module__ == module.__name__:
                yield kind


def value(hint: Any, *, public: bool = False) -> Any:
    """A value of this type, filled with what may not show."""
    hint = getattr(hint, "__supertype__", hint)
    if public and hint is str:
        return "openbaar"
    if hint in KNOWN:
        return KNOWN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return value(next(one for one in arguments if one is not type(None)), public=public)
    if origin is tuple:
        return (value(arguments[0], public=public),)
    if origin is frozenset:
        return frozenset({value(arguments[0])})
    if origin is not None and issubclass(origin, Mapping):
        return {"wie": "openbaar" if public else SECRET}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return filled(hint)


def filled(kind: type[Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(
        **{
            one.name: BIRTH
            if one.name == "birth_date"
            else value(hints[one.name], public=(kind.__name__, one.name) in PUBLIC_TEXTS)
            for one in fields(kind)
            if one.init
        }
    )


KINDS = sorted(set(dataclasses()), key=lambda kind: kind.__qualname__)
TOLD = [kind for kind in KINDS if kind.__name__ not in IMPERSONAL]


def test_every_personal_class_is_walked():
    assert {Resident, Bsn, Iban} <= set(KINDS)
    assert len(KINDS) > 40


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_nothing_personal_is_printed(kind: type[Any]):
    made = KNOWN.get(kind) or filled(kind)
    printed = [repr(made), repr([made])]
    if kind is not ClientNumber:  # its text is what the wire carries
        printed += [str(made), f"{made}"]
    assert [text for text in printed for secret in SHOWN if secret in text] == []
