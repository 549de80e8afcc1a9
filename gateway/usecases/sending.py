"""Send what is recorded, and settle what became of it.

A claim re-checks the ground under its row lock, commits SENDING with a lease and a token, and only
then delivers: whoever ends the ground first, wins. The outcome is settled by table. An answer that
comes back on our own request is stored before the delivery is settled, so that a crash in between
only means that the same message is sent again and answered again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.domain.errors import BsnNotAllowed, NotCovered
from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryEvent, DeliveryKind, LegEvent, advance_leg, allows
from gateway.domain.parties import Controller
from gateway.ports.transport import Delivered
from gateway.store import deliveries, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.usecases.context import Gateway
from gateway.usecases.conversation import Conversation, still_covered
from gateway.usecases.receive import accept_response
from gateway.usecases.recording import load_conversations
from gateway.usecases.settling import Sending, delivery_event, settle
from gateway.wire.signature import recall

LEASE = timedelta(minutes=2)


async def claim_due(
    gateway: Gateway, controller: Controller, limit: int
) -> tuple[list[Sending], int]:
    """Claim at most `limit` deliveries; return what is to be sent, and how many rows it took."""
    async with gateway.database.transaction(controller.oin) as tx:
        now = gateway.clock.now()
        rows = await deliveries.claim_to_send(tx, now, limit)
        if not rows:
            return [], 0
        talks, keys = await load_conversations(gateway, tx, controller, rows)
        started: list[DeliveryRow] = []
        ended: list[DeliveryRow] = []
        for row in rows:
            (started if _may_leave(gateway, talks.get(row)) else ended).append(row)
        sending = [_started(row, now) for row in started]
        cancelled = [
            row.moved(DeliveryEvent.GROUND_ENDED, failure="grondslag-beeindigd") for row in ended
        ]
        await deliveries.write_back(tx, sending + cancelled)
        await _withdraw_legs(tx, cancelled)
        await gateway.journal.append(
            tx,
            [delivery_event(EventType.EXCHANGE_SENDING, row) for row in sending]
            + [delivery_event(EventType.EXCHANGE_CANCELLED, row) for row in cancelled],
        )
        documents = await messages.outbound_of(tx, [row.delivery_id for row in sending])
    claimed = []
    for before, row in zip(started, sending, strict=True):
        document = documents[row.delivery_id].document(keys[before])
        if document is not None and row.digest is not None:
            claimed.append(Sending(row, talks[before], recall(document, row.digest)))
    return claimed, len(rows)


def _may_leave(gateway: Gateway, talk: Conversation | None) -> bool:
    try:
        if talk is not None:
            still_covered(gateway, talk)
        return talk is not None
    except (NotCovered, BsnNotAllowed):
        return False


def _started(row: DeliveryRow, now: datetime) -> DeliveryRow:
    return row.moved(
        DeliveryEvent.SEND_STARTED,
        attempts=row.attempts + 1,
        lease_token=row.lease_token + 1,
        lease_until=now + LEASE,
    )


async def _withdraw_legs(tx: Transaction, cancelled: Sequence[DeliveryRow]) -> None:
    requests = [row.leg_id for row in cancelled if row.kind is DeliveryKind.REQUEST]
    locked = await legs.lock_legs(tx, requests) if requests else {}
    moves = [
        (leg.leg_id, advance_leg(leg.state, LegEvent.GROUND_ENDED), None)
        for leg in locked.values()
        if allows(leg.state, LegEvent.GROUND_ENDED)
    ]
    if moves:
        await legs.set_states(tx, moves)


async def send(gateway: Gateway, controller: Controller, sending: Sending) -> None:
    """Deliver a claimed message, take in what comes back, and settle."""
    partner = sending.talk.partner
    transport = gateway.transports[partner.transport]
    outcome = await transport.deliver(partner, controller.oin, sending.message)
    proof = None
    if isinstance(outcome, Delivered):
        proof = await accept_response(gateway, controller, sending.talk, outcome.body)
    await settle(gateway, controller, sending, outcome, proof)
