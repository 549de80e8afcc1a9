"""What a simulated creditor writes: answers and receipts, composed, validated and signed.

An incomplete answer is not forged past the guards of the gateway. The creditor holds its answer
against a schema of its own that is too loose, as a real creditor with an old schema would, and
signs it in good faith.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.identifiers import ClientNumber, MessageId
from gateway.domain.parties import Environment
from gateway.ports.creditor import Identified
from gateway.practice.behaviours import Pen, Variant, reply_of
from gateway.practice.cast import CastCreditor
from gateway.practice.creditor.dialect import Dialect
from gateway.practice.creditor.keyring import Keyring
from gateway.practice.creditor.surroundings import Surroundings
from gateway.wire import receipt
from gateway.wire.schema import SchemaCatalogue, Valid, validate
from gateway.wire.signature import Signed, sign
from gateway.wire.xml import Element

_CLIENT_NUMBER_BYTES: Final = 8
_LOOSE: Final = "ruim.xsd"
_LOOSE_SCHEMA: Final = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{space}">
<xs:element name="{name}"/>
</xs:schema>"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A signed message of the creditor, with the id in it."""

    message_id: MessageId
    signed: Signed = field(repr=False)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the messages of one creditor."""

    creditor: CastCreditor
    dialect: Dialect
    keyring: Keyring
    around: Surroundings

    def answer(self, request: Element, variant: Variant, pen: Pen) -> Letter:
        """Return the signed answer to a question in this variant; each call has a new id."""
        message_id = MessageId(self.around.ids.reference())
        sent_at = self.around.clock.now().replace(microsecond=0)
        reply = reply_of(self.creditor.statement, variant)
        about = self._somebody_else() if variant is Variant.OTHER_PERSON else None
        element = self.dialect.answer(request, reply, message_id, sent_at, about)
        schema = self.dialect.adapter.schemas[str(element.tag)]
        if variant is Variant.INCOMPLETE:
            valid = _loosely_valid(
                _incomplete(element, self.around.catalogue.compiled(schema).validate)
            )
        else:
            valid = validate(element, schema, self.around.catalogue)
        return Letter(message_id, sign(valid, self.keyring.pens[pen], sent_at))

    def receipt(self, received: Identified, digest: bytes) -> Signed:
        """Return the signed receipt of a message with this header and document digest."""
        now = self.around.clock.now().replace(microsecond=0)
        element = receipt.compose(
            receipt.Receipt(
                receipt_id=MessageId(self.around.ids.reference()),
                message_id=received.message_id,
                digest=digest,
                sender=self.creditor.party,
                receiver=received.sender,
                received_at=now,
                environment=Environment.PRACTICE,
            )
        )
        valid = validate(element, receipt.RECEIPT_SCHEMA, self.around.catalogue)
        return sign(valid, self.keyring.pens[Pen.OWN], now)

    def _somebody_else(self) -> ClientNumber:
        return ClientNumber.from_random(
            int.from_bytes(self.around.ids.chance(_CLIENT_NUMBER_BYTES), "big")
        )


def _incomplete(element: Element, is_valid: Callable[[Element], bool]) -> Element:
    """Take parts away from the end, where a dialect has what was asked for, until one is missed."""
    while is_valid(element):
        element.remove(element[-1])
    return element


def _loosely_valid(element: Element) -> Valid:
    space, _, name = str(element.tag).removeprefix("{").partition("}")
    schema = _LOOSE_SCHEMA.format(space=space, name=name)
    return validate(element, _LOOSE, SchemaCatalogue({_LOOSE: schema.encode()}))
