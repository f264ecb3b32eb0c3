"""The scorecard of a history, with targets from the log, and what moved between two: on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from domain.contract_life.targets import Comparator, Goal
from domain.errors import Refused
from domain.event_types import EVENT_TYPES
from domain.log.database import reading
from domain.log.mapper import JsonMapper
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.periods import Period
from domain.register import Register
from projections.performance.colours.colouring import Rating
from projections.performance.colours.rag import Rated
from projections.performance.scorecard import Moved, Scorecard, ScorecardLine, State, moved, scorecard
from projections.performance.targets import Targets, Whose
from projections.performance.trend import Basis, Direction, NoDirection
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from tests.conftest import Clock
from tests.histories import told
from tests.ledger import a_register, record
from web.commands.contract_life.targets import TargetDecision, set_target, withdraw_target
from web.presenters.performance.scorecards import re_presentations
from web.queries.performance.scorecards import scorecard_result

JULY = date(2017, 7, 31)
SEEN, LATER = date(2017, 8, 15), date(2017, 10, 20)
TODAY = date(2018, 1, 5)
COMPLETIONS = measure_named("4.0")

HISTORY = """
    client | agency | event   | occurred_on | known_on   | detail
    Ann    | H0001  | started | 2016-05-01  | 2016-06-10 | opiate
    Bob    | H0001  | started | 2016-05-01  | 2016-06-10 | opiate
    Cai    | H0001  | started | 2016-05-01  | 2016-06-10 | opiate
    Dee    | H0001  | started | 2016-05-01  | 2016-06-10 | opiate
    Eve    | H0001  | started | 2016-05-01  | 2016-06-10 | opiate
    Bob    | H0001  | exited  | 2017-06-20  | 2017-07-10 | 85
    Cai    | H0001  | exited  | 2016-07-31  | 2016-08-10 | 80
    Ann    | H0001  | exited  | 2017-07-10  | 2017-08-10 | 80
    Dee    | H0001  | exited  | 2017-07-20  | 2017-08-10 | 80
    Ann    | H0001  | file    | 2017-07-31  | 2017-08-11 | covers=2016-04-01..2017-07-31
    Bob    | H0001  | exited  | 2017-06-20  | 2017-09-10 | 80
    Dee    | H0001  | exit withdrawn | 2017-07-20 | 2017-10-10 |
    Eve    | H0001  | exited  | 2017-07-30  | 2017-10-10 | 80
"""


@pytest.fixture
def connection(engine: sa.Engine, clock: Clock) -> Iterator[sa.Connection]:
    """The history recorded, and targets after it."""
    record(a_register(engine, clock), told(HISTORY).ledger.commits)
    register = Register(engine, EVENT_TYPES, (), clock)
    a_goal(register, COMPLETIONS, "50", date(2017, 4, 10))
    a_goal(register, COMPLETIONS, "80", date(2017, 9, 1))
    a_goal(register, measure_named("5.0"), "0", date(2017, 4, 10))
    with reading(engine) as connection:
        yield connection


def a_goal(register: Register, measure: Measure, level: str, agreed_on: date) -> None:
    period = Period(date(2017, 4, 1), date(2017, 12, 31))
    goal = Goal.level(Decimal(level))
    set_target(
        register, measure, Whose(None, None), period, goal, TargetDecision("ann", "commissioner", agreed_on, TODAY)
    )


@pytest.fixture
def stored(connection: sa.Connection) -> StandingsEngine:
    return StandingsEngine.load(connection)


@pytest.fixture
def targets(connection: sa.Connection) -> Targets:
    return Targets.load(connection, JsonMapper(EVENT_TYPES))


def a_scorecard(
    stored: StandingsEngine, targets: Targets, known_at: date = SEEN, as_of: date = JULY, basis: Basis = Basis.PREVIOUS
) -> Scorecard:
    return scorecard(stored, targets, stored.standpoint(as_of, known_at), Slice(), basis)


def line(found: Scorecard, code: str) -> ScorecardLine:
    return next(each for each in found.lines if each.measure.code == code)


def test_every_measure_has_a_line_that_is_its_figure(stored: StandingsEngine, targets: Targets) -> None:
    found = a_scorecard(stored, targets)
    figures = stored.figures(MEASURES, found.standpoint, Slice())
    assert [each.figure for each in found.lines] == figures
    assert found.coverage.status == "provisional"


def test_a_line_with_target_direction_and_year(stored: StandingsEngine, targets: Targets) -> None:
    found = line(a_scorecard(stored, targets), "4.0")
    assert (found.figure.numerator, found.figure.denominator, found.state) == (2, 4, State.MET)
    assert isinstance(found.against, Rated)
    assert (found.against.rating, found.against.needed.fewest, found.against.points) == (Rating.GREEN, 2, 0.0)
    assert isinstance(found.movement, Direction)
    assert found.movement.sentence.startswith("Up from 20.0% (1 of 5) on 30 June 2017 (previous period): better.")
    assert [point.as_of for point in found.spark][::11] == [date(2016, 8, 31), JULY]
    assert [point.value for point in found.spark] == [20.0] * 11 + [50.0]


def test_the_target_of_then_decides_the_colour(stored: StandingsEngine, targets: Targets) -> None:
    """In September 80% was agreed; Bob's completion is known by then, so 3 of 4, and that is less."""
    found = line(a_scorecard(stored, targets, date(2017, 9, 10)), "4.0")
    assert (found.figure.numerator, found.state) == (3, State.MISSED)
    assert line(a_scorecard(stored, targets, date(2017, 8, 31)), "4.0").state is State.MET


