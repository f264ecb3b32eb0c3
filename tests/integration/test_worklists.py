"""The worklists as a database gives them: the rows that the whole log gives, and the figures that they belong to."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from domain.measures.registry import measure_named
from domain.register import Register
from projections.projector.rebuild import rebuild
from projections.standings.cache import StandingsCache
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations, tables
from projections.worklists import WORKLISTS, Worklist, WorklistRow, candidate_measures, worklists
from tests.conftest import Clock
from tests.generators import AGENCIES, standpoint_by_chance, told_by_chance
from tests.histories import told
from tests.ledger import a_register, record
from tests.spec.test_worklists import READY, RETURNS, REVIEWS, SILENT, TOPS, TRANSFERS
from tests.worklists import seen_by_reference
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, Viewer
from web.queries.records.worklists import WorklistQuery, WorklistsQuery, worklist
from web.queries.records.worklists import worklists as overview
from web.snapshot import Snapshot

# People of several lists at two agencies and in two areas; one is corrected, one withdrawn, one young.
HISTORY = """
    client | episode | agency | event             | occurred_on | known_on   | detail
    Ann    | a1      | H0001  | started           | 2010-06-01  | 2016-10-10 | opiate area=Ross
    Ann    | a1      | H0001  | review TOP        | 2017-03-01  | 2017-03-10 | OPIUSE=0
    Ben    | b1      | H0001  | started           | 2017-01-10  | 2017-02-10 | alcohol
    Ben    | b1      | H0001  | exited            | 2017-05-20  | 2017-06-10 | 80
    Ben    | b2      | H0002  | started           | 2017-07-05  | 2017-08-11 | alcohol
    Cai    | c1      | H0002  | started           | 2017-02-01  | 2017-03-11 | area=Ross
    Cai    | c1      | H0002  | exited            | 2017-05-25  | 2017-06-11 | 83
    Dee    | d1      | H0002  | referred          | 2017-03-01  | 2017-03-11 |
    Dee    | d2      | H0001  | referred          | 2017-04-01  | 2017-04-11 | area=Ross
    Eve    | e1      | H0001  | started           | 2017-05-28  | 2017-06-10 | born=2000-06-01
    Fay    | f1      | H0001  | started           | 2016-12-01  | 2017-01-10 | non-opiate
    Fay    | f1      | H0001  | recovery plan     | 2017-05-01  | 2017-06-10 |
    Gus    | f1      | H0001  | started           | 2016-12-01  | 2017-07-10 | non-opiate
    Hal    | h1      | H0002  | started           | 2017-01-01  | 2017-02-11 |
    Hal    | h1      | H0002  | episode withdrawn | 2017-06-11  | 2017-06-12 |
    Ivy    | i1      | H0002  | started           | 2010-01-01  | 2017-02-11 | none
    Ivy    | i1      | H0002  | exited            | 2015-12-31  | 2017-02-11 | 83
    Ivy    | i2      | H0001  | started           | 2016-01-05  | 2017-02-12 | none
    Jon    | j1      | H0001  | started           | 2017-03-05  | 2017-04-10 |
    Jon    | j2      | H0002  | started           | 2017-03-05  | 2017-05-11 |
