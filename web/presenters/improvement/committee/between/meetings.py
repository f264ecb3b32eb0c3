"""Meetings that had been held and minuted by the report's day; the public edition has none of them."""

from collections.abc import Sequence
from datetime import timedelta

from domain.improvement.meetings.meetings import KINDS, OPEN, Meeting, MeetingAction
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.improvement.committee.on_the_day import meetings_on

from ..view import ReportView, SectionWords, report_table, shortened, whom

MOST_MEETINGS = 6
"""Meetings that a report sets out, the newest; of more it says how many there were."""
MOST_DECISIONS, LONGEST = 5, 240
"""Decisions of a meeting that a report sets out, and letters of each."""
YEAR = timedelta(days=365)
"""How far back a report looks; actions that are open are counted from every meeting."""
_COLUMNS = (
    Column("Meeting", width=4.0),
    Column("Decided", width=7.8),
    Column("Minutes", width=2.6),
    Column("Actions open", width=2.6),
)


def meetings_of(view: ReportView) -> list[Meeting]:
    """The meetings as they stood on the report's day."""
    return meetings_on(view.seen.snapshot, view.reader, view.day, view.seen.slice_.agency)


def open_actions(one: Meeting) -> list[MeetingAction]:
    """What a meeting agreed that is neither done nor dropped."""
    return [action for action in one.actions if action.state == OPEN]


def meetings_words(view: ReportView, its: Sequence[Meeting]) -> SectionWords:
    """How many meetings were held in a year, what waits of them, and what the newest decided."""
    held = [one for one in its if one.terms.day > view.day - YEAR]
    if not held:
        return SectionWords()
    rows = [_row(view, one) for one in held[:MOST_MEETINGS]]
    more = len(held) - MOST_MEETINGS
    earlier = [f"{words.plural(more, 'earlier meeting is', 'earlier meetings are')} not set out here."]
    table = report_table(Table(_COLUMNS, rows, "What meetings decided"))
    return SectionWords([_in_sum(view, held, its), *(earlier if more > 0 else [])], [], [table])


def _in_sum(view: ReportView, held: Sequence[Meeting], its: Sequence[Meeting]) -> str:
    waiting = [action for one in its for action in open_actions(one)]
    overdue = sum(action.due is not None and action.due < view.day for action in waiting)
    many = words.plural(len(held), "meeting was", "meetings were")
    still = words.plural(len(waiting), "agreed action is", "agreed actions are") if waiting else "no agreed action is"
    late = f", {overdue:,} of them overdue" if overdue else ""
    all_late = " and overdue" if overdue == len(waiting) else late
    return f"{many} held in the year to {words.day(view.day)}; {still} still open{all_late if overdue else ''}."


def _decided(decisions: str) -> list[str]:
    lines = [shortened(line, LONGEST) for line in decisions.split("\n") if line.strip()]
    more = len(lines) - MOST_DECISIONS
    return [*lines[:MOST_DECISIONS], words.plural(more, "more decision")] if more > 0 else lines


def _row(view: ReportView, one: Meeting) -> list[str]:
    minutes = one.minutes
    decided = _decided(minutes.decisions) if minutes else []
    waiting, agencies = open_actions(one), whom(view, one.terms.agencies) if one.terms.agencies else ""
    return [
        "\n".join(filter(None, [f"{KINDS[one.terms.kind]}, {words.short_day(one.terms.day)}", agencies])),
        "\n".join(decided) or "no decision noted",
        "agreed by both" if one.state == "minutes agreed" else "not agreed yet",
        f"{len(waiting):,} of {len(one.actions):,}" if one.actions else "none agreed",
    ]
