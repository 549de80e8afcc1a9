"""What Voorbeeld Energie answers: its invoices, or its refusal, read strictly."""

from adapters.energie.codes import HOLDERS, RANKS, REFUSALS
from adapters.energie.header import ENERGY, KINDS, read, refuse_other_exchange
from gateway.domain.errors import InvalidInput, OtherPerson, ReplyNotAllowed, Unintelligible
from gateway.domain.identifiers import Iban
from gateway.domain.money import Euro
from gateway.domain.parties import Contact
from gateway.domain.statement import (
    Claim,
    DebtStatement,
    DebtStatementRequest,
    Refusal,
    Reply,
    StatementLine,
    TransferredClaim,
    UnknownClaim,
)
from gateway.ports.creditor import Envelope, MessageKind
from gateway.wire.values import parse_amount, parse_date
from gateway.wire.xml import Element, attribute, child, optional_child, text


def interpret(element: Element, question: DebtStatementRequest, envelope: Envelope) -> Reply:
    """Return what the company says in reply to this question.

    Raises:
        ReplyNotAllowed: the message is no overview and no refusal.
        NotCorrelated, RecipientMismatch, EnvironmentMismatch: it belongs to another exchange.
        OtherPerson: it is about another person.
        Unintelligible: it names another ground, does not add up, or holds a value that the
            domain refuses.
    """
    kind = KINDS.get(str(element.tag))
    if kind not in (MessageKind.DEBT_STATEMENT, MessageKind.REFUSAL):
        raise ReplyNotAllowed
    refuse_other_exchange(element, envelope)
    if text(element, ENERGY, "Klantverwijzing") != question.client_number.value:
        raise OtherPerson
    return _refusal(element) if kind is MessageKind.REFUSAL else _statement(element)


def _refusal(element: Element) -> Refusal:
    contact = optional_child(element, ENERGY, "Aanspreekpunt")
    reason = REFUSALS.get(attribute(child(element, ENERGY, "Waarom"), "code"))
    if reason is None:
        raise Unintelligible("The reason of refusal is not known.")
    return Refusal(reason, None if contact is None else _contact(contact))


def _contact(element: Element) -> Contact:
    return Contact(attribute(element, "naam"), element.get("bellen"), element.get("mailen"))


def _statement(element: Element) -> DebtStatement:
    return DebtStatement(
        customer_number=text(element, ENERGY, "Contractnummer"),
        contact=_contact(child(element, ENERGY, "Aanspreekpunt")),
        lines=tuple(_line(note) for note in child(element, ENERGY, "Notas")),
    )


def _line(element: Element) -> StatementLine:
    if element.tag == ENERGY.tag("Nota"):
        return _claim(element)
    if element.tag == ENERGY.tag("NotaElders"):
        return _transferred(element)
    if element.tag == ENERGY.tag("NotaOnbekend"):
        return UnknownClaim(
            attribute(element, "gevraagdAls"), parse_date(attribute(element, "standPer"))
        )
    raise Unintelligible("A line is no invoice of any kind.")


def _claim(element: Element) -> Claim:
    amounts = child(element, ENERGY, "Bedragen")
    rank = child(element, ENERGY, "Rang")
    payment = child(element, ENERGY, "Betalen")
    found = RANKS.get(attribute(rank, "code"))
    if found is None:
        raise Unintelligible("The rank of a claim is not known.")
    claim = Claim(
        invoice_number=attribute(element, "nummer"),
        reference_date=parse_date(attribute(element, "standPer")),
        origin_date=parse_date(attribute(element, "gefactureerdOp")),
        principal=_euro(amounts, "levering"),
        interest=_euro(amounts, "rente"),
        costs=_euro(amounts, "incasso"),
        fine=_euro(amounts, "boete"),
        paid=_euro(amounts, "ontvangen"),
        rank=found,
        payment_reference=attribute(payment, "kenmerk"),
        iban=read(Iban, attribute(payment, "rekening")),
        account_holder=attribute(payment, "houder"),
        invoice_number_per_helper=element.get("gevraagdAls"),
        rank_ground=rank.get("wegens"),
    )
    _refuse_wrong_sum(claim, _euro(amounts, "saldo"))
    return claim


def _refuse_wrong_sum(claim: Claim, balance: Euro) -> None:
    try:
        agrees = claim.total == balance
    except InvalidInput:
        agrees = False
    if not agrees:
        raise Unintelligible("The balance of an invoice is not the sum of its parts.")


def _euro(element: Element, name: str) -> Euro:
    cents = parse_amount(attribute(element, name))
    try:
        return Euro(cents)
    except InvalidInput:
        raise Unintelligible("An amount is larger than a message may carry.") from None


def _transferred(element: Element) -> TransferredClaim:
    holder = child(element, ENERGY, "Houder")
    kind = HOLDERS.get(attribute(holder, "soort"))
    if kind is None:
        raise Unintelligible("The kind of holder is not known.")
    since = element.get("sinds")
    return TransferredClaim(
        invoice_number=attribute(element, "nummer"),
        reference_date=parse_date(attribute(element, "standPer")),
        holder_kind=kind,
        holder_name=attribute(holder, "naam"),
        transferred_on=None if since is None else parse_date(since),
        holder_reference=holder.get("zaaknummer"),
        holder_email=holder.get("mailen"),
        holder_phone=holder.get("bellen"),
        invoice_number_per_helper=element.get("gevraagdAls"),
    )
