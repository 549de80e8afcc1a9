"""The Merkle tree of RFC 6962 §2.1, kept as its right edge only.

A log of any size is continued from the roots of its perfect subtrees, at most one per bit of the
size (the "compact range"): less than a kilobyte for every log we will ever have. Hashes are
SHA-256 with the prefix 0x00 for a leaf and 0x01 for a node, so that one never passes for the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from gateway.domain.errors import LogRefused

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of one entry as a leaf (RFC 6962 §2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of a node over its two children (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: its size and the roots of its perfect subtrees, widest first.

    Raises:
        LogRefused: the peaks do not fit the size.
    """

    size: int
    peaks: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.peaks) != self.size.bit_count():
            raise LogRefused("The frontier does not fit the size of the tree.")
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise LogRefused("A hash is not 32 bytes.")

    def extended(self, leaves: Iterable[bytes]) -> "Frontier":
        """Append leaf hashes (32 bytes each), oldest first."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node, trailing = leaf, size
            while trailing & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                trailing >>= 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The 32-byte root hash of the whole tree."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


EMPTY = Frontier(0, ())


def print_frontier(frontier: Frontier) -> bytes:
    """Write the peaks one after the other; the size is kept beside them."""
    return b"".join(frontier.peaks)


def parse_frontier(size: int, data: bytes) -> Frontier:
    """Read back what `print_frontier` wrote.

    Raises:
        LogRefused: the bytes do not fit the size.
    """
    if len(data) != size.bit_count() * HASH_BYTES:
        raise LogRefused("The frontier does not fit the size of the tree.")
    return Frontier(size, split_hashes(data))


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """Cut concatenated hashes into 32-byte hashes.

    Raises:
        LogRefused: the length is not a multiple of 32.
    """
    if len(data) % HASH_BYTES:
        raise LogRefused("A row of hashes is not a multiple of 32 bytes.")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))
