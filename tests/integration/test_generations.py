"""Read models are built beside the live ones, and readers see the one or the other, whole."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.errors import NotAgreed
from domain.log.database import insert_many, reading, writing
from domain.log.reading import Recorded, last_position, read_by_stream
from domain.log.tables import metadata
from domain.register import Register
from projections.store import generations
from tests.conftest import Clock

from .log.events import a_register, forgotten, started


@pytest.fixture
def counted(engine: sa.Engine) -> Iterator[sa.Table]:
    """A read model with a row for each event."""
    table = sa.Table(
        "counted",
        metadata,
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("topic", sa.Text, nullable=False),
    )
    with writing(engine) as connection:
        table.create(connection)
    yield table
    metadata.remove(table)


@pytest.fixture
def build(counted: sa.Table) -> generations.Build:
    def build(connection: sa.Connection, number: int, recorded: Sequence[Recorded]) -> None:
        insert_many(connection, counted, [(number, r.position, r.event.TOPIC) for r in recorded])

    return build


@pytest.fixture
def register(engine: sa.Engine, clock: Clock, build: generations.Build) -> Register:
    with writing(engine) as connection:
        generations.begin(connection)
        generations.begin(connection)  # a second start changes nothing
    return a_register(engine, clock, [generations.in_live_generation(build)])


def rows(engine: sa.Engine, counted: sa.Table) -> dict[int, list[int]]:
    with reading(engine) as connection:
        found: dict[int, list[int]] = {}
        for number, position, _ in connection.execute(counted.select().order_by("generation", "position")):
            found.setdefault(number, []).append(position)
        return found


def live(engine: sa.Engine) -> int:
    with reading(engine) as connection:
        return generations.live(connection)


def fill(engine: sa.Engine, register: Register, build: generations.Build, number: int) -> int:
    with reading(engine) as snapshot:
        position = last_position(snapshot)
        every = [r for _, stream in read_by_stream(snapshot, register.mapper, position) for r in stream]
    with generations.filling(engine) as connection:
        build(connection, number, every)
    return position


def end(engine: sa.Engine, register: Register, build: generations.Build, number: int, position: int) -> None:
    with writing(engine) as connection:
        generations.finish(connection, number, position)
        generations.catch_up(connection, register.mapper, [build], number)
        generations.switch(connection, number)


def test_a_rebuild_ends_where_the_live_one_stands(
    engine: sa.Engine, register: Register, build: generations.Build, counted: sa.Table
) -> None:
    register.submit([started(1), started(2)])
    number = generations.start(engine)
    position = fill(engine, register, build, number)
    register.submit([started(3)])  # while the rebuild fills: into the live one only
    assert rows(engine, counted) == {1: [1, 2, 3], 2: [1, 2]}
    with reading(engine) as old:
        assert generations.live(old) == 1
        end(engine, register, build, number, position)
        assert generations.live(old) == 1  # a reader keeps what it began with
    assert live(engine) == 2
    register.submit([started(4)])
    assert rows(engine, counted) == {1: [1, 2, 3], 2: [1, 2, 3, 4]}
    generations.drop_others(engine)
    assert rows(engine, counted) == {2: [1, 2, 3, 4]}


def test_a_comparison_that_fails_leaves_the_old_one_live(
    engine: sa.Engine, register: Register, build: generations.Build, counted: sa.Table
) -> None:
    register.submit([started(1)])
    number = generations.start(engine)
    fill(engine, register, build, number)

    def switch_and_fail(connection: sa.Connection) -> None:
        generations.finish(connection, number, 1)
        generations.switch(connection, number)
        raise RuntimeError("a comparison that fails")

    with pytest.raises(RuntimeError, match="a comparison"), writing(engine) as connection:
        switch_and_fail(connection)
    assert live(engine) == 1
    register.submit([started(2)])
    assert rows(engine, counted) == {1: [1, 2], 2: [1]}


def test_what_a_dead_rebuild_left_goes_when_the_next_starts(
    engine: sa.Engine, register: Register, build: generations.Build, counted: sa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "BITE", 2)
    register.submit([started(1, version) for version in range(1, 6)])
    fill(engine, register, build, generations.start(engine))
    number = generations.start(engine)
    assert number == 3
    assert rows(engine, counted) == {1: [1, 2, 3, 4, 5]}
    end(engine, register, build, number, fill(engine, register, build, number))
    assert rows(engine, counted) == {1: [1, 2, 3, 4, 5], 3: [1, 2, 3, 4, 5]}


def test_of_two_rebuilds_at_once_the_older_fails(
    engine: sa.Engine, register: Register, build: generations.Build, counted: sa.Table
) -> None:
    register.submit([started(1)])
    older = generations.start(engine)
    younger = generations.start(engine)
    position = fill(engine, register, build, older)
    with pytest.raises(NotAgreed, match="Generation 2"):
        end(engine, register, build, older, position)
    end(engine, register, build, younger, fill(engine, register, build, younger))
    assert live(engine) == younger
    generations.start(engine)
    assert rows(engine, counted) == {younger: [1]}


def test_a_generation_behind_the_log_is_not_switched_to(
    engine: sa.Engine, register: Register, build: generations.Build
) -> None:
    register.submit([started(1)])
    number = generations.start(engine)
    position = fill(engine, register, build, number)
    register.submit([started(2)])
    with writing(engine) as connection:
        generations.finish(connection, number, position)
    with pytest.raises(NotAgreed, match="does not stand at position 2"), writing(engine) as connection:
        generations.switch(connection, number)
    assert live(engine) == 1


def test_catching_up_passes_erased_events(
    engine: sa.Engine, register: Register, build: generations.Build, counted: sa.Table
) -> None:
    register.submit([started(1)])
    number = generations.start(engine)
    position = fill(engine, register, build, number)
    register.submit([started(2), started(3)])
    with register.recording() as recording:
        recording.append([forgotten(2, 2)], erased=[UUID(int=2)])
    end(engine, register, build, number, position)
    assert rows(engine, counted)[number] == [1, 3, 4]


def test_submitting_past_the_projection_is_noticed(engine: sa.Engine, register: Register, clock: Clock) -> None:
    a_register(engine, clock).submit([started(1)])  # a register that was not given its projections
    with pytest.raises(NotAgreed, match="recount rebuild"):
        register.submit([started(2)])
    with reading(engine) as connection:
        assert last_position(connection) == 1


def test_a_log_without_read_models_asks_for_a_rebuild(
    engine: sa.Engine, clock: Clock, counted: sa.Table, build: generations.Build
) -> None:
    bare = a_register(engine, clock)
    bare.submit([started(1)])
    with writing(engine) as connection:
        generations.begin(connection)
    with reading(engine) as connection, pytest.raises(NotAgreed, match="recount rebuild"):
        generations.live(connection)
    number = generations.start(engine)
    end(engine, bare, build, number, fill(engine, bare, build, number))
    assert rows(engine, counted) == {number: [1]}
    assert live(engine) == number


def test_a_dry_run_moves_nothing(engine: sa.Engine, register: Register, counted: sa.Table) -> None:
    with register.recording(keep=False) as recording:
        recording.append([started(1)])
    assert rows(engine, counted) == {}
    register.submit([started(1)])
    assert rows(engine, counted) == {1: [1]}
