"""The pack of a meeting as a paper: what is tabled, what both sides say of it, what is open, and the minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from msgspec import structs

from web.presenters import text
from web.presenters.improvement.meetings.commentary import PARTIES, written_about
from web.presenters.improvement.meetings.meetings import Named, item_names, meeting_name, stands, whose
from web.presenters.improvement.paper import Cell, Grid, Paper, cell, label
from web.queries.improvement.meetings.commentary import CommentResult
from web.queries.improvement.meetings.meetings import MeetingActionResult, MeetingResult, PackParts, Tabled
from web.queries.improvement.results.plan_results import PlanLine
from web.queries.performance.figure import FigureResult

SECTIONS: Final = {
    "agenda": "Agenda",
    "actions": "Actions carried over",
    "scorecard": "Frozen scorecard",
    "commentary": "Commentary",
    "plans": "Plan progress",
    "notices": "Performance notices",
    "disputes": "Disputes",
    "audits": "Case-file audits",
    "minutes": "Minutes",
}
"""The parts of a pack, each of which can be left out."""


def pack(
    one: MeetingResult,
    parts: PackParts,
    named: Named,
    chosen: Iterable[str],
    notice: str = "",
) -> Paper:
    """The pack of a meeting as a paper: the sections that were chosen and have something to say."""
    figures, on_agenda = parts.figures, parts.on_agenda
    made = {
        "agenda": _agenda(one, on_agenda),
        "actions": _actions(one),
        "scorecard": _scorecard(one, figures),
        "commentary": _comments(figures, parts.comments),
        "plans": _plans(on_agenda),
        "notices": _notices(on_agenda),
        "disputes": _disputes(on_agenda),
        "audits": _audits(on_agenda, named),
        "minutes": _minutes(one),
    }
    grids = [made[name] for name in SECTIONS if name in set(chosen)]
    said = [f"For {whose(one, named)}.", f"Who comes: {one.attendees}." if one.attendees else "", notice]
    foot = f"Meeting {one.number}: {one.state}, version {one.version}.{' Invented data.' if notice else ''}"
    return Paper(meeting_name(one), [line for line in said if line], [grid for grid in grids if grid], foot)


def _grid(
    section: str, widths: tuple[float, ...], heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> Grid | None:
    """A section: its heading across, its columns' heads, and its rows; none where there are no rows."""
    if not rows:
        return None
    above: list[tuple[Cell, ...]] = [(label(SECTIONS[section], len(widths)),)]
    above += [tuple(map(label, heads))] if heads else []
    return Grid(SECTIONS[section], widths, [*above, *(tuple(map(cell, row)) for row in rows)], len(above))


def _agenda(one: MeetingResult, its: Tabled) -> Grid | None:
    lines = [line for line in one.agenda.split("\n") if line.strip()]
    names = item_names(its)
    lines += [names[item] for item in one.items if item in names]
    return _grid("agenda", (17.0,), (), [("\n".join(lines),)] if lines else [])


def _actions(one: MeetingResult) -> Grid | None:
    rows = [
        (
            its.text,
            its.owner,
            text.day(its.due) if its.due else "",
            f"{stands(its)} (of {text.short_day(its.agreed_at)})",
        )
        for its in _at_the_meeting(one, one.carried_over)
    ]
    return _grid("actions", (7.0, 3.5, 2.8, 3.7), ("Action", "Whose", "Due", "How it stands"), rows)


def _at_the_meeting(one: MeetingResult, actions: Iterable[MeetingActionResult]) -> list[MeetingActionResult]:
    """Actions as they are overdue on the day of the meeting, however late its pack is printed."""
    return [structs.replace(its, overdue=its.overdue and its.due is not None and its.due < one.day) for its in actions]


def _scorecard(one: MeetingResult, figures: list[FigureResult]) -> Grid | None:
    rows = [(f"{its.name} ({its.code})", text.result(its), text.percentage(its)) for its in figures]
    grid = _grid("scorecard", (9.5, 4.5, 3.0), ("Figure", "Numbers", "Percentage"), rows)
    if grid is None:
        return None
    known = figures[0].known_at
    seen = f"As of {text.day(figures[0].as_of)}" + (f", as known on {text.day(known)}" if known else "")
    heading, *rest = grid.rows
    card = (cell(f"“{one.scorecard_name}”. {seen}.", len(grid.widths)),)
    return replace(grid, rows=[heading, card, *rest], heads=grid.heads + 1)


def _comments(figures: list[FigureResult], comments: dict[str, list[CommentResult]]) -> Grid | None:
    rows = [
        (f"{figure.name} ({figure.code})", f"{PARTIES[its.party]}: {its.words}\n{written_about(its)}")
        for figure in figures
        for its in comments.get(figure.code, [])
    ]
    return _grid("commentary", (5.0, 12.0), ("Figure", "What is said"), rows)


def _plans(its: Tabled) -> Grid | None:
    rows = [
        (
            f"{one.number}. {one.title}",
            one.state,
            _progress(one),
        )
        for one in its.plans
    ]
    return _grid("plans", (7.0, 3.5, 6.5), ("Action plan", "State", "Progress"), rows)


def _progress(one: PlanLine) -> str:
    signed = f"{one.signed_off} of {text.plural(one.strands, 'strand')} signed off"
    return f"{signed}; {text.plural(one.open_actions, 'action')} open, {one.overdue_actions} overdue"


def _notices(its: Tabled) -> Grid | None:
    rows = [
        (
            str(one.number),
            one.state,
            f"{one.next_due.name}, due on {text.day(one.next_due.due)}" if one.next_due else "Nothing is due.",
        )
        for one in its.notices
    ]
    return _grid("notices", (2.5, 5.0, 9.5), ("Notice", "State", "What is due"), rows)


def _disputes(its: Tabled) -> Grid | None:
    rows = [
        (str(one.number), one.state, f"Measure {one.code} as of {text.day(one.standpoint.as_of)}")
        for one in its.disputes
    ]
    return _grid("disputes", (2.5, 5.0, 9.5), ("Dispute", "State", "About"), rows)


def _audits(its: Tabled, named: Named) -> Grid | None:
    rows = [
        (
            f"{one.number}. {text.listed(list(map(named, one.agencies)))}, "
            + (text.day(one.held_on) if one.held_on else one.state),
            text.plural(one.sampled, "file"),
            "\n".join(
                f"{found.name}: {found.in_date} of {found.judged}, {text.percent_of(found.in_date, found.judged)}"
                for found in one.items
                if found.judged
            ),
            str(one.open_actions),
        )
        for one in its.audits
    ]
    return _grid("audits", (6.0, 2.5, 6.0, 2.5), ("Audit", "Files", "In date", "Open actions"), rows)


def _minutes(one: MeetingResult) -> Grid | None:
    its = one.minutes
    if its is None:
        return None
    rows = [("Who was there", its.attendees), ("Minutes", its.minutes)]
    rows += [("Decisions", "\n".join(f"• {line}" for line in its.decisions))] if its.decisions else []
    rows += [(f"Action, {its.owner}", _agreed(its)) for its in _at_the_meeting(one, one.actions)]
    rows += [("Next meeting", text.day(its.next_day))] if its.next_day else []
    rows.append(("State", one.state))
    return _grid("minutes", (4.0, 13.0), (), rows)


def _agreed(action: MeetingActionResult) -> str:
    by = f"by {text.day(action.due)}; " if action.due else ""
    return f"{action.text} ({by}{stands(action)})"
