"""The creditor kit holds what it promises, and others than us can verify what is in it."""

import json
import re
import shlex
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from lxml import etree

from gateway.domain.errors import ConfigurationFault
from gateway.domain.parties import Environment
from gateway.ledger.checkpoint import verify_checkpoint
from gateway.ledger.note import parse_verifier
from gateway.practice.creditor.dialect import load_dialect
from gateway.practice.kit import facts, write_kit
from gateway.practice.kit.samples import Sample
from gateway.practice.kit.writing import verify_command
from gateway.practice.stage.parties import MUNICIPALITY
from gateway.registry import ROOT, Registry
from gateway.wire import receipt, xml
from gateway.wire.anchors import Anchors
from gateway.wire.schema import validate
from gateway.wire.signature import Verified, verify
from gateway.wire.trust import PartnerTrust, certificate_pin

NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = [
    "van-gemeente/01-kennisgeving.xml",
    "van-gemeente/02-kennisgeving-publiek.xml",
    "van-gemeente/03-saldoverzoek.xml",
    "van-gemeente/04-saldoverzoek-publiek.xml",
    "van-gemeente/05-saldoverzoek-nuts.xml",
    "van-gemeente/06-rappel.xml",
    "van-gemeente/07-ontvangstbevestiging.xml",
    "van-gemeente/08-foutbericht.xml",
    "van-gemeente/09-intrekking.xml",
    "van-schuldeiser/01-ontvangstbevestiging.xml",
    "van-schuldeiser/02-antwoord.xml",
    "van-schuldeiser/03-geen-medewerking.xml",
]


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit") / "aansluitkit"
    write_kit(folder, NOW)
    return folder


@pytest.fixture(scope="module")
def samples(kit: Path) -> dict[str, Sample]:
    return {one.path: one for one in write_kit(kit.parent / "nog-een", NOW)}


def document(kit: Path, name: str) -> bytes:
    return (kit / "voorbeelden" / name).read_bytes()


def verified(kit: Path, name: str) -> Verified:
    keys = kit / "sleutels"
    issuing = (keys / "issuing.pem").read_bytes()
    anchors = Anchors.load(
        [(keys / "root.pem").read_bytes()], [issuing], [(keys / "issuing.crl").read_bytes()]
    )
    pin = certificate_pin(x509.load_pem_x509_certificate(issuing))
    oin = MUNICIPALITY.oin if name.startswith("van-gemeente") else facts.CREDITOR
    return verify(
        document(kit, name), PartnerTrust(anchors, oin.value, frozenset({pin})), NOW, 1_000_000
    )


def test_there_is_a_sample_of_every_message_that_the_schemas_know(kit: Path):
    found = sorted(path.relative_to(kit / "voorbeelden") for path in kit.glob("voorbeelden/*/*"))
    assert [path.as_posix() for path in found] == NAMES
    roots = {etree.QName(etree.fromstring(document(kit, name))).localname for name in NAMES}
    schemas = {path.stem for path in kit.glob("xsd/*/*/*.xsd")} - {"typen"}
    assert roots == schemas


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_verified_by_us_and_valid(kit: Path, samples: dict[str, Sample], name: str):
    element = verified(kit, name).element
    validate(element, samples[name].schema, Registry.load().catalogue)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="needs xmlsec1 (Debian: xmlsec1)")
def test_every_sample_is_verified_by_xmlsec1_with_the_command_in_the_kit(
    kit: Path, samples: dict[str, Sample], name: str
):
    command = verify_command(samples[name])
    assert command in (kit / "controleer.sh").read_text("utf-8").splitlines()
    result = subprocess.run(
        shlex.split(command), cwd=kit, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "SignedInfo References (ok/all): 2/2" in result.stdout + result.stderr


@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="needs xmlsec1 (Debian: xmlsec1)")
def test_the_script_passes_from_any_folder_and_fails_on_one_changed_byte(kit: Path, tmp_path: Path):
    copy = tmp_path / "kopie"
    shutil.copytree(kit, copy)
    script = ["sh", str(copy / "controleer.sh")]
    assert subprocess.run(script, capture_output=True, check=False).returncode == 0
    changed = copy / "voorbeelden" / NAMES[-1]
    changed.write_bytes(changed.read_bytes().replace(b"KlantOnbekend", b"RecenteFinaleKwijting"))
    assert subprocess.run(script, capture_output=True, check=False).returncode != 0


