"""What the committee report says: the tables of a council's performance paper, from any standpoint, in its words.

A cell may have several lines; what it holds otherwise is said once, here, for the page and for every file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.measures.registry import Measure, measure_named
from domain.periods import quarter_ends, quarter_of
from projections.performance.colours.rag import ACTION_PLAN
from projections.performance.scorecard import State
from projections.performance.trend import months_before
from projections.standings.slices import Slice
from web.charts import Drawing
from web.presenters import text as words
from web.presenters.agreement.needed_in_report import needed_section
from web.presenters.performance.figures import trend_of
from web.presenters.sentences import asks, window
from web.presenters.tables import Column, Table
from web.presenters.text import AnyFigure
from web.queries.parameters import KnownAt
from web.queries.performance import figures as asking
from web.queries.performance import scorecards
from web.queries.performance.scorecards import ScorecardLineResult
from web.snapshot import NOTICE

from .committee_words import definitions, direction, finding, known, sources, to_reach, waiting
from .reports import Report, Section, Viewpoint

MONTHS, QUARTERS = 4, 3
"""Columns of a table: the last month ends, and the last ends of the council's quarters."""
DRAWN_MONTHS, DRAWN_QUARTERS = 12, 8
TITLE: Final = "Performance update: substance misuse treatment"
SPECIFICATION: Final = "specification"
"""The key of the last section, which says what each measure counts."""
_GROUPS: Final = (
    " Each group is a cohort of its own: alcohol and non-opiate is not the sum of the groups above it, and nobody is "
    "in two."
)
_UNBROKEN: Final = 10
"""Letters of numbers that stand in one line of a cell; longer ones may be broken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A section of the paper: its measures, and whether it goes by quarters.

    `drawn`: its measures have charts. `by_group`: they are one measure of several groups.
    """

    key: str
    heading: str
    about: str
    codes: str
    quarterly: bool = False
    drawn: bool = False
    by_group: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it is about."""
        return tuple(map(measure_named, self.codes.split()))

    @property
    def is_immature(self) -> bool:
        """Whether its measures are of people who have not all had their six months."""
        return all(measure.immature for measure in self.measures)

    def name(self, measure: Measure) -> str:
        """A measure as its table calls it."""
        return f"{measure.code} {words.of_group(measure) if self.by_group else measure.name}"


PLANS: Final = (
    Plan(
        "completions",
        "Successful completions",
        "Of all in treatment in twelve months, the share who left having completed it." + _GROUPS,
        "4.0 4.1 4.2 4.3",
        drawn=True,
        by_group=True,
    ),
    Plan(
        "returns-so-far",
        "Re-presentations so far, month by month",
        "Of those who completed in the last six months, how many have come back so far; below it, how many of them are "
        "past their six months. More may still come back, so this is an early sign: it has no percentage, no target "
        "and no direction.",
        "5.0u 5.1u 5.2u 5.3u",
        by_group=True,
    ),
    Plan(
        "returns",
        "Re-presentations when six months have passed",
        "Of those who completed in a window of six months and have all had their six months since, the share who came "
        "back. A large percentage is a problem." + _GROUPS,
        "5.0 5.1 5.2 5.3",
        quarterly=True,
        drawn=True,
        by_group=True,
    ),
    Plan(
        "outcome",
        "Completed and not back within six months (PHOF 2.15)",
        "The national outcome, told when six months have passed.",
        "1.0 2.0 3.0",
        quarterly=True,
    ),
    Plan(
        "records",
        "Recovery plans, risk assessments and Treatment Outcomes Profiles",
        "Whether what was due was looked at and filled in. A TOP is a Treatment Outcomes Profile.",
        "R.plan R.risk T.start T.review T.exit",
    ),
    Plan("waiting", "Waiting", "How soon treatment was offered, and began.", "W.offered W.started"),
)


def report_of(seen: Viewpoint, title: str = TITLE) -> Report:
    """The report from a standpoint, as far as its reader sees; nothing is written beside the tables yet."""
    needed = needed_section(seen)
    said = [_kept_section(seen, plan) for plan in PLANS] + ([needed] if needed else [])
    sections = list(_numbered([*said, _specification(seen)]))
    card = lines_of(seen, PLANS[0])[0].figure
    return Report(
        title,
        words.AUDIENCES[seen.who.audience],
        words.standpoint(seen.standpoint),
        words.slice_of(seen.slice_, seen.named),
        _status(card, seen.named),
        NOTICE if seen.snapshot.is_demonstration else "",
        words.LOCAL_ESTIMATE,
        list(_in_short(seen)),
        sections,
    )


def _numbered(sections: Iterable[Section]) -> Iterable[Section]:
    """Tables and charts with their numbers, by which a commentary can speak of them."""
    drawn = 0
    for number, section in enumerate(sections, 1):
        charts = [
            replace(chart, title=f"Chart {place}. {chart.title}")
            for place, chart in enumerate(section.charts, drawn + 1)
        ]
        drawn += len(charts)
        notes = [f"Source of table {number}: {source}" for source in section.table.notes]
        table = replace(section.table, title=f"Table {number}. {section.table.title}", notes=notes)
        yield replace(section, table=table, charts=charts)


def _status(figure: AnyFigure, named: Callable[[str], str]) -> str:
    """What the report rests on, the agencies by their names."""
    more = " So the figures of the last month may still change." if figure.status == "provisional" else ""
    return f"{words.status(figure, named)}{more}"


_IN_SHORT: Final = (
    (State.NOT_COVERED, "without a file that covers the day"),
    (State.WITHHELD, "not shown to a provider, since it would tell of few people of others,"),
    (State.MISSED, "off target"),
    (State.NEAR, "near target"),
    (State.MET, "on target"),
    (State.EXPIRED, "without a target, since it has expired,"),
    (State.INCOMPLETE, "not judged, since a file is missing,"),
)


def _in_short(seen: Viewpoint) -> Iterable[str]:
    """Which figures reach their targets, and which do not, by section; and what is true of nearly every line."""
    all_lines: list[ScorecardLineResult] = []
    for plan in PLANS:
        lines = lines_of(seen, plan)
        all_lines += lines
        by_state = [
            f"{said} {'is' if len(of_it) == 1 else 'are'} {words.listed([plan.name(line.measure) for line in of_it])}"
            for state, said in _IN_SHORT
            if (of_it := [line for line in lines if line.state is state])
        ]
        if by_state and not plan.is_immature:
            yield f"{plan.heading}: {'; '.join(by_state)}."
    if any(ACTION_PLAN in line.against.sentences for line in all_lines):
        yield ACTION_PLAN
    if any(line.movement.within_chance for line in all_lines):
        yield words.UNLESS_MORE_THAN_CHANCE


# ---- a section


@dataclass(frozen=True, slots=True)
class _SectionKey:
    plan: str
    as_of: date
    known_at: KnownAt
    slice: Slice
    viewer: tuple[str, ...]


def _kept_section(seen: Viewpoint, plan: Plan) -> Section:
    """A section as this reader sees it; the page shows it first, and the file has the same again."""
    key = _SectionKey(plan.key, seen.as_of, seen.known_at, seen.slice_, seen.who.key)
    return seen.snapshot.cached(key, lambda: _section(seen, plan))


def _section(seen: Viewpoint, plan: Plan) -> Section:
    days = days_of(seen, plan)
    lines = lines_of(seen, plan)
    series = [series_of(seen, line.measure, days) for line in lines]
    ends = [quarter_of(day) if plan.quarterly else words.short_day(day) for day in days]
    return Section(
        plan.key,
        plan.heading,
        plan.about,
        [*(finding(plan.name(line.measure), line) for line in lines), *waiting(lines)],
        Table(
            _columns(plan, ends),
            [_row(plan, line, its) for line, its in zip(lines, series, strict=True)],
            _caption(plan, ends),
            sources(lines, series),
        ),
        [_chart(seen, plan, line) for line in lines] if plan.drawn else (),
    )


def days_of(seen: Viewpoint, plan: Plan) -> tuple[date, ...]:
    return _days(seen.as_of, QUARTERS if plan.quarterly else MONTHS, quarterly=plan.quarterly)


def _days(as_of: date, count: int, *, quarterly: bool) -> tuple[date, ...]:
    """The last ends of quarters up to a day, or the day and those a month apart before it."""
    if quarterly:
        ends = tuple(quarter_ends(months_before(as_of, 3 * count + 3).replace(day=1), as_of))
        return ends[-count:]
    return tuple(months_before(as_of, back) for back in reversed(range(count)))


def lines_of(seen: Viewpoint, plan: Plan) -> Sequence[ScorecardLineResult]:
    """The lines of a section at its last day."""
    as_of = days_of(seen, plan)[-1]
    card = scorecards.ScorecardQuery(as_of, seen.known_at, seen.slice_, measures=plan.measures)
    return scorecards.scorecard(seen.snapshot, seen.who, card).lines


def series_of(seen: Viewpoint, measure: Measure, days: tuple[date, ...]) -> Sequence[AnyFigure]:
    query = asking.SeriesQuery(measure, days, seen.known_at, seen.slice_)
    return asking.series(seen.snapshot, seen.who, query).figures


# ---- its table


def _caption(plan: Plan, ends: Sequence[str]) -> str:
    unit = "how many, and how many of them are past their six months" if plan.is_immature else "percentage and numbers"
    return f"{plan.heading}: {unit}, {len(ends)} {'quarters' if plan.quarterly else 'months'} to {ends[-1]}"


def _columns(plan: Plan, ends: Sequence[str]) -> list[Column]:
    """The columns share a sheet's seventeen centimetres."""
    group = "Group" if plan.by_group else "Measure"
    if plan.is_immature:
        return [Column(group, width=4.2), *(Column(end, width=12.8 / len(ends)) for end in ends)]
    return [
        Column(group, width=3.0),
        Column("Target", width=2.1),
        *(Column(in_two_lines(end), width=7.1 / len(ends)) for end in ends),
        Column("95% interval, latest", width=1.8),
        Column("State and direction", width=3.0),
    ]


