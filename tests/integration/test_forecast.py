"""The forecast over standings: what it may know, what its record says, and where it is silent."""

from datetime import date
from typing import Any

import pytest

from domain.errors import WrongUse
from domain.measures.registry import measure_named
from domain.periods import add_months, last_day_of_month
from domain.standpoint import Standpoint
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.timeliness.cohorts import months_later
from projections.timeliness.forecast import LEVELS, Forecast, Silence, forecast
from tests.forecasts import FIRST_MONTH, LARGE, MONTHS, SMALL, engine_after
from web.queries.performance.forecasts import forecast_result

ALL = Slice()
QUESTIONS = [("5.2u", ALL), ("5.2u", Slice(agency=LARGE)), ("4.2", ALL), ("4.2", Slice(agency=SMALL)), ("3.0", ALL)]
each_question = pytest.mark.parametrize(("code", "where"), QUESTIONS, ids=str)


def month_end(months: int) -> date:
    """The last day that the files of so many months cover."""
    return last_day_of_month(add_months(FIRST_MONTH, months - 1))


def known_after(engine: StandingsEngine, months: int, as_of: date) -> Standpoint:
    """The standpoint once the files of so many months were in."""
    return engine.standpoint(as_of, add_months(FIRST_MONTH, months).replace(day=12))


def asked(engine: StandingsEngine, code: str, where: Slice, months: int, age: int = 0) -> Forecast:
    as_of = month_end(months - age)
    return forecast(engine, measure_named(code), known_after(engine, months, as_of), where)


def said(found: Forecast) -> Any:
    return forecast_result(found).document()


@each_question
@pytest.mark.parametrize(("months", "age"), [(30, 0), (34, 1), (40, 2)])
def test_a_forecast_and_its_record_use_no_later_knowledge(code: str, where: Slice, months: int, age: int) -> None:
    then, now = engine_after(months), engine_after(MONTHS)
    assert said(asked(now, code, where, months, age)) == said(asked(then, code, where, months, age))


@each_question
def test_each_earlier_forecast_is_the_one_that_was_made_then(code: str, where: Slice) -> None:
    now = engine_after(MONTHS)
    record = asked(now, code, where, MONTHS).record
    assert record
    for one in record.earlier[:4]:
        then = forecast(now, measure_named(code), one.standpoint, where)
        if then.expectation:  # else it had no record of its own yet
            assert one.expectation.mean == then.expectation.mean
            assert [one.expectation.interval(level) for level in LEVELS] == [
                then.expectation.interval(level) for level in LEVELS
            ]
        assert (one.numerator, one.denominator) == (then.figure.numerator, then.figure.denominator)


@each_question
def test_what_came_is_who_of_the_cohort_is_counted_in_the_last_word(code: str, where: Slice) -> None:
    engine = engine_after(MONTHS)
    found = asked(engine, code, where, MONTHS)
    assert found.record
    for one in found.record.earlier:
        cohort = {m.client for m in engine.members(measure_named(code), one.standpoint, where)}
        final = months_later(one.standpoint.as_of, 6) if code.endswith("u") else one.standpoint.as_of
        # All files reach three months past it: of two agencies that report month by month, the day both had.
        known_at = add_months(final.replace(day=1), 4).replace(day=12)
        last = engine.members(found.final_measure, engine.standpoint(final, known_at), where)
        assert one.came == len({m.client for m in last if m.counted} & cohort)


def test_the_limits_held_and_beat_the_figure_of_then() -> None:
    found = asked(engine_after(MONTHS), "5.2u", ALL, MONTHS)
    assert found.record
    assert found.record.is_borne_out
    assert found.record.held(95) >= 0.9 * len(found.record.earlier)
    assert found.record.mean_error < found.record.mean_change / 2


def test_people_are_told_apart_by_the_months_since_they_completed() -> None:
    engine = engine_after(MONTHS)
    found = asked(engine, "5.2u", ALL, MONTHS)
    assert found.expectation
    assert found.expectation.people == found.figure.denominator
    counted, *not_yet = found.expectation.cells
    assert (counted.counted, counted.people, counted.months) == (True, found.figure.numerator, None)
    assert [cell.months for cell in not_yet] == list(range(6))
    chances = [cell.chance for cell in not_yet]
    assert chances[0] > chances[3] > chances[5]


@pytest.mark.parametrize("code", ["4.2", "5.2u"])
def test_of_a_complete_cohort_what_is_counted_is_expected(code: str) -> None:
    engine = engine_after(MONTHS)
    found = asked(engine, code, ALL, MONTHS, age=12)
    assert found.is_settled
    assert found.expectation
    assert found.record is None
    final = engine.figure(
        found.final_measure, engine.standpoint(found.final_as_of, found.figure.standpoint.known_at), ALL
    )
    assert found.expectation.mean == found.expectation.interval(95)[0] == found.expectation.interval(95)[1]
    assert found.expectation.mean <= final.numerator
    assert (found.expectation.mean == final.numerator) or code == "5.2u"


def test_a_cohort_is_as_old_as_its_files_reach() -> None:
    engine = engine_after(MONTHS)
    assert [asked(engine, "4.2", ALL, 30, age).age for age in (0, 1, 2, 3, 4)] == [0, 1, 2, 3, 3]
    assert [asked(engine, "5.2u", ALL, 30, age).age for age in (0, 5, 9, 12)] == [0, 5, 9, 9]
    assert not asked(engine, "5.2u", ALL, 30, 8).is_settled
    assert asked(engine, "5.2u", ALL, 30, 9).is_settled


@pytest.mark.parametrize(
    ("code", "where", "months", "ahead", "silence"),
    [
        ("5.2u", Slice(area="Nowhere"), 40, 0, Silence.NOBODY),
        ("5.2u", ALL, 40, 1, Silence.INCOMPLETE),
        ("5.2u", ALL, 11, 0, Silence.FEW_COHORTS),
        ("5.0u", Slice(agency=SMALL), MONTHS, 0, Silence.FEW_PEOPLE),
        ("5.2u", ALL, 20, 0, Silence.NO_RECORD),
        ("4.2", ALL, 5, 0, Silence.FEW_COHORTS),
        ("4.2", ALL, 9, 0, Silence.NO_RECORD),
    ],
)
def test_where_there_is_too_little_to_tell_it_is_silent(
    code: str, where: Slice, months: int, ahead: int, silence: Silence
) -> None:
    found = asked(engine_after(MONTHS), code, where, months, -ahead)
    assert (found.silence, found.expectation, found.record) == (silence, None, None)


def test_before_anything_was_received_files_are_missing() -> None:
    engine = engine_after(MONTHS)
    found = forecast(engine, measure_named("5.2u"), engine.standpoint(month_end(20), date(2013, 1, 1)), ALL)
    assert found.silence is Silence.INCOMPLETE


def test_a_count_is_not_forecast() -> None:
    engine = engine_after(MONTHS)
    with pytest.raises(WrongUse, match=r"N\.open is a count"):
        forecast(engine, measure_named("N.open"), engine.standpoint(month_end(20)), ALL)
