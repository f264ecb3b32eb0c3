"""Standings kept in memory are those of the request's snapshot, whatever was submitted, erased or rebuilt meanwhile."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given

from domain.log.database import reading
from domain.log.mapper import JsonMapper
from domain.measures.registry import MEASURES, measure_named
from domain.register import Register
from projections.claims.measured_anew import MeasuredAnew
from projections.improvement.return_reviews import returns_known
from projections.projector.rebuild import rebuild
from projections.standings.cache import LoadedStandings, StandingsCache
from projections.standings.in_memory import StandingsEngine
from projections.standings.shared_columns import SharedColumns
from projections.standings.slices import Slice
from projections.store import generations
from projections.worklists import WORKLISTS, worklists
from projections.worklists.fields_filled import filled_records
from tests.generators import AGENCIES, random_ledgers, standpoint_by_chance
from tests.ledger import Ledger, record
from web.auth.viewer import EVERYTHING
from web.queries.improvement.return_reviews import every_return
from web.queries.performance.figures import OnTheDayQuery, profile
from web.queries.records.data_quality import filled_on
from web.queries.records.worklists import lists_of_day
from web.snapshot import Snapshot

from .conftest import examples
from .test_database import _postgresql, _register, _sqlite
from .test_standings import SLICES, chances

AS_OFS = (date(2016, 6, 30), date(2019, 12, 31))
"""Asked again after every commit, so that what is kept of them is brought up."""
SEARCHED = measure_named("4.0")
"""Measured anew, as a search for a claim does."""


def fresh(connection: sa.Connection) -> LoadedStandings:
    return StandingsCache().at(connection)


def everything_in(loaded: LoadedStandings) -> tuple[Any, ...]:
    return (loaded.snapshot, Counter(loaded.standings.rows()), loaded.submissions.positions)


def answers(engine: StandingsEngine, chance: Random, ledger: Ledger) -> list[Any]:
    """Figures and people at random standpoints, and along all that is known in the engine's own snapshot."""
    measures, where = chance.sample(MEASURES, 3), chance.choice(SLICES)
    found: list[Any] = []
    for standpoint in (standpoint_by_chance(chance, ledger) for _ in range(3)):
        newest = engine.standpoint(standpoint.as_of)
        for at in (standpoint, newest):
            found.append(engine.figures(measures, at, where))
            found.append([Counter(engine.members(measure, at, where)) for measure in measures])
        known = engine.submissions.days_of_knowledge()
        found.append(engine.triangle(measures[0], [standpoint.as_of], known, where).tolist())
    return found


def check_same(
    warm: StandingsCache, connection: sa.Connection, chance: Random, ledger: Ledger, mapper: JsonMapper
) -> None:
    """The kept engine holds and answers what one does that is loaded anew from the same snapshot."""
    kept, anew = warm.at(connection), fresh(connection)
    assert everything_in(kept) == everything_in(anew)
    seed = chance.random()
    ours, theirs = (answers(engine, Random(seed), ledger) for engine in (kept.engine, StandingsEngine.load(connection)))
    assert ours == theirs
    check_brought_up(kept, connection, mapper)


def check_brought_up(kept: LoadedStandings, connection: sa.Connection, mapper: JsonMapper) -> None:
    """Who came back, is in the caseload or on a worklist, and what is filled in of whose records, is brought up by what
    is new, as the whole log says it.
    """
    generation = kept.snapshot.generation
    anew = Snapshot(lambda: connection, mapper, generation, kept.submissions)
    snapshot = replace(anew, loaded=kept)
    for as_of in AS_OFS:
        standpoint = kept.submissions.standpoint(as_of)
        assert every_return(snapshot, standpoint) == returns_known(connection, mapper, generation, standpoint)
        for where in (Slice(), Slice(agency=AGENCIES[0])):
            asked = OnTheDayQuery(as_of, slice_=where)
            assert profile(snapshot, EVERYTHING, asked) == profile(anew, EVERYTHING, asked)
        lists = lists_of_day(snapshot, as_of, standpoint.position)
        found = {one.name: lists.rows(one, standpoint.known_at, Slice()) for one in WORKLISTS}
        assert found == worklists(connection, mapper, generation, kept.engine, WORKLISTS, standpoint, Slice())
        filled = filled_records(connection, mapper, generation, kept.engine, standpoint)
        assert list(filled_on(snapshot, as_of, standpoint.position).fields()) == list(filled.fields())
    check_search_brought_up(snapshot, kept.engine)


def check_search_brought_up(snapshot: Snapshot, engine: StandingsEngine) -> None:
    """What is read for a claim is brought up too."""
    day, positions = AS_OFS[0], snapshot.submissions.positions or [0]
    position = snapshot.standpoint(day).position
    brought_up, whole = (
        MeasuredAnew(snapshot.connection, engine, position, *bring_up)
        .engine(None, SEARCHED.family, [day])
        .triangles([SEARCHED], [day], positions, Slice())
        for bring_up in ([snapshot.brought_up], [])
    )
    assert np.array_equal(brought_up, whole)


def spoil(folder: Path, chance: Random) -> None:
    """Another file in the place of one that processes share, cut short or with a byte altered; or none."""
    files = sorted(path for path in folder.iterdir() if path.suffix != ".lock")
    if not files:
        return
    path = chance.choice(files)
    content = bytearray(path.read_bytes())
    path.unlink()
    if chance.random() < 0.7:
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        path.write_bytes(content[: chance.choice((len(content), chance.randrange(len(content))))])


def check(engine: sa.Engine, register: Register, ledger: Ledger, chance: Random) -> None:
    """Requests between commits, some of them late with the snapshot that they took earlier; some commits unseen; to two
    processes with standings of their own, or with those that they share: some files of them go, or are altered.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        shared = SharedColumns(folder / "standings") if chance.random() < 0.7 else None
        processes = [StandingsCache(shared, beside=chance.choice((0, 5, 10_000))) for _ in range(2)]
        held: list[sa.Connection] = []
        for commit in ledger.commits:
            record(register, [commit])
            if chance.random() < 0.1:
                rebuild(engine, register.mapper)
            if chance.random() < 0.3 and len(held) < 3:
                held.append(stack.enter_context(reading(engine)))
                generations.live(held[-1])
            if chance.random() < 0.2:
                spoil(folder, chance)
                processes[1] = StandingsCache(shared)
            if chance.random() < 0.6:
                with reading(engine) as connection:
                    check_same(chance.choice(processes), connection, chance, ledger, register.mapper)
            if held and chance.random() < 0.4:
                check_same(chance.choice(processes), chance.choice(held), chance, ledger, register.mapper)
        for warm in processes:
            with reading(engine) as connection:
                check_same(warm, connection, chance, ledger, register.mapper)
        for connection in held:
            check_same(chance.choice(processes), connection, chance, ledger, register.mapper)


@examples(40)
@given(random_ledgers(), chances)
def test_what_is_kept_is_what_is_stored_on_sqlite(ledger: Ledger, chance: Random) -> None:
    with _sqlite() as engine:
        check(engine, _register(engine), ledger, chance)


@pytest.mark.postgres
@examples(6)
@given(ledger=random_ledgers(), chance=chances)
def test_what_is_kept_is_what_is_stored_on_postgresql(postgresql_url: sa.URL, ledger: Ledger, chance: Random) -> None:
    with _postgresql(postgresql_url) as engine:
        check(engine, _register(engine), ledger, chance)
