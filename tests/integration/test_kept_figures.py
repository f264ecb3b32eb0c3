"""A figure's text is kept as long as its figure is the same, and no longer."""

import json
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
from web.queries.figure_texts import KeptFigures
from web.queries.figures import FiguresQuery, figures
from web.snapshot import Snapshot


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
def test_a_kept_text_is_what_would_be_answered_anew(engine: sa.Engine, register: Register, seed: int) -> None:
    """Asked again after each submission, some of which erase, and after a rebuild."""
    ledger, chance = told_by_chance(Random(seed), 12), Random(seed)
    warm, kept = StandingsCache(), KeptFigures()
    asked = list(asked_by_chance(chance, ledger))

    def check() -> None:
        with reading(engine) as connection:
            snapshot, anew = Snapshot.of(connection, register.mapper, warm), Snapshot.of(connection, register.mapper)
            for one in asked * 2:
                assert json.loads(kept.document(snapshot, EVERYTHING, one)) == figures(anew, EVERYTHING, one).document()

    for commit in ledger.commits:
        record(register, [commit])
        check()
    rebuild(engine, register.mapper)
    check()


def test_a_figure_is_worked_out_once(engine: sa.Engine, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    record(register, told_by_chance(Random(29), 12).commits)
    worked_out: list[str] = []
    ask = Snapshot.figures

    def counted(snapshot: Snapshot, measures: Any, *rest: Any) -> list[Figure]:
        worked_out.extend(measure.code for measure in measures)
        return ask(snapshot, measures, *rest)

    monkeypatch.setattr(Snapshot, "figures", counted)
    warm, kept, asked = StandingsCache(), KeptFigures(), FiguresQuery(date(2017, 7, 31))
    one = replace(asked, measures=(measure_named("4.1"), measure_named("4.0")))
    for what in (one, asked, one):
        with reading(engine) as connection:
            kept.document(Snapshot.of(connection, register.mapper, warm), EVERYTHING, what)
    assert sorted(worked_out) == sorted(measure.code for measure in MEASURES)


def test_each_viewer_has_its_own(engine: sa.Engine, register: Register) -> None:
    ledger = told_by_chance(Random(7), 12)
    record(register, ledger.commits)
    warm, kept = StandingsCache(), KeptFigures()
    nobody = Viewer(Reach.OWN)
    with reading(engine) as connection:
        snapshot = Snapshot.of(connection, register.mapper, warm)
        for as_of in own_days(ledger):
            asked = FiguresQuery(as_of, measures=(MEASURES[0],))
            whole = kept.document(snapshot, EVERYTHING, asked)
            if _expected(whole):
                break
        part = kept.document(snapshot, nobody, asked, {"notice": "own"})
        assert kept.document(snapshot, EVERYTHING, asked) == whole
    assert _expected(whole)
    assert _expected(part) == []
    assert json.loads(part)["notice"] == "own"


def _expected(document: bytes) -> list[str]:
    agencies: list[str] = json.loads(document)["figures"][0]["coverage"]["expected"]
    return agencies


def test_what_was_not_asked_for_longest_goes(engine: sa.Engine, register: Register) -> None:
    record(register, told_by_chance(Random(29), 12).commits)
    warm, kept = StandingsCache(), KeptFigures(3)
    with reading(engine) as connection:
        snapshot = Snapshot.of(connection, register.mapper, warm)
        assert len(kept.texts(snapshot, EVERYTHING, FiguresQuery(date(2017, 7, 31)))) == len(MEASURES)
    assert len(kept) == 3
