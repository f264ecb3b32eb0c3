"""The Merkle tree of RFC 9162 over the log, and its head after each append, signed in the same transaction: what a
certificate names, and what an altered log is held against.

Stored are the complete nodes of level 8 and above: a row for 256 events, and their parents. What lies below is
hashed again from the log, 255 rows at most, which costs less than storing and reading a node for each event.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.errors import LogCorrupt
from domain.proof.head import Head, SignedHead, TrailHead
from domain.proof.inclusion import Part, fold, leaf_hash, parent_hash, split

from .database import Instant, insert_many, stored_bytes
from .guards import only_grows
from .reading import Recorded
from .tables import Position, leaf_entries, metadata, tree_node

if TYPE_CHECKING:
    from domain.proof.signing import Signer

STORED = 8
"""The lowest level of which the nodes are stored; 2**8 leaves lie under one."""

_Node = tuple[int, int]
"""Where a node is: its level, and its number on that."""


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
            row.insert(0, _all_stored(connection, [(level, first)])[level, first])
        row = [parent_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        first, level = first // 2, level + 1
    insert_many(connection, tree_node, nodes)


def log_tree(connection: sa.Connection) -> Part:
    """The tree over the log, to make proofs from."""
    return partial(subtree, connection)


def subtree(connection: sa.Connection, low: int, high: int) -> bytes:
    """The hash over the leaves low <= index < high (one at least); from 0 to n it is the root at size n."""
    return _hash_over(connection, low, high, _all_stored(connection, list(_complete(low, high))))


def _hash_over(connection: sa.Connection, low: int, high: int, stored: Mapping[_Node, bytes]) -> bytes:
    count, node = high - low, _node_over(low, high)
    if node is not None:
        return stored[node]
    if count <= 1 << STORED:
        return fold([leaf_hash(entry) for entry in leaf_entries(connection, low, high)])
    middle = split(low, high)
    return parent_hash(_hash_over(connection, low, middle, stored), _hash_over(connection, middle, high, stored))


def _complete(low: int, high: int) -> Iterator[_Node]:
    """The stored nodes of which the hash over these leaves is made."""
    node = _node_over(low, high)
    if node is not None:
        yield node
    elif high - low > 1 << STORED:
        middle = split(low, high)
        yield from _complete(low, middle)
        yield from _complete(middle, high)


def _node_over(low: int, high: int) -> _Node | None:
    """The stored node over just these leaves, if there is one."""
    level = (high - low - 1).bit_length()
    return (level, low >> level) if level >= STORED and high - low == 1 << level else None


def _all_stored(connection: sa.Connection, nodes: Sequence[_Node]) -> dict[_Node, bytes]:
    """These nodes, asked for in one statement: there is one a level at most on each side."""
    if not nodes:
        return {}
    t = tree_node.c
    query = sa.select(t.level, t.number, t.hash).where(sa.tuple_(t.level, t.number).in_(nodes))
    found = {(level, number): bytes(node) for level, number, node in connection.execute(query)}
    for level, number in nodes:
        if (level, number) not in found:
            raise LogCorrupt(
                f"The tree over the log lacks the node over positions {(number << level) + 1} to {number + 1 << level}."
                " Restore the database from a backup."
            )
    return found


signed_head = sa.Table(
    "signed_head",
    metadata,
    sa.Column("size", Position, primary_key=True, autoincrement=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("trail_size", Position),
    sa.Column("trail_hash", sa.LargeBinary),
)
"""`size` is the position of the last event of an append, `key` the name of the key that signed. `trail_size` and
`trail_hash` are how long the trail of access was then, and its newest hash; null in heads of the first version."""
only_grows(signed_head)

Trail = Callable[[], TrailHead | None]
"""How far the trail of access has come now; None where there is none."""


def signing(signer: "Signer", trail: Trail = lambda: None) -> Callable[[sa.Connection, Sequence[Recorded]], None]:
    """The projection for `Register` that signs the head after each append."""

    def project(connection: sa.Connection, recorded: Sequence[Recorded]) -> None:
        if recorded:
            last = recorded[-1]
            signed = sign_head(signer, connection, last.position, last.recorded_at, trail())
            connection.execute(signed_head.insert().values(head_row(signed)))

    return project


def sign_head(
    signer: "Signer", connection: sa.Connection, size: int, recorded_at: datetime, trail: TrailHead | None
) -> SignedHead:
    """The head over the log's first `size` events, and over the trail of access as it is now."""
    head = Head(size, subtree(connection, 0, size), recorded_at, signer.name, trail)
    return SignedHead(head, signer.sign(head.text))


def head_row(signed: SignedHead) -> dict[str, object]:
    """A signed head as it is stored."""
    head = signed.head
    return {
        "size": head.size,
        "root": head.root,
        "recorded_at": head.recorded_at,
        "key": head.key,
        "signature": signed.signature,
        "trail_size": head.trail and head.trail.size,
        "trail_hash": head.trail and head.trail.hash,
    }


def head_at(connection: sa.Connection, size: int) -> SignedHead:
    """The signed head over the log's first `size` events.

    Raises:
        LogCorrupt: there is none; the log did not end there, or was written without a key.
    """
    row = connection.execute(_query().where(signed_head.c.size == size)).one_or_none()
    if row is None:
        raise LogCorrupt(f"There is no signed head at position {size} of the log. Run 'recount verify'.")
    return head_of_row(row)


def newest_head(connection: sa.Connection) -> SignedHead | None:
    """The signed head of the whole log; None while nothing is in it."""
    row = connection.execute(_query().order_by(signed_head.c.size.desc()).limit(1)).one_or_none()
    return None if row is None else head_of_row(row)


def all_heads(connection: sa.Connection) -> list[SignedHead]:
    """Every signed head, the oldest first."""
    return [head_of_row(row) for row in connection.execute(_query().order_by(signed_head.c.size))]


def _query() -> sa.Select[Any]:
    return sa.select(signed_head)


def head_of_row(row: Any) -> SignedHead:
    """What `head_row` stored."""
    trail = None if row.trail_size is None else TrailHead(row.trail_size, stored_bytes(row.trail_hash or b""))
    return SignedHead(
        Head(row.size, stored_bytes(row.root), row.recorded_at, row.key, trail), stored_bytes(row.signature)
    )
