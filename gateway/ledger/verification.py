"""An outsider's check of a published log: everything is computed again from the entries alone.

The checkpoint is checked with a key that comes from outside; the tree is rebuilt from the entry
bundles; every tile of every level is compared byte by byte with what the entries give, also the
partial ones of earlier sizes that may still lie there. Recomputing the root from the upper tiles
would not do: it misses a changed tile of the lowest level. A file that does not belong to the log
is a finding too. The files are read one at a time, so that a log of any size fits in memory.

A time that runs back by more than a second between two entries is a *warning*, not a finding: the
entries of one batch are ordered by stream, and clocks are corrected; it proves nothing, but an
auditor wants to see it. A signature line of a key that was not given is a warning as well, because
the format asks verifiers to ignore such lines, and we do not vouch for its bytes.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.domain.errors import LogRefused
from gateway.ledger.checkpoint import Checkpoint, parse_checkpoint
from gateway.ledger.entry import parse_entry, recorded_time
from gateway.ledger.note import Note, VerifierKey, parse_note, parse_verifier, verify_note
from gateway.ledger.tiles import (
    EMPTY_EDGE,
    ENTRIES,
    FRAMED_BYTES,
    TILE_WIDTH,
    Edge,
    LogFile,
    Tile,
    grow,
    parse_path,
    split_bundle,
)
from gateway.ledger.tree import HASH_BYTES

CHECKPOINT_PATH = "checkpoint"
TIME_MAY_RUN_BACK_MS = 1000


class Kind(enum.StrEnum):
    """What can be found; the values are stable and public."""

    CHECKPOINT_MISSING = "checkpoint-missing"
    CHECKPOINT_FORM = "checkpoint-form"
    CHECKPOINT_SIGNATURE = "checkpoint-signature"
    ORIGIN_DIFFERS = "origin-differs"
    ENTRIES_MISSING = "entries-missing"
    ENTRIES_FORM = "entries-form"
    ENTRIES_DIFFER = "entries-differ"
    TILE_MISSING = "tile-missing"
    TILE_DIFFERS = "tile-differs"
    ROOT_DIFFERS = "root-differs"
    FILE_UNEXPECTED = "file-unexpected"
    TIME_RUNS_BACK = "time-runs-back"
    SIGNATURE_UNKNOWN = "signature-unknown"


@dataclass(frozen=True, slots=True)
class LogFinding:
    """One thing found: its kind, the file it was found in, and what is wrong in words."""

    kind: Kind
    path: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict: how far the log could be rebuilt, its recomputed root, and what was found.

    `findings` make the log untrustworthy; `warnings` are for a person to judge.
    """

    origin: str
    size: int
    root: bytes
    files: int
    findings: tuple[LogFinding, ...]
    warnings: tuple[LogFinding, ...]


@dataclass(slots=True)
class _Rebuild:
    """What is known while the entries are read: the edge so far, and what was found."""

    files: Mapping[str, bytes]
    spare: dict[tuple[int, int], list[int]]
    edge: Edge = EMPTY_EDGE
    last_time: int = 0
    seen: set[str] = field(default_factory=set)
    findings: list[LogFinding] = field(default_factory=list)
    warnings: list[LogFinding] = field(default_factory=list)

    def find(self, kind: Kind, path: str, detail: str) -> None:
        self.findings.append(LogFinding(kind, path, detail))


def verify_log(files: Mapping[str, bytes], vkey: str) -> Verification:
    """Check a whole published log against a verifier key.

    `files` gives the content of each file by its path inside the log folder, `/` between folders.
    The claimed size is not trusted: the work is bounded by the files that are there.

    Raises:
        LogRefused: the verifier key itself is not readable. Nothing in the files raises.
    """
    key = parse_verifier(vkey)
    spare, strangers = _sort_paths(files)
    state = _Rebuild(files, spare)
    checkpoint = _read_checkpoint(state, key)
    if checkpoint is not None:
        complete = _rebuild_entries(state, checkpoint.size)
        if complete:
            _compare_partial_files(state)
            _compare_root(state, checkpoint)
            strangers += sorted(state.files.keys() - state.seen - set(strangers))
    for path in strangers:
        state.find(Kind.FILE_UNEXPECTED, path, "This file does not belong to the log.")
    return Verification(
        origin=key.name,
        size=state.edge.size,
        root=state.edge.frontier.root,
        files=len(state.seen),
        findings=tuple(state.findings),
        warnings=tuple(state.warnings),
    )


def _sort_paths(
    files: Mapping[str, bytes],
) -> tuple[dict[tuple[int, int], list[int]], list[str]]:
    """Note which widths of each tile lie there, and which paths can belong to no log."""
    widths: dict[tuple[int, int], list[int]] = {}
    strangers: list[str] = []
    for path in sorted(files):
        if path == CHECKPOINT_PATH:
            continue
        try:
            tile = parse_path(path)
        except LogRefused:
            strangers.append(path)
        else:
            widths.setdefault((tile.level, tile.index), []).append(tile.width)
    return widths, strangers


