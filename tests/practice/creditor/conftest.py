"""What the tests of simulated creditors share: a practice PKI, a municipality, a way to start."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from gateway.app.environment import SystemClock, SystemIds
from gateway.practice.cast import Behaviour
from gateway.practice.creditor import (
    KnownAsker,
    SimulatedCreditor,
    Surroundings,
    practice_anchors,
    practice_trust,
)
from gateway.practice.creditor.keyring import read_pair, read_signer
from gateway.practice.pki import Party, PracticePki
from gateway.transports.https import HttpsTransport
from gateway.wire.schema import SchemaCatalogue
from gateway.wire.signature import KeySigner
from tests.practice.creditor.municipality import (
    CREDITOR,
    MUNICIPALITY,
    MUNICIPALITY_HOST,
    Listener,
    Municipality,
    StepCalendar,
    cast_creditor,
)

XSD = Path(__file__).parents[3] / "xsd"
Start = Callable[..., Awaitable[SimulatedCreditor]]


@pytest.fixture(scope="session")
def practice_pki(tmp_path_factory: pytest.TempPathFactory) -> PracticePki:
    return PracticePki.create(tmp_path_factory.mktemp("practice-pki"), datetime.now(UTC))


@pytest.fixture(scope="session")
def schemas() -> SchemaCatalogue:
    files = sorted(XSD.glob("*/*/*.xsd"))
    return SchemaCatalogue({path.relative_to(XSD).as_posix(): path.read_bytes() for path in files})


@pytest.fixture
def calendar() -> StepCalendar:
    return StepCalendar()


@pytest.fixture
def around(
    practice_pki: PracticePki, schemas: SchemaCatalogue, calendar: StepCalendar
) -> Surroundings:
    anchors = practice_anchors(practice_pki)
    trust = practice_trust(practice_pki, anchors, MUNICIPALITY.value)
    return Surroundings(
        pki=practice_pki,
        anchors=anchors,
        catalogue=schemas,
        askers=(KnownAsker(MUNICIPALITY, MUNICIPALITY_HOST, trust),),
        clock=SystemClock(),
        calendar=calendar,
        ids=SystemIds(),
    )


@cache
def signer_of(party: Party) -> KeySigner:
    # Reading an RSA key checks it, which takes longer than everything else in these tests.
    return read_signer(party.signing_certificate, party.signing_key)


@pytest.fixture
async def municipality(around: Surroundings) -> AsyncIterator[Municipality]:
    party = around.pki.party(
        "gemeente", MUNICIPALITY.value, [MUNICIPALITY_HOST], signing_key="rsa3072"
    )
    pair = read_pair(party.tls_certificate, party.tls_key)
    transport = HttpsTransport({MUNICIPALITY: pair}, SystemClock())
    yield Municipality(party, around, transport, signer_of(party))
    await transport.close()


@pytest.fixture
async def start(around: Surroundings) -> AsyncIterator[Start]:
    """Starts a creditor of a behaviour; it is stopped when the test ends."""
    running: list[SimulatedCreditor] = []

    async def started(behaviour: Behaviour, **changes: object) -> SimulatedCreditor:
        ended = behaviour is Behaviour.EXPIRED_CERTIFICATE
        name = "se-verlopen" if ended else "se-voorbeeld"
        party = around.pki.party(name, CREDITOR.value, ["127.0.0.1"], signing_expired=ended)
        creditor = SimulatedCreditor(cast_creditor(behaviour, **changes), party, around)
        await creditor.start()
        running.append(creditor)
        return creditor

    yield started
    for creditor in running:
        await creditor.stop()


@pytest.fixture
async def listener(municipality: Municipality) -> AsyncIterator[Listener]:
    listening = Listener(municipality, municipality.trust())
    await listening.start()
    yield listening
    await listening.stop()
