"""Send what is recorded, and settle what became of it.

A claim re-checks the ground under its row lock, commits SENDING with a lease and a token, and only
then delivers: whoever ends the ground first, wins. The outcome is settled by table. An answer that
comes back on our own request is stored before the delivery is settled, so that a crash in between
only means that the same message is sent again and answered again.
"""

from datetime import datetime, timedelta

from gateway.domain.events import EventType
from gateway.domain.inquiry import DeliveryEvent
from gateway.domain.parties import Controller
from gateway.ports.transport import Delivered
from gateway.store import deliveries, messages
from gateway.store.deliveries import DeliveryRow
from gateway.usecases.context import Gateway
from gateway.usecases.conversation import obstacle
from gateway.usecases.receive import accept_response
from gateway.usecases.recording import ENDED_AS, end_legs, load_conversations
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
        halts = {row: obstacle(gateway, talks.get(row)) for row in rows}
        started = [row for row in rows if halts[row] is None]
        sending = [_started(row, now) for row in started]
        ended = [row.moved(halt.event, failure=halt.code) for row, halt in halts.items() if halt]
        await deliveries.write_back(tx, sending + ended)
        await end_legs(tx, ended)
        await gateway.journal.append(
            tx,
            [delivery_event(EventType.EXCHANGE_SENDING, row) for row in sending]
            + [delivery_event(ENDED_AS[row.state], row, row.failure) for row in ended],
        )
        documents = await messages.outbound_of(tx, [row.delivery_id for row in sending])
    claimed = []
    for before, row in zip(started, sending, strict=True):
        document = documents[row.delivery_id].document(keys[before])
        if document is not None and row.digest is not None:
            claimed.append(Sending(row, talks[before], recall(document, row.digest)))
    return claimed, len(rows)


def _started(row: DeliveryRow, now: datetime) -> DeliveryRow:
    return row.moved(
        DeliveryEvent.SEND_STARTED,
        attempts=row.attempts + 1,
        lease_token=row.lease_token + 1,
        lease_until=now + LEASE,
    )


async def send(gateway: Gateway, controller: Controller, sending: Sending) -> None:
    """Deliver a claimed message, take in what comes back, and settle."""
    partner = sending.talk.partner
    transport = gateway.transports[partner.transport]
    outcome = await transport.deliver(partner, controller.oin, sending.message)
    proof = None
    if isinstance(outcome, Delivered):
        proof = await accept_response(gateway, controller, sending.talk, outcome.body)
    await settle(gateway, controller, sending, outcome, proof)
