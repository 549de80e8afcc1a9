"""Berichten: what was exchanged, up to the exact signed document as evidence."""

from datetime import datetime
from uuid import UUID

from gateway.api.forms import Id, Outgoing
from gateway.api.lists import Page, PageQuery
from gateway.api.resources.cases import PATH as CASES
from gateway.api.routes import XML, Call, Reply, Route, reply
from gateway.config.rights import Right
from gateway.domain.errors import NotFound
from gateway.domain.identifiers import CaseId
from gateway.usecases.casework import read
from gateway.usecases.commands import MessageView

PATH = "/v1/berichten"


class MessageOut(Outgoing, title="Bericht"):
    """Bericht; het document zelf staat onder documentUrl.

    De digest is SHA-256 over de exclusieve C14N zonder handtekening, hexadecimaal; hij ontbreekt
    als de handtekening niet klopte.
    """

    id: Id
    url: str
    document_url: str
    direction: str
    kind: str | None
    state: str
    request_id: Id | None
    creditor: str
    message_id: Id | None
    digest: str | None
    refusal_code: str | None
    recorded_at: datetime


async def list_messages(call: Call) -> Reply:
    """List the messages of a case."""
    case_id = CaseId(call.identifier("zaakId"))
    found = await read.list_messages(call.gateway, call.acting, case_id)
    path = f"{CASES}/{case_id}/berichten"
    return reply(Page[MessageOut].cut([_message_out(view) for view in found], call.query, path))


async def get_message(call: Call) -> Reply:
    """Read what is known of a message."""
    return reply(_message_out(await _read(call)))


async def get_document(call: Call) -> Reply:
    """Read the exact document, byte for byte as it was signed."""
    view = await _read(call)
    if view.document is None:
        raise NotFound
    return Reply(200, view.document, content_type=XML)


async def _read(call: Call) -> MessageView:
    row_id: UUID = call.identifier("berichtId")
    return await read.read_message(call.gateway, call.acting, row_id)


def _message_out(view: MessageView) -> MessageOut:
    return MessageOut(
        id=view.row_id,
        url=f"{PATH}/{view.row_id}",
        document_url=f"{PATH}/{view.row_id}/document",
        direction=view.direction,
        kind=view.kind,
        state=view.state.value,
        request_id=None if view.leg_id is None else str(view.leg_id),
        creditor=view.creditor_id,
        message_id=None if view.message_id is None else str(view.message_id),
        digest=None if view.digest is None else view.digest.hex(),
        refusal_code=view.refusal,
        recorded_at=view.recorded_at,
    )


ROUTES = (
    Route(
        method="GET",
        path=f"{CASES}/{{zaakId}}/berichten",
        name="berichtenLezen",
        summary="Lees welke berichten over een zaak zijn gewisseld",
        handler=list_messages,
        right=Right.READ,
        query=PageQuery,
        result=Page[MessageOut],
        problems=(NotFound,),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{berichtId}}",
        name="berichtLezen",
        summary="Lees wat van een bericht bekend is",
        handler=get_message,
        right=Right.MESSAGES,
        result=MessageOut,
        problems=(NotFound,),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{berichtId}}/document",
        name="berichtDocumentLezen",
        summary="Lees het ondertekende document zelf: het bewijs",
        handler=get_document,
        right=Right.MESSAGES,
        gives=XML,
        problems=(NotFound,),
    ),
)
