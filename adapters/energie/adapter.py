"""Voorbeeld Energie as a value: it is asked with meter readings, and answers by invoice.

The company has no word for the notice that somebody gets debt help and none for a fault report,
so those fields stay empty and the gateway knows that it cannot say them. It has no law that gives
it the BSN, and its messages have no place for one.
"""

from decimal import Decimal
from typing import Final

from adapters.energie.codes import PRODUCTS, REFUSALS, SALUTATIONS
from adapters.energie.header import ENERGY, identify, message, node, schema_of
from adapters.energie.reply import interpret
from gateway.domain.errors import Inexpressible
from gateway.domain.parties import Contact
from gateway.domain.person import Address, ByName, PersonName
from gateway.domain.statement import DebtStatementRequest, MeterReading, Withdrawal
from gateway.ports.creditor import CreditorAdapter, Envelope, Exchange, MessageKind, Notice
from gateway.wire.values import print_date, print_whole
from gateway.wire.xml import Element

__all__ = ["ADAPTER", "IGNORED", "REFUSALS"]

_THOUSANDTH = Decimal("0.001")
_TOO_LARGE = Decimal(10**9)


def question_schema(_: DebtStatementRequest) -> str:
    """Return the XSD of a question."""
    return schema_of("OpvraagSaldo")


def compose_question(question: DebtStatementRequest, envelope: Envelope) -> Element:
    """Return the question of what this person owes.

    Raises:
        Inexpressible: there are no meter readings, or the subject is given by BSN.
    """
    if not question.meter_readings:
        raise Inexpressible("Voorbeeld Energie is asked with meter readings only.")
    if not isinstance(question.subject, ByName):
        raise Inexpressible("Voorbeeld Energie has no place for a BSN.")
    return message(
        "OpvraagSaldo",
        envelope,
        question.client_number,
        _contract(question.customer_number),
        _occupant(question.subject.name),
        _address(question.subject.address) if question.subject.address else None,
        _handler(question.contact),
        node(
            "Termijn",
            herinnering=print_whole(question.reminder),
            antwoordVoor=print_date(question.reply_by) if question.reply_by else None,
        ),
        *(node("BekendeNota", nummer=number) for number in question.invoice_numbers),
        node("Meters", *(_meter(reading) for reading in question.meter_readings)),
    )


def _contract(number: str | None) -> Element | None:
    return None if number is None else ENERGY.element("Contractnummer", text=number)


def _occupant(name: PersonName) -> Element:
    return node(
        "Bewoner",
        aanhef=SALUTATIONS[name.gender],
        initialen=name.initials,
        voornamen=name.first_names,
        tussenvoegsel=name.prefix,
        familienaam=name.surname,
        geborenOp=print_date(name.birth_date),
    )


def _address(address: Address) -> Element:
    return node(
        "Leveringsadres",
        straat=address.street,
        nummer=print_whole(address.house_number),
        letter=address.house_letter,
        toevoeging=address.house_number_addition,
        postcode=address.postcode,
        plaats=address.city,
    )


def _handler(contact: Contact) -> Element:
    return node("Behandelaar", naam=contact.name, bellen=contact.phone, mailen=contact.email)


def _meter(reading: MeterReading) -> Element:
    value = reading.value
    if not 0 <= value < _TOO_LARGE or value != value.quantize(_THOUSANDTH):
        raise Inexpressible("A meter reading has at most three decimals and is not negative.")
    return node(
        "Meter",
        levert=PRODUCTS[reading.product],
        meternummer=reading.meter_number,
        ean=reading.ean,
        stand=f"{value:.3f}",
        opgenomenOp=print_date(reading.read_on),
    )


def withdrawal_schema(_: Withdrawal) -> str:
    """Return the XSD of a withdrawal."""
    return schema_of("Annulering")


def compose_withdrawal(withdrawal: Withdrawal, envelope: Envelope) -> Element:
    """Return the stop: do not answer, delete what you received for this purpose."""
    return message("Annulering", envelope, withdrawal.client_number)


ADAPTER: Final = CreditorAdapter(
    name="energie",
    schemas={ENERGY.tag(name): schema_of(name) for name in ("SaldoOverzicht", "Weigering")},
    identify=identify,
    replies={
        MessageKind.DEBT_STATEMENT_REQUEST: frozenset(
            {MessageKind.DEBT_STATEMENT, MessageKind.REFUSAL}
        ),
    },
    debt_statement=Exchange(question_schema, compose_question, interpret),
    withdrawal=Notice(withdrawal_schema, compose_withdrawal),
)

IGNORED: Final = ("@opgesteld",)
"""Fields of a reply that are deliberately not read: the sender's clock proves nothing to us."""
