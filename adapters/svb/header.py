"""What every svb message begins with: Stuurgegevens and Grondslag, written and read.

The one place where the header is spelled, for our messages and for a creditor's, so that both
directions cannot drift apart. A reply is held against the envelope of the question it answers:
same conversation, the parties changed over, same environment, same ground.
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
from gateway.domain.identifiers import ConversationId, MessageId, Oin
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

SVB: Final = Namespace("urn:schuldeisersberichten:svb:1.0")
VERSION: Final = "1.0"
FOLDER: Final = "svb/1.0"

KINDS: Final[Mapping[str, MessageKind]] = {
    SVB.tag("Kennisgeving"): MessageKind.HELP_NOTICE,
    SVB.tag("KennisgevingPubliek"): MessageKind.HELP_NOTICE,
    SVB.tag("Saldoverzoek"): MessageKind.DEBT_STATEMENT_REQUEST,
    SVB.tag("SaldoverzoekPubliek"): MessageKind.DEBT_STATEMENT_REQUEST,
    SVB.tag("SaldoverzoekNuts"): MessageKind.DEBT_STATEMENT_REQUEST,
    SVB.tag("SaldoverzoekAntwoord"): MessageKind.DEBT_STATEMENT,
    SVB.tag("GeenMedewerking"): MessageKind.REFUSAL,
    SVB.tag("Intrekking"): MessageKind.WITHDRAWAL,
    SVB.tag("Foutbericht"): MessageKind.FAULT,
}


def part(name: str, content: str | None) -> Element | None:
    """Return an element with text, or None when there is nothing to say."""
    return None if content is None else SVB.element(name, text=content)


def read(value: Callable[[str], Value], content: str) -> Value:
    """Return the domain value of a text; raises Unintelligible when the domain refuses it."""
    try:
        return value(content)
    except (ValueError, InvalidInput):
        raise Unintelligible("A value is not what its element promises.") from None


def schema_of(name: str) -> str:
    """Return the name of the XSD of one message; file and root element are called the same."""
    return f"{FOLDER}/{name}.xsd"


def message(name: str, envelope: Envelope, *body: Element | None) -> Element:
    """Return a whole message: header, ground and `body` (None is left out)."""
    return SVB.element(name, _steering(name, envelope), _ground(envelope.citation), *body)


def _steering(name: str, envelope: Envelope) -> Element:
    return SVB.element(
        "Stuurgegevens",
        part("Referentienummer", str(envelope.message_id)),
        part("ConversatieReferentienummer", str(envelope.conversation_id)),
        part("CrossReferentienummer", str(envelope.answers) if envelope.answers else None),
        part("CrossDigest", _digest(envelope.answered_digest)),
        part("Versie", VERSION),
        part("Berichttype", name),
        part("Afzender", envelope.sender.value),
        part("Ontvanger", envelope.receiver.value),
        part("Datum", print_moment(envelope.sent_at)),
        part("Omgeving", envelope.environment.value),
    )


def _digest(digest: bytes | None) -> str | None:
    return None if digest is None else print_digest(digest)


def _ground(citation: Citation) -> Element:
    return SVB.element(
        "Grondslag",
        part("Soort", citation.kind.value),
        part(_reference_name(citation.kind), citation.reference),
        part("GeldigTot", print_date(citation.valid_until)),
        part("Namens", citation.on_behalf_of),
    )


def _reference_name(kind: BasisKind) -> str:
    return "Artikel" if kind is BasisKind.WGS_PUBLIC_TASK else "Kenmerk"


def identify(element: Element) -> Identified:
    """Return what the header of a message says, ours or theirs; raises Unintelligible."""
    kind = KINDS.get(str(element.tag))
    if kind is None:
        raise Unintelligible("The root is not a message of this dialect.")
    steering = child(element, SVB, "Stuurgegevens")
    answers = optional_text(steering, SVB, "CrossReferentienummer")
    digest = optional_text(steering, SVB, "CrossDigest")
    return Identified(
        kind=kind,
        message_id=MessageId(_uuid(text(steering, SVB, "Referentienummer"))),
        conversation_id=ConversationId(
            _uuid(text(steering, SVB, "ConversatieReferentienummer")),
        ),
        sender=read(Oin, text(steering, SVB, "Afzender")),
        receiver=read(Oin, text(steering, SVB, "Ontvanger")),
        environment=read(Environment, text(steering, SVB, "Omgeving")),
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
    ground = child(element, SVB, "Grondslag")
    kind = read(BasisKind, text(ground, SVB, "Soort"))
    return Citation(
        kind=kind,
        reference=text(ground, SVB, _reference_name(kind)),
        valid_until=parse_date(text(ground, SVB, "GeldigTot")),
        on_behalf_of=optional_text(ground, SVB, "Namens"),
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
