"""The debt overview: a pure fold over the legs of a case.

It says what is owed per creditor and in all, what is missing and why, and what was refused entry
and why. Money that another party now claims is shown but never added twice: only open claims of
answered legs count.
"""

from dataclasses import dataclass
from datetime import date

from gateway.domain.identifiers import CreditorId, LegId
from gateway.domain.inquiry import LegState
from gateway.domain.money import total
from gateway.domain.statement import Claim, DebtStatement, Refusal, RefusalReason, TransferredClaim
from gateway.domain.terms import day_of_norm


@dataclass(frozen=True, slots=True)
class LegView:
    """Deelverzoek zoals het overzicht het nodig heeft.

    `conflicting` says that a second, different answer waits for a caseworker's decision;
    `quarantined` holds the error codes of messages that were refused on this leg.
    """

    leg_id: LegId
    creditor_id: CreditorId
    creditor_name: str
    state: LegState
    asked_on: date | None
    reply_by: date | None
    reminders: int
    reply: DebtStatement | Refusal | None
    conflicting: bool = False
    quarantined: tuple[str, ...] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Bedragen in eurocenten; sums, so plain numbers."""

    principal: int
    interest: int
    costs: int
    fine: int
    paid: int
    total: int


class Missing:
    """Redenen waarom iets in het overzicht ontbreekt (stable codes)."""

    NOT_SENT = "nog_niet_verzonden"
    AWAITED = "antwoord_verwacht"
    SILENT = "termijn_verstreken"
    SILENT_AFTER_REFUSED_MESSAGE = "antwoord_geweigerd_en_termijn_verstreken"
    REFUSED = "geen_medewerking"
    UNDELIVERABLE = "onbestelbaar"
    WITHDRAWN = "vraag_ingetrokken"
    TRANSFERRED = "overgedragen_aan_ander"
    CONFLICT = "twee_verschillende_antwoorden"


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """Regel van het overzicht: one creditor."""

    leg: LegView
    claims: tuple[Claim, ...]
    transferred: tuple[TransferredClaim, ...]
    totals: Totals
    missing: tuple[str, ...]
    refusal: RefusalReason | None


@dataclass(frozen=True, slots=True)
class DebtOverview:
    """Schuldenoverzicht: day N of the norm, a line per creditor, and the totals."""

    day: int
    norm_days: int
    lines: tuple[OverviewLine, ...]
    totals: Totals

    @property
    def complete(self) -> bool:
        """True when nothing is missing on any line."""
        return not any(line.missing for line in self.lines)


def sum_claims(claims: tuple[Claim, ...]) -> Totals:
    """Return the sums of these claims per part, in cents."""
    return Totals(
        principal=total(claim.principal for claim in claims),
        interest=total(claim.interest for claim in claims),
        costs=total(claim.costs for claim in claims),
        fine=total(claim.fine for claim in claims),
        paid=total(claim.paid for claim in claims),
        total=total(claim.total for claim in claims),
    )


def fold(legs: tuple[LegView, ...], started_on: date, today: date, norm_days: int) -> DebtOverview:
    """Return the overview of these legs; creditors in the order given."""
    lines = tuple(_line(leg) for leg in legs)
    every_claim = tuple(claim for line in lines for claim in line.claims)
    return DebtOverview(day_of_norm(started_on, today), norm_days, lines, sum_claims(every_claim))


def _line(leg: LegView) -> OverviewLine:
    statement = leg.reply if isinstance(leg.reply, DebtStatement) else None
    claims = statement.claims if statement else ()
    return OverviewLine(
        leg=leg,
        claims=claims,
        transferred=statement.transferred if statement else (),
        totals=sum_claims(claims),
        missing=_missing(leg, statement),
        refusal=leg.reply.reason if isinstance(leg.reply, Refusal) else None,
    )


_BY_STATE = {
    LegState.OPEN: Missing.NOT_SENT,
    LegState.AWAITING_REPLY: Missing.AWAITED,
    LegState.REFUSED: Missing.REFUSED,
    LegState.UNDELIVERABLE: Missing.UNDELIVERABLE,
    LegState.WITHDRAWN: Missing.WITHDRAWN,
}


def _missing(leg: LegView, statement: DebtStatement | None) -> tuple[str, ...]:
    if leg.state is LegState.EXPIRED:
        refused = bool(leg.quarantined)
        return (Missing.SILENT_AFTER_REFUSED_MESSAGE if refused else Missing.SILENT,)
    if leg.state is not LegState.ANSWERED:
        return (_BY_STATE[leg.state],)
    found: list[str] = []
    if statement and statement.transferred:
        found.append(Missing.TRANSFERRED)
    if leg.conflicting:
        found.append(Missing.CONFLICT)
    return tuple(found)
