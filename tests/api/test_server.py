import asyncio
import uuid
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.api.server import BODY_BYTES
from gateway.store.embedded import EmbeddedServer
from gateway.store.migration import ensure_login, migrate
from tests.api import examples
from tests.api.installation import Installation
from tests.api.serving import Caller, serving
from tests.conftest import LOGIN


def key() -> dict[str, str | None]:
    return {"Idempotency-Key": str(uuid.uuid4())}


async def test_the_same_key_with_the_same_body_happens_once(back_office: Caller):
    once = key()
    first = await back_office.post("/v1/zaken", examples.case(), headers=once)
    second = await back_office.post("/v1/zaken", examples.case(), headers=once)
    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers["Location"] == first.headers["Location"]


async def test_the_same_key_at_the_same_moment_happens_once(back_office: Caller):
    once = key()
    answers = await asyncio.gather(
        *(back_office.post("/v1/zaken", examples.case(), headers=once) for _ in range(4))
    )
    assert len({answer.body for answer in answers if answer.status == 201}) == 1


async def test_the_same_key_with_another_body_is_a_conflict(back_office: Caller):
    once = key()
    await back_office.post("/v1/zaken", examples.case(), headers=once)
    other = examples.case() | {"kenmerk": "dossier-8"}
    refused = await back_office.post("/v1/zaken", other, headers=once)
    assert (refused.status, refused.code) == (409, "idempotency-key-hergebruikt")


async def test_a_refused_request_leaves_its_key_free(back_office: Caller):
    once = key()
    path = f"/v1/zaken/{uuid.uuid4()}/grondslagen"
    for _ in range(2):
        assert (await back_office.post(path, examples.basis(), headers=once)).status == 404


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.1", 200),
        ("text/html, application/json;q=0.5", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("application/json;q=0, */*", 406),
        ("text/*", 406),
    ],
)
async def test_the_accept_header_is_obeyed(back_office: Caller, accept: str, status: int):
    assert (await back_office.get("/v1/schuldeisers", headers={"Accept": accept})).status == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": None},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json; charset=latin1"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_content_of_another_kind_is_refused(
    back_office: Caller, headers: dict[str, str | None]
):
    refused = await back_office.post("/v1/zaken", b"{}", headers=headers)
    assert (refused.status, refused.code) == (415, "formaat-niet-ondersteund")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8"])
async def test_json_is_accepted_with_and_without_character_set(back_office: Caller, kind: str):
    made = await back_office.post("/v1/zaken", examples.case(), headers={"Content-Type": kind})
    assert made.status == 201


async def test_content_over_the_limit_is_refused(back_office: Caller):
    refused = await back_office.post("/v1/zaken", b" " * (BODY_BYTES + 1))
    assert (refused.status, refused.code) == (413, "te-groot")


async def test_content_just_under_the_limit_is_read(back_office: Caller):
    refused = await back_office.post("/v1/zaken", b" " * BODY_BYTES)
    assert refused.json["invalidParams"][0]["code"] == "json-onjuist"


@pytest.mark.parametrize("path", ["/v1/zaken?alles=1", "/v1/schuldeisers?pagina=1"])
async def test_an_unknown_query_key_is_refused(back_office: Caller, path: str):
    method = "POST" if "zaken" in path else "GET"
    body = examples.case() if method == "POST" else None
    refused = await back_office.ask(method, path, body)
    assert (refused.status, refused.json["invalidParams"][0]["code"]) == (400, "veld-onbekend")


async def test_head_answers_like_get_without_content(back_office: Caller):
    answer = await back_office.ask("HEAD", "/v1/schuldeisers")
    assert (answer.status, answer.body) == (200, b"")


async def test_the_gateway_says_that_it_is_ready(back_office: Caller):
    healthy = await back_office.get("/v1/gezondheid")
    assert (healthy.status, healthy.json) == (200, {"toestand": "gereed"})


async def test_a_lost_database_is_told_as_such_and_comes_back(
    installation: Installation, open_folder: Path
):
    server = await EmbeddedServer.start(open_folder / "data", fsync=False)
    await migrate(server.dsn())
    await ensure_login(server.dsn(), LOGIN, LOGIN)
    link = open_folder / "socket"
    dsn = linked(server, link)
    async with (
        serving(installation, open_folder / "config", dsn) as served,
        served.caller("backoffice") as caller,
    ):
        made = await caller.post("/v1/zaken", examples.case())
        await server.stop()
        for path in ("/v1/gezondheid", made.json["url"]):
            lost = await caller.get(path)
            assert (lost.status, lost.code) == (503, "database-onbereikbaar")
            assert lost.headers["Retry-After"].isdigit()
        server = await EmbeddedServer.start(open_folder / "data", fsync=False)
        linked(server, link)
        assert (await caller.get("/v1/gezondheid")).status == 200
        assert (await caller.get(made.json["url"])).json["kenmerk"] == "dossier-7"
    await server.stop()


def linked(server: EmbeddedServer, link: Path) -> str:
    """Point the link at the socket of this server, and return an address that goes by the link."""
    folder = parse_qs(urlsplit(server.dsn()).query)["host"][0]
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    return f"postgresql://{LOGIN}:{LOGIN}@/postgres?host={link}&port=5432"


async def test_a_fault_of_ours_tells_nothing(back_office: Caller, monkeypatch: pytest.MonkeyPatch):
    from gateway.usecases.casework import read

    async def broken(*_: object) -> None:
        raise RuntimeError(examples.BSN)

    monkeypatch.setattr(read, "read_order", broken)
    failed = await back_office.get(f"/v1/opdrachten/{uuid.uuid4()}")
    assert (failed.status, failed.code) == (500, "interne-fout")
    assert examples.BSN.encode() not in failed.body
