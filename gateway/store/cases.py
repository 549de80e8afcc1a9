"""Cases and their subjects: who is helped, sealed; which ids belong together, readable."""

from dataclasses import dataclass
from datetime import date, datetime

from gateway.domain.identifiers import CaseId, StreamId, SubjectId
from gateway.domain.person import Resident
from gateway.ledger.sealing import SealingKey
from gateway.store.database import Transaction
from gateway.store.evidence.sealed import Codec, Content, open_content, seal_content

FIND_SUBJECT = """
select subject_id from subject where bucket = $1 and controller = $2 and bsn_blind = $3
"""
ADD_SUBJECT = """
insert into subject (bucket, controller, subject_id, bsn_blind) values ($1, $2, $3, $4)
on conflict (bucket, controller, bsn_blind) do nothing
"""
ADD_CASE = """
insert into debt_case (bucket, controller, case_id, subject_id, stream_id, started_on, opened_at,
                       sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
READ_CASE = """
select case_id, subject_id, stream_id, started_on, opened_at, sealed from debt_case
where bucket = $1 and controller = $2 and case_id = $3
"""
LOCK_CASE = READ_CASE.rstrip() + " for no key update"
CASES_OF = """
select c.case_id, c.subject_id, c.stream_id, c.started_on, c.opened_at, c.sealed from debt_case c
join subject s on (s.bucket, s.controller, s.subject_id)
                = (c.bucket, c.controller, c.subject_id)
where c.bucket = $1 and c.controller = $2 and s.bsn_blind = $3
order by c.opened_at, c.case_id
"""


@dataclass(frozen=True, slots=True, repr=False)
class CaseContent:
    """What is sealed of a case: the back office's reference and the person."""

    reference: str
    resident: Resident


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as stored."""

    case_id: CaseId
    subject_id: SubjectId
    stream_id: StreamId
    started_on: date
    opened_at: datetime
    sealed: bytes

    def content(self, key: SealingKey) -> CaseContent:
        """Open what is sealed."""
        return _CONTENT.decode(open_content(key, self.case_id, Content.CASE, self.sealed))


_CONTENT: Codec[CaseContent] = Codec(CaseContent)


def seal_case(key: SealingKey, nonce: bytes, case_id: CaseId, content: CaseContent) -> bytes:
    """Seal the content of a case."""
    return seal_content(key, nonce, case_id, Content.CASE, _CONTENT.encode(content))


async def find_subject(tx: Transaction, bsn_blind: bytes) -> SubjectId | None:
    """Return the subject that this controller knows under this blinded BSN."""
    found = await tx.connection.fetchval(FIND_SUBJECT, tx.bucket, tx.controller.value, bsn_blind)
    return SubjectId(found) if found else None


async def add_subject(tx: Transaction, subject_id: SubjectId, bsn_blind: bytes | None) -> None:
    """Add a subject; if another transaction was faster for this BSN, nothing is added."""
    await tx.connection.execute(ADD_SUBJECT, tx.bucket, tx.controller.value, subject_id, bsn_blind)


async def add_case(tx: Transaction, case: CaseRow) -> None:
    """Add a case."""
    await tx.connection.execute(
        ADD_CASE,
        tx.bucket,
        tx.controller.value,
        case.case_id,
        case.subject_id,
        case.stream_id,
        case.started_on,
        case.opened_at,
        case.sealed,
    )


async def read_case(tx: Transaction, case_id: CaseId) -> CaseRow | None:
    """Return a case of this controller."""
    row = await tx.connection.fetchrow(READ_CASE, tx.bucket, tx.controller.value, case_id)
    return CaseRow(**row) if row else None


async def lock_case(tx: Transaction, case_id: CaseId) -> CaseRow | None:
    """Return a case of this controller; who locks the same case waits until this one is done."""
    row = await tx.connection.fetchrow(LOCK_CASE, tx.bucket, tx.controller.value, case_id)
    return CaseRow(**row) if row else None


async def cases_of(tx: Transaction, bsn_blind: bytes) -> tuple[CaseRow, ...]:
    """Return the cases of the person with this blinded BSN, oldest first."""
    rows = await tx.connection.fetch(CASES_OF, tx.bucket, tx.controller.value, bsn_blind)
    return tuple(CaseRow(**row) for row in rows)
