"""`gateway check`: everything that is wrong at once, and with --dial over real TLS."""

import json
import re
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer

import pytest


def test_a_good_configuration_exits_0_and_says_what_was_checked(gateway, config):
    ran = gateway("check", "--config", config)
    assert ran.code == 0
    assert "✔ partners: 2 creditors" in ran.out
    assert "✔ gateway.toml: gemeente[0].tls: certificate ends on " in ran.out
    assert "✗" not in ran.out
    assert ran.out.endswith("Nothing is wrong.\n")


def test_findings_exit_1_with_file_and_key(gateway, config):
    path = config / "partners/voorbeeld-energie.toml"
    path.write_text('naam = 1\nkleur = "rood"\n', encoding="utf-8")
    ran = gateway("check", "--config", config)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert "✗ partners/voorbeeld-energie.toml: kleur: is not a key that is known here" in lines
    assert "✗ partners/voorbeeld-energie.toml: klasse: is missing" in lines
    assert lines[-1] == f"{len(lines) - 1} findings."


def test_the_result_is_there_for_machines(gateway, config):
    assert json.loads(gateway("check", "--config", config, "--json").out)["result"] == "good"
    (config / "gateway.toml").unlink()
    answer = json.loads(gateway("check", "--config", config, "--json").out)
    assert answer["result"] == "findings"
    assert answer["lines"] == [
        {"good": False, "file": "gateway.toml", "key": "", "text": "there is no such file"}
    ]


def test_what_ended_by_itself_is_found(gateway, config, monkeypatch):
    from datetime import UTC, datetime

    from gateway.app.environment import SystemClock

    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2199, 1, 1, tzinfo=UTC))
    ran = gateway("check", "--config", config)
    assert ran.code == 1
    assert "✗ gateway.toml: gemeente[0].ondertekening: certificate ended on " in ran.out
    assert "✗ gateway.toml: vertrouwen.crls: revocation list is stale since " in ran.out


class Silent(BaseRequestHandler):
    """A creditor that shakes hands and waits."""

    def handle(self) -> None:
        self.request.settimeout(10)
        try:
            self.request.recv(1)
        except OSError:
            return


@pytest.fixture
def creditor(config: Path) -> Iterator[int]:
    """A real TLS server with the certificates of voorbeeld-energie; its port."""
    keys = config.parent / "certs/dev"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys / "voorbeeld-energie/tls.pem", keys / "voorbeeld-energie/tls.key")
    context.load_verify_locations(keys / "root.pem")
    context.load_verify_locations(keys / "issuing.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with TCPServer(("127.0.0.1", 0), Silent) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def point(config: Path, name: str, port: int) -> None:
    path = config / f"partners/{name}.toml"
    text = re.sub(r"localhost:\d+", f"localhost:{port}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


def test_dialling_proves_who_is_there_and_finds_who_is_not(gateway, config, creditor):
    point(config, "voorbeeld-energie", creditor)
    point(config, "voorbeeld-belastingen", creditor)
    ran = gateway("check", "--config", config, "--dial")
    assert ran.code == 1
    assert re.search(
        r"✔ partners/voorbeeld-energie.toml: adres: TLSv1\.3, its certificate ends on", ran.out
    )
    assert (
        "✗ partners/voorbeeld-belastingen.toml: adres: its certificate is not this partner's:"
        " wrong-subject" in ran.out
    )


def test_partner_test_dials_one_creditor(gateway, config, creditor):
    point(config, "voorbeeld-energie", creditor)
    ran = gateway("partner", "test", "voorbeeld-energie", "--config", config)
    assert ran.code == 0
    assert ran.out.startswith("✔ partners/voorbeeld-energie.toml: adres: TLSv1.3")


def test_partner_test_finds_a_closed_port(gateway, config, unused_tcp_port):
    point(config, "voorbeeld-energie", unused_tcp_port)
    ran = gateway("partner", "test", "voorbeeld-energie", "--config", config)
    assert ran.code == 1
    assert ran.out.startswith("✗ partners/voorbeeld-energie.toml: adres: no connection: ")


def test_a_creditor_that_nobody_asks_is_not_called(gateway, config, unused_tcp_port):
    for name in ("voorbeeld-energie", "voorbeeld-belastingen"):
        path = config / f"partners/{name}.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("klasse", "ingeschakeld = false\nklasse"), encoding="utf-8")
    ran = gateway("check", "--config", config, "--dial")
    assert ran.code == 0
    assert ran.out.count("switched off, not called") == 2