def in_two_lines(end: str) -> str:
    """The end of a column with its year below: columns are narrow, and look alike."""
    first, _, year = end.rpartition(" ")
    return f"{first}\n{year}"


def _row(plan: Plan, line: ScorecardLineResult, series: Sequence[AnyFigure]) -> list[int | str]:
    name, cells = plan.name(line.measure), [cell_of(figure) for figure in series]
    if plan.is_immature:
        return [name, *cells]
    interval = _tied(words.interval(line.figure)).replace("\N{NO-BREAK SPACE}to", "\nto")
    return [name, to_reach(line), *cells, interval, f"{str(line.state).capitalize()}\n{direction(line)}"]


def cell_of(figure: AnyFigure) -> int | str:
    if silence := words.silence_of(figure):
        return silence
    if figure.denominator is None:
        return figure.numerator
    counts = _tied(f"{figure.numerator:,} of {figure.denominator:,}")
    if figure.matured is not None:
        return f"{counts}\n({figure.matured:,} past six months)"
    return counts if figure.percentage is None else f"{words.percentage(figure)}\n{counts}"


def _tied(text: str) -> str:
    """Numbers that are read together, in one line as long as a cell has room for them."""
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _UNBROKEN or text.endswith("%") else text


def _chart(seen: Viewpoint, plan: Plan, line: ScorecardLineResult) -> Drawing:
    as_of = line.figure.standpoint.as_of
    count = DRAWN_QUARTERS if plan.quarterly else DRAWN_MONTHS
    series = series_of(seen, line.measure, _days(as_of, count, quarterly=plan.quarterly))
    drawn = trend_of(line.measure, line, series)
    ends = f"{len(series)} {'quarters' if plan.quarterly else 'months'} to {words.short_day(as_of)}"
    source = f"Source: the agencies’ monthly files, counted by definition {definitions(series)}; {ends}."
    return replace(drawn, note=" ".join(filter(None, [drawn.note, source, known(line.figure)])))


