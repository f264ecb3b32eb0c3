"""Meetings, for people: the list, and one with its agenda, what is carried over, and what was decided."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from rich.console import Console

from domain.improvement.meetings.meetings import AUDIT, DISPUTE, NOTICE, PLAN, MeetingItem
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Link, Table, numbered
from web.queries.improvement.audits.case_file_audits import AuditResult
from web.queries.improvement.meetings.meetings import MeetingActionResult, MeetingResult, MeetingsResult, Tabled
from web.queries.performance.figure import FigureResult

Named = Callable[[str], str]
ITEM_WORDS: Final = {PLAN: "Action plan", NOTICE: "Performance notice", DISPUTE: "Dispute", AUDIT: "Case-file audit"}
TAGS: Final = {"planned": "blue", "cancelled": "grey", "minutes agreed": "green"}
DONE_WORDS: Final = {
    "planned": "The meeting is planned. Both parties can read it.",
    "edited": "What was planned is changed.",
    "cancelled": "The meeting is cancelled.",
    "minutes": "The minutes are written. The other party can agree to them now.",
    "agreed": "The minutes are agreed.",
    "action": "The action is added.",
    "closed": "The action is closed.",
}


def meeting_name(one: MeetingResult) -> str:
    """What a meeting is called."""
    return f"{one.kind_name}, {text.day(one.day)}"


def whose(one: MeetingResult, named: Named) -> str:
    """Which agencies it concerns."""
    return text.listed(list(map(named, one.agencies))) if one.agencies else "all agencies"


def item_words(item: MeetingItem) -> str:
    """Something on the agenda by its number."""
    return f"{ITEM_WORDS[item.kind]} {item.number}"


def item_names(its: Tabled) -> dict[MeetingItem, str]:
    """What can stand on an agenda, each with what it is about."""
    about = {
        **{MeetingItem(PLAN, one.number): one.title for one in its.plans},
        **{MeetingItem(NOTICE, one.number): one.state for one in its.notices},
        **{MeetingItem(DISPUTE, one.number): f"measure {one.code}, {one.state}" for one in its.disputes},
        **{MeetingItem(AUDIT, one.number): _audit(one) for one in its.audits},
    }
    return {item: f"{item_words(item)}: {words}" for item, words in about.items()}


def _audit(one: AuditResult) -> str:
    return text.plural(one.sampled, "file") + (f", {text.day(one.held_on)}" if one.held_on else "")


def meetings_table(result: MeetingsResult, href: Callable[[int], str] | None = None) -> Table:
    """Meetings, the newest day first."""
    columns = (
        Column("Day", whole=True),
        Column("Meeting"),
        Column("Open actions", number=True),
        Column("State"),
        Column("Figures tabled", aside=True),
    )
    rows = [
        (
            one.day,
            Link(one.kind_name, href(one.number)) if href else one.kind_name,
            one.open_actions,
            one.state,
            one.scorecard_name,
        )
        for one in result.meetings
    ]
    return Table(columns, rows, "Meetings, the newest first")


def actions_table(
    actions: Iterable[MeetingActionResult], title: str, link: Callable[[int], str] | None = None
) -> Table:
    """Actions, each with how it stands and since when."""
    columns = (
        Column("Action", folds=True),
        Column("Whose"),
        Column("Due"),
        Column("How it stands", folds=True),
        Column("Agreed at", whole=True, aside=True),
    )
    rows: list[tuple[Any, ...]] = []
    for one in actions:
        day = text.short_day(one.agreed_at)
        rows.append(
            (one.text, one.owner, one.due, stands(one), Link(day, link(one.meeting)) if link else day),
        )
    return Table(columns, rows, title)


def stands(one: MeetingActionResult) -> str:
    """How an action stands, with its history."""
    said = one.state
    if one.closed_on:
        said += f" on {text.day(one.closed_on)}" + (f": {one.words}" if one.words else "")
    elif one.overdue:
        said += ", overdue"
    if one.carried:
        said += f"; carried over {text.plural(one.carried, 'time')}"
    return said


def figures_table(figures: Iterable[FigureResult]) -> Table:
    """The figures of the frozen scorecard, as they were frozen."""
    columns = (Column("Figure", folds=True), Column("Numbers"), Column("Percentage", number=True))
    rows = [(f"{one.name} ({one.code})", text.result(one), text.percentage(one) or None) for one in figures]
    return Table(columns, rows, "Figures tabled, as they were frozen")


def as_cells(one: MeetingResult) -> dict[str, str]:
    """A meeting as names and texts, to be set beside another version of it."""
    its = {
        "State": one.state,
        "Kind": one.kind_name,
        "Day": text.day(one.day),
        "Who comes": one.attendees,
        "Figures tabled": one.scorecard_name or "",
        "Agenda": one.agenda,
        "Also on the agenda": ", ".join(map(item_words, one.items)),
    }
    if one.minutes:
        its |= {
            "Who was there": one.minutes.attendees,
            "Minutes": one.minutes.minutes,
            "Decisions": "\n".join(one.minutes.decisions),
        }
    return its | {f"Action {action.action}": f"{action.text} ({action.state})" for action in one.actions}


def print_meetings(console: Console, result: MeetingsResult) -> None:
    """All meetings."""
    if not result.meetings:
        say(console, "No meeting is planned.")
        return
    table = meetings_table(result)
    rows = [(numbered(one.number), *row) for one, row in zip(result.meetings, table.rows, strict=True)]
    print_table(console, Table((Column("no.", number=True), *table.columns), rows, table.title))


def print_meeting(console: Console, one: MeetingResult) -> None:
    """One meeting."""
    say(console, f"Meeting {one.number} ({one.state}), version {one.version}: {meeting_name(one)}.")
    say(console, f"For {whose(one, str)}." + (f" Who comes: {one.attendees}." if one.attendees else ""))
    if one.scorecard_name:
        say(console, f"Figures tabled: {one.scorecard_name}.")
    if one.agenda or one.items:
        say(console, "", "Agenda", *one.agenda.split("\n"), *map(item_words, one.items))
    if its := one.minutes:
        say(console, "", f"Minutes, by the {its.party} on {text.day(its.on)}. There: {its.attendees}.", its.minutes)
        say(console, *(f"Decided: {line}" for line in its.decisions))
        if its.next_day:
            say(console, f"Next meeting: {text.day(its.next_day)}.")
    for actions, title in ((one.carried_over, "Actions carried over"), (one.actions, "Actions of this meeting")):
        if actions:
            table = actions_table(actions, title)
            rows = [(f"{its.meeting}/{its.action}", *row) for its, row in zip(actions, table.rows, strict=True)]
            print_table(console, Table((Column("no."), *table.columns), rows, title))
