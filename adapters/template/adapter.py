"""A small dialect that works: copy this folder, then change the words.

An adapter is a value. `compose_*` turns a question of the gateway into an element, `interpret`
turns the creditor's element into a reply; nothing else is needed and nothing else is given: no
socket, clock, key or logger. `gateway new-adapter NAME` makes the copy, and the laws in
tests/adapters/test_laws.py hold for it from that moment.
"""

from collections.abc import Mapping
from typing import Final

from adapters.template.header import (
    KINDS,
    SPACE,
    identify,
    message,
    part,
    read,
    refuse_other_exchange,
    schema_of,
)
from gateway.domain.errors import (
    Inexpressible,
    InvalidInput,
    OtherPerson,
    ReplyNotAllowed,
    Unintelligible,
)
from gateway.domain.identifiers import Iban
from gateway.domain.money import Euro
from gateway.domain.parties import Contact
from gateway.domain.person import Address, ByName, PersonName
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    DebtStatementRequest,
    Refusal,
    RefusalReason,
    Reply,
    Withdrawal,
)
from gateway.ports.creditor import CreditorAdapter, Envelope, Exchange, MessageKind, Notice
from gateway.wire.values import parse_amount, parse_date, print_date, print_whole
from gateway.wire.xml import Element, child, children, optional_child, optional_text, text

__all__ = ["ADAPTER", "IGNORED", "REFUSALS"]

REFUSALS: Final[Mapping[str, RefusalReason]] = {
    "onbekend": RefusalReason.CLIENT_UNKNOWN,
    "gekweten": RefusalReason.RECENT_FINAL_DISCHARGE,
    "gestabiliseerd": RefusalReason.RECENT_STABILISATION,
    "geen_samenwerking": RefusalReason.NO_COOPERATION_WITH_HELPER,
}

RANKS: Final[Mapping[str, ClaimRank]] = {
    "preferent": ClaimRank.PREFERENTIAL,
    "concurrent": ClaimRank.ORDINARY,
    "separatist": ClaimRank.SEPARATIST,
    "uitgesloten": ClaimRank.EXCLUDED,
}


# 1. Out: the question and the stop ------------------------------------------------------------


def compose_question(question: DebtStatementRequest, envelope: Envelope) -> Element:
    """Return the question of what this person owes; raises Inexpressible when it does not fit."""
    if question.meter_readings or not isinstance(question.subject, ByName):
        raise Inexpressible("This dialect has no place for meter readings or a BSN.")
    name, address = question.subject.name, question.subject.address
    return message(
        "Vraag",
        envelope,
        question.client_number,
        part("Klantnummer", question.customer_number),
        _name(name),
        part("GeborenOp", print_date(name.birth_date)),
        _address(address) if address else None,
        compose_contact(question.contact),
        part("Herinnering", print_whole(question.reminder)),
        part("AntwoordVoor", print_date(question.reply_by) if question.reply_by else None),
        *(part("Factuur", number) for number in question.invoice_numbers),
    )


def _name(name: PersonName) -> Element:
    return SPACE.element(
        "Naam",
        part("Voorletters", name.initials),
        part("Voorvoegsel", name.prefix),
        part("Achternaam", name.surname),
    )


def _address(address: Address) -> Element:
    return SPACE.element(
        "Adres",
        part("Straat", address.street),
        part("Huisnummer", print_whole(address.house_number)),
        part("Letter", address.house_letter),
        part("Toevoeging", address.house_number_addition),
        part("Postcode", address.postcode),
        part("Plaats", address.city),
    )


def compose_contact(contact: Contact) -> Element:
    """Return a person at an organisation."""
    return SPACE.element(
        "Contact",
        part("Naam", contact.name),
        part("Telefoon", contact.phone),
        part("Mail", contact.email),
    )


def compose_withdrawal(withdrawal: Withdrawal, envelope: Envelope) -> Element:
    """Return the stop: do not answer, delete what you received for this purpose."""
    return message("Stop", envelope, withdrawal.client_number)


# 2. In: the reply ----------------------------------------------------------------------------


def interpret(element: Element, question: DebtStatementRequest, envelope: Envelope) -> Reply:
    """Return what the creditor says in reply to this question; raises a PartnerFault."""
    kind = KINDS.get(str(element.tag))
    if kind not in (MessageKind.DEBT_STATEMENT, MessageKind.REFUSAL):
        raise ReplyNotAllowed
    refuse_other_exchange(element, envelope)
    if text(element, SPACE, "Klant") != question.client_number.value:
        raise OtherPerson
    contact = optional_child(element, SPACE, "Contact")
    if kind is MessageKind.REFUSAL:
        reason = read(REFUSALS.__getitem__, text(element, SPACE, "Reden"))
        return Refusal(reason, None if contact is None else _contact(contact))
    return DebtStatement(
        customer_number=text(element, SPACE, "Klantnummer"),
        contact=_contact(child(element, SPACE, "Contact")),
        lines=tuple(_claim(claim) for claim in children(element, SPACE, "Vordering")),
    )


def _contact(element: Element) -> Contact:
    return Contact(
        name=text(element, SPACE, "Naam"),
        phone=optional_text(element, SPACE, "Telefoon"),
        email=optional_text(element, SPACE, "Mail"),
    )


def _claim(element: Element) -> Claim:
    claim = Claim(
        invoice_number=text(element, SPACE, "Factuur"),
        reference_date=parse_date(text(element, SPACE, "Peildatum")),
        origin_date=parse_date(text(element, SPACE, "Ontstaan")),
        principal=_euro(element, "Hoofdsom"),
        interest=_euro(element, "Rente"),
        costs=_euro(element, "Kosten"),
        fine=_euro(element, "Boete"),
        paid=_euro(element, "Betaald"),
        rank=read(RANKS.__getitem__, text(element, SPACE, "Rang")),
        payment_reference=text(element, SPACE, "Betaalkenmerk"),
        iban=read(Iban, text(element, SPACE, "IBAN")),
        account_holder=text(element, SPACE, "Houder"),
        invoice_number_per_helper=optional_text(element, SPACE, "GevraagdAls"),
        rank_ground=optional_text(element, SPACE, "Rangreden"),
    )
    _refuse_wrong_sum(claim, _euro(element, "Totaal"))
    return claim


def _euro(element: Element, name: str) -> Euro:
    return read(lambda content: Euro(parse_amount(content)), text(element, SPACE, name))


def _refuse_wrong_sum(claim: Claim, balance: Euro) -> None:
    try:
        agrees = claim.total == balance
    except InvalidInput:
        agrees = False
    if not agrees:
        raise Unintelligible("The balance of a claim is not the sum of its parts.")


# 3. The adapter -------------------------------------------------------------------------------

ADAPTER: Final = CreditorAdapter(
    name="template",
    schemas={SPACE.tag(name): schema_of(name) for name in ("Antwoord", "Weigering")},
    identify=identify,
    replies={
        MessageKind.DEBT_STATEMENT_REQUEST: frozenset(
            {MessageKind.DEBT_STATEMENT, MessageKind.REFUSAL}
        ),
    },
    debt_statement=Exchange(lambda _: schema_of("Vraag"), compose_question, interpret),
    withdrawal=Notice(lambda _: schema_of("Stop"), compose_withdrawal),
)

IGNORED: Final = ("Kop/Tijd",)
"""Fields of a reply that are deliberately not read: the sender's clock proves nothing to us."""
