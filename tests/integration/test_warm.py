"""Threads that ask while files come in: each gets the whole of its own snapshot, never half of a file."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random
from threading import Event

import pytest
import sqlalchemy as sa

from domain.contract_life.transitions import COMMISSIONER
from domain.definition import definition_named
from domain.errors import NotAgreed
from domain.event_types import EVENT_TYPES
from domain.improvement.written import WrittenAbout
from domain.log.database import reading, writing
from domain.log.reading import last_position
from domain.log.tables import setting
from domain.measures.registry import MEASURES
from projections.standings.cache import StandingsCache
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from tests.conftest import Clock
from tests.generators import told_by_chance
from tests.ledger import a_register, record
from web.auth.roles import Role
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import commentary
from web.snapshot import DEMONSTRATION, Snapshot, snapshot_cache


def test_readers_and_a_writer_at_once(engine: sa.Engine, clock: Clock) -> None:
    ledger = told_by_chance(Random(1), 30)
    register, warm, done = a_register(engine, clock), StandingsCache(), Event()

    def read() -> int:
        asked = 0
        while not done.is_set() or not asked:
            with reading(engine) as connection:
                kept, anew = warm.at(connection).engine, StandingsEngine.load(connection)
                standpoint = anew.standpoint(date(2017, 7, 31))
                assert kept.standpoint(date(2017, 7, 31)) == standpoint
                assert kept.figures(MEASURES, standpoint, Slice()) == anew.figures(MEASURES, standpoint, Slice())
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as readers:
        answers = [readers.submit(read) for _ in range(3)]
        try:
            record(register, ledger.commits)
        finally:
            done.set()
    assert all(answer.result() for answer in answers)


def test_a_variant_is_measured_once(engine: sa.Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warm = a_register(engine, clock), StandingsCache()
    record(register, told_by_chance(Random(14), 12).commits)
    measured: list[object] = []
    under: Callable[..., StandingsEngine] = StandingsEngine.under

    def counted(*arguments: object) -> StandingsEngine:
        measured.append(arguments)
        return under(*arguments)

    monkeypatch.setattr(StandingsEngine, "under", counted)
    for _ in range(2):
        with reading(engine) as connection:
            loaded = warm.at(connection)
            engine_under = loaded.under(connection, register.mapper, definition_named("1-gap-28"))
            assert engine_under.definition == definition_named("1-gap-28")
    assert len(measured) == 1


def test_what_follows_from_records_stays_until_something_becomes_known(engine: sa.Engine, clock: Clock) -> None:
    register, warm = a_register(engine, clock, EVENT_TYPES), StandingsCache()
    ledger = told_by_chance(Random(14), 12)
    record(register, ledger.commits[:-1])
    made: list[int] = []

    @snapshot_cache(of_knowledge=True)
    def of_records(snapshot: Snapshot) -> int:
        made.append(snapshot.standpoint(date(2017, 7, 31)).position)
        return made[-1]

    @snapshot_cache()
    def of_all(snapshot: Snapshot) -> int:
        return last_position(snapshot.connection)

    def looked() -> tuple[int, int]:
        with reading(engine) as connection:
            snapshot = Snapshot.of(connection, register.mapper, warm)
            return of_records(snapshot), of_all(snapshot)

    first = looked()
    about = WrittenAbout(measure="4.0", definition="1", as_of=date(2017, 7, 31), position=1, numerator=1, denominator=9)
    author = Author("Ann", Role.COMMISSIONER, COMMISSIONER, date(2026, 1, 5), date(2026, 1, 5))
    commentary.write_comment(register, about, "Something was said.", author)
    second = looked()
    assert (second[0], len(made)) == (first[0], 1)
    assert second[1] > first[1]
    record(register, ledger.commits[-1:])
    assert looked()[0] > first[0]
    assert len(made) == 2


def test_without_read_models_there_is_nothing_to_keep(engine: sa.Engine) -> None:
    with reading(engine) as connection, pytest.raises(NotAgreed):
        StandingsCache().at(connection)


def test_a_demonstration_is_known_for_one(engine: sa.Engine, clock: Clock) -> None:
    register, warm = a_register(engine, clock), StandingsCache()

    def is_demonstration() -> bool:
        with reading(engine) as connection:
            return Snapshot.of(connection, register.mapper, warm).is_demonstration

    assert not is_demonstration()
    with writing(engine) as connection:
        connection.execute(setting.insert().values(name=DEMONSTRATION, value=b"loading"))
    record(register, told_by_chance(Random(14), 12).commits)
    assert is_demonstration()
