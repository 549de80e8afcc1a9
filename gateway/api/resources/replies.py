"""What a creditor answered, as JSON: amounts in whole euro cents."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from gateway.api.forms import Outgoing
from gateway.domain.overview import Totals
from gateway.domain.parties import Contact
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    HolderKind,
    Refusal,
    RefusalReason,
    Reply,
    TransferredClaim,
    UnknownClaim,
)

Cents = Annotated[int, Field(json_schema_extra={"format": "int64"})]


class ContactOut(Outgoing, title="Contactpersoon"):
    """Contactpersoon."""

    name: str
    phone: str | None
    email: str | None


class TotalsOut(Outgoing, title="Totalen"):
    """Bedragen in eurocenten: hoofdsom + rente + kosten + boete - betaald = totaal."""

    principal_cents: Cents
    interest_cents: Cents
    costs_cents: Cents
    fine_cents: Cents
    paid_cents: Cents
    total_cents: Cents


class ClaimOut(TotalsOut, title="Vordering"):
    """Openstaande vordering."""

    invoice_number: str
    invoice_number_per_helper: str | None
    reference_date: date
    origin_date: date
    rank: ClaimRank
    rank_ground: str | None
    payment_reference: str
    iban: str
    account_holder: str


class TransferredOut(Outgoing, title="OvergedragenVordering"):
    """Vordering die nu van een ander is."""

    invoice_number: str
    invoice_number_per_helper: str | None
    reference_date: date
    transferred_on: date | None
    holder_kind: HolderKind
    holder_name: str
    holder_reference: str | None
    holder_email: str | None
    holder_phone: str | None


class UnknownOut(Outgoing, title="OnbekendeVordering"):
    """Factuurnummer dat de schuldeiser niet kent."""

    invoice_number_per_helper: str
    reference_date: date


class StatementOut(Outgoing, title="SaldoOpgave"):
    """Saldo-opgave."""

    customer_number: str
    contact: ContactOut
    claims: tuple[ClaimOut, ...]
    transferred: tuple[TransferredOut, ...]
    unknown: tuple[UnknownOut, ...]


class RefusalOut(Outgoing, title="GeenMedewerking"):
    """Geen medewerking, met de reden van de schuldeiser."""

    refusal: RefusalReason
    contact: ContactOut | None


def reply_out(given: Reply | None) -> StatementOut | RefusalOut | None:
    """Return the JSON of an answer; None while there is none."""
    if given is None:
        return None
    if isinstance(given, Refusal):
        contact = None if given.contact is None else _contact_out(given.contact)
        return RefusalOut(refusal=given.reason, contact=contact)
    return _statement_out(given)


def _statement_out(statement: DebtStatement) -> StatementOut:
    unknown = (line for line in statement.lines if isinstance(line, UnknownClaim))
    return StatementOut(
        customer_number=statement.customer_number,
        contact=_contact_out(statement.contact),
        claims=claims_out(statement.claims),
        transferred=transferred_out(statement.transferred),
        unknown=tuple(
            UnknownOut(
                invoice_number_per_helper=line.invoice_number_per_helper,
                reference_date=line.reference_date,
            )
            for line in unknown
        ),
    )


def claims_out(claims: Sequence[Claim]) -> tuple[ClaimOut, ...]:
    """Return the JSON of open claims."""
    return tuple(_claim_out(claim) for claim in claims)


def transferred_out(lines: Sequence[TransferredClaim]) -> tuple[TransferredOut, ...]:
    """Return the JSON of claims that another party now holds."""
    return tuple(
        TransferredOut(
            invoice_number=line.invoice_number,
            invoice_number_per_helper=line.invoice_number_per_helper,
            reference_date=line.reference_date,
            transferred_on=line.transferred_on,
            holder_kind=line.holder_kind,
            holder_name=line.holder_name,
            holder_reference=line.holder_reference,
            holder_email=line.holder_email,
            holder_phone=line.holder_phone,
        )
        for line in lines
    )


def totals_out(totals: Totals) -> TotalsOut:
    """Return the JSON of sums."""
    return TotalsOut(
        principal_cents=totals.principal,
        interest_cents=totals.interest,
        costs_cents=totals.costs,
        fine_cents=totals.fine,
        paid_cents=totals.paid,
        total_cents=totals.total,
    )


def _claim_out(claim: Claim) -> ClaimOut:
    return ClaimOut(
        principal_cents=claim.principal.cents,
        interest_cents=claim.interest.cents,
        costs_cents=claim.costs.cents,
        fine_cents=claim.fine.cents,
        paid_cents=claim.paid.cents,
        total_cents=claim.total.cents,
        invoice_number=claim.invoice_number,
        invoice_number_per_helper=claim.invoice_number_per_helper,
        reference_date=claim.reference_date,
        origin_date=claim.origin_date,
        rank=claim.rank,
        rank_ground=claim.rank_ground,
        payment_reference=claim.payment_reference,
        iban=claim.iban.value,
        account_holder=claim.account_holder,
    )


def _contact_out(contact: Contact) -> ContactOut:
    return ContactOut(name=contact.name, phone=contact.phone, email=contact.email)
