"""Performance notices, for people: what is in question, what is due of whom and how it was counted, what happened."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from domain.improvement.notice_rules import NoticeRules
from web.presenters import text
from web.presenters.improvement.notices.step_words import STEP_WORDS
from web.presenters.tables import Column, Lines, Link, Table, lines
from web.queries.improvement.results.notice_results import (
    NoticeDeadline,
    NoticeDispute,
    NoticeFigure,
    NoticeHappening,
    NoticeResult,
    NoticesResult,
)

Named = Callable[[str], str]


TAGS: Final = {
    "draft": "grey",
    "discarded": "grey",
    "closed": "green",
    "withdrawn": "grey",
    "plan agreed": "turquoise",
    "plan proposed": "blue",
    "exception reported": "red",
}
"""The colour of a state's tag; of what is not named, yellow."""
WHO: Final = {"provider": "the provider", "commissioner": "the commissioner", "both": "both parties"}
UNCONFIRMED: Final = "unconfirmed"


def word(rules: NoticeRules) -> str:
    """What its rules call a notice, as a heading begins."""
    return rules.word[:1].upper() + rules.word[1:]


def name_of(one: NoticeResult) -> str:
    """A notice as it is called: Contract query 3."""
    return f"{word(one.rules)} {one.number}"


def agencies_of(one: NoticeResult, named: Named) -> str:
    """To whose agencies it goes."""
    return ", ".join(map(named, one.agencies))


# ---- the list

LIST_COLUMNS: Final = (
    Column("Notice", whole=True),
    Column("State"),
    Column("Due next", folds=True),
    Column("Figures", folds=True),
    Column("To", aside=True, folds=True),
    Column("Issued", whole=True, aside=True),
)


MOST_NAMED: Final = 2
"""Figures that a list has by name."""


def list_table(result: NoticesResult, named: Named, href: Callable[[NoticeResult], str] | None = None) -> Table:
    """All notices, with what is due next of each; `href` is where each leads."""
    rows = [
        (
            Link(name_of(one), href(one)) if href else name_of(one),
            one.state,
            due_in_short(one),
            figures_in_short(one),
            agencies_of(one, named),
            one.issued_on,
        )
        for one in result.notices
    ]
    return Table(LIST_COLUMNS, rows, "Performance notices")


def figures_in_short(one: NoticeResult) -> str:
    """Which figures are in question: two with their names, more of them by their codes."""
    if len(one.figures) <= MOST_NAMED:
        return "; ".join(f"{figure.name} ({figure.measure})" for figure in one.figures)
    return f"{len(one.figures)} figures: {', '.join(figure.measure for figure in one.figures)}"


def due_in_short(one: NoticeResult) -> Any:
    """What is due next of whom."""
    due = one.next_due
    if due is None:
        return None
    return lines(f"{due.name}, of {WHO[due.party]}", f"by {text.short_day(due.due)}: {left(due, one.rules)}")


def left(due: NoticeDeadline, rules: NoticeRules) -> str:
    """How long there is still, or what became of it."""
    if due.met_on:
        late = " (late)" if due.met_on > due.due else ""
        return f"done on {text.short_day(due.met_on)}{late}"
    if due.days_left is None:
        return "not due any more"
    if due.overdue:
        return f"overdue by {text.plural(-due.days_left, rules.day_word)}"
    return "the last day" if not due.days_left else f"{text.plural(due.days_left, rules.day_word)} left"


# ---- one

DUE_COLUMNS: Final = (
    Column("What", folds=True, width=4.6),
    Column("Of", width=2.6),
    Column("By", whole=True, width=2.4),
    Column("How it stands", folds=True, width=2.9),
    Column("How it is counted", folds=True, aside=True, width=4.5),
)


