"""Action plans for people: where one stands in a sentence, its actions, its timeline, and lists of plans."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from domain.improvement.plan_forms import FORM_OF, FormField
from domain.improvement.plan_terms import Cadence
from domain.improvement.written import OpenedFrom, WrittenAbout
from domain.rounding import percentage_of
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.improvement.about import AboutResult
from web.queries.improvement.plan_forms import PlanFormsResult
from web.queries.improvement.results.plan_results import (
    DayMoved,
    PlanActionResult,
    PlanLine,
    PlanResult,
    PlansResult,
    PlanStep,
    PlanStrandResult,
    ReviewDueResult,
)

STEPS: Final = {
    "draft": "Drafted",
    "edit": "Edited",
    "propose": "Shared",
    "agree": "Agreed",
    "send back": "Sent back",
    "discard": "Discarded",
    "extend": "Plan extended",
    "close": "Closed",
    "withdraw": "Withdrawn",
    "add an action to": "Action added",
    "change an action of": "Action changed",
    "extend an action of": "Action extended",
    "finish an action of": "Action done",
    "reopen an action of": "Action reopened",
    "drop an action of": "Action dropped",
    "review": "Reviewed",
    "sign off a strand of": "Strand signed off",
    "reopen a strand of": "Strand reopened",
}
"""What was done, by the step of the table of steps."""
ORIGINS: Final = {
    "figure": "a figure",
    "plan": "another plan",
    "notice": "a performance notice",
    "audit": "a case-file audit",
    "meeting": "a meeting",
    "inspection": "an inspection",
    "hand": "no figure: it was written by hand",
}
"""From what something is opened, by the kind of its origin."""
TAGS: Final = {"agreed": "blue", "closed": "green", "draft": "grey", "withdrawn": "grey", "discarded": "grey"}
"""The colour of a state's tag; yellow of one that waits for somebody."""


def tag(state: str) -> str:
    """The colour of a state's tag."""
    return TAGS.get(state, "yellow")


def form_name(code: str) -> str:
    """What a form is called."""
    return FORM_OF[code].name if code in FORM_OF else code


def field_words(fields: Sequence[FormField], values: Any) -> list[tuple[str, list[str]]]:
    """The fields that say something, with their lines."""
    return [(one.label, values[one.key].split("\n")) for one in fields if values.get(one.key)]


def origin_words(origin: OpenedFrom) -> str:
    """What a plan was opened from."""
    number = f" {origin.number}" if origin.number else ""
    part = f", {origin.part}" if origin.part else ""
    return f"Opened from {ORIGINS.get(origin.kind, origin.kind)}{number}{part}."


def cadence_words(cadence: Sequence[Cadence]) -> str:
    """How often a plan is reviewed."""
    if not cadence:
        return "No reviews are planned."
    every = [f"{one.kind} every {_interval(one)}, first on {text.day(one.first_day)}" for one in cadence]
    return f"Reviews: {'; '.join(every)}."


def _interval(cadence: Cadence) -> str:
    unit = cadence.unit[:-1]
    return unit if cadence.every == 1 else f"{cadence.every} {unit}s"


def due_words(due: ReviewDueResult) -> str:
    """A review that is due."""
    overdue = " (overdue)" if due.overdue else ""
    return f"{due.kind} review on {text.day(due.day)}{overdue}"


def moved_words(moved: DayMoved) -> str:
    """An extension with its history."""
    before = f", from {text.day(moved.before)}" if moved.before else ""
    return f"Extended to {text.day(moved.until)}{before}, on {text.day(moved.on)}: {moved.reason}"


def folded_words(action: PlanActionResult) -> str:
    """What is folded away of an action: how often it was extended, and how much it lacks to be SMART."""
    lacked = f"what it lacks to be SMART ({len(action.lacks)})" if action.lacks else ""
    moved = f"extended {text.plural(len(action.extensions), 'time', 'times')}" if action.extensions else ""
    both = ", ".join(filter(None, (moved, lacked)))
    return both[:1].upper() + both[1:]


def numbers(numerator: int, denominator: int | None) -> str:
    """Numbers as a sentence has them: 24 of 438 (5.5%)."""
    if denominator is None:
        return f"{numerator:,}"
    percent = percentage_of(numerator, denominator)
    return f"{numerator:,} of {denominator:,}" + (f" ({text.percent(percent)})" if percent is not None else "")


def about_words(about: AboutResult, named: Callable[[str], str] = str) -> str:
    """Which figure something was written about, and what it is now where that has changed."""
    slice_ = about.slice
    parts = filter(None, (slice_.area, slice_.agency and named(slice_.agency)))
    whose = "".join(f", {part}" for part in parts)
    known = f", as known on {text.day(about.known_at)}" if about.known_at else ""
    written = f"written about {numbers(about.numerator, about.denominator)}"
    now = about.now
    restated = f" It is {numbers(now.numerator, now.denominator)} by now." if about.restated and now else ""
    return f"{about.name} ({about.measure}){whose}, {text.day(about.as_of)}{known}: {written}.{restated}"


def about_now(about: AboutResult) -> str:
    """A figure of a plan, as it is for its day by now."""
    now = about.now
    its = numbers(now.numerator, now.denominator) if now else numbers(about.numerator, about.denominator)
    return f"{about.name} ({about.measure}): {its} at {text.day(about.as_of)}."


