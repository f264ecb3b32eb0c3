"""One figure told at length: its sentence, its trend, its hubs, its months; its definition; and its people."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from flask import redirect
from markupsafe import Markup
from marshmallow import fields, validate

from domain.definition import definition_named
from domain.measures.registry import Measure, definition_terms
from domain.measures.wording import condition
from domain.periods import month_ends, quarter_ends
from projections.performance.caseload import MEASURES as CASELOAD
from projections.performance.needed.completions_needed import NEEDED_OF
from projections.performance.trend import months_before
from web.auth.roles import Right
from web.charts import Drawing
from web.pages.frame.agency_names import named
from web.pages.frame.chart_markup import drawing_markup, interval
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, here
from web.pages.frame.page import PageContext, Pages, SeenFrom, looking_at, measure_or_404, pages_of_figure
from web.pages.frame.paging import Paging, rows_a_page
from web.pages.improvement.meetings.beside import comment_href, comments_about
from web.pages.improvement.notices.links import disputes_about, notices_about
from web.parameters import every_field, number_field
from web.presenters import text as words
from web.presenters.explain.people import people_table
from web.presenters.improvement.meetings import commentary as comment_words
from web.presenters.performance.figures import breakdown_table, monthly_counts, periods_table, trend_of
from web.presenters.performance.scorecards import colour_sentences
from web.presenters.sentences import sentence, window
from web.presenters.tables import Link
from web.queries.explain import people
from web.queries.performance import figures, scorecards
from web.queries.performance.figure import FigureResult
from web.queries.performance.scorecards import ScorecardLineResult

from .scorecards import TAGS

FIGURE: Final = "figure.figure"
NEEDED: Final = "completions_needed_pages.one"
PEOPLE_A_PAGE: Final = 20
"""Each of them is looked up in the log."""
MONTHS, QUARTERS = 24, 12
"""How far back a trend goes."""
PERIODS: Final = {"month": "Month ends", "quarter": "Quarter ends"}

blueprint = Pages(
    "figure",
    __name__,
    of_figure=(
        FigurePage("People in it", "figure.members", Right.CLIENTS),
        FigurePage("Definition", "figure.definition", Right.FIGURES),
    ),
)


class FigureAddress(SeenFrom):
    """Whose last days a trend has: months' or quarters'."""

    every = every_field()


class MembersAddress(SeenFrom):
    """Which page of a list, and whether of all, of those who are counted, or of the rest."""

    page = number_field("Which page of the list.", 1, load_default=1)
    counted = fields.String(load_default=None, validate=validate.OneOf(["yes", "no"]))


@blueprint.seen_from("/figures/<measure>", Right.FIGURES, FigureAddress)
def figure(context: PageContext, measure: str) -> Page:
    """One figure."""
    kpi = measure_or_404(measure)
    line, query = _line(context, kpi), scorecards.FigureQuery(kpi, context.as_of, context.known_at, context.slice_)
    series = _series(context, kpi)
    is_drawn = not kpi.immature and any(
        point.percentage is not None or (point.denominator is None and point.is_covered and not point.withheld)
        for point in series
    )
    chart = trend_of(kpi, line, series) if is_drawn else None
    group = words.of_group(kpi).lower() if scorecards.groups_of(kpi) else ""
    control = monthly_counts(scorecards.chart(context.snapshot, context.who, query), group)
    return Page(
        "figure.html",
        f"{kpi.name} ({kpi.code})",
        {
            "hubs": breakdown_table(scorecards.breakdown(context.snapshot, context.who, query), named),
            "control_numbers": control.table if control else None,
            "months": periods_table(series),
        },
        context=context,
        measure=kpi,
        line=line,
        figure=line.figure,
        said=sentence(line.figure),
        window=window(line.figure),
        has_profile=kpi in CASELOAD,
        colour=colour_sentences(line),
        needed=context.to_measure(NEEDED, kpi) if line.target and kpi in NEEDED_OF else "",
        tags=TAGS,
        chart=chart,
        trend_markup=_markup(context, "trend-chart", kpi.code + context.args["every"], chart),
        interval=interval,
        periods=[Link(text, here(every=every), every == context.args["every"]) for every, text in PERIODS.items()],
        control=control,
        control_markup=_markup(context, "control-chart", kpi.code, control.drawing if control else None),
        notices=notices_about(kpi.code, context.as_of, context.slice_),
        disputes=disputes_about(kpi.code, context.as_of, context.slice_),
        commentary=comments_about(kpi.code, context.as_of, context.slice_),
        comment_words=comment_words,
        comment_href=comment_href,
        more=pages_of_figure(context, kpi),
    )


@blueprint.seen_from("/figures/<measure>/definition", Right.FIGURES)
def definition(context: PageContext, measure: str) -> Page:
    """What a figure counts: the rules of the version that answers, in the order in which they are asked."""
    kpi = measure_or_404(measure)
    line = _line(context, kpi)
    version = definition_named(line.figure.definition)
    return Page(
        "definition.html",
        f"What is counted: {kpi.name} ({kpi.code})",
        context=context,
        measure=kpi,
        figure=line.figure,
        version=version,
        terms=definition_terms(kpi, version),
        asks=condition,
        window=window(line.figure),
        more=pages_of_figure(context, kpi),
    )


@blueprint.seen_from("/figures/<measure>/members", Right.CLIENTS, MembersAddress)
def members(context: PageContext, measure: str) -> Any:
    """The people of a figure, one by one, for those entitled."""
    kpi = measure_or_404(measure)
    viewer = looking_at(context, kpi)
    page, counted = context.args["page"], _COUNTED[context.args["counted"]]
    rows = slice((page - 1) * rows_a_page(PEOPLE_A_PAGE), page * rows_a_page(PEOPLE_A_PAGE))
    query = people.PeopleQuery(kpi, context.as_of, context.known_at, context.slice_, rows, counted)
    result = people.people(context.snapshot, viewer, query)
    paging = Paging(page, result.listed, rows_a_page(PEOPLE_A_PAGE))
    if page != paging.page:
        return redirect(here(page=paging.page))
    count = f"{paging.total} {'person' if paging.total == 1 else 'people'}, by their place in the list"
    return Page(
        "members.html",
        f"People in {kpi.name} ({kpi.code})",
        {"people": people_table(result, count, partial(_timeline, context, kpi)) if result.members else None},
        context=context,
        measure=kpi,
        found=result,
        is_own=viewer.is_provider,
        said=sentence(result.figure),
        choices=_choices_of_people(context, kpi, result),
        paging=paging,
        more=pages_of_figure(context, kpi),
    )


def _timeline(context: PageContext, measure: Measure, place: int) -> str:
    return context.to_measure("timeline.of_member", measure, place=place)


_COUNTED: Final = {None: None, "yes": True, "no": False}


def _choices_of_people(context: PageContext, measure: Measure, people_page: people.PeoplePage) -> list[Link]:
    """The whole list, those who are counted and the rest; nothing to choose of a count, in which everybody is."""
    if measure.kind == "count":
        return []
    rest = people_page.total - people_page.counted
    options = (
        (None, f"All {people_page.total:,}"),
        ("yes", f"{people_page.counted:,} counted"),
        ("no", f"{rest:,} not counted"),
    )
    return [Link(text, here(page=None, counted=name), context.args["counted"] == name) for name, text in options]


def _markup(context: PageContext, html_id: str, code: str, drawing: Drawing | None) -> Markup | None:
    return None if drawing is None else drawing_markup(context, html_id, code, lambda: drawing)


def _line(context: PageContext, measure: Measure) -> ScorecardLineResult:
    """The figure as its line of the scorecard has it."""
    query = scorecards.ScorecardQuery(context.as_of, context.known_at, context.slice_, measures=(measure,))
    return scorecards.scorecard(context.snapshot, context.who, query).lines[0]


# ---- the trend


def _series(context: PageContext, measure: Measure) -> Sequence[FigureResult]:
    days = period_ends_before(context.as_of, context.args["every"])
    query = figures.SeriesQuery(measure, days, context.known_at, context.slice_)
    return figures.series(context.snapshot, context.who, query).figures


def period_ends_before(as_of: date, every: str) -> tuple[date, ...]:
    """The period ends up to `as_of`, and `as_of` itself as the last where it is none."""
    if every == "quarter":
        ends = list(quarter_ends(months_before(as_of, 3 * QUARTERS - 1).replace(day=1), as_of))
    else:
        ends = list(month_ends(months_before(as_of, MONTHS - 1).replace(day=1), as_of))
    return tuple(dict.fromkeys([*ends, as_of]))