@pytest.mark.parametrize(
    ("as_of", "state", "statuses"),
    [
        (date(1999, 12, 31), State.NOT_COVERED, [None, None]),
        (date(2017, 8, 31), State.NOT_COVERED, ["provisional", None]),
    ],
)
def test_a_missing_file_goes_before_every_colour(
    stored: StandingsEngine, targets: Targets, as_of: date, state: State, statuses: list[str | None]
) -> None:
    """And where no file at all covers the day there is no percentage, direction or point either."""
    found = a_scorecard(stored, targets, as_of=as_of)
    assert {each.state for each in found.lines} == {state}
    assert not any(isinstance(each.movement, Direction) or isinstance(each.against, Rated) for each in found.lines)
    assert {each.figure.percentage for each in found.lines} == {None}
    assert {each.spark[-1].value for each in found.lines} == {None}
    assert [point.status for point in line(found, "4.0").spark][-2:] == statuses


@pytest.mark.parametrize(("basis", "since"), [(Basis.FIRST, date(2016, 8, 31)), (Basis.LAST_YEAR, date(2016, 7, 31))])
def test_another_basis_is_another_day(stored: StandingsEngine, targets: Targets, basis: Basis, since: date) -> None:
    found = line(a_scorecard(stored, targets, basis=basis), "4.0").movement
    assert found.before.as_of == since
    assert str(basis) in found.sentence


def test_a_quarterly_measure_looks_back_a_quarter(stored: StandingsEngine, targets: Targets) -> None:
    assert line(a_scorecard(stored, targets), "1.0").movement.before.as_of == date(2017, 4, 30)


def test_both_re_presentations_stand_side_by_side(stored: StandingsEngine, targets: Targets) -> None:
    found = a_scorecard(stored, targets)
    pairs = re_presentations(scorecard_result(found))
    opiate = pairs[0]
    assert [pair.so_far.measure.code for pair in pairs] == ["5.0u", "5.1u", "5.2u", "5.3u"]
    assert (opiate.lagged.measure.code, opiate.lagged.state, opiate.so_far.state) == ("5.0", State.NOBODY, State.EARLY)
    assert (opiate.lagged.figure.numerator, opiate.lagged.figure.denominator) == (0, 0)
    assert opiate.so_far_words + opiate.matured_words == "0 returned of 2 so far; 0 have had their six months."
    assert opiate.so_far.movement.glyph is None
    assert isinstance(line(found, "5.0u").movement, NoDirection)
    assert line(found, "N.open").state is State.NO_TARGET


