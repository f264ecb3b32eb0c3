"""Does the log still say what was written? Every row against its commitment, every stored node against its rows."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from .tables import LASTING, leaf_entry, log, tree_node
from .tree import STORED, leaf_hash, parent_hash


def faults(connection: sa.Connection) -> Iterator[str]:
    """What is wrong with the log or its tree, a sentence each; nothing, if all is as it was written."""
    tree = _Tree(connection)
    expected, recorded_at = 1, None
    for row in connection.execute(sa.select(*LASTING, log.c.salt, log.c.state).order_by(log.c.position)):
        *lasting, salt, state = row
        if row.position != expected:
            yield f"Position {expected} is missing: the log goes on with {row.position}."
        if recorded_at is not None and row.recorded_at < recorded_at:
            yield f"Position {row.position} was recorded before the position in front of it."
        if (salt is None) != (state is None) or (state is not None and sha256(salt + state).digest() != row.commitment):
            yield f"The event at position {row.position} is not the one that was written."
        yield from tree.grow(leaf_hash(leaf_entry(lasting)))
        expected, recorded_at = row.position + 1, row.recorded_at
    yield from tree.rest()


class _Tree:
    """The tree grown anew, leaf by leaf, against the stored nodes; holds one node a level."""

    def __init__(self, connection: sa.Connection) -> None:
        rows: Any = connection.execute(sa.select(tree_node.c.level, tree_node.c.number, tree_node.c.hash))
        self._stored = {(level, number): node for level, number, node in rows}
        self._left: dict[int, bytes] = {}
        self._size = 0

    def grow(self, node: bytes) -> Iterator[str]:
        level, number = 0, self._size
        self._size += 1
        while True:
            if level >= STORED and self._stored.pop((level, number), None) != node:
                yield _differs(level, number)
            if number % 2 == 0:
                self._left[level] = node
                return
            node = parent_hash(self._left[level], node)
            level, number = level + 1, number // 2

    def rest(self) -> Iterator[str]:
        """Nodes over events that the log does not have."""
        for level, number in sorted(self._stored):
            yield _differs(level, number)


def _differs(level: int, number: int) -> str:
    return f"The tree does not agree with the log over positions {(number << level) + 1} to {(number + 1) << level}."
