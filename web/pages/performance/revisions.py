"""How a figure was restated as records became known, and what it is still expected to come to."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from flask import redirect

from domain.measures.registry import Measure
from domain.periods import add_months, last_day_of_month, month_ends
from domain.rounding import STORED_DECIMALS, half_up
from projections.performance.trend import months_before
from projections.timeliness.forecast import Forecast
from projections.timeliness.revisions import KnownFigure, Revision
from web.auth.roles import Right
from web.charts import Drawing, HeatMapCell, HeatMapRow, heat_map
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, here
from web.pages.frame.page import PageContext, Pages, SeenFrom, measure_or_404, pages_of_figure
from web.parameters import KnownAtField
from web.presenters import text as words
from web.presenters.performance import forecasts
from web.presenters.sentences import sentence
from web.presenters.tables import Column, Link, Table
from web.queries.performance import figures
from web.queries.performance import revisions as revising
from web.queries.performance.figures import TriangleResult
from web.queries.performance.forecasts import ForecastQuery, unrounded_forecast
from web.queries.performance.revisions import MeasureRevisions
from web.snapshot import Cell as Numbers

REVISIONS: Final = "revisions.revisions"
MONTHS: Final = 12
"""Month ends that are told of, the last of them the page's own day."""
MONTHS_AFTER: Final = 6
"""How long each month end is followed, month by month; then comes the latest."""

Followed = tuple[date, list[int | None]]
"""A figure's numbers, and the day as known on which."""

blueprint = Pages("revisions", __name__, of_figure=(FigurePage("Revisions", REVISIONS, Right.FIGURES),))


class RevisionsAddress(SeenFrom):
    """Up to when knowledge is told of: the figure itself may be looked at as known before."""

    upto = KnownAtField("Up to when what was known is told of: a day, or @POSITION.")


@blueprint.seen_from("/figures/<measure>/revisions", Right.FIGURES, RevisionsAddress)
def revisions(context: PageContext, measure: str) -> Any:
    """The figure along what was known."""
    kpi = measure_or_404(measure)
    newest = context.snapshot.submissions.newest
    if context.args["upto"] is None and newest is not None:
        return redirect(here(upto=newest.received_on.isoformat()))
    upto = context.snapshot.standpoint(context.as_of, context.args["upto"])
    days = days_told(context.as_of)
    figure = figures.figures(
        context.snapshot, context.who, figures.FiguresQuery(context.as_of, context.known_at, (kpi,), context.slice_)
    ).figures[0]
    history = revising.revisions(
        context.snapshot, context.who, revising.RevisionsQuery(days, (kpi,), context.args["upto"], context.slice_)
    ).revisions[0]
    triangle = figures.triangle(context.snapshot, context.who, figures.TriangleQuery(kpi, days, context.slice_))
    seen = upto.known_at or context.as_of
    cells = [list(followed(triangle, row, place, seen)) for place, row in enumerate(history.rows)]
    first = Table(FIRST_COLUMNS, [first_row(kpi, row) for row in reversed(history.rows)], "First and latest")
    followed_on = Table(TRIANGLE_COLUMNS, list(linked_rows(kpi, history, cells)), _FOLLOWED)
    forecast, record = _forecast(context, kpi)
    return Page(
        "revisions.html",
        f"How {kpi.code} was restated",
        {"first_and_latest": first, "triangle": followed_on, "record": record},
        context=context,
        measure=kpi,
        figure=figure,
        said=sentence(figure),
        moves=moves(context, triangle, history.rows[-1], seen),
        lead=lead(history),
        chart=heat_map_of(kpi, history, cells),
        seen=seen,
        forecast=forecast,
        more=pages_of_figure(context, kpi),
    )


def days_told(as_of: date) -> tuple[date, ...]:
    """The month ends up to a day, and the day itself."""
    return tuple(dict.fromkeys([*month_ends(months_before(as_of, MONTHS - 1).replace(day=1), as_of), as_of]))


