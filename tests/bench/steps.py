"""What the pure steps of an exchange cost by themselves, on messages of the run just made.

What is left of an exchange after these is the road: HTTP, TLS, the protocol of PostgreSQL, the
event loop and the hops to the signing thread.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from gateway.domain.events import EventType, NewEvent
from gateway.domain.identifiers import LegId, MessageId, StreamId, SubjectId
from gateway.domain.parties import Controller
from gateway.ledger.sealing import NONCE_BYTES, SealingKey
from gateway.store import deliveries, legal_bases, legs, messages
from gateway.store.database import Transaction
from gateway.store.deliveries import DeliveryRow
from gateway.store.evidence.journal import _Head
from gateway.store.legal_bases import BasisRow
from gateway.store.legs import LegRow
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import (
    Conversation,
    compose,
    envelope_of,
    open_conversation,
    still_covered,
)
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import Signer, recall, sign, verify
from tests.bench.installation import Installation
from tests.bench.raw import RawRsa

_REPEATS = 200
_LIMIT = 1_000_000
_ANSWERED = "select leg_id from leg where state = 'beantwoord' limit 1"

Step = tuple[str, int, Callable[[], object]]
"""What it is called, how often one exchange does it, and the step."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """One exchange of the run, as stored."""

    row: DeliveryRow
    leg: LegRow
    basis: BasisRow
    key: SealingKey
    talk: Conversation
    request: bytes
    receipt: bytes
    answer: bytes


class _WithoutRsa:
    """A signer that gives a value at once, to see what the rest of signing costs."""

    def __init__(self, real: Signer, value: bytes) -> None:
        self.certificate_der, self.algorithm, self._value = (
            real.certificate_der,
            real.algorithm,
            value,
        )

    def sign(self, data: bytes) -> bytes:
        return self._value


async def measure_steps(installation: Installation, raw: RawRsa) -> dict[str, tuple[int, float]]:
    """Return per step how often one exchange does it, and microseconds of processor time each."""
    gateway, controller = installation.app.gateway, installation.controller
    connection = await asyncpg.connect(installation.server.dsn("gateway"))
    leg_id = await connection.fetchval(_ANSWERED)
    await connection.close()
    async with gateway.database.transaction(controller.oin) as tx:
        sample = await _sample(gateway, controller, tx, leg_id)
        steps = [*_outward(gateway, controller, sample, raw), *_inward(gateway, sample, raw)]
        steps += _kept(gateway, tx, sample)
    found = {name: (count, _microseconds(step)) for name, count, step in steps}
    public = found["RSA-3072 public"][1]
    for name in ("verify receipt, XML", "verify answer, XML"):
        found[name] = (1, found[name][1] - public)
    return found


def _microseconds(step: Callable[[], object]) -> float:
    step()
    began = time.process_time()
    for _ in range(_REPEATS):
        step()
    return 1e6 * (time.process_time() - began) / _REPEATS


async def _sample(
    gateway: Gateway, controller: Controller, tx: Transaction, leg_id: LegId
) -> _Sample:
    leg = (await legs.read_legs(tx, [leg_id]))[leg_id]
    [row] = await deliveries.deliveries_of_legs(tx, [leg_id])
    basis = await legal_bases.read_basis(tx, leg.basis_id)
    assert basis is not None
    key = await gateway.keys.one(controller.oin, leg.subject_id)
    partner = gateway.partner(row.creditor_id, controller.oin)
    kept = {
        (one.direction, one.kind): one.document(key) or b""
        for one in await messages.messages_of_legs(tx, [leg_id])
    }
    return _Sample(
        row,
        leg,
        basis,
        key,
        open_conversation(gateway, controller, row, leg, basis, key, partner),
        request=kept["uit", "saldoverzoek"],
        receipt=kept["in", "ontvangstbevestiging"],
        answer=kept["in", "saldoverzoek_antwoord"],
    )


def _outward(
    gateway: Gateway, controller: Controller, sample: _Sample, raw: RawRsa
) -> tuple[Step, ...]:
    talk, now = sample.talk, gateway.clock.now()
    assert sample.row.message_id is not None
    assert sample.row.digest is not None
    digest = sample.row.digest
    envelope = envelope_of(gateway, talk, sample.row.message_id, now)
    exchange = gateway.adapter(talk.partner).debt_statement
    schema = exchange.request_schema(talk.question)
    element = exchange.compose(talk.question, envelope)
    valid = compose(gateway, talk, envelope)
    signer = _WithoutRsa(gateway.signers[controller.oin], raw.value)
    row, leg, basis, key = sample.row, sample.leg, sample.basis, sample.key
    return (
        (
            "open the question",
            3,
            lambda: open_conversation(gateway, controller, row, leg, basis, key, talk.partner),
        ),
        ("does the ground cover it", 3, lambda: still_covered(gateway, talk)),
        ("compose request", 1, lambda: exchange.compose(talk.question, envelope)),
        ("validate request", 1, lambda: validate(element, schema, gateway.catalogue)),
        ("sign, XML", 2, lambda: sign(valid, signer, now)),
        ("RSA-3072 private", 2, raw.sign),
        ("recall the recorded bytes", 1, lambda: recall(sample.request, digest)),
    )


def _inward(gateway: Gateway, sample: _Sample, raw: RawRsa) -> tuple[Step, ...]:
    talk, now = sample.talk, gateway.clock.now()
    trust, adapter = talk.partner.signing_trust, gateway.adapter(talk.partner)
    receipted = verify(sample.receipt, trust, now, _LIMIT).element
    answered = verify(sample.answer, trust, now, _LIMIT).element
    schema = adapter.schemas[str(answered.tag)]
    assert sample.row.message_id is not None
    assert sample.row.sent_at is not None
    envelope = envelope_of(gateway, talk, sample.row.message_id, sample.row.sent_at)
    reply = adapter.debt_statement.interpret(answered, talk.question, envelope)
    ours = receipt.interpret(receipted)

    def compose_receipt() -> object:
        return validate(receipt.compose(ours), receipt.RECEIPT_SCHEMA, gateway.catalogue)

    return (
        ("RSA-3072 public", 2, raw.verify),
        ("verify receipt, XML", 1, lambda: verify(sample.receipt, trust, now, _LIMIT)),
        ("read receipt", 1, lambda: receipt.interpret(receipted)),
        ("verify answer, XML", 1, lambda: verify(sample.answer, trust, now, _LIMIT)),
        ("identify answer", 1, lambda: adapter.identify(answered)),
        ("validate answer", 1, lambda: validate(answered, schema, gateway.catalogue)),
        (
            "interpret answer",
            1,
            lambda: adapter.debt_statement.interpret(answered, talk.question, envelope),
        ),
        ("encode answer", 1, lambda: messages.encode_reply(reply)),
        ("compose and validate our receipt", 1, compose_receipt),
    )


def _kept(gateway: Gateway, tx: Transaction, sample: _Sample) -> tuple[Step, ...]:
    subject = SubjectId(sample.leg.subject_id)
    head = _Head(subject, 1, bytes(32), gateway.clock.now())
    facts = {
        "ground": "wgs_publieke_taak",
        "partner": sample.leg.creditor_id,
        "message_id": str(sample.row.message_id),
        "answers": str(MessageId(gateway.ids.reference())),
        "document_sha256": bytes(32).hex(),
        "wire_sha256": bytes(32).hex(),
        "purpose": "saldo_opgave",
    }
    event = NewEvent(
        EventType.EXCHANGE_RESPONSE,
        StreamId(sample.leg.stream_id),
        facts,
        {"case": str(sample.leg.case_id)},
    )

    def seal() -> object:
        nonce = gateway.ids.chance(NONCE_BYTES)
        return nonce + sample.key.cipher.encrypt(nonce, sample.answer, gateway.ids.row().bytes)

    return (
        ("seal a message", 4, seal),
        (
            "make and seal a log entry",
            4,
            lambda: gateway.journal._row(tx, event, head, {subject: sample.key}),
        ),
    )
