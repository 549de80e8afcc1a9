"""Our side in svb: the notice, the question, the withdrawal and the fault, written.

The class of the creditor and the kind of subject choose the message, one root element each, so
that the XSD itself demands the BSN or the meter readings. What the chosen message has no room for
is refused and never left out silently: the log says what was disclosed.
"""

from decimal import Decimal

from adapters.svb.header import SVB, message, part, schema_of
from gateway.domain.errors import Inexpressible
from gateway.domain.parties import Contact, CreditorClass
from gateway.domain.person import Address, ByBsn, PersonName, Subject
from gateway.domain.statement import DebtStatementRequest, HelpNotice, MeterReading, Withdrawal
from gateway.ports.creditor import Envelope, FaultNotice
from gateway.wire.values import print_date, print_whole
from gateway.wire.xml import Element

_THOUSANDTH = Decimal("0.001")
_TOO_LARGE = Decimal(10**9)
_SERVER_FAULTS = "GW1"


def notice_schema(notice: HelpNotice) -> str:
    """Return the XSD of this notice."""
    return schema_of(_notice_name(notice))


def _notice_name(notice: HelpNotice) -> str:
    return "KennisgevingPubliek" if isinstance(notice.subject, ByBsn) else "Kennisgeving"


def compose_notice(notice: HelpNotice, envelope: Envelope) -> Element:
    """Return the bare fact that this person gets debt help (Bgs art. 17(1))."""
    return message(
        _notice_name(notice),
        envelope,
        part("KlantnummerSHV", notice.client_number.value),
        part("KlantnummerSEVolgensSHV", notice.customer_number),
        *_subject(notice.subject),
        _contact(notice.contact),
    )


def question_schema(question: DebtStatementRequest) -> str:
    """Return the XSD of this question; raises Inexpressible as `compose_question` does."""
    return schema_of(_question_name(question))


def _question_name(question: DebtStatementRequest) -> str:
    by_bsn = isinstance(question.subject, ByBsn)
    if question.creditor_class is CreditorClass.UTILITY:
        if by_bsn or not question.meter_readings:
            raise Inexpressible("A question of class Nuts has meter readings and no BSN.")
        return "SaldoverzoekNuts"
    if question.meter_readings:
        raise Inexpressible("Only a question of class Nuts has meter readings.")
    return "SaldoverzoekPubliek" if by_bsn else "Saldoverzoek"


def compose_question(question: DebtStatementRequest, envelope: Envelope) -> Element:
    """Return the question of what this person owes (Wgs art. 8(1), Bgs art. 15).

    Raises:
        Inexpressible: BSN or meter readings where the message of this class has no room.
    """
    return message(
        _question_name(question),
        envelope,
        part("KlantnummerSHV", question.client_number.value),
        part("KlantnummerSEVolgensSHV", question.customer_number),
        *_subject(question.subject),
        _contact(question.contact),
        part("Rappel", print_whole(question.reminder)),
        part("ReactieUiterlijk", print_date(question.reply_by) if question.reply_by else None),
        SVB.element("Vorderingen", *(_asked(number) for number in question.invoice_numbers)),
        _meter_readings(question.meter_readings),
    )


def withdrawal_schema(_: Withdrawal) -> str:
    """Return the XSD of a withdrawal."""
    return schema_of("Intrekking")


def compose_withdrawal(withdrawal: Withdrawal, envelope: Envelope) -> Element:
    """Return the stop: do not answer, delete what you received for this purpose."""
    return message("Intrekking", envelope, part("KlantnummerSHV", withdrawal.client_number.value))


def fault_schema(_: FaultNotice) -> str:
    """Return the XSD of a fault."""
    return schema_of("Foutbericht")


def compose_fault(fault: FaultNotice, envelope: Envelope) -> Element:
    """Return why a creditor's message was refused.

    Raises:
        Inexpressible: the envelope does not say which message it answers.
    """
    if envelope.answers is None:
        raise Inexpressible("A fault answers a message.")
    return message(
        "Foutbericht",
        envelope,
        part("Code", fault.code),
        part("Plek", "server" if fault.code.startswith(_SERVER_FAULTS) else "client"),
        part("Omschrijving", fault.description),
    )


def _subject(subject: Subject) -> tuple[Element | None, ...]:
    return (
        part("BSN", subject.bsn.value) if isinstance(subject, ByBsn) else None,
        _person(subject.name),
        _address(subject.address) if subject.address else None,
    )


def _person(name: PersonName) -> Element:
    return SVB.element(
        "Klant",
        part("Geslacht", name.gender.value),
        part("Voorletters", name.initials),
        part("Voornamen", name.first_names),
        part("Voorvoegsel", name.prefix),
        part("Achternaam", name.surname),
        part("Geboortedatum", print_date(name.birth_date)),
    )


def _address(address: Address) -> Element:
    street = SVB.element(
        "Straatadres",
        part("Straatnaam", address.street),
        part("Huisnummer", print_whole(address.house_number)),
        part("Huisletter", address.house_letter),
        part("Huisnummertoevoeging", address.house_number_addition),
        part("Postcode", address.postcode),
        part("Woonplaats", address.city),
    )
    return SVB.element("Adreskeuze", street)


def _contact(contact: Contact) -> Element:
    return SVB.element(
        "Contactpersoon",
        part("Naam", contact.name),
        part("Telefoonnummer", contact.phone),
        part("Emailadres", contact.email),
    )


def _asked(invoice_number: str) -> Element:
    return SVB.element("Vordering", part("FactuurnummerSEVolgensSHV", invoice_number))


def _meter_readings(readings: tuple[MeterReading, ...]) -> Element | None:
    if not readings:
        return None
    return SVB.element("Meterstanden", *(_meter_reading(reading) for reading in readings))


def _meter_reading(reading: MeterReading) -> Element:
    return SVB.element(
        "Meterstand",
        part("Product", reading.product.value),
        part("Meternummer", reading.meter_number),
        part("EAN", reading.ean),
        part("Stand", _print_reading(reading.value)),
        part("DatumOpname", print_date(reading.read_on)),
    )


def _print_reading(value: Decimal) -> str:
    if not 0 <= value < _TOO_LARGE or value != value.quantize(_THOUSANDTH):
        raise Inexpressible("A meter reading has at most three decimals and is not negative.")
    return f"{value:.3f}"
