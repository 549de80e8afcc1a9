"""The creditor adapter: a dialect as a value.

An adapter turns a domain question into an XML element and an XML element into a domain reply. It
gets no socket, file, key, clock, dice, logger or database: everything that varies arrives in an
Envelope. The gateway owns the order (compose, validate, sign, record, deliver; receive, verify,
identify, correlate, validate, interpret) and an adapter cannot skip a step because it never sees
its neighbours. What a dialect can say is which fields are filled: None means it cannot.

An adapter raises only Inexpressible (our question does not fit) or a PartnerFault, normally
Unintelligible or OtherPerson (their reply does not answer ours).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Generic, TypeVar

from gateway.domain.identifiers import ConversationId, MessageId, Oin
from gateway.domain.legal_basis import BasisKind
from gateway.domain.parties import Environment
from gateway.domain.statement import DebtStatementRequest, HelpNotice, Reply, Withdrawal
from gateway.wire.xml import Element

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Fact = TypeVar("Fact")


class MessageKind(Enum):
    """Berichtsoort, across dialects."""

    HELP_NOTICE = "kennisgeving"
    DEBT_STATEMENT_REQUEST = "saldoverzoek"
    DEBT_STATEMENT = "saldoverzoek_antwoord"
    REFUSAL = "geen_medewerking"
    WITHDRAWAL = "intrekking"
    FAULT = "foutbericht"


@dataclass(frozen=True, slots=True)
class Citation:
    """Grondslag in a message: kind, article or record number, valid until, on whose behalf."""

    kind: BasisKind
    reference: str
    valid_until: date
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Stuurgegevens: all that an adapter may know of a message besides the question itself.

    `answers` and `answered_digest` are set on replies only; `sent_at` is UTC.
    """

    message_id: MessageId
    conversation_id: ConversationId
    sent_at: datetime
    sender: Oin
    receiver: Oin
    environment: Environment
    citation: Citation
    answers: MessageId | None = None
    answered_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """What `identify` reads from the header of verified content, and nothing else.

    `answered_digest` is SHA-256 over the exclusive C14N of the document answered, without its
    signature. An answer that repeats it is its own receipt (design §4); None says it does not.
    """

    kind: MessageKind
    message_id: MessageId
    conversation_id: ConversationId
    sender: Oin
    receiver: Oin
    environment: Environment
    answers: MessageId | None
    answered_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class FaultNotice:
    """Foutbericht: why a creditor's message was refused; constant text, no personal data."""

    code: str
    description: str


@dataclass(frozen=True, slots=True)
class Exchange(Generic[Question, Answer]):
    """A question out and an answer back.

    `request_schema` picks the XSD by question, because the creditor class decides the variant;
    `interpret` gets the envelope of the question it answers.
    """

    request_schema: Callable[[Question], str]
    compose: Callable[[Question, Envelope], Element]
    interpret: Callable[[Element, Question, Envelope], Answer]


@dataclass(frozen=True, slots=True)
class Notice(Generic[Fact]):
    """One way out."""

    schema: Callable[[Fact], str]
    compose: Callable[[Fact, Envelope], Element]


@dataclass(frozen=True, slots=True)
class CreditorAdapter:
    """One dialect.

    `schemas` maps each root element that may come in, as `{namespace}Name`, to its XSD: an
    allow-list. `replies` says which kinds may answer which question; anything else is refused, but
    for a fault about a message of ours, which `read_fault` reads: it may answer anything.
    """

    name: str
    schemas: Mapping[str, str]
    identify: Callable[[Element], Identified]
    replies: Mapping[MessageKind, frozenset[MessageKind]]
    debt_statement: Exchange[DebtStatementRequest, Reply]
    help_notice: Notice[HelpNotice] | None = None
    withdrawal: Notice[Withdrawal] | None = None
    fault: Notice[FaultNotice] | None = None
    read_fault: Callable[[Element], FaultNotice] | None = None
