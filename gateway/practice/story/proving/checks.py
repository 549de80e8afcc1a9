"""The end state of a story as named assertions: what `gateway demo --check` counts.

What must be follows from the behaviours and amounts in the case file, so that the checks hold for a
case file of the user too.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.domain.identifiers import CreditorId
from gateway.practice.cast import Behaviour
from gateway.practice.story.proving.expected import (
    ANSWERED,
    EXPIRED,
    REFUSED,
    expected_of,
    grand_totals,
    totals_by_creditor,
)
from gateway.practice.story.told import Account, Consents, Json, Told

RECEIPT = "ontvangstbevestiging"
OUT, IN = "uit", "in"


@dataclass(frozen=True, slots=True)
class Check:
    """One assertion: what was expected, what is, and whether they agree."""

    name: str
    expected: object
    actual: object

    @property
    def passed(self) -> bool:
        """Say whether what is, is what was expected."""
        return self.expected == self.actual


def judge(told: Told) -> tuple[Check, ...]:
    """Return every assertion about this story."""
    sections = (
        _counts,
        _legs,
        _money,
        _joined,
        _messages,
        _behaviours,
        _consents,
        _evidence,
        _search,
    )
    return tuple(check for section in sections for check in section(told))


def _counts(told: Told) -> Iterator[Check]:
    expected, legs = expected_of(told.case).values(), _cast_legs(told)
    states, now = Counter(one.state for one in expected), Counter(leg["toestand"] for leg in legs)
    yield Check("every creditor of the case has a leg", len(expected), len(legs))
    for name, state in (("answered", ANSWERED), ("refused", REFUSED), ("expired", EXPIRED)):
        yield Check(f"legs {name}", states[state], now[state])
    quarantined = [code for leg in legs for code in leg["geweigerdeBerichten"]]
    wanted = [code for one in expected for code in one.quarantined]
    yield Check("messages quarantined", len(wanted), len(quarantined))
    retried = sum(one.attempts > 1 for one in expected)
    yield Check("deliveries retried", retried, sum(_attempts(leg) > 1 for leg in legs))
    moved = _having(told, Behaviour.TRANSFERRED)
    lines = told.municipality.overview["regels"]
    shown = [line["schuldeiser"] for line in lines if line["overgedragen"]]
    yield Check("legs answered with a transferred claim", sorted(moved), sorted(shown))
    yield Check("the order of the fan-out is done", True, told.municipality.order["gereed"])


def _legs(told: Told) -> Iterator[Check]:
    legs = {leg["schuldeiser"]: leg for leg in told.municipality.requests}
    for name, one in expected_of(told.case).items():
        leg = legs.get(name, {})
        wanted = (one.state, list(one.quarantined), one.reminders, one.conflicting, one.attempts)
        found = leg and (
            leg["toestand"],
            leg["geweigerdeBerichten"],
            leg["rappels"],
            leg["tegenstrijdig"],
            _attempts(leg),
        )
        yield Check(f"{name}: state, quarantine, reminders, conflict, attempts", wanted, found)


def _money(told: Told) -> Iterator[Check]:
    lines = {line["schuldeiser"]: line for line in told.municipality.overview["regels"]}
    for name, totals in totals_by_creditor(told.case).items():
        found = lines[name]["totalen"] if name in lines else None
        yield Check(f"{name}: amounts exact to the cent", totals, found)
    overview = told.municipality.overview
    totals = grand_totals(told.case)
    if told.joined is not None:
        own = lines[told.joined.creditor_id]["totalen"]
        totals = {key: cents + own[key] for key, cents in totals.items()}
    yield Check("totals exact to the cent", totals, overview["totalen"])


def _joined(told: Told) -> Iterator[Check]:
    # What it answers is told (Joined), not asserted: the story is ours, the endpoint is not.
    if told.joined is not None:
        yield Check("your endpoint: it was tried", True, told.joined.attempts > 0)


def _messages(told: Told) -> Iterator[Check]:
    for name, account in _accounts(told):
        events = [event for one in told.evidence.values() for event in one.events]
        intended = {one["message_id"] for one in events if one["type"] == "exchange.request"}
        sent = {one["referentienummer"] for one in account.messages if one["richting"] == OUT}
        yield Check(
            f"{name}: every message sent has its intention in the log", set(), sent - intended
        )
        started = {one["message_id"] for one in events if one["type"] == "exchange.sending"}
        yield Check(f"{name}: every sending is in the log", set(), sent - started)
        answers = {one["message_id"] for one in events if one["type"] in _TAKEN_IN}
        known = {one["referentienummer"] for one in account.messages if _is_answer(one)}
        yield Check(f"{name}: every answer taken in is in the log", set(), known - answers)
    complaints = [what for one in told.dossiers.values() for what in one.complaints]
    yield Check("no creditor has anything against a receipt of ours", [], complaints)
    refused = [what for one in told.dossiers.values() for what in one.refused]
    yield Check("no creditor refused a message of ours", [], refused)


_TAKEN_IN: Final = frozenset({"exchange.response", "exchange.refused", "exchange.conflict"})


def _is_answer(message: Json) -> bool:
    taken = message["toestand"] == "aanvaard" and message["soort"] != RECEIPT
    return bool(message["richting"] == IN and taken)


def _behaviours(told: Told) -> Iterator[Check]:
    by_creditor: dict[str, list[Json]] = {}
    for message in told.municipality.messages:
        by_creditor.setdefault(message["schuldeiser"], []).append(message)
    answers = {name: sum(_is_answer(one) for one in found) for name, found in by_creditor.items()}
    for name in _having(told, Behaviour.DUPLICATE_ANSWER):
        dossier = told.dossiers[name]
        yield Check(f"{name}: the same answer twice counts once", 1, answers.get(name))
        yield Check(
            f"{name}: both got the same receipt",
            (1, []),
            (len(dossier.receipts), dossier.complaints),
        )
    for name in _having(told, Behaviour.TWO_ANSWERS):
        yield Check(f"{name}: both answers are kept, version 1 stands", 2, answers.get(name))
    for name in _having(told, Behaviour.UNAVAILABLE_TWICE):
        yield Check(f"{name}: was out of order twice", 2, told.dossiers[name].outages)
    breaches = sum(
        event["type"] == "breach.opened" and not _is_joined(told, event["partner"])
        for one in told.evidence.values()
        for event in one.events
    )
    wanted = len(_having(told, Behaviour.OTHER_PERSON))
    yield Check("each answer about another person opened a breach record", wanted, breaches)
    overview = told.municipality.overview
    yield Check("the overview counts the days of the norm", 120, overview["normDagen"])


def _consents(told: Told) -> Iterator[Check]:
    if told.consents is None:
        return
    part: Consents = told.consents
    answered, withdrawn = part.answered.requests[0], part.withdrawn.requests[0]
    yield Check("on consent: the creditor that was asked answered", ANSWERED, answered["toestand"])
    yield Check("withdrawn consent: one delivery cancelled", 1, part.ending["geannuleerd"])
    yield Check("withdrawn consent: nothing was on its way", 0, part.ending["reedsOnderweg"])
    yield Check("withdrawn consent: the leg is withdrawn", "ingetrokken", withdrawn["toestand"])
    states = [one["toestand"] for one in withdrawn["verzendingen"]]
    yield Check("withdrawn consent: its delivery is cancelled", ["geannuleerd"], states)
    yield Check("withdrawn consent: nothing left", 0, len(part.withdrawn.messages))
    dossier, name = told.dossiers[part.withdrawn_for], part.withdrawn_for
    yield Check(f"withdrawn consent: {name} saw one question, ours", 1, dossier.questions)
    yield Check(f"withdrawn consent: {name} was told no stop", 0, dossier.stops)


def _evidence(told: Told) -> Iterator[Check]:
    for oin, one in told.evidence.items():
        findings = [f"{found.kind.value} {found.path}" for found in one.verification.findings]
        yield Check(f"log of {oin}: verifies offline", [], findings)
        yield Check(f"log of {oin}: an entry per event", len(one.events), one.verification.size)
        yield Check(f"log of {oin}: every event opens to its entry", len(one.events), one.opened)


def _search(told: Told) -> Iterator[Check]:
    found = told.search
    yield Check("lines searched", True, found.lines > 0)
    yield Check("lines with a BSN or name", [], list(found.found))
    yield Check("the search finds the name where it must be", True, found.control > 0)


def _having(told: Told, behaviour: Behaviour) -> list[CreditorId]:
    return [c.creditor_id for c in told.case.cast.creditors if c.behaviour is behaviour]


def _cast_legs(told: Told) -> tuple[Json, ...]:
    """Return the legs of the case file: what an endpoint that joins will do is not known."""
    return tuple(
        leg for leg in told.municipality.requests if not _is_joined(told, leg["schuldeiser"])
    )


def _is_joined(told: Told, creditor: object) -> bool:
    return told.joined is not None and told.joined.creditor_id == creditor


def _attempts(leg: Json) -> int:
    return max((one["pogingen"] for one in leg["verzendingen"]), default=0)


def _accounts(told: Told) -> Iterator[tuple[str, Account]]:
    yield "municipality", told.municipality
    if told.consents is not None:
        yield "helper", told.consents.answered
