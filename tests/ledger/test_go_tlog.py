"""Somebody else's implementation reads our log: Go's `note` and `tlog`, which know nothing of us.

Needs Go, and its module golang.org/x/mod: as the Debian package golang-golang-x-mod-dev (no
network), or fetched by Go itself at the version and hash that go.mod and go.sum name.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.ledger.note import SignerKey, print_signer
from gateway.ledger.proofs import consistency_proof, inclusion_proof
from gateway.ledger.tiles import EMPTY_EDGE, TileHashes, grow, parse_path

CHECKER = Path(__file__).parent.parent / "vectors" / "ledger" / "tlogcheck"
DEBIAN_SOURCES = Path("/usr/share/gocode")
SECONDS = 300

Check = Callable[..., "subprocess.CompletedProcess[str]"]


def _go() -> str:
    path = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if path is None:
        pytest.skip("Go is not installed")
    return path


def _environment(go: str) -> dict[str, str]:
    """Choose where golang.org/x/mod comes from, or skip when it cannot be had."""
    if (DEBIAN_SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return {**os.environ, "GO111MODULE": "off", "GOPATH": str(DEBIAN_SOURCES)}
    environment = {**os.environ, "GO111MODULE": "on", "GOTOOLCHAIN": "local"}
    fetched = subprocess.run(
        [go, "mod", "download"],
        cwd=CHECKER,
        env=environment,
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    if fetched.returncode:
        pytest.skip("golang.org/x/mod is neither installed nor to be fetched")
    return environment


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Build the checker once; a checker that does not compile is a failure, not a skip."""
    go = _go()
    program = tmp_path_factory.mktemp("go") / "tlogcheck"
    environment = _environment(go)
    subprocess.run(
        [go, "build", "-o", str(program), "."],
        cwd=CHECKER,
        env=environment,
        check=True,
        timeout=SECONDS,
    )

    def run(*args: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [program, *args], capture_output=True, text=True, check=False, timeout=SECONDS
        )

    return run


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _proofs(files: dict[str, bytes], size: int) -> str:
    """Make proofs from the published tiles, spread over the whole log."""
    tiles = {parse_path(name): content for name, content in files.items() if name != "checkpoint"}
    hash_at = TileHashes(size, tiles.__getitem__)
    places = sorted({0, 1, 255, 256, 257, size // 2, size - 2, size - 1} & set(range(size)))
    rows = {
        "inclusion": [
            {"index": i, "hashes": _text(inclusion_proof(i, size, hash_at))} for i in places
        ],
        "consistency": [
            {"old": i + 1, "hashes": _text(consistency_proof(i + 1, size, hash_at))} for i in places
        ],
    }
    return json.dumps(rows)


def _text(proof: tuple[bytes, ...]) -> list[str]:
    return [base64.b64encode(step).decode() for step in proof]


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 600, 70_000])
def test_go_finds_signature_entries_tiles_and_proofs_good(
    check: Check, publish, make_entries, signer: SignerKey, vkey: str, tmp_path: Path, count: int
):
    entries = make_entries(count)
    files = publish(entries)
    log = _write(tmp_path / "log", files)
    proofs = tmp_path / "proofs.json"
    proofs.write_text(_proofs(files, count))
    checked = check(log, vkey, print_signer(signer), proofs)
    assert checked.returncode == 0, checked.stderr
    answer = json.loads(checked.stdout)
    root = grow(EMPTY_EDGE, entries).edge.frontier.root
    assert answer["size"] == count
    assert answer["root"] == base64.b64encode(root).decode()
    # As many hashes as perfect subtrees: twice the leaves, less one for every bit that is set.
    assert answer["hashes"] == 2 * count - count.bit_count()
    assert answer["inclusion"] == answer["consistency"] >= min(count, 2)


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000", "tile/1/000.p/2", "tile/entries/002.p/88"]
)
def test_go_refuses_what_we_refuse(
    check: Check, publish, make_entries, signer: SignerKey, vkey: str, tmp_path: Path, path: str
):
    """The checker is able to say no: otherwise its yes would mean nothing."""
    files = publish(make_entries(600))
    changed = bytearray(files[path])
    changed[40] ^= 1
    log = _write(tmp_path / "log", {**files, path: bytes(changed)})
    proofs = tmp_path / "proofs.json"
    proofs.write_text(_proofs(files, 600))
    checked = check(log, vkey, print_signer(signer), proofs)
    assert checked.returncode == 1
    assert checked.stdout == ""
