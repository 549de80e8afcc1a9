"""Schemathesis walks both documents against the running server: somebody else's idea of misuse."""

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.api import listener, server
from gateway.store.embedded import EmbeddedServer
from tests.api.installation import Installation
from tests.api.serving import EMPLOYEE, Served, serving
from tests.conftest import LOGIN, create, run

COMMAND = (sys.executable, "-m", "schemathesis.cli")
# That a value passes the eleven test, or does not lie in the past, no JSON schema can say.
OPTIONS = (
    *("--phases", "coverage,fuzzing"),
    *("--max-examples", "8", "--seed", "1"),
    *("--no-color", "--generation-database", "none"),
    *("--exclude-checks", "positive_data_acceptance"),
)


async def walk(served: Served, port: int, name: str, folder: Path) -> tuple[int, str]:
    installation = served.installation
    party = installation.parties[name]
    certificate = folder / f"{name}.pem"
    certificate.write_bytes(party.tls_certificate.read_bytes())
    base = f"https://{installation.host}:{port}/v1"
    headers = [text for n, value in EMPLOYEE.items() for text in ("-H", f"{n}: {value}")]
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("run", f"{base}/openapi.json", "--url", base, *OPTIONS, *headers),
        *("--tls-verify", str(installation.pki.root_certificate)),
        *("--request-cert", str(certificate), "--request-cert-key", str(party.tls_key)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")


# It leaves out the operation that gives the document itself.
@pytest.mark.parametrize(
    ("caller", "operations"),
    [("backoffice", len(server.ROUTES)), ("winkel", len(listener.ROUTES))],
)
async def test_the_server_keeps_to_its_document(
    caller: str, operations: int, tmp_path: Path, pg_server: EmbeddedServer, migrated_template: str
):
    database = await create(pg_server, migrated_template)
    owner = pg_server.dsn(database)
    dsn = owner.replace(urlsplit(owner).netloc.partition("@")[0], f"{LOGIN}:{LOGIN}", 1)
    installation = Installation.create(tmp_path / "pki", "localhost")
    async with serving(installation, tmp_path / "config", dsn) as served:
        port = served.api_port if caller == "backoffice" else served.listener_port
        code, said = await walk(served, port, caller, tmp_path)
    await run(pg_server, f"drop database {database} with (force)")
    assert code == 0, said[-4000:]
    assert f"Tested: {operations}" in said
