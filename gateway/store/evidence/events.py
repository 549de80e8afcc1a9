"""Reading events back: what was recorded, in the order of each stream, still sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.domain.identifiers import StreamId, SubjectId
from gateway.ledger.entry import Part
from gateway.ledger.sealing import Opened, SealingKey, open_sealed
from gateway.store.database import Transaction

READ_EVENTS = """
select event_id, stream_id, seq, type, subject_id, recorded_at, sealed_meta from event
where bucket = $1 and controller = $2 order by stream_id, seq
"""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as stored; `sealed_meta` is None once it was erased."""

    event_id: UUID
    stream_id: StreamId
    seq: int
    type: str
    subject_id: SubjectId
    recorded_at: datetime
    sealed_meta: bytes | None

    def open_part(self, key: SealingKey) -> Opened | None:
        """Return the open part M with the key of its commitment; raises LogRefused."""
        if self.sealed_meta is None:
            return None
        return open_sealed(key, self.event_id, Part.META, self.sealed_meta)


async def read_events(tx: Transaction) -> tuple[EventRow, ...]:
    """Return every event of this controller, oldest first within each stream."""
    rows = await tx.connection.fetch(READ_EVENTS, tx.bucket, tx.controller.value)
    return tuple(EventRow(**dict(row)) for row in rows)