def due_table(one: NoticeResult) -> Table | None:
    """What was and is due of whom, open ones first, each with its rule; None where nothing is yet."""
    if not one.due:
        return None
    its = sorted(one.due, key=lambda due: (not due.is_open, due.due))
    rows = [(due.name, WHO[due.party], due.due, left(due, one.rules), counted(due, one.rules)) for due in its]
    return Table(DUE_COLUMNS, rows, "What is due of whom")


def counted(due: NoticeDeadline, rules: NoticeRules) -> str:
    """The rule of a deadline and how its day was counted, in sentences."""
    if due.set_in_notice:
        return "The day is set in the notice itself."
    days = text.plural(due.days, rules.day_word if due.counted == "working" else "day of the calendar",
                       None if due.counted == "working" else "days of the calendar")  # fmt: skip
    after = STEP_WORDS[due.after].happened.split(":", maxsplit=1)[0]
    said = f"{due.rule}: {days} after “{after}” on {text.short_day(due.said_on)}"
    if due.counted_from != due.said_on:
        said += f", a day off and so counted from {text.short_day(due.counted_from)}"
    return f"{said}." + (f" {UNCONFIRMED.capitalize()}: not checked against the contract." if due.unconfirmed else "")


FIGURE_COLUMNS: Final = (
    Column("Figure", folds=True, width=5.6),
    Column("As written", whole=True, width=3.4),
    Column("By what is known now", folds=True, width=4.0),
    Column("Disputed", folds=True, width=4.0),
)
NOT_SHOWN: Final = "not shown: a sum with other providers’ people"


def figures_table(
    one: NoticeResult, figure: Callable[[NoticeFigure], Any], dispute: Callable[[NoticeDispute], Any]
) -> Table:
    """The figures in question as they were written about, and by now; the two functions write a figure, a dispute."""
    rows = [(figure(its), _as_written(its), _now(its), _disputes(its, dispute)) for its in one.figures]
    return Table(FIGURE_COLUMNS, rows, "The figures in question")


def figure_name(figure: NoticeFigure) -> str:
    """A figure by its measure's name and code."""
    return f"{figure.name} ({figure.measure})"


def _as_written(figure: NoticeFigure) -> Any:
    if figure.not_shown or figure.numerator is None:
        return NOT_SHOWN
    return _numbers(figure.numerator, figure.denominator)


def _now(figure: NoticeFigure) -> Any:
    if figure.now_numerator is None:
        return None
    if not figure.restated:
        return "unchanged"
    return f"restated: {_numbers(figure.now_numerator, figure.now_denominator)}"


def _numbers(numerator: int, denominator: int | None) -> str:
    if denominator is None:
        return f"{numerator:,}"
    share = text.percent_of(numerator, denominator)
    return f"{numerator:,} of {denominator:,}" + (f", {share}" if share else "")


def seen_from(known_at: date | None, *, is_same: bool) -> str:
    """From where somebody else sees the same figure."""
    if is_same:
        return "from the same standpoint"
    return f"as known on {text.day(known_at)}" if known_at else "from another standpoint"


def _disputes(figure: NoticeFigure, dispute: Callable[[NoticeDispute], Any]) -> Lines | None:
    return lines(*map(dispute, figure.disputes)) if figure.disputes else None


def standpoint_of(one: NoticeResult) -> str:
    """From where its figures are seen, and whose they are."""
    first = one.figures[0]
    known = f" as known on {text.day(first.known_at)}" if first.known_at else ""
    return f"As of {text.day(first.as_of)}{known}. {text.slice_of(first.slice)}"


HAPPENED_COLUMNS: Final = (
    Column("Day", whole=True, width=2.4),
    Column("What", folds=True, width=3.8),
    Column("In words", folds=True, width=7.6),
    Column("By", folds=True, aside=True, width=3.2),
)