def written_words(about: WrittenAbout) -> str:
    """Which figure something is going to be written about."""
    return f"{numbers(about.numerator, about.denominator)} at {text.day(about.as_of)}"


def stands(plan: PlanResult) -> Iterator[str]:
    """Where a plan stands, in sentences."""
    until = f"to {text.day(plan.last_day)}" if plan.last_day else "on, until it is closed"
    yield f"From {text.day(plan.first_day)} {until}."
    if len(plan.strands) > 1:
        signed = sum(one.signed_off is not None for one in plan.strands)
        yield f"{signed} of {len(plan.strands)} strands are signed off."
    actions = plan.actions
    if not actions:
        yield "It has no actions yet."
        return
    still_open = [one for one in actions if one.is_open]
    overdue = sum(one.overdue for one in actions)
    yield f"{len(still_open)} of {text.plural(len(actions), 'action')} open{f', {overdue} overdue' if overdue else ''}."


def action_words(action: PlanActionResult) -> str:
    """Who does an action, by when; or when it was done."""
    owner = action.owner or "nobody is named yet"
    if action.state == "done" and action.done_on:
        return f"{owner}; done on {text.day(action.done_on)}"
    if action.state == "dropped":
        return f"{owner}; dropped"
    due = f"due {text.day(action.due)}" if action.due else "no due day"
    return f"{owner}; {due}"


_PLANS: Final = (
    Column("Plan", whole=True),
    Column("Title", folds=True),
    Column("State"),
    Column("Open", number=True),
    Column("Overdue", number=True),
    Column("Next review", whole=True, aside=True),
    Column("KPIs", aside=True),
    Column("Until", whole=True, aside=True),
)


def plans_table(
    plans: Sequence[PlanLine], link: Callable[[PlanLine], Any] = lambda one: one.number, title: str = "Action plans"
) -> Table:
    """Plans, one a row; `link` writes the first cell."""
    rows = [
        (
            link(one),
            one.title,
            one.state,
            one.open_actions,
            one.overdue_actions or None,
            one.reviews_due[0].day if one.reviews_due else None,
            ", ".join(one.measures),
            one.last_day,
        )
        for one in plans
    ]
    return Table(_PLANS, rows, title)


_ACTIONS: Final = (
    Column("No.", number=True),
    Column("Strand", aside=True),
    Column("Action", folds=True),
    Column("Owner"),
    Column("Due", whole=True),
    Column("State"),
    Column("Output", folds=True, aside=True),
    Column("What it lacks", folds=True, aside=True),
)


def actions_table(plan: PlanResult) -> Table | None:
    """All actions of a plan."""
    rows = [_action_row(strand, action) for strand in plan.strands for action in strand.actions]
    return Table(_ACTIONS, rows, "The actions as a table") if rows else None


def _action_row(strand: PlanStrandResult, action: PlanActionResult) -> tuple[Any, ...]:
    state = "overdue" if action.overdue else action.state
    missing = " ".join(action.lacks) or None
    return (
        action.number,
        strand.title,
        action.text,
        action.owner or None,
        action.due,
        state,
        action.output or None,
        missing,
    )


_STEPS: Final = (Column("When", whole=True), Column("What"), Column("Words"), Column("By"))


def timeline_table(steps: Sequence[PlanStep]) -> Table:
    """What happened to a plan, the newest first."""
    rows = [(one.on, STEPS[one.step], one.words or None, f"{one.actor} for the {one.party}") for one in reversed(steps)]
    return Table(_STEPS, rows, "What happened, the newest first")


# ---- the terminal


def print_plans(console: Console, result: PlansResult) -> None:
    """All plans, open ones first."""
    if not result.plans:
        say(console, "No action plan is on record.")
        return
    print_table(console, plans_table(result.plans))


def print_plan(console: Console, plan: PlanResult) -> None:
    """One plan: where it stands, what is written on its form, its actions, reviews and history."""
    say(console, f"Action plan {plan.number} ({plan.state}): {plan.title}. Version {plan.version}.", *stands(plan))
    say(console, origin_words(plan.origin), cadence_words(plan.cadence))
    say(console, *(f"Due: {due_words(one)}." for one in plan.reviews_due))
    say(console, *(about_words(one) for one in plan.about))
    form = FORM_OF[plan.form]
    _say_fields(console, form.fields, plan.values)
    for strand in plan.strands:
        signed = strand.signed_off
        by = f" (signed off by {signed.name}, {text.day(signed.day)})" if signed else ""
        say(console, "", f"Strand {strand.number}: {strand.title}{by}")
        _say_fields(console, form.strand_fields, strand.values)
    if actions := actions_table(plan):
        print_table(console, actions)
    print_table(console, timeline_table(plan.steps))


def _say_fields(console: Console, fields: Sequence[FormField], values: Any) -> None:
    for heading, lines in field_words(fields, values):
        say(console, f"  {heading}: {' '.join(lines)}")


def print_forms(console: Console, result: PlanFormsResult) -> None:
    """The forms, each with the keys of its fields."""
    for form in result.forms:
        say(console, f"{form.code}: {form.name}")
        say(console, *(f"  --value {one.key}: {one.label}" for one in form.fields))
        say(console, *(f"  --strand-value {one.key}: {one.label}" for one in form.strand_fields), "")
