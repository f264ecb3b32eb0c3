"""Proofs of RFC 9162: that a leaf is in a tree (2.1.3.1), that a tree is the beginning of another (2.1.4.1).

The prover's side; `domain.proof.merkle` verifies, and shares nothing with it. A tree is given by the hash over any of
its parts: that of the log from its stored nodes (`domain.log.heads`), a small one from its leaves.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from .merkle import EMPTY

Part = Callable[[int, int], bytes]
"""The hash over the leaves low <= index < high, of which there is one at least."""


def tree_of(leaves: Sequence[bytes]) -> Part:
    """The tree over these leaf hashes."""
    return lambda low, high: fold(leaves[low:high])


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes; also where there is none."""
    return fold(leaves) if leaves else EMPTY


def inclusion(part: Part, index: int, size: int) -> list[bytes]:
    """That the leaf at `index` is in the tree of `size` leaves: its siblings, from the leaf upwards."""
    return _inclusion(part, index, 0, size)


def _inclusion(part: Part, index: int, low: int, high: int) -> list[bytes]:
    if high - low == 1:
        return []
    middle = split(low, high)
    if index < middle:
        return [*_inclusion(part, index, low, middle), part(middle, high)]
    return [*_inclusion(part, index, middle, high), part(low, middle)]


def consistency(part: Part, old: int, new: int) -> list[bytes]:
    """That the tree of `old` leaves begins the tree of `new` leaves; 0 < old <= new."""
    return _consistency(part, old, 0, new, known=True)


def _consistency(part: Part, old: int, low: int, high: int, *, known: bool) -> list[bytes]:
    """`known`: whoever verifies has the hash over this part already, since it is the old tree's own root."""
    if old == high:
        return [] if known else [part(low, high)]
    middle = split(low, high)
    if old <= middle:
        return [*_consistency(part, old, low, middle, known=known), part(middle, high)]
    return [*_consistency(part, old, middle, high, known=False), part(low, middle)]


def leaf_hash(entry: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def parent_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def split(low: int, high: int) -> int:
    """Where RFC 9162 parts a range: after the largest power of two that is smaller than it."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over these leaves, of which there is one at least."""
    if len(hashes) == 1:
        return hashes[0]
    middle = split(0, len(hashes))
    return parent_hash(fold(hashes[:middle]), fold(hashes[middle:]))
