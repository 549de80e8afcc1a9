"""A creditor in a process of its own, with a kit and nothing of ours, joins the story."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from gateway.domain.errors import ConfigurationFault
from gateway.practice.casefile import CaseFile
from gateway.practice.kit import write_kit
from gateway.practice.pki import PracticePki
from gateway.practice.stage.folder import OutFolder
from gateway.practice.stage.joining import JOINED_ID, Joining
from gateway.practice.stage.kit_keys import KitKeys
from gateway.practice.stage.parties import MUNICIPALITY
from gateway.practice.stage.setting import Ports
from gateway.practice.story.proving.checks import judge
from gateway.practice.story.show import Show
from gateway.practice.story.telling.report import PlainReporter
from gateway.practice.story.told import Joined, Told

pytestmark = pytest.mark.xdist_group("story")
ANSWER = "voorbeelden/van-schuldeiser/02-antwoord.xml"
SCRIPT = "voorbeeld_schuldeiser.py"
CHANGED = 'x509.load_pem_x509_certificate((OWN / "tls.pem").read_bytes())'
Start = Callable[..., str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit") / "kit"
    write_kit(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def own_kit(kit: Path, tmp_path: Path) -> Path:
    """A copy, to be spoilt."""
    return Path(shutil.copytree(kit, tmp_path / "kit"))


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the creditor of a kit; return its address."""
    running: list[subprocess.Popen[str]] = []

    def started(kit: Path, *words: str) -> str:
        port = free_port()
        # -I: nothing of ours can be imported by accident, only what is installed.
        command = [sys.executable, "-I", str(kit / SCRIPT), str(port), *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=kit)
        running.append(process)
        until = time.monotonic() + 20
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        return f"https://127.0.0.1:{port}/v1/berichten"

    yield started
    for process in running:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gateway-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "demo"


async def play(
    case: CaseFile, folder: Path, kit: Path, url: str, port: int = 0
) -> tuple[Told, str]:
    out, printed = OutFolder.open(folder), StringIO()
    try:
        joining = Joining.at(url, KitKeys.read(kit, datetime.now(UTC)))
        show = Show(case, out, PlainReporter(printed), Ports(0, port), 0, joining=joining)
        return await show.run(), printed.getvalue()
    finally:
        out.close()


@pytest.fixture
def quick(case: CaseFile) -> CaseFile:
    """The story with its prompt creditor alone: what is tried out here is the one that joins."""
    source = {**case.source, "schuldeisers": case.source["schuldeisers"][:1]}
    return CaseFile(replace(case.cast, creditors=case.cast.creditors[:1]), source)


def failed(told: Told) -> list[str]:
    return [check.name for check in judge(told) if not check.passed]


async def test_it_answers_in_the_response_beside_everybody_else(case, kit, start, folder):
    told, printed = await play(case, folder, kit, start(kit))
    assert failed(told) == []
    assert told.joined == Joined(JOINED_ID, "beantwoord", 1, (), ())
    lines = {line["schuldeiser"]: line for line in told.municipality.overview["regels"]}
    assert lines[JOINED_ID]["totalen"]["totaalCenten"] == 636_20
    assert "nothing was wrong" in printed


