"""What becomes of a message, in every way a call can end, over real mutual TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from gateway.ports.transport import Delivered, Limits, Refused, RefusedForNow, Unknown
from gateway.transports.https import HttpsTransport
from gateway.transports.tls import server_context
from tests.transports.conftest import (
    MUNICIPALITY,
    OTHER,
    Stage,
    StillClock,
    pair_of,
    serve,
)


@pytest.fixture
async def transport(stage: Stage, clock: StillClock) -> AsyncIterator[HttpsTransport]:
    one = HttpsTransport({MUNICIPALITY: stage.ours}, clock)
    yield one
    await one.close()


def answering(status: int, body: bytes = b"", **headers: str):
    async def answer(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return answer


async def test_the_exact_signed_bytes_arrive_and_the_answer_comes_back(
    transport, stage, server, message
):
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == Delivered(200, b"<ok/>")
    assert server.bodies == [message.document]
    assert server.peers == [MUNICIPALITY.value]


async def test_messages_to_one_partner_share_a_connection(transport, stage, server, message):
    partner = stage.partner(server.url)
    for _ in range(3):
        await transport.deliver(partner, MUNICIPALITY, message)
    assert len(server.connections) == 1


async def test_the_request_is_xml_and_asks_for_nothing_compressed(
    transport, stage, server, message
):
    seen: dict[str, str] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.update(request.headers)
        return web.Response()

    server.answer = answer
    await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert seen["Content-Type"] == "application/xml; charset=utf-8"
    assert seen["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("status", [408, 425, 429, 503])
async def test_a_creditor_that_is_busy_gets_the_same_message_later(
    status, transport, stage, server, message
):
    server.answer = answering(status)
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == RefusedForNow(f"status-{status}")


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("999999999", 86_400.0), ("soon", None), ("-3", None)]
)
async def test_retry_after_is_understood_as_seconds(
    header, seconds, transport, stage, server, message
):
    server.answer = answering(503, Retry_After=header)
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == RefusedForNow("status-503", seconds)


async def test_retry_after_is_understood_as_a_date(transport, stage, server, message, clock):
    clock.moment = clock.moment.replace(microsecond=0)
    later = clock.moment + timedelta(seconds=90)
    server.answer = answering(503, Retry_After=format_datetime(later, usegmt=True))
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == RefusedForNow("status-503", 90.0)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
async def test_a_refusal_for_good_carries_the_creditors_reason(
    status, transport, stage, server, message
):
    server.answer = answering(status, b"<Foutbericht/>")
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == Refused(status, b"<Foutbericht/>")


async def test_a_redirect_is_not_followed(transport, stage, server, message):
    server.answer = answering(307, Location=server.url)
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == Refused(307, b"")
    assert len(server.bodies) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_fault_on_their_side_leaves_it_unknown(status, transport, stage, server, message):
    server.answer = answering(status)
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == Unknown(f"status-{status}")


async def test_a_connection_lost_after_the_request_leaves_it_unknown(
    transport, stage, server, message
):
    async def vanish(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    server.answer = vanish
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == Unknown("connection-lost")
    assert len(server.bodies) == 1


async def test_an_answer_that_breaks_off_leaves_it_unknown(transport, stage, server, message):
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"<ok")
        assert request.transport is not None
        request.transport.abort()
        return response

    server.answer = half
    outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
    assert outcome == Unknown("connection-lost")


async def test_an_answer_that_does_not_come_leaves_it_unknown(transport, stage, server, message):
    async def sleep(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    server.answer = sleep
    partner = stage.partner(server.url, Limits(timeout_seconds=0.3))
    assert await transport.deliver(partner, MUNICIPALITY, message) == Unknown("timeout")


async def test_an_answer_over_the_limit_comes_back_one_byte_too_long(
    transport, stage, server, message
):
    server.answer = answering(200, b"x" * 500_000)
    partner = stage.partner(server.url, Limits(message_bytes=1_000, timeout_seconds=5))
    outcome = await transport.deliver(partner, MUNICIPALITY, message)
    assert isinstance(outcome, Delivered)
    assert len(outcome.body) == 1_001


async def test_a_closed_port_is_a_refusal_for_now(transport, stage, unused_tcp_port, message):
    partner = stage.partner(f"https://localhost:{unused_tcp_port}/berichten")
    outcome = await transport.deliver(partner, MUNICIPALITY, message)
    assert outcome == RefusedForNow("connection-refused")


async def test_an_unknown_host_is_a_refusal_for_now(transport, stage, message):
    partner = stage.partner("https://bestaat-niet.invalid/berichten")
    outcome = await transport.deliver(partner, MUNICIPALITY, message)
    assert outcome == RefusedForNow("host-unknown")


async def test_a_server_that_does_not_speak_tls_is_a_refusal_for_now(transport, stage, message):
    async def shout(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(shout, "localhost", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        outcome = await transport.deliver(
            stage.partner(f"https://localhost:{port}/"), MUNICIPALITY, message
        )
    assert outcome == RefusedForNow("tls-failed")


async def test_a_server_with_another_partys_certificate_gets_no_byte(
    transport, stage, server, message
):
    partner = stage.partner(server.url, serial=OTHER)
    outcome = await transport.deliver(partner, MUNICIPALITY, message)
    assert outcome == RefusedForNow("wrong-subject")
    assert server.bodies == []


async def test_a_server_with_a_name_that_is_not_in_its_certificate_gets_no_byte(
    transport, stage, server, message
):
    partner = stage.partner(server.url.replace("localhost", "127.0.0.1"))
    outcome = await transport.deliver(partner, MUNICIPALITY, message)
    assert outcome == RefusedForNow("certificate-refused")
    assert server.bodies == []


async def test_a_revoked_certificate_gets_no_byte(transport, stage, message):
    name = "ingetrokken"
    party = stage.pki.party(name, OTHER, ["localhost"])
    before = stage.pki.revocation_lists.read_bytes()
    stage.pki.revoke(name, "tls")
    anchors = stage.anchors.with_revocation_lists([stage.pki.crl()])
    stage.pki.revocation_lists.write_bytes(before)
    context = server_context(pair_of(party), anchors, require_client=True)
    async with serve(context) as server:
        trust = replace(stage.trust(OTHER), anchors=anchors)
        partner = replace(stage.partner(server.url), tls_trust=trust)
        outcome = await transport.deliver(partner, MUNICIPALITY, message)
        assert outcome == RefusedForNow("certificate-revoked")
        assert server.bodies == []


async def test_no_more_calls_run_at_once_than_the_partner_allows(transport, stage, server, message):
    running = most = 0

    async def count(_: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return web.Response()

    server.answer = count
    partner = stage.partner(server.url, Limits(concurrency=2, timeout_seconds=5))
    calls = [transport.deliver(partner, MUNICIPALITY, message) for _ in range(8)]
    assert await asyncio.gather(*calls) == [Delivered(200, b"")] * 8
    assert most == 2


async def test_a_reloaded_partner_gets_a_new_connection_and_running_calls_finish(
    transport, stage, server, message
):
    free = asyncio.Event()

    async def hold(_: web.Request) -> web.StreamResponse:
        await free.wait()
        return web.Response(body=b"late")

    server.answer = hold
    old = stage.partner(server.url)
    running = asyncio.create_task(transport.deliver(old, MUNICIPALITY, message))
    await server.arrived.wait()
    server.answer = answering(200, b"new")
    reloaded = stage.partner(server.url)
    assert await transport.deliver(reloaded, MUNICIPALITY, message) == Delivered(200, b"new")
    free.set()
    assert await running == Delivered(200, b"late")
    assert len(server.connections) == 2


async def test_a_connection_is_not_kept_for_longer_than_an_hour(
    transport, stage, server, message, clock
):
    partner = stage.partner(server.url)
    await transport.deliver(partner, MUNICIPALITY, message)
    clock.moment += timedelta(hours=1)
    await transport.deliver(partner, MUNICIPALITY, message)
    assert len(server.connections) == 2


@pytest.mark.parametrize(
    ("version", "accepted"),
    [(ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True), ("cbc", False)],
)
async def test_only_tls_with_forward_secrecy_and_aead_is_spoken(
    version, accepted, transport, stage, message
):
    context = server_context(stage.theirs, stage.anchors, require_client=True)
    if version == "cbc":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-ECDSA-AES256-SHA384")
    else:
        context.maximum_version = version
    async with serve(context) as server:
        outcome = await transport.deliver(stage.partner(server.url), MUNICIPALITY, message)
        assert isinstance(outcome, Delivered) is accepted
        assert server.bodies == ([message.document] if accepted else [])


async def test_the_same_message_after_a_doubt_is_the_same_bytes(transport, stage, server, message):
    server.answer = answering(500)
    partner = stage.partner(server.url)
    await transport.deliver(partner, MUNICIPALITY, message)
    await transport.deliver(partner, MUNICIPALITY, message)
    assert server.bodies == [message.document] * 2
