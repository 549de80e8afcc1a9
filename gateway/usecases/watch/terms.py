"""Watch the terms: remind, and let a term pass, each exactly once.

What is due is read from dates in the rows, so a worker that was away for a week finds the same work
as one that never stopped. A reminder is a delivery with a number of its own; the number is unique
per leg. A creditor's silence is never agreement: it only ends the waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import DeliveryId
from gateway.domain.inquiry import DeliveryKind, DeliveryState, LegEvent, advance_leg
from gateway.domain.parties import Controller
from gateway.domain.terms import Terms, terms_of
from gateway.store import deliveries, legs
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.legs import LegRow
from gateway.usecases.casework.ending import record_somewhere
from gateway.usecases.casework.grounds import end_lapsed
from gateway.usecases.casework.personal import automatic
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.rows import Rows, work_on


@dataclass(frozen=True, slots=True)
class Watched:
    """What one round of the watch did."""

    reminded: int
    expired: int


async def watch_terms(gateway: Gateway, controller: Controller, limit: int) -> Watched:
    """Remind and expire at most `limit` legs of this controller; end every ground that lapsed.

    Grounds first, and by themselves: whoever rests on one is not reminded any more.
    """
    while await end_lapsed(gateway, controller, limit) == limit:
        continue
    today = gateway.calendar.today()

    async def claim(tx: Transaction) -> Sequence[LegRow]:
        return await legs.lock_due_legs(tx, today, limit)

    async def work(tx: Transaction, due: Sequence[LegRow]) -> Sequence[bool]:
        expired = [leg for leg in due if _is_over(leg, today)]
        await _expire(gateway, tx, expired)
        for leg in due:
            if leg not in expired:
                await _remind(gateway, tx, leg, today)
        return [leg in expired for leg in due]

    async def fail(tx: Transaction, leg: LegRow, code: str) -> None:
        await _fail(gateway, tx, leg, code)

    _, ended = await work_on(gateway, controller, Rows(claim, work, fail))
    return Watched(ended.count(False), ended.count(True))


def _is_over(leg: LegRow, today: date) -> bool:
    return leg.expires_on is not None and leg.expires_on <= today


async def _fail(gateway: Gateway, tx: Transaction, leg: LegRow, code: str) -> None:
    """A leg we stumble over is reminded no more; its term passes all the same."""
    await legs.set_reminded(tx, leg.leg_id, leg.reminders, None)
    if _is_over(leg, gateway.calendar.today()):
        after = advance_leg(leg.state, LegEvent.TERM_PASSED)
        await legs.set_states(tx, [(leg.leg_id, after, code)])
        await record_somewhere(gateway, tx, _expiry(leg))


async def _expire(gateway: Gateway, tx: Transaction, expired: list[LegRow]) -> None:
    if not expired:
        return
    await legs.set_states(
        tx, [(leg.leg_id, advance_leg(leg.state, LegEvent.TERM_PASSED), None) for leg in expired]
    )
    await gateway.journal.append(tx, [_expiry(leg) for leg in expired])


def _expiry(leg: LegRow) -> NewEvent:
    return NewEvent(
        EventType.EXCHANGE_EXPIRED,
        leg.stream_id,
        {"partner": leg.creditor_id, "reminders": leg.reminders},
        automatic(leg.case_id),
    )


async def _remind(gateway: Gateway, tx: Transaction, leg: LegRow, today: date) -> None:
    count = leg.reminders + 1
    reminder = DeliveryRow(
        delivery_id=DeliveryId(gateway.ids.row()),
        leg_id=leg.leg_id,
        basis_id=leg.basis_id,
        subject_id=leg.subject_id,
        stream_id=leg.stream_id,
        creditor_id=leg.creditor_id,
        kind=DeliveryKind.REMINDER,
        ordinal=count,
        state=DeliveryState.QUEUED,
        not_before=today,
        run_at=gateway.clock.now(),
    )
    await deliveries.add_deliveries(tx, [reminder])
    # Only days still to come: two reminders on one day would say nothing new.
    terms = _terms(gateway, tx, leg)
    later = next((day for day in terms.reminders if day > today), None) if terms else None
    await legs.set_reminded(tx, leg.leg_id, count, later)


def _terms(gateway: Gateway, tx: Transaction, leg: LegRow) -> Terms | None:
    partner = gateway.partners().get(leg.creditor_id, tx.controller)
    if partner is None or leg.asked_on is None:
        return None
    policy = gateway.policies().terms_on(leg.asked_on)
    return terms_of(leg.asked_on, partner.creditor, policy)