async def test_it_gives_a_receipt_and_answers_at_the_listener(quick, kit, start, folder):
    port = free_port()
    url = start(kit, "--later", f"127.0.0.1:{port}")
    told, printed = await play(quick, folder, kit, url, port)
    assert failed(told) == []
    assert told.joined == Joined(JOINED_ID, "beantwoord", 1, (), ())
    assert f"127.0.0.1:{port}, server name and Host {MUNICIPALITY.host}" in printed
    kinds = {one["soort"] for one in told.municipality.messages if one["schuldeiser"] == JOINED_ID}
    assert "ontvangstbevestiging" in kinds


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "reason"),
    [
        (ANSWER, "684.13", "684,13", "schema-ongeldig", "OrgineleVordering: Waarde voldoet niet"),
        (ANSWER, "<Kosten>40.00</Kosten>", "", "schema-ongeldig", "Verwacht: Kosten."),
        (ANSWER, "636.20", "636.21", "antwoord-onbegrijpelijk", "not the sum of its parts"),
        (ANSWER, ">oefen<", ">productie<", "omgeving-verkeerd", "Omgeving must be oefen"),
        (SCRIPT, "whole.text = digest(message)", "", "handtekening-geweigerd", "wrong-digest: The"),
        (
            SCRIPT,
            "certificate(OWN)",
            CHANGED,
            "certificaat-geweigerd",
            "wrong-usage: It is made for",
        ),
        (SCRIPT, "document = self.given[found]", "document = 200, b'{}'", "bericht-onleesbaar", ""),
        (SCRIPT, '"s:KlantnummerSHV", "s:', '"s:KlantnummerSE", "s:', "andere-persoon", "must be"),
    ],
)
async def test_what_is_wrong_with_its_answer_is_told_exactly(
    quick, own_kit, start, folder, file, old, new, code, reason
):
    change(own_kit / file, old, new)
    told, printed = await play(quick, folder, own_kit, start(own_kit))
    assert failed(told) == []
    assert told.joined is not None
    assert told.joined.state == "verstreken"
    assert {one.code for one in told.joined.refused} == {code}  # the question, and the reminder
    assert reason in " ".join(told.joined.refused[0].reasons)
    assert f"[{code}]" in printed
    assert told.joined.refused[0].reasons[0] in printed


@pytest.mark.parametrize(
    ("old", "new", "state", "failure"),
    [
        ("status=400", "status=418", "onbestelbaar", "http-418"),
        ("document = self.given[found]", "document = 503, b''", "onbestelbaar", "status-503"),
    ],
)
async def test_why_a_delivery_to_it_failed_is_told(
    quick, own_kit, start, folder, old, new, state, failure
):
    change(own_kit / SCRIPT, old, new)
    if failure == "http-418":
        change(own_kit / SCRIPT, 'tag != etree.QName(NAMES["ds"], "Signature")', "tag is not None")
    told, printed = await play(quick, folder, own_kit, start(own_kit))
    assert failed(told) == []
    assert told.joined is not None
    assert (told.joined.state, told.joined.failures) == (state, (failure,))
    assert f"delivery: {failure}" in printed or f"[{failure}]" in printed


async def test_an_endpoint_that_has_not_the_keys_of_the_kit_is_told_as_that(
    quick, kit, start, folder, tmp_path
):
    other = tmp_path / "other"
    write_kit(other, datetime.now(UTC))
    told, printed = await play(quick, folder, kit, start(other))
    assert told.joined is not None
    assert told.joined.state == "onbestelbaar"
    assert told.joined.failures[0] in {"certificate-refused", "tls-failed", "connection-lost"}
    assert "its TLS certificate is not of the practice issuer" in printed


def test_a_kit_that_is_no_kit_is_refused(tmp_path):
    with pytest.raises(ConfigurationFault, match="is not a creditor kit"):
        KitKeys.read(tmp_path, datetime.now(UTC))


def test_a_kit_is_good_for_a_year_and_then_says_so(kit):
    now = datetime.now(UTC)
    assert KitKeys.read(kit, now + timedelta(days=360)).municipality.name == MUNICIPALITY.folder
    with pytest.raises(ConfigurationFault, match=r"certificate-expired.*gateway kit"):
        KitKeys.read(kit, now + timedelta(days=400))


def test_a_kit_of_somebody_else_is_refused(own_kit, tmp_path):
    pki = PracticePki.create(tmp_path / "pki", datetime.now(UTC))
    shutil.copy(pki.root_certificate, own_kit / "sleutels" / "root.pem")
    with pytest.raises(ConfigurationFault):
        KitKeys.read(own_kit, datetime.now(UTC))


def test_a_file_that_is_no_certificate_is_refused(own_kit):
    (own_kit / "sleutels" / "gemeente" / "tls.pem").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationFault, match="no certificate"):
        KitKeys.read(own_kit, datetime.now(UTC))