def test_the_answer_answers_the_question_in_the_kit(kit: Path):
    adapter = load_dialect("svb").adapter
    asked = adapter.identify(verified(kit, "van-gemeente/03-saldoverzoek.xml").element)
    answer = adapter.identify(verified(kit, "van-schuldeiser/02-antwoord.xml").element)
    assert (answer.answers, answer.conversation_id) == (asked.message_id, asked.conversation_id)
    assert (answer.sender, answer.receiver) == (asked.receiver, asked.sender)


def test_the_answers_in_the_kit_are_receipts_of_the_question_in_the_kit(kit: Path):
    digest = verified(kit, "van-gemeente/03-saldoverzoek.xml").digest
    for name in ("van-schuldeiser/02-antwoord.xml", "van-schuldeiser/03-geen-medewerking.xml"):
        answer = load_dialect("svb").adapter.identify(verified(kit, name).element)
        assert answer.answered_digest == digest


@pytest.mark.parametrize(
    ("receipt_name", "received_name"),
    [
        ("van-schuldeiser/01-ontvangstbevestiging.xml", "van-gemeente/03-saldoverzoek.xml"),
        ("van-gemeente/07-ontvangstbevestiging.xml", "van-schuldeiser/02-antwoord.xml"),
    ],
)
def test_each_receipt_names_id_and_digest_of_what_was_received(
    kit: Path, receipt_name: str, received_name: str
):
    found = receipt.interpret(verified(kit, receipt_name).element)
    received = verified(kit, received_name)
    identified = load_dialect("svb").adapter.identify(received.element)
    assert (found.message_id, found.digest) == (identified.message_id, received.digest)
    assert (found.sender, found.receiver) == (identified.receiver, identified.sender)


def test_the_checkpoint_in_our_receipt_is_signed_by_the_log_key_in_the_kit(kit: Path):
    found = receipt.interpret(verified(kit, "van-gemeente/07-ontvangstbevestiging.xml").element)
    assert found.checkpoint is not None
    key = parse_verifier((kit / "sleutels" / "logboek.vkey").read_text("ascii").strip())
    assert verify_checkpoint(found.checkpoint.encode(), key).size == 1


def test_everything_in_the_kit_says_practice(kit: Path):
    for name in NAMES:
        texts = [element.text for element in verified(kit, name).element.iter()]
        assert Environment.PRACTICE.value in texts
        assert Environment.PRODUCTION.value not in texts


def test_the_schemas_are_those_of_this_version(kit: Path):
    for path in kit.glob("xsd/*/*/*"):
        assert path.read_bytes() == (ROOT / path.relative_to(kit)).read_bytes()


def test_openapi_describes_the_port_of_creditors(kit: Path):
    described = json.loads((kit / "openapi-schuldeisers.json").read_bytes())
    assert "/berichten" in described["paths"]
    assert described == json.loads((ROOT / "docs" / "openapi-schuldeisers.json").read_bytes())


def test_no_key_of_an_authority_is_given_away_and_private_keys_are_closed(kit: Path):
    keys = sorted(path.relative_to(kit).as_posix() for path in kit.rglob("*.key"))
    assert keys == [
        "sleutels/gemeente/signing.key",
        "sleutels/gemeente/tls.key",
        "sleutels/schuldeiser/signing.key",
        "sleutels/schuldeiser/tls.key",
    ]
    assert {stat.S_IMODE((kit / key).stat().st_mode) for key in keys} == {0o600}


def test_the_readme_names_every_file_and_leaves_nothing_open(kit: Path):
    text = (kit / "README.md").read_text("utf-8")
    assert not re.search(r"\{\w+\}", text)
    for name in NAMES:
        assert f"`{name}`" in text
    for name in re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE):
        assert (kit / name).exists() or (kit / "voorbeelden" / name).exists()


def test_two_kits_of_one_moment_differ_in_keys_and_signatures_only(
    kit: Path, samples: dict[str, Sample]
):
    for name in NAMES:
        other = etree.fromstring(samples[name].document)
        other.remove(other[-1])
        assert xml.canonical(other) == xml.canonical(verified(kit, name).element)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path):
    (tmp_path / "iets").write_text("van mij", encoding="utf-8")
    with pytest.raises(ConfigurationFault, match="holds something"):
        write_kit(tmp_path, NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["iets"]


def test_a_folder_that_cannot_be_made_is_a_finding(tmp_path: Path):
    (tmp_path / "bestand").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationFault, match="cannot be written"):
        write_kit(tmp_path / "bestand" / "kit", NOW)
