"""Does the log still say what was written? One pass: every row against its commitment, its own state and the row in
front of it; every stored node and every signed head against the rows under it; every blank event against the one that
says that it was erased.

An event whose state, commitment or columns contradict each other is named by its position. Where all of them agree with
each other, and not with what was signed, the sentence names the positions since the signed head before.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.proof.head import SignedHead
from domain.proof.inclusion import leaf_hash, parent_hash

from .erasing import ERASED, Blanks
from .heads import STORED, all_heads
from .tables import LASTING, leaf_entry, log, tree_node

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys


class _Stated(msgspec.Struct):
    """What a state says that a column says too."""

    originator_id: UUID
    originator_version: int
    occurred_on: date


_HIGHEST = 63
"""No log is so long that a node of this level could lie over it."""
_DECODER = msgspec.json.Decoder(_Stated)


def faults(connection: sa.Connection, keys: "PublicKeys | None" = None) -> Iterator[str]:
    """What is wrong with the log, its tree or its signed heads, a sentence each; nothing, if all is as it was written.

    Without `keys`, nobody's signatures are checked, and a head may be missing.
    """
    yield from _file_faults(connection)
    tree, heads, blanks = _Tree(connection), _Heads(connection, keys), Blanks()
    expected, recorded_at = 1, None
    for row in connection.execute(sa.select(*LASTING, log.c.salt, log.c.state).order_by(log.c.position)):
        *lasting, salt, state = row
        if row.position != expected:
            yield f"Position {expected} is missing: the log goes on with {row.position}."
        if recorded_at is not None and row.recorded_at != recorded_at:
            yield from heads.after_append(expected - 1, "where the moment of recording changes")
            if row.recorded_at < recorded_at:
                yield f"Position {row.position} was recorded before the position in front of it."
        yield from _event_faults(row, salt, state)
        if state is None:
            blanks.blank(row)
        elif row.topic == ERASED:
            yield from blanks.erased(row, state)
        yield from tree.grow(leaf_hash(leaf_entry(lasting)))
        yield from heads.at(tree)
        expected, recorded_at = row.position + 1, row.recorded_at
    if expected > 1:
        yield from heads.after_append(expected - 1, "the end of the log")
    yield from blanks.rest()
    yield from tree.rest()
    yield from heads.rest(expected - 1)


def _file_faults(connection: sa.Connection) -> Iterator[str]:
    """What SQLite finds wrong with its own file: an index that misses rows would make all other checks miss them."""
    if connection.dialect.name == "sqlite":
        messages = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        yield from (f"The database's file is damaged: {message}." for message in messages if message != "ok")


def _event_faults(row: Any, salt: bytes | None, state: bytes | None) -> Iterator[str]:
    if salt is None and state is None:
        return
    if not isinstance(salt, bytes) or not isinstance(state, bytes) or sha256(salt + state).digest() != row.commitment:
        yield f"The event at position {row.position} is not the one that was written."
    elif (row.originator_id, row.originator_version, row.occurred_on) != _stated(state):
        yield f"The columns of the event at position {row.position} do not say what the event says."


def _stated(state: bytes) -> tuple[UUID, int, date] | None:
    try:
        stated = _DECODER.decode(state)
    except msgspec.MsgspecError:
        return None
    return stated.originator_id, stated.originator_version, stated.occurred_on


class _Tree:
    """The tree grown anew, leaf by leaf, against the stored nodes; holds one node a level."""

    def __init__(self, connection: sa.Connection) -> None:
        rows: Any = connection.execute(sa.select(tree_node.c.level, tree_node.c.number, tree_node.c.hash))
        self._stored = {(level, number): node for level, number, node in rows}
        self._left: dict[int, bytes] = {}
        self.size = 0

    def grow(self, node: bytes) -> Iterator[str]:
        level, number = 0, self.size
        self.size += 1
        while True:
            if level >= STORED and self._stored.pop((level, number), None) != node:
                yield _differs(level, number)
            if number % 2 == 0:
                self._left[level] = node
                return
            node = parent_hash(self._left[level], node)
            level, number = level + 1, number // 2

    @property
    def root(self) -> bytes:
        """The hash over all leaves so far: the complete subtrees, one for each bit of the size, from the right."""
        root = b""
        for level in range(self.size.bit_length()):
            if self.size >> level & 1:
                root = parent_hash(self._left[level], root) if root else self._left[level]
        return root

    def rest(self) -> Iterator[str]:
        """Nodes over events that the log does not have."""
        for level, number in sorted(self._stored):
            yield _differs(level, number)


def _differs(level: int, number: int) -> str:
    if not STORED <= level < _HIGHEST:
        return f"The tree has a node of level {level}, which no tree has."
    return f"The tree does not agree with the log over positions {(number << level) + 1} to {(number + 1) << level}."


class _Heads:
    """The signed heads, held against the tree as it grows."""

    def __init__(self, connection: sa.Connection, keys: "PublicKeys | None") -> None:
        self._heads = {one.head.size: one for one in all_heads(connection)}
        self._sizes = frozenset(self._heads)
        self._keys = keys
        self._agreed = 0
        self._differs = False

    def after_append(self, size: int, words: str) -> Iterator[str]:
        """An append seems to have ended at this size: there must be a head."""
        if self._keys is not None and size not in self._sizes:
            yield f"No head was signed at position {size}, {words}."

    def at(self, tree: _Tree) -> Iterator[str]:
        """The head at the tree's size, if there is one; every head after the first that differs differs too."""
        signed = self._heads.pop(tree.size, None)
        if signed is None:
            return
        if faults := list(self._signature_faults(signed)):
            yield from faults
        elif signed.head.root == tree.root:
            self._agreed = tree.size
        elif not self._differs:
            self._differs = True
            yield f"What was signed at position {tree.size} is another log: {self._altered_since(tree.size)}"

    def _altered_since(self, size: int) -> str:
        if size == self._agreed + 1:
            return f"the event at position {size} was altered."
        return f"an event at positions {self._agreed + 1} to {size} was altered, or two changed places."

    def _signature_faults(self, signed: SignedHead) -> Iterator[str]:
        head = signed.head
        if self._keys is None:
            return
        if head.key not in self._keys:
            yield f"The head at position {head.size} was signed by a key that is not this service's, {head.key}."
        elif not self._keys.verifies(head.key, signed.signature, head.text):
            yield f"The signed head at position {head.size} is not the one that was signed."

    def rest(self, size: int) -> Iterator[str]:
        """Heads over events that the log does not have."""
        for beyond in sorted(self._heads):
            yield f"The log ends at position {size}, but a head was signed at position {beyond}."
