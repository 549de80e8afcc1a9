"""Money in whole euro cents: no float, no rounding, no currency but the euro (design §9)."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.domain.errors import InvalidInput

_MAXIMUM = 999_999_999  # 9 999 999,99: the largest amount a message can carry (skp-messages §13.3)


@dataclass(frozen=True, slots=True, order=True)
class Euro:
    """Bedrag: an amount in euro cents, 0 or more, at most 9 999 999,99."""

    cents: int

    def __post_init__(self) -> None:
        if type(self.cents) is not int or not 0 <= self.cents <= _MAXIMUM:
            raise InvalidInput(detail="Not an amount in euro cents.")

    def __add__(self, other: "Euro") -> "Euro":
        return Euro(self.cents + other.cents)

    def __sub__(self, other: "Euro") -> "Euro":
        return Euro(self.cents - other.cents)


ZERO = Euro(0)


def total(amounts: Iterable[Euro]) -> int:
    """Return the sum in cents; a plain number, because a sum may pass the bound of one message."""
    return sum(amount.cents for amount in amounts)