# ---- along what was known


def moves(context: PageContext, triangle: TriangleResult, row: Revision, seen: date) -> list[Link]:
    """The days on which the page's own figure became another one, each as a link that shows it as it was then."""
    begins = row.first.known_at if row.first else context.as_of
    known = [
        (known_at, cell)
        for known_at, cell in zip(triangle.known_ats, triangle.cells[-1], strict=True)
        if begins <= known_at <= seen and cell is not None
    ]
    changed = [known[0]] if known else []
    changed += [after for before, after in pairwise(known) if before[1] != after[1]]
    at = context.standpoint.known_at
    current = max((known_at for known_at, _ in changed if at and known_at <= at), default=None)
    return [
        Link(
            f"{words.short_day(known_at)}: {_numbers(triangle.measure, cell)}",
            here(as_of=context.as_of.isoformat(), known_at=known_at.isoformat(), cut=None),
            known_at == current,
        )
        for known_at, cell in changed
    ]


def _numbers(measure: Measure, cell: Numbers) -> str:
    """24 of 438, 5.5%; of a count or an immature figure the numbers alone."""
    numerator, denominator = cell or (0, 0)
    assert numerator is not None
    if denominator is None:
        return f"{numerator:,}"
    share = "" if measure.immature or not denominator else f", {words.percent_of(numerator, denominator)}"
    return f"{numerator:,} of {denominator:,}{share}"


def _cell_of(measure: Measure, numbers: Numbers) -> int | str:
    """The same in a table, where a count is a number."""
    numerator, denominator = numbers or (0, 0)
    return numerator if denominator is None and numerator is not None else _numbers(measure, numbers)


# ---- the triangle


def lead(history: MeasureRevisions) -> str:
    """How often these figures moved, and for how long."""
    if not history.reported:
        return "Of none of these month ends is every file there yet, so nothing can have been restated."
    summary = f"Of {words.plural(history.reported, 'month end')}, {history.restated} moved after every file was there."
    if history.median_days is not None:
        summary += f" Half stood still within {history.median_days:g} days, the slowest after {history.longest_days}."
    if history.still_moving:
        summary += f" {history.still_moving} may still move: they have not stood still for three monthly files."
    return summary


def followed(triangle: TriangleResult, row: Revision, place: int, seen: date) -> Iterator[Followed | None]:
    """A month end as known at the end of each month after it, then as known last; None before every file was there."""
    ends = [last_day_of_month(add_months(row.as_of, n)) for n in range(1, MONTHS_AFTER + 1)]
    for end in (*ends, seen):
        cell = _known(triangle, place, end) if row.first and row.first.known_at <= end <= seen else None
        yield (end, cell) if cell else None


def _known(triangle: TriangleResult, place: int, day: date) -> Numbers:
    columns = bisect_right(triangle.known_ats, day)
    return triangle.covered_cell(place, columns - 1) if columns else None


def heat_map_of(measure: Measure, history: MeasureRevisions, cells: Sequence[Sequence[Followed | None]]) -> Drawing:
    """The triangle as shades of how far each answer moved from the first."""
    rows = [
        HeatMapRow(words.short_day(row.as_of), tuple(_cell(measure, row, one) if one else None for one in its))
        for row, its in zip(history.rows, cells, strict=True)
    ]
    names = [*(f"+{n}" for n in range(1, MONTHS_AFTER + 1)), "latest"]
    return heat_map("How each month end moved", names, rows, across="as known so many months later", down="as of")


def _cell(measure: Measure, row: Revision, known: Followed) -> HeatMapCell:
    day, numbers = known
    value, text = _value(measure, numbers)
    first = row.first
    begun = _value(measure, [first.numerator, first.denominator])[0] if first else value
    label = f"{words.short_day(row.as_of)}, as known on {words.short_day(day)}: {_numbers(measure, numbers)}"
    return HeatMapCell(half_up(value - begun, STORED_DECIMALS), text, label)


