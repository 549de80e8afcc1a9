"""The settings of every TLS context, and the check inside the handshake."""

import asyncio
import ssl

import pytest
import uvloop

from gateway.ports.transport import Delivered, RefusedForNow
from gateway.transports.https import HttpsTransport
from gateway.transports.tls import client_context, server_context
from tests.transports.conftest import CREDITOR, MUNICIPALITY, OTHER, serve


def test_a_context_has_the_settings_of_the_ncsc_guidelines(stage, clock):
    for context in (
        client_context(stage.ours, stage.trust(), clock),
        server_context(stage.ours, stage.anchors, require_client=True),
    ):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert context.options & ssl.OP_NO_RENEGOTIATION
        assert context.options & ssl.OP_NO_COMPRESSION
        assert context.verify_mode is ssl.CERT_REQUIRED
        for cipher in context.get_ciphers():
            assert cipher["aead"]
            assert cipher["protocol"] == "TLSv1.3" or cipher["name"].startswith("ECDHE-")


def test_a_client_context_checks_host_names_in_the_certificates_alternative_names(stage, clock):
    context = client_context(stage.ours, stage.trust(), clock)
    assert context.check_hostname
    assert not context.hostname_checks_common_name


def test_a_context_trusts_our_anchors_and_nothing_of_the_machine(stage, clock):
    context = client_context(stage.ours, stage.trust(), clock)
    assert len(context.get_ca_certs()) == len(stage.anchors.roots + stage.anchors.intermediates)


def test_a_server_may_let_a_caller_in_without_certificate(stage):
    context = server_context(stage.ours, stage.anchors, require_client=False)
    assert context.verify_mode is ssl.CERT_OPTIONAL


@pytest.mark.parametrize(
    ("serial", "outcome"),
    [(CREDITOR.value, Delivered(200, b"<ok/>")), (OTHER, RefusedForNow("wrong-subject"))],
)
def test_the_check_in_the_handshake_holds_on_uvloop_too(serial, outcome, stage, clock, message):
    async def play() -> None:
        context = server_context(stage.theirs, stage.anchors, require_client=True)
        async with serve(context) as server:
            transport = HttpsTransport({MUNICIPALITY: stage.ours}, clock)
            partner = stage.partner(server.url, serial=serial)
            assert await transport.deliver(partner, MUNICIPALITY, message) == outcome
            assert len(server.bodies) == isinstance(outcome, Delivered)
            await transport.close()
            await asyncio.sleep(0.05)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play())
