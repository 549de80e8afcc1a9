"""Values of the domain for property tests: only what the gateway could really hold."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st
from stdnum.nl import bsn as stdnum_bsn

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
    HelpNotice,
    HolderKind,
    MeterReading,
    Product,
    Refusal,
    RefusalReason,
    Reply,
    StatementLine,
    TransferredClaim,
    UnknownClaim,
    Withdrawal,
)
from gateway.ports.creditor import Citation, Envelope, FaultNotice

Line = TypeVar("Line", bound=StatementLine)

# XML 1.0 carries no other characters, and a text on the wire begins and ends with none of these.
_PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Cn"))
_XML_SPACE = " \t\r\n"


@cache
def texts(longest: int) -> st.SearchStrategy[str]:
    """A text on one line; short ones mostly, because the bound has a test of its own."""
    drawn = st.text(_PRINTABLE, min_size=1, max_size=min(longest, 12))
    return drawn.map(lambda text: text.strip(_XML_SPACE)).filter(bool)


@cache
def numbers(longest: int) -> st.SearchStrategy[str]:
    """A number or reference of an organisation, as such numbers look."""
    return st.text("0123456789ABXYZ/.-", min_size=1, max_size=min(longest, 12))


def _iban(bank: str, account: int) -> Iban:
    digits = "".join(str(int(sign, 36)) for sign in f"{bank}{account:010d}NL00")
    return Iban(f"NL{98 - int(digits) % 97:02d}{bank}{account:010d}")


def _bsn(first_eight: int) -> Bsn | None:
    """The BSN that begins with these digits, when there is one (the eleven test leaves one out)."""
    for last in range(10):
        number = f"{first_eight:08d}{last}"
        if stdnum_bsn.is_valid(number):
            return Bsn(number)
    return None


_LABELS = st.text("abc019-", min_size=1, max_size=8)

ids = st.uuids(version=4)
days = st.dates(date(1850, 1, 1), date(2199, 12, 31))
moments = st.timedeltas(timedelta(0), timedelta(days=73_000)).map(
    lambda since: datetime(2000, 1, 1, tzinfo=UTC) + since
)
parties = st.integers(0, 10**8 - 1).map(lambda number: Oin(f"00000003{number:08d}0000"))
client_numbers = st.integers(0, 2**60 - 1).map(ClientNumber.from_random)
bsns = st.integers(10_000_000, 99_999_999).map(_bsn).filter(bool).map(lambda found: found)
ibans = st.builds(
    _iban, st.sampled_from(["INGB", "RABO", "ABNA", "BNGH"]), st.integers(0, 10**10 - 1)
)
phones = st.integers(0, 10**9).map(lambda number: f"+31 (0){number:06d}")
emails = st.builds("{}@{}.nl".format, _LABELS, _LABELS)
amounts = st.integers(0, 100_000_00).map(Euro)

contacts = st.builds(Contact, name=texts(200), phone=st.none() | phones, email=st.none() | emails)
names = st.builds(
    PersonName,
    gender=st.sampled_from(Gender),
    initials=texts(50),
    surname=texts(200),
    birth_date=days,
    first_names=st.none() | texts(200),
    prefix=st.none() | texts(50),
)
addresses = st.builds(
    Address,
    street=texts(80),
    house_number=st.integers(1, 99_999),
    postcode=st.integers(1000, 9999).map(lambda number: f"{number}XK"),
    city=texts(80),
    house_letter=st.none() | st.sampled_from("aBz"),
    house_number_addition=st.none() | st.sampled_from(["1", "bis", "A-2", "boven"]),
)
by_name = st.builds(ByName, names, st.none() | addresses)
by_bsn = st.builds(ByBsn, names, st.none() | addresses, bsns)
meter_readings = st.builds(
    MeterReading,
    product=st.sampled_from(Product),
    value=st.integers(0, 10**12 - 1).map(lambda n: Decimal(n).scaleb(-3)),
    read_on=days,
    meter_number=st.none() | st.sampled_from(["E0012345", "G4-10.2"]),
    ean=st.none() | st.integers(0, 10**18 - 1).map(lambda n: f"{n:018d}"),
)

Shape = tuple[CreditorClass, type[ByName | ByBsn], bool]
SHAPES: tuple[Shape, ...] = tuple(
    (creditor_class, subject, metered)
    for creditor_class in CreditorClass
    for subject in (ByName, ByBsn)
    for metered in (False, True)
)
"""The shapes of a question that decide which message it becomes."""


@cache
def questions(
    creditor_class: CreditorClass, subject: type[ByName | ByBsn], metered: bool
) -> st.SearchStrategy[DebtStatementRequest]:
    """A balance question of one shape."""
    return st.builds(
        DebtStatementRequest,
        client_number=client_numbers,
        subject=by_bsn if subject is ByBsn else by_name,
        creditor_class=st.just(creditor_class),
        contact=contacts,
        customer_number=st.none() | numbers(50),
        invoice_numbers=st.lists(numbers(50), max_size=3).map(tuple),
        meter_readings=st.lists(meter_readings, min_size=int(metered), max_size=3 * metered).map(
            tuple
        ),
        reminder=st.integers(0, 9),
        reply_by=st.none() | days,
    )


notices = st.builds(
    HelpNotice,
    client_number=client_numbers,
    subject=by_name | by_bsn,
    creditor_class=st.sampled_from(CreditorClass),
    contact=contacts,
    customer_number=st.none() | numbers(50),
)
withdrawals = st.builds(Withdrawal, client_numbers)
fault_notices = st.builds(
    FaultNotice, code=st.sampled_from(["StUF055", "GW014", "GW100"]), description=texts(200)
)

citations = st.builds(
    Citation,
    kind=st.sampled_from(BasisKind),
    reference=texts(50),
    valid_until=days,
    on_behalf_of=st.none() | texts(200),
)
envelopes = st.builds(
    Envelope,
    message_id=ids.map(MessageId),
    conversation_id=ids.map(ConversationId),
    sent_at=moments,
    sender=parties,
    receiver=parties,
    environment=st.sampled_from(Environment),
    citation=citations,
)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """An open claim on which no more was paid than was due."""
    principal, interest, costs, fine = (draw(amounts) for _ in range(4))
    due = principal.cents + interest.cents + costs.cents + fine.cents
    return Claim(
        invoice_number=draw(numbers(50)),
        reference_date=draw(days),
        origin_date=draw(days),
        principal=principal,
        interest=interest,
        costs=costs,
        fine=fine,
        paid=Euro(draw(st.integers(0, due))),
        rank=draw(st.sampled_from(ClaimRank)),
        payment_reference=draw(texts(35)),
        iban=draw(ibans),
        account_holder=draw(texts(70)),
        invoice_number_per_helper=draw(st.none() | numbers(50)),
        rank_ground=draw(st.none() | texts(200)),
    )


transferred_claims = st.builds(
    TransferredClaim,
    invoice_number=numbers(50),
    reference_date=days,
    holder_kind=st.sampled_from(HolderKind),
    holder_name=texts(200),
    transferred_on=st.none() | days,
    holder_reference=st.none() | numbers(50),
    holder_email=st.none() | emails,
    holder_phone=st.none() | phones,
    invoice_number_per_helper=st.none() | numbers(50),
)
unknown_claims = st.builds(UnknownClaim, invoice_number_per_helper=numbers(50), reference_date=days)
_LINES: dict[type[StatementLine], st.SearchStrategy[StatementLine]] = {
    Claim: claims(),
    TransferredClaim: transferred_claims,
    UnknownClaim: unknown_claims,
}

refusals = st.builds(Refusal, reason=st.sampled_from(RefusalReason), contact=st.none() | contacts)


@cache
def statements(lines: tuple[type[StatementLine], ...]) -> st.SearchStrategy[DebtStatement]:
    """A statement with these kinds of lines."""
    return st.builds(
        DebtStatement,
        customer_number=numbers(50),
        contact=contacts,
        lines=st.lists(st.one_of(*(_LINES[kind] for kind in lines)), max_size=3).map(tuple),
    )


@cache
def replies(lines: tuple[type[StatementLine], ...]) -> st.SearchStrategy[Reply]:
    """Any reply a creditor can give, with these kinds of lines; statements mostly."""
    return st.one_of(statements(lines), statements(lines), refusals)
