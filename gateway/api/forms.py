"""What every JSON body has in common: strict reading, Dutch names, all faults at once.

An Incoming model refuses unknown keys and never guesses (a number is no text, `1` is no `true`). A
fault names the place, a stable code and what to do; it never repeats the value, because the value
may be personal. The patterns and bounds are those of the XML types that a value ends up in, so
that what is accepted here can be said to a creditor.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from gateway.api.names import WIRE_NAMES, wire_name
from gateway.domain.errors import CallerFault, InvalidInput, InvalidParam, ReasonMissing
from gateway.domain.identifiers import Bsn, refuse_bsn_like

_CONTROL = r"\x00-\x1f\x7f-\x9f\ufffe\uffff"
_LINE = rf"^[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?$"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_READING = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?", re.ASCII)
_FIELD = re.compile(r"[A-Za-z_]{1,40}", re.ASCII)
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_EARLIEST, _LATEST = date(1850, 1, 1), date(2199, 12, 31)


class Incoming(BaseModel):
    """What a caller sends. Prints as nothing: it holds personal values."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=wire_name,
        hide_input_in_errors=True,
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()


class Query(Incoming):
    """The query string. Its keys are lower camel case, and its values come as text."""

    model_config = ConfigDict(strict=False, alias_generator=to_camel)


