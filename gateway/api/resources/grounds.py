"""Grondslagen: record on what basis may be asked, read it, end it."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from gateway.api.forms import Day, Id, Incoming, Label, Line, Outgoing, PublicLine, refused
from gateway.api.lists import Page, PageQuery
from gateway.api.resources.cases import PATH as CASES
from gateway.api.resources.cases import Link, link
from gateway.api.routes import JSON, Call, Reply, Route, answer, reply
from gateway.config.rights import Right
from gateway.domain.errors import CreditorUnknown, NotCovered, NotFound, StateConflict
from gateway.domain.identifiers import BasisId, CaseId, CreditorId
from gateway.domain.legal_basis import (
    BasisKind,
    BasisState,
    DataCategory,
    EndReason,
    Purpose,
    ScopeLine,
)
from gateway.domain.parties import Period
from gateway.store.database import Transaction
from gateway.usecases.casework import grounds
from gateway.usecases.casework.idempotency import Answer
from gateway.usecases.commands import BasisView, EndBasis, RecordBasis

PATH = "/v1/grondslagen"
OF_CASE = f"{CASES}/{{zaakId}}/grondslagen"


class ScopeLineIn(Incoming, title="BereikNieuw"):
    """Eén doel met de gegevens daarvoor. Toestemming en machtiging noemen elke schuldeiser."""

    purpose: Purpose
    categories: Annotated[
        tuple[DataCategory, ...], Field(min_length=1, max_length=len(DataCategory))
    ]
    creditor: Label | None = None


class BasisIn(Incoming, title="GrondslagNieuw"):
    """Nieuwe grondslag: soort, artikel of kenmerk, geldigheid en bereik.

    Bij een publieke taak noemt de verwijzing alleen wet en artikel: `Wgs art. 8(1)`.
    """

    kind: BasisKind
    citation: PublicLine
    valid_from: Day
    valid_until: Day
    on_behalf_of: Line | None = None
    scope: Annotated[tuple[ScopeLineIn, ...], Field(min_length=1, max_length=200)]

    @field_validator("valid_until")
    @classmethod
    def _ends_after_it_begins(cls, until: date, info: ValidationInfo) -> date:
        if until < info.data.get("valid_from", until):
            raise refused("periode-onjuist")
        return until

    def command(self, case_id: CaseId) -> RecordBasis:
        """Return the command of the domain."""
        return RecordBasis(
            case_id=case_id,
            kind=self.kind,
            citation=self.citation,
            validity=Period(self.valid_from, self.valid_until),
            scope=tuple(_scope_line(line) for line in self.scope),
            on_behalf_of=self.on_behalf_of,
        )


class EndingIn(Incoming, title="BeeindigingNieuw"):
    """Beëindiging van een grondslag; elke soort kent zijn eigen redenen."""

    reason: EndReason


class ScopeLineOut(Outgoing, title="Bereik"):
    """Eén doel met de gegevens daarvoor; zonder schuldeiser geldt het voor alle."""

    purpose: Purpose
    categories: tuple[DataCategory, ...]
    creditor: str | None


class BasisOut(Outgoing, title="Grondslag"):
    """Grondslag, en wanneer en waarom zij eindigde."""

    id: Id
    url: str
    case_id: Id
    kind: BasisKind
    citation: str
    valid_from: date
    valid_until: date
    on_behalf_of: str | None
    scope: tuple[ScopeLineOut, ...]
    state: BasisState
    recorded_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None


class EndingOut(Outgoing, title="Beeindiging"):
    """Gevolg van een beëindiging: geannuleerd, al onderweg, of gevolgd door een intrekking."""

    cancelled: int
    already_sending: int
    stopped: int


async def post_basis(call: Call) -> Reply:
    """Record a ground of a case."""
    command = call.body.command(CaseId(call.identifier("zaakId")))

    async def work(tx: Transaction) -> Answer:
        view = await grounds.record_basis(call.gateway, tx, call.acting, command)
        made = link(PATH, view.basis.basis_id)
        return answer(made, 201, made.url)

    return await call.perform(work)


async def list_bases(call: Call) -> Reply:
    """List the grounds of a case."""
    case_id = CaseId(call.identifier("zaakId"))
    found = await grounds.list_bases(call.gateway, call.acting, case_id)
    path = OF_CASE.format(zaakId=case_id)
    return reply(Page[BasisOut].cut([_basis_out(view) for view in found], call.query, path))


async def get_basis(call: Call) -> Reply:
    """Read a ground."""
    basis_id = BasisId(call.identifier("grondslagId"))
    return reply(_basis_out(await grounds.read_basis(call.gateway, call.acting, basis_id)))


async def post_ending(call: Call) -> Reply:
    """End a ground."""
    command = EndBasis(BasisId(call.identifier("grondslagId")), call.body.reason)

    async def work(tx: Transaction) -> Answer:
        ending = await grounds.end_basis(call.gateway, tx, call.acting, command)
        told = EndingOut(
            cancelled=ending.cancelled,
            already_sending=ending.already_sending,
            stopped=ending.stopped,
        )
        return answer(told, 200)

    return await call.perform(work)


def _scope_line(line: ScopeLineIn) -> ScopeLine:
    creditor = None if line.creditor is None else CreditorId(line.creditor)
    return ScopeLine(line.purpose, frozenset(line.categories), creditor)


def _basis_out(view: BasisView) -> BasisOut:
    basis = view.basis
    return BasisOut(
        id=str(basis.basis_id),
        url=f"{PATH}/{basis.basis_id}",
        case_id=str(basis.case_id),
        kind=basis.kind,
        citation=basis.citation,
        valid_from=basis.validity.start,
        valid_until=basis.validity.end,
        on_behalf_of=basis.on_behalf_of,
        scope=tuple(_scope_out(line) for line in basis.scope),
        state=basis.state,
        recorded_at=view.recorded_at,
        ended_at=view.ended_at,
        end_reason=view.end_reason,
    )


def _scope_out(line: ScopeLine) -> ScopeLineOut:
    # In the order of the enumeration: a set has none of its own.
    categories = tuple(category for category in DataCategory if category in line.categories)
    return ScopeLineOut(purpose=line.purpose, categories=categories, creditor=line.creditor)


ROUTES = (
    Route(
        method="POST",
        path=OF_CASE,
        name="grondslagVastleggen",
        summary="Leg een grondslag van een zaak vast",
        handler=post_basis,
        right=Right.GROUNDS,
        body=BasisIn,
        reads=JSON,
        result=Link,
        status=201,
        changes=True,
        problems=(NotFound, NotCovered, CreditorUnknown),
    ),
    Route(
        method="GET",
        path=OF_CASE,
        name="grondslagenLezen",
        summary="Lees de grondslagen van een zaak",
        handler=list_bases,
        right=Right.READ,
        query=PageQuery,
        result=Page[BasisOut],
        problems=(NotFound,),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{grondslagId}}",
        name="grondslagLezen",
        summary="Lees een grondslag",
        handler=get_basis,
        right=Right.READ,
        result=BasisOut,
        problems=(NotFound,),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{grondslagId}}/beeindigingen",
        name="grondslagBeeindigen",
        summary="Beëindig een grondslag; wat klaarstond wordt niet meer verzonden",
        handler=post_ending,
        right=Right.GROUNDS,
        body=EndingIn,
        reads=JSON,
        result=EndingOut,
        changes=True,
        problems=(NotFound, StateConflict),
    ),
)
