"""Tiles: the layout of C2SP tlog-tiles, and one content for one log however it grew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.errors import EvidenceUnavailable, LogRefused
from gateway.ledger.entry import Entry, print_entry
from gateway.ledger.proofs import inclusion_proof, verify_inclusion
from gateway.ledger.tiles import (
    EMPTY_EDGE,
    ENTRIES,
    Edge,
    Tile,
    TileHashes,
    grow,
    parse_path,
    split_bundle,
    tile_root,
    tiles_touched,
)
from gateway.ledger.tree import EMPTY, leaf_hash

MOST = 900


def _entry(number: int) -> bytes:
    return print_entry(Entry(number, number.to_bytes(32, "big"), bytes(32)))


ALL = tuple(_entry(number) for number in range(MOST))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 0, 5), "tile/0/000.p/5"),
        (Tile(1, 999, 256), "tile/1/999"),
        (Tile(0, 1234067, 256), "tile/0/x001/x234/067"),
        (Tile(3, 1000, 255), "tile/3/x001/000.p/255"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_path_is_written_as_tlog_tiles_writes_it(tile, path):
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(ENTRIES, 7), st.integers(0, 10**13), st.integers(1, 256))
def test_every_path_is_read_back(level, index, width):
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "checkpoint",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/00/000",
        "tile/8/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/001/000",
        "tile/0/x001/",
        "tile/entries/000\n",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/../0/000",
        "tile/٠/000",
    ],
)
def test_another_spelling_of_a_path_is_refused(path):
    with pytest.raises(LogRefused):
        parse_path(path)


@settings(deadline=None)
@given(st.integers(0, MOST), st.integers(0, MOST))
def test_a_log_grown_in_two_steps_has_the_files_of_one_grown_in_one(one, two):
    cut, size = sorted((one, two))
    first = grow(EMPTY_EDGE, ALL[:cut])
    second = grow(first.edge, ALL[cut:size])
    once = grow(EMPTY_EDGE, ALL[:size])
    assert second.edge == once.edge
    assert {f.tile: f.content for f in (*first.full, *second.files)} == {
        f.tile: f.content for f in once.files
    }


@settings(deadline=None)
@given(st.integers(0, MOST), st.integers(0, MOST))
def test_the_files_that_growth_writes_are_the_files_it_is_said_to_touch(one, two):
    old, new = sorted((one, two))
    growth = grow(grow(EMPTY_EDGE, ALL[:old]).edge, ALL[old:new])
    touched = {tile.path for tile in tiles_touched(old, new)}
    written = {file.tile.path for file in growth.files}
    # An upper tile that did not grow is at the edge still, with the bytes it already had.
    assert touched <= written
    assert all(parse_path(path).level > 0 for path in written - touched) or old == new


def test_files_touched_from_the_beginning_are_all_files_of_the_log():
    assert {f.tile for f in grow(EMPTY_EDGE, ALL).files} == set(tiles_touched(0, MOST))
    assert tiles_touched(5, 5) == ()


@settings(deadline=None)
@given(st.integers(0, MOST))
def test_the_edge_has_the_frontier_of_the_tree(size):
    edge = grow(EMPTY_EDGE, ALL[:size]).edge
    assert edge.frontier == EMPTY.extended(map(leaf_hash, ALL[:size]))


def test_a_tile_holds_leaf_hashes_and_the_level_above_holds_the_roots_of_full_tiles():
    files = {f.tile.path: f.content for f in grow(EMPTY_EDGE, ALL[:600]).files}
    leaves = b"".join(map(leaf_hash, ALL[:600]))
    assert sorted(files) == [
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ]
    assert files["tile/0/000"] + files["tile/0/001"] + files["tile/0/002.p/88"] == leaves
    assert files["tile/1/000.p/2"] == tile_root(leaves[:8192]) + tile_root(leaves[8192:16384])


def test_a_full_upper_tile_is_carried_to_the_level_above():
    # 65,536 entries fill one tile of level 1; the edge before it stands for the first 65,280.
    row = b"\x07" * 32
    edge = Edge(65_280, b"", (b"", row * 255))
    growth = grow(edge, ALL[:256])
    assert [file.tile.path for file in growth.full] == [
        "tile/entries/255",
        "tile/0/255",
        "tile/1/000",
    ]
    assert growth.edge.tiles == (b"", b"", tile_root(growth.full[-1].content))
    assert [file.tile.path for file in growth.edge.files] == ["tile/2/000.p/1"]


def test_a_bundle_is_each_entry_after_its_length():
    bundle = grow(EMPTY_EDGE, ALL[:3]).edge.bundle
    assert bundle == b"".join(b"\x00\x49" + entry for entry in ALL[:3])
    assert split_bundle(bundle) == ALL[:3]
    assert split_bundle(b"") == ()


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        b"\x00\x49" + ALL[0][:-1],
        b"\x00\x49" + ALL[0] + b"\x00",
        b"\x00\x48" + ALL[0],
        b"\x49\x00" + ALL[0],
    ],
)
def test_a_bundle_that_is_not_a_row_of_entries_is_refused(data):
    with pytest.raises(LogRefused):
        split_bundle(data)


def test_only_printed_entries_are_appended():
    with pytest.raises(EvidenceUnavailable):
        grow(EMPTY_EDGE, (ALL[0], ALL[1][:-1]))


@pytest.mark.parametrize(
    ("size", "bundle", "tiles"),
    [
        (1, b"", (bytes(32),)),
        (1, bytes(75), ()),
        (256, b"", (b"",)),
        (0, b"", (bytes(32),)),
        (-1, b"", ()),
    ],
)
def test_an_edge_that_does_not_fit_its_size_is_refused(size, bundle, tiles):
    with pytest.raises(LogRefused):
        Edge(size, bundle, tiles)


def _reader(size: int) -> TileHashes:
    files = {f.tile: f.content for f in grow(EMPTY_EDGE, ALL[:size]).files}
    return TileHashes(size, files.__getitem__)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, MOST), st.data())
def test_proofs_are_made_from_published_tiles(size, data):
    index = data.draw(st.integers(0, size - 1))
    root = grow(EMPTY_EDGE, ALL[:size]).edge.frontier.root
    proof = inclusion_proof(index, size, _reader(size))
    verify_inclusion(leaf_hash(ALL[index]), index, size, proof, root)


def test_a_subtree_that_is_not_complete_has_no_hash():
    with pytest.raises(LogRefused):
        _reader(600)(8, 2)


def test_a_tile_that_is_too_short_is_refused():
    with pytest.raises(LogRefused):
        TileHashes(600, lambda _: b"")(0, 1)
