"""Several processes at once: writers queue, and readers see one state of the database or the next, never a mixture."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.client import ClientKey
from domain.event_types import EVENT_TYPES
from domain.log.database import reading, writing
from domain.log.mapper import JsonMapper
from domain.register import Recording, Register
from projections.projector.projector import following
from projections.projector.verify import verify
from projections.store import generations, tables
from web.clock import now
from web.commands.commit import Receipt
from web.commands.ingest.take_in import take_in
from web.commands.records.erase import erase
from web.services import OPERATOR, Services

from .conftest import Undisturbed
from .files import Month, write_months
from .service import KEYS, Service, ended, rows_seen, sentence

CLIENT_KEY = ClientKey(KEYS["RECOUNT_CLIENT_KEY"].encode())
WAITS = 2.0
"""Seconds in which a process comes to the writer's lock."""


@pytest.fixture
def service(backend: str, new_service: Callable[[str], Service], undisturbed: Undisturbed) -> Service:
    """A service that has the first month."""
    service = new_service(backend)
    service.does(*undisturbed.months[0].submit)
    return service


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory) -> list[Month]:
    """Files of another agency, which knows some of the same people."""
    return write_months(tmp_path_factory.mktemp("others"), agency="H0002", people=300, months=3)


def test_a_submission_waits_for_the_writer(service: Service, undisturbed: Undisturbed) -> None:
    with writing(service.engine):
        process = service.start(*undisturbed.months[1].submit)
        time.sleep(WAITS)
        assert process.poll() is None
        assert service.rows() == undisturbed.after(1)
    assert ended(process).code == 0
    assert service.rows() == undisturbed.after(2)


def test_a_trial_waits_for_nobody_and_writes_nothing(service: Service, undisturbed: Undisturbed) -> None:
    """On the command line, while another process holds the writer's lock; the same again once it is free."""
    command = (*undisturbed.months[1].submit, "--dry-run", "--json")
    with writing(service.engine):
        beside = service.does(*command).out
    before = _sizes(service)
    assert service.does(*command).out == beside
    assert _sizes(service) == before
    assert service.rows() == undisturbed.after(1)


def test_two_submissions_at_once_are_both_taken_in(
    service: Service, undisturbed: Undisturbed, others: list[Month]
) -> None:
    commands = [undisturbed.months[1].submit, others[1].submit]  # received on the same day
    results = [ended(process) for process in [service.start(*command) for command in commands]]
    assert [result.code for result in results] == [0, 0], results
    with reading(service.engine) as connection:
        received = connection.execute(sa.select(tables.submission.c.agency).order_by(tables.submission.c.number))
        assert sorted(received.scalars()) == ["H0001", "H0001", "H0002"]
    assert verify(service.engine, JsonMapper(EVENT_TYPES), standpoints=2).holds


def test_the_same_file_submitted_twice_at_once(service: Service, undisturbed: Undisturbed) -> None:
    command = (*undisturbed.months[1].submit, "--json")
    results = [ended(process) for process in [service.start(*command), service.start(*command)]]
    assert [result.code for result in results] == [0, 0], results
    assert sorted('"already_received": true' in result.out for result in results) == [False, True]
    assert service.rows() == undisturbed.after(2)


def test_a_submission_that_another_overtakes(service: Service, undisturbed: Undisturbed, others: list[Month]) -> None:
    """It waits in the queue while one that was received later is stored: it comes too late, and says so."""
    with _register(service).recording() as recording:
        process = service.start(*others[0].submit)
        time.sleep(WAITS)
        assert process.poll() is None
        _take_in(recording, undisturbed.months[1])
    said = sentence(ended(process))
    assert "2017-02-10, lies before that of the newest submission, 2017-03-10" in said
    assert "in the order of their receipt" in said
    assert service.rows() == undisturbed.after(2)


@pytest.mark.parametrize("between", ["another file", "an erasure"])
def test_what_comes_between_the_plan_and_the_turn(
    service: Service,
    new_service: Callable[[str], Service],
    undisturbed: Undisturbed,
    tmp_path: Path,
    between: str,
) -> None:
    """A file is planned, and waits for its turn; what was known of the same people is another thing by then."""
    last = undisturbed.months[1]
    first = write_months(tmp_path / "other", people=300, months=2)[1]
    expected = new_service(service.engine.dialect.name)
    expected.does(*undisturbed.months[0].submit)

    def comes(register: Any) -> None:
        if between == "another file":
            take_in(register, CLIENT_KEY, first.path, _receipt(first))
        else:
            erase(register, CLIENT_KEY, ("H0001", "C3", "1"), "request", _receipt(last))

    comes(_register(expected))
    said = json.loads(expected.does(*last.submit, "--json").out)["submissions"]
    with _register(service).recording() as recording:
        process = service.start(*last.submit, "--json")
        while not _queues(service, process.pid):
            assert process.poll() is None
            time.sleep(0.05)
        comes(_UnderWay(recording))
    result = ended(process)
    assert result.code == 0, result
    assert json.loads(result.out)["submissions"] == said
    assert service.rows() == expected.rows()


