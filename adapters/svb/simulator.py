"""A creditor that speaks svb: hears our question, gives its answer. Pure, as the adapter is.

Used by the laws, the golden files and the practice creditors, which put real servers and real
signatures around it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, assert_never

from adapters.svb.header import SVB, identify, message, part, read, read_ground, schema_of
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
from gateway.wire.xml import Element, canonical, child, children, text

REQUESTS: Final[Mapping[str, str]] = {
    SVB.tag(name): schema_of(name)
    for name in (
        "Kennisgeving",
        "KennisgevingPubliek",
        "Saldoverzoek",
        "SaldoverzoekPubliek",
        "SaldoverzoekNuts",
        "Intrekking",
        "Foutbericht",
    )
}
"""What may come in at the creditor: root element -> XSD."""

LINES: Final[tuple[type[StatementLine], ...]] = (Claim, TransferredClaim, UnknownClaim)
"""The kinds of lines that a statement in this dialect can hold."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the creditor hears in a question: about whom, which reminder, which invoices."""

    client_number: ClientNumber
    reminder: int
    invoice_numbers: tuple[str, ...]


def hear(request: Element) -> Heard:
    """Return what a question asks; raises Unintelligible."""
    asked = children(child(request, SVB, "Vorderingen"), SVB, "Vordering")
    return Heard(
        client_number=read(ClientNumber, text(request, SVB, "KlantnummerSHV")),
        reminder=parse_whole(text(request, SVB, "Rappel")),
        invoice_numbers=tuple(text(one, SVB, "FactuurnummerSEVolgensSHV") for one in asked),
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
    """Return the creditor's reply to a question, unsigned.

    `about` makes it an answer about another person than the one asked about. `as_receipt` repeats
    the digest of the question, which makes the answer its receipt.
    """
    envelope = _reply_envelope(request, message_id, sent_at)
    if not as_receipt:
        envelope = replace(envelope, answered_digest=None)
    client = part("KlantnummerSHV", (about or hear(request).client_number).value)
    match reply:
        case Refusal():
            return message(
                "GeenMedewerking",
                envelope,
                client,
                part("Reden", reply.reason.value),
                _contact(reply.contact) if reply.contact else None,
            )
        case DebtStatement():
            return message(
                "SaldoverzoekAntwoord",
                envelope,
                client,
                part("KlantnummerSE", reply.customer_number),
                _contact(reply.contact),
                SVB.element("Vorderingen", *(_line(line) for line in reply.lines)),
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
    return SVB.element(
        "Contactpersoon",
        part("Naam", contact.name),
        part("Email", contact.email),
        part("Telefoon", contact.phone),
    )


def _line(line: StatementLine) -> Element:
    match line:
        case Claim():
            return _known(line, _open(line))
        case TransferredClaim():
            return _known(line, _transferred(line))
        case UnknownClaim():
            return SVB.element(
                "Vordering",
                part("FactuurnummerSEVolgensSHV", line.invoice_number_per_helper),
                part("Datum", print_date(line.reference_date)),
                SVB.element("Onbekend"),
            )
        case _:
            assert_never(line)


def _known(line: Claim | TransferredClaim, block: Element) -> Element:
    return SVB.element(
        "Vordering",
        part("FactuurnummerSE", line.invoice_number),
        part("FactuurnummerSEVolgensSHV", line.invoice_number_per_helper),
        part("Datum", print_date(line.reference_date)),
        block,
    )


def _open(claim: Claim) -> Element:
    return SVB.element(
        "Openstaand",
        part("Ontstaansdatum", print_date(claim.origin_date)),
        _amount("OrgineleVordering", claim.principal),
        _amount("Rente", claim.interest),
        _amount("Kosten", claim.costs),
        _amount("Boete", claim.fine),
        _amount("Betalingen", claim.paid),
        _amount("ActueelVorderingsbedrag", claim.total),
        part("VorderingsType", claim.rank.value),
        part("Preferentiegrond", claim.rank_ground),
        part("Betaalreferentie", claim.payment_reference),
        part("IBAN", claim.iban.value),
        part("TenNameVan", claim.account_holder),
    )


def _amount(name: str, amount: Euro) -> Element | None:
    return part(name, print_amount(amount.cents))


def _transferred(claim: TransferredClaim) -> Element:
    return SVB.element(
        "Overgedragen",
        part("Soort", claim.holder_kind.value),
        part("Naam", claim.holder_name),
        part("Email", claim.holder_email),
        part("Telefoon", claim.holder_phone),
        part("Referentie", claim.holder_reference),
        part("DatumOverdracht", print_date(claim.transferred_on) if claim.transferred_on else None),
    )
