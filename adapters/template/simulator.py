"""A creditor that speaks the example dialect: hears our question, gives its answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, assert_never

from adapters.template.adapter import RANKS, REFUSALS, compose_contact
from adapters.template.header import (
    SPACE,
    identify,
    message,
    part,
    read,
    read_ground,
    schema_of,
)
from gateway.domain.errors import Inexpressible
from gateway.domain.identifiers import ClientNumber, MessageId
from gateway.domain.statement import Claim, DebtStatement, Refusal, Reply, StatementLine
from gateway.ports.creditor import Envelope
from gateway.wire.values import parse_whole, print_amount, print_date
from gateway.wire.xml import Element, canonical, children, text

REQUESTS: Final[Mapping[str, str]] = {
    SPACE.tag(name): schema_of(name) for name in ("Vraag", "Stop")
}
"""What may come in at the creditor: root element -> XSD."""

LINES: Final[tuple[type[StatementLine], ...]] = (Claim,)
"""The kinds of lines that a statement in this dialect can hold: open claims only."""

_REFUSAL_CODES = {reason: code for code, reason in REFUSALS.items()}
_RANK_CODES = {rank: code for code, rank in RANKS.items()}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the creditor hears in a question: about whom, which reminder, which invoices."""

    client_number: ClientNumber
    reminder: int
    invoice_numbers: tuple[str, ...]


def hear(request: Element) -> Heard:
    """Return what a question asks; raises Unintelligible."""
    return Heard(
        client_number=read(ClientNumber, text(request, SPACE, "Klant")),
        reminder=parse_whole(text(request, SPACE, "Herinnering")),
        invoice_numbers=tuple(one.text or "" for one in children(request, SPACE, "Factuur")),
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

    Raises:
        Inexpressible: a line is no open claim.
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
                part("Reden", _REFUSAL_CODES[reply.reason]),
                compose_contact(reply.contact) if reply.contact else None,
            )
        case DebtStatement():
            return message(
                "Antwoord",
                envelope,
                client_number,
                part("Klantnummer", reply.customer_number),
                compose_contact(reply.contact),
                *(_line(line) for line in reply.lines),
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


def _line(line: StatementLine) -> Element:
    if not isinstance(line, Claim):
        raise Inexpressible("This dialect knows open claims only.")
    amounts = {
        "Hoofdsom": line.principal,
        "Rente": line.interest,
        "Kosten": line.costs,
        "Boete": line.fine,
        "Betaald": line.paid,
        "Totaal": line.total,
    }
    return SPACE.element(
        "Vordering",
        part("Factuur", line.invoice_number),
        part("GevraagdAls", line.invoice_number_per_helper),
        part("Peildatum", print_date(line.reference_date)),
        part("Ontstaan", print_date(line.origin_date)),
        *(part(name, print_amount(amount.cents)) for name, amount in amounts.items()),
        part("Rang", _RANK_CODES[line.rank]),
        part("Rangreden", line.rank_ground),
        part("Betaalkenmerk", line.payment_reference),
        part("IBAN", line.iban.value),
        part("Houder", line.account_holder),
    )
