"""The head of the tree after each append, signed in the same transaction: what a certificate names, and what an altered
log is held against.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.errors import LogCorrupt
from domain.proof.head import Head, SignedHead

from . import tree
from .database import Instant
from .reading import Recorded
from .tables import Position, metadata, only_grows

if TYPE_CHECKING:
    from domain.proof.signing import Signer

signed_head = sa.Table(
    "signed_head",
    metadata,
    sa.Column("size", Position, primary_key=True, autoincrement=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)
"""`size` is the position of the last event of an append, `key` the name of the key that signed."""
only_grows(signed_head)


def signing(signer: "Signer") -> Callable[[sa.Connection, Sequence[Recorded]], None]:
    """The projection for `Register` that signs the head after each append."""

    def project(connection: sa.Connection, recorded: Sequence[Recorded]) -> None:
        if recorded:
            last = recorded[-1]
            row = _signed(signer, connection, last.position, last.recorded_at)
            connection.execute(signed_head.insert().values(row))

    return project


def _signed(signer: "Signer", connection: sa.Connection, size: int, recorded_at: datetime) -> dict[str, object]:
    head = Head(size, tree.subtree(connection, 0, size), recorded_at, signer.name)
    return {
        "size": size,
        "root": head.root,
        "recorded_at": recorded_at,
        "key": head.key,
        "signature": signer.sign(head.text),
    }


def head_at(connection: sa.Connection, size: int) -> SignedHead:
    """The signed head over the log's first `size` events.

    Raises:
        LogCorrupt: there is none; the log did not end there, or was written without a key.
    """
    row = connection.execute(_query().where(signed_head.c.size == size)).one_or_none()
    if row is None:
        raise LogCorrupt(f"There is no signed head at position {size} of the log. Run 'recount verify'.")
    return _head(row)


def newest_head(connection: sa.Connection) -> SignedHead | None:
    """The signed head of the whole log; None while nothing is in it."""
    row = connection.execute(_query().order_by(signed_head.c.size.desc()).limit(1)).one_or_none()
    return None if row is None else _head(row)


def all_heads(connection: sa.Connection) -> list[SignedHead]:
    """Every signed head, the oldest first."""
    return [_head(row) for row in connection.execute(_query().order_by(signed_head.c.size))]


def _query() -> sa.Select[Any]:
    c = signed_head.c
    return sa.select(c.size, c.root, c.recorded_at, c.key, c.signature)


def _head(row: Sequence[Any]) -> SignedHead:
    size, root, recorded_at, key, signature = row
    return SignedHead(Head(size, bytes(root), recorded_at, key), bytes(signature))
