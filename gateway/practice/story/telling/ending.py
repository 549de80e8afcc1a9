"""The end of a story in tables: what is owed, what is missing and why, what was refused entry."""

from collections import Counter
from collections.abc import Mapping

from gateway.practice.stage.folder import OutFolder
from gateway.practice.story.telling.report import Reporter
from gateway.practice.story.telling.words import (
    FAILURES,
    MISSING,
    QUARANTINES,
    REFUSALS,
    STATES,
    both,
    counted,
    euro,
)
from gateway.practice.story.told import Account, Evidence, Joined, Json

PARTS = (
    ("principal", "hoofdsomCenten"),
    ("interest", "renteCenten"),
    ("costs", "kostenCenten"),
    ("fine", "boeteCenten"),
    ("paid", "betaaldCenten"),
    ("total", "totaalCenten"),
)


def show_overview(report: Reporter, account: Account) -> None:
    """Show the overview of the municipality."""
    overview = account.overview
    report.did(
        f"day {overview['dag']} of {overview['normDagen']}, made on {overview['opgemaaktOp']}"
    )
    head = ("creditor", "state", "claims", *(name for name, _ in PARTS))
    rows = [_row(line) for line in overview["regels"]]
    total = ("TOTAL", "", str(sum(len(line["vorderingen"]) for line in overview["regels"])))
    report.table(head, [*rows, (*total, *_amounts(overview["totalen"]))])
    missing = [_missing(line) for line in overview["regels"] if line["ontbreekt"]]
    if missing:
        report.did(f"what is missing, and why ({counted(len(missing), 'creditor')})")
        report.table(("creditor", "why", "note"), missing)
    refused = [
        (line["schuldeiserNaam"], both(code, QUARANTINES))
        for line in overview["regels"]
        for code in line["geweigerdeBerichten"]
    ]
    if refused:
        report.did(
            f"what was quarantined, and why ({counted(len(refused), 'message')}; no leg was moved)"
        )
        report.table(("creditor", "why"), refused)


def _row(line: Json) -> tuple[str, ...]:
    claims = line["vorderingen"]
    amounts = _amounts(line["totalen"]) if claims else ("",) * len(PARTS)
    count = str(len(claims)) if claims else ""
    return (line["schuldeiserNaam"], STATES.get(line["toestand"], ""), count, *amounts)


def _amounts(totals: Json) -> tuple[str, ...]:
    return tuple(euro(totals[key]) for _, key in PARTS)


def _missing(line: Json) -> tuple[str, str, str]:
    why = "; ".join(both(code, MISSING) for code in line["ontbreekt"])
    notes = [both(line["redenGeenMedewerking"], REFUSALS)] if line["redenGeenMedewerking"] else []
    notes += [f"{one['factuurnummer']} → {one['naamHouder']}" for one in line["overgedragen"]]
    return line["schuldeiserNaam"], why, "; ".join(notes)


def show_joined(report: Reporter, joined: Joined) -> None:
    """Show what came of an endpoint of somebody's own, and exactly what there is to mend."""
    report.did(f"{both(joined.state, STATES)}, after {counted(joined.attempts, 'attempt')}")
    for failure in joined.failures:
        report.did(f"delivery: {both(failure, FAILURES)}")
    for refused, count in Counter(joined.refused).items():
        times = f" ({count} times)" if count > 1 else ""
        report.did(f"a message of yours was refused{times}: {both(refused.code, QUARANTINES)}")
        for reason in refused.reasons:
            report.line(f"       {reason}")
    if not joined.failures and not joined.refused:
        report.did("nothing was wrong with its messages")


def show_evidence(report: Reporter, out: OutFolder, evidence: Mapping[str, Evidence]) -> None:
    """Show what the offline check of each log said, and how to do it again."""
    for oin, one in evidence.items():
        found = one.verification
        verdict = "whole" if not found.findings else f"{len(found.findings)} findings"
        report.did(
            f"{found.origin}: {verdict}; {found.size} entries, root {found.root.hex()[:16]}…,"
            f" {one.opened} of {len(one.events)} events open to their entry"
        )
        report.did(f"gateway ledger verify --log {out.log / oin} --key {out.keys / oin}.vkey")
