"""A log in memory with fixed keys and times, as the publisher would write it."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from gateway.ledger.checkpoint import Checkpoint, sign_checkpoint
from gateway.ledger.entry import Entry, print_entry
from gateway.ledger.note import SignerKey, print_verifier
from gateway.ledger.tiles import EMPTY_EDGE, grow

ORIGIN = "log.example/0001"
FIRST_TIME_MS = 1_790_000_000_000


def _entry(number: int, time: int | None = None) -> bytes:
    recorded_at_ms = FIRST_TIME_MS + number * 40 if time is None else time
    commitments = sha256(b"meta %d" % number).digest(), sha256(b"pers %d" % number).digest()
    return print_entry(Entry(recorded_at_ms, *commitments))


@pytest.fixture(scope="session")
def signer() -> SignerKey:
    return SignerKey(ORIGIN, bytes(range(32)))


@pytest.fixture(scope="session")
def vkey(signer: SignerKey) -> str:
    return print_verifier(signer.verifier)


@pytest.fixture(scope="session")
def make_entries() -> Callable[[int], tuple[bytes, ...]]:
    return lambda count: tuple(_entry(number) for number in range(count))


@pytest.fixture(scope="session")
def publish(signer: SignerKey) -> Callable[[tuple[bytes, ...]], dict[str, bytes]]:
    """Give the files of a log with these entries, signed."""

    def files(entries: tuple[bytes, ...]) -> dict[str, bytes]:
        growth = grow(EMPTY_EDGE, entries)
        head = Checkpoint(signer.name, len(entries), growth.edge.frontier.root)
        written = {file.tile.path: file.content for file in growth.files}
        return {"checkpoint": sign_checkpoint(head, signer), **written}

    return files
