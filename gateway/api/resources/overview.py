"""Schuldenoverzicht: what is owed per creditor, and what is missing and why."""

from datetime import date

from gateway.api.forms import Id, Outgoing
from gateway.api.resources.cases import PATH as CASES
from gateway.api.resources.replies import (
    ClaimOut,
    TotalsOut,
    TransferredOut,
    claims_out,
    totals_out,
    transferred_out,
)
from gateway.api.routes import Call, Reply, Route, reply
from gateway.config.rights import Right
from gateway.domain.errors import NotFound
from gateway.domain.identifiers import CaseId
from gateway.domain.inquiry import LegState
from gateway.domain.overview import OverviewLine
from gateway.domain.statement import RefusalReason
from gateway.usecases.casework import read


class LineOut(Outgoing, title="Overzichtsregel"):
    """Regel van het overzicht: één schuldeiser, met wat er ontbreekt en waarom."""

    request_id: Id
    creditor: str
    creditor_name: str
    state: LegState
    asked_on: date | None
    reply_by: date | None
    reminders: int
    claims: tuple[ClaimOut, ...]
    transferred: tuple[TransferredOut, ...]
    totals: TotalsOut
    missing: tuple[str, ...]
    refusal: RefusalReason | None
    conflicting: bool
    quarantined: tuple[str, ...]
    failure: str | None


class OverviewOut(Outgoing, title="Schuldenoverzicht"):
    """Schuldenoverzicht op een dag: dag N van de norm, per schuldeiser en in totaal."""

    case_id: Id
    made_on: date
    day: int
    norm_days: int
    complete: bool
    lines: tuple[LineOut, ...]
    totals: TotalsOut


async def get_overview(call: Call) -> Reply:
    """Read the debt overview of a case."""
    case_id = CaseId(call.identifier("zaakId"))
    view = await read.read_overview(call.gateway, call.acting, case_id)
    overview = view.overview
    told = OverviewOut(
        case_id=str(view.case_id),
        made_on=view.made_on,
        day=overview.day,
        norm_days=overview.norm_days,
        complete=overview.complete,
        lines=tuple(_line_out(line) for line in overview.lines),
        totals=totals_out(overview.totals),
    )
    return reply(told)


def _line_out(line: OverviewLine) -> LineOut:
    leg = line.leg
    return LineOut(
        request_id=str(leg.leg_id),
        creditor=leg.creditor_id,
        creditor_name=leg.creditor_name,
        state=leg.state,
        asked_on=leg.asked_on,
        reply_by=leg.reply_by,
        reminders=leg.reminders,
        claims=claims_out(line.claims),
        transferred=transferred_out(line.transferred),
        totals=totals_out(line.totals),
        missing=line.missing,
        refusal=line.refusal,
        conflicting=leg.conflicting,
        quarantined=leg.quarantined,
        failure=leg.failure,
    )


ROUTES = (
    Route(
        method="GET",
        path=f"{CASES}/{{zaakId}}/schuldenoverzicht",
        name="schuldenoverzichtLezen",
        summary="Lees het schuldenoverzicht van een zaak",
        handler=get_overview,
        right=Right.READ,
        result=OverviewOut,
        problems=(NotFound,),
    ),
)
