import asyncio
import ssl

import pytest

from gateway.api.edge.sni import HostContext, host_of, listening_context
from tests.api.installation import HOST, NEIGHBOUR, Installation
from tests.api.serving import Served


async def shake(served: Served, name: str | None, version: ssl.TLSVersion) -> str:
    """Shake hands and return the host name in the certificate that was shown."""
    context = served.installation.client_context("backoffice")
    context.maximum_version = version
    context.check_hostname = name is not None
    _, writer = await asyncio.open_connection(
        "127.0.0.1", served.api_port, ssl=context, server_hostname=name
    )
    shown = writer.get_extra_info("peercert")
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return str(shown["subjectAltName"][0][1])


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("host", [HOST, NEIGHBOUR])
async def test_each_host_shows_its_own_certificate(
    served: Served, host: str, version: ssl.TLSVersion
):
    assert await shake(served, host, version) == host


@pytest.mark.parametrize("name", ["kwaad.test", "127.0.0.1"])
async def test_a_name_that_is_not_ours_ends_the_handshake(served: Served, name: str):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await shake(served, name, ssl.TLSVersion.TLSv1_3)


async def test_an_old_version_of_tls_ends_the_handshake(served: Served):
    context = served.installation.client_context("backoffice")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(
            "127.0.0.1", served.api_port, ssl=context, server_hostname=HOST
        )


async def test_a_client_certificate_of_another_root_ends_the_handshake(
    served: Served, tmp_path_factory: pytest.TempPathFactory
):
    stranger = Installation.create(tmp_path_factory.mktemp("other"))
    context = served.installation.client_context(None)
    party = stranger.parties["backoffice"]
    context.load_cert_chain(party.tls_certificate, party.tls_key)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await ask_for_description(served, context)


async def ask_for_description(served: Served, context: ssl.SSLContext) -> None:
    """Ask for what needs no certificate at all; TLS 1.3 refuses a certificate only by then."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", served.api_port, ssl=context, server_hostname=HOST
    )
    writer.write(b"GET /v1/openapi.json HTTP/1.1\r\nHost: gemeente.test\r\n\r\n")
    try:
        if not await reader.read():
            raise ConnectionResetError
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


def test_a_context_of_nobody_has_no_host():
    context = listening_context({})
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(incoming, outgoing, server_side=True)
    assert host_of(connection) is None
    own = HostContext.server("Gemeente.Test")
    assert host_of(own.wrap_bio(incoming, outgoing, server_side=True)) == "gemeente.test"
