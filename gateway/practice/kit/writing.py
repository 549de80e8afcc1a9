"""Writes the creditor kit into a folder: schemas, openapi, samples, keys, and how it all works."""

import shutil
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gateway.api.listener import ROUTES
from gateway.api.openapi import creditor_document
from gateway.domain.errors import ConfigurationFault, Finding
from gateway.ledger.note import print_verifier
from gateway.practice.cast import Behaviour
from gateway.practice.creditor.dialect import load_dialect
from gateway.practice.creditor.keyring import keyring_of, read_signer
from gateway.practice.creditor.surroundings import Surroundings, practice_anchors
from gateway.practice.creditor.writing import Writer
from gateway.practice.kit import facts
from gateway.practice.kit.samples import Sample, Samples
from gateway.practice.pki import PARTY_LIFE, Party, PracticePki
from gateway.practice.stage.kit_keys import FOLDER, PARTY_FILES
from gateway.practice.stage.parties import MUNICIPALITY, issue_asker
from gateway.registry import ROOT, Registry
from gateway.wire.signature.profile import XADES_URI

SETS: Final = ("svb/1.0", "ontvangst/1.0")
EXAMPLE: Final = "voorbeeld_schuldeiser.py"
_SAMPLES: Final = "voorbeelden"
_SCRIPT: Final = """\
#!/bin/sh
# Controleert de handtekening van elk voorbeeld. Nodig: xmlsec1 (Debian: apt install xmlsec1).
set -eu
cd "$(dirname "$0")"
"""


def write_kit(folder: Path, now: datetime) -> tuple[Sample, ...]:
    """Write the kit into a new or empty folder and return its samples; `now` is UTC.

    Raises:
        ConfigurationFault: the folder holds something, or cannot be written.
    """
    try:
        _prepare(folder)
        samples = _write_keys_and_samples(folder, now.replace(microsecond=0))
        _write_schemas(folder)
        _write_words(folder, samples)
    except OSError as fault:
        raise _refused(folder, f"cannot be written ({fault.strerror})") from fault
    return samples


def verify_command(sample: Sample) -> str:
    """Return the command, from within the kit, by which xmlsec1 verifies a sample.

    Both references are allowed and nothing else: the document, and the signed properties in it.
    """
    return (
        f"xmlsec1 --verify --trusted-pem {FOLDER}/root.pem --untrusted-pem {FOLDER}/issuing.pem"
        f" --enabled-reference-uris empty,same-doc --id-attr:Id {XADES_URI}:SignedProperties"
        f" {_SAMPLES}/{sample.path}"
    )


def _prepare(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _refused(folder, "holds something already; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)


def _refused(folder: Path, problem: str) -> ConfigurationFault:
    return ConfigurationFault((Finding("--out", str(folder), problem),))


def _write_keys_and_samples(folder: Path, now: datetime) -> tuple[Sample, ...]:
    """Make keys, sign the samples, and leave everything but the keys of the authorities."""
    with TemporaryDirectory() as temporary:
        # Nobody can revoke with a key that is thrown away, so the lists last as long as the keys.
        pki = PracticePki.create(Path(temporary), now, PARTY_LIFE)
        municipality = issue_asker(pki, MUNICIPALITY)
        hosts = ("localhost", "127.0.0.1")
        creditor = pki.party(facts.CREDITOR_ID, facts.CREDITOR.value, hosts)
        samples = _samples(pki, municipality, creditor, now)
        _copy_keys(pki, (municipality, creditor), folder / FOLDER)
    for sample in samples:
        path = folder / _SAMPLES / sample.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.document)
    return samples


def _samples(
    pki: PracticePki, municipality: Party, creditor: Party, now: datetime
) -> tuple[Sample, ...]:
    time = facts.StandingStill(now)
    around = Surroundings(
        pki=pki,
        anchors=practice_anchors(pki),
        catalogue=Registry.load().catalogue,
        askers=(),
        clock=time,
        calendar=time,
        ids=facts.SampleIds(),
    )
    keyring = keyring_of(Behaviour.PROMPT, creditor, pki)
    writer = Writer(facts.creditor(time.today()), load_dialect("svb"), keyring, around)
    signer = read_signer(municipality.signing_certificate, municipality.signing_key)
    return Samples(writer, signer).write()


def _copy_keys(pki: PracticePki, parties: tuple[Party, ...], target: Path) -> None:
    target.mkdir()
    for file in (pki.root_certificate, pki.issuing_certificate, pki.revocation_lists):
        shutil.copy2(file, target)
    for party in parties:
        (target / party.name).mkdir(mode=0o700)
        for name in PARTY_FILES:
            shutil.copy2(pki.directory / party.name / name, target / party.name)
    verifier = print_verifier(facts.LOG_KEY.verifier)
    (target / "logboek.vkey").write_text(f"{verifier}\n", encoding="ascii")


def _write_schemas(folder: Path) -> None:
    for name in SETS:
        shutil.copytree(ROOT / "xsd" / name, folder / "xsd" / name)


def _write_words(folder: Path, samples: tuple[Sample, ...]) -> None:
    (folder / "openapi-schuldeisers.json").write_bytes(creditor_document(ROUTES))
    commands = "\n".join(verify_command(sample) for sample in samples)
    (folder / "controleer.sh").write_text(f"{_SCRIPT}{commands}\n", encoding="utf-8")
    text = files("gateway.practice.kit").joinpath("data", "README.md").read_text("utf-8")
    rows = (f"| `{one.path}` | {one.about} | `{one.schema}` |" for one in samples)
    answer = next(sample for sample in samples if sample.path.endswith("antwoord.xml"))
    filled = text.replace("{command}", verify_command(answer)).replace("{samples}", "\n".join(rows))
    (folder / "README.md").write_text(filled, encoding="utf-8")
    data = files("gateway.practice.kit").joinpath("data", EXAMPLE)
    (folder / EXAMPLE).write_bytes(data.read_bytes())
