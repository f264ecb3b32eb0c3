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
from web.presenters import caseload as presenter
from web.presenters.caseload import CaseloadGroup
from web.presenters.tables import Link, Table
from web.queries import figures
from web.queries.figure import FigureResult

from .chart_markup import drawn
from .layout import Page
from .page import PageContext, Pages

PROFILE: Final = "caseload.profile"
LONG_TREATMENT: Final = "six-years-or-more"
"""The worklist of those who have been in treatment longest."""

blueprint = Pages("caseload", __name__)


@dataclass(frozen=True, slots=True)
class GroupSection:
    """What the page says of a group: sentences, which of its numbers are small, a drawing, and the numbers."""

    group: CaseloadGroup
    sentences: Sequence[str]
    few: str
    chart: Drawing
    markup: Markup
    table: Table


@blueprint.seen_from("/profile", Right.FIGURES)
def profile(asked: PageContext) -> Page:
    """The caseload by substance group."""
    query = figures.OnTheDayQuery(asked.as_of, asked.known_at, asked.where)
    groups = presenter.groups_of(figures.profile(asked.snapshot, asked.who, query))
    people = "young people" if asked.where.young_people else "people"
    sections = [_section(asked, group, people) for group in groups]
    return Page(
        "profile.html",
        "Caseload profile",
        {
            "side_by_side": presenter.side_by_side(groups) if groups else (),
            "numbers": [section.table for section in sections],
        },
        asked=asked,
        figure=_figure(asked),
        lead=presenter.lead(groups, people, asked.as_of),
        groups=sections,
        more=list(_more(asked)),
    )


def _figure(asked: PageContext) -> FigureResult:
    """How many the people of the last 12 months are, with what that rests on."""
    query = figures.FiguresQuery(asked.as_of, asked.known_at, (TWELVE_MONTHS,), asked.where)
    return figures.figures(asked.snapshot, asked.who, query).figures[0]


def _section(asked: PageContext, group: CaseloadGroup, people: str) -> GroupSection:
    chart = presenter.drawing(group)
    markup = drawn(asked, f"years-{group.id}", "profile", lambda: chart)
    sentences, table = presenter.sentences(group, people, asked.as_of), presenter.numbers_table(group)
    return GroupSection(group, sentences, presenter.few(group), chart, markup, table)


def _more(asked: PageContext) -> Iterator[Link]:
    """What is read beside the profile, as far as this person may see it."""
    for measure in (TWELVE_MONTHS, ON_THE_DAY):
        yield Link(f"{measure.code} {measure.name}", asked.to_measure("figure.figure", measure))
    if principal().reach(Right.CLIENTS) is not None:
        yield Link("Worklist: in treatment for six years or more", asked.to("worklist-pages.one", name=LONG_TREATMENT))
