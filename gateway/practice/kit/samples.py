"""One signed sample of every message, in both directions, as one conversation."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeVar

from gateway.domain.identifiers import ConversationId, MessageId
from gateway.domain.parties import CreditorClass, Environment
from gateway.domain.statement import DebtStatementRequest, HelpNotice, Withdrawal
from gateway.ledger.checkpoint import Checkpoint, sign_checkpoint
from gateway.ledger.tree import leaf_hash
from gateway.ports.creditor import Envelope, FaultNotice, Notice
from gateway.practice.behaviours import Pen, Variant
from gateway.practice.creditor.surroundings import Surroundings
from gateway.practice.creditor.writing import Letter, Writer
from gateway.practice.kit import facts
from gateway.practice.stage.parties import MUNICIPALITY
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import Signed, Signer, sign
from gateway.wire.xml import Element

Fact = TypeVar("Fact")
OURS: Final = "van-gemeente"
THEIRS: Final = "van-schuldeiser"


@dataclass(frozen=True, slots=True)
class Sample:
    """A signed message: the file it goes in, what it shows, and the schema it obeys."""

    path: str
    about: str
    schema: str
    document: bytes = field(repr=False)


class Samples:
    """Writes the samples: those of the municipality itself, those of the creditor by its Writer."""

    def __init__(self, writer: Writer, municipality: Signer) -> None:
        self._writer, self._signer = writer, municipality
        self._adapter = writer.dialect.adapter
        self._around: Surroundings = writer.around
        self._now: datetime = self._around.clock.now()
        self._conversation = ConversationId(self._around.ids.reference())
        self._made: list[Sample] = []

    def write(self) -> tuple[Sample, ...]:
        """Return every sample, in the order in which a conversation goes."""
        self._notices()
        plain = self._question(CreditorClass.OTHER)
        envelope = self._envelope()
        asked = self._ask("saldoverzoek", "wat is deze persoon u schuldig?", plain, envelope)
        self._variants(plain)
        request = self._adapter.debt_statement.compose(plain, envelope)
        self._answers(request, asked)
        self._endings()
        return tuple(self._made)

    def _notices(self) -> None:
        for name, about, kind in (
            ("kennisgeving", "deze persoon krijgt schuldhulp", CreditorClass.OTHER),
            ("kennisgeving-publiek", "hetzelfde, met BSN", CreditorClass.PUBLIC),
        ):
            subject = facts.BY_BSN if kind is CreditorClass.PUBLIC else facts.BY_NAME
            fact = HelpNotice(facts.CLIENT, subject, kind, facts.CONTACT)
            self._notice(name, about, self._adapter.help_notice, fact)

    def _question(self, kind: CreditorClass) -> DebtStatementRequest:
        subject = facts.BY_BSN if kind is CreditorClass.PUBLIC else facts.BY_NAME
        return facts.question(subject, kind, self._now.date())

    def _variants(self, plain: DebtStatementRequest) -> None:
        public, utility = CreditorClass.PUBLIC, CreditorClass.UTILITY
        for name, about, asked in (
            ("saldoverzoek-publiek", "hetzelfde, met BSN", self._question(public)),
            ("saldoverzoek-nuts", "hetzelfde, met meterstanden", self._question(utility)),
            ("rappel", "herinnering aan het saldoverzoek", replace(plain, reminder=1)),
        ):
            self._ask(name, about, asked, self._envelope())

    def _answers(self, request: Element, asked: Signed) -> None:
        received = self._writer.receipt(self._adapter.identify(request), asked.digest)
        about = "op het saldoverzoek: ontvangen, het antwoord volgt"
        self._add(THEIRS, "ontvangstbevestiging", about, receipt.RECEIPT_SCHEMA, received)
        answer = self._writer.answer(request, Variant.OWN, Pen.OWN)
        about = "een open, een overgedragen en een onbekende vordering"
        self._add(THEIRS, "antwoord", about, "svb/1.0/SaldoverzoekAntwoord.xsd", answer.signed)
        refusal = self._writer.answer(request, Variant.CLIENT_UNKNOWN, Pen.OWN)
        about = "u kent deze persoon niet: een weigering met reden"
        self._add(THEIRS, "geen-medewerking", about, "svb/1.0/GeenMedewerking.xsd", refusal.signed)
        self._receipt(answer)

    def _receipt(self, answer: Letter) -> None:
        tree = Checkpoint(facts.LOG_KEY.name, 1, leaf_hash(answer.signed.digest))
        element = receipt.compose(
            receipt.Receipt(
                receipt_id=self._message_id(),
                message_id=answer.message_id,
                digest=answer.signed.digest,
                sender=MUNICIPALITY.oin,
                receiver=facts.CREDITOR,
                received_at=self._now,
                environment=Environment.PRACTICE,
                checkpoint=sign_checkpoint(tree, facts.LOG_KEY).decode(),
            )
        )
        about = "op uw antwoord, met de stand van ons logboek"
        schema = receipt.RECEIPT_SCHEMA
        self._add(OURS, "ontvangstbevestiging", about, schema, self._signed(element, schema))

    def _endings(self) -> None:
        fault = FaultNotice("StUF055", "Het bericht voldoet niet aan het schema")
        answered = replace(self._envelope(), answers=self._message_id())
        about = "een bericht van u is geweigerd, en waarom"
        self._notice("foutbericht", about, self._adapter.fault, fault, answered)
        about = "stop: antwoord niet meer en wis wat u hiervoor kreeg"
        stop = Withdrawal(facts.CLIENT)
        self._notice("intrekking", about, self._adapter.withdrawal, stop)

    def _ask(
        self, name: str, about: str, question: DebtStatementRequest, envelope: Envelope
    ) -> Signed:
        exchange = self._adapter.debt_statement
        schema = exchange.request_schema(question)
        signed = self._signed(exchange.compose(question, envelope), schema)
        self._add(OURS, name, about, schema, signed)
        return signed

    def _notice(
        self,
        name: str,
        about: str,
        notice: Notice[Fact] | None,
        fact: Fact,
        envelope: Envelope | None = None,
    ) -> None:
        if notice is None:
            return
        schema = notice.schema(fact)
        element = notice.compose(fact, envelope or self._envelope())
        self._add(OURS, name, about, schema, self._signed(element, schema))

    def _envelope(self) -> Envelope:
        return Envelope(
            message_id=self._message_id(),
            conversation_id=self._conversation,
            sent_at=self._now,
            sender=MUNICIPALITY.oin,
            receiver=facts.CREDITOR,
            environment=Environment.PRACTICE,
            citation=facts.citation(self._now.date()),
        )

    def _message_id(self) -> MessageId:
        return MessageId(self._around.ids.reference())

    def _signed(self, element: Element, schema: str) -> Signed:
        return sign(validate(element, schema, self._around.catalogue), self._signer, self._now)

    def _add(self, whose: str, name: str, about: str, schema: str, signed: Signed) -> None:
        number = 1 + sum(one.path.startswith(f"{whose}/") for one in self._made)
        path = f"{whose}/{number:02d}-{name}.xml"
        self._made.append(Sample(path, about, schema, signed.document))
