"""The Merkle tree of RFC 9162 over the log.

Stored are the complete nodes of level 8 and above: a row for 256 events, and their parents. What lies below is
hashed again from the log, 255 rows at most, which costs less than storing and reading a node for each event.
"""

from collections.abc import Sequence
from hashlib import sha256

import sqlalchemy as sa

from domain.errors import LogCorrupt

from .database import insert_many
from .tables import leaf_entries, tree_node

STORED = 8
"""The lowest level of which the nodes are stored; 2**8 leaves lie under one."""


def leaf_hash(entry: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def parent_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def grow(connection: sa.Connection, size: int, leaves: Sequence[bytes]) -> None:
    """Append leaf hashes to the tree that has `size` leaves; the log does not have them yet."""
    first, level = size >> STORED << STORED, 0
    row = [leaf_hash(entry) for entry in leaf_entries(connection, first, size)] + list(leaves)
    nodes: list[tuple[int, int, bytes]] = []
    while row:
        if level >= STORED:
            nodes += [(level, number, node) for number, node in enumerate(row, first)]
        if first % 2:
            first -= 1
            row.insert(0, _stored(connection, level, first))
        row = [parent_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        first, level = first // 2, level + 1
    insert_many(connection, tree_node, nodes)


def subtree(connection: sa.Connection, low: int, high: int) -> bytes:
    """The hash over the leaves low <= index < high (one at least); from 0 to n it is the root at size n."""
    count = high - low
    level = (count - 1).bit_length()
    if level >= STORED and count == 1 << level:
        return _stored(connection, level, low >> level)
    if count <= 1 << STORED:
        return fold([leaf_hash(entry) for entry in leaf_entries(connection, low, high)])
    middle = split(low, high)
    return parent_hash(subtree(connection, low, middle), subtree(connection, middle, high))


def split(low: int, high: int) -> int:
    """Where RFC 9162 parts a range: after the largest power of two that is smaller than it."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over these leaves, of which there is one at least."""
    if len(hashes) == 1:
        return hashes[0]
    middle = split(0, len(hashes))
    return parent_hash(fold(hashes[:middle]), fold(hashes[middle:]))


def _stored(connection: sa.Connection, level: int, number: int) -> bytes:
    query = sa.select(tree_node.c.hash).where(tree_node.c.level == level, tree_node.c.number == number)
    node = connection.execute(query).scalar_one_or_none()
    if node is None:
        raise LogCorrupt(
            f"The tree over the log lacks the node over positions {(number << level) + 1} to {number + 1 << level}. "
            "Restore the database from a backup."
        )
    return bytes(node)
