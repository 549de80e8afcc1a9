"""From the form of a creditor in a case file to its part in the story.

What the file leaves open gets a plain practice value here.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from gateway.domain.identifiers import CreditorId, Iban, KvkNumber, Oin
from gateway.domain.money import Euro
from gateway.domain.parties import Contact
from gateway.domain.statement import (
    Claim,
    DebtStatement,
    MeterReading,
    StatementLine,
    TransferredClaim,
)
from gateway.practice.casefile.forms import ClaimForm, CreditorForm, TransferForm
from gateway.practice.cast import CastCreditor

_PRACTICE_OIN = 900_000_100
_IBAN = Iban("NL33PRAC0000000001")


def cast_creditor(
    form: CreditorForm, number: int, day: date, names: Mapping[str, str]
) -> CastCreditor:
    """Return the creditor at this place of the list; `names` maps the ids of all to their names."""
    lines: tuple[StatementLine, ...] = (
        *(_claim(form, claim, day) for claim in form.claims),
        *(_transfer(transfer, day, names) for transfer in form.transferred),
    )
    return CastCreditor(
        creditor_id=CreditorId(form.creditor_id),
        name=form.name,
        party=_party(form, number),
        creditor_class=form.creditor_class,
        adapter=form.adapter,
        behaviour=form.behaviour,
        reason=form.reason,
        statement=DebtStatement(
            customer_number=form.customer_number or f"KLANT-{number + 1:03d}",
            contact=Contact(f"Team bijzonder beheer {form.name}"[:200], "088-0000000"),
            lines=lines,
        ),
        customer_number=form.customer_number,
        invoice_numbers=form.invoice_numbers,
        meter_readings=tuple(MeterReading(**dict(one)) for one in form.meter_readings),
        bsn_law=form.bsn_law,
        signing_key=form.signing_key,
    )


def _party(form: CreditorForm, number: int) -> Oin:
    if form.kvk is not None:
        return KvkNumber(form.kvk).as_oin()
    return Oin(form.oin or f"00000099{_PRACTICE_OIN + number}000")


def _claim(form: CreditorForm, claim: ClaimForm, day: date) -> Claim:
    return Claim(
        invoice_number=claim.invoice_number,
        invoice_number_per_helper=claim.invoice_number_per_helper,
        reference_date=claim.reference_date or day,
        origin_date=claim.origin_date or day - timedelta(days=365),
        principal=Euro(claim.principal_cents),
        interest=Euro(claim.interest_cents),
        costs=Euro(claim.costs_cents),
        fine=Euro(claim.fine_cents),
        paid=Euro(claim.paid_cents),
        rank=claim.rank,
        rank_ground=claim.rank_ground,
        payment_reference=claim.payment_reference or claim.invoice_number,
        iban=Iban(claim.iban) if claim.iban else _IBAN,
        account_holder=claim.account_holder or form.name,
    )


def _transfer(transfer: TransferForm, day: date, names: Mapping[str, str]) -> TransferredClaim:
    return TransferredClaim(
        invoice_number=transfer.invoice_number,
        invoice_number_per_helper=transfer.invoice_number_per_helper,
        reference_date=transfer.reference_date or day,
        holder_kind=transfer.holder_kind,
        holder_name=names.get(transfer.holder, ""),
        transferred_on=transfer.transferred_on,
        holder_reference=transfer.holder_reference,
    )
