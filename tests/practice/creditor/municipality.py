"""A municipality with real keys that asks simulated creditors over real mutual TLS."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from aiohttp import web

from gateway.api.edge.sni import HostContext, listening_context
from gateway.domain.identifiers import (
    ClientNumber,
    ConversationId,
    CreditorId,
    Iban,
    MessageId,
    Oin,
)
from gateway.domain.legal_basis import BasisKind
from gateway.domain.money import Euro
from gateway.domain.parties import AskReason, Contact, Creditor, CreditorClass, Environment
from gateway.domain.person import ByName, Gender, PersonName
from gateway.domain.statement import (
    Claim,
    ClaimRank,
    DebtStatement,
    DebtStatementRequest,
    HolderKind,
    MeterReading,
    Product,
    TransferredClaim,
    Withdrawal,
)
from gateway.ports.creditor import Citation, Envelope
from gateway.ports.transport import Limits, Outcome, Partner
from gateway.practice.cast import Behaviour, CastCreditor
from gateway.practice.creditor import (
    SimulatedCreditor,
    Surroundings,
    practice_trust,
)
from gateway.practice.creditor.dialect import load_dialect
from gateway.practice.creditor.keyring import read_pair
from gateway.practice.pki import Party
from gateway.transports.https import HttpsTransport
from gateway.transports.tls import equip
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import Signed, Signer, Verified, sign, verify
from gateway.wire.trust import PartnerTrust

LIMIT = 1_000_000
MUNICIPALITY = Oin("00000099900000001000")
MUNICIPALITY_HOST = "voorbeeldstad.example"
CREDITOR = Oin("00000099900000101000")
CITATION = Citation(BasisKind.WGS_PUBLIC_TASK, "Wgs art. 8 lid 1", date(2027, 3, 1))
PERSON = ByName(PersonName(Gender.FEMALE, "A.", "Proefstra", date(1984, 5, 17)), None)
CLAIM = Claim(
    invoice_number="F-1",
    reference_date=date(2026, 3, 2),
    origin_date=date(2025, 3, 2),
    principal=Euro(100_00),
    interest=Euro(1_00),
    costs=Euro(40_00),
    fine=Euro(0),
    paid=Euro(10_00),
    rank=ClaimRank.ORDINARY,
    payment_reference="F-1",
    iban=Iban("NL33PRAC0000000001"),
    account_holder="Voorbeeld",
)
METER = MeterReading(Product.ELECTRICITY, Decimal("18442.5"), date(2026, 2, 27), "E0042771")
STATEMENT = DebtStatement("KLANT-001", Contact("Team beheer", "088-0000000"), (CLAIM,))
TRANSFERRED = TransferredClaim("F-2", date(2026, 3, 2), HolderKind.COLLECTION_AGENCY, "Incasso")


class StepCalendar:
    """A date that moves when the test says so."""

    def __init__(self) -> None:
        self._today = date(2026, 3, 2)

    def today(self) -> date:
        return self._today

    def step(self) -> None:
        self._today += timedelta(days=1)


@dataclass(frozen=True)
class Received:
    """What the listener of the municipality got: which host was named, and the bytes."""

    host: str
    document: bytes


class Listener:
    """The port for creditors, as small as it can be: it verifies, and gives a signed receipt."""

    def __init__(self, municipality: "Municipality", creditor: PartnerTrust) -> None:
        self._municipality, self._creditor = municipality, creditor
        self._receipts: dict[bytes, bytes] = {}
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.wrong_message_id = False
        self.port = 0

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/berichten", self._post)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        host = HostContext.server(MUNICIPALITY_HOST)
        equip(host, self._municipality.tls, self._municipality.around.anchors)
        context = listening_context({host.host: host})
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        document = await request.read()
        self.received.append(Received(request.headers["Host"], document))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        verified = verify(document, self._creditor, datetime.now(UTC), LIMIT)
        body = self._receipts.get(verified.digest) or self._receipt(verified)
        self._receipts[verified.digest] = body
        return web.Response(body=body, content_type="application/xml")

    def _receipt(self, verified: Verified) -> bytes:
        found = load_dialect("svb").adapter.identify(verified.element)
        message_id = MessageId(uuid4()) if self.wrong_message_id else found.message_id
        return self._municipality.receipt(message_id, verified.digest, found.sender)


@dataclass(frozen=True)
class Municipality:
    """Asks, over our own transport, as the gateway does."""

    party: Party
    around: Surroundings
    transport: HttpsTransport
    signer: Signer

    @property
    def tls(self):
        return read_pair(self.party.tls_certificate, self.party.tls_key)

    def envelope(self, **changes: Any) -> Envelope:
        return replace(envelope_to(MUNICIPALITY, CREDITOR), **changes)

    def question(self, envelope: Envelope | None = None, **changes: Any) -> Signed:
        asked = replace(QUESTION, **changes)
        exchange = load_dialect("svb").adapter.debt_statement
        element = exchange.compose(asked, envelope or self.envelope())
        return self._sign(element, exchange.request_schema(asked))

    def stop(self, envelope: Envelope) -> Signed:
        notice = load_dialect("svb").adapter.withdrawal
        assert notice is not None
        fact = Withdrawal(QUESTION.client_number)
        return self._sign(notice.compose(fact, envelope), notice.schema(fact))

    def receipt(self, message_id: MessageId, digest: bytes, to: Oin) -> bytes:
        element = receipt.compose(
            receipt.Receipt(
                MessageId(uuid4()),
                message_id,
                digest,
                MUNICIPALITY,
                to,
                datetime.now(UTC).replace(microsecond=0),
                Environment.PRACTICE,
                "voorbeeld.example/log\n1\nabc\n",
            )
        )
        return self._sign(element, receipt.RECEIPT_SCHEMA).document

    def _sign(self, element, schema: str) -> Signed:
        valid = validate(element, schema, self.around.catalogue)
        return sign(valid, self.signer, datetime.now(UTC))

    async def ask(self, creditor: SimulatedCreditor, message: Signed) -> Outcome:
        """Deliver as the gateway does; what came back is still to be verified."""
        return await self.transport.deliver(self._partner(creditor), MUNICIPALITY, message)

    def trust(self, serial: str = CREDITOR.value) -> PartnerTrust:
        return practice_trust(self.around.pki, self.around.anchors, serial)

    def verified(self, body: bytes) -> Verified:
        return verify(body, self.trust(), datetime.now(UTC), LIMIT)

    def _partner(self, creditor: SimulatedCreditor) -> Partner:
        one = creditor.creditor
        return Partner(
            Creditor(one.creditor_id, one.name, one.party, one.creditor_class),
            one.adapter,
            "rest",
            creditor.endpoint,
            self.trust(),
            self.trust(),
            Limits(),
            enabled=True,
        )


QUESTION = DebtStatementRequest(
    client_number=ClientNumber.from_random(123456789),
    subject=PERSON,
    creditor_class=CreditorClass.OTHER,
    contact=Contact("Team schuldhulp", "088-0000000"),
)


def envelope_to(sender: Oin, receiver: Oin) -> Envelope:
    return Envelope(
        message_id=MessageId(uuid4()),
        conversation_id=ConversationId(uuid4()),
        sent_at=datetime.now(UTC).replace(microsecond=0),
        sender=sender,
        receiver=receiver,
        environment=Environment.PRACTICE,
        citation=CITATION,
    )


def cast_creditor(behaviour: Behaviour, **changes: Any) -> CastCreditor:
    plain = CastCreditor(
        creditor_id=CreditorId("voorbeeld"),
        name="Voorbeeld",
        party=CREDITOR,
        creditor_class=CreditorClass.OTHER,
        adapter="svb",
        behaviour=behaviour,
        reason=AskReason.POST,
        statement=STATEMENT,
    )
    return replace(plain, **changes)
