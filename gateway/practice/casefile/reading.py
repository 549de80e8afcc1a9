"""From a case file to the cast of a story: JSON in, every fault at once, no value ever repeated.

The file that comes with the demo is read by the same code as a file of a user. The form of each
object is in `caseform`; what forms cannot say (a holder that is on the list, a creditor that has
something to answer with) is checked here, on every creditor whose form is good.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from gateway.api.forms import Incoming, read_body
from gateway.api.resources.cases import CaseIn
from gateway.domain.errors import ConfigurationFault, Finding, InvalidInput
from gateway.domain.parties import CreditorClass
from gateway.practice.casefile.asking import why_unsayable
from gateway.practice.casefile.casting import cast_creditor
from gateway.practice.casefile.forms import MAXIMUM_CENTS, ClaimForm, CreditorForm
from gateway.practice.cast import Behaviour, Cast, CastCreditor
from gateway.registry import Registry
from gateway.usecases.commands import OpenCase

STORY = "voorbeeld.json"
MAXIMUM_CREDITORS = 40
_MAXIMUM_BYTES = 1_000_000
_CREDITORS = "schuldeisers"
_NOTHING_TO_SAY = frozenset({Behaviour.SILENT, Behaviour.CLIENT_UNKNOWN})
_WORDS = {
    "veld-ontbreekt": "is missing",
    "veld-onbekend": "is not a key that is known here",
    "type-onjuist": "has the wrong JSON type",
    "patroon-onjuist": "does not have the form it must have",
    "te-kort": "is empty or too short",
    "te-lang": "is too long",
    "buiten-bereik": "is out of range",
    "waarde-onbekend": "is not one of the known values",
    "datum-onjuist": "is not a date of the form YYYY-MM-DD",
    "sleutel-dubbel": "holds the same key twice",
    "bsn-ongeldig": "is not a BSN: it fails the eleven test",
    "kenmerk-lijkt-bsn": "looks like a BSN and is therefore refused",
    "reden-ontbreekt": "is missing: say why this very creditor is asked",
    "iban-onjuist": "is not an IBAN",
    "oin-onjuist": "is not an OIN",
    "oin-geen-oefennummer": "is not a practice OIN (prefix 00000099)",
    "kvk-onjuist": "is not a KvK number of eight digits",
}

FormT = TypeVar("FormT", bound=Incoming)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file that is good: the cast, and the JSON it came from."""

    cast: Cast
    source: dict[str, Any]


def default_case() -> bytes:
    """Return the case file that comes with the demo."""
    return files("gateway.practice.casefile").joinpath("data", STORY).read_bytes()


