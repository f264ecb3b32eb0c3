"""The report's figures: with target, colour, direction and comparator; for the public those that were published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.measures.registry import Measure
from domain.periods import quarter_of
from projections.performance.scorecard import State
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.presenters import text as words
from web.presenters.agreement.comparator_words import short as beside_others
from web.presenters.contract_life.committee_report import (
    PLANS,
    Plan,
    cell_of,
    days_of,
    in_two_lines,
    lines_of,
    series_of,
)
from web.presenters.contract_life.committee_words import direction, to_reach
from web.presenters.contract_life.targets import to_be_reached
from web.presenters.tables import Column, Table
from web.queries.contract_life.targets import all_targets, target_result
from web.queries.parameters import KnownAt
from web.queries.performance.figure import FigureResult
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.performance.scorecards import ScorecardLineResult

from .view import ReportView, SectionWords, report_table

_BY_TIME = PLANS[:3]
"""Those whose last months or quarters stand beside each other; the others have the report's day alone."""
_JUDGED = frozenset({State.MISSED, State.NEAR})
_COLUMN_NOTES = (
    "Each percentage stands above its numbers. {others}An arrow says which way a figure went since the day beside it; "
    "unless it says “more than chance”, chance alone may explain it."
)
_WITH_OTHERS = (
    "“Others” is what the comparator of each measure reached, and whether ours is better or worse than that by its 95% "
    "interval. "
)


@dataclass(frozen=True, slots=True)
class LinesKey:
    """What the lines of a report follow from beside the snapshot."""

    as_of: date
    known_at: KnownAt
    slice: Slice
    who: Viewer


def figure_lines(view: ReportView) -> list[tuple[Plan, Sequence[ScorecardLineResult]]]:
    """Every line that the report has, by the groups of a performance paper; several sections go by them."""
    seen = view.seen
    key = LinesKey(seen.as_of, seen.known_at, seen.slice_, seen.who)
    return seen.snapshot.cached(key, lambda: [(plan, lines_of(seen, plan)) for plan in PLANS])


def all_lines(view: ReportView) -> list[ScorecardLineResult]:
    """The same without their groups."""
    return [line for _, lines in figure_lines(view) for line in lines]


def figures_words(view: ReportView, groups: list[tuple[Plan, Sequence[ScorecardLineResult]]]) -> SectionWords:
    """The tables of a performance paper, and how far off what misses its target is."""
    every = [line for _, lines in groups for line in lines]
    if not any(line.figure.days_covered for line in every):
        return SectionWords(["There is no figure yet."])
    tables = [report_table(_by_time(view, plan, lines)) for plan, lines in groups if plan in _BY_TIME]
    on_the_day = [(plan, line) for plan, lines in groups if plan not in _BY_TIME for line in lines]
    tables.append(report_table(_on_the_day(on_the_day)))
    others = _WITH_OTHERS if any(line.comparator for line in every) else ""
    rules = dict.fromkeys(line.against.rule.sentence for line in every if line.against.rule)
    if missed := [line for line in every if line.state in _JUDGED and not line.measure.immature]:
        tables.append(report_table(_off_target(missed)))
    return SectionWords([_COLUMN_NOTES.format(others=others), *rules], [], tables)


def _off_target(lines: Sequence[ScorecardLineResult]) -> Table:
    """How far figures are off their targets, in points and in people, and whose colour one person would change."""
    notes = [
        f"{line.measure.code}: {change.sentence}" for line in lines if (change := line.against.change) and change.is_one
    ]
    return Table(_OFF, list(map(_distance, lines)), "What misses its target, and by how much", [_TO_REACH, *notes])


_OFF = (
    Column("Measure", width=7.2),
    Column("Figure", width=2.9),
    Column("95% interval", width=2.6),
    Column("From the target", width=2.5),
    Column("To reach it", width=1.8),
)
_TO_REACH = "“To reach it” is how many more, or fewer, would have had to be counted among the same people."


def _distance(line: ScorecardLineResult) -> list[str]:
    figure, against, measure = line.figure, line.against, line.measure
    side, more = ("below", "more") if measure.polarity == "higher" else ("above", "fewer")
    return [
        f"{measure.code} {measure.name}",
        f"{words.percentage(figure)}, {figure.numerator:,} of {figure.denominator:,}",
        words.interval(figure),
        f"{words.distance(abs(against.points or 0))} points {side}",
        f"{against.missing or 0:,} {more}",
    ]


