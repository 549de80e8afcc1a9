"""A store to fill: real database, real keys, a clock that stands still, two municipalities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import (
    BasisId,
    CaseId,
    ConversationId,
    CreditorId,
    DeliveryId,
    LegId,
    Oin,
    OrderId,
    StreamId,
    SubjectId,
)
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegState
from gateway.domain.legal_basis import (
    BasisKind,
    DataCategory,
    LegalBasis,
    Purpose,
    ScopeLine,
)
from gateway.domain.parties import AskReason, CreditorClass, Period
from gateway.domain.person import ByName
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.store import deliveries, legal_bases, legs
from gateway.store.database import Database
from gateway.store.deliveries import DeliveryRow
from gateway.store.evidence.journal import Journal
from gateway.store.evidence.keys import KeyRing
from gateway.store.legs import LegContent, LegRow, OrderRow
from tests.adapters.examples import question_of
from tests.journeys.stage import NOW, TODAY, SeededIds, StandingClock

OURS = Oin("00000099000000001000")
THEIRS = Oin("00000099000000002000")
SHOP = CreditorId("winkel")


@dataclass(slots=True)
class Store:
    """The database with what fills it."""

    database: Database
    keys: KeyRing
    journal: Journal
    clock: StandingClock
    ids: SeededIds
    owner_dsn: str
    dsn: str

    async def stream(self, controller: Oin = OURS) -> tuple[StreamId, SubjectId]:
        """Make a subject and open a stream about it."""
        subject, stream = SubjectId(self.ids.reference()), StreamId(self.ids.reference())
        await self.keys.make(controller, subject)
        async with self.database.transaction(controller) as tx:
            await self.journal.open_stream(tx, stream, subject)
        return stream, subject

    async def write(self, events: Sequence[NewEvent], controller: Oin = OURS) -> tuple[UUID, ...]:
        async with self.database.transaction(controller) as tx:
            return await self.journal.append(tx, events)

    async def exchange(self, count: int = 1, controller: Oin = OURS) -> list[DeliveryRow]:
        """A case with one ground and this many legs, each with a queued request."""
        stream, subject = await self.stream(controller)
        case_id = CaseId(self.ids.row())
        key = await self.keys.one(controller, subject)
        basis = LegalBasis(
            basis_id=BasisId(self.ids.row()),
            case_id=case_id,
            stream_id=stream,
            kind=BasisKind.WGS_PUBLIC_TASK,
            validity=Period(TODAY, date(2029, 1, 1)),
            scope=(ScopeLine(Purpose.DEBT_STATEMENT, frozenset(DataCategory)),),
            citation="Wgs art. 8 lid 1",
        )
        sealed = legal_bases.seal_basis(key, self.ids.chance(NONCE_BYTES), basis)
        order = OrderRow(OrderId(self.ids.row()), case_id, NOW)
        async with self.database.transaction(controller) as tx:
            await legal_bases.add_basis(tx, legal_bases.BasisRow(basis, subject, NOW, sealed))
            await legs.add_order(tx, order)
            rows = [self._leg(basis, subject, order, key) for _ in range(count)]
            await legs.add_legs(tx, rows)
            queued = [self._delivery(row) for row in rows]
            await deliveries.add_deliveries(tx, queued)
        return queued

    def _leg(
        self, basis: LegalBasis, subject: SubjectId, order: OrderRow, key: SealingKey
    ) -> LegRow:
        leg_id = LegId(self.ids.row())
        content = LegContent(question_of(CreditorClass.OTHER, ByName, False), None)
        return LegRow(
            leg_id=leg_id,
            case_id=basis.case_id,
            order_id=order.order_id,
            basis_id=basis.basis_id,
            subject_id=subject,
            stream_id=basis.stream_id,
            creditor_id=SHOP,
            purpose=Purpose.DEBT_STATEMENT,
            reason=AskReason.POST,
            conversation_id=ConversationId(self.ids.reference()),
            client_number=str(self.ids.reference()),
            state=LegState.OPEN,
            sealed=legs.seal_leg(key, self.ids.chance(NONCE_BYTES), leg_id, content),
        )

    def _delivery(self, leg: LegRow) -> DeliveryRow:
        return DeliveryRow(
            delivery_id=DeliveryId(self.ids.row()),
            leg_id=leg.leg_id,
            basis_id=leg.basis_id,
            subject_id=leg.subject_id,
            stream_id=leg.stream_id,
            creditor_id=leg.creditor_id,
            kind=DeliveryKind.REQUEST,
            ordinal=0,
            state=DeliveryState.QUEUED,
            not_before=TODAY,
            run_at=NOW,
        )


def happened(stream: StreamId, number: int = 0) -> NewEvent:
    return NewEvent(EventType.EXCHANGE_QUEUED, stream, {"number": number}, {"employee": "m-17"})
