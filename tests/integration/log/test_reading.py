"""The bulk reads agree with each other, whatever the order in which the log was written."""

import random
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.log.database import insert_many, reading, writing
from domain.log.reading import CHUNK, Recorded, bare_read, last_position, read, read_by_stream, read_streams
from domain.register import Register
from tests.conftest import Clock

from .events import a_register, started

STREAMS = CHUNK + 40


@pytest.fixture
def written(engine: sa.Engine, clock: Clock) -> tuple[Register, list[Recorded]]:
    """Four submissions of thousands of events, of more streams than one statement asks for."""
    register, rnd = a_register(engine, clock), random.Random(3)
    versions = dict.fromkeys(range(STREAMS), 0)
    recorded: list[Recorded] = []
    for _ in range(4):
        events = []
        for stream in rnd.sample(range(STREAMS), 700):
            versions[stream] += 1
            events.append(started(stream * 2**90, versions[stream], drugs=(rnd.randrange(1000, 9999),)))
        recorded += register.submit(events)
    return register, recorded


def by_stream(recorded: list[Recorded]) -> dict[UUID, list[Recorded]]:
    streams: dict[UUID, list[Recorded]] = {}
    for r in recorded:
        streams.setdefault(r.event.originator_id, []).append(r)
    return streams


def test_in_pages(engine: sa.Engine, written: tuple[Register, list[Recorded]]) -> None:
    register, recorded = written
    with reading(engine) as connection:
        assert read(connection, register.mapper, 0) == recorded
        assert read(connection, register.mapper, 1000, 50) == recorded[1000:1050]
        assert read(connection, register.mapper, last_position(connection)) == []
        assert bare_read(connection, register.mapper) == len(recorded)


def test_what_is_read_sorts_by_position_and_unpacks(
    engine: sa.Engine, written: tuple[Register, list[Recorded]]
) -> None:
    register, recorded = written
    with reading(engine) as connection:
        streams = [r for _, stream in read_by_stream(connection, register.mapper) for r in stream]
    assert sorted(streams) == recorded
    position, recorded_at, event = recorded[0]
    assert recorded[0] == Recorded(position, recorded_at, event)


@pytest.mark.parametrize("up_to", [None, 0, 1, 1500, 2800])
def test_by_stream(up_to: int | None, engine: sa.Engine, written: tuple[Register, list[Recorded]]) -> None:
    register, recorded = written
    with reading(engine) as connection:
        streams = list(read_by_stream(connection, register.mapper, up_to))
    assert dict(streams) == by_stream(recorded[:up_to])
    assert [stream for stream, _ in streams] == sorted(dict(streams))


def test_of_named_streams(engine: sa.Engine, written: tuple[Register, list[Recorded]]) -> None:
    register, recorded = written
    every = by_stream(recorded)
    unknown = UUID(int=7)
    with reading(engine) as connection:
        assert read_streams(connection, register.mapper, [*every, unknown, *every]) == every
        some = dict(list(every.items())[:3])
        assert read_streams(connection, register.mapper, iter(some)) == some
        assert read_streams(connection, register.mapper, []) == {}


def test_a_reading_cut_short_leaves_the_connection_usable(
    engine: sa.Engine, written: tuple[Register, list[Recorded]]
) -> None:
    register, recorded = written
    with reading(engine) as connection:
        for _ in read_by_stream(connection, register.mapper):
            break
        assert len(dict(read_by_stream(connection, register.mapper))) == len(by_stream(recorded))


def test_many_rows_of_every_type(engine: sa.Engine) -> None:
    everything = sa.Table(
        "everything",
        sa.MetaData(),
        sa.Column("order", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("big", sa.BigInteger),
        sa.Column("id", sa.Uuid),
        sa.Column("day", sa.Date),
        sa.Column("yes", sa.Boolean),
        sa.Column("text", sa.Text),
        sa.Column("bytes", sa.LargeBinary),
    )
    rows = [(i, 2**62 + i, UUID(int=i), date(2016, 2, 29), i % 2 == 0, f"Ross {i}", b"\x00\xff") for i in range(1000)]
    nothing = (1000, None, None, None, None, None, None)
    with writing(engine) as connection:
        everything.create(connection)
        insert_many(connection, everything, [*rows, nothing])
        insert_many(connection, everything, [])
        assert [tuple(r) for r in connection.execute(everything.select().order_by("order"))] == [*rows, nothing]
