"""The progress of action plans, in words and a table; for everybody in numbers alone."""

from collections.abc import Sequence

from domain.improvement.action_plan_fold import DONE, ActionPlan
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.improvement.committee.on_the_day import plans_on

from ..view import ReportView, SectionWords, report_table, shortened

MOST_PLANS = 6
"""Plans whose strands a report sets out; of more it says how many there are."""
LONGEST = 160
"""Letters of why the end of a plan was moved last."""
_COLUMNS = (
    Column("Plan", width=1.2),
    Column("Strand", width=7.6),
    Column("Actions done", width=1.7),
    Column("Still open", width=1.7),
    Column("Overdue", width=1.7),
    Column("Signed off", width=3.1),
)


def plans_of(view: ReportView) -> list[ActionPlan]:
    """The plans as they stood on the report's day."""
    return plans_on(view.seen.snapshot, view.reader, view.day, view.seen.slice_.agency)


def every_plan(view: ReportView) -> list[ActionPlan]:
    """The same of all parties, of which a public edition has numbers alone."""
    return plans_on(view.seen.snapshot, view.seen.who, view.day)


def plans_words(view: ReportView, plans: Sequence[ActionPlan]) -> SectionWords:
    """Each plan with its strands: what is done, open and overdue, and what was signed off by whom."""
    if not plans:
        return SectionWords([f"No action plan had been shared by {words.day(view.day)}."])
    running = [one for one in plans if not one.is_finished]
    said = [_standing(one) for one in plans[:MOST_PLANS]]
    if len(plans) > MOST_PLANS:
        said.append(f"{words.plural(len(plans) - MOST_PLANS, 'more plan is', 'more plans are')} not set out here.")
    rows = [row for one in running[:MOST_PLANS] for row in _strands(view, one)]
    tables = [report_table(Table(_COLUMNS, rows, "Progress by strand"))] if rows else []
    return SectionWords([_in_sum(view, running)] if running else [], [*said, *_moved_ends(plans[:MOST_PLANS])], tables)


def _in_sum(view: ReportView, running: Sequence[ActionPlan]) -> str:
    """Strands, signatures and overdue actions of all plans that are not over."""
    strands, signed = sum(len(one.terms.strands) for one in running), sum(len(one.signed_off) for one in running)
    overdue = sum(len(one.overdue(view.day)) for one in running)
    late = "no action was overdue" if not overdue else words.plural(overdue, "action was", "actions were") + " overdue"
    return (
        f"{words.plural(len(running), 'action plan')} with {words.plural(strands, 'strand')}: {signed:,} signed off, "
        f"and {late} on {words.day(view.day)}."
    )


def _standing(one: ActionPlan) -> str:
    last = f" to {words.day(one.last_day)}" if one.last_day else ""
    began = f"from {words.day(one.terms.first_day)}{last}"
    held = words.plural(len(one.reviews), "review") if one.reviews else "no review yet"
    return f"Plan {one.number}, {one.terms.title}: {_STATES.get(one.state, one.state)}, {began}; {held}."


_STATES = {"agreed": "in force"}
"""What a committee calls a state, where the word of the pages is another."""


def _moved_ends(plans: Sequence[ActionPlan]) -> list[str]:
    return [
        f"The end of plan {one.number} was moved on {words.day(moved.on)}, to {words.day(moved.until)}: "
        f"{shortened(moved.reason, LONGEST).rstrip('.')}."
        for one in plans
        for moved in one.extensions[-1:]
    ]


def _strands(view: ReportView, one: ActionPlan) -> list[list[str]]:
    rows = []
    for strand in one.terms.strands:
        actions, signed = one.actions_of(strand.number), one.signed_off.get(strand.number)
        rows.append(
            [
                str(one.number),
                strand.title,
                str(sum(action.state == DONE for action in actions)),
                str(sum(action.is_open for action in actions)),
                str(sum(action.is_overdue(view.day) for action in actions) if one.is_running else 0),
                f"{words.short_day(signed.day)}, {signed.name}" if signed else "no",
            ]
        )
    return rows


def public_plans_words(view: ReportView, plans: Sequence[ActionPlan]) -> SectionWords:
    """How many plans there are and how far they have come: no title, no text, no provider."""
    running = [one for one in plans if one.is_running]
    return SectionWords([_in_sum(view, running)] if running else ["No action plan was in force."])
