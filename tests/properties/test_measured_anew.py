"""Other definitions and windows, measured of those alone who can stand in them: as the whole log would have it."""

from datetime import date, timedelta
from random import Random

import numpy as np
from hypothesis import given

from domain.definition import Definition, definition_in_force
from domain.log.database import reading
from domain.measures.registry import MEASURES, Measure
from projections.claims.claim import Variant, measures_of, other_definitions, other_windows
from projections.claims.measured_anew import MeasuredAnew
from projections.standings.calculation import standings_of
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slices
from projections.standings.versions import versions_from_log
from tests.bridges import recorded_in_sqlite
from tests.generators import random_ledgers, standpoint_by_chance
from tests.ledger import Ledger

from .conftest import examples
from .test_standings import SLICES, chances


def tried(measure: Measure, day: date) -> list[tuple[Definition | None, Measure]]:
    definitions = other_definitions(measure, definition_in_force(day))
    windows = [(None, one.measure) for one in other_windows(measure)]
    return [*((one, measure.under(one)) for one in definitions), *windows]


@given(random_ledgers(), chances)
@examples(8)
def test_who_can_stand_in_a_figure_is_known_beforehand(ledger: Ledger, chance: Random) -> None:
    at, measure = standpoint_by_chance(chance, ledger), chance.choice(MEASURES)
    days = sorted({at.as_of + timedelta(chance.randint(-200, 200)) for _ in range(4)} | {at.as_of})
    before = ledger.submissions.standpoint(days[0], days[0] - timedelta(days=1)).position
    # What was known before a day had come is asked at the standpoint's own position alone.
    positions = sorted({at.position, *(one for one in ledger.submissions.positions if one > before)})
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        engine = StandingsEngine.load(connection, measures_of([Variant(measure)]))
        versions = versions_from_log(connection, register.mapper)[1]
        anew = MeasuredAnew(connection, engine, at.position)
        for definition, other in tried(measure, at.as_of):
            slices = Slices()
            standings = standings_of(versions, slices, definition, [other.family])
            whole = StandingsEngine(standings, slices, ledger.submissions, definition)
            ours = anew.engine(definition, other.family, days)
            for where in SLICES:
                found, expected = (its.triangles([other], days, positions, where) for its in (ours, whole))
                assert np.array_equal(found, expected), (other.code, definition, other.family.window, where)
