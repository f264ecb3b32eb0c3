"""Who makes a figure miss its target: by agency and by segment, from the page's own dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.measures.registry import MEASURES, Measure, measure_named
from web import parameters
from web.auth.roles import Right
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, Place, PlaceGroup
from web.pages.frame.page import Choice, PageContext, Pages, SeenFrom, pages_of_figure
from web.presenters.performance import contribution as presenter
from web.presenters.sentences import sentence
from web.presenters.tables import Table
from web.queries.performance import contribution as queries
from web.queries.performance.contribution import MissResult, PartitionResult

CONTRIBUTION: Final = "contribution_pages.contribution"
FIRST: Final = "4.0"
"""The measure of an address that names none."""

blueprint = Pages(
    "contribution_pages",
    __name__,
    Place(
        "Contribution to a miss",
        CONTRIBUTION,
        Right.FIGURES,
        PlaceGroup.FIGURES,
        "Which agencies and which people keep a figure from its target.",
        seen_from=True,
    ),
    of_figure=(FigurePage("Who makes the miss", CONTRIBUTION, Right.FIGURES),),
)


class ContributionAddress(SeenFrom):
    """Of which measure; and the day on which a caseload passed on, if one is given."""

    measure = parameters.measure_field(load_default=FIRST)
    handover_on = parameters.DayField(load_default=None, description="The first day of a new contract.")


@dataclass(frozen=True, slots=True)
class PartitionSection:
    """What the page says of one way to part the figure."""

    id: str
    title: str
    about: str
    sentences: Sequence[str]
    table: Table


@blueprint.seen_from("/contribution", Right.FIGURES, ContributionAddress)
def contribution(context: PageContext) -> Page:
    """One figure by agency, by where people stood at a handover, and by segment."""
    measure, handover_on = measure_named(context.args["measure"]), context.args["handover_on"]
    query = queries.ContributionQuery(measure, context.as_of, context.known_at, context.slice_, handover_on)
    result = queries.contribution(context.snapshot, context.who, query)
    sections = [] if context.notices else [_section(result, one) for one in presenter.shown(result)]
    return Page(
        "contribution.html",
        f"Who makes the miss: {measure.name} ({measure.code})",
        {section.id: section.table for section in sections},
        context=context,
        measure=measure,
        figure=result.figure,
        said=sentence(result.figure),
        lead=presenter.lead(result),
        sections=sections,
        caseload=presenter.caseload(result),
        withheld=result.withheld,
        measures=_measures(measure),
        handover_on=handover_on.isoformat() if handover_on else "",
        more=pages_of_figure(context, measure),
    )


def _section(result: MissResult, one: PartitionResult) -> PartitionSection:
    said = presenter.sentences(result, one, named)
    return PartitionSection(one.by, one.title, presenter.ABOUT[one.by], said, presenter.table(result, one, named))


def _measures(chosen: Measure) -> list[Choice]:
    """Those that can be held against a target."""
    of_targets = (measure for measure in MEASURES if (measure.polarity and not measure.immature) or measure == chosen)
    return [Choice(one.code, f"{one.code} {one.name}", one == chosen) for one in of_targets]
