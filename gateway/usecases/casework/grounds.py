"""Record a ground, read it, end it.

An ending takes effect at its commit: what was queued or recorded is cancelled, what was sent and
not answered is followed by a stop message, and what is being sent this very moment is counted.
"""

from collections.abc import Mapping

from gateway.domain.errors import (
    CreditorUnknown,
    InvalidInput,
    InvalidParam,
    NotCovered,
    NotFound,
    StateConflict,
)
from gateway.domain.events import EventType, Json, NewEvent
from gateway.domain.identifiers import BasisId, CaseId, DeliveryId, StreamId, refuse_bsn_like
from gateway.domain.inquiry import (
    DeliveryEvent,
    DeliveryKind,
    DeliveryState,
    LegEvent,
    advance_leg,
    allows,
)
from gateway.domain.legal_basis import (
    END_REASONS,
    BasisKind,
    BasisState,
    EndReason,
    LegalBasis,
    is_article,
)
from gateway.domain.parties import Controller
from gateway.ledger.sealing import NONCE_BYTES
from gateway.store import cases, deliveries, legs
from gateway.store import legal_bases as store
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.legs import LegRow
from gateway.usecases.casework.cases import viewed
from gateway.usecases.casework.personal import acting, automatic
from gateway.usecases.commands import BasisView, Caller, EndBasis, Ending, RecordBasis
from gateway.usecases.context import Gateway

_NAMES_EACH_CREDITOR = frozenset({BasisKind.CONSENT, BasisKind.MANDATE})
_TO_CANCEL = frozenset({DeliveryState.QUEUED, DeliveryState.RECORDED, DeliveryState.IN_DOUBT})


async def record_basis(
    gateway: Gateway, tx: Transaction, caller: Caller, command: RecordBasis
) -> BasisView:
    """Record a ground of a case; raises NotFound, NotCovered, InvalidInput, CreditorUnknown."""
    _check(gateway, caller, command)
    case = await cases.read_case(tx, command.case_id)
    if case is None:
        raise NotFound
    key = await gateway.keys.one(tx.controller, case.subject_id)
    basis = LegalBasis(
        basis_id=BasisId(gateway.ids.row()),
        case_id=command.case_id,
        stream_id=StreamId(gateway.ids.reference()),
        kind=command.kind,
        citation=command.citation,
        validity=command.validity,
        scope=command.scope,
        on_behalf_of=command.on_behalf_of,
    )
    sealed = store.seal_basis(key, gateway.ids.chance(NONCE_BYTES), basis)
    row = store.BasisRow(basis, case.subject_id, gateway.clock.now(), sealed)
    await store.add_basis(tx, row)
    await gateway.journal.open_stream(tx, basis.stream_id, case.subject_id)
    await gateway.journal.append(tx, [_given(basis, caller)])
    return BasisView(basis, row.recorded_at, None, None)


def _check(gateway: Gateway, caller: Caller, command: RecordBasis) -> None:
    refuse_bsn_like(command.citation)
    if command.kind is BasisKind.WGS_PUBLIC_TASK and not is_article(command.citation):
        raise InvalidInput([InvalidParam("verwijzing", "artikel-onjuist", "noem wet en artikel")])
    today = gateway.calendar.today()
    if command.validity.end < command.validity.start or command.validity.end < today:
        raise InvalidInput([InvalidParam("geldigTot", "grondslag-verlopen", "is voorbij")])
    rules = gateway.policies().grounds
    for line in command.scope:
        rule = rules.rule_for(caller.controller.kind, line.purpose, today)
        if command.kind not in rule.kinds:
            raise NotCovered("soort")
        if line.creditor is None and command.kind in _NAMES_EACH_CREDITOR:
            raise InvalidInput(
                [InvalidParam("bereik", "schuldeiser-ontbreekt", "noem elke schuldeiser")]
            )
        if line.creditor is not None and not gateway.partners().get(
            line.creditor, caller.controller.oin
        ):
            raise CreditorUnknown


def _given(basis: LegalBasis, caller: Caller) -> NewEvent:
    return NewEvent(
        EventType.BASIS_GIVEN,
        basis.stream_id,
        {
            "ground": basis.kind.value,
            "citation": basis.article,
            "valid_from": basis.validity.start.isoformat(),
            "valid_until": basis.validity.end.isoformat(),
            "scope": [
                {
                    "creditor": line.creditor,
                    "purpose": line.purpose.value,
                    "categories": [*sorted(category.value for category in line.categories)],
                }
                for line in basis.scope
            ],
        },
        acting(caller, basis.case_id)
        | {"citation": basis.citation, "on_behalf_of": basis.on_behalf_of},
    )


