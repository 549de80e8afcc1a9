"""The published form of a log: static files in the layout of C2SP tlog-tiles.

    checkpoint                     the signed head (module checkpoint)
    tile/<L>/<N>[.p/<W>]           W hashes of tree level 8·L; 256 of them (8,192 bytes) when full
    tile/entries/<N>[.p/<W>]       W entries, each after its length as uint16be

N is written in groups of three digits, all but the last behind an "x": 1234067 → x001/x234/067.
A log grows at its right edge only, so the edge (the tiles and the bundle that are not full yet) is
all that is needed to continue; a full file never changes again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.errors import EvidenceUnavailable, LogRefused
from gateway.ledger.entry import ENTRY_BYTES
from gateway.ledger.tree import EMPTY, HASH_BYTES, Frontier, leaf_hash, split_hashes

TILE_LEVELS = 8
TILE_WIDTH = 2**TILE_LEVELS
ENTRIES = -1
"""The level of an entry bundle; hash tiles have levels from 0 upwards."""

FRAMED_BYTES = 2 + ENTRY_BYTES
_FRAME = ENTRY_BYTES.to_bytes(2, "big")
_PATH = re.compile(r"tile/(entries|\d{1,2})/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """One file: tile level (or `ENTRIES`), number within the level, and width (256 when full)."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """The path of the file inside the log folder, as C2SP tlog-tiles writes it."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"


