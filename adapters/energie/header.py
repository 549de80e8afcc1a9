"""What every message of Voorbeeld Energie carries: root attributes, parties, ground, customer.

The company keeps what we call the header in attributes of the root, and its ground is called
Rechtsgrond; the meaning is the same as in every dialect.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from uuid import UUID

from gateway.domain.errors import (
    EnvironmentMismatch,
    InvalidInput,
    NotCorrelated,
    RecipientMismatch,
    Unintelligible,
)
from gateway.domain.identifiers import ClientNumber, ConversationId, MessageId, Oin
from gateway.domain.legal_basis import BasisKind
from gateway.domain.parties import Environment
from gateway.ports.creditor import Citation, Envelope, Identified, MessageKind
from gateway.wire.values import (
    parse_date,
    parse_digest,
    print_date,
    print_digest,
    print_moment,
)
from gateway.wire.xml import Element, Namespace, attribute, child, text

Value = TypeVar("Value")

ENERGY: Final = Namespace("urn:voorbeeld-energie:klantgegevens:1.0")
FOLDER: Final = "energie/1.0"

KINDS: Final[Mapping[str, MessageKind]] = {
    ENERGY.tag("OpvraagSaldo"): MessageKind.DEBT_STATEMENT_REQUEST,
    ENERGY.tag("SaldoOverzicht"): MessageKind.DEBT_STATEMENT,
    ENERGY.tag("Weigering"): MessageKind.REFUSAL,
    ENERGY.tag("Annulering"): MessageKind.WITHDRAWAL,
}


def node(name: str, *children: Element | None, **attributes: str | None) -> Element:
    """Return an element; an attribute that is None is left out."""
    said = {key: value for key, value in attributes.items() if value is not None}
    return ENERGY.element(name, *children, **said)


def read(value: Callable[[str], Value], content: str) -> Value:
    """Return the domain value of a text; raises Unintelligible when the domain refuses it."""
    try:
        return value(content)
    except (ValueError, InvalidInput):
        raise Unintelligible("A value is not what its name promises.") from None


def schema_of(name: str) -> str:
    """Return the name of the XSD of one message; file and root element are called the same."""
    return f"{FOLDER}/{name}.xsd"


def message(
    name: str, envelope: Envelope, client_number: ClientNumber, *body: Element | None
) -> Element:
    """Return a whole message: root attributes, parties, ground, customer and `body`."""
    citation, digest = envelope.citation, envelope.answered_digest
    return node(
        name,
        ENERGY.element("Van", text=envelope.sender.value),
        ENERGY.element("Aan", text=envelope.receiver.value),
        node(
            "Rechtsgrond",
            soort=citation.kind.value,
            bron=citation.reference,
            totEnMet=print_date(citation.valid_until),
            voorRekeningVan=citation.on_behalf_of,
        ),
        ENERGY.element("Klantverwijzing", text=client_number.value),
        *body,
        bericht=str(envelope.message_id),
        dossier=str(envelope.conversation_id),
        opgesteld=print_moment(envelope.sent_at),
        omgeving=envelope.environment.value,
        antwoordOp=str(envelope.answers) if envelope.answers else None,
        vingerafdruk=None if digest is None else print_digest(digest),
    )


def identify(element: Element) -> Identified:
    """Return what the root of a message says, ours or theirs; raises Unintelligible."""
    kind = KINDS.get(str(element.tag))
    if kind is None:
        raise Unintelligible("The root is not a message of this dialect.")
    answers, digest = element.get("antwoordOp"), element.get("vingerafdruk")
    return Identified(
        kind=kind,
        message_id=MessageId(_uuid(attribute(element, "bericht"))),
        conversation_id=ConversationId(_uuid(attribute(element, "dossier"))),
        sender=read(Oin, text(element, ENERGY, "Van")),
        receiver=read(Oin, text(element, ENERGY, "Aan")),
        environment=read(Environment, attribute(element, "omgeving")),
        answers=None if answers is None else MessageId(_uuid(answers)),
        answered_digest=None if digest is None else parse_digest(digest),
    )


def _uuid(content: str) -> UUID:
    found = read(UUID, content)
    if str(found) != content:
        raise Unintelligible("A reference has another spelling than agreed.")
    return found


def read_ground(element: Element) -> Citation:
    """Return the ground that a message names; raises Unintelligible."""
    ground = child(element, ENERGY, "Rechtsgrond")
    return Citation(
        kind=read(BasisKind, attribute(ground, "soort")),
        reference=attribute(ground, "bron"),
        valid_until=parse_date(attribute(ground, "totEnMet")),
        on_behalf_of=ground.get("voorRekeningVan"),
    )


def refuse_other_exchange(element: Element, envelope: Envelope) -> None:
    """Raise a PartnerFault unless this reply belongs to the question with this envelope."""
    found = identify(element)
    if (found.answers, found.conversation_id) != (envelope.message_id, envelope.conversation_id):
        raise NotCorrelated
    if (found.sender, found.receiver) != (envelope.receiver, envelope.sender):
        raise RecipientMismatch
    if found.environment is not envelope.environment:
        raise EnvironmentMismatch
    if read_ground(element) != envelope.citation:
        raise Unintelligible("The reply names another ground than the question.")
