"""Completions needed, in sentences and tables: the last useful day, who could still count, by hub and by month."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Console

from domain.periods import last_day_of_month
from projections.standings.hidden import Hidden
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Link, Table, lines, month
from web.queries.agreement.completions_needed import (
    CompletionsNeededResult,
    HubNeedResult,
    MeasureNeed,
    NeedResult,
)

ASSUMED: Final = (
    "Each number is about the figure as it will be published at the deadline, whose people are not today’s. It takes "
    "for granted that nobody new starts and nobody who completed comes back; what new starts would make of it is said "
    "beside it."
)
"""What every number here rests on."""
NO_TARGETS: Final = "No target that completions decide was in force on that day, as known then."
STATE_TAGS: Final = {"on course": "green", "at risk": "yellow", "cannot now be met": "red"}
"""The colour of the tag that says how it stands."""

Named = Callable[[str], str]
To = Callable[[MeasureNeed], str]


# ---- all measures


_OVERVIEW: Final = (
    Column("KPI"),
    Column("Needed", folds=True),
    Column("State"),
    Column("Last useful day", whole=True),
    Column("Could still count", number=True, aside=True),
    Column("Target", aside=True, folds=True),
)


def overview(result: CompletionsNeededResult, to: To | None = None) -> Table | None:
    """A row a measure, each leading to its own page; None where no target is in force."""
    rows = [_overview_row(one, to) for one in result.completions_needed]
    return Table(_OVERVIEW, rows, "Each target, and what it takes") if rows else None


def _overview_row(one: MeasureNeed, to: To | None) -> tuple[Any, ...]:
    name = f"{one.name} ({one.code})"
    kpi = Link(name, to(one)) if to else name
    if one.need is None:
        return kpi, one.why
    need = one.need
    return kpi, short(need), need.state, need.last_useful_day, need.could_count, _target(need)


def _target(need: NeedResult) -> str:
    most = "at most " if need.of_returns else ""
    return f"{most}{need.reached}% by {text.short_day(need.deadline)}"


def short(need: NeedResult) -> str:
    """What is needed, in few words."""
    if not need.of_returns:
        if need.to_go and need.useful is None:
            return f"{need.to_go:,} too few"
        return text.plural(need.to_go, "completion") if need.to_go else "none: reached"
    if need.over:
        return f"{text.plural(need.over, 'return')} too many"
    return f"room for {text.plural(need.to_go, 'return')}"


# ---- one measure, in sentences


def lead(need: NeedResult) -> str:
    """What it takes, in a sentence that can be read alone."""
    by, target = text.day(need.deadline), f"{need.reached}%"
    if need.of_returns:
        return _lead_of_returns(need, by, target)
    takes = f"{target} by {by} takes {need.wanted:,} of {need.cohort:,}"
    there = f"{need.counted:,} {_is(need.counted)} there already"
    if not need.to_go:
        return f"The target of {takes}, and {there}: none more is needed."
    if need.useful is None:
        return f"To meet {takes}. {need.counted:,} {_is(need.counted)} there, which is {need.to_go:,} too few."
    more = text.plural(need.to_go, "more successful completion")
    return f"To meet {takes}. {there}, so {more} {_is(need.to_go)} needed."


def _lead_of_returns(need: NeedResult, by: str, target: str) -> str:
    begun = f"At most {need.wanted:,} of {need.cohort:,} may have come back to keep to {target} by {by}."
    if need.over:
        return f"{begun} {need.counted:,} {_has(need.counted)}, which is {need.over:,} too many."
    return f"{begun} {need.counted:,} {_has(need.counted)}, so there is room for {need.to_go:,} more."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def useful(need: NeedResult) -> str:
    """Until which day a completion is of use, and why."""
    last, window = text.day(need.last_useful_day), text.window(need.window.first_day, need.window.last_day)
    about = f"The figure of {text.short_day(need.deadline)} is about {window}"
    if need.useful is None:
        return f"{about}, so the last useful discharge day was {last}: no completion from now on changes it."
    return f"{about}, so the last useful discharge day is {last}: a later completion does not count in it."


def could_count(need: NeedResult) -> str:
    """Who of the caseload could still count."""
    if need.useful is None:
        return "Nobody in treatment can count in it any more."
    people = _people(need.could_count)
    if need.of_returns:
        return f"{people} now in treatment could complete by then, and would make the group larger."
    return f"{people} now in treatment could still count, by completing by then."


def may_change(need: NeedResult) -> str:
    """Who could still be lost by a return, or could still come back."""
    if isinstance(need.may_change, Hidden):
        return ""
    if need.of_returns:
        return f"Of the {need.cohort:,}, {need.may_change:,} have not had their six months: each could come back."
    if not need.may_change:
        return "None of those that are there already can be lost by a return."
    of = (
        f"{need.may_change:,} of the {need.counted:,}"
        if need.may_change < need.counted
        else f"Any of the {need.counted:,}"
    )
    return f"{of} that are there already could still be lost, by coming back before the deadline."


def moves(need: NeedResult) -> str:
    """Who leaves and enters the window by the deadline."""
    its = need.moves
    if isinstance(its.leaving, Hidden):
        return ""
    counted = "came back" if need.of_returns else "completed"
    return (
        f"By the deadline {its.leaving:,} of today’s people leave the window ({its.leaving_counted:,} who {counted}) "
        f"and {its.entering:,} others enter it ({its.entering_counted:,} who {counted})."
    )


def new_starts(need: NeedResult) -> str:
    """What the number becomes if people go on starting."""
    its = need.new_starts
    if need.useful is None:
        return ""
    if need.of_returns:
        return (
            f"If as many complete as in the last {its.months} months, about {its.people:,} more join the group, and "
            f"there is room for {its.room or 0:,}."
        )
    return (
        f"If as many people start as in the last {its.months} months, about {its.people:,} more stand in the figure by "
        f"then, and {its.needed or 0:,} completions are needed instead of {need.to_go:,}."
    )


def pace(need: NeedResult) -> str:
    """What the pace of late comes to."""
    its = need.pace
    if isinstance(its.recent, Hidden) or its.expected is None:
        return ""
    if need.of_returns:
        return f"At the rate of the latest figure, {its.expected:g} more come back."
    if need.useful is None:
        return ""
    return (
        f"In the last {its.months} months {its.recent:,} completed; at that pace there are {its.expected:g} more by "
        "the last useful day."
    )


def sentences(need: NeedResult) -> list[str]:
    """All that stands below the lead."""
    said = (useful(need), could_count(need), may_change(need), pace(need), moves(need), new_starts(need))
    return [sentence for sentence in said if sentence]


def of_hub(need: NeedResult, hub: HubNeedResult, name: str) -> str:
    """A hub's part in a sentence that can be read alone."""
    last, to_go = text.day(need.last_useful_day), _to_go(hub)
    if need.of_returns:
        return f"{name}: {hub.counted:,} of its {hub.cohort:,} came back, and there is room for {to_go:,} more."
    if not to_go:
        return f"{name} needs no more: its part is {hub.wanted:,}, and {hub.counted:,} are there already."
    if need.useful is None:
        return (
            f"{name} is {text.plural(to_go, 'completion')} short of its part, and no day is left on which one counts."
        )
    months = f": {_by_month(need, hub)}" if need.months else ""
    return f"{name} needs {text.plural(to_go, 'more completion')} by {last}{months}."


