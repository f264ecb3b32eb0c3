"""Figures, series and triangles, as tables; one figure through time, by agency and by month."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from domain.definition import DEFINITIONS
from domain.measures.registry import Measure
from projections.performance.breakdown import AgencyPart, Breakdown
from projections.performance.spc import ControlChart, TooFew
from web.charts import Band, Drawing, ProcessPoint, TrendPoint, process_chart, trend
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, month, rounded, rounded_of
from web.presenters.text import AnyFigure
from web.queries.performance.figure import FigureResult
from web.queries.performance.figures import FiguresResult, TriangleResult
from web.queries.performance.measures import DefinitionResult
from web.queries.performance.scorecards import ScorecardLineResult
from web.snapshot import Cell

_RESULT: Final = (Column("result", folds=True), Column("percent", number=True), Column("95% interval"))


def print_figures(console: Console, result: FiguresResult) -> None:
    """Figures of one standpoint and slice, with what they rest on."""
    figures, first = result.figures, result.figures[0]
    say(console, text.standpoint(first.standpoint), text.slice_of(first.slice), "")
    columns = (Column("KPI"), Column("measure", folds=True), *_RESULT, Column("window", folds=True))
    print_table(console, Table(columns, [_figure_row(figure) for figure in figures]))
    moves = text.later_moves(result.later_moves or None)
    say(console, "", " ".join(filter(None, [text.status(first), moves])), *_asides(figures), *about(figures))


def _figure_row(figure: FigureResult) -> tuple[str, ...]:
    return (
        figure.measure.code,
        figure.measure.name,
        *_result(figure),
        text.window(figure.first_day, figure.last_day),
    )


def _result(figure: FigureResult) -> tuple[str, str, str]:
    return text.result(figure), text.percentage(figure), text.interval(figure)


def _asides(figures: Sequence[FigureResult]) -> Iterable[str]:
    for figure in figures:
        if words := text.parts(figure):
            yield f"{figure.measure.code}: {words}."
    two = [figure for figure in figures if text.belonging(figure)]
    yield from (f"{figure.measure.code}: {text.belonging(figure)}" for figure in two[:1])
    yield from (f"{figure.measure.code}: {_added_up(figure)} where they add up." for figure in two[1:])
    if beside := text.in_no_area(figures):
        yield beside
    yield from (f"{figure.measure.code}: {words}" for figure in figures if (words := text.not_recorded(figure)))
    if who := next((figure.waiting for figure in figures if figure.waiting), None):
        yield text.waiting(who)


def _added_up(figure: FigureResult) -> str:
    part = figure.belonging
    assert part
    return f"{part.numerator:,}" if part.denominator is None else f"{part.numerator:,} of {part.denominator:,}"


def about(figures: Sequence[FigureResult]) -> Iterable[str]:
    """What stands below a table of figures: what was erased, and by which definition and position they are."""
    versions = ", ".join(sorted({figure.definition for figure in figures}))
    erased = max(figure.erased_records for figure in figures)
    return (
        *([text.erased(erased)] if erased else ()),
        text.LOCAL_ESTIMATE,
        f"About these figures: position {figures[0].standpoint.position} of the log, definition {versions}.",
    )


def print_series(console: Console, figures: Sequence[FigureResult], every: str) -> None:
    """One measure at the ends of months or quarters."""
    first = figures[0]
    known_at = first.standpoint.known_at
    known = f"As known on {text.day(known_at)}. " if known_at else ""
    say(console, f"{first.measure.code} {first.measure.name}", known + text.slice_of(first.slice), "")
    columns = (Column(every), Column("to"), *_RESULT, Column("status"))
    print_table(console, Table(columns, [_series_row(figure, every) for figure in figures]))
    missing = (text.status(f) for f in figures if f.coverage.missing)
    say(console, "", *missing, *about(figures))


def _series_row(figure: FigureResult, every: str) -> tuple[str, ...]:
    as_of = figure.standpoint.as_of
    return text.period_ending(as_of, every), text.short_day(as_of), *_result(figure), _status(figure)


def _status(figure: FigureResult) -> str:
    if not figure.is_covered:
        return ""
    return figure.status or text.TOO_EARLY


def print_triangle(console: Console, triangle: TriangleResult) -> None:
    """Month ends down, days of knowledge across: those on which something in these rows changed."""
    measure, known_ats, cells = triangle.measure, triangle.known_ats, triangle.covered_cells
    say(console, f"{measure.code} {measure.name}", text.slice_of(triangle.slice), "")
    changed = [i for i in range(len(known_ats)) if any(_differs(row, i) for row in cells)]
    if not changed:
        say(console, "Nothing is known of these months yet.")
        return
    for block in _blocks(console, changed):
        columns = (Column("as of"), *(Column(text.short_day(known_ats[i]), number=True) for i in block))
        rows = zip(triangle.as_ofs, cells, strict=True)
        print_table(
            console, Table(columns, [(text.short_day(day), *(_cell(row[i]) for i in block)) for day, row in rows])
        )
        say(console, "")
    left_out = len(known_ats) - len(changed)
    say(
        console,
        "Across: as known on each day on which a number here changed"
        + (f"; on {text.plural(left_out, 'other day')} something arrived that changed none." if left_out else "."),
    )


def _differs(row: Sequence[Cell], i: int) -> bool:
    return row[i] is not None and (i == 0 or row[i] != row[i - 1])


def _blocks(console: Console, columns: Sequence[int]) -> Iterable[Sequence[int]]:
    heading = 14  # a day, the widest heading, with the space between columns
    fit = max(1, console.width // heading - 1)
    return (columns[i : i + fit] for i in range(0, len(columns), fit))


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    numerator, denominator = cell
    return f"{numerator}" if denominator is None else f"{numerator}/{denominator}"


def print_definitions(console: Console, definitions: Sequence[DefinitionResult]) -> None:
    """The versions of the definitions, and which is in force when."""
    columns = (Column("version"), Column("in force"), Column("what it says", folds=True))
    print_table(console, Table(columns, [(d.version, _in_force(d), d.words) for d in definitions]))
    say(console, "", "What is not in force answers only when asked for with --definition.")


def _in_force(definition: DefinitionResult) -> str:
    is_first = definition.version == DEFINITIONS[0].version
    first_day = definition.in_force_from
    return f"from {text.short_day(first_day)}" if first_day else "at first" if is_first else ""


# ---- through time


def trend_of(measure: Measure, line: ScorecardLineResult, series: Sequence[AnyFigure]) -> Drawing:
    """The figure through time, with the target in force at its end and the comparator that was agreed with it."""
    points = [
        TrendPoint(
            one.standpoint.as_of,
            _drawn(one),
            f"{text.short_day(one.standpoint.as_of)}: {text.percentage(one)} {text.result(one)}",
            one.status == "complete",
        )
        for one in series
    ]
    target, band, reached = line.target, None, None
    if target is not None and (comparator := target.comparator):
        band = Band(comparator.words, float(comparator.low), float(comparator.high))
    if target is not None and measure.polarity:
        reached = target.edge(measure.polarity)
    unit = "" if line.figure.denominator is None else "%"
    return trend(measure.name, points, unit=unit, target=reached, band=band)


def _drawn(figure: AnyFigure) -> float | None:
    if figure.withheld:
        return None
    if figure.denominator is None:
        return float(figure.numerator) if figure.is_covered else None
    return text.exact_percentage(figure)


_PERIODS: Final = (
    Column("As of", whole=True),
    Column("Counted", number=True),
    Column("Of", number=True),
    Column("Percentage", number=True),
    Column("95% interval", number=True, aside=True),
    Column("State", aside=True),
)
_COUNTS: Final = (Column("As of", whole=True), Column("Number", number=True), Column("State"))


def periods_table(series: Sequence[FigureResult]) -> Table:
    """A figure at the end of each period, the newest first."""
    columns = _COUNTS if series[-1].denominator is None else _PERIODS
    return Table(columns, [_period_row(figure) for figure in reversed(series)], "The figure at the end of each period")


def _period_row(figure: FigureResult) -> tuple[Any, ...]:
    day, status = figure.as_of, figure.status or text.TOO_EARLY
    if not figure.is_covered:
        nothing = [None] if figure.denominator is None else [None] * 4
        return day, *nothing, text.NOT_COVERED
    if figure.withheld:
        return day, *([None] if figure.denominator is None else [None] * 4), "not shown"
    if figure.denominator is None:
        return day, figure.numerator, status
    percentage = rounded_of(figure) if figure.matured is None else text.TOO_EARLY
    interval = text.interval(figure) if figure.matured is None else text.TOO_EARLY
    return day, figure.numerator, figure.denominator, percentage, interval or None, status


# ---- by agency


def breakdown_table(parts: Breakdown, named: Callable[[str], str]) -> Table | None:
    """The figure by agency, which `named` writes; None where nobody belongs to it, or no file covers the day."""
    if not parts.whole.is_covered:
        return None
    rows = [_part_row(parts, part, named) for part in parts.parts]
    return Table(_breakdown_columns(parts), rows, "The figure by agency") if rows else None


def _breakdown_columns(parts: Breakdown) -> list[Column]:
    columns = [Column("Agency"), Column("Counted", number=True)]
    if parts.whole.denominator is not None:
        columns += [Column("Of", number=True)]
        columns += [] if parts.whole.measure.immature else [Column("Percentage", number=True)]
    columns += [Column("By any episode there", number=True, aside=True)]
    if parts.reached is not None:
        columns += [
            Column("Its part of the target", number=True, aside=True),
            Column("Still to go", number=True, aside=True),
        ]
    return columns


def _part_row(parts: Breakdown, part: AgencyPart, named: Callable[[str], str]) -> list[Any]:
    row: list[Any] = [named(part.agency) if part.agency else "Other agencies", part.numerator]
    if part.denominator is not None:
        row += [part.denominator]
        row += [] if parts.whole.measure.immature else [rounded(part.numerator, part.denominator)]
    row += [_by_any_episode(part)]
    if parts.reached is not None:
        row += [part.share.wanted, part.share.to_go] if part.share else [None, None]
    return row


def _by_any_episode(part: AgencyPart) -> int | str | None:
    if part.by_any_episode is None:
        return None
    numerator, denominator = part.by_any_episode
    return numerator if part.denominator is None else f"{numerator:,} of {denominator:,}"


# ---- what chance explains


@dataclass(frozen=True, slots=True)
class MonthlyCounts:
    """The months of a control chart; without a drawing, `sentence` says why there is none. `whose`: of which groups."""

    counted: str
    whose: str
    sentence: str
    drawing: Drawing | None
    table: Table | None


def monthly_counts(chart: ControlChart | TooFew | None, group: str = "") -> MonthlyCounts | None:
    """The control chart of a group, or of all together where none is named, or the sentence why there is none.

    None of a measure that has no monthly count.
    """
    if chart is None:
        return None
    rows = [(month(point.last_day), point.count) for point in chart.points]
    table = Table(_MONTHLY, rows, str(chart.counted).capitalize()) if rows else None
    drawing = _process_chart(chart) if isinstance(chart, ControlChart) else None
    whose = f"of the group {group} alone" if group else "of all substance groups together"
    return MonthlyCounts(str(chart.counted), whose, chart.sentence, drawing, table)


def _process_chart(chart: ControlChart) -> Drawing:
    points = [
        ProcessPoint(point.last_day, point.count, f"{point.last_day:%B %Y}: {point.count:,}", ", ".join(signals))
        for point, signals in zip(chart.points, chart.signals, strict=True)
    ]
    title = f"{chart.counted} a month".capitalize()
    return process_chart(title, points, mean=chart.mean, lower=chart.lower, upper=chart.upper, noun=chart.counted)


_MONTHLY: Final = (Column("Month"), Column("Number", number=True))
