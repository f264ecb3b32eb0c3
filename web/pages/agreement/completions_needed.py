"""Completions needed as pages: every target on one, and each KPI on its own, by hub and by month."""

from functools import partial
from typing import Final

from projections.performance.needed.completions_needed import NEEDED_OF
from web.auth import guard
from web.auth.guard import principal
from web.auth.roles import Right
from web.pages.frame.agency_names import name_alone, named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import PageContext, Pages, measure_or_404
from web.presenters.agreement import completions_needed as presenter
from web.presenters.tables import Link
from web.presenters.text import of_group
from web.queries.agreement import completions_needed as queries
from web.queries.agreement.completions_needed import CompletionsNeededQuery, MeasureNeed

ALL: Final = "completions_needed_pages.completions_needed"
ONE: Final = "completions_needed_pages.one"

blueprint = Pages(
    "completions_needed_pages",
    __name__,
    Place(
        "Completions needed",
        ALL,
        Right.FIGURES,
        PlaceGroup.FIGURES,
        "How many more completions each target takes, and by when.",
        seen_from=True,
    ),
)


@blueprint.seen_from("/completions-needed", Right.FIGURES)
def completions_needed(context: PageContext) -> Page:
    """Every target that completions decide, and what it takes to meet it."""
    query = CompletionsNeededQuery(context.as_of, context.known_at, slice_=context.slice_)
    result = queries.completions_needed(context.snapshot, context.who, query)
    return Page(
        "completions-needed.html",
        "Completions needed",
        {"overview": presenter.overview(result, partial(_to, context))},
        context=context,
        result=result,
        assumed=presenter.ASSUMED,
        tags=presenter.STATE_TAGS,
        nothing=presenter.NO_TARGETS,
    )


def _to(context: PageContext, one: MeasureNeed) -> str:
    return context.to_measure(ONE, one.measure)


@blueprint.seen_from("/completions-needed/<measure>", Right.FIGURES)
def one(context: PageContext, measure: str) -> Page:
    """What it takes to meet the target of one KPI."""
    kpi = measure_or_404(measure)
    if kpi not in NEEDED_OF:
        guard.refuse_as_missing()
    query = CompletionsNeededQuery(context.as_of, context.known_at, (kpi,), context.slice_)
    [needed] = queries.completions_needed(context.snapshot, context.who, query).completions_needed
    need = needed.need
    return Page(
        "completions-needed-one.html",
        f"Completions needed: {kpi.name} ({kpi.code})",
        {
            "hubs": presenter.hubs_table(need, named) if need else None,
            "by_month": presenter.months_table(need, name_alone) if need else None,
        },
        context=context,
        measure=kpi,
        needed=needed,
        need=need,
        group=of_group(kpi),
        lead=presenter.lead(need) if need else needed.why,
        sentences=presenter.sentences(need) if need else [],
        assumed=presenter.ASSUMED,
        tags=presenter.STATE_TAGS,
        hub=_hub(context, needed),
        more=list(_more(context, needed)),
    )


def _hub(context: PageContext, needed: MeasureNeed) -> str:
    """What of it is the hub's that the page is about; empty where it is about none."""
    hubs = needed.need.hubs if needed.need else []
    its = next((hub for hub in hubs if hub.agency == context.slice_.agency), None)
    return presenter.of_hub(needed.need, its, name_alone(its.agency)) if its and needed.need else ""


def _more(context: PageContext, needed: MeasureNeed) -> list[Link]:
    """What is read beside it, as far as this person may see it."""
    links = [Link(f"The figure: {needed.name} ({needed.code})", context.to_measure("figure.figure", needed.measure))]
    if principal().reach(Right.CLIENTS) is not None and needed.need and needed.need.useful:
        href = context.to_measure("figure.members", needed.measure, counted="no")
        links.append(Link("The people who do not count yet", href))
    return links