# ---- what each measure counts


def _specification(seen: Viewpoint) -> Section:
    """The specification of the measures, as a contract's appendix has it."""
    lines = [(plan, line) for plan in PLANS for line in lines_of(seen, plan)]
    agreed = dict.fromkeys(
        f"{target.source or 'no source said'}, agreed on {words.short_day(target.agreed.on)}"
        for _, line in lines
        if (target := line.target) is not None
    )
    return Section(
        SPECIFICATION,
        "What each measure counts",
        "The specification of each measure above, its days, and the target that was in force as known then.",
        (),
        Table(
            _SPECIFIED,
            [_specified(line) for _, line in lines],
            "Measures, what they count, and their targets",
            [f"targets: {'; '.join(agreed) or 'none was agreed'}. {known(lines[0][1].figure)}"],
        ),
        is_written_on=False,
    )


_SPECIFIED: Final = (
    Column("Measure", width=3.6),
    Column("What it counts", width=5.3),
    Column("Days of the latest column", width=4.0),
    Column("Target", width=2.2),
    Column("Looked at", width=1.9),
)


def _specified(line: ScorecardLineResult) -> list[str]:
    measure = line.measure
    return [
        f"{measure.code} {measure.name}",
        asks(line.figure),
        window(line.figure),
        to_reach(line),
        " and ".join(measure.frequency),
    ]
