"""The result of a story as one JSON object, for machines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gateway.practice.story.proving.checks import Check
from gateway.practice.story.told import Evidence, Told


def result_of(told: Told, checks: Sequence[Check]) -> dict[str, Any]:
    """Return what came of a story; no personal data, because nothing in it is about a person."""
    legs = told.municipality.requests
    overview = told.municipality.overview
    passed = sum(check.passed for check in checks)
    return {
        "practice": True,
        "passed": passed,
        "total": len(checks),
        "ok": passed == len(checks),
        "day": overview["dag"],
        "norm_days": overview["normDagen"],
        "working_days": told.worked_days,
        "legs": dict(Counter(leg["toestand"] for leg in legs)),
        "transferred": sum(bool(line["overgedragen"]) for line in overview["regels"]),
        "quarantined": [code for leg in legs for code in leg["geweigerdeBerichten"]],
        "retried": sum(any(one["pogingen"] > 1 for one in leg["verzendingen"]) for leg in legs),
        "totals": overview["totalen"],
        "creditors": [
            {
                "id": line["schuldeiser"],
                "state": line["toestand"],
                "claims": len(line["vorderingen"]),
                "totals": line["totalen"],
                "missing": line["ontbreekt"],
                "quarantined": line["geweigerdeBerichten"],
            }
            for line in overview["regels"]
        ],
        "logs": {oin: _log(one) for oin, one in told.evidence.items()},
        "joined": None if told.joined is None else asdict(told.joined),
        "search": {"lines": told.search.lines, "found": len(told.search.found)},
        "checks": [
            {
                "name": check.name,
                "passed": check.passed,
                "expected": check.expected,
                "actual": check.actual,
            }
            for check in checks
        ],
    }


def _log(evidence: Evidence) -> dict[str, Any]:
    found = evidence.verification
    return {
        "origin": found.origin,
        "size": found.size,
        "root": found.root.hex(),
        "findings": [f"{one.kind.value} {one.path}" for one in found.findings],
    }
