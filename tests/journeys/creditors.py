"""Creditors in memory: real adapters, real signatures, no socket; what goes wrong is scripted.

Each creditor keeps what a real one must keep: the first answer to every message id, so that a
message that comes again gets the original answer and has one effect.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import ModuleType
from typing import cast

from gateway.domain.errors import MessageReused
from gateway.domain.identifiers import ClientNumber, CreditorId, MessageId, Oin
from gateway.domain.parties import Environment
from gateway.domain.statement import Reply
from gateway.ports.creditor import CreditorAdapter, Identified, MessageKind
from gateway.ports.environment import Clock, Ids
from gateway.ports.transport import (
    Delivered,
    Outcome,
    Partner,
    Refused,
    RefusedForNow,
    Unknown,
)
from gateway.wire import receipt
from gateway.wire.schema import SchemaCatalogue, Valid, validate
from gateway.wire.signature import Signed, Signer, sign, verify
from gateway.wire.trust import PartnerTrust
from gateway.wire.xml import Element

_LOOSE = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{space}">
<xs:element name="{name}"/>
</xs:schema>"""


class Crash(Exception):
    """The process died here: nothing after this line happened."""


class Act(Enum):
    """What happens to one delivery."""

    DONE = "done"
    BUSY = "refused for now"
    REFUSED = "refused"
    LOST_BEFORE = "failed and was not processed"
    LOST_AFTER = "failed but was processed"
    CRASH_BEFORE = "our process died before the creditor had it"
    CRASH_AFTER = "our process died after the creditor processed it"


@dataclass(slots=True)
class MemoryCreditor:
    """One creditor and what it does; `reply` None means that it gives only a receipt.

    `spoiled` makes what it says instead, to a question.
    """

    party: Oin
    adapter: CreditorAdapter
    simulator: ModuleType
    signer: Signer
    asker_trust: dict[Oin, PartnerTrust]
    catalogue: SchemaCatalogue
    clock: Clock
    ids: Ids
    reply: Reply | None = None
    spoiled: Callable[["MemoryCreditor"], bytes] | None = None
    acts: deque[Act] = field(default_factory=deque)
    came: list[Identified] = field(default_factory=list)
    documents: list[bytes] = field(default_factory=list)
    processed: dict[MessageId, tuple[bytes, bytes]] = field(default_factory=dict)
    questions: dict[MessageId, Element] = field(default_factory=dict)

    def hear(self, sender: Oin, message: Signed) -> bytes:
        """Process a message once; the same message again gets the same answer."""
        document = message.document
        verified = verify(document, self.asker_trust[sender], self.clock.now(), 1_000_000)
        schema = self.simulator.REQUESTS[str(verified.element.tag)]
        validate(verified.element, schema, self.catalogue)
        found = self.adapter.identify(verified.element)
        self.came.append(found)
        self.documents.append(document)
        kept = self.processed.get(found.message_id)
        if kept is not None:
            if kept[0] != document:
                raise MessageReused
            return kept[1]
        answer = self._answer(verified.element, found, verified.digest)
        self.processed[found.message_id] = (document, answer)
        return answer

    def _answer(self, question: Element, found: Identified, digest: bytes) -> bytes:
        if found.kind is MessageKind.DEBT_STATEMENT_REQUEST:
            self.questions[found.message_id] = question
            if self.spoiled is not None:
                return self.spoiled(self)
            if self.reply is not None:
                return self.answer(question, self.reply)
        return self.receipt(found, digest)

    def answer(
        self,
        question: Element,
        reply: Reply,
        *,
        about: ClientNumber | None = None,
        message_id: MessageId | None = None,
        signer: Signer | None = None,
        as_receipt: bool = True,
    ) -> bytes:
        """Return a signed answer to a question; each call draws an id of its own."""
        now = self.clock.now()
        fresh = message_id or MessageId(self.ids.reference())
        element = self.simulator.answer(
            question, reply, fresh, now.replace(microsecond=0), about, as_receipt=as_receipt
        )
        return sign(self.valid(element), signer or self.signer, now).document

    def valid(self, element: Element) -> Valid:
        return validate(element, self.adapter.schemas[str(element.tag)], self.catalogue)

    def receipt(self, found: Identified, digest: bytes) -> bytes:
        now: datetime = self.clock.now()
        element = receipt.compose(
            receipt.Receipt(
                receipt_id=MessageId(self.ids.reference()),
                message_id=found.message_id,
                digest=digest,
                sender=self.party,
                receiver=found.sender,
                received_at=now.replace(microsecond=0),
                environment=Environment.PRACTICE,
            )
        )
        return sign(
            validate(element, receipt.RECEIPT_SCHEMA, self.catalogue), self.signer, now
        ).document

    def sign_anything(self, element: Element, signer: Signer | None = None) -> bytes:
        """Sign an element whatever its schema says, as a broken creditor would."""
        space, _, name = str(element.tag).removeprefix("{").partition("}")
        loose = SchemaCatalogue({"ruim.xsd": _LOOSE.format(space=space, name=name).encode()})
        valid = validate(element, "ruim.xsd", loose)
        return sign(valid, signer or self.signer, self.clock.now()).document

    def unsigned(
        self, reply: Reply, *, question: Element | None = None, as_receipt: bool = True
    ) -> Element:
        """Return an answer to the last question, still to be spoiled and signed."""
        asked = self.last_question if question is None else question
        fresh, now = MessageId(self.ids.reference()), self.clock.now().replace(microsecond=0)
        return cast(Element, self.simulator.answer(asked, reply, fresh, now, as_receipt=as_receipt))

    @property
    def last_question(self) -> Element:
        return list(self.questions.values())[-1]

    @property
    def kinds(self) -> list[MessageKind]:
        return [found.kind for found in self.came]


_BEFORE: dict[Act, Outcome] = {
    Act.BUSY: RefusedForNow("http-503"),
    Act.REFUSED: Refused(400, b""),
    Act.LOST_BEFORE: Unknown("timeout"),
}

Witness = Callable[[Partner, Oin, Signed], Awaitable[None]]


async def _nobody(partner: Partner, sender: Oin, message: Signed) -> None:
    return None


@dataclass(slots=True)
class MemoryTransport:
    """Carries signed bytes to creditors in this process, and fails as their script says."""

    creditors: dict[CreditorId, MemoryCreditor]
    before: Witness = _nobody
    deliveries: int = 0

    async def deliver(self, partner: Partner, sender: Oin, message: Signed) -> Outcome:
        await self.before(partner, sender, message)
        self.deliveries += 1
        creditor = self.creditors[partner.creditor.creditor_id]
        act = creditor.acts.popleft() if creditor.acts else Act.DONE
        before = _BEFORE.get(act)
        if before is not None:
            return before
        if act is Act.CRASH_BEFORE:
            raise Crash
        body = creditor.hear(sender, message)
        if act is Act.LOST_AFTER:
            return Unknown("connection-lost")
        if act is Act.CRASH_AFTER:
            raise Crash
        return Delivered(200, body)
