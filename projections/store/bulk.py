"""Columns of whole numbers into a table, many rows a statement."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.log.database import VALUES_A_STATEMENT, insert_many

_BITE: Final = 50_000
"""Rows that are turned from columns into Python's numbers at once."""


def insert_numbers(
    connection: sa.Connection,
    table: sa.Table,
    generation: int,
    columns: Sequence[NDArray[np.int64]],
    order: NDArray[np.int64],
) -> None:
    """Add rows to a generation, in this order; `columns` are those of the table behind its generation, in theirs."""
    for begin in range(0, len(order), _BITE):
        some = [column[order[begin : begin + _BITE]] for column in columns]
        if connection.dialect.name == "sqlite":
            _insert_sqlite(connection, table, np.column_stack([np.full(len(some[0]), generation), *some]))
        else:
            rows = zip(repeat(generation), *(column.tolist() for column in some), strict=False)
            insert_many(connection, table, list(rows))


def _insert_sqlite(connection: sa.Connection, table: sa.Table, rows: NDArray[np.int64]) -> None:
    """As `insert_many` does it, from one list of numbers: no row is ever a tuple."""
    count, width = rows.shape
    together = VALUES_A_STATEMENT // width
    whole = count - count % together
    values: list[int] = rows.ravel().tolist()
    row = f"({', '.join('?' * width)})"
    cursor: Any = connection.connection.cursor()
    for first, last, each in ((0, whole, together), (whole, count, max(count - whole, 1))):
        step = each * width
        statement = f"INSERT INTO {table.name} VALUES {', '.join([row] * each)}"
        cursor.executemany(statement, (values[at : at + step] for at in range(first * width, last * width, step)))
    cursor.close()