def test_a_file_is_submitted_while_the_read_models_are_rebuilt(service: Service, undisturbed: Undisturbed) -> None:
    processes = [service.start("rebuild"), service.start(*undisturbed.months[1].submit)]
    results = [ended(process) for process in processes]
    assert [result.code for result in results] == [0, 0], results
    assert service.rows() == undisturbed.after(2)


def test_two_rebuilds_at_once(service: Service, undisturbed: Undisturbed) -> None:
    """One of them may lose its rows to the other, and says so; what is read stays right."""
    results = [ended(process) for process in [service.start("rebuild"), service.start("rebuild")]]
    assert 0 in [result.code for result in results], results
    for result in results:
        if result.code:
            assert "Run 'recount rebuild'" in sentence(result)
    assert service.rows() == undisturbed.after(1)


def test_a_reader_keeps_what_it_began_with(service: Service, undisturbed: Undisturbed) -> None:
    """Its rows stay while a rebuild switches over and removes them, and while a month is taken in."""
    with reading(service.engine) as connection:
        generation, seen = generations.live(connection), rows_seen(connection)
        service.does("rebuild")
        service.does(*undisturbed.months[1].submit)
        assert (generations.live(connection), rows_seen(connection)) == (generation, seen)
    assert seen == undisturbed.after(1)
    with reading(service.engine) as connection:
        assert generations.live(connection) > generation
        assert rows_seen(connection) == undisturbed.after(2)


def test_readers_see_one_state_or_the_next(service: Service, undisturbed: Undisturbed) -> None:
    commands = [("rebuild",), undisturbed.months[1].submit, ("rebuild",), undisturbed.months[2].submit]
    expected = [undisturbed.after(1), undisturbed.after(2), undisturbed.after(3)]
    at, looks = 0, 0
    for command in commands:
        process = service.start(*command)
        while process.poll() is None:
            with reading(service.engine) as connection:
                at, looks = max(at, expected.index(rows_seen(connection), at)), looks + 1
            time.sleep(0.05)
        assert ended(process).code == 0
    assert looks >= len(commands)
    assert service.rows() == expected[-1]


def test_figures_asked_while_a_rebuild_switches(service: Service, undisturbed: Undisturbed) -> None:
    snapshot = ("figures", "--as-of", "2017-01-31", "--json")
    answer = service.does(*snapshot).out
    rebuild = service.start("rebuild")
    asked = 0
    while rebuild.poll() is None or asked < 3:
        assert service.does(*snapshot).out == answer
        asked += 1
    assert ended(rebuild).code == 0


def _queues(service: Service, process: int) -> bool:
    """Whether a process waits for its turn to write; the server knows of nobody else who would."""
    if service.engine.dialect.name == "sqlite":
        locks = Path("/proc/locks").read_text().splitlines()
        return any("->" in lock and f" {process} " in lock for lock in locks)
    with reading(service.engine) as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(connection.exec_driver_sql(waiting).scalar())


def _sizes(service: Service) -> dict[str, int]:
    """How large the files of a SQLite database are; the engine keeps its write-ahead log from going."""
    if service.engine.dialect.name != "sqlite":
        return {}
    return {path.name: path.stat().st_size for path in service.file.parent.glob(f"{service.file.name}*")}


def _register(service: Service) -> Register:
    register = Register(service.engine, EVENT_TYPES, (), now)
    register.projections = (generations.in_live_generation(following(register.mapper)),)
    return register


def _take_in(recording: Recording, month: Month) -> None:
    """Take a file in within a commit that is under way."""
    register: Any = _UnderWay(recording)
    take_in(register, CLIENT_KEY, month.path, _receipt(month))


def _receipt(month: Month) -> Receipt:
    return Receipt(month.received_on, month.received_on, Services().actor, OPERATOR)


class _UnderWay:
    """A register whose next commit has begun already."""

    def __init__(self, recording: Recording) -> None:
        self.engine, self.mapper = recording.connection.engine, JsonMapper(EVENT_TYPES)
        self._recording = recording

    @contextmanager
    def recording(self, keep: bool = True) -> Iterator[Recording]:
        yield self._recording
