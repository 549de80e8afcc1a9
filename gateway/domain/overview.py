"""The debt overview: a pure fold over the legs of a case.

It says what is owed per creditor and in all, what is missing and why, and what was refused entry
and why. Money that another party now claims is shown but never added twice: only open claims of
answered legs count, and of a creditor that answered more than once only the latest answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gateway.domain.discretion import Discreet
from gateway.domain.identifiers import CreditorId, LegId
from gateway.domain.inquiry import LegState
from gateway.domain.money import total
from gateway.domain.statement import Claim, DebtStatement, Refusal, RefusalReason, TransferredClaim
from gateway.domain.terms import day_of_norm


@dataclass(frozen=True, slots=True)
class LegView:
    """Deelverzoek zoals het overzicht het nodig heeft.

    `answered_on` is the day on which the answer that stands came in; `conflicting` says that a
    second, different answer waits for a caseworker's decision;
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
    answered_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Totals(Discreet):
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
    SUPERSEDED = "vervangen_door_later_antwoord"


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """Regel van het overzicht: one leg; one that a later answer replaced counts for nothing."""

    leg: LegView
    claims: tuple[Claim, ...]
    transferred: tuple[TransferredClaim, ...]
    totals: Totals
    missing: tuple[str, ...]
    refusal: RefusalReason | None


@dataclass(frozen=True, slots=True)
class DebtOverview:
    """Schuldenoverzicht: day N of the norm, a line per leg, and the totals."""

    day: int
    norm_days: int
    lines: tuple[OverviewLine, ...]
    totals: Totals

    @property
    def complete(self) -> bool:
        """True when nothing is missing on any line that still counts."""
        return not any(set(line.missing) - {Missing.SUPERSEDED} for line in self.lines)


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
    """Return the overview of these legs, which are given and shown oldest first."""
    standing = _standing(legs)
    lines = tuple(
        _replaced(leg) if _is_replaced(leg, place, standing) else _line(leg)
        for place, leg in enumerate(legs)
    )
    every_claim = tuple(claim for line in lines for claim in line.claims)
    return DebtOverview(day_of_norm(started_on, today), norm_days, lines, sum_claims(every_claim))


def _standing(legs: Sequence[LegView]) -> dict[CreditorId, int]:
    """Return the place of the leg with the latest answer of each creditor that answered."""
    answered = [n for n, leg in enumerate(legs) if leg.state is LegState.ANSWERED]
    in_order = sorted(answered, key=lambda n: (legs[n].answered_on or date.min, n))
    return {legs[n].creditor_id: n for n in in_order}


def _is_replaced(leg: LegView, place: int, standing: dict[CreditorId, int]) -> bool:
    """Say whether another leg of this creditor speaks for it; a new question still waits."""
    latest = standing.get(leg.creditor_id, place)
    return place < latest or (place > latest and leg.state is LegState.ANSWERED)


def _replaced(leg: LegView) -> OverviewLine:
    return OverviewLine(leg, (), (), sum_claims(()), (Missing.SUPERSEDED,), None)


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
