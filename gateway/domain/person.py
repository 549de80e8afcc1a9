"""Who the question is about, and how much of that a creditor may see.

The gateway, never an adapter, decides between ByBsn and ByName, and leaves out a secret address;
an adapter of a creditor without BSN right therefore has no code path that could leak a BSN
(design, principle 9).
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from gateway.domain.identifiers import Bsn


class Gender(Enum):
    """Geslacht."""

    MALE = "man"
    FEMALE = "vrouw"
    UNKNOWN = "onbekend"


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """Klant of partner: name parts and birth date, in the order the Schuldenknooppunt publishes."""

    gender: Gender
    initials: str
    surname: str
    birth_date: date
    first_names: str | None = None
    prefix: str | None = None

    def __repr__(self) -> str:
        return "PersonName(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Adres: a Dutch street address; postcode without space, `1234AB`."""

    street: str
    house_number: int
    postcode: str
    city: str
    house_letter: str | None = None
    house_number_addition: str | None = None

    def __repr__(self) -> str:
        return "Address(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Resident:
    """Inwoner: the person who is helped; `address_secret` is indicatieGeheim (Wet BRP art. 2.59).

    `address` is kept for the controller alone when it is secret.
    """

    name: PersonName
    address: Address | None
    address_secret: bool = False
    bsn: Bsn | None = None

    def __repr__(self) -> str:
        return "Resident(…)"


@dataclass(frozen=True, slots=True, repr=False)
class ByName:
    """Aanduiding zonder BSN: name, birth date and, unless secret, the address."""

    name: PersonName
    address: Address | None

    def __repr__(self) -> str:
        return "ByName(…)"


@dataclass(frozen=True, slots=True, repr=False)
class ByBsn:
    """Aanduiding met BSN, only where the creditor's and the asker's law both allow it."""

    name: PersonName
    address: Address | None
    bsn: Bsn

    def __repr__(self) -> str:
        return "ByBsn(…)"


Subject = ByName | ByBsn
