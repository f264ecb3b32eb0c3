"""One commit is one recording: all of it or nothing, decided under the lock, in a log without gaps."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from eventsourcing.persistence import IntegrityError

from domain.errors import LogCorrupt
from domain.log import audit
from domain.log.database import reading
from domain.log.mapper import Event
from domain.log.reading import Recorded, last_position, read
from domain.log.tables import log
from domain.register import Register
from tests.conftest import Clock

from .events import Forgotten, Started, a_register, forgotten, started


def positions(engine: sa.Engine) -> list[int]:
    with reading(engine) as connection:
        assert list(audit.faults(connection)) == []
        return list(connection.execute(sa.select(log.c.position).order_by(log.c.position)).scalars())


def test_what_is_recorded_is_what_is_read(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    events: list[Event] = [started(1, drugs=(1000, 7000)), started(2), forgotten(1, 2)]
    recorded = register.submit(events)
    assert [r.position for r in recorded] == [1, 2, 3]
    assert [r.event for r in recorded] == events
    with reading(engine) as connection:
        assert read(connection, register.mapper, 0) == recorded


def test_an_empty_submission_records_nothing(engine: sa.Engine, clock: Clock) -> None:
    assert a_register(engine, clock).submit([]) == []
    assert positions(engine) == []


def test_a_dry_run_sees_its_events_and_stores_nothing(engine: sa.Engine, clock: Clock) -> None:
    seen: list[int] = []
    register = a_register(engine, clock, [lambda connection, _: seen.append(last_position(connection))])
    with register.recording(keep=False) as recording:
        recording.append([started(1), started(2)])
        assert list(recording.read_streams([UUID(int=1)])) == [UUID(int=1)]
    assert seen == [2]
    assert positions(engine) == []
    assert [r.position for r in register.submit([started(1)])] == [1]


def test_a_failing_projection_takes_the_events_with_it(engine: sa.Engine, clock: Clock) -> None:
    def fails(_: sa.Connection, __: Sequence[Recorded]) -> None:
        raise RuntimeError("a projection that fails")

    with pytest.raises(RuntimeError, match="a projection that fails"):
        a_register(engine, clock, [fails]).submit([started(1)])
    assert positions(engine) == []
    a_register(engine, clock).submit([started(1)])
    assert positions(engine) == [1]


def test_projections_run_in_order_on_the_events_just_recorded(engine: sa.Engine, clock: Clock) -> None:
    calls: list[tuple[str, list[int]]] = []
    register = a_register(
        engine,
        clock,
        [
            lambda _, recorded: calls.append(("first", [r.position for r in recorded])),
            lambda _, recorded: calls.append(("second", [r.position for r in recorded])),
        ],
    )
    register.submit([started(1), started(2)])
    register.submit([started(3)])
    assert calls == [("first", [1, 2]), ("second", [1, 2]), ("first", [3]), ("second", [3])]


def test_a_version_that_is_taken_refuses_the_whole_commit(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1)])
    with pytest.raises(IntegrityError):
        register.submit([started(2), started(3), started(1)])
    assert positions(engine) == [1]


def test_several_appends_of_one_recording_are_one_commit(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    with pytest.raises(IntegrityError), register.recording() as recording:
        assert recording.append([started(1)]) != recording.append([started(2), started(1)])
    assert positions(engine) == []
    with register.recording() as recording:
        assert [r.position for r in recording.append([started(1)])] == [1]
        assert [r.position for r in recording.append([started(2)])] == [2]
    assert positions(engine) == [1, 2]


def test_recorded_at_stays_sorted_when_the_clock_is_set_back(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    (first,) = register.submit([started(1)])
    clock.now -= timedelta(days=400)
    (second,) = register.submit([started(2)])
    assert second.recorded_at == first.recorded_at
    clock.now += timedelta(days=800)
    (third,) = register.submit([started(3)])
    assert third.recorded_at == clock.now > second.recorded_at
    with reading(engine) as connection:
        assert [r.recorded_at for r in read(connection, register.mapper, 0)] == [
            first.recorded_at,
            first.recorded_at,
            third.recorded_at,
        ]
        assert list(audit.faults(connection)) == []


def test_recorded_at_is_utc_and_exact(engine: sa.Engine) -> None:
    moment = datetime(2026, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC)
    register = a_register(engine, moment.astimezone)
    assert register.submit([started(1)])[0].recorded_at.tzinfo is UTC
    with reading(engine) as connection:
        (recorded,) = read(connection, register.mapper, 0)
    assert recorded.recorded_at == moment
    assert recorded.recorded_at.tzinfo is UTC


def test_writers_queue_and_leave_no_gap(
    database_url: str, engine: sa.Engine, clock: Clock, new_engine: Callable[..., sa.Engine]
) -> None:
    """Each reads the end of the log under the lock and writes the next version of one stream: none may be lost."""
    stream = UUID(int=1)

    def add_versions(times: int) -> None:
        register = a_register(new_engine(database_url), clock)
        for _ in range(times):
            with register.recording() as recording:
                known = len(recording.read_streams([stream]).get(stream, []))
                recording.append([started(1, known + 1), started(threading.get_ident(), known + 1)])

    threads = [threading.Thread(target=add_versions, args=(6,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert positions(engine) == list(range(1, 49))
    with reading(engine) as connection:
        moments = connection.execute(sa.select(log.c.recorded_at).order_by(log.c.position)).scalars().all()
    assert moments == sorted(moments)


def test_a_reader_keeps_its_snapshot(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1)])
    with reading(engine) as connection:
        assert last_position(connection) == 1
        register.submit([started(2)])
        assert last_position(connection) == 1
    with reading(engine) as connection:
        assert last_position(connection) == 2


def test_the_repository_folds_a_stream(engine: sa.Engine, clock: Clock) -> None:
    register = a_register(engine, clock)
    register.submit([started(1), started(1, 2), started(2)])
    folded = register.repository.get(UUID(int=1), projector_func=lambda _, events: list(events))  # type: ignore[type-var]
    assert folded == [started(1), started(1, 2)]


def test_the_librarys_settings_change_nothing(engine: sa.Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    monkeypatch.setenv("COMPRESSOR_TOPIC", "zlib")
    assert [r.position for r in a_register(engine, clock).submit([started(1)])] == [1]


def test_saving_past_the_projections_is_refused(engine: sa.Engine, clock: Clock) -> None:
    with pytest.raises(NotImplementedError, match="only doors"):
        a_register(engine, clock).save(started(1))


def test_an_event_that_nobody_could_read_back_is_not_written(engine: sa.Engine, clock: Clock) -> None:
    with pytest.raises(LogCorrupt, match=r"unknown topic 'episode\.erased\.v1'"):
        Register(engine, [Started], [], clock).submit([forgotten(1, 1)])
    assert positions(engine) == []


def test_an_unknown_topic_in_the_log_is_an_error(engine: sa.Engine, clock: Clock) -> None:
    a_register(engine, clock).submit([started(1), forgotten(1, 2)])
    older = Register(engine, [Started], [], clock)
    with reading(engine) as connection, pytest.raises(LogCorrupt, match="unknown topic"):
        read(connection, older.mapper, 0)
    with pytest.raises(LogCorrupt, match="unknown topic"):
        older.repository.get(UUID(int=1), projector_func=lambda _, events: list(events))  # type: ignore[type-var]


def test_a_state_of_another_shape_names_its_position(engine: sa.Engine, clock: Clock) -> None:
    class Other(Forgotten, frozen=True, kw_only=True):
        needed: int

    a_register(engine, clock).submit([started(1), forgotten(1, 2)])
    with reading(engine) as connection, pytest.raises(LogCorrupt, match="at position 2"):
        read(connection, Register(engine, [Started, Other], [], clock).mapper, 0)