"""
STANDPOINTS = (
    (date(2017, 6, 15), None),
    (date(2017, 6, 15), date(2017, 6, 10)),
    (date(2017, 6, 1), date(2017, 7, 1)),
    (date(2017, 7, 10), None),
    (date(2017, 8, 1), date(2017, 8, 31)),
    (date(2017, 5, 30), None),
    (date(2016, 12, 31), date(2016, 12, 31)),
)
SLICES = (Slice(), Slice(agency="H0001"), Slice(agency="H0002"), Slice(area="Ross"), Slice(young_people=True))


class Desk:
    """Where worklists are asked of a database."""

    def __init__(self, register: Register, connection: sa.Connection, history: str) -> None:
        self.register, self.connection, self.history = register, connection, history
        self.engine = StandingsEngine.load(connection)

    def rows(
        self, as_of: date, known_at: date | None, where: Slice, asked: Sequence[Worklist] = WORKLISTS
    ) -> dict[str, list[WorklistRow]]:
        standpoint = self.engine.standpoint(as_of, known_at)
        generation = generations.live(self.connection)
        mapper = self.register.mapper
        return worklists(self.connection, mapper, generation, self.engine, asked, standpoint, where)

    def expected(self, as_of: date, known_at: date | None, where: Slice) -> dict[str, list[WorklistRow]]:
        seen = seen_by_reference(told(self.history).ledger, as_of, known_at)
        return {one.name: one.rows_in(seen, where) for one in WORKLISTS}


@pytest.fixture
def desk(request: pytest.FixtureRequest, engine: sa.Engine, clock: Clock) -> Iterator[Desk]:
    history: str = getattr(request, "param", HISTORY)
    register = a_register(engine, clock)
    record(register, told(history).ledger.commits)
    with reading(register.engine) as connection:
        yield Desk(register, connection, history)


@pytest.mark.parametrize(
    "desk", [HISTORY, REVIEWS, TOPS, TRANSFERS, READY, RETURNS, SILENT], indirect=True, ids=lambda h: str(len(h))
)
def test_what_is_read_of_a_few_is_what_is_known_of_all(desk: Desk) -> None:
    """Only those are read who stand in certain figures; the lists are those of the whole log all the same."""
    for as_of, known_at in STANDPOINTS:
        for where in SLICES:
            assert desk.rows(as_of, known_at, where) == desk.expected(as_of, known_at, where)


def test_the_lists_are_whom_the_figures_do_not_count(desk: Desk) -> None:
    """Plans and risk assessments overdue, and who waits, are as many as the figures say."""
    for as_of, known_at in STANDPOINTS:
        for where in SLICES:
            rows, standpoint = desk.rows(as_of, known_at, where), desk.engine.standpoint(as_of, known_at)
            for name, code in (("plans-overdue", "R.plan"), ("risks-overdue", "R.risk")):
                figure = desk.engine.figure(measure_named(code), standpoint, where)
                assert figure.denominator is not None
                assert len(rows[name]) == figure.denominator - figure.numerator
            waiting = desk.engine.figure(measure_named("W.waiting"), standpoint, where)
            assert len(rows["waiting"]) == waiting.numerator


def test_every_list_that_needs_no_file_is_filled_somewhere(desk: Desk) -> None:
    """Else the two tests above would hold of nothing."""
    found = {name for on, at in STANDPOINTS for name, rows in desk.rows(on, at, Slice()).items() if rows}
    needs_more = {"two-or-one", "treated-after-death", "not-in-latest-file", "consent-unclear"}
    assert {one.name for one in WORKLISTS} - found == needs_more


def test_an_engine_needs_the_measures_of_the_lists_alone(desk: Desk) -> None:
    engine = StandingsEngine.load(
        desk.connection, candidate_measures(WORKLISTS), desk.engine.standpoint(date(2017, 6, 15))
    )
    everything, desk.engine = desk.rows(date(2017, 6, 15), None, Slice()), engine
    assert desk.rows(date(2017, 6, 15), None, Slice()) == everything


def test_a_list_alone_reads_less_and_says_the_same(desk: Desk) -> None:
    """A list that rests on no TOP reads none; one whose people are few reads only theirs."""
    for on, at in STANDPOINTS[:4]:
        together = desk.rows(on, at, Slice())
        for one in WORKLISTS:
            assert desk.rows(on, at, Slice(), [one])[one.name] == together[one.name]


@pytest.mark.parametrize("seed", [3, 20])
def test_kept_rows_are_what_would_be_read_anew(engine: sa.Engine, clock: Clock, seed: int) -> None:
    """Asked again after each submission, some of which erase, and after a rebuild."""
    ledger, chance = told_by_chance(Random(seed), 12), Random(seed)
    register, warm, provider = a_register(engine, clock), StandingsCache(), Viewer(Reach.OWN, frozenset(AGENCIES[:1]))
    at = [standpoint_by_chance(chance, ledger) for _ in range(2)]
    asked = [
        *((EVERYTHING, one.as_of, one.position, where) for one in at for where in (Slice(), Slice(agency=AGENCIES[0]))),
        *((provider, one.as_of, None, Slice()) for one in at),
    ]

    def check() -> None:
        with reading(engine) as connection:
            snapshot, anew = Snapshot.of(connection, register.mapper, warm), Snapshot.of(connection, register.mapper)
            for viewer, *seen_from in asked:
                # One list is read alone, then all that are not kept yet together.
                for one in (WORKLISTS[3], *WORKLISTS):
                    query = WorklistQuery(one, *seen_from)
                    assert worklist(snapshot, viewer, query) == worklist(anew, viewer, query)
                every = WorklistsQuery(*seen_from)
                assert overview(snapshot, viewer, every) == overview(anew, viewer, every)

    for number, commit in enumerate(ledger.commits):
        record(register, [commit])
        if number % 5 == 0 or commit.farewells:
            check()
    rebuild(engine, register.mapper)
    check()


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_server_has_counted_what_a_rebuild_wrote(engine: sa.Engine, clock: Clock) -> None:
    """Else it takes the rows of a new generation for one or two, and reads the lists by the wrong plan."""
    register = a_register(engine, clock)
    record(register, told_by_chance(Random(3), 12).commits)
    generation = rebuild(engine, register.mapper).generation
    with reading(engine) as connection:
        for table in (tables.standing, tables.episode):
            written = connection.execute(sa.select(sa.func.count()).where(table.c.generation == generation)).scalar()
            known = (
                "SELECT most_common_vals::text FROM pg_stats WHERE schemaname = current_schema() "
                f"AND attname = 'generation' AND tablename = '{table.name}'"
            )
            assert written
            assert str(generation) in connection.exec_driver_sql(known).scalar_one()


@pytest.mark.parametrize("seed", range(8))
def test_random_histories(engine: sa.Engine, clock: Clock, seed: int) -> None:
    """Corrections, withdrawals, handovers, erasures: what is read of a few is what is known of all."""
    ledger, chance = told_by_chance(Random(seed), 14), Random(seed)
    register = a_register(engine, clock)
    record(register, ledger.commits)
    with reading(engine) as connection:
        standings, generation = StandingsEngine.load(connection), generations.live(connection)
        for _ in range(6):
            drawn = standpoint_by_chance(chance, ledger)
            at = ledger.submissions.standpoint(drawn.as_of, drawn.position)
            seen = seen_by_reference(ledger, at.as_of, at.position)
            for where in (Slice(), Slice(agency=AGENCIES[0])):
                found = worklists(connection, register.mapper, generation, standings, WORKLISTS, at, where)
                assert found == {one.name: one.rows_in(seen, where) for one in WORKLISTS}
