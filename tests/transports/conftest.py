"""Real TLS in one process: a creditor's HTTPS server, our key pair, and a signed message."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.config.keys import KeyPair
from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.parties import Creditor, CreditorClass
from gateway.ports.transport import Limits, Partner
from gateway.practice.pki import Party, PracticePki
from gateway.transports.tls import server_context
from gateway.wire.signature import Signed
from gateway.wire.trust import Anchors, PartnerTrust, certificate_pin
from tests.wire.signing_parties import anchors_of, make_parties

MUNICIPALITY = Oin("00000001001234567000")
CREDITOR = Oin("00000003123456780000")
OTHER = "00000003876543210000"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StillClock:
    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True, slots=True)
class Stage:
    """What the tests of one session share."""

    pki: PracticePki
    anchors: Anchors
    ours: KeyPair
    theirs: KeyPair
    now: datetime

    def trust(self, serial: str = CREDITOR.value) -> PartnerTrust:
        pins = frozenset({certificate_pin(self.pki.issuing.certificate)})
        return PartnerTrust(self.anchors, serial, pins)

    def partner(self, url: str, limits: Limits | None = None, serial: str = CREDITOR.value):
        return Partner(
            creditor=Creditor(CreditorId("voorbeeld"), "Voorbeeld", CREDITOR, CreditorClass.OTHER),
            adapter="svb",
            transport="rest",
            endpoint=url,
            signing_trust=self.trust(serial),
            tls_trust=self.trust(serial),
            limits=limits or Limits(timeout_seconds=5),
            enabled=True,
        )


def pair_of(party: Party) -> KeyPair:
    certificate = x509.load_pem_x509_certificate(party.tls_certificate.read_bytes())
    key = load_pem_private_key(party.tls_key.read_bytes(), password=None)
    return KeyPair(party.tls_certificate, party.tls_key, certificate, (), key)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    # The TLS library reads the wall clock, so this PKI is of today.
    now = datetime.now(UTC)
    pki = PracticePki.create(tmp_path_factory.mktemp("pki"), now)
    ours = pki.party("gemeente", MUNICIPALITY.value, ["localhost"])
    theirs = pki.party("schuldeiser", CREDITOR.value, ["localhost"])
    return Stage(pki, anchors_of(pki), pair_of(ours), pair_of(theirs), now)


@pytest.fixture(scope="session")
def message(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    parties = make_parties(tmp_path_factory.mktemp("signers"))
    return parties.signed(parties.energy)


@dataclass(slots=True)
class Server:
    """A creditor's server; `answer` decides what the next request gets."""

    url: str
    answer: Handler
    bodies: list[bytes]
    connections: set[int]
    peers: list[str]
    arrived: asyncio.Event


@asynccontextmanager
async def serve(context: ssl.SSLContext) -> AsyncIterator[Server]:
    async def fine(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<ok/>", content_type="application/xml")

    async def handle(request: web.Request) -> web.StreamResponse:
        creditor.bodies.append(await request.read())
        creditor.arrived.set()
        assert request.transport is not None
        creditor.connections.add(request.transport.get_extra_info("peername")[1])
        certificate = request.transport.get_extra_info("ssl_object").getpeercert()
        subject = dict(part[0] for part in certificate["subject"])
        creditor.peers.append(subject["serialNumber"])
        return await creditor.answer(request)

    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/berichten", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    address = f"https://localhost:{port}/berichten"
    creditor = Server(address, fine, [], set(), [], asyncio.Event())
    try:
        yield creditor
    finally:
        await runner.cleanup()


@pytest.fixture
async def server(stage: Stage) -> AsyncIterator[Server]:
    async with serve(server_context(stage.theirs, stage.anchors, require_client=True)) as one:
        yield one


@pytest.fixture
def clock(stage: Stage) -> StillClock:
    return StillClock(stage.now)
