"""Whether the file of standings that processes share says what the tables say.

A checksum without a key finds accidents. Who can write where the file lies can also write its checksums, and the
tables, which everything else holds against the log, would know nothing of it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np
import sqlalchemy as sa

from .calculation import FOREVER, Standings
from .calculation.arrays import Ints
from .columns import STATES, StandingColumns
from .shared_columns import SharedBase, SharedColumns
from .stored import DatabaseState, load_slices, read_standings

_AT_ONCE: Final = 2_000
"""Clients whose rows are compared at a time."""
_WHAT_TO_DO: Final = "Remove it, restart the service, and rely on no figure that was shown since it was written."


def newest_shared(connection: sa.Connection, shared: SharedColumns) -> SharedBase | None:
    """The file that a process would read in this snapshot; None without one."""
    return shared.newest(connection, DatabaseState.of(connection), load_slices(connection))


def shared_faults(connection: sa.Connection, base: SharedBase) -> Iterator[str]:
    """What a file says otherwise than the tables, each in a sentence."""
    if not _in_order(base.columns):
        yield f"The file of standings that processes share is not in order, so that figures miss rows. {_WHAT_TO_DO}"
        return
    for where, its in _some_clients(base.columns):
        stored = _rows_at(read_standings(connection, base.state.generation, where), base.state.position)
        if differing := _number_of_differing(its, stored):
            yield (
                f"The file of standings that processes share has {differing} rows that the tables have not, or lacks "
                f"them. {_WHAT_TO_DO}"
            )


def _in_order(columns: StandingColumns) -> bool:
    """Whether rows lie as they are looked for, and count as they say that they stand."""
    is_known = bool(((columns.client >= 0) & (columns.client < len(columns.clients))).all())
    place = columns.kind // STATES * np.int64(max(len(columns.clients), 1)) + columns.client
    ascends = bool((np.diff(place) >= 0).all()) and bool((np.diff(columns.clients) > 0).all())
    return is_known and ascends and bool((columns.kind % STATES == columns.state % STATES).all())


def _some_clients(columns: StandingColumns) -> Iterator[tuple[str, Standings]]:
    """Some clients after the others, as a condition for the tables and as rows; those beyond either end as well."""
    clients: Ints = columns.clients
    starts = range(0, max(len(clients), 1), _AT_ONCE)
    for start in starts:
        after = start + _AT_ONCE
        conditions = [f"client >= {clients[start]:d}"] if start else []
        conditions += [f"client < {clients[after]:d}"] if after < len(clients) else []
        chosen = np.flatnonzero((columns.client >= start) & (columns.client < after))
        yield " AND ".join(conditions) or "1 = 1", columns.standings(chosen)


def _rows_at(rows: Standings, position: int) -> Standings:
    """The rows as they were at a position: what opened since is not there, what closed since still stands."""
    then = rows.take(rows.known_from <= position)
    then.known_until[then.known_until > position] = FOREVER
    return then


def _number_of_differing(ours: Standings, stored: Standings) -> int:
    here, there = Counter(ours.rows()), Counter(stored.rows())
    return sum(((here - there) + (there - here)).values())