class Outgoing(BaseModel):
    """What a caller gets. Built by English name, printed by Dutch name."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=wire_name,
        validate_by_name=True,
        validate_by_alias=False,
        serialize_by_alias=True,
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()

    def document(self) -> bytes:
        """Return the JSON of this model."""
        return self.model_dump_json().encode()


class Standard(Outgoing):
    """What a standard names, in its own words: problem details, pages of a list."""

    model_config = ConfigDict(alias_generator=to_camel)


def refused(code: str) -> PydanticCustomError:
    """Return what a validator raises to refuse a value with one of our own codes."""
    # The code is a constant of ours or of the error tree; no value is ever put into it.
    return PydanticCustomError(code, "refused")  # type: ignore[arg-type, unused-ignore]


def _by_domain(check: Callable[[str], object]) -> Callable[[str], str]:
    """Let a constructor of the domain judge a text; its fault keeps its own code."""

    def judge(text: str) -> str:
        try:
            check(text)
        except CallerFault as fault:
            raise refused(fault.code) from None
        return text

    return judge


def _read_date(value: object) -> object:
    # pydantic alone also takes a Unix time in quotes for a date.
    if not isinstance(value, str):
        return value
    try:
        day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not _EARLIEST <= day <= _LATEST:
        raise refused("datum-onjuist")
    return day


def _read_reading(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused("type-onjuist")
    text = str(value)
    if not _READING.fullmatch(text):
        raise refused("patroon-onjuist")
    return Decimal(text)


Line = Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
Label = Annotated[str, Field(min_length=1, max_length=50, pattern=_LINE)]
PlaceName = Annotated[str, Field(min_length=1, max_length=80, pattern=_LINE)]
Note = Annotated[str, Field(min_length=1, max_length=1000, pattern=_LINE)]
Reference = Annotated[Label, AfterValidator(_by_domain(refuse_bsn_like))]
PublicLine = Annotated[Line, AfterValidator(_by_domain(refuse_bsn_like))]
BsnText = Annotated[str, AfterValidator(_by_domain(Bsn)), WithJsonSchema(
    {"type": "string", "pattern": "^[0-9]{9}$", "description": "BSN, voldoet aan de elfproef"}
)]  # fmt: skip
Day = Annotated[
    date, BeforeValidator(_read_date), WithJsonSchema({"type": "string", "format": "date"})
]
Reading = Annotated[Decimal, BeforeValidator(_read_reading), WithJsonSchema(
    {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 999999999.999},
            {"type": "string", "pattern": rf"^{_READING.pattern}$"},
        ],
        "description": "Meterstand in de eenheid van de meter, ten hoogste drie decimalen",
    }
)]  # fmt: skip
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
UuidText = Annotated[
    str, Field(pattern=_UUID, json_schema_extra={"format": "uuid"}), AfterValidator(str)
]

REASONS = {
    "veld-ontbreekt": "Dit veld is verplicht.",
    "veld-onbekend": "Dit veld bestaat niet.",
    "type-onjuist": "De waarde heeft niet het juiste JSON-type.",
    "patroon-onjuist": "De waarde heeft niet de voorgeschreven vorm.",
    "te-kort": "De waarde of lijst is te kort.",
    "te-lang": "De waarde of lijst is te lang.",
    "buiten-bereik": "De waarde ligt buiten het toegestane bereik.",
    "waarde-onbekend": "De waarde staat niet in de waardelijst.",
    "datum-onjuist": "De waarde is geen bestaande datum van de vorm JJJJ-MM-DD.",
    "json-onjuist": "De inhoud is geen geldige JSON.",
    "sleutel-dubbel": "Een object bevat tweemaal dezelfde sleutel.",
    "periode-onjuist": "Het einde ligt voor het begin.",
    "schuldeiser-dubbel": "Dezelfde schuldeiser komt tweemaal voor.",
    "waarde-onjuist": "De waarde is onjuist.",
    ReasonMissing.code: ReasonMissing.title,
}
_CODES = {
    "missing": "veld-ontbreekt",
    "extra_forbidden": "veld-onbekend",
    "string_pattern_mismatch": "patroon-onjuist",
    "string_too_short": "te-kort",
    "too_short": "te-kort",
    "string_too_long": "te-lang",
    "too_long": "te-lang",
    "greater_than_equal": "buiten-bereik",
    "less_than_equal": "buiten-bereik",
    "int_from_float": "type-onjuist",
    "enum": "waarde-onbekend",
    "json_invalid": "json-onjuist",
}
_ASKED, _REASON = WIRE_NAMES["creditors"], WIRE_NAMES["reason"]

Model = TypeVar("Model", bound=Incoming)


def read_body(model: type[Model], body: bytes) -> Model:
    """Return the body as this model; raises InvalidInput with every fault."""
    _refuse_ambiguous(body)
    try:
        return model.model_validate_json(body)
    except ValidationError as refused_body:
        raise InvalidInput(_invalid_params(refused_body)) from None


def read_query(model: type[Query] | None, pairs: Iterable[tuple[str, str]]) -> Query | None:
    """Return the query string as this model; raises InvalidInput with every fault.

    A key that comes twice is refused, and so is every key of a route that has no query.
    """
    found: dict[str, str] = {}
    for key, value in pairs:
        if model is None or key in found:
            code = "veld-onbekend" if model is None else "sleutel-dubbel"
            raise refusal(_safe_name((key,)), code)
        found[key] = value
    try:
        return None if model is None else model.model_validate(found)
    except ValidationError as refused_query:
        raise InvalidInput(_invalid_params(refused_query)) from None


def refusal(name: str, code: str) -> InvalidInput:
    """Return the refusal of one field, for a rule that no model can express."""
    return InvalidInput((_param(name, code),))


def as_uuid(text: str) -> UUID:
    """Return the UUID of a text that a model already found to be one."""
    return UUID(text)


def _refuse_ambiguous(body: bytes) -> None:
    """Refuse what two JSON readers could read differently: doubled keys, NaN, another encoding."""
    try:
        json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except InvalidInput:
        raise
    except (ValueError, RecursionError):
        raise InvalidInput((_param("", "json-onjuist"),)) from None


def _once(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise InvalidInput((_param("", "sleutel-dubbel"),))


def _no_constant(_: str) -> None:
    raise ValueError("JSON has no such number.")


def _invalid_params(refused: ValidationError) -> tuple[InvalidParam, ...]:
    faults = refused.errors(include_url=False, include_context=False)
    # A list with a wrong item also counts as too short: that item was left out of it.
    faults = [fault for fault in faults if not _follows_from_another(fault, faults)]
    return tuple(_param(_safe_name(fault["loc"]), _code_of(fault)) for fault in faults)


def _follows_from_another(fault: ErrorDetails, faults: list[ErrorDetails]) -> bool:
    place = fault["loc"]
    inside = (other for other in faults if other["loc"][: len(place)] == place)
    return fault["type"] == "too_short" and any(other["loc"] != place for other in inside)


def _code_of(fault: ErrorDetails) -> str:
    kind, place = fault["type"], fault["loc"]
    absent = kind == "missing" or fault["input"] in (None, "")
    if absent and place and (place[0], place[-1]) == (_ASKED, _REASON):
        return ReasonMissing.code
    if kind in _CODES:
        return _CODES[kind]
    if kind.endswith(("_type", "_parsing")):
        return "veld-ontbreekt" if fault["input"] is None else "type-onjuist"
    return kind if "-" in kind else "waarde-onjuist"


def _param(name: str, code: str) -> InvalidParam:
    return InvalidParam(name, code, REASONS.get(code) or _domain_reason(code))


def _domain_reason(code: str) -> str:
    titles = {fault.code: fault.title for fault in CallerFault.__subclasses__()}
    return titles.get(code, REASONS["waarde-onjuist"])


def _safe_name(place: tuple[int | str, ...]) -> str:
    """Return the dotted place; a key that the caller made up is shown only if it is a plain word.

    Somebody may have put a number or a name where a key belongs.
    """
    return ".".join(
        str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "?" for part in place
    )
