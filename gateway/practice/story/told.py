"""What came of a story: plain values that the report prints and the checks judge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.identifiers import CreditorId
from gateway.ledger.verification import Verification
from gateway.practice.casefile import CaseFile
from gateway.practice.creditor import Dossier

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """What one controller's back office can see at the end: its case through the REST API."""

    case_id: str
    order: Json
    overview: Json
    requests: tuple[Json, ...]
    messages: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Consents:
    """The helper's part: one creditor asked on consent, and one consent withdrawn in time.

    `ending` is what the API said that the withdrawal did; `withdrawn_case` is the case of the
    withdrawn consent.
    """

    answered_by: CreditorId
    withdrawn_for: CreditorId
    answered: Account
    withdrawn: Account
    ending: Json


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message of the creditor that joined, the code of its refusal, and what exactly is wrong."""

    code: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of an endpoint of somebody's own; `failures` are those of deliveries to it."""

    creditor_id: CreditorId
    state: str
    attempts: int
    failures: tuple[str, ...]
    refused: tuple[RefusedMessage, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The log of one controller, checked offline, and held against the events it stands for.

    `opened` says for how many events bytes and key open the commitment in the exported entry.
    """

    verification: Verification
    events: tuple[Json, ...]
    opened: int


@dataclass(frozen=True, slots=True)
class Search:
    """The search for personal data: how many lines, which hold any, and whether it can find it.

    `found` names the place only; `control` is what the same search finds in a message in which the
    person must be named: nothing there would mean that the search is blind.
    """

    lines: int
    found: tuple[str, ...]
    control: int


@dataclass(frozen=True, slots=True)
class Told:
    """A story that was played to its end."""

    case: CaseFile
    municipality: Account
    consents: Consents | None
    evidence: Mapping[str, Evidence]
    search: Search
    dossiers: Mapping[CreditorId, Dossier]
    worked_days: int
    samples: tuple[str, ...] = ()
    joined: Joined | None = None
