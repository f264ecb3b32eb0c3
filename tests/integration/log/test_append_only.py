"""The log only grows; an erasure takes salt and state, together and for good, and nothing else."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.log import audit, heads
from domain.log.database import reading, writing
from domain.log.reading import read, read_by_stream
from domain.log.tables import log
from tests.conftest import Clock

from .events import a_register, announced, forgotten, started

REFUSED = [
    "UPDATE log SET topic = 'other' WHERE position = 1",
    "UPDATE log SET state = NULL WHERE position = 1",
    "UPDATE log SET salt = NULL WHERE position = 1",
    "UPDATE log SET salt = NULL, state = NULL, position = 9 WHERE position = 1",
    "UPDATE log SET salt = NULL, state = NULL, topic = 'other' WHERE position = 1",
    "UPDATE log SET recorded_at = '2030-01-01' WHERE position = 1",
    "UPDATE log SET salt = NULL, state = NULL WHERE position = 1",
    "UPDATE log SET salt = NULL, state = NULL WHERE position = 3",
    "UPDATE log SET salt = NULL, state = NULL",
    "DELETE FROM log WHERE position = 2",
    "DELETE FROM log",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_refused(statement: str, engine: sa.Engine, clock: Clock) -> None:
    a_register(engine, clock).submit([started(1), started(2), announced(3)])
    with pytest.raises(sa.exc.IntegrityError, match="the log only grows"), writing(engine) as connection:
        connection.exec_driver_sql(statement)
    with reading(engine) as connection:
        assert list(audit.faults(connection)) == []


def test_replacing_or_truncating_is_refused(engine: sa.Engine, clock: Clock) -> None:
    a_register(engine, clock).submit([started(1)])
    statement = (
        "TRUNCATE log" if engine.dialect.name == "postgresql" else "INSERT OR REPLACE INTO log SELECT * FROM log"
    )
    with pytest.raises(sa.exc.IntegrityError, match="the log only grows"), writing(engine) as connection:
        connection.exec_driver_sql(statement)


def test_an_erasure_leaves_the_tree_and_the_event_that_says_so(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1), started(2), started(1, 2)])
    with reading(engine) as connection:
        root = heads.subtree(connection, 0, 3)
    with register.recording() as recording:
        recording.append([forgotten(1, 3)], erased=[UUID(int=1)])

    with reading(engine) as connection:
        assert heads.subtree(connection, 0, 3) == root
        assert list(audit.faults(connection)) == []
        assert [r.position for r in read(connection, register.mapper, 0)] == [2, 4]
        streams = dict(read_by_stream(connection, register.mapper))
        assert [r.event for r in streams[UUID(int=1)]] == [forgotten(1, 3)]
        kept = connection.execute(sa.select(log.c.position).where(log.c.salt.is_not(None))).scalars().all()
        assert sorted(kept) == [2, 4]


@pytest.mark.parametrize("position", [2, 3, 4, 5])
def test_after_an_erasure_everything_else_still_stays(position: int, engine: sa.Engine, clock: Clock) -> None:
    """Another stream, what is said of nobody, the event that says so, and what was reported anew since."""
    register = a_register(engine, clock)
    register.submit([started(1), started(2), announced(3)])
    with register.recording() as recording:
        recording.append([forgotten(1, 2)], erased=[UUID(int=1)])
    register.submit([started(1, 3)])
    with pytest.raises(sa.exc.IntegrityError, match="the log only grows"), writing(engine) as connection:
        connection.exec_driver_sql(f"UPDATE log SET salt = NULL, state = NULL WHERE position = {position}")


def test_an_event_that_says_of_an_erasure_stays_when_the_stream_is_erased_again(
    engine: sa.Engine, clock: Clock
) -> None:
    register = a_register(engine, clock)
    register.submit([started(1), started(1, 2)])
    for farewell in (forgotten(1, 3), forgotten(1, 5, records=1)):
        with register.recording() as recording:
            recording.append([farewell], erased=[UUID(int=1)])
        register.submit([started(1, farewell.originator_version + 1)])
    with reading(engine) as connection:
        assert [r.event.originator_version for r in read(connection, register.mapper, 0)] == [3, 5, 6]
        assert list(audit.faults(connection)) == []


def test_an_erasure_that_counts_wrongly_is_refused(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1), started(1, 2)])
    with (
        pytest.raises(ValueError, match="2 events of a stream would be erased, but 3 are"),
        register.recording() as recording,
    ):
        recording.append([forgotten(1, 3, records=3)], erased=[UUID(int=1)])


def test_what_was_erased_does_not_come_back(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1)])
    with register.recording() as recording:
        recording.append([forgotten(1, 2)], erased=[UUID(int=1)])
    with pytest.raises(sa.exc.IntegrityError, match="the log only grows"), writing(engine) as connection:
        connection.execute(log.update().where(log.c.position == 1).values(salt=b"salt", state=b"{}"))


def test_an_erasure_without_an_event_that_says_so_is_refused(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1)])
    with pytest.raises(ValueError, match="1 streams would be erased"), register.recording() as recording:
        recording.append([started(2)], erased=[UUID(int=1)])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL keeps dead rows until VACUUM
def test_an_erased_text_is_gone_from_the_file(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    secret = started(1, drugs=(9191, 9292, 9393))
    register.submit([secret])
    with register.recording() as recording:
        recording.append([forgotten(1, 2)], erased=[UUID(int=1)])
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    with open(str(engine.url.database), "rb") as file:  # noqa: PTH123
        assert b"9191,9292,9393" not in file.read()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_that_lost_rows_is_found(engine: sa.Engine, clock: Clock) -> None:
    """A damaged index hides rows from every other check; SQLite's own look at its file tells."""
    a_register(engine, clock).submit([started(1), started(2)])
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        for statement in (
            "CREATE INDEX of_topic ON log (topic)",
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = sql || ' WHERE position > 9' WHERE name = 'of_topic'",
            "PRAGMA writable_schema = RESET",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    with reading(engine) as connection:
        (found,) = audit.faults(connection)
    assert found == "The database's file is damaged: wrong # of entries in index of_topic."
