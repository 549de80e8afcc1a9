"""Inclusion and consistency proofs: made from stored hashes, checked from nothing but themselves.

Making and checking are written separately on purpose. `inclusion_proof` and `consistency_proof`
follow the recursive definition of RFC 6962 §2.1.1-2.1.2; `verify_inclusion` and
`verify_consistency` follow the step-by-step algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2. An error
in one is then not repeated in the other.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from gateway.domain.errors import LogRefused
from gateway.ledger.tree import EMPTY_ROOT, HASH_BYTES, node_hash

HashAt: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of the perfect subtree at (level, index); level 0 holds the leaf hashes."""


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> tuple[bytes, ...]:
    """Prove that leaf `index` is in the tree of `size` leaves: siblings from the leaf upwards.

    Raises:
        LogRefused: there is no such leaf.
    """
    if not 0 <= index < size:
        raise LogRefused("The tree has no such leaf.")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _widest_left(end - start)
        if index < middle:
            proof.append(_range_hash(middle, end, hash_at))
            end = middle
        else:
            proof.append(_range_hash(start, middle, hash_at))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old_size: int, new_size: int, hash_at: HashAt) -> tuple[bytes, ...]:
    """Prove that the tree of `old_size` leaves is the beginning of the tree of `new_size` leaves.

    Raises:
        LogRefused: the old tree is larger than the new one.
    """
    if not 0 <= old_size <= new_size:
        raise LogRefused("The old tree is larger than the new one.")
    if old_size in (0, new_size):
        return ()
    proof: list[bytes] = []
    start, end, whole = 0, new_size, True
    while old_size != end:
        middle = start + _widest_left(end - start)
        if old_size <= middle:
            proof.append(_range_hash(middle, end, hash_at))
            end = middle
        else:
            proof.append(_range_hash(start, middle, hash_at))
            start, whole = middle, False
    if not whole:
        proof.append(_range_hash(start, end, hash_at))
    return tuple(reversed(proof))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check an inclusion proof (RFC 9162 §2.1.3.2).

    Raises:
        LogRefused: the proof does not lead from this leaf at this index to this root.
    """
    if not 0 <= index < size:
        raise LogRefused("The tree has no such leaf.")
    _check_lengths((leaf, root, *proof))
    fn, sn, found = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            raise LogRefused("The inclusion proof is too long.")
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or found != root:
        raise LogRefused("The inclusion proof does not lead to the root.")


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check a consistency proof (RFC 9162 §2.1.4.2); an empty old tree is the start of every tree.

    Raises:
        LogRefused: the new tree is not a continuation of the old one.
    """
    if not 0 <= old_size <= new_size:
        raise LogRefused("The old tree is larger than the new one.")
    _check_lengths((old_root, new_root, *proof))
    if old_size in (0, new_size):
        _verify_trivial(old_size, new_size, old_root, new_root, proof)
        return
    # A power of two is a perfect subtree of the new tree: its root is the first step itself.
    steps = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not steps:
        raise LogRefused("The consistency proof is too short.")
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    if _fold_consistency(fn, sn, steps) != (old_root, new_root):
        raise LogRefused("The two trees are not consistent.")


def _fold_consistency(fn: int, sn: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the two roots the steps lead to (RFC 9162 §2.1.4.2, steps 5 and 6)."""
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if sn == 0:
            raise LogRefused("The consistency proof is too long.")
        if fn & 1 or fn == sn:
            old_found, new_found = node_hash(step, old_found), node_hash(step, new_found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_found = node_hash(new_found, step)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise LogRefused("The consistency proof is too short.")
    return old_found, new_found


def _verify_trivial(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise LogRefused("The consistency proof is too long.")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise LogRefused("The root of an empty tree is wrong.")
    if old_size == new_size and old_root != new_root:
        raise LogRefused("The two trees are not consistent.")


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(item) != HASH_BYTES for item in hashes):
        raise LogRefused("A hash is not 32 bytes.")


def _widest_left(width: int) -> int:
    """Return the largest power of two smaller than the width: where RFC 6962 splits a tree."""
    return 1 << ((width - 1).bit_length() - 1)


def _range_hash(start: int, end: int, hash_at: HashAt) -> bytes:
    """Hash the leaves [start, end), where start is a split point of the tree above them."""
    peaks: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(hash_at(level, start >> level))
        start += 1 << level
    found = peaks.pop()
    while peaks:
        found = node_hash(peaks.pop(), found)
    return found