def _by_time(view: ReportView, plan: Plan, lines: Sequence[ScorecardLineResult]) -> Table:
    days = days_of(view.seen, plan)
    ends = [quarter_of(day) if plan.quarterly else words.short_day(day) for day in days]
    times = [Column(in_two_lines(end), width=(12.8 if plan.is_immature else 6.9) / len(ends)) for end in ends]
    cells = [[cell_of(figure) for figure in series_of(view.seen, line.measure, days)] for line in lines]
    if plan.is_immature:
        rows = [[plan.name(line.measure), *its] for line, its in zip(lines, cells, strict=True)]
        return Table([Column("Group", width=4.2), *times], rows, plan.heading, [plan.about])
    rows = [
        [plan.name(line.measure), to_reach(line), *its, judgement(line), beside_others(line.comparator)]
        for line, its in zip(lines, cells, strict=True)
    ]
    columns = [
        Column("Group", width=2.7),
        Column("Target", width=2.2),
        *times,
        Column("Colour, state and direction", width=2.9),
        Column("Others", width=2.3),
    ]
    return Table(columns, rows, plan.heading, [plan.about])


def judgement(line: ScorecardLineResult) -> str:
    """Colour, state and direction of a line."""
    rating = f"{line.against.rating}: " if line.against.rating else ""
    stated = f"{rating}{line.state}"
    return f"{stated[:1].upper()}{stated[1:]}\n{direction(line)}"


def _on_the_day(lines: Sequence[tuple[Plan, ScorecardLineResult]]) -> Table:
    columns = [
        Column("Measure", width=4.8),
        Column("Target", width=2.8),
        Column("Figure", width=2.6),
        Column("Colour, state and direction", width=3.6),
        Column("Others", width=3.2),
    ]
    rows = [
        [
            f"{line.measure.code} {line.measure.name}",
            to_reach(line),
            cell_of(line.figure),
            judgement(line),
            beside_others(line.comparator),
        ]
        for _, line in lines
    ]
    quarter = "The national outcome is that of the newest quarter that has ended."
    return Table(columns, rows, "National outcome, records and waiting", [quarter])


# ---- for the public


def published_figures(view: ReportView) -> list[FigureResult]:
    """The figures that were published from exactly this standpoint, suppressed as the public sees them."""
    seen = view.seen
    query = FiguresQuery(seen.as_of, seen.known_at, tuple(_public_measures()), seen.slice_)
    return figures(seen.snapshot, view.viewer, query).figures


def _public_measures() -> Iterator[Measure]:
    for plan in PLANS:
        if not plan.is_immature:
            yield from plan.measures


def is_whole(figure: FigureResult) -> bool:
    """Whether nothing of a published figure is suppressed or withheld."""
    numbers: tuple[object, ...] = (figure.numerator, figure.denominator)
    return all(isinstance(one, int) for one in numbers) and not figure.withheld


def public_words(view: ReportView, published: list[FigureResult]) -> SectionWords:
    """What was published, with its target where the figure is shown whole."""
    if not published:
        return SectionWords([none_published(view)])
    rows = [_public_row(view, figure) for figure in published]
    columns = [
        Column("Measure", width=6.2),
        Column("Figure", width=3.0),
        Column("95% interval", width=3.0),
        Column("Target", width=2.8),
        Column("Reached", width=2.0),
    ]
    note = "Counts under 5 are not shown, nor what would give one back; so no person can be recognised."
    return SectionWords([], [], [report_table(Table(columns, rows, "Published figures", [note]))])


def none_published(view: ReportView) -> str:
    """That there is no figure for everybody; the overview says it, and the figures where that was left out."""
    return f"No figure was published as of {words.day(view.as_of)} from what the report knows."


def _public_row(view: ReportView, figure: FigureResult) -> list[str]:
    name = f"{figure.code} {figure.name}"
    if not is_whole(figure):
        return [name, "not shown", "", "", ""]
    seen = view.seen
    target = all_targets(seen.snapshot).in_force(figure.measure, seen.slice_, figure.standpoint)
    counted = f"{words.percentage(figure)}\n{figure.numerator:,} of {figure.denominator:,}"
    if target is None or figure.percentage is None or figure.measure.polarity is None:
        return [name, counted, words.interval(figure), "none", ""]
    edge, is_higher = target.terms.edge(figure.measure.polarity), figure.measure.polarity == "higher"
    count, whole = 100 * figure.numerator, figure.denominator or 1
    reached = count >= edge * whole if is_higher else count <= edge * whole
    return [name, counted, words.interval(figure), to_be_reached(target_result(target)), "yes" if reached else "no"]
