"""Send what is recorded, and settle what became of it.

A claim re-checks the ground under its row lock, commits SENDING with a lease and a token, and only
then delivers: whoever ends the ground first, wins. It takes no more for a creditor than there are
places on the road to it, so that what is SENDING leaves at once. The outcome is settled by table.
An answer that comes back on our own request is stored before the delivery is settled, so that a
crash in between only means that the same message is sent again and answered again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from gateway.domain.events import EventType
from gateway.domain.identifiers import CreditorId
from gateway.domain.inquiry import DeliveryEvent
from gateway.domain.parties import Controller
from gateway.ports.transport import Delivered, Refused
from gateway.store import deliveries, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.usecases.casework.ending import ENDED_AS, delivery_event, end_legs, give_up
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import Conversation, Halt, obstacle
from gateway.usecases.exchange.receive import accept_response
from gateway.usecases.exchange.recording import load_conversations
from gateway.usecases.exchange.rows import Rows, work_on
from gateway.usecases.exchange.settling import Sending, settle
from gateway.wire.signature import recall

LEASE = timedelta(minutes=2)


async def claim_due(
    gateway: Gateway, controller: Controller, limit: int
) -> tuple[list[Sending], int]:
    """Claim at most `limit` deliveries; return what is to be sent, and how many rows it took.

    What is to be sent holds a place on the road to its creditor until `send` is done with it.
    """
    taken: list[DeliveryRow] = []
    leaving: list[Sending] = []

    async def claim(tx: Transaction) -> Sequence[DeliveryRow]:
        gateway.slots.leave(row.creditor_id for row in taken)
        taken.clear()
        await _take_due(gateway, tx, limit, taken)
        return tuple(taken)

    async def work(tx: Transaction, rows: Sequence[DeliveryRow]) -> Sequence[Sending]:
        return await _claim(gateway, tx, controller, rows)

    try:
        rows = Rows(claim, work, partial(give_up, gateway))
        count, leaving = await work_on(gateway, controller, rows)
    finally:
        kept = {one.row.delivery_id for one in leaving}
        gateway.slots.leave(row.creditor_id for row in taken if row.delivery_id not in kept)
    return leaving, count


async def _take_due(
    gateway: Gateway, tx: Transaction, limit: int, taken: list[DeliveryRow]
) -> None:
    """Lock what is due and add it to `taken`, each row with a place on the road to its creditor.

    A creditor with more to come than it has places is passed over for the rest of this claim.
    """

    def places(creditor_id: CreditorId) -> int:
        partner = gateway.partners().get(creditor_id, tx.controller)
        return partner.limits.concurrency if partner else 1

    now, passed = gateway.clock.now(), gateway.slots.full(places)
    while len(taken) < limit:
        rows = await deliveries.claim_to_send(tx, now, limit - len(taken), passed)
        fitting = [r for r in rows if gateway.slots.take(r.creditor_id, places(r.creditor_id))]
        taken += fitting
        if len(fitting) == len(rows):
            return
        passed |= {row.creditor_id for row in rows}


async def _claim(
    gateway: Gateway, tx: Transaction, controller: Controller, rows: Sequence[DeliveryRow]
) -> list[Sending]:
    now = gateway.clock.now()
    found, keys = await load_conversations(gateway, tx, controller, rows)
    talks = {row: talk for row, talk in found.items() if isinstance(talk, Conversation)}
    halts = {row: talk for row, talk in found.items() if isinstance(talk, Halt)}
    halts |= {row: halt for row, talk in talks.items() if (halt := obstacle(gateway, talk))}
    started = [row for row in rows if row not in halts]
    sending = [_started(row, now) for row in started]
    halted = [halt.applied(row, now) for row, halt in halts.items()]
    ended = [row for row in halted if row.state in ENDED_AS]
    await deliveries.write_back(tx, sending + halted)
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
    return claimed


def _started(row: DeliveryRow, now: datetime) -> DeliveryRow:
    return row.moved(
        DeliveryEvent.SEND_STARTED,
        attempts=row.attempts + 1,
        lease_token=row.lease_token + 1,
        lease_until=now + LEASE,
        failure=None,
    )


async def send(gateway: Gateway, controller: Controller, sending: Sending) -> None:
    """Deliver a claimed message, take in what comes back, and settle."""
    partner = sending.talk.partner
    transport = gateway.transports[partner.transport]
    try:
        outcome = await transport.deliver(partner, controller.oin, sending.message)
    finally:
        gateway.slots.leave([sending.row.creditor_id])
    proof = None
    # A refusal comes with its reason, or with nothing.
    if isinstance(outcome, Delivered) or (isinstance(outcome, Refused) and outcome.body):
        proof = await accept_response(gateway, controller, sending.talk, outcome.body)
    await settle(gateway, controller, sending, outcome, proof)
