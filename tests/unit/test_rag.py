"""A figure against its target, by the numbers of the papers: colours, variances, people."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.colour_rules import NO_RULE, RuleTerms
from domain.contract_life.targets import Goal, TargetScale
from projections.performance.colours.colouring import Rating, rating_of
from projections.performance.colours.rag import (
    ACTION_PLAN,
    Against,
    NotRated,
    Rated,
    Unrated,
    against,
    number_needed,
    people_missing,
)
from projections.performance.targets import FigureTargets
from projections.standings.engine import Figure
from tests.scorecards import a_figure, a_target

GREEN, AMBER, RED = Rating
ORDER = (RED, AMBER, GREEN)


def rated(figure: Figure, goal: Goal, **colours: Any) -> Rated:
    found = against(figure, FigureTargets(a_target(measure=figure.measure.code, goal=goal, **colours)))
    assert isinstance(found, Rated)
    return found


def level(text: str) -> Goal:
    return Goal.level(Decimal(text))


@pytest.mark.parametrize(
    ("low", "high", "people", "fewest", "most"),
    [
        ("7.36", "8.93", 485, 36, 43),
        ("45.61", "57.73", 156, 72, 90),
        ("42.59", "60.67", 47, 21, 28),
        ("8", "8.01", 10, 1, 0),
    ],
)
def test_the_numbers_that_the_paper_prints_for_its_ranges(
    low: str, high: str, people: int, fewest: int, most: int
) -> None:
    found = number_needed(people, "higher", Decimal(low), Decimal(high))
    assert (found.fewest, found.most) == (fewest, most)


def test_a_range_without_a_whole_number_says_so() -> None:
    assert number_needed(10, "higher", Decimal(8), Decimal("8.01")).sentence == (
        "No whole number of 10 people lies in the range."
    )
    assert (
        number_needed(485, "higher", Decimal("7.36"), Decimal("8.93")).sentence == "36 to 43 of 485 lie in the range."
    )


def test_the_opiate_figure_of_july() -> None:
    found = rated(a_figure(24, 438), level("8"))
    assert (found.rating, found.points, found.relative) == (RED, -2.521, -31.507)
    assert (found.needed.fewest, found.needed.most, found.missing) == (36, None, 12)
    assert found.sentences == ("36 of 438 would reach the target.", "12 more would have reached it.", ACTION_PLAN)


def test_wirral_misses_by_points_and_relative() -> None:
    """7.37% against 10% is 2.63 points, and 26.3% of the target; the printed -0.5 is neither."""
    found = rated(a_figure(737, 10_000, "1.0"), level("10"))
    assert (found.points, found.relative) == (-2.63, -26.3)


def test_lower_is_better() -> None:
    found = rated(a_figure(4, 10, "5.0"), level("10"))
    assert (found.rating, found.points, found.relative) == (RED, 30.0, 300.0)
    assert (found.needed.most, found.missing) == (1, 3)
    assert found.sentences[:2] == ("At most 1 of 10 keep to the target.", "3 fewer would have reached it.")
    assert rated(a_figure(1, 10, "5.0"), level("10")).rating is GREEN


def test_a_target_of_nothing_is_missed_by_one() -> None:
    found = rated(a_figure(1, 13, "5.1"), level("0"), scale=TargetScale.RELATIVE, amber_within=Decimal(100))
    assert (found.rating, found.relative, found.points) == (RED, None, 7.692)
    assert "A target of 0% is missed by one client: one of 13 is 7.7%." in found.sentences
    kept = rated(a_figure(0, 13, "5.1"), level("0"))
    assert (kept.rating, kept.missing) == (GREEN, 0)
    assert "A target of 0% is missed by one client: one of 13 is 7.7%." in kept.sentences


def test_in_a_small_cohort_one_client_misses_more_than_nothing() -> None:
    found = rated(a_figure(0, 3, "5.3"), level("3"))
    assert found.sentences == (
        "At most 0 of 3 keep to the target.",
        "Here the target is missed by one client: one of 3 is 33.3%.",
    )


@pytest.mark.parametrize(
    ("numerator", "scale", "green", "amber", "expected"),
    [
        (80, TargetScale.POINTS, "0", "0", GREEN),
        (79, TargetScale.POINTS, "0", "0", RED),
        (79, TargetScale.POINTS, "0.1", "0", GREEN),
        (79, TargetScale.POINTS, "0", "0.1", AMBER),
        (78, TargetScale.POINTS, "0", "0.1", RED),
        (72, TargetScale.RELATIVE, "0", "10", AMBER),
        (71, TargetScale.RELATIVE, "0", "10", RED),
        (72, TargetScale.RELATIVE, "10", "20", GREEN),
        (64, TargetScale.RELATIVE, "10", "20", AMBER),
    ],
)
def test_the_bounds_belong_to_the_better_colour(
    numerator: int, scale: TargetScale, green: str, amber: str, expected: Rating
) -> None:
    colours = {"scale": scale, "green_within": Decimal(green), "amber_within": Decimal(amber)}
    assert rated(a_figure(numerator, 1000), level("8"), **colours).rating is expected


def test_what_is_printed_as_the_target_may_miss_it() -> None:
    assert rated(a_figure(35, 438), level("8")).rating is RED
    assert rated(a_figure(36, 450), level("8")).rating is GREEN


def test_a_range_is_reached_at_its_nearer_end() -> None:
    quartile = Goal.range(Decimal("7.36"), Decimal("8.93"))
    assert [rated(a_figure(n, 485), quartile).rating for n in (35, 36, 43, 60)] == [RED, GREEN, GREEN, GREEN]


@pytest.mark.parametrize(
    ("figure", "with_target", "why"),
    [
        (a_figure(24, 438, status="incomplete"), True, Unrated.INCOMPLETE),
        (a_figure(24, 438, status="incomplete"), False, Unrated.NO_TARGET),
        (a_figure(0, 9, "5.0u"), True, Unrated.IMMATURE),
        (a_figure(0, 9, "5.0u", status="incomplete"), False, Unrated.IMMATURE),
        (a_figure(0, 0), True, Unrated.NOBODY),
        (a_figure(24, 438), False, Unrated.NO_TARGET),
        (a_figure(24, None, "N.new"), True, Unrated.NO_TARGET),
    ],
)
def test_without_a_colour_there_is_a_reason(figure: Figure, with_target: bool, why: Unrated) -> None:
    found: Against = against(figure, FigureTargets(a_target(measure=figure.measure.code) if with_target else None))
    assert isinstance(found, NotRated)
    assert found.why is why
    assert found.sentences[0].endswith(".")


percentages = st.decimals(0, 100, places=2)
rules = st.builds(
    RuleTerms,
    name=st.just("a rule"),
    first_day=st.just(date(2017, 4, 1)),
    scale=st.sampled_from(TargetScale),
    green_within=st.decimals(0, 20, places=1),
    amber_within=st.decimals(0, 40, places=1),
)


@given(st.integers(1, 400), percentages, rules, st.sampled_from(["higher", "lower"]), st.data())
def test_a_better_figure_never_has_a_worse_colour(
    people: int, target: Decimal, rule: RuleTerms, polarity: str, data: st.DataObject
) -> None:
    few, many = sorted(data.draw(st.tuples(st.integers(0, people), st.integers(0, people))))
    worse, better = (few, many) if polarity == "higher" else (many, few)
    colours = [rating_of(Fraction(n, people), target, polarity, rule) for n in (worse, better)]
    assert ORDER.index(colours[0]) <= ORDER.index(colours[1])


@given(st.integers(1, 400), percentages, st.sampled_from(["higher", "lower"]), st.data())
def test_so_many_more_or_fewer_reach_it_and_one_less_does_not(
    people: int, target: Decimal, polarity: str, data: st.DataObject
) -> None:
    counted = data.draw(st.integers(0, people))
    missing = people_missing(counted, people, target, polarity)
    sign = 1 if polarity == "higher" else -1

    def is_green(numerator: int) -> bool:
        return rating_of(Fraction(numerator, people), target, polarity, NO_RULE) is GREEN

    assert is_green(counted + sign * missing)
    if missing:
        assert not is_green(counted + sign * (missing - 1))
