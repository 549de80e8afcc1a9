"""What may stand in a case file: JSON with the names of the REST API, plus what a simulator needs.

A resident is written as in `POST /v1/zaken`, a creditor as in `POST /v1/zaken/{zaakId}/
saldoverzoeken`, a claim as in the overview that comes back. docs/demo.md explains every key; what
is not declared here is a fault.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from gateway.api.forms import Day, Incoming, Label, Line, Reference, refused
from gateway.api.names import WIRE_NAMES
from gateway.api.resources.requests import MeterReadingIn
from gateway.domain.errors import GatewayError
from gateway.domain.identifiers import Iban, KvkNumber, Oin
from gateway.domain.parties import AskReason, CreditorClass
from gateway.domain.statement import ClaimRank, HolderKind
from gateway.practice.cast import Behaviour

MAXIMUM_CENTS = 999_999_999
_OWN_NAMES = {
    "adapter": "adapter",
    "behaviour": "gedrag",
    "creditor_id": "id",
    "holder": "aan",
    "kvk": "kvk",
    "signing_key": "ondertekensleutel",
}


def case_name(field: str) -> str:
    """Return the key of a field in a case file."""
    return _OWN_NAMES.get(field) or WIRE_NAMES[field]


def _iban(text: str) -> str:
    try:
        Iban(text)
    except GatewayError:
        raise refused("iban-onjuist") from None
    return text


def _oin(text: str) -> str:
    try:
        known = Oin(text).is_test
    except GatewayError:
        raise refused("oin-onjuist") from None
    if not known:
        raise refused("oin-geen-oefennummer")
    return text


def _kvk(text: str) -> str:
    try:
        KvkNumber(text)
    except GatewayError:
        raise refused("kvk-onjuist") from None
    return text


Cents = Annotated[int, Field(ge=0, le=MAXIMUM_CENTS)]


class CaseForm(Incoming):
    """One object of a case file."""

    model_config = ConfigDict(alias_generator=case_name)


class ClaimForm(CaseForm):
    """An open claim; what is not given gets a plain practice value."""

    invoice_number: Label
    invoice_number_per_helper: Label | None = None
    principal_cents: Cents
    interest_cents: Cents = 0
    costs_cents: Cents = 0
    fine_cents: Cents = 0
    paid_cents: Cents = 0
    origin_date: Day | None = None
    reference_date: Day | None = None
    rank: ClaimRank = ClaimRank.ORDINARY
    rank_ground: Line | None = None
    payment_reference: Label | None = None
    iban: Annotated[str, AfterValidator(_iban)] | None = None
    account_holder: Line | None = None


class TransferForm(CaseForm):
    """A claim that another creditor of the same list now holds."""

    invoice_number: Label
    invoice_number_per_helper: Label | None = None
    holder: Label
    holder_kind: HolderKind = HolderKind.COLLECTION_AGENCY
    holder_reference: Label | None = None
    transferred_on: Day | None = None
    reference_date: Day | None = None


class CreditorForm(CaseForm):
    """A simulated creditor: who it is, why it is asked, how it behaves and what it is owed."""

    creditor_id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    name: Line
    creditor_class: CreditorClass = CreditorClass.OTHER
    adapter: Label = "svb"
    behaviour: Behaviour
    reason: AskReason
    oin: Annotated[str, AfterValidator(_oin)] | None = Field(default=None, alias="oin")
    kvk: Annotated[str, AfterValidator(_kvk)] | None = None
    signing_key: Literal["p256", "rsa3072"] = "p256"
    bsn_law: Line | None = None
    customer_number: Label | None = None
    invoice_numbers: Annotated[tuple[Reference, ...], Field(max_length=200)] = ()
    meter_readings: Annotated[tuple[MeterReadingIn, ...], Field(max_length=20)] = ()
    claims: Annotated[tuple[ClaimForm, ...], Field(max_length=200)] = ()
    transferred: Annotated[tuple[TransferForm, ...], Field(max_length=200)] = ()
