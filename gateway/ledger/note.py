r"""Signed notes (C2SP signed-note): a text, a blank line, and one line per signature.

    — <name> base64(key id (4 bytes) || signature)

The key id is the beginning of SHA-256(name || "\n" || type || public key); our type is Ed25519
(0x01). A verifier key travels as one line of text, `name+hexid+base64(type || key)`, and a signer
key as `PRIVATE+KEY+name+hexid+base64(type || seed)`, the forms Go's `note` package reads. Parsing
is strict: what would not be printed again in exactly the same way is refused.
"""

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gateway.domain.errors import LogRefused

MAX_NOTE_BYTES = 64 * 1024
MAX_SIGNATURES = 32
KEY_ID_BYTES = 4
SEED_BYTES = 32
ED25519 = b"\x01"

_DASH = "— "
_SIGNER_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public key of a log or witness: its name and 32 bytes of Ed25519.

    Raises:
        LogRefused: the name is empty or has a space or a plus, or the key is not 32 bytes.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != SEED_BYTES:
            raise LogRefused("A verifier key is not 32 bytes.")

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names this key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class SignerKey:
    """The signing key of a log: its name and the 32-byte Ed25519 seed, which never prints."""

    name: str
    seed: bytes = field(repr=False)
    key: Ed25519PrivateKey = field(init=False, repr=False, compare=False)
    verifier: VerifierKey = field(init=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise LogRefused("A signer key is not 32 bytes.")
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        object.__setattr__(self, "key", key)
        object.__setattr__(
            self, "verifier", VerifierKey(self.name, key.public_key().public_bytes_raw())
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line; of which kind it is, only the holder of the key can say."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]


def print_verifier(key: VerifierKey) -> str:
    """Write a verifier key as one line (a "vkey")."""
    return f"{key.name}+{key.key_id.hex()}+{_print_base64(ED25519 + key.public)}"


def parse_verifier(text: str) -> VerifierKey:
    """Read a vkey.

    Raises:
        LogRefused: not a vkey, not Ed25519, or the key id does not belong to name and key.
    """
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    key = VerifierKey(name, _typed(_parse_base64(encoded)))
    if print_verifier(key) != text:
        raise LogRefused("A verifier key is not canonical, or its id does not belong to it.")
    return key


def print_signer(key: SignerKey) -> str:
    """Write a signer key as one line. This is the secret of the log."""
    encoded = _print_base64(ED25519 + key.seed)
    return f"{_SIGNER_PREFIX}{key.name}+{key.verifier.key_id.hex()}+{encoded}"


def parse_signer(text: str) -> SignerKey:
    """Read a signer key.

    Raises:
        LogRefused: not a signer key, not Ed25519, or the key id does not belong to name and key.
    """
    if not text.startswith(_SIGNER_PREFIX):
        raise LogRefused("A signer key does not begin as it must.")
    name, _, rest = text.removeprefix(_SIGNER_PREFIX).partition("+")
    _, _, encoded = rest.partition("+")
    key = SignerKey(name, _typed(_parse_base64(encoded)))
    if print_signer(key) != text:
        raise LogRefused("A signer key is not canonical, or its id does not belong to it.")
    return key


def sign_note(text: str, signer: SignerKey) -> Note:
    """Sign a text with one key.

    Raises:
        LogRefused: the text does not end with a newline, or has control characters.
    """
    _check_text(text)
    verifier = signer.verifier
    signature = Signature(verifier.name, verifier.key_id, signer.key.sign(text.encode()))
    return Note(text, (signature,))


def verify_note(note: Note, key: VerifierKey) -> None:
    """Check that this key signed the text. Lines of other keys are not looked at.

    Raises:
        LogRefused: no line names this key, or one that does is not its signature.
    """
    ours = [s for s in note.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
    if not ours:
        raise LogRefused("The note has no signature by this key.")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    try:
        for line in ours:
            public.verify(line.signature, note.text.encode())
    except InvalidSignature:
        raise LogRefused("The signature is not by this key over this text.") from None


def print_note(note: Note) -> bytes:
    """Write a note as bytes."""
    lines = "".join(
        f"{_DASH}{line.name} {_print_base64(line.key_id + line.signature)}\n"
        for line in note.signatures
    )
    return f"{note.text}\n{lines}".encode()


def parse_note(data: bytes) -> Note:
    """Read a note of at most 64 KiB with 1 to 32 signatures; nothing is verified yet.

    Raises:
        LogRefused: not a signed note, or one that would be printed in another way.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise LogRefused("A note is over 64 KiB.")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise LogRefused("A note is not UTF-8 text.") from None
    head, separator, tail = whole.rpartition("\n\n")
    text = head + "\n"
    _check_text(text)
    lines = tail.split("\n")
    if not separator or lines.pop() != "" or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise LogRefused("A note does not end with 1 to 32 signature lines.")
    note = Note(text, tuple(_parse_signature(line) for line in lines))
    if print_note(note) != data:
        raise LogRefused("A note is not canonical.")
    return note


def _parse_signature(line: str) -> Signature:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    _check_name(name)
    data = _parse_base64(encoded)
    if not line.startswith(_DASH) or not separator or len(data) <= KEY_ID_BYTES:
        raise LogRefused("A signature line is malformed.")
    return Signature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise LogRefused("A key name is empty, or has a space, a plus or a control character.")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(c < " " and c != "\n" for c in text):
        raise LogRefused("A note text must end with a newline and have no control characters.")


def _typed(data: bytes) -> bytes:
    if data[:1] != ED25519 or len(data) != 1 + SEED_BYTES:
        raise LogRefused("A key is not an Ed25519 key.")
    return data[1:]


def _print_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _parse_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise LogRefused("A value is not base64.") from None
