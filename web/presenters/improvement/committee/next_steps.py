"""What is due next, of whom: actions and reviews of plans, responses to notices, and the ends of targets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.improvement.action_plan_fold import Action
from domain.improvement.meetings.meetings import KINDS
from projections.improvement.performance_notices import deadlines
from web.presenters import text as words
from web.presenters.tables import Column, Table

from .between.audits import audits_of
from .between.meetings import meetings_of, open_actions
from .between.notices import in_question
from .between.plans import plans_of
from .figures import all_lines
from .view import ReportView, SectionWords, report_table, shortened

AHEAD = timedelta(days=366)
"""How far ahead a report looks."""
MOST = 25
"""Rows of the table; what is due later is counted."""
LONGEST = 160
"""Letters of what is due."""
_COLUMNS = (Column("Due", width=3.4), Column("What", width=9.4), Column("Of whom", width=4.2))


@dataclass(frozen=True, slots=True, order=True)
class StepDue:
    """Something that is due on a day, of somebody by their role."""

    day: date
    what: str
    whose: str


def due_of(view: ReportView) -> list[StepDue]:
    """Everything that is due within a year of the report's day, or overdue on it."""
    every = (*_of_plans(view), *_of_notices(view), *_of_audits(view), *_of_meetings(view), *_of_targets(view))
    return sorted({one for one in every if one.day <= view.day + AHEAD})


def _of_plans(view: ReportView) -> Iterator[StepDue]:
    for one in plans_of(view):
        if not one.is_running:
            continue
        by_day: dict[date, list[Action]] = {}
        for action in one.open_actions:
            if action.terms.due:
                by_day.setdefault(action.terms.due, []).append(action)
        for day, actions in by_day.items():
            yield StepDue(day, f"Plan {one.number}, {_actions(actions)}", _owners(actions))
        for review in one.reviews_due:
            yield StepDue(review.day, f"Plan {one.number}: {review.kind} review", "both parties")
        if one.last_day:
            yield StepDue(one.last_day, f"Plan {one.number} ends", "both parties")


def _actions(actions: Sequence[Action]) -> str:
    """The one action of a day, or how many there are: what each of them is stands in the plan."""
    if len(actions) > 1:
        return f"{len(actions)} actions"
    [only] = actions
    return f"action {only.number}: {' '.join(only.terms.text.split())}"


def _owners(actions: Sequence[Action]) -> str:
    return "; ".join(sorted({action.terms.owner for action in actions if action.terms.owner})) or "nobody named"


def _of_notices(view: ReportView) -> Iterator[StepDue]:
    for one in in_question(view)[0]:
        word = one.text.rules.word
        for deadline in deadlines(one) if one.is_open else ():
            if deadline.is_open:
                yield StepDue(
                    deadline.due,
                    f"{word[:1].upper()}{word[1:]} {one.number}: {deadline.rule.name}",
                    _whose(deadline.rule.of),
                )


def _of_audits(view: ReportView) -> Iterator[StepDue]:
    for one in audits_of(view):
        for number, (action, done) in enumerate(one.audit.actions, 1):
            if done is None:
                what = " ".join(action.words.split())
                yield StepDue(action.due, f"Audit {one.audit.number}, action {number}: {what}", action.who)


def _of_meetings(view: ReportView) -> Iterator[StepDue]:
    for one in meetings_of(view):
        named = f"{KINDS[one.terms.kind]} of {words.short_day(one.terms.day)}"
        for action in open_actions(one):
            if action.due:
                what = " ".join(action.text.split())
                yield StepDue(action.due, f"{named}, action {action.number}: {what}", action.owner)
        if one.minutes and one.minutes.next_day and one.minutes.next_day >= view.day:
            yield StepDue(one.minutes.next_day, f"{KINDS[one.terms.kind]}: the next meeting", "both parties")


def _whose(party: str) -> str:
    return "both parties" if party == "both" else f"the {party}"


def _of_targets(view: ReportView) -> Iterator[StepDue]:
    ends: dict[date, list[str]] = {}
    for line in all_lines(view):
        if line.target and line.target.last_day >= view.day:
            ends.setdefault(line.target.last_day, []).append(line.measure.code)
    for day, codes in ends.items():
        yield StepDue(day, f"Targets to be met: {words.listed(codes)}", "the provider")


def steps_words(view: ReportView, every: list[StepDue]) -> SectionWords:
    """What is overdue first, then what is due, a row each."""
    if not every:
        return SectionWords([f"Nothing is due in the year after {words.day(view.day)}."])
    rows = [[_when(view, one), shortened(one.what, LONGEST), one.whose] for one in every[:MOST]]
    overdue = sum(one.day < view.day for one in every)
    first = next((one for one in every if one.day >= view.day), None)
    sentences = [f"{words.plural(overdue, 'step is', 'steps are')} overdue."] if overdue else []
    if first:
        sentences.append(f"The next step is due on {words.day(first.day)}.")
    if len(every) > MOST:
        sentences.append(f"{words.plural(len(every) - MOST, 'later step is', 'later steps are')} not set out here.")
    return SectionWords(sentences, [], [report_table(Table(_COLUMNS, rows, "What is due"))])


def _when(view: ReportView, one: StepDue) -> str:
    return f"{words.short_day(one.day)}{', overdue' if one.day < view.day else ''}"


# ---- for the public


def public_due(view: ReportView) -> list[StepDue]:
    """The ends of the targets, which are the council's own."""
    return sorted(set(_of_targets(view)))
