"""Watch the terms: remind, and let a term pass, each exactly once.

What is due is read from dates in the rows, so a worker that was away for a week finds the same work
as one that never stopped. A reminder is a delivery with a number of its own; the number is unique
per leg. A creditor's silence is never agreement: it only ends the waiting.
"""

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
from gateway.usecases.context import Gateway
from gateway.usecases.personal import automatic


@dataclass(frozen=True, slots=True)
class Watched:
    """What one round of the watch did."""

    reminded: int
    expired: int


async def watch_terms(gateway: Gateway, controller: Controller, limit: int) -> Watched:
    """Remind and expire at most `limit` legs of this controller."""
    today = gateway.calendar.today()
    async with gateway.database.transaction(controller.oin) as tx:
        due = await legs.lock_due_legs(tx, today, limit)
        expired = [leg for leg in due if leg.expires_on is not None and leg.expires_on <= today]
        reminded = [leg for leg in due if leg not in expired]
        await _expire(gateway, tx, expired)
        for leg in reminded:
            await _remind(gateway, tx, leg, today)
    return Watched(len(reminded), len(expired))


async def _expire(gateway: Gateway, tx: Transaction, expired: list[LegRow]) -> None:
    if not expired:
        return
    await legs.set_states(
        tx, [(leg.leg_id, advance_leg(leg.state, LegEvent.TERM_PASSED), None) for leg in expired]
    )
    await gateway.journal.append(
        tx,
        [
            NewEvent(
                EventType.EXCHANGE_EXPIRED,
                leg.stream_id,
                {"partner": leg.creditor_id, "reminders": leg.reminders},
                automatic(leg.case_id),
            )
            for leg in expired
        ],
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