def parse_path(path: str) -> Tile:
    """Read a path back; only the one canonical spelling is accepted.

    Raises:
        LogRefused: this is not the path of a tile or bundle.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise LogRefused("A path is not that of a tile.")
    level = ENTRIES if found[1] == "entries" else int(found[1])
    index = int(found[2].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(found[3]) if found[3] else TILE_WIDTH)
    if not 1 <= tile.width <= TILE_WIDTH or level >= TILE_LEVELS or tile.path != path:
        raise LogRefused("A path is not that of a tile.")
    return tile


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of the published log."""

    tile: Tile
    content: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a log: what the files that are not full yet hold.

    `bundle` is the framed entries after the last full bundle; `tiles[L]` the hashes after the last
    full tile of level L.

    Raises:
        LogRefused: the parts do not fit the size.
    """

    size: int
    bundle: bytes
    tiles: tuple[bytes, ...]

    def __post_init__(self) -> None:
        widths = [(self.size >> TILE_LEVELS * level) % TILE_WIDTH for level in range(TILE_LEVELS)]
        held = [*self.tiles, *[b""] * (TILE_LEVELS - len(self.tiles))]
        if self.size < 0 or [len(tile) for tile in held] != [w * HASH_BYTES for w in widths]:
            raise LogRefused("The edge of the log does not fit its size.")
        if len(self.bundle) != widths[0] * FRAMED_BYTES:
            raise LogRefused("The edge of the log does not fit its size.")

    @property
    def frontier(self) -> Frontier:
        """The same edge as a Merkle frontier; its root is the root of the log."""
        peaks: tuple[bytes, ...] = ()
        for tile in reversed(self.tiles):
            peaks += EMPTY.extended(split_hashes(tile)).peaks
        return Frontier(self.size, peaks)

    @property
    def files(self) -> tuple[LogFile, ...]:
        """The partial files of a log that ends here."""
        rows = ((ENTRIES, self.bundle), *enumerate(self.tiles))
        return tuple(
            LogFile(_last_tile(level, self.size), content) for level, content in rows if content
        )


EMPTY_EDGE = Edge(0, b"", ())


@dataclass(frozen=True, slots=True)
class Growth:
    """The new edge, and the files that became full on the way (oldest first, bundles first)."""

    edge: Edge
    full: tuple[LogFile, ...]

    @property
    def files(self) -> tuple[LogFile, ...]:
        """All files to write for the new size: the full ones, then the partial ones."""
        return self.full + self.edge.files


def grow(edge: Edge, entries: Sequence[bytes]) -> Growth:
    """Append printed entries (73 bytes each) to a log.

    Raises:
        EvidenceUnavailable: an entry does not have 73 bytes.
    """
    if any(len(entry) != ENTRY_BYTES for entry in entries):
        raise EvidenceUnavailable("An entry is not 73 bytes.")
    framed = edge.bundle + b"".join(_FRAME + entry for entry in entries)
    bundles, bundle = _cut(framed, FRAMED_BYTES)
    first = edge.size // TILE_WIDTH
    full = [LogFile(Tile(ENTRIES, first + n, TILE_WIDTH), data) for n, data in enumerate(bundles)]
    hashes = b"".join(leaf_hash(entry) for entry in entries)
    tiles: list[bytes] = []
    level = 0
    while level < len(edge.tiles) or hashes:
        held = edge.tiles[level] if level < len(edge.tiles) else b""
        complete, rest = _cut(held + hashes, HASH_BYTES)
        first = edge.size >> TILE_LEVELS * (level + 1)
        full += [LogFile(Tile(level, first + n, TILE_WIDTH), t) for n, t in enumerate(complete)]
        hashes = b"".join(tile_root(tile) for tile in complete)
        tiles.append(rest)
        level += 1
    return Growth(Edge(edge.size + len(entries), bundle, tuple(tiles)), tuple(full))


def tile_root(tile: bytes) -> bytes:
    """Return the root of the hashes of one tile: for a full tile, a hash of the level above."""
    return EMPTY.extended(split_hashes(tile)).root


def tiles_touched(old_size: int, new_size: int) -> tuple[Tile, ...]:
    """Name the files that are new or grow when a log grows; the last of each level may be partial.

    From size 0 these are all files of the log but the checkpoint.
    """
    return tuple(
        tile
        for level in range(ENTRIES, TILE_LEVELS)
        for tile in _touched_at(level, old_size, new_size)
    )


def split_bundle(data: bytes) -> tuple[bytes, ...]:
    """Cut an entry bundle into printed entries.

    Raises:
        LogRefused: a length is not 73, or bytes are missing or left over.
    """
    rows = [data[at : at + FRAMED_BYTES] for at in range(0, len(data), FRAMED_BYTES)]
    if any(len(row) != FRAMED_BYTES or not row.startswith(_FRAME) for row in rows):
        raise LogRefused("An entry bundle is not a row of 73-byte entries.")
    return tuple(row[2:] for row in rows)


TileReader: TypeAlias = Callable[[Tile], bytes]


class TileHashes:
    """The hash of any perfect subtree of a log of `size` entries, read from its tiles.

    An instance is the `HashAt` that the proof makers of module `proofs` take. `read` gives the
    content of one tile; whoever needs many proofs lets it remember what it read.
    """

    __slots__ = ("_read", "_size")

    def __init__(self, size: int, read: TileReader) -> None:
        self._size = size
        self._read = read

    def __call__(self, level: int, index: int) -> bytes:
        """Return the hash of the subtree at (level, index).

        Raises:
            LogRefused: the subtree is not perfect within this size, or the tile is too short.
        """
        tile_level, depth = divmod(level, TILE_LEVELS)
        first = index << depth
        if (index + 1) << level > self._size:
            raise LogRefused("The tree has no such subtree.")
        number, offset = divmod(first, TILE_WIDTH)
        available = (self._size >> TILE_LEVELS * tile_level) - number * TILE_WIDTH
        content = self._read(Tile(tile_level, number, min(TILE_WIDTH, available)))
        hashes = content[offset * HASH_BYTES : (offset + (1 << depth)) * HASH_BYTES]
        if len(hashes) != HASH_BYTES << depth:
            raise LogRefused("A tile is shorter than its width.")
        return tile_root(hashes)


def _cut(data: bytes, unit: int) -> tuple[list[bytes], bytes]:
    """Cut off as many full files as there are; what is left stays at the edge."""
    whole = TILE_WIDTH * unit
    end = len(data) - len(data) % whole
    return [data[at : at + whole] for at in range(0, end, whole)], data[end:]


def _count(level: int, size: int) -> int:
    """Return how many hashes a level holds (for bundles: entries)."""
    return size if level == ENTRIES else size >> TILE_LEVELS * level


def _last_tile(level: int, size: int) -> Tile:
    index, width = divmod(_count(level, size), TILE_WIDTH)
    return Tile(level, index, width) if width else Tile(level, index - 1, TILE_WIDTH)


def _touched_at(level: int, old_size: int, new_size: int) -> Iterator[Tile]:
    old, new = _count(level, old_size), _count(level, new_size)
    if new > old:
        last = _last_tile(level, new_size)
        for index in range(old // TILE_WIDTH, last.index):
            yield Tile(level, index, TILE_WIDTH)
        yield last
