"""A creditor refuses a message of ours and says why: its signed Foutbericht is kept and shown."""

from dataclasses import dataclass, replace

import pytest

from adapters.svb.header import read_ground
from gateway.domain.events import EventType
from gateway.domain.identifiers import MessageId, Oin
from gateway.domain.inquiry import DeliveryState, LegState
from gateway.ports.creditor import Envelope, FaultNotice
from gateway.ports.transport import Delivered, Outcome, Partner, Refused
from gateway.wire.signature import Signed, sign
from tests.journeys.creditors import MemoryCreditor
from tests.journeys.logbook import check_log, log_first
from tests.journeys.playing import STATEMENT, arrives, asked_for, leg, settled
from tests.journeys.stage import Stage

CODE = "foutbericht-GW013"


def fault_of(shop: MemoryCreditor, answers: MessageId | None = None) -> bytes:
    """A Foutbericht of the shop about the last question that came to it."""
    about, notice, now = shop.came[-1], shop.adapter.fault, shop.clock.now()
    assert notice is not None
    envelope = Envelope(
        message_id=MessageId(shop.ids.reference()),
        conversation_id=about.conversation_id,
        sent_at=now.replace(microsecond=0),
        sender=shop.party,
        receiver=about.sender,
        environment=about.environment,
        citation=read_ground(shop.last_question),
        answers=answers or about.message_id,
    )
    element = notice.compose(FaultNotice("GW013", "Onbekende klant."), envelope)
    return sign(shop.valid(element), shop.signer, now).document


@dataclass(frozen=True, slots=True)
class Refusing:
    """A road on which the shop hears a question and says this about it."""

    shop: MemoryCreditor
    status: int
    body: bytes | None = None

    async def deliver(self, partner: Partner, sender: Oin, message: Signed) -> Outcome:
        self.shop.hear(sender, message)
        body = fault_of(self.shop) if self.body is None else self.body
        return Delivered(self.status, body) if self.status < 300 else Refused(self.status, body)


def refuses(stage: Stage, status: int, body: bytes | None = None) -> None:
    road = Refusing(stage.creditor(), status, body)
    stage.gateway = replace(stage.gateway, transports={"memory": road})


async def test_a_refusal_with_a_foutbericht_fails_with_the_code_of_the_creditor(stage: Stage):
    await log_first(stage)
    refuses(stage, 400)
    case = await asked_for(stage)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.failure) == (LegState.UNDELIVERABLE, CODE)
    [delivery] = detail.deliveries
    assert (delivery.state, delivery.failure) == (DeliveryState.FAILED, CODE)
    assert detail.leg.quarantined == ()
    assert EventType.EXCHANGE_FAULTED in {event.type for event in await check_log(stage)}


async def test_a_foutbericht_in_a_good_response_is_shown_and_the_leg_waits_on(stage: Stage):
    refuses(stage, 200)
    case = await asked_for(stage)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.failure) == (LegState.AWAITING_REPLY, CODE)
    assert detail.deliveries[0].state is DeliveryState.DELIVERED
    assert detail.deliveries[0].failure == CODE


async def test_a_foutbericht_at_the_listener_is_kept_and_an_answer_may_still_come(stage: Stage):
    await log_first(stage)
    case = await asked_for(stage)
    await settled(stage)
    document = fault_of(stage.creditor())
    first, again = await arrives(stage, document), await arrives(stage, document)
    assert (first.status, again.body) == (200, first.body)
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.failure) == (LegState.AWAITING_REPLY, CODE)
    events = [event.type for event in await check_log(stage)]
    assert events.count(EventType.EXCHANGE_FAULTED) == 1
    answer = stage.creditor().answer(stage.creditor().last_question, STATEMENT)
    assert (await arrives(stage, answer)).status == 200
    found = (await leg(stage, case.case_id)).leg
    assert (found.state, found.failure, found.reply) == (LegState.ANSWERED, None, STATEMENT)


async def test_a_foutbericht_about_nothing_of_ours_is_quarantined(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    refused = await arrives(stage, fault_of(shop, MessageId(shop.ids.reference())))
    assert refused.code == "geen-vraag-bekend"
    assert (await leg(stage, case.case_id)).leg.failure is None


@pytest.mark.parametrize("body", [b"", b"<html>No.</html>"])
async def test_a_refusal_that_says_nothing_we_can_verify_fails_with_its_status(
    stage: Stage, body: bytes
):
    refuses(stage, 404, body)
    case = await asked_for(stage)
    await settled(stage)
    detail = await leg(stage, case.case_id)
    assert (detail.leg.state, detail.leg.failure) == (LegState.UNDELIVERABLE, "http-404")
    assert len(detail.leg.quarantined) == bool(body)