def _by_month(need: NeedResult, hub: HubNeedResult) -> str:
    """So many in each month, in words."""
    said = [f"{count:,} in {one.first_day:%B}" for one, count in zip(need.months, hub.months, strict=True) if count]
    return text.listed(said)


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"


# ---- by hub and by month


def hubs_table(need: NeedResult, named: Named) -> Table:
    """A row a hub: what it has, its part of the target and of what is needed, who could still count."""
    rows = [_hub_row(need, hub, named) for hub in need.hubs]
    rows.append(_whole_row(need))
    return Table(_hub_columns(need), rows, "By hub")


def _hub_columns(need: NeedResult) -> tuple[Column, ...]:
    counted, wanted, to_go, could = (
        ("Came back", "May come back", "Room for", "Could come back")
        if need.of_returns
        else ("There already", "Its part", "Needed", "Could still count")
    )
    return (
        Column("Hub"),
        Column("People", number=True, aside=True),
        Column(counted, number=True),
        Column(wanted, number=True, aside=True),
        Column(to_go, number=True),
        Column(could, number=True),
    )


def _hub_row(need: NeedResult, hub: HubNeedResult, named: Named) -> tuple[Any, ...]:
    name = named(hub.agency) if hub.agency else "Other hubs"
    could = hub.may_change if need.of_returns else hub.could_count
    return name, hub.cohort, hub.counted, hub.wanted, _to_go(hub), could


def _whole_row(need: NeedResult) -> tuple[Any, ...]:
    could = need.may_change if need.of_returns else need.could_count
    return "All hubs", need.cohort, need.counted, need.wanted, need.to_go, could


def _to_go(hub: HubNeedResult) -> int:
    return (hub.room if hub.needed is None else hub.needed) or 0


def months_table(need: NeedResult, named: Named) -> Table | None:
    """The completions needed, a row a month and a column a hub; None where none is needed or no day is of use."""
    if not need.months or not need.to_go:
        return None
    names = [named(hub.agency) if hub.agency else "Other hubs" for hub in need.hubs]
    columns = [Column("Month"), *(Column(name, number=True) for name in names), Column("All hubs", number=True)]
    rows: list[Sequence[Any]] = [
        (_month(one.first_day, one.last_day), *(hub.months[place] for hub in need.hubs), one.needed)
        for place, one in enumerate(need.months)
    ]
    rows.append(("Together", *(_to_go(hub) for hub in need.hubs), need.to_go))
    return Table(columns, rows, "Completions needed by month and hub")


def _month(first: date, last: date) -> Any:
    """A month by its name; of a part of one, from when to when."""
    if first.day == 1 and last == last_day_of_month(last):
        return month(first)
    return lines(month(first), f"{text.short_day(first)} to {text.short_day(last)}")


# ---- the terminal


def print_completions_needed(console: Console, result: CompletionsNeededResult) -> None:
    """Each measure: its sentences, its hubs and its months."""
    say(console, text.standpoint(result.standpoint), text.slice_of(result.slice), "")
    if not result.completions_needed:
        say(console, NO_TARGETS)
        return
    say(console, ASSUMED)
    for one in result.completions_needed:
        say(console, "", f"{one.code} {one.name}: {one.need.state if one.need else one.why}")
        if one.need:
            say(console, *_printed(one.need))
            print_table(console, hubs_table(one.need, str))
            if by_month := months_table(one.need, str):
                print_table(console, by_month)
    say(console, "", text.LOCAL_ESTIMATE)


def _printed(need: NeedResult) -> Iterator[str]:
    yield lead(need)
    if need.rule:
        yield need.rule
    yield from sentences(need)
