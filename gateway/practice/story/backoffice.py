"""A back office as it really calls: REST over mutual TLS, one acting employee, one key per POST.

It knows nothing of the gateway but its address and its JSON. Every URL it calls is remembered, for
the search for personal data at the end.
"""

import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from socket import AF_INET, AddressFamily
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.app.environment import SystemIds
from gateway.domain.errors import StoryFailed
from gateway.practice.pki import Party
from gateway.practice.stage.parties import StoryAsker

Json = Mapping[str, Any]
_TIMEOUT_SECONDS = 20
_EMPLOYEE, _ROLE = "mw-7f3a", "schuldhulpverlener"


class _Everywhere(AbstractResolver):
    """Answers every name with one address: host names of practice are in no DNS."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=self._address, port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        return None


class BackOffice:
    """The system of one controller."""

    def __init__(
        self, asker: StoryAsker, address: tuple[str, int], keys: Party, root: Path
    ) -> None:
        context = ssl.create_default_context(cafile=str(root))
        context.load_cert_chain(keys.tls_certificate, keys.tls_key)
        self._context, self._host = context, address[0]
        self._base = f"https://{asker.host}:{address[1]}"
        self._session: aiohttp.ClientSession | None = None
        self._ids = SystemIds()
        self.urls: list[str] = []

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(resolver=_Everywhere(self._host), ssl=self._context)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS),
            headers={"X-Medewerker": _EMPLOYEE, "X-Rol": _ROLE},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def open_case(self, case: Json) -> str:
        """Open a case and return its id."""
        return str((await self.post("/v1/zaken", case))["id"])

    async def record_ground(self, case_id: str, ground: Json) -> str:
        """Record a ground of a case and return its id."""
        return str((await self.post(f"/v1/zaken/{case_id}/grondslagen", ground))["id"])

    async def ask(self, case_id: str, asked: Json) -> str:
        """Ask creditors and return where the order can be followed."""
        return str((await self.post(f"/v1/zaken/{case_id}/saldoverzoeken", asked))["url"])

    async def end_ground(self, basis_id: str, reason: str) -> dict[str, Any]:
        """End a ground and return what that did."""
        return await self.post(f"/v1/grondslagen/{basis_id}/beeindigingen", {"reden": reason})

    async def requests(self, case_id: str) -> tuple[dict[str, Any], ...]:
        """Return every request of a case."""
        return tuple((await self.get(f"/v1/zaken/{case_id}/saldoverzoeken"))["results"])

    async def messages(self, case_id: str) -> tuple[dict[str, Any], ...]:
        """Return every message of a case, without content."""
        found: list[dict[str, Any]] = []
        path: str | None = f"/v1/zaken/{case_id}/berichten"
        while path:
            page = await self.get(path)
            found += page["results"]
            path = page["next"]
        return tuple(found)

    async def overview(self, case_id: str) -> dict[str, Any]:
        """Return the debt overview of a case."""
        return await self.get(f"/v1/zaken/{case_id}/schuldenoverzicht")

    async def document(self, url: str) -> bytes:
        """Return the exact signed document of a message."""
        return await self._call("GET", url, None)

    async def get(self, path: str) -> dict[str, Any]:
        """Return the JSON of a resource; raises StoryFailed."""
        return _object(await self._call("GET", path, None))

    async def post(self, path: str, body: Json) -> dict[str, Any]:
        """Send JSON and return what comes back; raises StoryFailed."""
        return _object(await self._call("POST", path, body))

    async def _call(self, method: str, path: str, body: Json | None) -> bytes:
        if self._session is None:
            raise StoryFailed("The back office is closed.")
        self.urls.append(f"{method} {self._base}{path}")
        headers = {"Idempotency-Key": str(self._ids.reference())} if method == "POST" else {}
        try:
            async with self._session.request(
                method, f"{self._base}{path}", json=body, headers=headers
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise StoryFailed(f"The API does not answer ({type(fault).__name__}).") from fault
        if response.status >= 300:
            raise StoryFailed(f"The API answered {response.status} {_code(content)}.")
        return content


def _object(content: bytes) -> dict[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise StoryFailed("The API answered something that is not an object.")
    return found


def _code(content: bytes) -> str:
    """Return code and faults of a problem: no values, the API never repeats one."""
    try:
        problem = _object(content)
    except ValueError:
        return "without a problem document"
    faults = [f"{one['name']} {one['code']}" for one in problem.get("invalidParams") or ()]
    return " ".join([str(problem.get("code")), *faults])
