"""What the back offices of a story send: bodies of the REST API, made from the case file."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from gateway.domain.identifiers import CreditorId
from gateway.practice.casefile import CaseFile
from gateway.practice.stage.joining import JOINED_REASON
from gateway.practice.story.told import Json

PUBLIC_TASK = "Wgs art. 8(1), Bgs art. 15(k)"
_ASKED_KEYS = ("reden", "klantnummer", "factuurnummers", "meterstanden")
_WITHOUT_BSN = ("identiteit", "adres", "klantnummers", "meterstanden")
_VALID_FOR = timedelta(days=364)


def case_of(case: CaseFile) -> Json:
    """Return the case as the municipality opens it."""
    started = case.cast.started_on.isoformat()
    head = {key: case.source[key] for key in ("kenmerk", "inwoner")}
    return {**head, "startdatum": started}


def case_without_bsn(case: CaseFile, reference: str) -> Json:
    """Return the case as a helper outside the Wgs opens it: without BSN, which it may not have."""
    resident = {key: value for key, value in case.source["inwoner"].items() if key != "bsn"}
    return {**case_of(case), "kenmerk": reference, "inwoner": resident}


def public_task(today: date) -> Json:
    """Return the ground of a college: its task under the Wgs, for every creditor."""
    return _ground("wgs_publieke_taak", PUBLIC_TASK, today, ("bsn", *_WITHOUT_BSN), None)


def consent(today: date, reference: str, creditor: CreditorId) -> Json:
    """Return a consent: for one purpose, one named creditor, and never for the BSN."""
    return _ground("toestemming", reference, today, _WITHOUT_BSN, creditor)


def _ground(
    kind: str, citation: str, today: date, data: Sequence[str], creditor: CreditorId | None
) -> Json:
    scope: dict[str, Any] = {"doel": "saldoverzoek", "gegevens": list(data)}
    if creditor is not None:
        scope["schuldeiser"] = creditor
    return {
        "soort": kind,
        "verwijzing": citation,
        "geldigVan": today.isoformat(),
        "geldigTot": (today + _VALID_FOR).isoformat(),
        "bereik": [scope],
    }


def asked(
    case: CaseFile,
    basis: str,
    order: Sequence[CreditorId],
    not_before: date | None = None,
    joined: CreditorId | None = None,
) -> Json:
    """Return the question to these creditors and to the one that joined, each with its reason."""
    listed = {one["id"]: one for one in case.source["schuldeisers"]}
    body: dict[str, Any] = {
        "grondslag": basis,
        "schuldeisers": [_creditor(listed[name]) for name in order],
    }
    if joined is not None:
        body["schuldeisers"].append({"schuldeiser": joined, "reden": JOINED_REASON})
    if not_before is not None:
        body["verzendVanaf"] = not_before.isoformat()
    return body


def _creditor(source: Json) -> Json:
    given = {key: source[key] for key in _ASKED_KEYS if source.get(key) is not None}
    return {"schuldeiser": source["id"], **given}
