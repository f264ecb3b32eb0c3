"""The caseload profile as a page: by substance group, how long people have been in treatment, how long they had used
before, and for how many it is the first treatment.

It is read beside the completions: who has been in treatment for many years leaves it less often. The sentences are
over the people of the last 12 months first, since those are the shares that comparators are published of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from markupsafe import Markup

from domain.codes import SUBSTANCE_GROUPS
from projections.performance.caseload import (
    LONG_CAREER_YEARS,
    LONGEST,
    NO_GROUP,
    ON_THE_DAY,
    TWELVE_MONTHS,
    GroupProfile,
)
from web.auth.guard import principal
from web.auth.roles import Right
from web.charts import Drawing, SharePart, ShareRow, shares
from web.presenters import text as words
from web.presenters.sentences import TREATED_FOR
from web.presenters.tables import Column, Link, Percentage, Table
from web.presenters.text import AnyFigure
from web.queries import figures
from web.queries.figures import ProfileResult

from .chart_markup import drawn
from .layout import Page
from .page import PageContext, Pages

PROFILE: Final = "caseload.profile"
LONG_TREATMENT: Final = "six-years-or-more"
"""The worklist of those who have been in treatment longest."""
FEW: Final = 20
"""Of fewer people than this, one more or fewer moves a percentage by more than five points: then the page says so."""
EVERYBODY: Final = "all"
SETS: Final = ("In the last 12 months", "Open on the day")
CAREER: Final = f"Had used for {LONG_CAREER_YEARS} years or more at triage"
FIRST: Final = "In their first treatment"
NOBODY: Final = "nobody to count"
"""In place of the percentage of an empty denominator."""

blueprint = Pages("caseload", __name__)


@dataclass(frozen=True, slots=True)
class GroupOfCaseload:
    """One substance group, or all together: over the people of the last 12 months, and over those open on the day."""

    name: str
    twelve_months: GroupProfile
    on_the_day: GroupProfile

    @property
    def both(self) -> tuple[GroupProfile, GroupProfile]:
        """Its profiles in the order of `SETS`."""
        return self.twelve_months, self.on_the_day

    @property
    def heading(self) -> str:
        """What it is called on the page."""
        return "All groups" if self.name == EVERYBODY else TREATED_FOR.get(self.name, self.name).capitalize()

    @property
    def id(self) -> str:
        """Its place on the page."""
        return self.name.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says of a group: sentences, which of its numbers are small, a drawing, and the numbers."""

    group: GroupOfCaseload
    sentences: Sequence[str]
    few: str
    chart: Drawing
    markup: Markup
    table: Table


@blueprint.seen_from("/profile", Right.FIGURES)
def profile(asked: PageContext) -> Page:
    """The caseload by substance group."""
    snapshot = figures.OnTheDayQuery(asked.as_of, asked.known_at, asked.where)
    groups = groups_of(figures.profile(asked.snapshot, asked.who, snapshot))
    who = "young people" if asked.where.young_people else "people"
    told = [_told(asked, group, who) for group in groups]
    side_by_side = [
        Table(SIDE_BY_SIDE, [_line(group, group.both[place]) for group in groups], name)
        for place, name in enumerate(SETS)
    ]
    return Page(
        "profile.html",
        "Caseload profile",
        {"side_by_side": side_by_side if groups else (), "numbers": [one.table for one in told]},
        asked=asked,
        figure=_figure(asked),
        lead=lead(groups, who, asked.as_of),
        groups=told,
        more=list(_more(asked)),
    )


def groups_of(found: ProfileResult) -> list[GroupOfCaseload]:
    """The groups that anybody is in, in the order of the KPIs, and all together; none, if nobody is anywhere."""
    twelve_months, on_the_day = (
        {row.group: row for row in rows} for rows in (found.in_twelve_months, found.open_on_the_day)
    )
    nobody = GroupProfile("", 0, dict.fromkeys(twelve_months[EVERYBODY].years_in_treatment, 0), 0, 0, 0)
    names = (*map(str, SUBSTANCE_GROUPS), NO_GROUP, EVERYBODY)
    groups = [GroupOfCaseload(name, twelve_months.get(name, nobody), on_the_day.get(name, nobody)) for name in names]
    return [group for group in groups if any(of.people for of in group.both)]


def _figure(asked: PageContext) -> AnyFigure:
    """How many the people of the last 12 months are, with what that rests on."""
    snapshot = figures.FiguresQuery(asked.as_of, asked.known_at, (TWELVE_MONTHS,), asked.where)
    return figures.figures(asked.snapshot, asked.who, snapshot).figures[0]


def _more(asked: PageContext) -> Iterator[Link]:
    """What is read beside the profile, as far as this person may see it."""
    for measure in (TWELVE_MONTHS, ON_THE_DAY):
        yield Link(f"{measure.code} {measure.name}", asked.to_measure("figure.figure", measure))
    if principal().reach(Right.CLIENTS) is not None:
        yield Link("Worklist: in treatment for six years or more", asked.to("worklist-pages.one", name=LONG_TREATMENT))


def _told(asked: PageContext, group: GroupOfCaseload, who: str) -> Told:
    chart = drawing(group)
    return Told(
        group,
        sentences(group, who, asked.as_of),
        few(group),
        chart,
        drawn(asked, f"years-{group.id}", "profile", lambda: chart),
        Table(COLUMNS, rows(group), f"{group.heading}, as numbers"),
    )


