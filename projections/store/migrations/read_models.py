"""The tables that are made anew from the log. A script that changes one drops them all; they are rebuilt after it."""

from typing import Final

import sqlalchemy as sa

from domain.log.tables import metadata
from projections.store import tables
from projections.store.generations import generation

READ_MODELS: Final = (
    tables.submission, tables.contract, tables.episode, tables.standing, tables.slice_of, tables.erased,
)  # fmt: skip


def drop_read_models(connection: sa.Connection) -> None:
    """For a script: from here the read models have no rows that the next version would not understand."""
    metadata.drop_all(connection, READ_MODELS)


def make_missing(connection: sa.Connection) -> None:
    """Make the tables that a script dropped, or an earlier version did not have. Then no generation can be read."""
    names = set(sa.inspect(connection).get_table_names())
    missing = [table for table in READ_MODELS if table.name not in names]
    if missing:
        metadata.create_all(connection, missing)
        connection.execute(generation.update().values(live=False))
