"""Dialling a creditor says whether it is there and who it is, and sends nothing."""

import ssl
from dataclasses import replace

from gateway.transports.dialling import NotReached, Reached, dial
from gateway.transports.tls import server_context
from tests.transports.conftest import OTHER, serve


async def test_a_creditor_that_is_there_and_is_itself_is_reached(stage, server, clock):
    outcome = await dial(stage.partner(server.url), stage.ours, clock)
    assert outcome == Reached("TLSv1.3", stage.theirs.certificate.not_valid_after_utc)
    assert server.bodies == []


async def test_a_creditor_with_another_partys_certificate_is_not_reached(stage, server, clock):
    outcome = await dial(stage.partner(server.url, serial=OTHER), stage.ours, clock)
    assert outcome == NotReached("its certificate is not this partner's: wrong-subject")


async def test_a_host_name_that_is_not_in_the_certificate_is_not_reached(stage, server, clock):
    partner = stage.partner(server.url.replace("localhost", "127.0.0.1"))
    outcome = await dial(partner, stage.ours, clock)
    assert isinstance(outcome, NotReached)
    assert outcome.reason.startswith("its certificate is refused: ")


async def test_a_closed_port_is_not_reached(stage, clock, unused_tcp_port):
    partner = stage.partner(f"https://127.0.0.1:{unused_tcp_port}/")
    outcome = await dial(partner, stage.ours, clock)
    assert outcome == NotReached("no connection: Connection refused")


async def test_an_unknown_host_is_not_reached(stage, clock):
    outcome = await dial(stage.partner("https://bestaat-niet.invalid/"), stage.ours, clock)
    assert isinstance(outcome, NotReached)
    assert outcome.reason.startswith("no connection: ")


async def test_a_creditor_that_speaks_no_tls_of_ours_is_not_reached(stage, clock):
    context = server_context(stage.theirs, stage.anchors, require_client=True)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES256-SHA384")
    async with serve(context) as server:
        outcome = await dial(stage.partner(server.url), stage.ours, clock)
        assert isinstance(outcome, NotReached)
        assert "TLS handshake" in outcome.reason


async def test_a_creditor_that_refuses_our_certificate_is_not_reached(stage, clock, tmp_path):
    """In TLS 1.3 that refusal comes after our side thinks the handshake is done."""
    anchors = replace(stage.anchors, roots=(stage.theirs.certificate,), intermediates=())
    async with serve(server_context(stage.theirs, anchors, require_client=True)) as server:
        outcome = await dial(stage.partner(server.url), stage.ours, clock)
        assert isinstance(outcome, NotReached)
        assert "our certificate" in outcome.reason
