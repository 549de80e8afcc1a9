"""What happens to a message that comes in at a simulated creditor, from bytes to bytes.

    1 verify      the signature, against the keys of the asker of this connection
    2 allow-list  the root is one that this dialect may bring
    3 validate    against its XSD
    4 identify    header: practice, from this asker, to this creditor
    5 guard       seen before? same document: the earlier answer; another: refused
    6 script      what a creditor of this behaviour does with it

The same order as at our own listener, because a creditor that builds this should see how.
"""

from dataclasses import dataclass, field
from typing import Final

from gateway.domain.errors import (
    EnvironmentMismatch,
    MessageReused,
    RecipientMismatch,
    RootUnknown,
)
from gateway.domain.identifiers import MessageId
from gateway.domain.parties import Environment
from gateway.ports.creditor import Identified, MessageKind
from gateway.practice.behaviours import (
    Action,
    AnswerLater,
    AnswerNow,
    Came,
    Unavailable,
    decide,
)
from gateway.practice.creditor.dossier import Dossier
from gateway.practice.creditor.outbox import Outbox, Promise
from gateway.practice.creditor.surroundings import KnownAsker
from gateway.practice.creditor.writing import Writer
from gateway.wire.schema import validate
from gateway.wire.signature import Verified, verify
from gateway.wire.xml import Element

MESSAGE_BYTES: Final = 1_000_000
"""The largest message that a simulated creditor takes in."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back: a status and a signed document, or 503 with nothing."""

    status: int
    document: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    digest: bytes
    answered: Answered


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A message that passed every check."""

    asker: KnownAsker
    identified: Identified
    verified: Verified

    @property
    def element(self) -> Element:
        return self.verified.element


class Desk:
    """Takes in the messages of one creditor and remembers what it answered."""

    def __init__(self, writer: Writer, outbox: Outbox, dossier: Dossier) -> None:
        self._writer, self._outbox, self._dossier = writer, outbox, dossier
        self._kept: dict[MessageId, _Kept] = {}
        self._attempts: dict[MessageId, int] = {}

    def take(self, asker: KnownAsker, document: bytes) -> Answered:
        """Return the answer to a message; raises PartnerFault when it is refused."""
        came = self._read(asker, document)
        message_id = came.identified.message_id
        kept = self._kept.get(message_id)  # 5
        if kept is not None:
            if kept.digest != came.verified.digest:
                raise MessageReused
            self._dossier.duplicates += 1
            return kept.answered
        answered = self._answer(came)  # 6
        if answered.document is not None:
            self._kept[message_id] = _Kept(came.verified.digest, answered)
        return answered

    def _read(self, asker: KnownAsker, document: bytes) -> _Incoming:
        dialect, around = self._writer.dialect, self._writer.around
        verified = verify(document, asker.trust, around.clock.now(), MESSAGE_BYTES)  # 1
        schema = dialect.requests.get(str(verified.element.tag))  # 2
        if schema is None:
            raise RootUnknown
        validate(verified.element, schema, around.catalogue)  # 3
        found = dialect.adapter.identify(verified.element)  # 4
        if found.environment is not Environment.PRACTICE:
            raise EnvironmentMismatch
        if (found.sender, found.receiver) != (asker.oin, self._writer.creditor.party):
            raise RecipientMismatch
        return _Incoming(asker, found, verified)

    def _answer(self, came: _Incoming) -> Answered:
        match came.identified.kind:
            case MessageKind.DEBT_STATEMENT_REQUEST:
                return self._question(came)
            case MessageKind.WITHDRAWAL:
                self._dossier.stops += 1
                conversation = came.identified.conversation_id
                self._dossier.cancelled += self._outbox.cancel(conversation)
            case _:
                self._dossier.notices += 1
        return self._receipt(came)

    def _question(self, came: _Incoming) -> Answered:
        message_id = came.identified.message_id
        attempt = self._attempts[message_id] = self._attempts.get(message_id, 0) + 1
        reminder = self._writer.dialect.hear(came.element).reminder
        actions = decide(self._writer.creditor.behaviour, Came(attempt, reminder))
        if Unavailable() in actions:
            self._dossier.outages += 1
            return Answered(503)
        if reminder:
            self._dossier.reminders += 1
        else:
            self._dossier.questions += 1
        return self._perform(came, actions)

    def _perform(self, came: _Incoming, actions: tuple[Action, ...]) -> Answered:
        now = [action for action in actions if isinstance(action, AnswerNow)]
        for action in actions:
            if isinstance(action, AnswerLater):
                self._promise(came, action)
        if not now:
            return self._receipt(came)
        letter = self._writer.answer(came.element, now[0].variant, now[0].pen)
        self._dossier.answers += 1
        return Answered(200, letter.signed.document)

    def _promise(self, came: _Incoming, action: AnswerLater) -> None:
        conversation = came.identified.conversation_id
        self._outbox.add(Promise(came.asker, conversation, came.element, action))

    def _receipt(self, came: _Incoming) -> Answered:
        signed = self._writer.receipt(came.identified, came.verified.digest)
        return Answered(202, signed.document)
