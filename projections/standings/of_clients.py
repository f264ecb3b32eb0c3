"""What was known of some clients, read from the log of theirs alone, as columns."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from domain.log.database import chunks
from domain.log.reading import records_of_streams
from projections.store.tables import episode

from .folded import UNREAD, VERSIONS, folded_rows

_AT_ONCE: Final = 4_000
"""Of so many clients the records are read and folded in one go."""


def versions_of_clients(
    connection: sa.Connection,
    generation: int,
    clients: Iterable[int],
    positions: Mapping[int, int],
    without: Collection[str] = (),
) -> pa.Table:
    """All that was known of these clients, as `VERSIONS`: of an episode that was also another's only as theirs.

    `positions` gives the position at which each submission, by its ordinal, is said to have been known. Topics
    `without` which it goes, and those that no measure reads, are not read.
    """
    unread = {*without, *UNREAD}
    tables = [VERSIONS.empty_table()]
    for some in chunks(sorted(clients), _AT_ONCE):
        streams = (
            f"SELECT episode FROM {episode.name} "
            f"WHERE generation = {generation:d} AND client IN ({', '.join(f'{client:d}' for client in some)})"
        )
        versions = folded_rows(records_of_streams(connection, streams, unread), positions)
        tables.append(versions.filter(pc.is_in(versions["client"], value_set=pa.array(some, pa.int64()))))
    return pa.concat_tables(tables)
