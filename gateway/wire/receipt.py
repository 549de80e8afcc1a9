"""The receipt: this document, by its digest, was received and recorded at this moment.

A receipt stands outside the dialects, in a namespace of its own, because every creditor must be
able to give and to read one, whatever vocabulary it speaks. It says nothing about the contents.
Ours also carries the current log checkpoint, so that whoever keeps our receipts becomes a witness
of the log (design §4). A receipt is signed and verified as every other message is.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.errors import Inexpressible, InvalidInput, Unintelligible
from gateway.domain.identifiers import MessageId, Oin
from gateway.domain.parties import Environment
from gateway.wire import xml
from gateway.wire.values import parse_digest, parse_moment, print_digest, print_moment

RECEIPT_SCHEMA: Final = "ontvangst/1.0/Ontvangstbevestiging.xsd"

_SPACE: Final = xml.Namespace("urn:schuldeisersberichten:ontvangst:1.0")

RECEIPT_TAG: Final = _SPACE.tag("Ontvangstbevestiging")
"""The root element of a receipt, as {uri}name."""

CHECKPOINT_LIMIT: Final = 4096
"""How many characters of log checkpoint a receipt can carry."""

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PARTS = (
    "Referentienummer",
    "BerichtReferentienummer",
    "BerichtDigest",
    "Afzender",
    "Ontvanger",
    "OntvangenOp",
    "Omgeving",
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Ontvangstbevestiging: who received which document of whom, and when.

    `digest` is SHA-256 over the exclusive C14N of the received document without its signature.
    `sender` gives the receipt, so it is the *receiver* of the message; `receiver` sent that
    message. `received_at` is UTC. `checkpoint` is a signed C2SP note.
    """

    receipt_id: MessageId
    message_id: MessageId
    digest: bytes
    sender: Oin
    receiver: Oin
    received_at: datetime
    environment: Environment
    checkpoint: str | None = None


def compose(receipt: Receipt) -> xml.Element:
    """Return the receipt as an element that is still to be validated and signed.

    Raises:
        Inexpressible: the digest is not 32 bytes, the moment is not UTC, or the checkpoint is
            empty, over CHECKPOINT_LIMIT characters or not plain text.
    """
    texts = (
        str(receipt.receipt_id),
        str(receipt.message_id),
        print_digest(receipt.digest),
        receipt.sender.value,
        receipt.receiver.value,
        print_moment(receipt.received_at),
        receipt.environment.value,
    )
    return _SPACE.element(
        "Ontvangstbevestiging",
        *(_SPACE.element(name, text=text) for name, text in zip(_PARTS, texts, strict=True)),
        _checkpoint_element(receipt.checkpoint),
    )


def _checkpoint_element(checkpoint: str | None) -> xml.Element | None:
    if checkpoint is None:
        return None
    if not 0 < len(checkpoint) <= CHECKPOINT_LIMIT:
        raise Inexpressible("A checkpoint is empty or too long.")
    return _SPACE.element("Checkpoint", text=checkpoint)


def interpret(element: xml.Element) -> Receipt:
    """Return what a verified receipt says; a signature element may still stand in it.

    Raises:
        Unintelligible: another root, a part missing, repeated, out of order or unknown, or a
            value that is not spelled as `compose` spells it.
    """
    _refuse_other_shape(element)
    checkpoint = xml.optional_text(element, _SPACE, "Checkpoint")
    if checkpoint is not None and not 0 < len(checkpoint) <= CHECKPOINT_LIMIT:
        raise Unintelligible("A checkpoint is empty or too long.")
    reference, message, digest, sender, receiver, moment, environment = (
        xml.text(element, _SPACE, name) for name in _PARTS
    )
    return Receipt(
        _message_id(reference),
        _message_id(message),
        parse_digest(digest),
        _party(sender),
        _party(receiver),
        parse_moment(moment),
        _environment(environment),
        checkpoint,
    )


def _refuse_other_shape(element: xml.Element) -> None:
    if element.tag != RECEIPT_TAG or element.attrib:
        raise Unintelligible("The root is not that of a receipt.")
    parts = [part.tag for part in element]
    if parts and parts[-1] == _SIGNATURE:
        parts.pop()
    wanted = [_SPACE.tag(name) for name in _PARTS]
    if parts not in (wanted, [*wanted, _SPACE.tag("Checkpoint")]):
        raise Unintelligible("The parts of a receipt are not as agreed.")
    if any(part.attrib for part in element if part.tag != _SIGNATURE):
        raise Unintelligible("A part of a receipt has attributes.")


def _message_id(text: str) -> MessageId:
    if _UUID.fullmatch(text) is None:
        raise Unintelligible("A reference is not a UUID of version 4.")
    return MessageId(UUID(text))


def _party(text: str) -> Oin:
    try:
        return Oin(text)
    except InvalidInput:
        raise Unintelligible("A party is not an OIN.") from None


def _environment(text: str) -> Environment:
    try:
        return Environment(text)
    except ValueError:
        raise Unintelligible("The environment is not known.") from None