# ---- in sentences


def lead(groups: Sequence[GroupOfCaseload], who: str, as_of: date) -> str:
    """The first thing to know: of the first group that has anybody, for how many it has been long."""
    if not groups:
        return f"Nobody was in treatment in the 12 months to {words.day(as_of)}, so there is nothing to set out."
    return sentences(groups[0], who, as_of)[0]


def sentences(group: GroupOfCaseload, who: str, as_of: date) -> list[str]:
    """What a group's profile says, over the last 12 months and then over those open on the day."""
    of, still, day = group.twelve_months, group.on_the_day, words.day(as_of)
    period = f"{_whom(group)} in the 12 months to {day}"
    said = [f"There were no {who} {period}."]
    if of.people:
        counted = words.plural(of.people, who.replace("people", "person"), who)
        said = [f"Of {counted} {period}, {_long(of)}.", _career(of), _first(of)]
    if not still.people:
        return [*said, f"Nobody was open on {day}."]
    were = "was" if still.people == 1 else "were"
    return [*said, f"Of the {still.people:,} who {were} open on {day}, {_long(still)}."]


def _whom(group: GroupOfCaseload) -> str:
    if group.name in TREATED_FOR:
        return f"treated for {TREATED_FOR[group.name]}"
    return "in treatment" if group.name == EVERYBODY else "treated for no known substance"


def _long(of: GroupProfile) -> str:
    count = of.years_in_treatment[LONGEST]
    return f"{_so_many(count, of.people)} {'has' if count == 1 else 'have'} been in treatment for six years or more"


def _career(of: GroupProfile) -> str:
    if not of.career_known:
        return "The age of first use is known of none of them, so it cannot be said how long they had used."
    whose = "all of them" if of.career_known == of.people else f"{of.career_known:,} of them"
    had_used = f"had used for {LONG_CAREER_YEARS} years or more when they came to treatment"
    return f"The age of first use is known of {whose}: {_so_many(of.long_career, of.career_known)} {had_used}."


def _first(of: GroupProfile) -> str:
    return f"For {_so_many(of.first_treatment, of.people)} it is the first treatment, as far as is known."


def _so_many(count: int, of: int) -> str:
    return f"{words.share(count, of)} ({count:,})" if count else "none"


def few(group: GroupOfCaseload) -> str:
    """That one person moves a percentage of this group far, and how far; nothing where none is so small."""
    said = [
        f"of {of.people} {name[0].lower()}{name[1:]}, one person is {100 / of.people:.0f} percentage points"
        for name, of in zip(SETS, group.both, strict=True)
        if 0 < of.people < FEW
    ]
    return f"Small numbers: {'; '.join(said)}." if said else ""


# ---- as a drawing


def drawing(group: GroupOfCaseload) -> Drawing:
    """A group by years in treatment."""
    names = [f"{name} ({of.people:,})" for name, of in zip(SETS, group.both, strict=True)]
    parts = [SharePart(_capital(years), tuple(_share(of, years) for of in group.both)) for years in _years(group)]
    return shares(f"Years in treatment: {group.heading}", names, parts)


def _share(of: GroupProfile, years: str) -> ShareRow | None:
    if not of.people:
        return None
    count = of.years_in_treatment[years]
    text = f"{words.share(count, of.people)} ({count:,})"
    return ShareRow(100 * count / of.people, text, f"{_capital(years)}: {count:,} of {of.people:,}")


def _years(group: GroupOfCaseload) -> list[str]:
    return list(group.twelve_months.years_in_treatment)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


# ---- as tables


COLUMNS: Final = (
    Column("Years in treatment, and what came before"),
    Column("In the last 12 months", number=True),
    Column("Of", number=True),
    Column("Percentage", number=True),
    Column("Open on the day", number=True),
    Column("Of those open", number=True),
    Column("Percentage of those open", number=True),
)
SIDE_BY_SIDE: Final = (
    Column("Treated for"),
    Column("People", number=True),
    Column("In treatment 6 years or more", number=True),
    Column(CAREER, number=True),
    Column(FIRST, number=True),
)


def rows(group: GroupOfCaseload) -> list[tuple[Any, ...]]:
    """A group's numbers, a row a part, over both sets of people."""
    both = group.both
    return [
        *(_row(_capital(years), [(of.years_in_treatment[years], of.people) for of in both]) for years in _years(group)),
        _row(CAREER, [(of.long_career, of.career_known) for of in both]),
        _row(FIRST, [(of.first_treatment, of.people) for of in both]),
    ]


def _row(name: str, counts: Sequence[tuple[int, int]]) -> tuple[Any, ...]:
    return (name, *(cell for count, of in counts for cell in (count, of, _percentage(count, of))))


def _line(group: GroupOfCaseload, of: GroupProfile) -> tuple[Any, ...]:
    return (
        Link(group.heading, f"#{group.id}"),
        of.people,
        _percentage(of.years_in_treatment[LONGEST], of.people),
        _percentage(of.long_career, of.career_known),
        _percentage(of.first_treatment, of.people),
    )


def _percentage(count: int, of: int) -> Percentage | str:
    return Percentage(round(100 * count / of, 1)) if of else NOBODY
