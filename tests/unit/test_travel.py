"""Direction of travel: the basis is named, the arrow is the number's, better is said apart, chance is judged."""

from datetime import date

import pytest

from domain.measures.registry import measure_named
from projections.performance.trend import (
    Basis,
    Direction,
    Glyph,
    Judged,
    NoDirection,
    Point,
    basis_day,
    difference_interval,
    judge,
    movement,
    within_chance,
)
from projections.standings.engine import Figure
from tests.scorecards import JULY, a_figure

JUNE = date(2017, 6, 30)


def june(numerator: int, denominator: int | None, status: str = "complete") -> Point:
    return Point.of(JUNE, numerator, denominator, status)


def went(figure: Figure, before: Point) -> Direction:
    found = movement(figure, before, Basis.PREVIOUS)
    assert isinstance(found, Direction)
    return found


@pytest.mark.parametrize(
    ("measure", "as_of", "basis", "expected"),
    [
        ("4.0", JULY, Basis.PREVIOUS, JUNE),
        ("5.0", date(2017, 6, 30), Basis.PREVIOUS, date(2017, 3, 31)),
        ("4.0", date(2017, 3, 31), Basis.PREVIOUS, date(2017, 2, 28)),
        ("4.0", JULY, Basis.LAST_YEAR, date(2016, 7, 31)),
        ("4.0", date(2016, 2, 29), Basis.LAST_YEAR, date(2015, 2, 28)),
        ("4.0", JULY, Basis.FIRST, date(2016, 8, 31)),
    ],
)
def test_the_day_of_a_basis(measure: str, as_of: date, basis: Basis, expected: date) -> None:
    assert basis_day(measure_named(measure), as_of, basis, date(2016, 8, 31)) == expected


def test_up_is_better_where_higher_is() -> None:
    found = went(a_figure(24, 438), june(21, 442))
    assert (found.glyph, found.judged, found.difference, found.within_chance) == (Glyph.UP, Judged.BETTER, 0.728, True)
    assert found.sentence == (
        "Up from 4.8% (21 of 442) on 30 June 2017 (previous period): better. Chance alone may give such a difference."
    )


def test_down_is_better_where_lower_is() -> None:
    found = went(a_figure(7, 47, "5.0"), june(40, 100))
    assert (found.glyph, found.judged, found.within_chance) == (Glyph.DOWN, Judged.BETTER, False)
    assert found.sentence.endswith(": better. That is more than chance alone is likely to give.")
    assert went(a_figure(4, 10, "5.0"), june(1, 10)).judged is Judged.WORSE


def test_level_is_by_the_exact_share() -> None:
    found = went(a_figure(2, 6), june(1, 3))
    assert (found.glyph, found.judged, found.difference) == (Glyph.LEVEL, Judged.SAME, 0.0)
    assert found.sentence == "Level with 33.3% (1 of 3) on 30 June 2017 (previous period)."
    assert went(a_figure(3334, 10_000), june(1, 3)).glyph is Glyph.UP


def test_a_count_has_an_arrow_and_no_better_side() -> None:
    found = went(a_figure(242, None, "N.new"), june(250, None))
    assert (found.glyph, found.judged, found.difference, found.within_chance) == (Glyph.DOWN, None, -8.0, None)
    assert found.sentence == "Down from 250 on 30 June 2017 (previous period)."


@pytest.mark.parametrize(
    ("figure", "before", "why"),
    [
        (a_figure(0, 9, "5.0u"), june(1, 9), "immature"),
        (a_figure(24, 438, status="incomplete"), june(21, 442), "incomplete"),
        (a_figure(24, 438), june(21, 442, "incomplete"), "basis incomplete"),
        (a_figure(0, 0), june(21, 442), "nobody"),
        (a_figure(24, 438), june(0, 0), "basis nobody"),
    ],
)
def test_no_arrow_without_a_reason(figure: Figure, before: Point, why: str) -> None:
    found = movement(figure, before, Basis.PREVIOUS)
    assert isinstance(found, NoDirection)
    assert found.why == why
    assert found.sentence.endswith("no direction is given.")
    assert ("30 June 2017" in found.sentence) == why.startswith("basis")


def test_newcombes_own_example() -> None:
    """His table II, method 10: 56/70 less 48/80 is 0.0524 to 0.3339."""
    low, high = difference_interval((48, 80), (56, 70))
    assert (round(low, 2), round(high, 2)) == (5.24, 33.39)
    assert not within_chance((48, 80), (56, 70))
    assert within_chance((4, 10), (1, 13))


def test_only_proportions_have_a_better_side() -> None:
    assert judge(Glyph.UP, None) is None
    assert judge(Glyph.UP, "lower") is Judged.WORSE
