"""Figures are worked out once a snapshot, and are those that would be answered anew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from domain.definition import definition_named
from domain.log.database import reading
from domain.measures.registry import MEASURES, measure_named
from domain.periods import month_ends
from domain.register import Register
from projections.projector.rebuild import rebuild
from projections.standings.cache import StandingsCache
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from tests.conftest import Clock
from tests.generators import AGENCIES, own_days, standpoint_by_chance, told_by_chance
from tests.ledger import Ledger, a_register, record
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, Viewer
from web.queries.performance.figures import FiguresQuery, figures
from web.snapshot import Snapshot, snapshot_cache


@pytest.fixture
def register(engine: sa.Engine, clock: Clock) -> Register:
    return a_register(engine, clock)


def asked_by_chance(chance: Random, ledger: Ledger) -> Iterator[FiguresQuery]:
    for where in (Slice(), Slice(agency=AGENCIES[0])):
        standpoint = standpoint_by_chance(chance, ledger)
        measures = tuple(chance.sample(MEASURES, 4))
        yield FiguresQuery(standpoint.as_of, standpoint.position, measures, where)
        yield FiguresQuery(standpoint.as_of, None, measures, where)
        yield FiguresQuery(standpoint.as_of, None, measures, where, definition_named("1-gap-28"))


@pytest.mark.parametrize("seed", [7, 14, 20])
def test_kept_figures_are_those_that_would_be_answered_anew(engine: sa.Engine, register: Register, seed: int) -> None:
    """Asked again after each submission, some of which erase, and after a rebuild."""
    ledger, chance = told_by_chance(Random(seed), 12), Random(seed)
    warm = StandingsCache()
    queries = list(asked_by_chance(chance, ledger))

    def check() -> None:
        with reading(engine) as connection:
            snapshot, anew = Snapshot.of(connection, register.mapper, warm), Snapshot.of(connection, register.mapper)
            for query in queries * 2:
                assert figures(snapshot, EVERYTHING, query) == figures(anew, EVERYTHING, query)

    for commit in ledger.commits:
        record(register, [commit])
        check()
    rebuild(engine, register.mapper)
    check()


def test_figures_are_worked_out_once(engine: sa.Engine, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    record(register, told_by_chance(Random(29), 12).commits)
    worked_out: list[list[str]] = []
    ask = Snapshot.figures

    def counted(snapshot: Snapshot, measures: Any, *rest: Any) -> list[Figure]:
        worked_out.append([measure.code for measure in measures])
        return ask(snapshot, measures, *rest)

    monkeypatch.setattr(Snapshot, "figures", counted)
    warm, every = StandingsCache(), FiguresQuery(date(2017, 7, 31))
    two = replace(every, measures=(measure_named("4.1"), measure_named("4.0")))
    for query in (two, every, two, every):
        with reading(engine) as connection:
            figures(Snapshot.of(connection, register.mapper, warm), EVERYTHING, query)
    assert worked_out == [["4.1", "4.0"], [measure.code for measure in MEASURES]]


def test_each_viewer_has_its_own(engine: sa.Engine, register: Register) -> None:
    ledger = told_by_chance(Random(1), 12)
    record(register, ledger.commits)
    warm, nobody = StandingsCache(), Viewer(Reach.OWN)
    with reading(engine) as connection:
        snapshot = Snapshot.of(connection, register.mapper, warm)
        days = own_days(ledger)
        queries = [FiguresQuery(as_of, measures=(MEASURES[0],)) for as_of in month_ends(min(days), max(days))]
        query = next(one for one in queries if _expected(snapshot, EVERYTHING, one))
        assert not _expected(snapshot, nobody, query)
        assert _expected(snapshot, EVERYTHING, query)


def _expected(snapshot: Snapshot, viewer: Viewer, query: FiguresQuery) -> tuple[str, ...]:
    [figure] = figures(snapshot, viewer, query).figures
    return figure.coverage.expected


def test_functions_of_a_snapshot_do_not_answer_for_each_other(engine: sa.Engine, register: Register) -> None:
    """The same arguments under two names; and only the values asked for last are kept, each function for itself."""
    calls: list[str] = []

    @snapshot_cache(most=1)
    def doubled(_snapshot: Snapshot, number: int) -> int:
        calls.append(f"doubled {number}")
        return 2 * number

    @snapshot_cache()
    def negative(_snapshot: Snapshot, number: int) -> int:
        calls.append(f"negative {number}")
        return -number

    record(register, told_by_chance(Random(7), 3).commits)
    with reading(engine) as connection:
        snapshot = Snapshot.of(connection, register.mapper, StandingsCache())
        values = [(doubled(snapshot, number), negative(snapshot, number)) for number in (1, 1, 2, 1)]
        assert values == [(2, -1), (2, -1), (4, -2), (2, -1)]
        assert calls == ["doubled 1", "negative 1", "doubled 2", "negative 2", "doubled 1"]
        assert doubled(Snapshot.of(connection, register.mapper), 1) == 2
    assert calls[-1] == "doubled 1"
