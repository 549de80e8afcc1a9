"""Zaken: open a case, read it, find it by BSN."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from gateway.api.forms import (
    BsnText,
    Day,
    Id,
    Incoming,
    Label,
    Line,
    Outgoing,
    PlaceName,
    Reference,
)
from gateway.api.lists import Page, PageQuery
from gateway.api.routes import JSON, Call, Reply, Route, answer, reply
from gateway.config.rights import Right
from gateway.domain.errors import BsnInvalid, NotFound, ReferenceLooksLikeBsn
from gateway.domain.identifiers import Bsn, CaseId
from gateway.domain.person import Address, Gender, PersonName, Resident
from gateway.store.database import Transaction
from gateway.usecases.casework import cases
from gateway.usecases.casework.idempotency import Answer
from gateway.usecases.commands import CaseView, OpenCase

PATH = "/v1/zaken"


class NameIn(Incoming, title="NaamNieuw"):
    """Naam van de inwoner."""

    gender: Gender
    initials: Label
    first_names: Line | None = None
    prefix: Label | None = None
    surname: Line


class AddressIn(Incoming, title="AdresNieuw"):
    """Nederlands straatadres; postcode zonder spatie."""

    street: PlaceName
    house_number: Annotated[int, Field(ge=1, le=99_999)]
    house_letter: Annotated[str, Field(pattern="^[A-Za-z]$")] | None = None
    house_number_addition: (
        Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,5}$")] | None
    ) = None
    postcode: Annotated[str, Field(pattern="^[1-9][0-9]{3}[A-Z]{2}$")]
    city: PlaceName


class ResidentIn(Incoming, title="InwonerNieuw"):
    """Inwoner die geholpen wordt. Een geheim adres bereikt nooit een schuldeiser."""

    bsn: BsnText | None = None
    name: NameIn
    birth_date: Day
    address: AddressIn | None = None
    address_secret: bool = False


class CaseIn(Incoming, title="ZaakNieuw"):
    """Nieuwe zaak. Het kenmerk is van de back office zelf en wordt nooit verzonden."""

    reference: Reference
    resident: ResidentIn
    started_on: Day

    def command(self) -> OpenCase:
        """Return the command of the domain."""
        return OpenCase(self.reference, _resident(self.resident), self.started_on)


class CaseSearch(Incoming, title="ZaakZoekvraag"):
    """Zoekvraag naar zaken. Het BSN staat in de inhoud, nooit in een URL."""

    bsn: BsnText


class NameOut(Outgoing, title="Naam"):
    """Naam van de inwoner."""

    gender: Gender
    initials: str
    first_names: str | None
    prefix: str | None
    surname: str


class AddressOut(Outgoing, title="Adres"):
    """Nederlands straatadres."""

    street: str
    house_number: int
    house_letter: str | None
    house_number_addition: str | None
    postcode: str
    city: str


class ResidentOut(Outgoing, title="Inwoner"):
    """Inwoner die geholpen wordt."""

    bsn: str | None
    name: NameOut
    birth_date: date
    address: AddressOut | None
    address_secret: bool


class CaseOut(Outgoing, title="Zaak"):
    """Zaak."""

    id: Id
    url: str
    reference: str
    resident: ResidentOut
    started_on: date
    opened_at: datetime


class Link(Outgoing, title="Verwijzing"):
    """Verwijzing naar een bron. Zonder persoonsgegevens: het antwoord op een POST wordt bewaard."""

    id: Id
    url: str


def link(path: str, identifier: object) -> Link:
    """Return the reference to one resource under a path."""
    return Link(id=str(identifier), url=f"{path}/{identifier}")


async def post_case(call: Call) -> Reply:
    """Open a case."""
    command = call.body.command()

    async def work(tx: Transaction) -> Answer:
        view = await cases.open_case(call.gateway, tx, call.acting, command)
        made = link(PATH, view.case_id)
        return answer(made, 201, made.url)

    return await call.perform(work)


async def get_case(call: Call) -> Reply:
    """Read a case."""
    case_id = CaseId(call.identifier("zaakId"))
    return reply(_case_out(await cases.read_case(call.gateway, call.acting, case_id)))


async def find_cases(call: Call) -> Reply:
    """Find the cases of a BSN."""
    found = await cases.find_cases(call.gateway, call.acting, Bsn(call.body.bsn))
    links = tuple(link(PATH, case_id) for case_id in found)
    return reply(Page[Link].cut(links, call.query, f"{PATH}/_zoek"))


def _resident(given: ResidentIn) -> Resident:
    name, address = given.name, given.address
    return Resident(
        name=PersonName(
            gender=name.gender,
            initials=name.initials,
            surname=name.surname,
            birth_date=given.birth_date,
            first_names=name.first_names,
            prefix=name.prefix,
        ),
        address=None if address is None else Address(**dict(address)),
        address_secret=given.address_secret,
        bsn=None if given.bsn is None else Bsn(given.bsn),
    )


def _case_out(view: CaseView) -> CaseOut:
    resident = view.resident
    name, address = resident.name, resident.address
    return CaseOut(
        id=str(view.case_id),
        url=f"{PATH}/{view.case_id}",
        reference=view.reference,
        resident=ResidentOut(
            bsn=None if resident.bsn is None else resident.bsn.value,
            name=NameOut(
                gender=name.gender,
                initials=name.initials,
                first_names=name.first_names,
                prefix=name.prefix,
                surname=name.surname,
            ),
            birth_date=name.birth_date,
            address=None if address is None else _address_out(address),
            address_secret=resident.address_secret,
        ),
        started_on=view.started_on,
        opened_at=view.opened_at,
    )


def _address_out(address: Address) -> AddressOut:
    return AddressOut(
        street=address.street,
        house_number=address.house_number,
        house_letter=address.house_letter,
        house_number_addition=address.house_number_addition,
        postcode=address.postcode,
        city=address.city,
    )


ROUTES = (
    Route(
        method="POST",
        path=PATH,
        name="zaakOpenen",
        summary="Open een zaak",
        handler=post_case,
        right=Right.CASES,
        body=CaseIn,
        reads=JSON,
        result=Link,
        status=201,
        changes=True,
        problems=(BsnInvalid, ReferenceLooksLikeBsn),
    ),
    Route(
        method="POST",
        path=f"{PATH}/_zoek",
        name="zakenZoeken",
        summary="Zoek de zaken van een inwoner",
        handler=find_cases,
        right=Right.READ,
        body=CaseSearch,
        reads=JSON,
        query=PageQuery,
        result=Page[Link],
        problems=(BsnInvalid,),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{zaakId}}",
        name="zaakLezen",
        summary="Lees een zaak",
        handler=get_case,
        right=Right.READ,
        result=CaseOut,
        problems=(NotFound,),
    ),
)
