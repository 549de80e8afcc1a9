"""One real story with three creditors, played once for all tests of this folder."""

import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from gateway.practice.casefile import CaseFile, parse_case
from gateway.practice.stage.folder import OutFolder
from gateway.practice.story.show import Show
from gateway.practice.story.telling.report import PlainReporter
from gateway.practice.story.told import Told
from gateway.registry import Registry

CASE: dict[str, Any] = {
    "kenmerk": "DRIE-1",
    "startdatum": "2026-03-02",
    "inwoner": {
        "bsn": "999990019",
        "naam": {"geslacht": "man", "voorletters": "P.", "achternaam": "Verzinsel"},
        "geboortedatum": "1990-01-01",
        "adres": {
            "straat": "Geheimweg",
            "huisnummer": 1,
            "postcode": "9999ZZ",
            "woonplaats": "Nergens",
        },
        "indicatieGeheim": True,
    },
    "schuldeisers": [
        {
            "id": "vlot",
            "naam": "Vlot",
            "gedrag": "prompt",
            "reden": "post",
            "bsnWet": "Wabb art. 10",
            "vorderingen": [
                {"factuurnummer": "F-1", "hoofdsomCenten": 10_001, "betaaldCenten": 1},
                {"factuurnummer": "F-2", "hoofdsomCenten": 5, "boeteCenten": 995},
            ],
        },
        {
            "id": "vals",
            "naam": "Vals",
            "gedrag": "wrong-signature",
            "reden": "bkr",
            "vorderingen": [{"factuurnummer": "F-1", "hoofdsomCenten": 77_700}],
        },
        {"id": "stil", "naam": "Stil", "gedrag": "silent", "reden": "signaal"},
    ],
}


@dataclass(frozen=True, slots=True)
class Played:
    """A story, what it printed, and its folder."""

    told: Told
    printed: str
    folder: Path


def case_file() -> CaseFile:
    content = json.dumps(CASE).encode()
    return parse_case(content, "drie.json", Registry.load(), date(2026, 3, 2))


@pytest.fixture(scope="session")
def case() -> CaseFile:
    return case_file()


@pytest.fixture(scope="session")
async def played() -> AsyncIterator[Played]:
    # Not pytest's own folder: as root the database could not reach it and would leave it behind.
    with tempfile.TemporaryDirectory(prefix="gateway-test-") as folder:
        Path(folder).chmod(0o755)
        out = OutFolder.open(Path(folder) / "demo")
        stream = StringIO()
        told = await Show(case_file(), out, PlainReporter(stream), day_seconds=0).run()
        out.close()
        yield Played(told, stream.getvalue(), out.path)