async def read_basis(gateway: Gateway, caller: Caller, basis_id: BasisId) -> BasisView:
    """Return a ground, after recording who looks; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        row = await store.read_basis(tx, basis_id)
        if row is None:
            raise NotFound
        look = viewed(caller, row.basis.stream_id, row.basis.case_id, "grondslag")
        await gateway.journal.append(tx, [look])
        return _view(row.opened(await gateway.keys.one(tx.controller, row.subject_id)))


async def list_bases(gateway: Gateway, caller: Caller, case_id: CaseId) -> tuple[BasisView, ...]:
    """Return the grounds of a case, oldest first, after recording who looks; raises NotFound."""
    async with gateway.database.transaction(caller.controller.oin) as tx:
        case = await cases.read_case(tx, case_id)
        if case is None:
            raise NotFound
        await gateway.journal.append(tx, [viewed(caller, case.stream_id, case_id, "grondslagen")])
        key = await gateway.keys.one(tx.controller, case.subject_id)
        return tuple(_view(row.opened(key)) for row in await store.bases_of_case(tx, case_id))


def _view(row: store.BasisRow) -> BasisView:
    return BasisView(row.basis, row.recorded_at, row.ended_at, row.end_reason)


async def end_basis(gateway: Gateway, tx: Transaction, caller: Caller, command: EndBasis) -> Ending:
    """End a ground, with effect at the commit of this transaction.

    Raises NotFound, StateConflict when it had ended already, InvalidInput for a reason that does
    not fit its kind.
    """
    row = (await store.lock_bases(tx, [command.basis_id])).get(command.basis_id)
    if row is None:
        raise NotFound
    if row.basis.state is BasisState.ENDED:
        raise StateConflict
    if command.reason not in END_REASONS[row.basis.kind]:
        raise InvalidInput([InvalidParam("reden", "reden-past-niet", "past niet bij de soort")])
    personal = acting(caller, row.basis.case_id)
    ending, events = await _end(gateway, tx, row.basis, command.reason, personal)
    await gateway.journal.append(tx, events)
    return ending


async def end_lapsed(gateway: Gateway, controller: Controller, limit: int) -> int:
    """End at most `limit` grounds whose last day is over, as if somebody did; return how many."""
    async with gateway.database.transaction(controller.oin) as tx:
        rows = await store.lock_lapsed(tx, gateway.calendar.today(), limit)
        events: list[NewEvent] = []
        for row in rows:
            personal = automatic(row.basis.case_id)
            _, more = await _end(gateway, tx, row.basis, EndReason.EXPIRED, personal)
            events += more
        await gateway.journal.append(tx, events)  # once: the streams are locked in one order
    return len(rows)


async def _end(
    gateway: Gateway,
    tx: Transaction,
    basis: LegalBasis,
    reason: EndReason,
    personal: Mapping[str, Json],
) -> tuple[Ending, list[NewEvent]]:
    """End a locked ground and stop what rests on it; return the events, not yet appended."""
    await store.end_basis(tx, basis.basis_id, reason, gateway.clock.now())
    conversations = await legs.lock_legs_of_basis(tx, basis.basis_id)
    sent = await deliveries.lock_deliveries_of_basis(tx, basis.basis_id)
    cancelled = [
        row.moved(DeliveryEvent.GROUND_ENDED, failure="grondslag-beeindigd")
        for row in sent
        if row.state in _TO_CANCEL
    ]
    await deliveries.write_back(tx, cancelled)
    stopped = [leg for leg in conversations if allows(leg.state, LegEvent.GROUND_ENDED)]
    await legs.set_states(
        tx, [(leg.leg_id, advance_leg(leg.state, LegEvent.GROUND_ENDED), None) for leg in stopped]
    )
    left = {row.leg_id for row in sent if row.may_have_left}
    stops = [_stop(gateway, leg) for leg in stopped if leg.leg_id in left]
    await deliveries.add_deliveries(tx, stops)
    ending = Ending(
        cancelled=len(cancelled),
        already_sending=sum(row.state is DeliveryState.SENDING for row in sent),
        stopped=len(stops),
    )
    ended = _ended(basis, reason, ending, personal)
    return ending, [*(_cancelled(row) for row in cancelled), ended]


def _stop(gateway: Gateway, leg: LegRow) -> DeliveryRow:
    """The message that tells a creditor to stop: it needs no ground, it ends one."""
    return DeliveryRow(
        delivery_id=DeliveryId(gateway.ids.row()),
        leg_id=leg.leg_id,
        basis_id=leg.basis_id,
        subject_id=leg.subject_id,
        stream_id=leg.stream_id,
        creditor_id=leg.creditor_id,
        kind=DeliveryKind.STOP,
        ordinal=0,
        state=DeliveryState.QUEUED,
        not_before=gateway.calendar.today(),
        run_at=gateway.clock.now(),
    )


def _cancelled(row: DeliveryRow) -> NewEvent:
    facts = {"partner": row.creditor_id, "delivery": row.kind.value}
    return NewEvent(EventType.EXCHANGE_CANCELLED, row.stream_id, facts)


def _ended(
    basis: LegalBasis, reason: EndReason, ending: Ending, personal: Mapping[str, Json]
) -> NewEvent:
    return NewEvent(
        EventType.BASIS_ENDED,
        basis.stream_id,
        {
            "ground": basis.kind.value,
            "reason": reason.value,
            "cancelled": ending.cancelled,
            "already_sending": ending.already_sending,
            "stopped": ending.stopped,
        },
        personal,
    )
