"""Simulated creditors of the example configuration, asked by the municipality in it."""

import re
import shutil
import socket
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.app.environment import SystemClock
from gateway.config.configuration import Configuration, load
from gateway.domain.errors import ConfigurationFault
from gateway.domain.identifiers import CreditorId
from gateway.domain.parties import CreditorClass
from gateway.ports.transport import Delivered
from gateway.practice.cast import Behaviour
from gateway.practice.creditor.dialect import load_dialect
from gateway.practice.example import make_keys
from gateway.practice.simulation import Simulation, Wish
from gateway.registry import ROOT, Registry
from gateway.transports.https import HttpsTransport
from gateway.wire import receipt
from gateway.wire.schema import validate
from gateway.wire.signature import KeySigner, sign, verify
from tests.practice.creditor.municipality import QUESTION, envelope_to

TAXES = "voorbeeld-belastingen"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "dev"
    make_keys(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path, keys: Path) -> Path:
    """The example, with addresses that no other test has."""
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder)
    for file in (folder / "partners").glob("*.toml"):
        moved = re.sub(r"localhost:[0-9]+", f"localhost:{free_port()}", file.read_text("utf-8"))
        file.write_text(moved, encoding="utf-8")
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "dev").symlink_to(keys)
    return folder


@pytest.fixture
def settings(config: Path) -> Configuration:
    return load(config, Registry.load().known())


@pytest.fixture
async def transport(settings: Configuration) -> AsyncIterator[HttpsTransport]:
    pairs = {one.controller.oin: one.tls for one in settings.settings.municipalities}
    carrying = HttpsTransport(pairs, SystemClock())
    yield carrying
    await carrying.close()


async def ask(settings: Configuration, transport: HttpsTransport, name: str, endpoint: str):
    """Ask a partner in the name of the first municipality; return the verified answer."""
    partner = settings.partners.get(CreditorId(name))
    assert partner is not None
    asker = settings.settings.municipalities[0]
    exchange = load_dialect(partner.adapter).adapter.debt_statement
    question = replace(QUESTION, creditor_class=CreditorClass.OTHER)
    envelope = envelope_to(asker.controller.oin, partner.creditor.party)
    element = exchange.compose(question, envelope)
    valid = validate(element, exchange.request_schema(question), Registry.load().catalogue)
    signer = KeySigner(asker.signing.key, asker.signing.certificate)
    signed = sign(valid, signer, datetime.now(UTC))
    outcome = await transport.deliver(
        replace(partner, endpoint=endpoint.replace("127.0.0.1", "localhost")),
        asker.controller.oin,
        signed,
    )
    assert isinstance(outcome, Delivered)
    return verify(outcome.body, partner.signing_trust, datetime.now(UTC), 1_000_000).element


async def test_a_creditor_of_the_configuration_answers_its_municipality(
    config, settings, transport, port
):
    simulation = await Simulation.start(Wish(config, creditors=(TAXES,), port=port))
    try:
        (creditor,) = simulation.creditors
        assert creditor.endpoint == f"https://127.0.0.1:{port}/berichten"
        element = await ask(settings, transport, TAXES, creditor.endpoint)
        assert load_dialect("svb").adapter.schemas[element.tag].endswith("SaldoverzoekAntwoord.xsd")
    finally:
        await simulation.stop()


async def test_a_behaviour_can_be_chosen(config, settings, transport, port):
    wish = Wish(config, creditors=(TAXES,), behaviour=Behaviour.SILENT, port=port)
    simulation = await Simulation.start(wish)
    try:
        element = await ask(settings, transport, TAXES, simulation.creditors[0].endpoint)
        assert element.tag == receipt.RECEIPT_TAG
    finally:
        await simulation.stop()


async def test_every_creditor_is_served_where_its_own_file_says(config, settings):
    simulation = await Simulation.start(Wish(config))
    try:
        served = {one.endpoint.replace("127.0.0.1", "localhost") for one in simulation.creditors}
        assert served == {one.endpoint for one in settings.partners}
    finally:
        await simulation.stop()


async def test_a_day_that_passes_is_a_working_day(config, port):
    simulation = await Simulation.start(Wish(config, creditors=(TAXES,), port=port))
    try:
        days = [await simulation.next_day() for _ in range(6)]
        assert all(day.weekday() < 5 for day in days)
        assert len(set(days)) == 6
    finally:
        await simulation.stop()


async def test_a_port_that_is_taken_is_a_finding_and_leaves_nothing_open(config, port):
    first = await Simulation.start(Wish(config, creditors=(TAXES,), port=port))
    try:
        with pytest.raises(ConfigurationFault, match=str(port)):
            await Simulation.start(Wish(config, creditors=(TAXES,), port=port))
    finally:
        await first.stop()


async def test_an_unknown_creditor_is_a_finding_that_names_the_known_ones(config):
    with pytest.raises(ConfigurationFault, match=TAXES):
        await Simulation.start(Wish(config, creditors=("niemand",)))


async def test_production_never_meets_a_simulated_creditor(config):
    text = (config / "gateway.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["omgeving"] == "oefen"
    changed = text.replace('omgeving = "oefen"', 'omgeving = "productie"')
    (config / "gateway.toml").write_text(changed, encoding="utf-8")
    with pytest.raises(ConfigurationFault):
        await Simulation.start(Wish(config))


async def test_a_folder_without_practice_keys_is_left_alone(config, tmp_path):
    empty = tmp_path / "leeg"
    empty.mkdir()
    with pytest.raises(ConfigurationFault, match="no practice PKI"):
        await Simulation.start(Wish(config, keys=empty))
    assert list(empty.iterdir()) == []
