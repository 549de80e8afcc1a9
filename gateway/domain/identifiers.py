"""Identifiers that check themselves, and ids that are only labels.

What has a grammar is a frozen class that refuses a wrong value (Bsn, Oin, KvkNumber, Iban); what is
only a label is a NewType over UUID. A personal value prints as nothing: no digits, no hash, no last
two, because a hash of a BSN is a BSN (90 million candidates).
"""

import re
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from stdnum import iban as _iban
from stdnum.nl import bsn as _bsn

from gateway.domain.discretion import Discreet
from gateway.domain.errors import BsnInvalid, InvalidInput, ReferenceLooksLikeBsn

CaseId = NewType("CaseId", UUID)
BasisId = NewType("BasisId", UUID)
OrderId = NewType("OrderId", UUID)
LegId = NewType("LegId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
SubjectId = NewType("SubjectId", UUID)
StreamId = NewType("StreamId", UUID)
EventId = NewType("EventId", UUID)
MessageId = NewType("MessageId", UUID)
ConversationId = NewType("ConversationId", UUID)
CreditorId = NewType("CreditorId", str)

_OIN = re.compile(r"[0-9]{8}[0-9A-Z]{9}000")
_OIN_PREFIXES = frozenset(f"000000{n:02d}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 99))
_KVK = re.compile(r"[0-9]{8}")
_CLIENT_NUMBER = re.compile(r"K-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS = "0123456789" + _LETTERS
# Looked for at every place, so that a number before it does not hide it: in "00 111 222 333" too.
_NINE_DIGITS = re.compile(r"(?<![0-9])(?=([0-9](?:[ .-]?[0-9]){8})(?![0-9]))")
_EIGHT_DIGITS = re.compile(r"(?<![0-9])(?=([0-9]{8})(?![0-9]))")
_YEAR_AND_NUMBER = re.compile(r"(?:19|20)[0-9]{2}[ .-][0-9]{5}")
_BUCKETS = 64


@dataclass(frozen=True, slots=True, repr=False)
class Bsn:
    """Burgerservicenummer: nine digits that pass the eleven test (Wabb art. 1, 10)."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{9}", self.value) or not _bsn.is_valid(self.value):
            raise BsnInvalid

    def __repr__(self) -> str:
        return "Bsn(…)"


@dataclass(frozen=True, slots=True, order=True)
class Oin:
    """Organisatie-identificatienummer: 20 positions, known prefix (OIN 3.0.1 §6.1); no eleven test.

    Also the form in which a KvK number travels on the wire (prefix 00000003).
    """

    value: str

    def __post_init__(self) -> None:
        if not _OIN.fullmatch(self.value) or self.value[:8] not in _OIN_PREFIXES:
            raise InvalidInput(detail="Not an OIN.")

    def __str__(self) -> str:
        return self.value

    @property
    def is_test(self) -> bool:
        """True for prefix 99, which anyone may use and production never accepts."""
        return self.value.startswith("00000099")


@dataclass(frozen=True, slots=True, order=True)
class KvkNumber:
    """KvK-nummer: eight digits of the Dutch trade register."""

    value: str

    def __post_init__(self) -> None:
        if not _KVK.fullmatch(self.value):
            raise InvalidInput(detail="Not a KvK number.")

    def __str__(self) -> str:
        return self.value

    def as_oin(self) -> Oin:
        """Return the OIN that is built from this number (prefix 00000003, suffix 0000)."""
        return Oin(f"00000003{self.value}0000")


@dataclass(frozen=True, slots=True, repr=False)
class Iban(Discreet):
    """IBAN: account number, checked modulo 97, stored without spaces."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", self.value) or not _iban.is_valid(
            self.value
        ):
            raise InvalidInput(detail="Not an IBAN.")


@dataclass(frozen=True, slots=True, repr=False)
class ClientNumber(Discreet):
    """Klantnummer SHV: ours, random, one per case and creditor; the person's only name on the wire.

    Form `K-XXXX-XXXX-XXXX` in Crockford base 32. In ours each group begins with a letter (58 random
    bits), so that it can never be taken for a BSN.
    """

    value: str

    def __post_init__(self) -> None:
        if not _CLIENT_NUMBER.fullmatch(self.value):
            raise InvalidInput(detail="Not a client number.")

    @classmethod
    def from_random(cls, bits: int) -> "ClientNumber":
        """Print random bits, 64 or more, as a client number."""
        groups = []
        for _ in range(3):
            group = _LETTERS[bits % len(_LETTERS)]
            bits //= len(_LETTERS)
            for _ in range(3):
                group += _SIGNS[bits % len(_SIGNS)]
                bits //= len(_SIGNS)
            groups.append(group)
        return cls("-".join(("K", *groups)))

    def __str__(self) -> str:
        return self.value


def refuse_bsn_like(reference: str) -> str:
    """Return the reference, or raise ReferenceLooksLikeBsn when any part could be a BSN.

    Design §7: a back-office reference that looks like a BSN is refused. Eight digits in one piece
    count too, because old numbers lost their leading zero. A year with a number behind it
    ("2026-00042") is how case numbers look and how nobody spells a BSN: one in eleven would be
    refused for nothing.
    """
    found = _NINE_DIGITS.findall(reference) + _EIGHT_DIGITS.findall(reference)
    for text in found:
        digits = re.sub(r"[ .-]", "", text).zfill(9)
        if _bsn.is_valid(digits) and not _YEAR_AND_NUMBER.fullmatch(text):
            raise ReferenceLooksLikeBsn
    return reference


def refuse_bsn_of(person: Bsn, reference: str) -> None:
    """Raise ReferenceLooksLikeBsn when a creditor's own number holds the BSN of this person.

    Only this one: of a creditor's numbers of nine digits one in eleven passes the eleven test.
    """
    if person.value.lstrip("0") in re.sub(r"[ .-]", "", reference):
        raise ReferenceLooksLikeBsn


def bucket_of(controller: Oin) -> int:
    """Return the bucket (0..63) that holds all rows of this controller (design §6)."""
    value = 0
    for byte in controller.value.encode():
        value = (value * 31 + byte) % 1_000_003
    return value % _BUCKETS
