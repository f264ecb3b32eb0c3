"""Did it help: what is said of a change, by how many people there are and whether the windows share days."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from domain.periods import Period, last_months
from projections.improvement.did_it_help import (
    FEWEST,
    FigureRead,
    Shift,
    Verdict,
    judgement,
    parts,
    shared_days,
)
from projections.improvement.exact_test import chance_of

BEFORE, LATER, YEAR_LATER = date(2017, 3, 31), date(2017, 11, 30), date(2018, 3, 31)


def reading(as_of: date, numerator: int, denominator: int | None) -> FigureRead:
    return FigureRead(as_of, last_months(as_of, 12), numerator, denominator)


@pytest.mark.parametrize(
    ("before", "after", "as_of", "polarity", "verdict"),
    [
        # The opiate completions of the demonstration: 4.2% and 5.5%, with four months shared.
        ((19, 454), (24, 440), LATER, "higher", Verdict.CHANCE),
        ((27, 475), (462, 484), LATER, "higher", Verdict.BETTER),
        ((462, 484), (27, 475), LATER, "higher", Verdict.WORSE),
        ((40, 100), (10, 100), YEAR_LATER, "lower", Verdict.BETTER),
        ((10, 100), (40, 100), YEAR_LATER, "lower", Verdict.WORSE),
        ((10, 100), (10, 100), YEAR_LATER, "higher", Verdict.CHANCE),
        # Herefordshire's "40%" that became 0%: 4 of 10 and 0 of 20 are too few, whatever the interval says.
        ((4, 10), (0, 20), YEAR_LATER, "lower", Verdict.TOO_FEW),
        ((0, FEWEST - 1), (19, 20), YEAR_LATER, "higher", Verdict.TOO_FEW),
        ((0, FEWEST), (19, 20), YEAR_LATER, "higher", Verdict.BETTER),
        # Chance alone gives it in 6.5% of cases, although Newcombe's interval leaves 0 out.
        ((2, 20), (8, 20), YEAR_LATER, "higher", Verdict.CHANCE),
    ],
)
def test_what_is_said_of_a_change(
    before: tuple[int, int], after: tuple[int, int], as_of: date, polarity: str, verdict: Verdict
) -> None:
    said = judgement(reading(BEFORE, *before), reading(as_of, *after), polarity)
    assert said.verdict is verdict
    assert (said.chance is None) == (as_of == LATER)


def test_windows_share_days_only_where_they_meet() -> None:
    assert shared_days(last_months(BEFORE, 12), last_months(LATER, 12)) == 121
    assert shared_days(last_months(BEFORE, 12), last_months(YEAR_LATER, 12)) == 0
    day = Period(BEFORE, BEFORE)
    assert shared_days(day, day) == 1


counts = st.integers(0, 40).flatmap(lambda people: st.tuples(st.integers(0, people), st.just(people)))


@given(counts, counts)
def test_chance_is_that_of_a_well_known_library(first: tuple[int, int], second: tuple[int, int]) -> None:
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    ours = chance_of(first, second)
    assert 0 < ours <= 1
    assert float(ours) == pytest.approx(fisher_exact(table).pvalue, abs=1e-7)
    assert ours == chance_of(second, first)


@given(counts, counts, counts)
def test_the_parts_add_up_and_leave_nothing(
    then_known: tuple[int, int], now_known: tuple[int, int], later: tuple[int, int]
) -> None:
    then, now, after = reading(BEFORE, *then_known), reading(BEFORE, *now_known), reading(LATER, *later)
    its = parts(then, now, after)
    assert its.corrected.numerator + its.changed.numerator == after.numerator - then.numerator
    points = Fraction(0) if all(one.points is not None for one in (then, now, after)) else None
    assert its.unexplained == Shift(0, 0, points)


def test_a_count_has_parts_without_points() -> None:
    its = parts(reading(BEFORE, 474, None), reading(BEFORE, 473, None), reading(LATER, 480, None))
    assert (its.corrected, its.changed) == (Shift(-1, None, None), Shift(7, None, None))
    assert its.unexplained == Shift(0, None, None)
