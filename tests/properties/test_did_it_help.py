"""Whatever was said: what was corrected and what changed are the two steps of the walk; what was known then stays."""

from hypothesis import given
from hypothesis import strategies as st

from domain.log.database import reading
from domain.measures.registry import MEASURES, Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.explain.bridge import Side, Station, StepName, bridge
from projections.improvement.did_it_help import FigureRead, parts
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from tests.bridges import recorded_in_sqlite
from tests.generators import ledgers, standpoints
from tests.ledger import Ledger, record

from .conftest import examples
from .test_standings import SLICES


def reading_at(engine: StandingsEngine, measure: Measure, standpoint: Standpoint, where: Slice) -> FigureRead:
    figure = engine.figure(measure, standpoint, where)
    window = Period(figure.first_day, figure.last_day)
    return FigureRead(standpoint.as_of, window, figure.numerator, figure.denominator)


@examples(8)
@given(st.data())
def test_the_parts_are_the_steps_of_the_walk(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    newest = ledger.received[-1].position if ledger.received else 0
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        for _ in range(8):
            measure, where = data.draw(st.sampled_from(MEASURES)), data.draw(st.sampled_from(SLICES))
            as_of, position = data.draw(standpoints(ledger))
            later, _ = data.draw(standpoints(ledger))
            then, now = Standpoint(as_of, None, position), Standpoint(as_of, None, newest)
            after = Standpoint(max(as_of, later), None, newest)
            engine = StandingsEngine.load(connection, [measure])
            its = parts(*(reading_at(engine, measure, one, where) for one in (then, now, after)))
            walk = bridge(connection, register.mapper, measure, Station(then, where), Station(after, where))
            explained = {step.name: step.explained(Side.NUMERATOR) for step in walk.steps}
            assert its.corrected.numerator == explained.get(StepName.KNOWN_AT, 0)
            assert its.changed.numerator == explained.get(StepName.AS_OF, 0)
            assert its.unexplained.numerator == walk.unexplained(Side.NUMERATOR) == 0
            assert not its.unexplained.denominator
            assert not its.unexplained.points


@examples(6)
@given(st.data())
def test_what_was_known_when_the_plan_began_never_changes(data: st.DataObject) -> None:
    """Save where somebody is erased, which the figure itself says."""
    ledger = data.draw(ledgers())
    half = len(ledger.commits) // 2
    newest = sum(len(commit.events) for commit in ledger.commits[:half])
    with recorded_in_sqlite(_first(ledger, half)) as register:
        with reading(register.engine) as connection:
            before = StandingsEngine.load(connection)
        record(register, ledger.commits[half:])
        with reading(register.engine) as connection:
            since = StandingsEngine.load(connection)
        for _ in range(20):
            measure, where = data.draw(st.sampled_from(MEASURES)), data.draw(st.sampled_from(SLICES))
            as_of, position = data.draw(standpoints(ledger))
            then = Standpoint(as_of, None, min(position, newest))
            first, second = (one.figure(measure, then, where) for one in (before, since))
            if first.erased_records == second.erased_records:
                assert (first.numerator, first.denominator) == (second.numerator, second.denominator)


def _first(ledger: Ledger, half: int) -> Ledger:
    """What had been said by then; recorded, and asked for nothing else."""
    said = Ledger()
    said.commits = ledger.commits[:half]
    return said
