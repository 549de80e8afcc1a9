"""What every message of the example dialect begins with: header and ground, written and read.

Change the names here first: namespace, folder of the schemas, root elements.
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
from gateway.wire.xml import Element, Namespace, child, optional_text, text

Value = TypeVar("Value")

SPACE: Final = Namespace("urn:voorbeeld:sjabloon:1.0")
FOLDER: Final = "sjabloon/1.0"

KINDS: Final[Mapping[str, MessageKind]] = {
    SPACE.tag("Vraag"): MessageKind.DEBT_STATEMENT_REQUEST,
    SPACE.tag("Antwoord"): MessageKind.DEBT_STATEMENT,
    SPACE.tag("Weigering"): MessageKind.REFUSAL,
    SPACE.tag("Stop"): MessageKind.WITHDRAWAL,
}


def part(name: str, content: str | None) -> Element | None:
    """Return an element with text, or None when there is nothing to say."""
    return None if content is None else SPACE.element(name, text=content)


def schema_of(name: str) -> str:
    """Return the name of the XSD of one message."""
    return f"{FOLDER}/{name}.xsd"


def message(
    name: str, envelope: Envelope, client_number: ClientNumber, *body: Element | None
) -> Element:
    """Return a whole message: header, ground, customer and `body` (None is left out)."""
    citation, digest = envelope.citation, envelope.answered_digest
    return SPACE.element(
        name,
        SPACE.element(
            "Kop",
            part("Nummer", str(envelope.message_id)),
            part("Gesprek", str(envelope.conversation_id)),
            part("Antwoordt", str(envelope.answers) if envelope.answers else None),
            part("Vingerafdruk", None if digest is None else print_digest(digest)),
            part("Van", envelope.sender.value),
            part("Aan", envelope.receiver.value),
            part("Tijd", print_moment(envelope.sent_at)),
            part("Omgeving", envelope.environment.value),
        ),
        SPACE.element(
            "Grondslag",
            part("Soort", citation.kind.value),
            part("Bron", citation.reference),
            part("TotEnMet", print_date(citation.valid_until)),
            part("Namens", citation.on_behalf_of),
        ),
        part("Klant", client_number.value),
        *body,
    )


def read(value: Callable[[str], Value], content: str) -> Value:
    """Return the domain value of a text; raises Unintelligible when the domain refuses it."""
    try:
        return value(content)
    except (ValueError, KeyError, InvalidInput):
        raise Unintelligible("A value is not what its element promises.") from None


def identify(element: Element) -> Identified:
    """Return what the header of a message says, ours or theirs; raises Unintelligible."""
    kind = KINDS.get(str(element.tag))
    if kind is None:
        raise Unintelligible("The root is not a message of this dialect.")
    header = child(element, SPACE, "Kop")
    answers = optional_text(header, SPACE, "Antwoordt")
    digest = optional_text(header, SPACE, "Vingerafdruk")
    return Identified(
        kind=kind,
        message_id=MessageId(read(UUID, text(header, SPACE, "Nummer"))),
        conversation_id=ConversationId(read(UUID, text(header, SPACE, "Gesprek"))),
        sender=read(Oin, text(header, SPACE, "Van")),
        receiver=read(Oin, text(header, SPACE, "Aan")),
        environment=read(Environment, text(header, SPACE, "Omgeving")),
        answers=None if answers is None else MessageId(read(UUID, answers)),
        answered_digest=None if digest is None else parse_digest(digest),
    )


def read_ground(element: Element) -> Citation:
    """Return the ground that a message names; raises Unintelligible."""
    ground = child(element, SPACE, "Grondslag")
    return Citation(
        kind=read(BasisKind, text(ground, SPACE, "Soort")),
        reference=text(ground, SPACE, "Bron"),
        valid_until=parse_date(text(ground, SPACE, "TotEnMet")),
        on_behalf_of=optional_text(ground, SPACE, "Namens"),
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
