"""A signed certificate of a value that was entered by hand: its entries with their proofs, under the newest head.

It is handed out and not kept: nothing in the log changes by it, and it is in no list of what was published.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from domain.errors import Refused
from domain.log.heads import log_tree, newest_head
from domain.log.tables import leaf_entries, log
from domain.proof.inclusion import inclusion

from . import certificate, documents
from .documents import Document, base64_of
from .entered_entries import ENTERED

if TYPE_CHECKING:
    from domain.proof.signing import Signer


def entered_certificate(
    connection: sa.Connection, signer: "Signer", figure: Document, positions: Iterable[int], beside: Document
) -> str:
    """The document, as it is handed out. `positions` are those of the KPI's definition, then of the value's entries;
    what is `beside` goes into it too.

    Raises:
        Refused: nothing is in the log.
    """
    newest = newest_head(connection)
    if newest is None:
        raise Refused("nothing-known", "Nothing is in the log yet, so there is nothing to certify.")
    size = newest.head.size
    return certificate.sealed(
        {
            "entered": ENTERED,
            "number": figure["value"],
            "figure": figure,
            "entries": [_entry(connection, position, size) for position in positions],
            "head": documents.head_part(newest),
        }
        | beside,
        signer,
    )


def _entry(connection: sa.Connection, position: int, size: int) -> Document:
    row = connection.execute(sa.select(log.c.salt, log.c.state).where(log.c.position == position)).one()
    [leaf] = leaf_entries(connection, position - 1, position)
    path = inclusion(log_tree(connection), position - 1, size)
    return {
        "leaf": leaf.decode(),
        "salt": base64_of(bytes(row.salt)),
        "state": bytes(row.state).decode(),
        "path": [base64_of(node) for node in path],
    }
