"""Many councils at one standpoint: each one's figures beside the others'.

They are read from the Parquet files that each council wrote (`projections.national`), and from no database. An area is
a council, as its own database counts it. Whoever works for one council sees the others suppressed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from domain.definition import definition_in_force
from domain.errors import Refused, WrongUse
from domain.measures.registry import MEASURE_OF, MEASURES, Measure
from domain.periods import last_day_of_month
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from projections.national.counts import NOBODY, CouncilCounts, Pair, counts_of
from projections.national.disclosure import (
    SeenCount,
    hidden_whole,
    seen_by,
    seen_whole,
    sum_of_pairs,
    sum_of_seen,
)
from projections.national.folder import CouncilManifest, Councils
from projections.national.ranking import PlaceRange, Ranking
from projections.performance.beside.quartiles import AreaJudgement, Quartile
from projections.standings.wilson import wilson
from web.queries.performance.figure import IntervalResult
from web.queries.result import SUPPRESSIBLE, Result

MONTH_ENDS: Final = "national-month-ends"


@dataclass(frozen=True, slots=True)
class NationalViewer:
    """Whom a national answer is for: somebody who may see every council whole, or who works for `own`."""

    own: str | None = None


@dataclass(frozen=True, slots=True)
class NationalFiguresQuery:
    """Some measures of all councils; `known_at` None for all that each council knows.

    `among` are the codes of the councils that one is compared with; none for no such group.
    """

    as_of: date
    known_at: date | None = None
    measures: tuple[Measure, ...] = MEASURES
    among: tuple[str, ...] = ()


class CouncilRead(Result, frozen=True):
    """What a council's figures rest on: how far its log had come when its standings were written, and when that was."""

    council: str
    position: int
    generation: int
    newest_received_on: date | None
    written_at: datetime


class CouncilAbsent(Result, frozen=True):
    """A council whose figures are not there, and why."""

    council: str
    reason: str


class CouncilFigure(Result, frozen=True):
    """One council's figure. `covered`: whether files cover the day; else it has no percentage and no place.

    `place` and `quartile` are among the councils of which this viewer sees all, 1 for the best; `places` are those that
    its interval and theirs leave open. `beside_all` is how the figure lies to that of all councils together, by its
    interval.
    """

    council: str
    covered: bool
    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: float | None
    interval: IntervalResult | None
    place: int | None = None
    places: PlaceRange | None = None
    quartile: int | None = None
    beside_all: AreaJudgement | None = None


class CouncilInGroup(Result, frozen=True):
    """Where a council stands among those of a group; its figure stands among all councils'."""

    council: str
    place: int | None
    places: PlaceRange | None
    quartile: int | None
    beside_group: AreaJudgement | None


class NationalQuartile(Result, frozen=True):
    """A quarter of the councils by what they reached, in percent; 1 is the best."""

    number: int
    low: float
    high: float


class NationalGroup(Result, frozen=True):
    """The councils that one is compared with: those of them whose files cover the day, added up, and each of them.

    `councils` has the reader's own beside them, which is not in the sum. The sum is suppressed where one of them is.
    """

    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: float | None
    interval: IntervalResult | None
    quartiles: list[NationalQuartile]
    councils: list[CouncilInGroup]


class NationalMeasure(Result, frozen=True):
    """One measure: all councils together whose files cover the day, each by itself, and the quartiles; and the group
    that was named, if one was.
    """

    code: str = msgspec.field(name="measure")
    name: str
    kind: str
    polarity: str | None
    immature: bool
    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: float | None
    interval: IntervalResult | None
    quartiles: list[NationalQuartile]
    councils: list[CouncilFigure]
    group: NationalGroup | None

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]


class NationalFiguresResult(Result, frozen=True):
    """All councils' figures at one standpoint, by measure; with what they rest on, and who is not there.

    `reader` is the council that it was made for, whose own figures are whole; null where nothing is hidden.
    """

    as_of: date
    known_at: date | None
    definition: str
    reader: str | None
    measures: list[NationalMeasure]
    councils: list[CouncilRead]
    absent: list[CouncilAbsent]
    demonstration: bool


def figures(folder: Path, viewer: NationalViewer, query: NationalFiguresQuery) -> NationalFiguresResult:
    """The figures of every council in a folder at one standpoint.

    Raises:
        Refused: somebody of one council asks of the others on a day that is no month's end.
        WrongUse: a council of the group is not in the folder; or as `counts_of`.
        SettingMissing: as `counts_of`.
    """
    if viewer.own is not None:
        _check_month_ends(query)
    councils, counts = counts_of(folder, query.measures, query.as_of, query.known_at)
    _check_group(query, councils)
    return NationalFiguresResult(
        query.as_of,
        query.known_at,
        definition_in_force(query.as_of).version,
        viewer.own,
        [_measure(measure, councils, counts, viewer, query) for measure in query.measures],
        [council_read(manifest) for manifest in councils.present],
        [CouncilAbsent(one.council, one.reason) for one in councils.absent],
        any(manifest.demonstration for manifest in councils.present),
    )


