"""What a simulated creditor does with a question: one table, no branches.

A script says what follows on the question, what on a reminder, and how often the creditor is out of
order before that. The scripts together meet every road an answer can take: in the response, at our
listener, twice, too late, about somebody else, signed by a stranger, or never.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Final

from gateway.domain.money import Euro
from gateway.domain.statement import (
    Claim,
    DebtStatement,
    Refusal,
    RefusalReason,
    Reply,
    StatementLine,
)
from gateway.practice.cast import Behaviour

_OTHER_BY: Final = Euro(1234)


class Variant(Enum):
    """Soort antwoord: what is in it."""

    OWN = "own"
    OTHER_AMOUNT = "other-amount"
    OTHER_PERSON = "other-person"
    INCOMPLETE = "incomplete"
    CLIENT_UNKNOWN = "client-unknown"


class Pen(Enum):
    """Sleutel: whose key signs it."""

    OWN = "own"
    OTHER_KEY = "other-key"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class AnswerNow:
    """The signed answer goes back in the response, and is the receipt as well."""

    variant: Variant = Variant.OWN
    pen: Pen = Pen.OWN


@dataclass(frozen=True, slots=True)
class ReceiptOnly:
    """Only a signed receipt goes back."""


@dataclass(frozen=True, slots=True)
class AnswerLater:
    """A receipt goes back; the answer goes to our listener after this many working days.

    With more than one copy, the very same bytes are delivered that often.
    """

    working_days: int
    variant: Variant = Variant.OWN
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Unavailable:
    """503: out of order, nothing was processed."""


Action = AnswerNow | ReceiptOnly | AnswerLater | Unavailable


@dataclass(frozen=True, slots=True)
class Came:
    """What came in: which attempt at this very message (from 1), and which reminder (0: none)."""

    attempt: int
    reminder: int


@dataclass(frozen=True, slots=True)
class Script:
    """What follows on a question and on a reminder, after so many times out of order."""

    question: tuple[Action, ...]
    reminder: tuple[Action, ...] = (ReceiptOnly(),)
    outages: int = 0


SCRIPTS: Final[Mapping[Behaviour, Script]] = MappingProxyType(
    {
        Behaviour.PROMPT: Script((AnswerNow(),)),
        Behaviour.THREE_CLAIMS: Script((AnswerLater(1),)),
        Behaviour.AFTER_REMINDER: Script((ReceiptOnly(),), (AnswerNow(),)),
        Behaviour.CLIENT_UNKNOWN: Script((AnswerNow(Variant.CLIENT_UNKNOWN),)),
        Behaviour.TRANSFERRED: Script((AnswerNow(),)),
        Behaviour.UNAVAILABLE_TWICE: Script((AnswerNow(),), outages=2),
        Behaviour.DUPLICATE_ANSWER: Script((AnswerLater(1, copies=2),)),
        Behaviour.TWO_ANSWERS: Script((AnswerLater(1), AnswerLater(2, Variant.OTHER_AMOUNT))),
        Behaviour.OTHER_PERSON: Script((AnswerLater(1, Variant.OTHER_PERSON),)),
        Behaviour.WRONG_SIGNATURE: Script((AnswerNow(pen=Pen.OTHER_KEY),)),
        Behaviour.EXPIRED_CERTIFICATE: Script((AnswerNow(pen=Pen.EXPIRED),)),
        Behaviour.SCHEMA_INVALID: Script((AnswerLater(1, Variant.INCOMPLETE),)),
        Behaviour.SILENT: Script((ReceiptOnly(),)),
        Behaviour.OWN_TAX_OFFICE: Script((AnswerNow(),)),
    }
)


def decide(behaviour: Behaviour, came: Came) -> tuple[Action, ...]:
    """Return what a creditor of this behaviour does with what came."""
    script = SCRIPTS[behaviour]
    if came.attempt <= script.outages and not came.reminder:
        return (Unavailable(),)
    return script.reminder if came.reminder else script.question


def reply_of(statement: DebtStatement, variant: Variant) -> Reply:
    """Return the reply in this variant; what is wrong beyond its words is done elsewhere."""
    if variant is Variant.CLIENT_UNKNOWN:
        return Refusal(RefusalReason.CLIENT_UNKNOWN, statement.contact)
    if variant is Variant.OTHER_AMOUNT:
        return replace(statement, lines=tuple(_dearer(line) for line in statement.lines))
    return statement


def _dearer(line: StatementLine) -> StatementLine:
    return replace(line, principal=line.principal + _OTHER_BY) if isinstance(line, Claim) else line
