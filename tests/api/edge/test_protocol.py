import asyncio
import json
import ssl

import pytest

from gateway.api.edge.answering import STANDARD_HEADERS
from tests.api import examples
from tests.api.installation import HOST
from tests.api.serving import EMPLOYEE, Served

HEAD = f"Host: {HOST}\r\nConnection: close\r\n"
NAMED = HEAD + "".join(f"{name}: {value}\r\n" for name, value in EMPLOYEE.items())


class Raw:
    """An answer taken apart by hand."""

    def __init__(self, answer: bytes) -> None:
        head, _, self.body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = {line.partition(":")[0].lower(): line for line in lines}


async def say(served: Served, request: str) -> Raw:
    context = served.installation.client_context("backoffice")
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", served.api_port, ssl=context, server_hostname=HOST
    )
    writer.write(request.encode("latin-1"))
    answer = await reader.read()
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return Raw(answer)


BROKEN = {
    "no http at all": "hallo\r\n\r\n",
    "no version": f"GET /v1/schuldeisers\r\n{HEAD}\r\n",
    "a bad method": f"G\x01T / HTTP/1.1\r\n{HEAD}\r\n",
    "a space in a header name": f"GET / HTTP/1.1\r\n{HEAD}X Y: 1\r\n\r\n",
    "a line that goes on": f"GET / HTTP/1.1\r\n{HEAD}X-A: 1\r\n 2\r\n\r\n",
    "length and chunks": (
        f"POST /v1/zaken HTTP/1.1\r\n{HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n"
    ),
    "two lengths": f"POST / HTTP/1.1\r\n{HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a signed length": f"POST / HTTP/1.1\r\n{HEAD}Content-Length: +1\r\n\r\na",
    "a header of 9 KB": f"GET / HTTP/1.1\r\n{HEAD}X-A: {'x' * 9000}\r\n\r\n",
    "a line of 9 KB": f"GET /{'x' * 9000} HTTP/1.1\r\n{HEAD}\r\n",
    "nul in a header": f"GET / HTTP/1.1\r\n{HEAD}X-A: \x00\r\n\r\n",
}


@pytest.mark.parametrize("request_text", BROKEN.values(), ids=list(BROKEN))
async def test_what_is_no_http_gets_a_problem_like_any_other(served: Served, request_text: str):
    answer = await say(served, request_text)
    told = json.loads(answer.body)
    assert (answer.status, told["status"], told["code"]) == (400, 400, "http-ongeldig")
    assert "application/problem+json" in answer.headers["content-type"]
    assert {name.lower() for name in STANDARD_HEADERS} <= set(answer.headers)
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/schuldeisers", "/geen"])
async def test_an_unknown_expectation_is_a_problem(served: Served, path: str):
    answer = await say(served, f"GET {path} HTTP/1.1\r\n{NAMED}Expect: koffie\r\n\r\n")
    assert (answer.status, json.loads(answer.body)["code"]) == (417, "verwachting-onbekend")
    assert "api-version" in answer.headers


async def test_a_client_that_asks_first_may_go_on(served: Served):
    answer = await say(
        served,
        f"POST /v1/zaken/_zoek HTTP/1.1\r\n{NAMED}Expect: 100-continue\r\n"
        'Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{"bsn":"999990093"}',
    )
    assert answer.status == 100
    assert b"HTTP/1.1 200" in answer.body


async def test_a_target_in_absolute_form_must_name_the_same_host(served: Served):
    own = await say(served, f"GET https://{HOST}/v1/schuldeisers HTTP/1.1\r\n{NAMED}\r\n")
    other = await say(served, f"GET https://kwaad.test/v1/schuldeisers HTTP/1.1\r\n{NAMED}\r\n")
    assert (own.status, other.status) == (200, 421)


async def test_two_hosts_are_none(served: Served):
    answer = await say(served, f"GET /v1/schuldeisers HTTP/1.1\r\nHost: kwaad.test\r\n{NAMED}\r\n")
    assert answer.status in (400, 421)


@pytest.mark.parametrize("path", ["/v1/zaken%0d%0aX-A:%201", "/v1//zaken", "/v1/./zaken/../../x"])
async def test_an_odd_path_is_not_found_and_injects_nothing(served: Served, path: str):
    answer = await say(served, f"GET {path} HTTP/1.1\r\n{NAMED}\r\n")
    assert answer.status in (404, 405)
    assert "x-a" not in answer.headers


async def test_nothing_of_a_broken_request_is_logged(
    served: Served, capsys: pytest.CaptureFixture[str]
):
    await say(served, f"GET /{examples.BSN} HTTP/1.1\r\nHost {examples.BSN}\r\n\r\n")
    await say(served, f"GET /v1/zaken/{examples.BSN} HTTP/1.1\r\n{NAMED}\r\n")
    out, err = capsys.readouterr()
    assert examples.BSN not in out + err


async def test_an_answer_in_plain_text_is_not_given_to_a_client_without_tls(served: Served):
    reader, writer = await asyncio.open_connection("127.0.0.1", served.api_port)
    writer.write(f"GET /v1/openapi.json HTTP/1.1\r\n{HEAD}\r\n".encode())
    try:
        answer = await reader.read()
    except (ConnectionError, ssl.SSLError):
        answer = b""
    writer.close()
    assert b"HTTP" not in answer
