"""What a figure, an area or the caseload stands beside: what others reached, as known on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from domain.contract_life.comparators import ValueKind, period_words
from domain.errors import Refused
from domain.measures.registry import MEASURE_OF
from domain.periods import Period
from domain.rounding import STORED_DECIMALS, half_up
from projections.performance.beside.areas import AreasOfPeriod, GroupWhole, areas_of_period, newest_period
from projections.performance.beside.comparators import COMPARABLES, KnownValue
from projections.performance.beside.quartiles import AreaJudgement, QuartileMethod, by_interval, rank_of
from projections.performance.colours.rag import NumberNeeded
from web.auth.viewer import Viewer, unchanged
from web.queries.performance import figures as of_figures
from web.queries.performance.figure import FigureResult
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

from .comparators import all_comparators

Counts = tuple[int, int]
"""Numerator and denominator of our own."""


# ---- what a figure stands beside


class RangeReached(Result, frozen=True):
    """From one percentage to another, of whom; in percent, three decimals. `printed`: as it was released, not counted.

    `needed` is how many people of our own cohort lie in it.
    """

    name: str
    low: float
    high: float
    printed: bool
    source: str
    needed: NumberNeeded | None


class WholeReached(Result, frozen=True):
    """What a group reached as a whole, or the nation; `kind` says which. Counts are null where they are not known."""

    name: str
    kind: ValueKind
    low: float
    high: float
    numerator: int | None
    denominator: int | None
    source: str


class BesideComparator(Result, frozen=True):
    """A figure beside the newest values of others that had been released by then, for the newest period that had ended.

    `judged` says by the figure's 95% interval whether it is better, similar or worse than `against`; `why_not` says why
    it does not. `rank` (1 is the best) and `quartile` (1 is the top one) are among the `areas` that have a value, and
    our own; `without` is how many areas have none.
    """

    set: int | None
    group: str
    period: str
    first_day: date
    last_day: date
    against: WholeReached | None
    judged: AreaJudgement | None
    why_not: str | None
    rank: int | None
    among: int | None
    quartile: int | None
    areas: int
    without: int
    top_quartile: RangeReached | None
    national: WholeReached | None


def beside(snapshot: Snapshot, figure: FigureResult, viewer: Viewer) -> BesideComparator | None:
    """What a figure stands beside, as known then; None where nothing of others is known, or none can be compared."""
    slice_, measure = figure.slice, figure.measure
    if measure.code not in COMPARABLES or slice_.criminal_justice or slice_.young_people or viewer.is_public:
        return None
    counts, silence = _counts(figure), _silence(figure)
    return _newest_beside(snapshot, measure.code, figure.as_of, figure.known_at, counts, silence, slice_.agency is None)


# A scorecard asks for each of its lines, again and again.
@snapshot_cache(4096)
def _newest_beside(
    snapshot: Snapshot,
    measure: str,
    as_of: date,
    known_at: date | None,
    own: Counts | None,
    silence: str | None,
    ranked: bool,
) -> BesideComparator | None:
    period = newest_period(all_comparators(snapshot), measure, known_at, as_of)
    if period is None:
        return None
    return _beside(known_areas(snapshot, measure, known_at, period, QuartileMethod.RANKED), own, silence, ranked=ranked)


@snapshot_cache()
def known_areas(
    snapshot: Snapshot, measure: str, known_at: date | None, period: Period, method: QuartileMethod
) -> AreasOfPeriod:
    """What is known on a day of the areas that a measure is compared with, in a period; for other queries."""
    return areas_of_period(all_comparators(snapshot), measure, known_at, period, method)


def _counts(figure: FigureResult) -> Counts | None:
    if figure.withheld or not figure.denominator:
        return None
    return figure.numerator, figure.denominator


def _silence(figure: FigureResult) -> str | None:
    """Why a figure is not held against another's; None where it is."""
    if figure.withheld:
        return "not shown"
    if not figure.is_covered:
        return "no file covers the day"
    if figure.status == "incomplete":
        return "a file is missing"
    return None if figure.denominator else "nobody"


