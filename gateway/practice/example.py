"""The keys that the example in config/ needs: `python -m gateway.practice.example`.

Made locally and never committed (certs/dev/ is ignored): a practice PKI, a municipality, a back
office and two creditors, a master key and a log key. Keys that are there already are kept.
"""

import os
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.app.environment import SystemClock
from gateway.ledger.note import SignerKey, print_signer
from gateway.practice.pki import PracticePki
from gateway.registry import ROOT

ORIGIN: Final = "voorbeeldstad.example/logboek"
_PARTIES: Final = (
    ("voorbeeldstad", "00000099000000001000"),
    ("zaaksysteem", "00000099000000002000"),
    ("voorbeeld-belastingen", "00000099000000003000"),
    ("voorbeeld-energie", "90000001"),
)


def make_keys(folder: Path, now: datetime) -> None:
    """Make every key and certificate of the example that this folder lacks; `now` is UTC."""
    pki = PracticePki.create(folder, now)
    for name, serial in _PARTIES:
        pki.party(name, serial, ["localhost"])
    _write(folder / "kek-1.hex", secrets.token_hex(32))
    _write(folder / "log.key", print_signer(SignerKey(ORIGIN, secrets.token_bytes(32))))


def _write(file: Path, secret: str) -> None:
    if file.exists():
        return
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(secret + "\n")


if __name__ == "__main__":
    make_keys(ROOT / "certs" / "dev", SystemClock().now())
    sys.stdout.write("The keys of config/ are in certs/dev/. Next: gateway check\n")
