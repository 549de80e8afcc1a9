"""Open a case and read it back."""

from gateway.domain.errors import NotFound
from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import Bsn, CaseId, StreamId, SubjectId, refuse_bsn_like
from gateway.domain.person import Resident
from gateway.ledger.sealing import NONCE_BYTES
from gateway.store import cases as store
from gateway.store.database import Transaction
from gateway.usecases.casework.personal import acting
from gateway.usecases.commands import Caller, CaseView, OpenCase
from gateway.usecases.context import Gateway


async def open_case(
    gateway: Gateway, tx: Transaction, caller: Caller, command: OpenCase
) -> CaseView:
    """Open a case; raises ReferenceLooksLikeBsn."""
    refuse_bsn_like(command.reference)
    subject_id = await _subject_of(gateway, tx, command.resident)
    key = await gateway.keys.one(tx.controller, subject_id)
    case_id, now = CaseId(gateway.ids.row()), gateway.clock.now()
    stream_id = StreamId(gateway.ids.reference())
    content = store.CaseContent(command.reference, command.resident)
    sealed = store.seal_case(key, gateway.ids.chance(NONCE_BYTES), case_id, content)
    await store.add_case(
        tx,
        store.CaseRow(case_id, subject_id, stream_id, command.started_on, now, sealed),
    )
    await gateway.journal.open_stream(tx, stream_id, subject_id)
    await gateway.journal.append(
        tx, [NewEvent(EventType.CASE_OPENED, stream_id, {}, acting(caller, case_id))]
    )
    return CaseView(case_id, command.reference, command.resident, command.started_on, now)


async def _subject_of(gateway: Gateway, tx: Transaction, resident: Resident) -> SubjectId:
    """Find the person again by blinded BSN, or make a subject with a key of its own."""
    blind = await gateway.keys.blind(tx.controller, resident.bsn) if resident.bsn else None
    known = await store.find_subject(tx, blind) if blind else None
    if known is not None:
        return known
    fresh = SubjectId(gateway.ids.reference())
    await gateway.keys.make(tx.controller, fresh)
    await store.add_subject(tx, fresh, blind)
    return (await store.find_subject(tx, blind) or fresh) if blind else fresh


async def read_case(gateway: Gateway, caller: Caller, case_id: CaseId) -> CaseView:
    """Return a case; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        row = await store.read_case(tx, case_id)
        if row is None:
            raise NotFound
        key = await gateway.keys.one(tx.controller, row.subject_id)
        await gateway.journal.append(tx, [viewed(caller, row.stream_id, case_id, "zaak")])
    content = row.content(key)
    return CaseView(case_id, content.reference, content.resident, row.started_on, row.opened_at)


def viewed(caller: Caller, stream: StreamId, case_id: CaseId | None, what: str) -> NewEvent:
    """The event that somebody looked at the resident's data: she may see who did.

    Without case it is about a message that could not be correlated.
    """
    return NewEvent(EventType.ACCESS_VIEW, stream, {"what": what}, acting(caller, case_id))


async def find_cases(gateway: Gateway, caller: Caller, bsn: Bsn) -> tuple[CaseId, ...]:
    """Return the cases of the person with this BSN, after recording who looks; none is ()."""
    blind = await gateway.keys.blind(caller.controller.oin, bsn)
    async with gateway.database.transaction(caller.controller.oin) as tx:
        found = await store.cases_of(tx, blind)
        await gateway.journal.append(
            tx, [viewed(caller, row.stream_id, row.case_id, "zoekvraag") for row in found]
        )
    return tuple(row.case_id for row in found)
