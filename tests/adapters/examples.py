"""One plain value of each kind, for tests that need no variety."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from gateway.domain.identifiers import (
    Bsn,
    ClientNumber,
    ConversationId,
    Iban,
    MessageId,
    Oin,
)
from gateway.domain.legal_basis import BasisKind
from gateway.domain.money import Euro
from gateway.domain.parties import Contact, CreditorClass, Environment
from gateway.domain.person import Address, ByBsn, ByName, Gender, PersonName
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    DebtStatementRequest,
    HolderKind,
    MeterReading,
    Product,
    Refusal,
    RefusalReason,
    TransferredClaim,
    UnknownClaim,
)
from gateway.ports.creditor import Citation, Envelope

BSN = Bsn("111222333")
NAME = PersonName(Gender.FEMALE, "A.B.", "Vries", date(1984, 2, 29), "Anna Bea", "de")
ADDRESS = Address("Lange Voorhout", 12, "2514ED", "Den Haag", "a", "bis")
CONTACT = Contact("Team Schuldhulp", "070 123 45 67", "team@gemeente.example")
CLIENT = ClientNumber("K-0G7K-2MPX-9QRT")
OTHER_CLIENT = ClientNumber("K-7ZZZ-2MPX-9QRT")
REPLY_ID = MessageId(UUID("5f0c8a52-1c3e-4d7a-9b6f-2e8d4c1a7b90"))
REPLY_AT = datetime(2026, 12, 3, 14, 30, 5, tzinfo=UTC)
ENVELOPE = Envelope(
    message_id=MessageId(UUID("0b6d8f4e-6f1c-4a57-9f0e-0a1b2c3d4e5f")),
    conversation_id=ConversationId(UUID("7a3e5b1c-2d4f-4e6a-8b9c-1d2e3f4a5b6c")),
    sent_at=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
    sender=Oin("00000099000000001000"),
    receiver=Oin("00000003123456780000"),
    environment=Environment.PRACTICE,
    citation=Citation(
        BasisKind.WGS_PUBLIC_TASK, "Wgs artikel 8 lid 1; Bgs artikel 15", date(2029, 11, 30)
    ),
)
READING = MeterReading(
    Product.ELECTRICITY, Decimal("12345.6"), date(2026, 11, 29), "E0012345", "871687110000123456"
)
CLAIM = Claim(
    invoice_number="F-2026-001",
    reference_date=date(2026, 12, 1),
    origin_date=date(2026, 3, 31),
    principal=Euro(45_000),
    interest=Euro(1_250),
    costs=Euro(6_750),
    fine=Euro(0),
    paid=Euro(10_000),
    rank=ClaimRank.ORDINARY,
    payment_reference="1234567890123456",
    iban=Iban("NL91ABNA0417164300"),
    account_holder="Voorbeeld B.V.",
)
TRANSFERRED = TransferredClaim(
    invoice_number="F-2025-017",
    reference_date=date(2026, 12, 1),
    holder_kind=HolderKind.BAILIFF,
    holder_name="Deurwaarders Noord",
    transferred_on=date(2026, 6, 1),
    holder_reference="DW-55",
    holder_email="info@noord.example",
    holder_phone="050 123 45 67",
    invoice_number_per_helper="2025/17",
)
UNKNOWN = UnknownClaim("F-1999-999", date(2026, 12, 1))
STATEMENT = DebtStatement("KL-778", Contact("Afdeling Incasso"), (CLAIM,))
FULL_STATEMENT = DebtStatement("KL-778", Contact("Afdeling Incasso"), (CLAIM, TRANSFERRED, UNKNOWN))
REFUSAL = Refusal(RefusalReason.CLIENT_UNKNOWN, Contact("Afdeling Incasso"))


def question_of(
    creditor_class: CreditorClass, subject: type[ByName | ByBsn], metered: bool
) -> DebtStatementRequest:
    """A plain question of one shape."""
    return DebtStatementRequest(
        client_number=CLIENT,
        subject=ByBsn(NAME, ADDRESS, BSN) if subject is ByBsn else ByName(NAME, ADDRESS),
        creditor_class=creditor_class,
        contact=CONTACT,
        customer_number="KL-778",
        invoice_numbers=("F-2026-001",),
        meter_readings=(READING,) if metered else (),
        reply_by=date(2026, 12, 14),
    )