def read_case_file(path: Path, registry: Registry, today: date) -> CaseFile:
    """Read a case file of the user; raises ConfigurationFault with every fault in it."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise _fault(path.name, "", f"cannot be read ({fault.strerror})") from fault
    return parse_case(content, path.name, registry, today)


def parse_case(content: bytes, name: str, registry: Registry, today: date) -> CaseFile:
    """Return the cast in this JSON; `today` is the first day if the file names none.

    Raises:
        ConfigurationFault: with every fault, each with the place where it stands.
    """
    return _Reader(name, registry, today).read(content)


def _fault(name: str, key: str, problem: str) -> ConfigurationFault:
    return ConfigurationFault([Finding(name, key, problem)])


class _Reader:
    """Reads one case file and gathers what is wrong with it."""

    def __init__(self, name: str, registry: Registry, today: date) -> None:
        self._name, self._registry, self._today = name, registry, today
        self._found: list[Finding] = []

    def read(self, content: bytes) -> CaseFile:
        source = self._json(content)
        listed = self._listed(source.get(_CREDITORS))
        rest = {key: value for key, value in source.items() if key != _CREDITORS}
        head = self._form(CaseIn, {"startdatum": self._today.isoformat()} | rest, "")
        forms = [self._form(CreditorForm, one, at) for at, one in _places(listed)]
        self._check_list(listed, forms)
        opened = None if head is None else head.command()
        creditors = self._creditors(opened, forms) if opened else ()
        if self._found or opened is None:
            raise ConfigurationFault(self._found)
        return CaseFile(
            Cast(opened.reference, opened.resident, opened.started_on, creditors), source
        )

    def _creditors(
        self, opened: OpenCase, forms: Sequence[CreditorForm | None]
    ) -> tuple[CastCreditor, ...]:
        """Return everybody whose form is good, having tried out what they will say."""
        names = {form.creditor_id: form.name for form in forms if form is not None}
        found = []
        for number, form in enumerate(forms):
            if form is not None:
                creditor = cast_creditor(form, number, opened.started_on, names)
                found.append(creditor)
                self._try_out(creditor, opened, number)
        return tuple(found)

    def _try_out(self, creditor: CastCreditor, opened: OpenCase, number: int) -> None:
        at = f"{_CREDITORS}.{number}"
        # What already has a fault of its own would only be told twice.
        if not any(f"{found.key}.".startswith(f"{at}.") for found in self._found):
            why = why_unsayable(creditor, opened.resident, self._registry, opened.started_on)
            if why is not None:
                self._add(at, why)

    def _json(self, content: bytes) -> dict[str, Any]:
        if len(content) > _MAXIMUM_BYTES:
            raise _fault(self._name, "", "is larger than 1 MB")
        try:
            source = json.loads(content.decode())
        except json.JSONDecodeError as fault:
            where = f"line {fault.lineno}, column {fault.colno}"
            raise _fault(self._name, where, f"is not JSON: {fault.msg}") from None
        except (UnicodeDecodeError, RecursionError):
            raise _fault(self._name, "", "is not JSON in UTF-8") from None
        if not isinstance(source, dict):
            raise _fault(self._name, "", "is not a JSON object")
        return source

    def _listed(self, listed: object) -> list[Any]:
        if not isinstance(listed, list) or not 1 <= len(listed) <= MAXIMUM_CREDITORS:
            self._add(_CREDITORS, f"is not a list of 1 to {MAXIMUM_CREDITORS} creditors")
            return []
        return listed

    def _form(self, form: type[FormT], source: object, at: str) -> FormT | None:
        try:
            return read_body(form, json.dumps(source).encode())
        except InvalidInput as fault:
            for one in fault.invalid_params:
                key = ".".join(part for part in (at, one.name) if part)
                self._add(key, _WORDS.get(one.code, "is not right"))
            return None

    def _check_list(self, listed: list[Any], forms: Sequence[CreditorForm | None]) -> None:
        ids = [one.get("id") for one in listed if isinstance(one, dict)]
        for name, count in Counter(one for one in ids if isinstance(one, str)).items():
            if count > 1:
                number = ids.index(name, ids.index(name) + 1)
                self._add(f"{_CREDITORS}.{number}.id", "is the id of another creditor too")
        parties: set[str] = set()
        for number, form in enumerate(forms):
            if form is not None:
                at = f"{_CREDITORS}.{number}"
                self._check_creditor(form, at, {one for one in ids if isinstance(one, str)})
                party = form.oin or form.kvk
                if party in parties:
                    self._add(at, "has the OIN or KvK number of another creditor")
                parties |= {party} if party else set()

    def _check_creditor(self, form: CreditorForm, at: str, ids: set[str]) -> None:
        if form.adapter not in self._registry.adapters:
            known = ", ".join(sorted(self._registry.adapters))
            self._add(f"{at}.adapter", f"there is no such adapter; known: {known}")
        if form.oin and form.kvk:
            self._add(f"{at}.kvk", "give either oin or kvk")
        if form.creditor_class is CreditorClass.UTILITY and not form.meter_readings:
            self._add(f"{at}.meterstanden", "is missing: a creditor of class Nuts is asked with it")
        self._check_answer(form, at)
        for number, transfer in enumerate(form.transferred):
            if transfer.holder not in ids - {form.creditor_id}:
                key = f"{at}.overgedragen.{number}.aan"
                self._add(key, "is not the id of another creditor in this file")

    def _check_answer(self, form: CreditorForm, at: str) -> None:
        if form.behaviour not in _NOTHING_TO_SAY and not (form.claims or form.transferred):
            self._add(f"{at}.vorderingen", "is empty, and this behaviour answers with claims")
        if form.behaviour is Behaviour.TWO_ANSWERS and not form.claims:
            self._add(f"{at}.vorderingen", "two different answers need an open claim")
        if form.behaviour is Behaviour.TRANSFERRED and not form.transferred:
            self._add(f"{at}.overgedragen", "is empty, and this behaviour tells who holds a claim")
        for number, claim in enumerate(form.claims):
            due = _due(claim)
            if claim.paid_cents > due or due > MAXIMUM_CENTS:
                key = f"{at}.vorderingen.{number}"
                self._add(key, "more was paid than was due, or the sum is over 9 999 999,99")

    def _add(self, key: str, problem: str) -> None:
        self._found.append(Finding(self._name, key, problem))


def _places(listed: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{_CREDITORS}.{number}", one) for number, one in enumerate(listed))


def _due(claim: ClaimForm) -> int:
    return claim.principal_cents + claim.interest_cents + claim.costs_cents + claim.fine_cents
