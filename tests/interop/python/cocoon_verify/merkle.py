"""The tree of the receipt log and its proofs (spec 7.1 and 7.2, RFC 6962 and RFC 9162 section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence

from .octets import NUMBER_MAX, sha256
from .refused import Refused, require

PROOF_MAX = 54


def leaf_hash(entry: bytes) -> bytes:
    """7.1.1."""
    return sha256(b"\x00", entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """7.1.1."""
    return sha256(b"\x01", left, right)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, by the definition of RFC 9162 section 2.1.1."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def _well_formed(proof: Sequence[bytes], code: str) -> None:
    require(len(proof) <= PROOF_MAX and all(len(step) == 32 for step in proof), code, "shape of the proof")


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a proof leads to, RFC 9162 section 2.1.3.2; refused with inclusion_invalid."""
    code = "inclusion_invalid"
    _well_formed(proof, code)
    require(0 <= index < size <= NUMBER_MAX, code, "index outside the tree")
    first, last, running = index, size - 1, leaf
    for step in proof:
        require(last != 0, code, "a hash is left over")
        if first & 1 or first == last:
            running = node_hash(step, running)
            while first != 0 and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            running = node_hash(running, step)
        first, last = first >> 1, last >> 1
    require(last == 0, code, "a hash is missing")
    return running


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """7.2.1; refused with inclusion_invalid."""
    reached = root_from_inclusion(leaf, index, size, proof)
    require(reached == root, "inclusion_invalid", "the leaf does not lead to the root")


def check_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> None:
    """RFC 9162 section 2.1.4.2 with 7.2.2; refused with checkpoint_inconsistent."""
    code = "checkpoint_inconsistent"
    _well_formed(proof, code)
    require(0 < first <= second <= NUMBER_MAX, code, "sizes")
    if first == second:
        require(not proof and first_root == second_root, code, "two roots of one size")
        return
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        raise Refused(code, "empty proof")
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        require(last != 0, code, "a hash is left over")
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while node != 0 and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    require(last == 0 and old == first_root and new == second_root, code, "the roots are not reached")


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH of RFC 9162 section 2.1.3.1, over all leaves."""
    if len(leaves) <= 1:
        return []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """PROOF of RFC 9162 section 2.1.4.1 from the first so many leaves to all."""
    return _subproof(leaves, first, True)


def _subproof(leaves: Sequence[bytes], first: int, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if first <= split:
        return [*_subproof(leaves[:split], first, whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], first - split, False), root_of(leaves[:split])]
