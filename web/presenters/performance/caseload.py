"""The caseload profile in words, drawings and tables: by substance group, how long people have been in treatment, how
long they had used before, and for how many it is the first treatment.

The sentences are over the people of the last 12 months first, since comparators are published of those shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rich.console import Console

from domain.codes import SUBSTANCE_GROUPS
from domain.measures.lengths import LONGEST
from projections.performance.caseload import LONG_CAREER_YEARS, NO_GROUP, GroupProfile
from web.charts import Drawing, SharePart, ShareRow, shares
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.sentences import TREATED_FOR
from web.presenters.tables import Column, Link, Percentage, Table, rounded
from web.queries.performance.figures import ProfileResult

FEW: Final = 20
"""Of fewer people than this, one more or fewer moves a percentage by more than five points: then the page says so."""
EVERYBODY: Final = "all"
SETS: Final = ("In the last 12 months", "Open on the day")
CAREER: Final = f"Had used for {LONG_CAREER_YEARS} years or more at triage"
FIRST: Final = "In their first treatment"
NOBODY: Final = "nobody to count"
"""In place of the percentage of an empty denominator."""


@dataclass(frozen=True, slots=True)
class CaseloadGroup:
    """One substance group, or all together: over the people of the last 12 months, and over those open on the day."""

    name: str
    twelve_months: GroupProfile
    on_the_day: GroupProfile

    @property
    def both(self) -> tuple[GroupProfile, GroupProfile]:
        """Its profiles in the order of `SETS`."""
        return self.twelve_months, self.on_the_day

    @property
    def years(self) -> list[str]:
        """The lengths of treatment that people are counted by."""
        return list(self.twelve_months.years_in_treatment)

    @property
    def heading(self) -> str:
        """What it is called on the page."""
        return "All groups" if self.name == EVERYBODY else TREATED_FOR.get(self.name, self.name).capitalize()

    @property
    def id(self) -> str:
        """Its place on the page."""
        return self.name.replace(" ", "-")


def groups_of(result: ProfileResult) -> list[CaseloadGroup]:
    """The groups that anybody is in, in the order of the KPIs, and all together; none, if nobody is anywhere."""
    twelve_months = {profile.group: profile for profile in result.in_twelve_months}
    on_the_day = {profile.group: profile for profile in result.open_on_the_day}
    nobody = GroupProfile("", 0, dict.fromkeys(twelve_months[EVERYBODY].years_in_treatment, 0), 0, 0, 0)
    names = (*map(str, SUBSTANCE_GROUPS), NO_GROUP, EVERYBODY)
    groups = [CaseloadGroup(name, twelve_months.get(name, nobody), on_the_day.get(name, nobody)) for name in names]
    return [group for group in groups if any(profile.people for profile in group.both)]


# ---- in sentences


def lead(groups: Sequence[CaseloadGroup], people: str, as_of: date) -> str:
    """The first thing to know: of the first group that has anybody, for how many it has been long."""
    if not groups:
        return f"Nobody was in treatment in the 12 months to {text.day(as_of)}, so there is nothing to set out."
    return sentences(groups[0], people, as_of)[0]


def sentences(group: CaseloadGroup, people: str, as_of: date) -> list[str]:
    """What a group's profile says, over the last 12 months and then over those open on the day."""
    treated, still_open, day = group.twelve_months, group.on_the_day, text.day(as_of)
    period = f"{_treated_for(group)} in the 12 months to {day}"
    words = [f"There were no {people} {period}."]
    if treated.people:
        counted = text.plural(treated.people, people.replace("people", "person"), people)
        words = [f"Of {counted} {period}, {_long(treated)}.", _career(treated), _first(treated)]
    if not still_open.people:
        return [*words, f"Nobody was open on {day}."]
    were = "was" if still_open.people == 1 else "were"
    return [*words, f"Of the {still_open.people:,} who {were} open on {day}, {_long(still_open)}."]


def _treated_for(group: CaseloadGroup) -> str:
    if group.name in TREATED_FOR:
        return f"treated for {TREATED_FOR[group.name]}"
    return "in treatment" if group.name == EVERYBODY else "treated for no known substance"


def _long(profile: GroupProfile) -> str:
    count = profile.years_in_treatment[LONGEST]
    have = "has" if count == 1 else "have"
    return f"{_so_many(count, profile.people)} {have} been in treatment for six years or more"


def _career(profile: GroupProfile) -> str:
    known = profile.career_known
    if not known:
        return "The age of first use is known of none of them, so it cannot be said how long they had used."
    whose = "all of them" if known == profile.people else f"{known:,} of them"
    had_used = f"had used for {LONG_CAREER_YEARS} years or more when they came to treatment"
    return f"The age of first use is known of {whose}: {_so_many(profile.long_career, known)} {had_used}."


def _first(profile: GroupProfile) -> str:
    return f"For {_so_many(profile.first_treatment, profile.people)} it is the first treatment, as far as is known."


