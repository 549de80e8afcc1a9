"""The tree, held against published vectors and against the definition itself."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import LogRefused
from gateway.ledger.tree import (
    EMPTY,
    EMPTY_ROOT,
    Frontier,
    leaf_hash,
    node_hash,
    parse_frontier,
    print_frontier,
    split_hashes,
)

# The inputs and roots that certificate-transparency tests its trees with.
INPUTS = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

leaves_of = st.integers(0, 300).map(lambda n: tuple(sha256(b"%d" % i).digest() for i in range(n)))


def _definition(leaves: tuple[bytes, ...]) -> bytes:
    """Compute the root exactly as RFC 6962 §2.1 words it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + _definition(leaves[:k]) + _definition(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    frontier = EMPTY.extended(leaf_hash(data) for data in INPUTS[:size])
    assert frontier.root.hex() == ROOTS[size - 1]


def test_the_root_of_an_empty_tree_is_the_hash_of_nothing():
    assert EMPTY.root == EMPTY_ROOT == sha256(b"").digest()


@given(leaves_of)
def test_the_frontier_gives_the_root_of_the_definition(leaves):
    assert EMPTY.extended(leaves).root == _definition(leaves)


@given(leaves_of, st.data())
def test_a_tree_grown_in_two_steps_is_the_tree_grown_in_one(leaves, data):
    cut = data.draw(st.integers(0, len(leaves)))
    assert EMPTY.extended(leaves[:cut]).extended(leaves[cut:]) == EMPTY.extended(leaves)


@given(leaves_of)
def test_a_frontier_is_read_back_as_it_was_written(leaves):
    frontier = EMPTY.extended(leaves)
    assert parse_frontier(frontier.size, print_frontier(frontier)) == frontier


@pytest.mark.parametrize(("size", "length"), [(0, 32), (1, 0), (3, 32), (3, 65), (4, 64)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size, length):
    with pytest.raises(LogRefused):
        parse_frontier(size, bytes(length))


def test_peaks_must_be_hashes_and_fit_the_size():
    for size, peaks in ((1, (b"short",)), (-1, (b"\x00" * 32,)), (2**63, (b"\x00" * 32,))):
        with pytest.raises(LogRefused):
            Frontier(size, peaks)


def test_a_row_of_hashes_is_cut_or_refused():
    assert split_hashes(b"a" * 32 + b"b" * 32) == (b"a" * 32, b"b" * 32)
    with pytest.raises(LogRefused):
        split_hashes(b"a" * 33)


def test_a_leaf_never_passes_for_a_node():
    left, right = b"l" * 32, b"r" * 32
    assert leaf_hash(left + right) != node_hash(left, right)
