"""Schuldeisers: who can be asked, and what a question to each of them needs."""

from gateway.api.forms import Incoming, Label, Line, Outgoing
from gateway.api.lists import Page, PageQuery
from gateway.api.routes import JSON, Call, Reply, Route, reply
from gateway.config.rights import Right
from gateway.domain.errors import NotFound
from gateway.domain.identifiers import CreditorId
from gateway.domain.parties import CreditorClass
from gateway.ports.transport import Partner

PATH = "/v1/schuldeisers"


class CreditorSearch(Incoming, title="SchuldeiserZoekvraag"):
    """Zoekvraag: deel van de naam, het OIN, of de soort; wat ontbreekt telt niet mee."""

    name: Line | None = None
    party: Label | None = None
    creditor_class: CreditorClass | None = None


class CreditorOut(Outgoing, title="Schuldeiser"):
    """Schuldeiser, incassobureau of deurwaarder.

    Een schuldeiser van de soort Nuts vraagt meterstanden; zonder bsnWet krijgt hij nooit een BSN.
    """

    id: str
    url: str
    name: str
    party: str
    creditor_class: CreditorClass
    bsn_law: str | None
    reply_term: int | None
    enabled: bool


async def list_creditors(call: Call) -> Reply:
    """List every creditor, as this municipality may ask it."""
    return reply(Page[CreditorOut].cut(_creditors(call), call.query, PATH))


async def find_creditors(call: Call) -> Reply:
    """Find creditors by name, OIN or class."""
    asked: CreditorSearch = call.body
    found = [creditor for creditor in _creditors(call) if _fits(creditor, asked)]
    return reply(Page[CreditorOut].cut(found, call.query, f"{PATH}/_zoek"))


async def get_creditor(call: Call) -> Reply:
    """Read one creditor."""
    creditor_id = CreditorId(call.path["schuldeiserId"])
    partner = call.gateway.partners().get(creditor_id, call.controller.oin)
    if partner is None:
        raise NotFound
    return reply(_creditor_out(partner))


def _creditors(call: Call) -> list[CreditorOut]:
    partners = call.gateway.partners()
    narrowed = (partners.get(one.creditor.creditor_id, call.controller.oin) for one in partners)
    return [_creditor_out(partner) for partner in narrowed if partner is not None]


def _fits(creditor: CreditorOut, asked: CreditorSearch) -> bool:
    return (
        (asked.name is None or asked.name.casefold() in creditor.name.casefold())
        and asked.party in (None, creditor.party)
        and asked.creditor_class in (None, creditor.creditor_class)
    )


def _creditor_out(partner: Partner) -> CreditorOut:
    creditor = partner.creditor
    return CreditorOut(
        id=creditor.creditor_id,
        url=f"{PATH}/{creditor.creditor_id}",
        name=creditor.name,
        party=creditor.party.value,
        creditor_class=creditor.creditor_class,
        bsn_law=creditor.bsn_law,
        reply_term=creditor.reply_term,
        enabled=partner.enabled,
    )


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        name="schuldeisersLezen",
        summary="Lees welke schuldeisers bevraagd kunnen worden",
        handler=list_creditors,
        right=Right.READ,
        query=PageQuery,
        result=Page[CreditorOut],
        names_employee=False,
    ),
    Route(
        method="POST",
        path=f"{PATH}/_zoek",
        name="schuldeisersZoeken",
        summary="Zoek schuldeisers",
        handler=find_creditors,
        right=Right.READ,
        body=CreditorSearch,
        reads=JSON,
        query=PageQuery,
        result=Page[CreditorOut],
        names_employee=False,
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{schuldeiserId}}",
        name="schuldeiserLezen",
        summary="Lees een schuldeiser",
        handler=get_creditor,
        right=Right.READ,
        result=CreditorOut,
        names_employee=False,
        problems=(NotFound,),
    ),
)
