"""Drawings as markup, kept beside the snapshot that they show: to write them is most of what a page costs."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup

from domain.standpoint import Standpoint
from projections.performance.trend import Point
from projections.standings.slices import Slice
from web.charts import Drawing, TrendPoint, interval_bar, sparkline
from web.presenters import text
from web.queries.performance.scorecards import ScorecardLineResult

from .page import PageContext


@dataclass(frozen=True, slots=True)
class _DrawingKey:
    html_id: str
    measure: str
    standpoint: Standpoint
    slice: Slice
    viewer: tuple[str, ...]


def drawing_markup(context: PageContext, html_id: str, code: str, draw: Callable[[], Drawing]) -> Markup:
    """A drawing of a measure that follows from the page's standpoint, slice and audience; `html_id` is its own on the
    page.
    """
    key = _DrawingKey(html_id, code, context.standpoint, context.slice_, context.who.key)
    return context.snapshot.cached(key, lambda: _written(draw(), html_id))


def interval(context: PageContext, line: ScorecardLineResult, html_id: str) -> Markup:
    """The percentage of a line with its interval and, where it has one, its target; empty where there is none."""
    figure = line.figure
    percentage, limits = text.exact_percentage(figure), text.exact_limits(figure)
    if percentage is None or limits is None:
        return Markup("")
    target = None if line.against.reached is None else float(line.against.reached)
    return drawing_markup(
        context, html_id, figure.measure.code, lambda: interval_bar(percentage, limits, target=target)
    )


def spark(context: PageContext, line: ScorecardLineResult) -> Markup:
    """The last year of a line."""
    code = line.measure.code
    unit = "" if line.figure.denominator is None else "%"
    return drawing_markup(
        context,
        f"spark-{code}",
        code,
        lambda: sparkline(f"{code}, last 12 month ends", [_point(point) for point in line.spark], unit=unit),
    )


def _point(point: Point) -> TrendPoint:
    return TrendPoint(
        point.as_of,
        None if point.exact is None else float(point.exact),
        point.words,
        is_complete=point.status == "complete",
    )


def _written(drawing: Drawing, html_id: str) -> Markup:
    macros = current_app.jinja_env.get_template("components/chart.html").module
    return Markup(macros.drawing(drawing, html_id))  # type: ignore[attr-defined]  # noqa: S704  our own template's markup