def _beside(areas: AreasOfPeriod, own: Counts | None, silence: str | None, *, ranked: bool) -> BesideComparator:
    against = areas.against
    judged = None
    if silence is None and own and against:
        judged = by_interval(*own, against.low, against.high, areas.measure.polarity)
    share = Fraction(*own) if own and silence is None and ranked else None
    rank = None if share is None else areas.rank(share)
    return BesideComparator(
        _number(areas),
        areas.terms.name if areas.terms else "",
        period_words(areas.period),
        areas.period.first_day,
        areas.period.last_day,
        whole_result(against),
        judged,
        silence,
        rank,
        None if rank is None else len(areas.areas) + 1,
        None if share is None else areas.quartile(share),
        len(areas.areas),
        len(areas.without),
        _top_quartile(areas, own[1] if own else None),
        whole_result(areas.national),
    )


def _number(areas: AreasOfPeriod) -> int | None:
    return areas.terms.number if areas.terms else None


def whole_result(whole: GroupWhole | None) -> WholeReached | None:
    """A whole, as an answer."""
    if whole is None:
        return None
    low, high = percent_of(whole.low), percent_of(whole.high)
    return WholeReached(whole.name, whole.kind, low, high, whole.numerator, whole.denominator, whole.source)


def percent_of(share: Fraction) -> float:
    """A share in percent, three decimals."""
    return half_up(100 * share, STORED_DECIMALS)


def _top_quartile(areas: AreasOfPeriod, denominator: int | None) -> RangeReached | None:
    """As it was printed, else as the areas' own values have it."""
    if areas.printed:
        printed = areas.printed
        return _range(printed.name, printed.low, printed.high, denominator, source=printed.source, printed=True)
    if areas.quartiles:
        top = areas.quartiles[0]
        return _range("top quartile", top.low, top.high, denominator, source="", printed=False)
    return None


def _range(
    name: str, low: Fraction, high: Fraction, denominator: int | None, *, source: str, printed: bool
) -> RangeReached:
    needed = None if denominator is None else needed_of(low, high, denominator)
    return RangeReached(name, percent_of(low), percent_of(high), printed, source, needed)


def needed_of(low: Fraction, high: Fraction, denominator: int) -> NumberNeeded:
    """How many people of a cohort lie in a range: from `low` rounded up to `high` rounded down."""
    return NumberNeeded(ceil(low * denominator), floor(high * denominator), denominator)


# ---- what the areas of a set reached


@dataclass(frozen=True, slots=True)
class AreasQuery:
    """What is compared, in which period (None for the newest that has ended by `as_of`), as known on a day."""

    measure: str
    known_at: date
    period: Period | None = None
    method: QuartileMethod = QuartileMethod.RANKED


class AreaReached(Result, frozen=True):
    """What an area reached: its place (1 is the best), and its quartile (1 is the top one); null without a better side.

    `own` is ours, by our own counting. `release` says where the value is from.
    """

    name: str
    rank: int | None
    numerator: int | None
    denominator: int | None
    percentage: float
    quartile: int | None
    own: bool
    release: int | None


class QuartileResult(Result, frozen=True):
    """A quarter of the areas, in percent: 1 is the top one."""

    number: int
    low: float
    high: float


class AreasResult(Result, frozen=True):
    """What the areas of a set reached in a period, the best first, and ours among them."""

    measure: str
    name: str
    polarity: str | None
    set: int | None
    group: str
    period: str
    first_day: date
    last_day: date
    known_at: date
    method: QuartileMethod
    areas: list[AreaReached]
    without: tuple[str, ...]
    quartiles: list[QuartileResult]
    beside: BesideComparator
    own: FigureResult | None
    whole: WholeReached | None
    periods: list[str]
    sources: list[str]


