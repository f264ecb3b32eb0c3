"""What is to be expected of a figure that still fills in, with the record of how earlier forecasts came true.

A figure is not the last word on its cohort where the follow-up time of a re-presentation still runs, and where records
still arrive late. The forecast is of the cohort *as it is*: how many of these people will be counted in the end. It is
learned from earlier cohorts as they were seen at the same age (`cohorts.py`, `filling_in.py`). People who become known
later are not in it. Every step, and every earlier forecast of the record, uses only what was known when it is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.errors import WrongUse
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .cohorts import COMPLETE_AFTER_MONTHS, FOLLOW_UP_MONTHS, Cohorts, EarlierCohort, final_measure
from .completeness import COUNTED, Expectation, expectation, settled, stretch

FEWEST_COHORTS: Final = 3
FEWEST_PEOPLE: Final = 20
"""With fewer earlier complete cohorts, or fewer different people in them, there is too little to tell."""
FEWEST_RECORDED: Final = 3
"""With fewer earlier forecasts of which it is known what came, none is shown."""
AGES_OF_A_RETURN: Final = (FOLLOW_UP_MONTHS + 1) / 2
"""At how many ages somebody who returns is seen before as not returned yet, on average."""
MOST_COHORTS: Final = 36
"""A forecast looks at no more, the latest, earlier cohorts: practice changes."""
REFUTED_BELOW: Final = 0.05
"""The chance of a record as bad as this or worse, below which it does not bear the forecast out."""
LEVELS: Final = (80, 95)
"""The levels of the intervals, in percent."""


class Silence(StrEnum):
    """Why no forecast is made."""

    NOBODY = "nobody"
    INCOMPLETE = "incomplete"
    FEW_COHORTS = "few-cohorts"
    FEW_PEOPLE = "few-people"
    NO_RECORD = "no-record"


@dataclass(frozen=True)
class Earlier:
    """A forecast of an earlier cohort as it would have been made at the same age, and what came.

    `numerator` and `denominator` are those of the figure of then; `came` is how many of its people were counted in
    the end.
    """

    standpoint: Standpoint
    numerator: int
    denominator: int
    expectation: Expectation
    came: int

    def held(self, level: int) -> bool:
        """Whether what came lies in the interval."""
        low, high = self.expectation.interval(level)
        return low <= self.came <= high


@dataclass(frozen=True)
class Record:
    """The earlier forecasts of which it is known what came, the newest first."""

    earlier: tuple[Earlier, ...]

    def held(self, level: int) -> int:
        """In how many of them what came lay in the interval."""
        return sum(one.held(level) for one in self.earlier)

    @property
    def is_borne_out(self) -> bool:
        """Whether so few of the 95% intervals may have missed by chance: with one in twenty or more."""
        n, held = len(self.earlier), self.held(95)
        return sum(comb(n, k) * 0.95**k * 0.05 ** (n - k) for k in range(held + 1)) >= REFUTED_BELOW

    @property
    def mean_error(self) -> float:
        """By how many people the forecasts were off, on average."""
        return float(np.mean([abs(one.came - one.expectation.mean) for one in self.earlier]))

    @property
    def mean_change(self) -> float:
        """By how many people it would have been off to take the figure of then for the last word, on average."""
        return float(np.mean([abs(one.came - one.numerator) for one in self.earlier]))


@dataclass(frozen=True)
class Forecast:
    """A forecast beside its figure.

    The last word on the cohort is the figure of `final_measure` as of `final_as_of`. `age`: how many months past
    `as_of` all files reach, None where one is missing. A cohort that is complete (`is_settled`) is expected to stay as
    it is, without a record. `silence` says why there is no expectation. `cohorts` and `people`: how many earlier ones
    it is learned from.
    """

    figure: Figure
    final_measure: Measure
    final_as_of: date
    age: int | None
    is_settled: bool = False
    silence: Silence | None = None
    expectation: Expectation | None = None
    record: Record | None = None
    cohorts: int = 0
    people: int = 0


def forecast(engine: StandingsEngine, measure: Measure, standpoint: Standpoint, slice_: Slice) -> Forecast:
    """The forecast of one figure. Raises WrongUse for a measure that is a count."""
    if measure.kind == "count":
        raise WrongUse(f"{measure.code} is a count: a forecast is made of shares only.")
    measure = measure.under(engine.definition_at(standpoint.as_of))
    cohorts = Cohorts(engine, measure, standpoint, slice_)
    figure = engine.figure(measure, standpoint, slice_)
    draft = Forecast(figure, final_measure(measure), cohorts.final_day(standpoint.as_of), cohorts.age)
    if not figure.is_covered:
        return replace(draft, silence=Silence.INCOMPLETE)
    if not figure.denominator:
        return replace(draft, silence=Silence.NOBODY)
    if cohorts.age is None:
        return replace(draft, silence=Silence.INCOMPLETE)
    if cohorts.is_complete:
        return replace(draft, is_settled=True, expectation=settled(cohorts.counted_in_the_end, figure.denominator))
    return _from_earlier(cohorts, draft)


def _from_earlier(cohorts: Cohorts, draft: Forecast) -> Forecast:
    earlier = _known_at(cohorts.standpoint, cohorts)
    draft = replace(draft, cohorts=len(earlier), people=_different_people(earlier))
    if silence := _too_little(earlier):
        return replace(draft, silence=silence)
    tried = list(_tried(cohorts))
    known = [made for made, cohort in tried if cohort in earlier]
    if len(known) < FEWEST_RECORDED:
        return replace(draft, silence=Silence.NO_RECORD)
    expected = _stretched(_expected(cohorts, cohorts.people, earlier), cohorts.standpoint, tried)
    record = Record(
        tuple(replace(one, expectation=_stretched(one.expectation, one.standpoint, tried)) for one in known)
    )
    return replace(draft, expectation=expected, record=record)


_Tried = tuple[Earlier, EarlierCohort]


def _tried(cohorts: Cohorts) -> Iterator[_Tried]:
    """The forecasts of earlier cohorts, each from those that were complete when it would have been made."""
    for cohort in cohorts.earlier:
        before, people = _known_at(cohort.seen_at, cohorts), cohort.own.people
        if people.any() and not _too_little(before):
            expected, came = _expected(cohorts, people, before), int(cohort.own.came.sum())
            yield Earlier(cohort.seen_at, int(people[COUNTED]), int(people.sum()), expected, came), cohort


def _stretched(expected: Expectation, standpoint: Standpoint, tried: Sequence[_Tried]) -> Expectation:
    """With intervals as wide as it takes by the misses that were known at a standpoint."""
    known = [made for made, cohort in tried if cohort.complete_at <= standpoint.position]
    return replace(expected, stretched=stretch([(one.came, one.expectation.distribution) for one in known]))


def _known_at(standpoint: Standpoint, cohorts: Cohorts) -> list[EarlierCohort]:
    """The latest cohorts before a standpoint's that were known to be complete at it."""
    before = (cohort for cohort in cohorts.earlier if cohort.seen_at.as_of < standpoint.as_of)
    return [cohort for cohort in before if cohort.complete_at <= standpoint.position][:MOST_COHORTS]


def _too_little(earlier: Sequence[EarlierCohort]) -> Silence | None:
    if len(earlier) < FEWEST_COHORTS:
        return Silence.FEW_COHORTS
    return Silence.FEW_PEOPLE if _different_people(earlier) < FEWEST_PEOPLE else None


def _different_people(earlier: Sequence[EarlierCohort]) -> int:
    return len(np.unique(np.concatenate([cohort.clients for cohort in earlier]))) if earlier else 0


def _expected(cohorts: Cohorts, people: NDArray[np.int64], earlier: Sequence[EarlierCohort]) -> Expectation:
    # One late record fills in every cohort that is not complete yet; who returns is seen at several ages before.
    shared = AGES_OF_A_RETURN if cohorts.measure.immature else COMPLETE_AFTER_MONTHS - (cohorts.age or 0)
    own, of_all = [cohort.own for cohort in earlier], [cohort.of_all for cohort in earlier]
    return expectation(people, own, of_all, shared=shared)


def measures_read(measure: Measure) -> list[Measure]:
    """The measures whose standings a forecast reads: all groups of it, and of the one that has the last word."""
    families = {measure.family.name, final_measure(measure).family.name}
    return [one for one in MEASURES if one.family.name in families]
