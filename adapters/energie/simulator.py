"""Voorbeeld Energie itself: hears our question, gives its answer. Pure, as the adapter is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, assert_never

from adapters.energie.codes import HOLDERS, RANKS, REFUSALS
from adapters.energie.header import ENERGY, identify, message, node, read, read_ground, schema_of
from gateway.domain.identifiers import ClientNumber, MessageId
from gateway.domain.money import Euro
from gateway.domain.parties import Contact
from gateway.domain.statement import (
    Claim,
    DebtStatement,
    Refusal,
    Reply,
    StatementLine,
    TransferredClaim,
    UnknownClaim,
)
from gateway.ports.creditor import Envelope
from gateway.wire.values import parse_whole, print_amount, print_date
from gateway.wire.xml import Element, attribute, canonical, child, children, text

REQUESTS: Final[Mapping[str, str]] = {
    ENERGY.tag(name): schema_of(name) for name in ("OpvraagSaldo", "Annulering")
}
"""What may come in at the company: root element -> XSD."""

LINES: Final[tuple[type[StatementLine], ...]] = (Claim, TransferredClaim, UnknownClaim)
"""The kinds of lines that an overview in this dialect can hold."""

_REFUSAL_CODES = {reason: code for code, reason in REFUSALS.items()}
_RANK_CODES = {rank: code for code, rank in RANKS.items()}
_HOLDER_CODES = {kind: code for code, kind in HOLDERS.items()}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the company hears in a question: about whom, which reminder, which invoices."""

    client_number: ClientNumber
    reminder: int
    invoice_numbers: tuple[str, ...]


def hear(request: Element) -> Heard:
    """Return what a question asks; raises Unintelligible."""
    return Heard(
        client_number=read(ClientNumber, text(request, ENERGY, "Klantverwijzing")),
        reminder=parse_whole(attribute(child(request, ENERGY, "Termijn"), "herinnering")),
        invoice_numbers=tuple(
            attribute(note, "nummer") for note in children(request, ENERGY, "BekendeNota")
        ),
    )


def answer(
    request: Element,
    reply: Reply,
    message_id: MessageId,
    sent_at: datetime,
    about: ClientNumber | None = None,
    *,
    as_receipt: bool = True,
) -> Element:
    """Return the company's reply to a question, unsigned.

    `about` makes it an answer about another person than the one asked about. `as_receipt` repeats
    the digest of the question, which makes the answer its receipt.
    """
    envelope = _reply_envelope(request, message_id, sent_at)
    if not as_receipt:
        envelope = replace(envelope, answered_digest=None)
    client_number = about or hear(request).client_number
    match reply:
        case Refusal():
            return message(
                "Weigering",
                envelope,
                client_number,
                node("Waarom", code=_REFUSAL_CODES[reply.reason]),
                _contact(reply.contact) if reply.contact else None,
            )
        case DebtStatement():
            return message(
                "SaldoOverzicht",
                envelope,
                client_number,
                ENERGY.element("Contractnummer", text=reply.customer_number),
                _contact(reply.contact),
                node("Notas", *(_line(line) for line in reply.lines)),
            )
        case _:
            assert_never(reply)


def _reply_envelope(request: Element, message_id: MessageId, sent_at: datetime) -> Envelope:
    asked = identify(request)
    return Envelope(
        message_id=message_id,
        conversation_id=asked.conversation_id,
        sent_at=sent_at,
        sender=asked.receiver,
        receiver=asked.sender,
        environment=asked.environment,
        citation=read_ground(request),
        answers=asked.message_id,
        answered_digest=sha256(canonical(request)).digest(),
    )


def _contact(contact: Contact) -> Element:
    return node("Aanspreekpunt", naam=contact.name, bellen=contact.phone, mailen=contact.email)


def _line(line: StatementLine) -> Element:
    match line:
        case Claim():
            return _open(line)
        case TransferredClaim():
            return _transferred(line)
        case UnknownClaim():
            return node(
                "NotaOnbekend",
                gevraagdAls=line.invoice_number_per_helper,
                standPer=print_date(line.reference_date),
            )
        case _:
            assert_never(line)


def _open(claim: Claim) -> Element:
    amounts = node(
        "Bedragen",
        levering=_amount(claim.principal),
        rente=_amount(claim.interest),
        incasso=_amount(claim.costs),
        boete=_amount(claim.fine),
        ontvangen=_amount(claim.paid),
        saldo=_amount(claim.total),
    )
    payment = node(
        "Betalen",
        kenmerk=claim.payment_reference,
        rekening=claim.iban.value,
        houder=claim.account_holder,
    )
    return node(
        "Nota",
        amounts,
        node("Rang", code=_RANK_CODES[claim.rank], wegens=claim.rank_ground),
        payment,
        nummer=claim.invoice_number,
        gevraagdAls=claim.invoice_number_per_helper,
        standPer=print_date(claim.reference_date),
        gefactureerdOp=print_date(claim.origin_date),
    )


def _amount(amount: Euro) -> str:
    return print_amount(amount.cents)


def _transferred(claim: TransferredClaim) -> Element:
    holder = node(
        "Houder",
        soort=_HOLDER_CODES[claim.holder_kind],
        naam=claim.holder_name,
        zaaknummer=claim.holder_reference,
        bellen=claim.holder_phone,
        mailen=claim.holder_email,
    )
    return node(
        "NotaElders",
        holder,
        nummer=claim.invoice_number,
        gevraagdAls=claim.invoice_number_per_helper,
        standPer=print_date(claim.reference_date),
        sinds=print_date(claim.transferred_on) if claim.transferred_on else None,
    )
