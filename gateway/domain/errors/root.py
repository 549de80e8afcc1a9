"""The root of the error tree, and how one fault is pointed at."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InvalidParam:
    """One fault in a request: where, what kind, and what to do (Haal Centraal form)."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in configuration data: file, key, and what is wrong with it."""

    file: str
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.problem}"


class GatewayError(Exception):
    """Something went wrong inside the gateway."""

    code: ClassVar[str] = "interne-fout"
    title: ClassVar[str] = "Interne fout"

    def __init__(self, detail: str = "") -> None:
        first_line = (type(self).__doc__ or "").strip().splitlines()[0]
        super().__init__(f"{first_line} {detail}".strip())
        self.detail = detail
