"""The caseload profile as a page.

It is read beside the completions: who has been in treatment for many years leaves it less often.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from projections.performance.caseload import ON_THE_DAY, TWELVE_MONTHS
from web.auth.guard import principal
from web.auth.roles import Right
from web.charts import Drawing
from web.pages.frame.chart_markup import drawing_markup
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import PageContext, Pages
from web.presenters.agreement.comparator_words import profile_sentence, profile_table
from web.presenters.performance import caseload as presenter
from web.presenters.performance.caseload import CaseloadGroup
from web.presenters.tables import Link, Table
from web.queries.agreement import caseload_beside
from web.queries.agreement.caseload_beside import ProfileBeside
from web.queries.performance import figures
from web.queries.performance.figure import FigureResult

PROFILE: Final = "caseload.profile"
LONG_TREATMENT: Final = "six-years-or-more"
"""The worklist of those who have been in treatment longest."""

blueprint = Pages(
    "caseload",
    __name__,
    Place(
        "Caseload profile",
        "caseload.profile",
        Right.FIGURES,
        PlaceGroup.FIGURES,
        "How long people have been in treatment, and for how many it is the first.",
        seen_from=True,
    ),
)


@dataclass(frozen=True, slots=True)
class GroupSection:
    """What the page says of a group: sentences, which of its numbers are small, a drawing, and the numbers."""

    group: CaseloadGroup
    sentences: Sequence[str]
    beside: Sequence[str]
    few: str
    chart: Drawing
    markup: Markup
    table: Table


@blueprint.seen_from("/profile", Right.FIGURES)
def profile(context: PageContext) -> Page:
    """The caseload by substance group."""
    query = figures.OnTheDayQuery(context.as_of, context.known_at, context.slice_)
    groups = [] if context.no_file else presenter.groups_of(figures.profile(context.snapshot, context.who, query))
    beside = caseload_beside.profile_beside(
        context.snapshot, context.who, [group.twelve_months for group in groups], context.standpoint
    )
    people = "young people" if context.slice_.young_people else "people"
    sections = [_section(context, group, people, beside) for group in groups]
    return Page(
        "profile.html",
        "Caseload profile",
        {
            "side_by_side": presenter.side_by_side(groups) if groups else (),
            "beside_cluster": profile_table(beside),
            "numbers": [section.table for section in sections],
        },
        context=context,
        figure=_figure(context),
        lead=(context.notices or (presenter.lead(groups, people, context.as_of),))[0],
        groups=sections,
        more=list(_more(context)),
    )


def _figure(context: PageContext) -> FigureResult:
    """How many the people of the last 12 months are, with what that rests on."""
    query = figures.FiguresQuery(context.as_of, context.known_at, (TWELVE_MONTHS,), context.slice_)
    return figures.figures(context.snapshot, context.who, query).figures[0]


def _section(context: PageContext, group: CaseloadGroup, people: str, beside: Sequence[ProfileBeside]) -> GroupSection:
    chart = presenter.drawing(group)
    markup = drawing_markup(context, f"years-{group.id}", "profile", lambda: chart)
    sentences, table = presenter.sentences(group, people, context.as_of), presenter.numbers_table(group)
    its = [profile_sentence(one) for one in beside if one.group == group.name]
    return GroupSection(group, sentences, its, presenter.few(group), chart, markup, table)


def _more(context: PageContext) -> Iterator[Link]:
    """What is read beside the profile, as far as this person may see it."""
    for measure in (TWELVE_MONTHS, ON_THE_DAY):
        yield Link(f"{measure.name} ({measure.code})", context.to_measure("figure.figure", measure))
    if principal().reach(Right.CLIENTS) is not None:
        yield Link(
            "Worklist: in treatment for six years or more", context.to("worklist-pages.one", name=LONG_TREATMENT)
        )