def _read_checkpoint(state: _Rebuild, key: VerifierKey) -> Checkpoint | None:
    """Read the head of the log; with a bad signature the rest is still worth comparing."""
    data = state.files.get(CHECKPOINT_PATH)
    if data is None:
        state.find(Kind.CHECKPOINT_MISSING, CHECKPOINT_PATH, "There is no checkpoint.")
        return None
    state.seen.add(CHECKPOINT_PATH)
    try:
        note = parse_note(data)
        checkpoint = parse_checkpoint(note.text)
    except LogRefused as refused:
        state.find(Kind.CHECKPOINT_FORM, CHECKPOINT_PATH, refused.detail)
        return None
    if checkpoint.origin != key.name:
        state.find(Kind.ORIGIN_DIFFERS, CHECKPOINT_PATH, "The checkpoint is of another log.")
    _check_signatures(state, note, key)
    return checkpoint


def _check_signatures(state: _Rebuild, note: Note, key: VerifierKey) -> None:
    try:
        verify_note(note, key)
    except LogRefused as refused:
        state.find(Kind.CHECKPOINT_SIGNATURE, CHECKPOINT_PATH, refused.detail)
    if any((s.name, s.key_id) != (key.name, key.key_id) for s in note.signatures):
        state.warnings.append(
            LogFinding(
                Kind.SIGNATURE_UNKNOWN,
                CHECKPOINT_PATH,
                "A signature by a key that was not given is not checked.",
            )
        )


def _rebuild_entries(state: _Rebuild, size: int) -> bool:
    """Read the bundles in order up to the claimed size; False when the tree cannot go on."""
    for bundle in _bundles(size):
        entries = _read_bundle(state, bundle)
        if entries is None:
            return False
        _check_entries(state, bundle, entries)
        growth = grow(state.edge, entries)
        for full in growth.full:
            _compare(state, full)
        state.edge = growth.edge
    return True


def _bundles(size: int) -> Iterator[Tile]:
    full, width = divmod(size, TILE_WIDTH)
    for index in range(full):
        yield Tile(ENTRIES, index, TILE_WIDTH)
    if width:
        yield Tile(ENTRIES, full, width)


def _read_bundle(state: _Rebuild, bundle: Tile) -> tuple[bytes, ...] | None:
    data = state.files.get(bundle.path)
    if data is None:
        state.find(
            Kind.ENTRIES_MISSING, bundle.path, "These entries are missing; later ones not checked."
        )
        return None
    state.seen.add(bundle.path)
    try:
        entries = split_bundle(data)
    except LogRefused as refused:
        state.find(Kind.ENTRIES_FORM, bundle.path, refused.detail)
        return None
    if len(entries) != bundle.width:
        state.find(Kind.ENTRIES_FORM, bundle.path, "The number of entries is not that of the path.")
        return None
    return entries


def _check_entries(state: _Rebuild, bundle: Tile, entries: Sequence[bytes]) -> None:
    for offset, entry in enumerate(entries):
        number = bundle.index * TILE_WIDTH + offset
        try:
            parse_entry(entry)
        except LogRefused as refused:
            state.find(Kind.ENTRIES_FORM, bundle.path, f"Entry {number}: {refused.detail}")
        time = recorded_time(entry)
        if time + TIME_MAY_RUN_BACK_MS < state.last_time:
            back = state.last_time - time
            text = f"Entry {number} was recorded {back} ms before the entry in front of it."
            state.warnings.append(LogFinding(Kind.TIME_RUNS_BACK, bundle.path, text))
        state.last_time = time


def _compare_partial_files(state: _Rebuild) -> None:
    for partial in state.edge.files:
        _compare(state, partial)


def _compare(state: _Rebuild, expected: LogFile) -> None:
    """Compare a file with what the entries give, and narrower ones of earlier sizes as well."""
    tile = expected.tile
    is_bundle = tile.level == ENTRIES
    unit = FRAMED_BYTES if is_bundle else HASH_BYTES
    if tile.path not in state.files:
        state.find(Kind.TILE_MISSING, tile.path, "This tile is missing.")
    for width in state.spare.get((tile.level, tile.index), []):
        if width <= tile.width:
            path = Tile(tile.level, tile.index, width).path
            state.seen.add(path)
            if state.files[path] != expected.content[: width * unit]:
                kind = Kind.ENTRIES_DIFFER if is_bundle else Kind.TILE_DIFFERS
                state.find(kind, path, "The content is not what the entries give.")


def _compare_root(state: _Rebuild, checkpoint: Checkpoint) -> None:
    if state.edge.frontier.root != checkpoint.root:
        state.find(Kind.ROOT_DIFFERS, CHECKPOINT_PATH, "The root is not that of the entries.")