# The list asks for every measure, each time that it is looked at.
@snapshot_cache()
def areas(snapshot: Snapshot, viewer: Viewer, query: AreasQuery) -> AreasResult | None:
    """The areas that a measure is compared with, in a period, in their order; None where nothing is known of them."""
    every = viewer.redacted(all_comparators(snapshot), unchanged)
    known = every.known(query.measure, query.known_at)
    period = query.period or newest_period(every, query.measure, query.known_at, query.known_at)
    if period is None or period not in known:
        return None
    its = known_areas(snapshot, query.measure, query.known_at, period, query.method)
    own = _own_figure(snapshot, viewer, query, period)
    counts, silence = (_counts(own), _silence(own)) if own else (None, None)
    # Where no set is of the measure, areas have their values and no place.
    listed = its.areas if its.terms else [one for one in its.values if one.value.kind is ValueKind.AREA]
    share = Fraction(*counts) if counts and silence is None and its.terms else None
    beside_each = [*its.shares, *([] if share is None else [share])]
    reached = [_area(its, one, beside_each) for one in listed]
    if counts and share is not None:
        reached.append(_own_area(its, counts))
    best_first = sorted(reached, key=lambda one: one.percentage, reverse=its.measure.polarity != "lower")
    newest_first = sorted(known, key=lambda one: one.last_day, reverse=True)
    return AreasResult(
        its.measure.code,
        its.measure.name,
        its.measure.polarity,
        _number(its),
        its.terms.name if its.terms else "",
        period_words(period),
        period.first_day,
        period.last_day,
        query.known_at,
        query.method,
        best_first,
        its.without,
        [QuartileResult(one.number, percent_of(one.low), percent_of(one.high)) for one in its.quartiles],
        _beside(its, counts, silence, ranked=True),
        own,
        whole_result(its.group),
        [period_words(one) for one in newest_first],
        list(dict.fromkeys(f"{one.release.said.source} (release {one.release.number})" for one in its.values)),
    )


def every_measure(snapshot: Snapshot, viewer: Viewer, known_at: date) -> list[AreasResult]:
    """The newest period of everything of which values of others are known, in the order of the registry."""
    codes = viewer.redacted(all_comparators(snapshot), unchanged).measures()
    every = (areas(snapshot, viewer, AreasQuery(code, known_at)) for code in codes)
    return [one for one in every if one is not None]


def days_of_release(snapshot: Snapshot, viewer: Viewer, measure: str) -> list[date]:
    """The days on which values of a measure were released, or withdrawn, the oldest first."""
    releases = viewer.redacted(all_comparators(snapshot), unchanged).releases
    its = [one for one in releases if any(value.measure == measure for value in one.said.values)]
    return sorted({recorded.event.occurred_on for one in its for recorded in (one.recorded, one.newest)})


def newest_release(snapshot: Snapshot, viewer: Viewer, measure: str, period: Period) -> int:
    """The number of the newest release that says something of a measure and a period; 0 where none does."""
    every = viewer.redacted(all_comparators(snapshot), unchanged)
    return every.newest_release_of({(measure, period)})


def _own_figure(snapshot: Snapshot, viewer: Viewer, query: AreasQuery, period: Period) -> FigureResult | None:
    """Ours at the end of the period, as it is known now; None where it is not for this viewer, or nothing is known."""
    measure = MEASURE_OF.get(query.measure)
    if measure is None or not snapshot.submissions.has_monthly_file:
        return None
    try:
        asked = of_figures.FiguresQuery(period.last_day, query.known_at, (measure,))
        return of_figures.figures(snapshot, viewer, asked).figures[0]
    except Refused:
        return None


def _area(its: AreasOfPeriod, known: KnownValue, beside_each: Sequence[Fraction]) -> AreaReached:
    """An area, with its place beside all the others and ours."""
    value, polarity = known.value, its.measure.polarity
    return AreaReached(
        value.name,
        rank_of(known.low, beside_each, polarity) if polarity and its.areas else None,
        value.numerator,
        value.denominator,
        percent_of(known.low),
        its.quartile(known.low),
        False,
        known.release.number,
    )


def _own_area(its: AreasOfPeriod, counts: Counts) -> AreaReached:
    share = Fraction(*counts)
    name = (its.terms.own_area if its.terms else "") or "Ours"
    return AreaReached(name, its.rank(share), *counts, percent_of(share), its.quartile(share), True, None)
