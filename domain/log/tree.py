"""The Merkle tree of RFC 9162 over the log.

Stored are the complete nodes of level 8 and above: a row for 256 events, and their parents. What lies below is
hashed again from the log, 255 rows at most, which costs less than storing and reading a node for each event.
"""

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from domain.errors import LogCorrupt
from domain.proof.inclusion import Part, fold, leaf_hash, parent_hash, split

from .database import insert_many
from .tables import leaf_entries, tree_node

STORED = 8
"""The lowest level of which the nodes are stored; 2**8 leaves lie under one."""


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


def log_tree(connection: sa.Connection) -> Part:
    """The tree over the log, to make proofs from."""
    return partial(subtree, connection)


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


def _stored(connection: sa.Connection, level: int, number: int) -> bytes:
    query = sa.select(tree_node.c.hash).where(tree_node.c.level == level, tree_node.c.number == number)
    node = connection.execute(query).scalar_one_or_none()
    if node is None:
        raise LogCorrupt(
            f"The tree over the log lacks the node over positions {(number << level) + 1} to {number + 1 << level}. "
            "Restore the database from a backup."
        )
    return bytes(node)
