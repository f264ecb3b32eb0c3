"""The arithmetic of the forecast: what it promises of its limits, held on cohorts of which everything is known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import comb, exp, lgamma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.timeliness.beta_binomial import Distribution, beta_binomial, certain
from projections.timeliness.completeness import (
    COUNTED,
    PRIOR_PEOPLE,
    Expectation,
    Filled,
    expectation,
    settled,
    stretch,
)
from projections.timeliness.forecast import AGES_OF_A_RETURN, LEVELS, Earlier, Record
from tests.forecasts import at

MONTHS = 6

cells = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=2, max_size=7)


def filled(pairs: Sequence[Sequence[int]]) -> Filled:
    return Filled(np.array([people for _, people in pairs]), np.array([came for came, _ in pairs]))


@st.composite
def cohorts(draw: st.DrawFn) -> tuple[np.ndarray, list[Filled], list[Filled]]:
    """People in each cell, and what became of earlier ones: of this slice, and of all."""
    size = draw(st.integers(2, 7))
    pair = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=size, max_size=size)
    people = np.array(draw(st.lists(st.integers(0, 400), min_size=size, max_size=size)))
    own = [filled(pairs) for pairs in draw(st.lists(pair, max_size=5))]
    return people, own, own + [filled(pairs) for pairs in draw(st.lists(pair, max_size=5))]


# ---- the distribution


@pytest.mark.parametrize(("people", "happens", "stays"), [(1, 0.5, 0.5), (7, 2.0, 3.5), (40, 0.02, 9.0), (300, 80, 20)])
def test_the_numbers_have_the_chances_of_a_beta_binomial(people: int, happens: float, stays: float) -> None:
    def beta(a: float, b: float) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    found = beta_binomial(people, happens, stays)
    for number, chance in enumerate(found.chances, start=found.lowest):
        formula = comb(people, number) * exp(beta(number + happens, people - number + stays) - beta(happens, stays))
        assert chance == pytest.approx(formula, rel=1e-6, abs=1e-12)
    share = happens / (happens + stays)
    assert found.mean == pytest.approx(people * share, rel=1e-6)
    spread = people * share * (1 - share) * (happens + stays + people) / (happens + stays + 1)
    assert found.variance == pytest.approx(spread, rel=1e-6)


def test_of_nobody_nobody_is_counted() -> None:
    assert beta_binomial(0, 1.0, 1.0).interval(95) == (0, 0)


def test_a_sum_adds_means_and_variances() -> None:
    one, other = beta_binomial(30, 2, 5), beta_binomial(12, 4, 4)
    both = one.plus(other)
    assert both.mean == pytest.approx(one.mean + other.mean)
    assert both.variance == pytest.approx(one.variance + other.variance)
    assert both.plus(certain(5)).mean == pytest.approx(both.mean + 5)


def test_the_limits_hold_as_often_as_they_say() -> None:
    found = beta_binomial(50, 6, 14)
    for level in LEVELS:
        low, high = found.interval(level)
        inside = found.chances[low - found.lowest : high - found.lowest + 1].sum()
        assert level / 100 <= inside < level / 100 + 0.1


# ---- the expectation


@given(cohorts())
def test_limits_hold_the_mean_lie_within_each_other_and_within_the_cohort(
    given_: tuple[np.ndarray, list[Filled], list[Filled]],
) -> None:
    people, own, of_all = given_
    for stretched in (1.0, 3.7):
        found = replace(expectation(people, own, of_all), stretched=stretched)
        (low80, high80), (low95, high95) = found.interval(80), found.interval(95)
        assert 0 <= low95 <= low80 <= found.mean <= high80 <= high95 <= people.sum()
    assert found.mean == pytest.approx(sum(cell.expected for cell in found.cells), abs=0.01)


@given(cohorts(), st.data())
def test_the_more_of_earlier_people_came_the_more_are_expected(
    given_: tuple[np.ndarray, list[Filled], list[Filled]], data: st.DataObject
) -> None:
    people, own, of_all = given_
    one = data.draw(cells.filter(lambda pairs: len(pairs) == len(people)) | st.just([(0, 30)] * len(people)))
    fewer, more = filled(one), Filled(filled(one).people, filled(one).people)
    expected = [expectation(people, [*own, last], [*of_all, last]).mean for last in (fewer, more)]
    assert expected[0] <= expected[1] + 0.01


@given(cohorts(), st.integers(1, 3))
def test_a_chance_lies_between_that_of_its_own_and_that_of_all(
    given_: tuple[np.ndarray, list[Filled], list[Filled]], shared: int
) -> None:
    people, own, of_all = given_
    alone = expectation(people, [], of_all)
    for cell, common in zip(expectation(people, own, of_all, shared=shared).cells, alone.cells, strict=True):
        if cell.earlier_people:
            its = cell.earlier_came / cell.earlier_people
            assert min(its, common.chance) - 1e-9 <= cell.chance <= max(its, common.chance) + 1e-9
        else:
            assert cell.chance == pytest.approx(common.chance)


def test_its_own_people_weigh_half_when_they_are_as_many_as_the_prior() -> None:
    own, of_all = filled([(0, 0), (10, PRIOR_PEOPLE)]), filled([(0, 0), (0, 10**9)])
    assert expectation(np.array([0, 10]), [own], [of_all]).cells[1].chance == pytest.approx(0.25, abs=1e-6)


def test_who_is_counted_stays_counted_where_nobody_was_ever_seen_to_change() -> None:
    counted, not_yet = expectation(np.array([10, 10]), [], []).cells
    assert (counted.chance, not_yet.chance) == pytest.approx((0.9, 0.1))


@given(st.integers(0, 500), st.integers(0, 500))
def test_with_nothing_left_to_come_the_forecast_is_the_figure(numerator: int, others: int) -> None:
    found = settled(numerator, numerator + others)
    assert found.mean == numerator
    assert [found.interval(level) for level in LEVELS] == [(numerator, numerator)] * 2


def test_late_records_that_cohorts_share_count_once() -> None:
    people, earlier = np.array([0, 100]), [filled([(0, 0), (3, 100)])] * 9
    thrice, once = (expectation(people, earlier, earlier, shared=shared) for shared in (1, 3))
    assert once.distribution.variance > thrice.distribution.variance


# ---- stretching


def test_limits_are_stretched_by_misses_beyond_what_was_allowed() -> None:
    allowed = beta_binomial(100, 200, 600)
    assert stretch([]) == stretch([(round(allowed.mean), allowed)] * 9) == 1.0
    wide = stretch([(round(allowed.mean + 4 * allowed.variance**0.5), allowed)] * 12)
    assert 3 < wide < 4
    narrow = expectation(np.array([0, 100]), [], [])
    assert replace(narrow, stretched=wide).interval(95)[1] >= narrow.interval(95)[1]


def test_what_is_certain_and_came_stretches_nothing() -> None:
    assert stretch([(3, certain(3))] * 5) == 1.0


# ---- the record


def records(misses: Sequence[int]) -> Record:
    """Forecasts of 5 of 20 that were off by so many people."""
    expected = Expectation(Distribution(3, np.full(5, 0.2)), settled(5, 20).cells)
    return Record(tuple(Earlier(at(), 2, 20, expected, 5 + miss) for miss in misses))


def test_a_record_says_how_earlier_forecasts_came_true() -> None:
    record = records([0, 1, -2, 4])
    assert [record.held(level) for level in LEVELS] == [3, 3]
    assert record.mean_error == pytest.approx(7 / 4)
    assert record.mean_change == pytest.approx((3 + 4 + 1 + 7) / 4)


@pytest.mark.parametrize(("missed", "made", "borne_out"), [(0, 3, True), (1, 3, True), (2, 3, False), (2, 20, True)])
def test_a_record_as_bad_as_chance_hardly_allows_does_not_bear_out(missed: int, made: int, borne_out: bool) -> None:
    assert records([9] * missed + [0] * (made - missed)).is_borne_out is borne_out


# ---- calibration


def generated(rng: np.random.Generator, chances: Iterable[float], each: int) -> Iterator[Filled]:
    """Cohorts of six months of completions, month by month; of the people of a month a share returns within six.

    A person who returns does so in any of the six months after completion alike.
    """
    months = []
    for chance in chances:
        completed = int(rng.poisson(each))
        returns = rng.integers(0, MONTHS, rng.binomial(completed, chance))
        months.append((completed, np.bincount(returns, minlength=MONTHS)))
    for last in range(MONTHS - 1, len(months)):
        people, came = np.zeros(MONTHS + 1, int), np.zeros(MONTHS + 1, int)
        for age in range(MONTHS):
            of_month, returned = months[last - age]
            by_now = int(returned[:age].sum())
            people[COUNTED] += by_now
            came[COUNTED] += by_now
            people[age + 1], came[age + 1] = of_month - by_now, returned.sum() - by_now
        yield Filled(people, came)


def coverage(found: Sequence[tuple[Expectation, int]], level: int) -> float:
    held = [low <= came <= high for one, came in found for low, high in [one.interval(level)]]
    return sum(held) / len(held)


@pytest.mark.parametrize("months", [20, 40])
@pytest.mark.parametrize(("chance", "each"), [(0.1, 6), (0.25, 40), (0.5, 15)])
def test_limits_are_calibrated_on_cohorts_with_a_known_chance_of_return(chance: float, each: int, months: int) -> None:
    rng = np.random.default_rng(20170816)
    found = []
    for _ in range(400):
        *earlier, now = generated(rng, [chance] * 20, each)
        # The nine newest of the earlier cohorts are not complete yet.
        found.append(
            (expectation(now.people, earlier[:-8], earlier[:-8], shared=AGES_OF_A_RETURN), int(now.came.sum()))
        )
    spare = 0.07 if each < 20 else 0.05  # no whole number lies just at 80%
    assert 0.77 <= coverage(found, 80) <= 0.83 + spare
    assert 0.93 <= coverage(found, 95) <= 1.0
    bias = np.mean([came - one.mean for one, came in found])
    assert abs(bias) < 0.06 * np.mean([came for _, came in found])


def test_limits_learn_to_hold_where_months_differ_by_more_than_chance() -> None:
    rng = np.random.default_rng(20170816)
    stretched, as_they_were = [], []
    for _ in range(120):
        earlier = list(generated(rng, rng.beta(1.2, 3.6, 44), 25))
        made = [
            (expectation(now.people, past, past, shared=AGES_OF_A_RETURN), int(now.came.sum()))
            for i in range(15, len(earlier), 2)
            for now, past in [(earlier[i], earlier[: i - 8])]
        ]
        *before, (newest, came) = made
        wide = stretch([(outcome, one.distribution) for one, outcome in before[:-4]])
        stretched.append((replace(newest, stretched=wide), came))
        as_they_were.append((newest, came))
    assert coverage(as_they_were, 95) < 0.75
    assert coverage(stretched, 95) >= 0.85
    assert coverage(stretched, 80) >= 0.7
