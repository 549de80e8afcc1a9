"""The creditor's side in svb: a statement of claims or a refusal, read strictly.

A reply is understood only when it belongs to our question, is about the person we asked about and
adds up: the balance a creditor names must be the sum of the parts it names. Everything read here
was verified and found valid before; the checks stay strict all the same, because the schema
cannot say them.
"""

from collections.abc import Mapping
from typing import Final

from adapters.svb.header import KINDS, SVB, read, refuse_other_exchange
from gateway.domain.errors import InvalidInput, OtherPerson, ReplyNotAllowed, Unintelligible
from gateway.domain.identifiers import Iban
from gateway.domain.money import Euro
from gateway.domain.parties import Contact
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    DebtStatementRequest,
    HolderKind,
    Refusal,
    RefusalReason,
    Reply,
    StatementLine,
    TransferredClaim,
    UnknownClaim,
)
from gateway.ports.creditor import Envelope, FaultNotice, MessageKind
from gateway.wire.values import parse_amount, parse_date
from gateway.wire.xml import (
    Element,
    child,
    children,
    optional_child,
    optional_text,
    text,
)

REFUSALS: Final[Mapping[str, RefusalReason]] = {reason.value: reason for reason in RefusalReason}
"""Refusal codes on the wire; svb spells them as the domain does."""


def read_fault(element: Element) -> FaultNotice:
    """Return why the creditor refused a message of ours; raises Unintelligible."""
    return FaultNotice(text(element, SVB, "Code"), text(element, SVB, "Omschrijving"))


def interpret(element: Element, question: DebtStatementRequest, envelope: Envelope) -> Reply:
    """Return what the creditor says in reply to this question.

    Raises:
        ReplyNotAllowed: the message is no statement and no refusal.
        NotCorrelated, RecipientMismatch, EnvironmentMismatch: it belongs to another exchange.
        OtherPerson: it is about another person.
        Unintelligible: it names another ground, does not add up, or holds a value that the
            domain refuses.
    """
    kind = KINDS.get(str(element.tag))
    if kind not in (MessageKind.DEBT_STATEMENT, MessageKind.REFUSAL):
        raise ReplyNotAllowed
    refuse_other_exchange(element, envelope)
    if text(element, SVB, "KlantnummerSHV") != question.client_number.value:
        raise OtherPerson
    return _refusal(element) if kind is MessageKind.REFUSAL else _statement(element)


def _refusal(element: Element) -> Refusal:
    contact = optional_child(element, SVB, "Contactpersoon")
    reason = REFUSALS.get(text(element, SVB, "Reden"))
    if reason is None:
        raise Unintelligible("The reason of refusal is not known.")
    return Refusal(reason, None if contact is None else _contact(contact))


def _contact(element: Element) -> Contact:
    return Contact(
        name=text(element, SVB, "Naam"),
        phone=optional_text(element, SVB, "Telefoon"),
        email=optional_text(element, SVB, "Email"),
    )


def _statement(element: Element) -> DebtStatement:
    claims = children(child(element, SVB, "Vorderingen"), SVB, "Vordering")
    return DebtStatement(
        customer_number=text(element, SVB, "KlantnummerSE"),
        contact=_contact(child(element, SVB, "Contactpersoon")),
        lines=tuple(_line(claim) for claim in claims),
    )


def _line(element: Element) -> StatementLine:
    blocks = [
        (name, block)
        for name in ("Openstaand", "Overgedragen", "Onbekend")
        if (block := optional_child(element, SVB, name)) is not None
    ]
    match blocks:
        case [("Openstaand", block)]:
            return _claim(element, block)
        case [("Overgedragen", block)]:
            return _transferred(element, block)
        case [("Onbekend", _)]:
            return UnknownClaim(
                text(element, SVB, "FactuurnummerSEVolgensSHV"),
                parse_date(text(element, SVB, "Datum")),
            )
        case _:
            raise Unintelligible("A claim is open, transferred or unknown, and one of these only.")


def _claim(element: Element, block: Element) -> Claim:
    claim = Claim(
        invoice_number=text(element, SVB, "FactuurnummerSE"),
        reference_date=parse_date(text(element, SVB, "Datum")),
        origin_date=parse_date(text(block, SVB, "Ontstaansdatum")),
        principal=_euro(block, "OrgineleVordering"),
        interest=_euro(block, "Rente"),
        costs=_euro(block, "Kosten"),
        fine=_euro(block, "Boete"),
        paid=_euro(block, "Betalingen"),
        rank=read(ClaimRank, text(block, SVB, "VorderingsType")),
        payment_reference=text(block, SVB, "Betaalreferentie"),
        iban=read(Iban, text(block, SVB, "IBAN")),
        account_holder=text(block, SVB, "TenNameVan"),
        invoice_number_per_helper=optional_text(element, SVB, "FactuurnummerSEVolgensSHV"),
        rank_ground=optional_text(block, SVB, "Preferentiegrond"),
    )
    _refuse_wrong_sum(claim, _euro(block, "ActueelVorderingsbedrag"))
    return claim


def _refuse_wrong_sum(claim: Claim, balance: Euro) -> None:
    try:
        agrees = claim.total == balance
    except InvalidInput:
        agrees = False
    if not agrees:
        raise Unintelligible("The balance of a claim is not the sum of its parts.")


def _euro(element: Element, name: str) -> Euro:
    cents = parse_amount(text(element, SVB, name))
    try:
        return Euro(cents)
    except InvalidInput:
        raise Unintelligible("An amount is larger than a message may carry.") from None


def _transferred(element: Element, block: Element) -> TransferredClaim:
    transferred_on = optional_text(block, SVB, "DatumOverdracht")
    return TransferredClaim(
        invoice_number=text(element, SVB, "FactuurnummerSE"),
        reference_date=parse_date(text(element, SVB, "Datum")),
        holder_kind=read(HolderKind, text(block, SVB, "Soort")),
        holder_name=text(block, SVB, "Naam"),
        transferred_on=None if transferred_on is None else parse_date(transferred_on),
        holder_reference=optional_text(block, SVB, "Referentie"),
        holder_email=optional_text(block, SVB, "Email"),
        holder_phone=optional_text(block, SVB, "Telefoon"),
        invoice_number_per_helper=optional_text(element, SVB, "FactuurnummerSEVolgensSHV"),
    )
