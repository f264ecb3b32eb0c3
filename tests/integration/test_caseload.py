"""The caseload profile of a database: read of the people in it alone, and that of the whole log all the same."""

from random import Random

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from domain.log.reading import read
from projections.performance import caseload
from projections.performance.caseload import MEASURES, GroupProfile, caseload_profile
from projections.standings.cache import StandingsCache
from projections.standings.slices import Slice
from tests.conftest import Clock
from tests.generators import AGENCIES, own_days, standpoint_by_chance, told_by_chance
from tests.ledger import a_register, record
from web.auth.viewer import EVERYTHING
from web.queries.performance.figures import OnTheDayQuery, profile
from web.snapshot import Snapshot

FEW = 7
"""People read at once, so that it takes several goes."""
SLICES = (Slice(), Slice(agency=AGENCIES[0]), Slice(young_people=True))


@pytest.mark.parametrize("seed", [6, 11, 12, 13, 15, 16])
def test_what_is_read_of_the_people_in_it_is_what_the_whole_log_gives(
    engine: sa.Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Corrections, withdrawals, handovers, erasures; with the standings that a service keeps, and without."""
    monkeypatch.setattr(caseload, "READ_AT_ONCE", FEW)
    ledger, chance = told_by_chance(Random(seed), 30), Random(seed)
    register = a_register(engine, clock)
    record(register, ledger.commits)
    people = 0
    with reading(engine) as connection:
        everything = read(connection, register.mapper, after=0)
        anew = Snapshot.of(connection, register.mapper)
        kept = Snapshot.of(connection, register.mapper, StandingsCache())
        drawn = [standpoint_by_chance(chance, ledger) for _ in range(6)]
        # At the edges of windows often nobody is in treatment; on the days on which something happened somebody is.
        drawn += [anew.standpoint(day) for day in own_days(ledger)[::3]]
        for as_of, position in ((at.as_of, at.position) for at in drawn):
            standpoint = anew.standpoint(as_of, position)
            for where in SLICES:
                asked = OnTheDayQuery(as_of, position, where)
                expected = caseload_profile(everything, standpoint, where)
                found = profile(anew, EVERYTHING, asked)
                assert found == profile(kept, EVERYTHING, asked)
                assert (found.in_twelve_months, found.open_on_the_day) == (
                    expected.in_twelve_months,
                    expected.open_on_the_day,
                )
                figures = anew.figures(MEASURES, standpoint, where)
                assert [figure.numerator for figure in figures] == [
                    _all(expected.in_twelve_months).people,
                    _all(expected.open_on_the_day).people,
                ]
                people += _all(expected.in_twelve_months).people
    assert people, "else this held of nothing"


def test_it_is_worked_out_once_for_a_state_of_the_log(engine: sa.Engine, clock: Clock) -> None:
    ledger = told_by_chance(Random(3), 12)
    register, warm = a_register(engine, clock), StandingsCache()
    *before, last = ledger.commits
    record(register, before)
    with reading(engine) as connection:
        snapshot = Snapshot.of(connection, register.mapper, warm)
        asked = OnTheDayQuery(snapshot.submissions.newest.received_on)  # type: ignore[union-attr]
        rows = profile(snapshot, EVERYTHING, asked).in_twelve_months
        assert profile(Snapshot.of(connection, register.mapper, warm), EVERYTHING, asked).in_twelve_months is rows
    record(register, [last])
    with reading(engine) as connection:
        anew = profile(Snapshot.of(connection, register.mapper, warm), EVERYTHING, asked).in_twelve_months
        assert anew is not rows


def _all(rows: tuple[GroupProfile, ...]) -> GroupProfile:
    return rows[-1]
