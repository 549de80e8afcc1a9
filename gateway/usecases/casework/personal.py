"""The personal part (P) of an event: who acted, on which case."""

from gateway.domain.events import Json
from gateway.domain.identifiers import CaseId
from gateway.usecases.commands import Caller


def acting(caller: Caller, case_id: CaseId | None) -> dict[str, Json]:
    """Return P for something an employee did, on a case if it is known on which."""
    return {
        "case": None if case_id is None else str(case_id),
        "employee": caller.actor.pseudonym,
        "role": caller.actor.role,
        "client": caller.client.value,
    }


def automatic(case_id: CaseId) -> dict[str, Json]:
    """Return P for something that happened by itself."""
    return {"case": str(case_id)}
