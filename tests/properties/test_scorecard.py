"""Whatever was said: parts add up, one pass counts what single questions count, a month holds what came about in it."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.targets import Goal
from domain.measures.registry import MEASURES
from domain.periods import ONE_DAY, add_months, last_day_of_month
from domain.standpoint import Standpoint
from projections.performance.breakdown import parts_of_area
from projections.performance.spc import Counted, measure_behind, monthly_counts
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from tests.generators import ledgers, standpoints
from tests.ledger import Ledger, standings_at_once
from tests.scorecards import a_target

from .conftest import examples
from .test_standings import SLICES

RATED = [measure for measure in MEASURES if measure.polarity and not measure.immature]


def engine_of(ledger: Ledger) -> StandingsEngine:
    standings, slices = standings_at_once(ledger)
    return StandingsEngine(standings, slices, ledger.submissions)


@examples(15)
@given(ledgers(), st.data())
def test_parts_add_up_to_the_whole(ledger: Ledger, data: st.DataObject) -> None:
    engine = engine_of(ledger)
    for _ in range(20):
        as_of, position = data.draw(standpoints(ledger))
        measure, where = data.draw(st.sampled_from(MEASURES)), data.draw(st.sampled_from(SLICES))
        target = a_target(goal=Goal.level(data.draw(st.decimals(0, 100, places=2))))
        found = parts_of_area(engine, measure, Standpoint(as_of, None, position), where, target)
        assert sum(part.numerator for part in found.parts) == found.whole.numerator
        assert sum(part.denominator or 0 for part in found.parts) == (found.whole.denominator or 0)
        if found.reached is None:
            assert not measure.polarity or not found.whole.denominator
            continue
        assert sum(part.share.wanted for part in found.parts if part.share) == found.wanted
        exact = found.reached * (found.whole.denominator or 0) / 100 - found.whole.numerator
        sign = 1 if measure.polarity == "higher" else -1
        assert found.behind is not None
        assert Decimal(found.behind.numerator) / found.behind.denominator == sign * exact


@examples(15)
@given(ledgers(), st.data())
def test_one_pass_counts_what_single_questions_count(ledger: Ledger, data: st.DataObject) -> None:
    engine = engine_of(ledger)
    days = sorted({data.draw(standpoints(ledger))[0] for _ in range(6)})
    _, position = data.draw(standpoints(ledger))
    where = data.draw(st.sampled_from(SLICES))
    counts = engine.counts_along_days(MEASURES, days, position, where)
    for i, day in enumerate(days):
        expected = engine.counts(MEASURES, Standpoint(day, None, position), [where])[:, 0]
        assert np.array_equal(counts[:, i], expected)


@examples(10)
@given(ledgers(), st.data())
def test_a_month_holds_what_came_about_in_it(ledger: Ledger, data: st.DataObject) -> None:
    """Day by day through the month: who was not there and is there at its end; of returns, who came at all."""
    engine = engine_of(ledger)
    as_of, position = data.draw(standpoints(ledger))
    end = last_day_of_month(as_of)
    ends = [add_months(end + ONE_DAY, -1) - ONE_DAY, end]
    for of in Counted:
        found = monthly_counts(engine, of, ends, position, Slice())
        assert found == [_day_by_day(engine, of, day, position) for day in ends]


def _day_by_day(engine: StandingsEngine, of: Counted, end: date, position: int) -> int:
    first = end.replace(day=1)
    days = [date.fromordinal(number) for number in range(first.toordinal() - 1, end.toordinal() + 1)]
    there = [_there(engine, of, day, position) for day in days]
    if of is Counted.RETURNED:
        return sum(len(after - before) for before, after in pairwise(there))
    always = set.intersection(*there)
    return len(there[-1] - always)


def _there(engine: StandingsEngine, of: Counted, day: date, position: int) -> set[tuple[int, date]]:
    measure, only_counted = measure_behind(of)
    members = engine.members(measure, Standpoint(day, None, position), Slice())
    return {(one.client, one.journey) for one in members if one.counted or not only_counted}
