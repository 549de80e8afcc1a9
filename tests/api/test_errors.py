"""docs/errors.md lists every stable code; `python -m tests.api.test_errors` writes it again."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.api.forms import REASONS
from gateway.api.identity import MISSING
from gateway.api.problems import HTTP_FAULTS, status_of, type_uri
from gateway.domain.errors import CallerFault, GatewayError, OwnFault, PartnerFault

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"
HEAD = f"""# Errors

Every refusal of the API is a problem document (RFC 9457, `application/problem+json`) with `type`,
`status`, `title`, `detail`, `code`, `instance` and, for input, `invalidParams`. **`code` is
stable**: programs may depend on it; `title`, `detail` and `reason` are for people. `instance`
(`urn:uuid:...`) is also in the header `X-Request-Id`, by which an operator finds the log line.
No error repeats a value that was sent, because it may be personal.

The `type` is `{type_uri("CODE")}`, with the code at the end; it names the problem
and cannot be fetched. The tables below are made from the code, and a test keeps them so.
"""
CALLER = """
## What a back office asks

`onderdeel` of `grondslag-dekt-niet` says which part is not covered: `doel`, `soort`, `toestand`,
`geldigheid`, `schuldeiser` or `gegevens`.

| Code | Status | Title | Meaning |
|---|---|---|---|
"""
FIELDS = """
## One field (`invalidParams`)

All faults of a request come at once. `name` is the place: fields joined with dots, list items by
number (`schuldeisers.0.reden`), a header by its name, empty for the whole content, `?` for a key
that is not repeated because it may be personal. Beside these codes a field can have a code of the
table above (`bsn-ongeldig`, `kenmerk-lijkt-bsn`). Once all fields are right, a ground can still be
refused with `schuldeiser-ontbreekt` (consent and mandate name each creditor), `grondslag-verlopen`
(it ends in the past), `artikel-onjuist` (a public task names only law and article, as in
`Wgs art. 8(1), Bgs art. 15(k)`) or `reden-past-niet` (this kind does not end for that reason).

| Code | Reason |
|---|---|
"""
HTTP = """
## HTTP

| Code | Status | Title |
|---|---|---|
"""
PARTNER = """
## What a creditor sends

A refused message is quarantined and never moves a leg. If its sender could be verified it gets a
signed Foutbericht with the second code; if not, a problem document with the first and status 400.
The first codes also stand in `redenQuarantaine` and `geweigerdeBerichten`.

| Code | Foutbericht | Title | Meaning |
|---|---|---|---|
"""
OWN = """
## Our own side

With status 503 nothing was done: try again after `Retry-After`, with the same Idempotency-Key.

| Code | Status | Title | Meaning |
|---|---|---|---|
"""


def kinds(kind: type[GatewayError]) -> Iterator[type[GatewayError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


def meaning(kind: type[GatewayError]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def by_status(branch: type[GatewayError]) -> str:
    return "".join(
        f"| `{kind.code}` | {status_of(kind)} | {kind.title} | {meaning(kind)} |\n"
        for kind in kinds(branch)
    )


def document() -> str:
    fields = {**REASONS, **dict.fromkeys(MISSING.values(), "Deze header is verplicht.")}
    return "".join(
        (
            HEAD,
            CALLER,
            by_status(CallerFault),
            FIELDS,
            *(f"| `{code}` | {reason} |\n" for code, reason in fields.items()),
            HTTP,
            *(f"| `{f.code}` | {status} | {f.title} |\n" for status, f in HTTP_FAULTS.items()),
            PARTNER,
            *(
                f"| `{kind.code}` | `{kind.wire_code}` | {kind.title} | {meaning(kind)} |\n"
                for kind in kinds(PartnerFault)
                if issubclass(kind, PartnerFault)
            ),
            OWN,
            by_status(OwnFault),
        )
    )


def test_the_document_is_made_from_the_code():
    assert DOCUMENT.read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("kind", list(kinds(GatewayError)), ids=lambda kind: kind.__name__)
def test_every_code_of_the_error_tree_is_listed(kind: type[GatewayError]):
    assert f"| `{kind.code}` |" in DOCUMENT.read_text(encoding="utf-8")


def test_the_codes_of_the_use_cases_are_explained():
    sources = (DOCUMENT.parents[1] / "gateway" / "usecases").rglob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    codes = re.findall(r'InvalidParam\(\s*"\w+",\s*"([a-z-]+)"', text)
    assert codes
    assert [code for code in codes if f"`{code}`" not in DOCUMENT.read_text("utf-8")] == []


def test_a_code_means_one_thing():
    codes = [kind.code for kind in kinds(GatewayError)]
    again = {code for code in codes if codes.count(code) > 1}
    # The root and the branch of our own faults are never raised themselves.
    assert again <= {GatewayError.code}


if __name__ == "__main__":
    sys.stdout.write(f"{DOCUMENT.write_text(document(), encoding='utf-8')} characters\n")
