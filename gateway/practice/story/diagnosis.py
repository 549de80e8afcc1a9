"""Why the messages of a creditor that joined were refused: exactly, so that it can be mended.

What the gateway keeps of a refused message is its code. Here the very same checks are done once
more on the very same bytes, to hear the reason: which check of the signature, which element of the
message. Reasons are words of ours and paths of our schemas, never what stands in a message.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from gateway.domain.errors import (
    CertificateRefused,
    PartnerFault,
    RootUnknown,
    SchemaRefused,
    SignatureRefused,
)
from gateway.domain.identifiers import CreditorId, MessageId
from gateway.domain.parties import Controller
from gateway.ports.transport import Partner
from gateway.practice.story.told import Account, Joined, Json, RefusedMessage
from gateway.store import deliveries, messages
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import Conversation, envelope_of
from gateway.usecases.exchange.recording import load_conversations
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import verify

Talks = Mapping[str, Conversation]
_HINTS = {
    "geen-vraag-bekend": "CrossReferentienummer and ConversatieReferentienummer must be the"
    " Referentienummer and ConversatieReferentienummer of the question, and CrossDigest its digest;"
    " a receipt must name both too",
    "partij-verkeerd": "Afzender must be the OIN in your certificate, Ontvanger the municipality",
    "omgeving-verkeerd": "Omgeving must be oefen",
    "referentienummer-hergebruikt": "a new message needs a new Referentienummer",
    "andere-persoon": "KlantnummerSHV must be that of the question",
    "grondslag-beeindigd": "the ground had ended; nothing to mend",
    "antwoord-niet-toegestaan": "this kind of message does not answer this question",
    "bericht-te-groot": "it is larger than the partner file allows",
    "bericht-onleesbaar": "it is not XML without DOCTYPE, comments, CDATA and instructions; an"
    " answer must be the signed XML itself, and an acknowledgement a signed receipt",
    "berichtsoort-onbekend": "its root element or namespace is not that of an answer",
}


async def joined_of(
    gateway: Gateway, controller: Controller, account: Account, creditor_id: CreditorId
) -> Joined:
    """Return what came of the creditor that joined, and what was wrong with its messages."""
    leg = next(leg for leg in account.requests if leg["schuldeiser"] == creditor_id)
    partner = gateway.partner(creditor_id, controller.oin)
    talks = await _conversations(gateway, controller, leg)
    refused = [
        RefusedMessage(code, _reasons(gateway, partner, talks, document, code))
        for code, document in await _refused(gateway, controller, creditor_id)
    ]
    failures = (one["storing"] for one in leg["verzendingen"] if one["storing"])
    return Joined(
        creditor_id,
        leg["toestand"],
        attempts=max(one["pogingen"] for one in leg["verzendingen"]),
        failures=tuple(dict.fromkeys(failures)),
        refused=tuple(refused),
    )


async def _refused(
    gateway: Gateway, controller: Controller, creditor_id: CreditorId
) -> list[tuple[str, bytes]]:
    """Return code and bytes of each message that was refused, those that answer nothing too."""
    async with gateway.database.transaction(controller.oin) as tx:
        rows = await messages.refused_of(tx, creditor_id)
        keys = await gateway.keys.many(controller.oin, {row.subject_id for row in rows})
    return [(row.refusal or "", row.document(keys[row.subject_id]) or b"") for row in rows]


async def _conversations(gateway: Gateway, controller: Controller, leg: Json) -> Talks:
    """Return what it was asked: the question and its reminders, by message id."""
    numbers = (one["referentienummer"] for one in leg["verzendingen"])
    ids = {MessageId(UUID(number)) for number in numbers if number}
    async with gateway.database.transaction(controller.oin) as tx:
        rows = await deliveries.deliveries_of_messages(tx, ids)
        talks, _ = await load_conversations(gateway, tx, controller, list(rows.values()))
    return {
        str(row.message_id): talk for row, talk in talks.items() if isinstance(talk, Conversation)
    }


def _reasons(
    gateway: Gateway, partner: Partner, talks: Talks, document: bytes, code: str
) -> tuple[str, ...]:
    try:
        _read_again(gateway, partner, talks, document)
    except PartnerFault as fault:
        if fault.code == code:
            found = tuple(_worded(fault))
            return found or (_HINTS.get(code, ""),)
    return (_HINTS.get(code, ""),)


def _read_again(gateway: Gateway, partner: Partner, talks: Talks, document: bytes) -> None:
    """Do what `usecases.receive` does with a message, and raise what it raised."""
    now = gateway.clock.now()
    element = verify(document, partner.signing_trust, now, partner.limits.message_bytes).element
    if str(element.tag) == receipt.RECEIPT_TAG:
        receipt.interpret(element)
        return
    adapter = gateway.adapter(partner)
    schema = adapter.schemas.get(str(element.tag))
    if schema is None:
        raise RootUnknown
    talk = talks.get(str(adapter.identify(element).answers))
    validate(element, schema, gateway.catalogue)
    if talk is not None and talk.delivery.message_id and talk.delivery.sent_at:
        sent = envelope_of(gateway, talk, talk.delivery.message_id, talk.delivery.sent_at)
        adapter.debt_statement.interpret(element, talk.question, sent)


def _worded(fault: PartnerFault) -> Iterator[str]:
    if isinstance(fault, SchemaRefused):
        yield from (f"{one.name}: {one.reason}" for one in fault.faults)
    elif isinstance(fault, SignatureRefused | CertificateRefused):
        yield f"{fault.reason}: {fault.detail}"
    elif fault.detail:
        yield fault.detail
