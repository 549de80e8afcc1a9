"""Whether a creditor of a case file can be asked, and can answer, tried out on its own dialect.

A dialect may have no room for a BSN, need meter readings, or have no word for a transferred claim;
only it knows. So question and answer of the story are written here once, with ids of nobody, held
against their schemas, and thrown away.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from gateway.domain.errors import Inexpressible, SchemaRefused
from gateway.domain.identifiers import ClientNumber, ConversationId, MessageId
from gateway.domain.legal_basis import BasisKind
from gateway.domain.parties import Contact, Environment
from gateway.domain.person import ByBsn, ByName, Resident, Subject
from gateway.domain.statement import DebtStatementRequest
from gateway.ports.creditor import Citation, Envelope
from gateway.practice.behaviours import Variant, reply_of
from gateway.practice.cast import Behaviour, CastCreditor
from gateway.practice.creditor.dialect import load_dialect
from gateway.registry import Registry
from gateway.wire.schema import validate
from gateway.wire.xml import Element

_NOBODY = UUID("00000000-0000-4000-8000-000000000000")
_CLIENT = ClientNumber("K-0000-0000-0000")
_YEAR = timedelta(days=365)
_MORE = {
    Behaviour.TWO_ANSWERS: (Variant.OTHER_AMOUNT,),
    Behaviour.CLIENT_UNKNOWN: (Variant.CLIENT_UNKNOWN,),
}
"""What else these creditors will say."""


def why_unsayable(
    creditor: CastCreditor, resident: Resident, registry: Registry, day: date
) -> str | None:
    """Return what this dialect cannot say of this creditor's part; None if it can say all."""
    try:
        question = _ask(creditor, resident, registry, day)
    except Inexpressible as fault:
        return f"cannot be asked in its dialect: {fault.detail}"
    except SchemaRefused as fault:
        return f"cannot be asked in its dialect: {_words(fault)}"
    try:
        _answer(creditor, question, registry, day)
    except SchemaRefused as fault:
        return f"cannot answer in its dialect: {_words(fault)}"
    except Exception:  # noqa: BLE001 - a simulator is somebody's own code: whatever it cannot say
        return "cannot answer in its dialect: it has no words for one of these claims"
    return None


def _words(fault: SchemaRefused) -> str:
    return "; ".join(f"{one.name} {one.reason}" for one in fault.faults)


def _ask(creditor: CastCreditor, resident: Resident, registry: Registry, day: date) -> Element:
    question = DebtStatementRequest(
        client_number=_CLIENT,
        subject=_subject(creditor, resident),
        creditor_class=creditor.creditor_class,
        contact=Contact("Team schuldhulp"),
        customer_number=creditor.customer_number,
        invoice_numbers=creditor.invoice_numbers,
        meter_readings=creditor.meter_readings,
        reply_by=day,
    )
    exchange = registry.adapters[creditor.adapter].debt_statement
    element = exchange.compose(question, _envelope(creditor, day))
    return validate(element, exchange.request_schema(question), registry.catalogue).element


def _answer(creditor: CastCreditor, question: Element, registry: Registry, day: date) -> None:
    dialect = load_dialect(creditor.adapter)
    sent_at = datetime.combine(day, time(), UTC)
    for variant in (Variant.OWN, *_MORE.get(creditor.behaviour, ())):
        reply = reply_of(creditor.statement, variant)
        element = dialect.answer(question, reply, MessageId(_NOBODY), sent_at)
        validate(element, dialect.adapter.schemas[str(element.tag)], registry.catalogue)


def _subject(creditor: CastCreditor, resident: Resident) -> Subject:
    address = None if resident.address_secret else resident.address
    if resident.bsn is not None and creditor.bsn_law is not None:
        return ByBsn(resident.name, address, resident.bsn)
    return ByName(resident.name, address)


def _envelope(creditor: CastCreditor, day: date) -> Envelope:
    return Envelope(
        message_id=MessageId(_NOBODY),
        conversation_id=ConversationId(_NOBODY),
        sent_at=datetime.combine(day, time(), UTC),
        sender=creditor.party,
        receiver=creditor.party,
        environment=Environment.PRACTICE,
        citation=Citation(BasisKind.WGS_PUBLIC_TASK, "Wgs art. 8", day + _YEAR),
    )