def _so_many(count: int, total: int) -> str:
    return f"{text.share(count, total)} ({count:,})" if count else "none"


def few(group: CaseloadGroup) -> str:
    """That one person moves a percentage of this group far, and how far; nothing where none is so small."""
    small = [
        f"of {people} {name[0].lower()}{name[1:]}, one person is {text.whole(100 / people)} percentage points"
        for name, people in zip(SETS, [profile.people for profile in group.both], strict=True)
        if 0 < people < FEW
    ]
    return f"Small numbers: {'; '.join(small)}." if small else ""


# ---- as a drawing


def drawing(group: CaseloadGroup) -> Drawing:
    """A group by years in treatment."""
    names = [f"{name} ({profile.people:,})" for name, profile in zip(SETS, group.both, strict=True)]
    parts = [
        SharePart(_capital(years), tuple(_share(profile, years) for profile in group.both)) for years in group.years
    ]
    return shares(f"Years in treatment: {group.heading}", names, parts)


def _share(profile: GroupProfile, years: str) -> ShareRow | None:
    total = profile.people
    if not total:
        return None
    count = profile.years_in_treatment[years]
    words = f"{text.share(count, total)} ({count:,})"
    return ShareRow(100 * count / total, words, f"{_capital(years)}: {count:,} of {total:,}")


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


# ---- as tables


_NUMBERS: Final = (
    Column("Years in treatment, and what came before"),
    Column("In the last 12 months", number=True),
    Column("Of", number=True, aside=True),
    Column("Percentage", number=True),
    Column("Open on the day", number=True, aside=True),
    Column("Of those open", number=True, aside=True),
    Column("Percentage of those open", number=True),
)
_SIDE_BY_SIDE: Final = (
    Column("Treated for"),
    Column("People", number=True),
    Column("In treatment 6 years or more", number=True),
    Column(CAREER, number=True, aside=True),
    Column(FIRST, number=True),
)


def numbers_table(group: CaseloadGroup) -> Table:
    """A group's numbers, a row a part, over both sets of people."""
    both = group.both
    rows = [
        *(
            _row(_capital(years), *((each.years_in_treatment[years], each.people) for each in both))
            for years in group.years
        ),
        _row(CAREER, *((each.long_career, each.career_known) for each in both)),
        _row(FIRST, *((each.first_treatment, each.people) for each in both)),
    ]
    return Table(_NUMBERS, rows, f"{group.heading}, as numbers")


def side_by_side(groups: Sequence[CaseloadGroup]) -> list[Table]:
    """The groups below each other: a table of the people of the last 12 months, and one of those open on the day."""
    return [
        Table(_SIDE_BY_SIDE, [_group_row(group, group.both[place]) for group in groups], name)
        for place, name in enumerate(SETS)
    ]


def _row(name: str, *counts: tuple[int, int]) -> tuple[Any, ...]:
    return (name, *(cell for count, total in counts for cell in (count, total, _percentage(count, total))))


def _group_row(group: CaseloadGroup, profile: GroupProfile) -> tuple[Any, ...]:
    return (
        Link(group.heading, f"#{group.id}"),
        profile.people,
        _percentage(profile.years_in_treatment[LONGEST], profile.people),
        _percentage(profile.long_career, profile.career_known),
        _percentage(profile.first_treatment, profile.people),
    )


def _percentage(count: int, total: int) -> Percentage | str:
    return rounded(count, total) or NOBODY


# ---- in the terminal


def print_profile(console: Console, result: ProfileResult) -> None:
    """The caseload profile, over the people of the last twelve months and over those open on the day."""
    say(console, text.standpoint(result.standpoint), text.slice_of(result.slice))
    if silence := text.silence_of_day(result.standpoint, result.days_covered):
        say(console, "", silence)
        return
    for heading, profiles in (
        ("In treatment in the last 12 months", result.in_twelve_months),
        ("Open on the day", result.open_on_the_day),
    ):
        say(console, "", heading, "")
        lengths = tuple(profiles[-1].years_in_treatment)
        columns = (
            Column("group"),
            Column("people", number=True),
            *(Column(length, number=True) for length in lengths),
            Column("career 21 years or more", number=True),
            Column("first treatment", number=True),
        )
        print_table(console, Table(columns, [_profile_row(profile, lengths) for profile in profiles]))
    say(console, "", "Years are those of the journey; a career is counted where the age of first use is known.")


def _profile_row(profile: GroupProfile, lengths: Sequence[str]) -> tuple[str, ...]:
    return (
        profile.group,
        f"{profile.people:,}",
        *(_count_with_share(profile.years_in_treatment[length], profile.people) for length in lengths),
        _count_with_share(profile.long_career, profile.career_known),
        _count_with_share(profile.first_treatment, profile.people),
    )


def _count_with_share(count: int, total: int) -> str:
    return f"{count:,} ({text.whole(100 * count / total)}%)" if total else "0"