def test_a_line_is_found_by_its_slice(stored: StandingsEngine, targets: Targets) -> None:
    found = scorecard(stored, targets, stored.standpoint(JULY, SEEN), Slice(agency="H0009"), measures=[COMPLETIONS])
    assert [each.state for each in found.lines] == [State.NOBODY]
    assert re_presentations(scorecard_result(found)) == []


def what_moved(connection: sa.Connection, stored: StandingsEngine, since: date, *measures: str) -> list[Moved]:
    mapper = JsonMapper(EVENT_TYPES)
    asked = [measure_named(code) for code in measures] or list(MEASURES)
    before, after = (stored.standpoint(JULY, day) for day in (since, LATER))
    return moved(connection, mapper, stored, before, after, Slice(), asked)


def test_what_moved_is_told_by_its_reasons(connection: sa.Connection, stored: StandingsEngine) -> None:
    """Dee's discharge was none, Eve's is late, and Bob had completed: 2 of 4 became 3 of 4."""
    (found,) = what_moved(connection, stored, SEEN, "4.0", "4.1")
    assert found.sentence == "2/4 became 3/4: 1 amended exit reason, 1 late exit, 1 discharge taken back."
    assert [(each.people, each.numerator, each.denominator) for each in found.reasons] == [
        (1, 1, 0),
        (1, 1, 0),
        (1, -1, 0),
    ]


def test_every_figure_that_moved_and_no_other(connection: sa.Connection, stored: StandingsEngine) -> None:
    found = what_moved(connection, stored, SEEN)
    before, after = (stored.figures(MEASURES, stored.standpoint(JULY, day), Slice()) for day in (SEEN, LATER))
    differing = [
        old.measure.code
        for old, new in zip(before, after, strict=True)
        if (old.numerator, old.denominator) != (new.numerator, new.denominator)
    ]
    assert [each.before.measure.code for each in found] == differing
    for each in found:
        assert sum(reason.numerator for reason in each.reasons) == each.after.numerator - each.before.numerator
        assert each.sentence.endswith(".")


def test_nothing_moved_since_the_same_day(connection: sa.Connection, stored: StandingsEngine) -> None:
    assert what_moved(connection, stored, LATER) == []


def test_targets_are_read_by_number_however_many(engine: sa.Engine, clock: Clock) -> None:
    register = Register(engine, EVENT_TYPES, (), clock)
    for _ in range(41):
        a_goal(register, COMPLETIONS, "8", date(2017, 4, 10))
    withdraw_target(register, 40, TargetDecision("ann", "commissioner", TODAY, TODAY), "agreed by mistake")
    with reading(engine) as connection:
        found = Targets.load(connection, register.mapper)
    assert [one.number for one in found] == list(range(1, 42))
    assert [one.number for one in found if one.withdrawn_on] == [40]
    assert len(found) == 41


@pytest.mark.parametrize(
    ("number", "on", "code"),
    [
        (2, TODAY, "target-unknown"),
        (1, date(2017, 4, 9), "target-not-yet-agreed"),
        (1, TODAY + timedelta(days=1), "target-in-future"),
    ],
)
def test_what_cannot_be_withdrawn(engine: sa.Engine, clock: Clock, number: int, on: date, code: str) -> None:
    register = Register(engine, EVENT_TYPES, (), clock)
    a_goal(register, COMPLETIONS, "8", date(2017, 4, 10))
    with pytest.raises(Refused) as refused:
        withdraw_target(register, number, TargetDecision("ann", "commissioner", on, TODAY))
    assert refused.value.code == code


def test_a_refused_target_is_not_stored(engine: sa.Engine, clock: Clock) -> None:
    register = Register(engine, EVENT_TYPES, (), clock)
    with pytest.raises(Refused):
        set_target(
            register,
            COMPLETIONS,
            Whose(None, None),
            Period(date(2017, 4, 1), date(2017, 12, 31)),
            Goal.level(Decimal(8)),
            TargetDecision("ann", "commissioner", TODAY, TODAY),
            comparator=Comparator(Decimal(9), Decimal(8), "others"),
        )
    with reading(engine) as connection:
        assert len(Targets.load(connection, register.mapper)) == 0
