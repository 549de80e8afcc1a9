"""Proofs: published vectors, every small tree, and no proof for what is not so."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import LogRefused
from gateway.ledger.proofs import (
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from gateway.ledger.tree import EMPTY, EMPTY_ROOT, leaf_hash, node_hash

MOST = 40
WIDE = 1000

# certificate-transparency, merkle tree tests: (leaf index, size) and (old size, new size), with
# the inputs of test_tree.
_INPUTS = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
_G = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
_H = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
_I = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = {(0, 8): (_A, _B, _C), (5, 8): (_D, _E, _F), (2, 3): (_G,), (1, 5): (_H, _B, _D)}
CONSISTENCY = {(1, 1): (), (1, 8): (_A, _B, _C), (6, 8): (_I, _E, _F), (2, 5): (_B, _D)}


def _leaf(index: int) -> bytes:
    return sha256(b"%d" % index).digest()


@cache
def hash_at(level: int, index: int) -> bytes:
    if level == 0:
        return _leaf(index)
    return node_hash(hash_at(level - 1, 2 * index), hash_at(level - 1, 2 * index + 1))


def vector_hash_at(level: int, index: int) -> bytes:
    if level == 0:
        return leaf_hash(bytes.fromhex(_INPUTS[index]))
    return node_hash(vector_hash_at(level - 1, 2 * index), vector_hash_at(level - 1, 2 * index + 1))


@cache
def root(size: int) -> bytes:
    return EMPTY.extended(_leaf(i) for i in range(size)).root


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index, size):
    proof = inclusion_proof(index, size, vector_hash_at)
    assert tuple(step.hex() for step in proof) == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old, new):
    proof = consistency_proof(old, new, vector_hash_at)
    assert tuple(step.hex() for step in proof) == CONSISTENCY[old, new]


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_leaf_of_a_small_tree_is_proved_at_its_own_index_only(size):
    for index in range(size):
        proof = inclusion_proof(index, size, hash_at)
        for claimed in range(size):
            if claimed == index:
                verify_inclusion(_leaf(index), claimed, size, proof, root(size))
            else:
                _refused(_leaf(index), claimed, size, proof, root(size))


@pytest.mark.parametrize("new", range(MOST))
def test_every_earlier_tree_is_proved_to_be_the_beginning(new):
    for old in range(new + 1):
        proof = consistency_proof(old, new, hash_at)
        verify_consistency(old, new, root(old), root(new), proof)
        if proof:
            for changed in _changes(proof):
                _inconsistent(old, new, root(old), root(new), changed)
            _inconsistent(old, new, root(old + 1), root(new), proof)
            _inconsistent(old, new, root(old), root(new + 1), proof)


@given(st.integers(1, WIDE), st.data())
def test_an_inclusion_proof_of_a_wide_tree_verifies_and_a_changed_one_does_not(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, hash_at)
    assert len(proof) <= (size - 1).bit_length()
    verify_inclusion(_leaf(index), index, size, proof, root(size))
    _refused(_leaf(index + 1), index, size, proof, root(size))
    _refused(_leaf(index), index, size, proof, root(size + 1))
    for changed in _changes(proof):
        _refused(_leaf(index), index, size, changed, root(size))


@given(st.integers(1, WIDE), st.data())
def test_a_consistency_proof_of_a_wide_tree_verifies(new, data):
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(old, new, hash_at)
    assert len(proof) <= (new - 1).bit_length() + 1
    verify_consistency(old, new, root(old), root(new), proof)


@given(
    st.integers(-1, 20),
    st.integers(-1, 20),
    st.lists(st.binary(min_size=32, max_size=32), max_size=6),
    st.binary(min_size=32, max_size=32),
)
def test_invented_proofs_are_refused_and_never_crash(one, two, proof, other):
    _refused(other, one, two, tuple(proof), root(5))
    if one < two and one != 0:
        _inconsistent(one, two, other, root(5), tuple(proof))


def test_a_leaf_or_tree_that_is_not_there_has_no_proof():
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(LogRefused):
            inclusion_proof(index, size, hash_at)
    for old, new in ((6, 5), (-1, 5)):
        with pytest.raises(LogRefused):
            consistency_proof(old, new, hash_at)


def test_the_trivial_consistency_proofs_are_empty_and_still_bound():
    verify_consistency(0, 7, EMPTY_ROOT, root(7), ())
    verify_consistency(7, 7, root(7), root(7), ())
    _inconsistent(0, 7, root(7), root(7), ())
    _inconsistent(0, 7, EMPTY_ROOT, root(7), (root(1),))
    _inconsistent(7, 7, root(7), root(6), ())
    _inconsistent(7, 6, root(7), root(6), ())
    _inconsistent(3, 7, root(3), root(7), ())
    _inconsistent(4, 7, root(4), root(7), ())


def test_a_hash_of_another_length_is_refused():
    proof = inclusion_proof(1, 4, hash_at)
    _refused(_leaf(1), 1, 4, (proof[0] + b"\x00", proof[1]), root(4))
    _inconsistent(1, 4, root(1)[:31], root(4), consistency_proof(1, 4, hash_at))


def _changes(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    flipped = [
        (*proof[:at], bytes([step[0] ^ 1]) + step[1:], *proof[at + 1 :])
        for at, step in enumerate(proof)
    ]
    return [*flipped, proof[:-1], (*proof, proof[0])] if proof else []


def _refused(leaf: bytes, index: int, size: int, proof: tuple[bytes, ...], of_root: bytes) -> None:
    with pytest.raises(LogRefused):
        verify_inclusion(leaf, index, size, proof, of_root)


def _inconsistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: tuple[bytes, ...]
) -> None:
    with pytest.raises(LogRefused):
        verify_consistency(old, new, old_root, new_root, proof)
