"""The head of a log (C2SP tlog-checkpoint): its name, its size and its root, signed as a note.

    <origin>
    <size in decimal>
    <root hash in base64>
    [<extension lines>]

A log never signs two checkpoints that are not consistent with each other: whoever holds two such
checkpoints holds the proof against it. A number is accepted only if printing it again gives the
same text; extension lines we do not know are kept, because the signature covers them.
"""

import base64
import binascii
from dataclasses import dataclass

from gateway.domain.errors import LogRefused
from gateway.ledger.note import (
    SignerKey,
    VerifierKey,
    parse_note,
    print_note,
    sign_note,
    verify_note,
)
from gateway.ledger.tree import HASH_BYTES, MAX_SIZE


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: origin (its unique name), number of entries, 32-byte root.

    Raises:
        LogRefused: a field cannot be printed as a line of a checkpoint.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise LogRefused("A checkpoint has an impossible size or root.")
        for line in (self.origin, *self.extensions):
            if not line or any(c < " " for c in line):
                raise LogRefused("A checkpoint has an empty line or a control character.")


def print_checkpoint(checkpoint: Checkpoint) -> str:
    """Write the text that is signed."""
    root = base64.b64encode(checkpoint.root).decode("ascii")
    lines = (checkpoint.origin, str(checkpoint.size), root, *checkpoint.extensions)
    return "".join(line + "\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        LogRefused: not a checkpoint, or one that would be printed in another way.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        raise LogRefused("A checkpoint has fewer than three lines.")
    origin, size, root, *extensions = lines
    # Twenty digits hold every size; int() takes time that grows with the square of the length.
    if not (size.isascii() and size.isdecimal() and len(size) <= 20):
        raise LogRefused("The size of a checkpoint is not a number.")
    try:
        root_hash = base64.b64decode(root, validate=True)
    except (binascii.Error, ValueError):
        raise LogRefused("The root of a checkpoint is not base64.") from None
    checkpoint = Checkpoint(origin, int(size), root_hash, tuple(extensions))
    if print_checkpoint(checkpoint) != text:
        raise LogRefused("A checkpoint is not canonical.")
    return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: SignerKey) -> bytes:
    """Sign the head of a log: the content of the file `checkpoint`.

    Raises:
        LogRefused: the key has another name than the log (C2SP: they are the same).
    """
    _check_origin(checkpoint, signer.verifier)
    return print_note(sign_note(print_checkpoint(checkpoint), signer))


def verify_checkpoint(data: bytes, key: VerifierKey) -> Checkpoint:
    """Read and check a signed checkpoint.

    Raises:
        LogRefused: not a signed checkpoint, another log, or not signed by this key.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint(note.text)
    _check_origin(checkpoint, key)
    verify_note(note, key)
    return checkpoint


def _check_origin(checkpoint: Checkpoint, key: VerifierKey) -> None:
    if checkpoint.origin != key.name:
        raise LogRefused("The key has another name than the log.")