def _check_month_ends(query: NationalFiguresQuery) -> None:
    """Day by day, figures of others would tell of single people."""
    days = [query.as_of, *([query.known_at] if query.known_at else [])]
    if any(day != last_day_of_month(day) for day in days):
        raise Refused(
            MONTH_ENDS,
            "Figures of other councils are shown at month ends only: day by day they would tell of single people. Ask "
            "as of a month's end, and as known at one or by all that is known.",
        )


def _check_group(query: NationalFiguresQuery, councils: Councils) -> None:
    there = sorted({one.council for one in councils.present}.union(one.council for one in councils.absent))
    if unknown := [council for council in query.among if council not in there]:
        raise WrongUse(
            f"{', '.join(unknown)}: no such council is among those that are read. There are {', '.join(there)}."
        )


def council_read(manifest: CouncilManifest) -> CouncilRead:
    """What a council's figures rest on."""
    return CouncilRead(
        manifest.council,
        manifest.state.position,
        manifest.state.generation,
        manifest.newest_received_on,
        manifest.written_at,
    )


def _measure(
    measure: Measure, councils: Councils, counts: CouncilCounts, viewer: NationalViewer, query: NationalFiguresQuery
) -> NationalMeasure:
    covered = {one.council: one.covers(query.as_of, query.known_at) for one in councils.present}
    pairs = {council: counts.get((council, measure.code), NOBODY) for council in covered}
    seen, total = _seen(measure, {council: pairs[council] for council in pairs if covered[council]}, viewer)
    for council in pairs.keys() - seen.keys():
        # Of a day that no file covers, what is known is no figure; and to others nothing at all.
        is_shown = viewer.own in {None, council}
        seen[council] = seen_whole(measure, pairs[council]) if is_shown else hidden_whole(measure)
    ranking = Ranking(measure, {council: seen[council] for council in pairs if covered[council]}, total)
    return NationalMeasure(
        measure.code,
        measure.name,
        measure.kind,
        measure.polarity,
        measure.immature,
        total.numerator,
        total.denominator,
        _percentage(total),
        _interval(total),
        list(map(_quartile, ranking.quartiles)),
        [_council(council, seen[council], ranking, covered=covered[council]) for council in pairs],
        _group(ranking, query.among, viewer) if query.among else None,
    )


def _seen(
    measure: Measure, pairs: Mapping[str, Pair], viewer: NationalViewer
) -> tuple[dict[str, SeenCount], SeenCount]:
    if viewer.own is not None:
        return seen_by(measure, pairs, viewer.own)
    whole = {council: seen_whole(measure, pair) for council, pair in pairs.items()}
    return whole, seen_whole(measure, sum_of_pairs(pairs.values()))


def _council(council: str, seen: SeenCount, ranking: Ranking, *, covered: bool) -> CouncilFigure:
    return CouncilFigure(
        council,
        covered,
        seen.numerator,
        seen.denominator,
        _percentage(seen) if covered else None,
        _interval(seen) if covered else None,
        ranking.place(council),
        ranking.places(council),
        ranking.quartile(council),
        ranking.beside(council),
    )


def _group(of_all: Ranking, among: Sequence[str], viewer: NationalViewer) -> NationalGroup:
    """The group is what is seen of its councils anyhow: so that naming one council more or less tells nothing."""
    measure = of_all.measure
    members = {council: seen for council, seen in of_all.seen.items() if council in among}
    whole = sum_of_seen(measure, members.values())
    beside = {council: seen for council, seen in of_all.seen.items() if council in members or council == viewer.own}
    ranking = Ranking(measure, beside, whole)
    return NationalGroup(
        whole.numerator,
        whole.denominator,
        _percentage(whole),
        _interval(whole),
        list(map(_quartile, ranking.quartiles)),
        [_in_group(council, ranking) for council in beside],
    )


def _in_group(council: str, ranking: Ranking) -> CouncilInGroup:
    return CouncilInGroup(
        council, ranking.place(council), ranking.places(council), ranking.quartile(council), ranking.beside(council)
    )


def _percentage(seen: SeenCount) -> float | None:
    return percentage_of(seen.numerator, seen.denominator) if seen.is_whole else None


def _interval(seen: SeenCount) -> IntervalResult | None:
    limits = wilson(seen.numerator, seen.denominator) if seen.is_whole and seen.denominator else None
    if limits is None:
        return None
    low, high = limits
    return IntervalResult(half_up(low, STORED_DECIMALS), half_up(high, STORED_DECIMALS))


def _quartile(one: Quartile) -> NationalQuartile:
    return NationalQuartile(
        one.number, half_up(100 * one.low, STORED_DECIMALS), half_up(100 * one.high, STORED_DECIMALS)
    )