def _value(measure: Measure, cell: Numbers) -> tuple[float, str]:
    numerator, denominator = cell or (0, 0)
    assert numerator is not None
    if denominator is None or measure.immature:
        return float(numerator), f"{numerator:,}" if denominator is None else f"{numerator}/{denominator}"
    share = 100 * numerator / denominator if denominator else 0.0
    return share, words.percent_of(numerator, denominator) if denominator else "nobody"


_FOLLOWED: Final = "As known at the end of each month that followed; each number leads to its figure"
TRIANGLE_COLUMNS: Final = (
    Column("As of", whole=True),
    *(Column(f"{words.plural(n, 'month')} later", number=True) for n in range(1, MONTHS_AFTER + 1)),
    Column("Latest", number=True),
)


def linked_rows(
    measure: Measure, history: MeasureRevisions, cells: Sequence[Sequence[Followed | None]]
) -> Iterator[list[Any]]:
    """The same numbers, each leading to its figure as it was known then; the newest month first."""
    pattern = here(as_of=_AS_OF, known_at=_KNOWN_AT, cut=None)
    for row, its in reversed(list(zip(history.rows, cells, strict=True))):
        address = pattern.replace(_AS_OF, row.as_of.isoformat())
        yield [row.as_of, *(_linked(measure, address, one) if one else None for one in its)]


_AS_OF, _KNOWN_AT = "AS-OF", "KNOWN-AT"
"""Where the days of a cell's address go: to put together a hundred of them whole takes longer than the page."""


def _linked(measure: Measure, address: str, known: Followed) -> Link:
    day, numbers = known
    return Link(_cell_of(measure, numbers), address.replace(_KNOWN_AT, day.isoformat()))


FIRST_COLUMNS: Final = (
    Column("As of", whole=True),
    Column("First known"),
    Column("On", aside=True),
    Column("Latest"),
    Column("Times it moved", number=True),
    Column("Largest move", aside=True),
    Column("Stood still after", aside=True),
)


def first_row(measure: Measure, row: Revision) -> tuple[Any, ...]:
    """A month end: as first known in full, as known last, and how it came from one to the other."""
    day = row.as_of
    latest = _known_words(measure, row.latest)
    if row.first is None:
        missing = f"not all is in: {', '.join(row.missing)}" if row.missing else "not all is in"
        return day, missing, None, latest, None, None, None
    days = row.settled_after_days
    settled = "may still move" if days is None else words.plural(days, "day")
    return (
        day,
        _known_words(measure, row.first),
        row.first.known_at,
        latest,
        row.restatements,
        _largest(row),
        settled,
    )


def _known_words(measure: Measure, known: KnownFigure | None) -> int | str | None:
    return _cell_of(measure, [known.numerator, known.denominator]) if known else None


def _largest(row: Revision) -> str | None:
    if row.largest is None:
        return None
    change = row.largest
    size = f"{words.points(change.points)} points" if change.points is not None else f"{change.numerator:+d}"
    return f"{size}, {words.short_day(change.known_at)}".replace("-", "−")


# ---- what is still to come


def _forecast(context: PageContext, measure: Measure) -> tuple[list[str], Table | None]:
    """What is expected in sentences, and earlier forecasts beside what came, where there were any."""
    if measure.kind == "count":
        return ["No forecast: it is made of shares only, and this is a count."], None
    query = ForecastQuery(measure, context.as_of, context.standpoint.position, context.slice_)
    forecast = unrounded_forecast(context.snapshot, context.who, query)
    return forecasts.sentences(forecast), _record(forecast)


RECORD_COLUMNS: Final = tuple(Column(column.heading.capitalize(), column.number) for column in forecasts.RECORD)


def _record(forecast: Forecast) -> Table | None:
    rows = [forecasts.record_row(one) for one in forecast.record.earlier] if forecast.record else []
    return Table(RECORD_COLUMNS, rows, "Earlier forecasts, the newest first") if rows else None
