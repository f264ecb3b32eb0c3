"""What PostgreSQL believes of the size of its tables is what they have, as soon as anybody can read them."""

from collections.abc import Callable
from random import Random

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from domain.log.tables import create_all
from projections.projector.rebuild import rebuild
from projections.store import tables
from tests.conftest import Clock, in_a_schema
from tests.generators import told_by_chance
from tests.ledger import a_register, record


@pytest.fixture
def engine(postgresql_url: sa.URL, new_engine: Callable[..., sa.Engine]) -> sa.Engine:
    engine = new_engine(in_a_schema(postgresql_url))
    create_all(engine)
    with engine.begin() as connection:
        # Else the server might count by itself while the test runs, and hide that nobody asked it to.
        for table in (tables.episode, tables.standing):
            connection.execute(sa.text(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)"))
    return engine


def test_after_a_rebuild_the_server_knows_how_many_rows_there_are(engine: sa.Engine, clock: Clock) -> None:
    """Of the live generation alone: those of the one before are gone, and are not planned for."""
    register = a_register(engine, clock)
    for commit in told_by_chance(Random(3), 12).commits:
        record(register, [commit])
    for _ in range(2):
        rebuild(engine, register.mapper)
        with reading(engine) as connection:
            for table in (tables.episode, tables.standing):
                assert _believed(connection, table) == _counted(connection, table) > 0


def _believed(connection: sa.Connection, table: sa.Table) -> int:
    query = sa.text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
    return int(connection.execute(query, {"name": table.name}).scalar_one())


def _counted(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
