"""Proofs of RFC 9162: made by one piece of code and verified by another, at every size and after every change."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.proof.inclusion import consistency, inclusion, root_of, tree_of
from domain.proof.merkle import EMPTY, begins, includes, leaf


def leaves(size: int) -> list[bytes]:
    return [leaf(str(index).encode()) for index in range(size)]


ALL = leaves(70)
ROOTS = [root_of(ALL[:size]) for size in range(len(ALL) + 1)]


def test_the_root_of_nothing_is_that_of_the_rfc() -> None:
    assert ROOTS[0] == EMPTY == sha256(b"").digest()


def test_roots_known_from_certificate_transparency() -> None:
    """The test vectors that implementations of RFC 6962 and 9162 share."""
    entries = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    hashes = [leaf(entry) for entry in entries]
    assert root_of(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(hashes[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert root_of(hashes[:5]).hex() == "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"


def test_every_leaf_of_every_small_tree_is_proved() -> None:
    for size in range(1, 40):
        part = tree_of(ALL[:size])
        for index in range(size):
            path = inclusion(part, index, size)
            assert includes(ROOTS[size], size, index, ALL[index], path)
            assert not includes(ROOTS[size], size, index, ALL[index + 1], path)
            assert not includes(ROOTS[size], size, size, ALL[index], path)
            assert not includes(ROOTS[size], size, index, ALL[index], [*path, EMPTY])
            if path:
                assert not includes(ROOTS[size], size, index, ALL[index], path[:-1])


def test_every_small_tree_begins_every_later_one() -> None:
    for new in range(1, 40):
        part = tree_of(ALL[:new])
        for old in range(1, new + 1):
            path = consistency(part, old, new)
            assert begins(ROOTS[old], old, ROOTS[new], new, path)
            assert not begins(ROOTS[old - 1], old, ROOTS[new], new, path)
            assert not begins(ROOTS[old], old, ROOTS[new + 1], new, path)
            assert not begins(ROOTS[old], old, ROOTS[new], new, [*path, EMPTY])
            if path:
                assert not begins(ROOTS[old], old, ROOTS[new], new, path[:-1])


def test_nothing_begins_with_nothing_or_with_more() -> None:
    assert not begins(EMPTY, 0, ROOTS[5], 5, [])
    assert not begins(ROOTS[6], 6, ROOTS[5], 5, consistency(tree_of(ALL[:6]), 5, 6))
    assert not begins(ROOTS[3], 3, ROOTS[5], 5, [])
    assert not begins(ROOTS[4], 4, ROOTS[5], 5, [])


SIZES = st.integers(1, len(ALL)).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new)))


@given(sizes=SIZES, where=st.integers(0, 10**6), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_a_proof_with_one_bit_changed_does_not_hold(sizes: tuple[int, int], where: int, bit: int) -> None:
    old, new = sizes
    part = tree_of(ALL[:new])
    in_tree, of_trees = inclusion(part, old - 1, new), consistency(part, old, new)
    for path, holds in (
        (in_tree, lambda p: includes(ROOTS[new], new, old - 1, ALL[old - 1], p)),
        (of_trees, lambda p: begins(ROOTS[old], old, ROOTS[new], new, p)),
    ):
        assert holds(path)
        if path:
            number, byte = where % len(path), where % 32
            changed = bytearray(path[number])
            changed[byte] ^= 1 << bit
            assert not holds([*path[:number], bytes(changed), *path[number + 1 :]])


@given(sizes=SIZES, other=st.integers(1, len(ALL)), index=st.integers(0, len(ALL)))
@settings(max_examples=200, deadline=None)
def test_a_proof_holds_of_its_own_trees_alone(sizes: tuple[int, int], other: int, index: int) -> None:
    """Another old root, another new root, another index or leaf: the sizes themselves are in the signed heads."""
    old, new = sizes
    path = consistency(tree_of(ALL[:new]), old, new)
    assert begins(ROOTS[other], old, ROOTS[new], new, path) == (other == old)
    assert begins(ROOTS[old], old, ROOTS[other], new, path) == (other == new)
    if index < new:
        within = inclusion(tree_of(ALL[:new]), index, new)
        for place in range(new):
            assert includes(ROOTS[new], new, index, ALL[place], within) == (place == index)
            assert includes(ROOTS[new], new, place, ALL[index], within) == (place == index)
