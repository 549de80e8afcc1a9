"""How single values stand in XML: amounts, whole numbers, dates, moments, booleans, digests.

Each kind is a printer and a parser with the same noun, and exactly one spelling per value: what a
parser accepts is printed back as the same text, and what is printed is parsed back as the same
value. So a value cannot be read one way by us and another way by someone else.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import UTC, date, datetime, timedelta

from gateway.domain.errors import Inexpressible, Unintelligible

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})\.([0-9]{2})", re.ASCII)
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{0,5}[1-9])?Z", re.ASCII
)
_LARGEST_AMOUNT = 99_999_999_999_999_999
_LARGEST_WHOLE = 999_999_999_999_999_999
_ZERO = timedelta(0)
_DIGEST_BYTES = 32


def print_amount(cents: int) -> str:
    """Return euro cents as a decimal with two digits: 123456 is "1234.56".

    Raises:
        Inexpressible: negative, or over seventeen digits.
    """
    if not 0 <= cents <= _LARGEST_AMOUNT:
        raise Inexpressible("An amount is negative or too large.")
    return f"{cents // 100}.{cents % 100:02d}"


def parse_amount(text: str) -> int:
    """Return the euro cents of a decimal with exactly two digits.

    Raises:
        Unintelligible: any other spelling: sign, leading zero, thousands separator, space.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Unintelligible("An amount is not a decimal with two digits.")
    return int(found[1]) * 100 + int(found[2])


def print_whole(number: int) -> str:
    """Return a whole number as xs:integer.

    Raises:
        Inexpressible: over eighteen digits.
    """
    if abs(number) > _LARGEST_WHOLE:
        raise Inexpressible("A number is too large.")
    return str(number)


def parse_whole(text: str) -> int:
    """Return a whole number.

    Raises:
        Unintelligible: any other spelling: plus sign, leading zero, space.
    """
    if _WHOLE.fullmatch(text) is None:
        raise Unintelligible("A number is not a whole number.")
    return int(text)


def print_date(day: date) -> str:
    """Return a calendar date as xs:date without time zone: "2026-11-30"."""
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"


def parse_date(text: str) -> date:
    """Return the calendar date of an xs:date without time zone.

    Raises:
        Unintelligible: no such day, or another spelling.
    """
    if _DATE.fullmatch(text) is None:
        raise Unintelligible("A date is not of the form year-month-day.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unintelligible("A date does not exist.") from None


def print_moment(moment: datetime) -> str:
    """Return a UTC moment as xs:dateTime with Z: "2026-11-30T09:00:00Z".

    A fraction of a second is written without trailing zeros, and left out when it is zero (the
    canonical form of XML Schema part 2, §3.2.7.2).

    Raises:
        Inexpressible: the moment is not in UTC.
    """
    if moment.utcoffset() != _ZERO:
        raise Inexpressible("A moment is not in UTC.")
    fraction = f".{moment.microsecond:06d}".rstrip("0").rstrip(".")
    return moment.strftime("%Y-%m-%dT%H:%M:%S").zfill(19) + fraction + "Z"


def parse_moment(text: str) -> datetime:
    """Return the UTC moment of an xs:dateTime in its canonical form, with Z.

    Raises:
        Unintelligible: no such moment, no or another time zone, or another spelling.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise Unintelligible("A moment is not a UTC date and time.")
    try:
        return datetime.fromisoformat(found[1] + (found[2] or "")).replace(tzinfo=UTC)
    except ValueError:
        raise Unintelligible("A moment does not exist.") from None


def print_flag(flag: bool) -> str:
    """Return "true" or "false"."""
    return "true" if flag else "false"


def parse_flag(text: str) -> bool:
    """Return the truth of "true" or "false".

    Raises:
        Unintelligible: another spelling ("1" and "0" too).
    """
    if text not in ("true", "false"):
        raise Unintelligible("A flag is not true or false.")
    return text == "true"


def print_digest(digest: bytes) -> str:
    """Return a SHA-256 digest in base64, as xs:base64Binary and a DigestValue spell it.

    Raises:
        Inexpressible: it is not 32 bytes.
    """
    if len(digest) != _DIGEST_BYTES:
        raise Inexpressible("A digest is not 32 bytes.")
    return b64encode(digest).decode("ascii")


def parse_digest(text: str) -> bytes:
    """Return the 32 bytes of a SHA-256 digest in base64.

    Raises:
        Unintelligible: not base64, another length, or another spelling of the same bytes.
    """
    try:
        digest = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise Unintelligible("A digest is not base64.") from None
    # Base64 has more than one spelling for the last bits; only ours is read.
    if len(digest) != _DIGEST_BYTES or b64encode(digest).decode("ascii") != text:
        raise Unintelligible("A digest is not 32 bytes in canonical base64.")
    return digest
