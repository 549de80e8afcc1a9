"""The parts of a practice story: which simulated creditors there are and how each behaves."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.parties import AskReason, CreditorClass
from gateway.domain.person import Resident
from gateway.domain.statement import DebtStatement, MeterReading

_OF_KVK = "00000003"
"""How an OIN begins that is made from a KvK number (OIN 3.0.1 §6.1)."""


class Behaviour(Enum):
    """Gedrag van een gesimuleerde schuldeiser: each teaches one thing."""

    PROMPT = "prompt"
    THREE_CLAIMS = "three-claims"
    AFTER_REMINDER = "after-reminder"
    CLIENT_UNKNOWN = "client-unknown"
    TRANSFERRED = "transferred"
    UNAVAILABLE_TWICE = "unavailable-twice"
    DUPLICATE_ANSWER = "duplicate-answer"
    TWO_ANSWERS = "two-answers"
    OTHER_PERSON = "other-person"
    WRONG_SIGNATURE = "wrong-signature"
    EXPIRED_CERTIFICATE = "expired-certificate"
    SCHEMA_INVALID = "schema-invalid"
    SILENT = "silent"
    OWN_TAX_OFFICE = "own-tax-office"


@dataclass(frozen=True, slots=True)
class CastCreditor:
    """Rol: one simulated creditor; `statement` is what it answers when it answers."""

    creditor_id: CreditorId
    name: str
    party: Oin
    creditor_class: CreditorClass
    adapter: str
    behaviour: Behaviour
    reason: AskReason
    statement: DebtStatement
    customer_number: str | None = None
    invoice_numbers: tuple[str, ...] = ()
    meter_readings: tuple[MeterReading, ...] = ()
    bsn_law: str | None = None
    signing_key: str = "p256"

    @property
    def subject_serial(self) -> str:
        """What its certificates carry: a KvK number as such, any other OIN whole."""
        number = self.party.value
        return number[8:16] if number.startswith(_OF_KVK) else number


@dataclass(frozen=True, slots=True, repr=False)
class Cast:
    """Rolverdeling: the resident and the creditors of one story."""

    reference: str
    resident: Resident
    started_on: date
    creditors: tuple[CastCreditor, ...]