def timeline_table(one: NoticeResult, plan: Callable[[int], Any] | None = None) -> Table:
    """What happened, the oldest first, and then what is due; `plan` writes the number of an action plan."""
    rows: list[tuple[Any, ...]] = [(one.drafted_on, "Drafted", one.reasons, "the commissioner")]
    rows += [
        (its.on, happened(its, one.rules), _said(its, plan), f"{its.actor} for {WHO.get(its.party, its.party)}")
        for its in one.happened
    ]
    waiting = sorted((due for due in one.due if due.is_open), key=lambda due: due.due)
    rows += [(due.due, "Due", f"{due.name} ({left(due, one.rules)})", f"due of {WHO[due.party]}") for due in waiting]
    return Table(HAPPENED_COLUMNS, rows, "What happened, and what is due")


def happened(its: NoticeHappening, rules: NoticeRules) -> str:
    """A step in a few words."""
    said = STEP_WORDS[its.step].happened
    if its.level:
        said += f", level {its.level}: {rules.levels[min(its.level, len(rules.levels)) - 1]}"
    if its.percentage and its.since:
        said += f": {its.percentage}% since {text.short_day(its.since)}"
    if its.last_day:
        said += f": last day {text.short_day(its.last_day)}"
    return said


def _said(its: NoticeHappening, plan: Callable[[int], Any] | None) -> Any:
    parts: list[Any] = [f"There: {its.attendees}."] if its.attendees else []
    if its.action_plan:
        parts.append(plan(its.action_plan) if plan else f"Action plan {its.action_plan}")
    return lines(*parts, its.words) if parts else its.words or None


def withholding_sentences(one: NoticeResult) -> Iterator[str]:
    """What was decided to be withheld, in sentences."""
    for its in one.withholdings:
        until = f" to {text.day(its.last_day)}" if its.last_day else " on; its end was not said yet"
        yield f"{its.percentage}% of the monthly sum is withheld from {text.day(its.since)}{until}."
    if one.withholdings:
        named = one.rules.withholding
        yield (
            f"The rules name {named.each}% for one failure and {named.most}% in all ({UNCONFIRMED}). "
            "It is a decision on record: no figure changes and no money moves by it."
        )


def rules_sentences(rules: NoticeRules) -> list[str]:
    """What a rule set says, each of its times in a sentence with whether it was confirmed."""
    said = []
    for rule in rules.deadlines:
        day = rules.day_word if rule.counted == "working" else "day of the calendar"
        days = text.plural(rule.days, day, None if rule.counted == "working" else "days of the calendar")
        mark = f" ({UNCONFIRMED})" if rule.unconfirmed else ""
        said.append(f"{rule.name}: of {WHO[rule.of]}, {days} after “{STEP_WORDS[rule.after].happened}”{mark}.")
    said.append(f"Levels of escalation: {'; '.join(rules.levels)}{_mark(rules, 'levels')}.")
    off = "the next working day" if rules.given_on_day_off == "next" else "that day"
    said.append(f"What is said on a day off counts from {off}{_mark(rules, 'given_on_day_off')}.")
    its = rules.withholding
    said.append(f"Withholding: {its.each}% for one failure, {its.most}% in all{_mark(rules, 'withholding')}.")
    return said


def _mark(rules: NoticeRules, part: str) -> str:
    return f" ({UNCONFIRMED})" if part in rules.unconfirmed else ""


def as_cells(one: NoticeResult, named: Named) -> dict[str, str]:
    """A notice as names and texts, to be set beside another version of it."""
    its = {
        "State": one.state,
        "To": agencies_of(one, named),
        "Reasons": one.reasons,
        "Rules": one.rules.name,
        "Response due": text.day(one.response_due) if one.response_due else "",
    }
    for place, step in enumerate(one.happened, 1):
        its[f"Step {place}"] = f"{text.short_day(step.on)}: {happened(step, one.rules)}. {step.words}"
    return its


# ---- files


# ---- the terminal


def day_words(day: date | None) -> str:
    """A day as a letter has it; nothing for none."""
    return text.day(day) if day else ""
