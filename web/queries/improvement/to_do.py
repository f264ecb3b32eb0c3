"""What a party has to do: what the other has said, and nobody of this party has answered yet.

What comes due on a day is the calendar's; a line is here until it is done, due or not.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER, by
from domain.improvement.meetings.meetings import KINDS
from projections.improvement.audits.on_record import within_reach
from projections.improvement.return_reviews import DUE, OVERDUE
from web.auth.viewer import Viewer
from web.queries.agreement.entered import ValuesQuery, kpis, values
from web.queries.agreement.hub_targets import HubTargetsQuery, HubTargetsResult, hub_targets
from web.queries.contract_life.disputes import DisputesQuery, disputes
from web.queries.improvement.action_plans import PlansQuery, plans
from web.queries.improvement.audits.case_file_audits import own_of
from web.queries.improvement.audits.drawing import every_audit
from web.queries.improvement.disputed.waiting import ROWS, SETTLEMENT, DisputeWaits, answer_due, waits_for
from web.queries.improvement.meetings.meetings import readable_meetings
from web.queries.improvement.performance_notices import NoticesQuery, performance_notices
from web.queries.improvement.results.plan_results import PlanLine
from web.queries.improvement.return_reviews import owed_on
from web.queries.result import Result
from web.snapshot import Snapshot

_OTHER: Final = {COMMISSIONER: PROVIDER, PROVIDER: COMMISSIONER}


class ToDoLine(Result, frozen=True):
    """Something to do: `kind` and `number` say which (0: it is all on one page); `due` is the day by which it has to be
    done, if there is one, and the first of several.
    """

    kind: str
    number: int
    title: str
    step: str
    due: date | None = None
    overdue: bool = False


class ToDoResult(Result, frozen=True):
    """What a party has to do, what is overdue first, then by the day on which it is due."""

    party: str | None
    to_do: list[ToDoLine]


@dataclass(frozen=True, slots=True)
class ToDoQuery:
    """For a party ("commissioner" or "provider"; None for whoever is neither), on a day."""

    party: str | None
    today: date


def to_do(snapshot: Snapshot, viewer: Viewer, query: ToDoQuery) -> ToDoResult:
    """What the party of whoever asks has to do; nothing for whoever is neither."""
    lines = () if query.party is None else _lines(snapshot, viewer, query.party, query.today)
    return ToDoResult(query.party, sorted(lines, key=_most_urgent_first))


def _most_urgent_first(line: ToDoLine) -> tuple[bool, date, str, int]:
    return not line.overdue, line.due or date.max, line.kind, line.number


def _lines(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    yield from _plans(snapshot, viewer, party, today)
    yield from _notices(snapshot, viewer, party, today)
    yield from _disputes(snapshot, viewer, party, today)
    yield from _return_reviews(snapshot, viewer, party, today)
    yield from _meetings(snapshot, viewer, party, today)
    yield from _audits(snapshot, viewer, today)
    yield from _hub_targets(snapshot, viewer, party, today)
    yield from _entered(snapshot, viewer, party)


def _plans(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    for plan in plans(snapshot, viewer, PlansQuery(today, only_open=True)).plans:
        if step := _step_of_plan(plan, party):
            yield ToDoLine("action plan", plan.number, plan.title, step)


def _step_of_plan(plan: PlanLine, party: str) -> str:
    if plan.state == by("proposed", _OTHER[party]):
        return "agree to it, or send it back"
    return "change it, and share it again" if plan.state == f"sent back to the {party}" else ""


def _notices(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    for notice in performance_notices(snapshot, viewer, NoticesQuery(today)).notices:
        for deadline in notice.due:
            if deadline.is_open and notice.is_open and deadline.party in {party, "both"}:
                title = ", ".join(figure.measure for figure in notice.figures)
                yield ToDoLine(
                    "performance notice", notice.number, title, deadline.name, deadline.due, deadline.overdue
                )


def _disputes(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    for dispute in disputes(snapshot, viewer, DisputesQuery()).disputes:
        if its := waits_for(dispute, party):
            title = f"{dispute.measure.name} ({dispute.code})"
            yield ToDoLine("dispute", dispute.number, title, _step_of_dispute(its), its.due, its.due < today)


def _step_of_dispute(its: DisputeWaits) -> str:
    if its.what == SETTLEMENT:
        return "accept the settlement, or refuse it"
    return f"answer {_counted(its.rows, 'client')}" if its.what == ROWS else "answer it, or close it"


def _return_reviews(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    """The reviews that a provider has still to write, one line an agency; they are done on one page."""
    if party != PROVIDER:
        return
    waiting = [one for one in owed_on(snapshot, viewer, today) if one.state in {DUE, OVERDUE}]
    for agency in sorted({one.agency for one in waiting}):
        its = [one for one in waiting if one.agency == agency]
        late = sum(one.state == OVERDUE for one in its)
        step = f"write {_counted(len(its), 'review')}{_overdue(late, len(its))}"
        first = min((one.due for one in its if one.due), default=None)
        yield ToDoLine("reviews of returns", 0, agency, step, first, bool(late))


def _meetings(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    for one in readable_meetings(snapshot, viewer):
        if one.minutes and one.state == by("minutes written", _OTHER[party]):
            day, due = one.terms.day, answer_due(one.minutes.occurred_on)
            title = f"{KINDS[one.terms.kind]} of {day.day} {day:%B %Y}"
            step = "agree to the minutes, or write them anew"
            yield ToDoLine("meeting", one.number, title, step, due, due < today)


def _audits(snapshot: Snapshot, viewer: Viewer, today: date) -> Iterator[ToDoLine]:
    """The audits with actions that are not done: whose each is stands with it in words, so both sides read it."""
    for one in every_audit(snapshot):
        due = [action.due for action, done in one.actions if done is None]
        if one.completed and due and within_reach(one, own_of(viewer)):
            step = f"do {_counted(len(due), 'action')}"
            yield ToDoLine("case-file audit", one.number, one.drawn.purpose, step, min(due), min(due) < today)


def _overdue(late: int, of: int) -> str:
    if late < of:
        return f", {late} of them overdue" if late else ""
    return ", overdue" if of == 1 else ", all overdue"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _hub_targets(snapshot: Snapshot, viewer: Viewer, party: str, today: date) -> Iterator[ToDoLine]:
    for one in hub_targets(snapshot, viewer, HubTargetsQuery(today)).hub_targets:
        if _is_missing(one, viewer, party):
            yield ToDoLine("targets of hubs", one.target.number, one.measure.name, "agree to them")


def _is_missing(one: HubTargetsResult, viewer: Viewer, party: str) -> bool:
    """Whether this party has not agreed to what is proposed; the commissioner agrees last."""
    standing = one.version(one.standing)
    if standing is None or one.state in {"agreed", "withdrawn"}:
        return False
    if party == PROVIDER:
        return any(missing in viewer.own for missing in standing.missing)
    return not any(standing.missing)


def _entered(snapshot: Snapshot, viewer: Viewer, party: str) -> Iterator[ToDoLine]:
    """The values of a KPI to which the same is to be done are one line: it is done on the page of the KPI."""
    steps = {by(word, _OTHER[party]): "confirm or question" for word in ("entered", "corrected")}
    steps[by("questioned", _OTHER[party])] = "correct, or defend"
    names = {one.number: f"{one.name} ({one.code})" for one in kpis(snapshot, viewer).kpis}
    every = values(snapshot, viewer, ValuesQuery()).values
    counts = Counter((one.kpi, steps[one.state]) for one in every if one.state in steps)
    for (kpi, step), count in counts.items():
        yield ToDoLine("entered KPI", kpi, names[kpi], f"{step} {_counted(count, 'value')}")
