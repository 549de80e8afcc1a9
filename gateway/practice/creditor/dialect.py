"""The dialect of a simulated creditor: an adapter with the other side of it, found by name.

The gateway never imports an adapter by name (pyproject.toml), and neither does practice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol

from gateway.domain.identifiers import ClientNumber, MessageId
from gateway.domain.statement import Reply
from gateway.ports.creditor import CreditorAdapter
from gateway.wire.xml import Element


class Heard(Protocol):
    """What a creditor hears in a question."""

    @property
    def client_number(self) -> ClientNumber: ...

    @property
    def reminder(self) -> int: ...


class Answer(Protocol):
    """Writes the creditor's reply to a question, unsigned; `about` makes it of another person."""

    def __call__(
        self,
        request: Element,
        reply: Reply,
        message_id: MessageId,
        sent_at: datetime,
        about: ClientNumber | None = None,
    ) -> Element: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """Both sides of one dialect; `requests` maps what may come in at the creditor to its XSD."""

    adapter: CreditorAdapter
    requests: Mapping[str, str]
    hear: Callable[[Element], Heard]
    answer: Answer


def load_dialect(name: str) -> Dialect:
    """Return the dialect of adapters/`name`; raises ModuleNotFoundError when there is none."""
    adapter = import_module(f"adapters.{name}.adapter").ADAPTER
    simulator = import_module(f"adapters.{name}.simulator")
    return Dialect(adapter, simulator.REQUESTS, simulator.hear, simulator.answer)
