"""What each behaviour must lead to, and what a case file adds up to, worked out beside the gateway.

The sums are taken from the JSON of the case file itself, with nothing but whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.practice.casefile import CaseFile
from gateway.practice.cast import Behaviour
from gateway.practice.story.told import Json

ANSWERED, REFUSED, EXPIRED = "beantwoord", "geen_medewerking", "verstreken"
_CERTIFICATE, _SIGNATURE = "certificaat-geweigerd", "handtekening-geweigerd"


@dataclass(frozen=True, slots=True)
class Expected:
    """End of one leg: its state, what was quarantined, and what happened on the way."""

    state: str
    quarantined: tuple[str, ...] = ()
    attempts: int = 1
    reminders: int = 0
    conflicting: bool = False


EXPECTED: Final[Mapping[Behaviour, Expected]] = {
    Behaviour.PROMPT: Expected(ANSWERED),
    Behaviour.THREE_CLAIMS: Expected(ANSWERED),
    Behaviour.AFTER_REMINDER: Expected(ANSWERED, reminders=1),
    Behaviour.CLIENT_UNKNOWN: Expected(REFUSED),
    Behaviour.TRANSFERRED: Expected(ANSWERED),
    Behaviour.UNAVAILABLE_TWICE: Expected(ANSWERED, attempts=3),
    Behaviour.DUPLICATE_ANSWER: Expected(ANSWERED),
    Behaviour.TWO_ANSWERS: Expected(ANSWERED, conflicting=True),
    Behaviour.OTHER_PERSON: Expected(EXPIRED, ("andere-persoon",), reminders=1),
    Behaviour.WRONG_SIGNATURE: Expected(EXPIRED, (_SIGNATURE,), reminders=1),
    Behaviour.EXPIRED_CERTIFICATE: Expected(EXPIRED, (_CERTIFICATE,), reminders=1),
    Behaviour.SCHEMA_INVALID: Expected(EXPIRED, ("schema-ongeldig",), reminders=1),
    Behaviour.SILENT: Expected(EXPIRED, reminders=1),
    Behaviour.OWN_TAX_OFFICE: Expected(ANSWERED),
}

_DUE = ("hoofdsomCenten", "renteCenten", "kostenCenten", "boeteCenten")
_PAID = "betaaldCenten"


def expected_of(case: CaseFile) -> dict[str, Expected]:
    """Return what must come of each creditor of a case, by its id."""
    return {one.creditor_id: EXPECTED[one.behaviour] for one in case.cast.creditors}


def totals_of(creditor: Json) -> dict[str, int]:
    """Return the sums of one creditor of a case file, in cents."""
    claims = creditor.get("vorderingen", ())
    sums = {key: sum(claim.get(key, 0) for claim in claims) for key in (*_DUE, _PAID)}
    return {**sums, "totaalCenten": sum(sums[key] for key in _DUE) - sums[_PAID]}


def totals_by_creditor(case: CaseFile) -> dict[str, dict[str, int]]:
    """Return the sums that must stand in the overview for each creditor."""
    expected = expected_of(case)
    nothing = totals_of({})
    return {
        one["id"]: totals_of(one) if expected[one["id"]].state == ANSWERED else nothing
        for one in case.source["schuldeisers"]
    }


def grand_totals(case: CaseFile) -> dict[str, int]:
    """Return the sums that must stand under the overview."""
    each = totals_by_creditor(case).values()
    return {key: sum(one[key] for one in each) for key in totals_of({})}
