"""Returns and their reviews, as tables and sentences for people."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from rich.console import Console

from domain.improvement.return_reviews import FINDINGS
from projections.standings.slices import Slice
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.improvement.committee.view import ReportView, SectionWords
from web.presenters.tables import Column, Link, Table
from web.queries.improvement.results.review_results import (
    FindingCount,
    ReturnReviewResult,
    ReturnReviewsResult,
    ReturnRuleLine,
    ReviewedShare,
    ReviewLine,
    ReviewStep,
)
from web.queries.improvement.return_reviews import ReturnReviewsQuery, shares

STEPS: Final = {"write": "Written", "correct": "Corrected", "withdraw": "Withdrawn"}
Naming = Callable[[str], str]


def summary(result: ReturnReviewsResult) -> str:
    """How many are overdue, due and done."""
    if not (result.overdue or result.due or result.done):
        return "No review of a return is due."
    overdue = f"{text.plural(result.overdue, 'review is', 'reviews are')} overdue"
    return f"{overdue}, {result.due:,} due and {result.done:,} done."


def share_words(one: ReviewedShare) -> str:
    """The share as a sentence, with its numbers, interval and window."""
    window = text.window(one.first_day, one.last_day)
    if not one.denominator:
        return f"No review of a return fell due from {window}."
    interval = f" (95% interval {one.interval.low:.1f}% to {one.interval.high:.1f}%)" if one.interval else ""
    return (
        f"{one.numerator} of {text.plural(one.denominator, 'review')} that fell due from {window} "
        f"{'was' if one.numerator == 1 else 'were'} written in time: {text.percent(one.percentage)}{interval}."
    )


def agencies_table(result: ReturnReviewsResult, naming: Naming = str) -> Table:
    """How reviews stand, by agency."""
    columns = (
        Column("Agency that the client left"),
        *(Column(heading, number=True) for heading in ("Overdue", "Due", "Done")),
        Column("No longer due", number=True, aside=True),
        Column("Erased client", number=True, aside=True),
    )
    rows = [
        (naming(one.agency), one.overdue, one.due, one.done, one.no_longer_due, one.erased) for one in result.agencies
    ]
    return Table(columns, rows, "By agency")


def shares_table(shares: Iterable[ReviewedShare], naming: Naming = str) -> Table:
    """The share reviewed in time, as a whole and by agency."""
    columns = (
        Column("Agency"),
        Column("In time", number=True),
        Column("Fell due", number=True),
        Column("Share", number=True),
        Column("95% interval"),
    )
    rows = [
        (
            naming(one.agency) if one.agency else "All of these",
            one.numerator,
            one.denominator,
            text.percent(one.percentage) if one.denominator else None,
            f"{one.interval.low:.1f}% to {one.interval.high:.1f}%" if one.interval else None,
        )
        for one in shares
    ]
    return Table(columns, rows, "Reviewed in time")


def open_table(reviews: Iterable[ReviewLine], link: Callable[[ReviewLine], Link | str]) -> Table:
    """Returns whose review has still to be written."""
    columns = (Column("Client"), Column("How it stands"), Column("Due"), *_WHAT_HAPPENED)
    rows = [(link(one), standing(one), _day(one.due), *_what_happened(one)) for one in reviews]
    return Table(columns, rows, "Reviews to be written")


_WHAT_HAPPENED: Final = tuple(Column(name, aside=True) for name in ("Completed", "Came back", "Known since"))


def _what_happened(one: ReviewLine) -> tuple[str | None, ...]:
    return _day(one.completed_on), came_back(one), _day(one.known_on)


def _day(day: date | None) -> str | None:
    return text.short_day(day) if day else None


def returns_table(reviews: Iterable[ReviewLine], link: Callable[[ReviewLine], Link | str], title: str) -> Table:
    """Returns with their reviews."""
    columns = (
        Column("Client"),
        Column("How it stands"),
        Column("Due", aside=True),
        *_WHAT_HAPPENED,
        Column("What was found"),
    )
    rows = [
        (link(one), standing(one), _day(one.due), *_what_happened(one), found(one.findings) or None) for one in reviews
    ]
    return Table(columns, rows, title)


def client_words(one: ReviewLine) -> str:
    """Whose return it is, by the agency's own number."""
    return f"{one.agency}: {one.client_reference}" if one.client_reference else f"{one.agency}: erased client"


def standing(one: ReviewLine) -> str:
    """How a review stands, and of one that is done whether it was in time."""
    if one.in_time is None or one.state != "done":
        return one.state.capitalize()
    return "Done in time" if one.in_time else "Done late"


def came_back(one: ReviewLine) -> str:
    """When and where the client came back, as far as it may be shown."""
    if one.client_reference is None:
        return "erased"
    return f"{text.short_day(one.returned_on)}, to {one.returned_to}" if one.returned_on else "To another agency"


def found(findings: Iterable[str]) -> str:
    """Findings in words."""
    return "; ".join(FINDINGS[one] for one in findings)


def found_table(counts: Iterable[FindingCount]) -> Table:
    """What was found in all reviews, the most frequent first."""
    sums: Counter[str] = Counter()
    for one in counts:
        sums[one.finding] += one.count
    columns = (Column("What was found"), Column("How often", number=True))
    rows = [(FINDINGS[finding], count) for finding, count in sorted(sums.items(), key=lambda its: (-its[1], its[0]))]
    return Table(columns, rows, "What came of returns")


def findings_table(counts: Iterable[FindingCount], naming: Naming = str) -> Table:
    """What was found, by month and agency."""
    columns = (Column("Month"), Column("Agency"), Column("What was found"), Column("How often", number=True))
    rows = [(f"{one.month:%B %Y}", naming(one.agency), FINDINGS[one.finding], one.count) for one in counts]
    return Table(columns, rows, "What came of returns, by month and agency")


def lessons_table(lines: Iterable[ReviewLine], link: Callable[[ReviewLine], Link | str], naming: Naming = str) -> Table:
    """What was learnt, the newest first."""
    columns = (Column("Written", whole=True), Column("Agency", aside=True), Column("Lesson"), Column("Action"))
    written = sorted((one for one in lines if one.lesson), key=lambda one: one.number or 0, reverse=True)
    rows = [
        (text.short_day(one.written_on) if one.written_on else None, naming(one.agency), one.lesson, link(one))
        for one in written
    ]
    return Table(columns, rows, "Lessons")


def rule_words(one: ReturnRuleLine, naming: Naming = str) -> str:
    """A rule as a sentence."""
    days = text.plural(one.days, "working day" if one.working_days else "day")
    whose = naming(one.agency) if one.agency else "Where nothing else is said"
    since = f", from {text.day(one.first_day)} on" if one.first_day else ""
    return f"{whose}: {days} after the return, or after it became known; returns within {one.months} months{since}."


def steps_table(steps: Iterable[ReviewStep]) -> Table:
    """Everything that was said of a review."""
    columns = (
        Column("Step"),
        Column("On"),
        Column("By", aside=True),
        Column("What was found", aside=True),
        Column("In words"),
    )
    rows = [
        (STEPS[one.step], text.short_day(one.on), f"{one.actor}, {one.party}", found(one.findings) or None, one.words)
        for one in steps
    ]
    return Table(columns, rows, "What was said of it")


# ---- in the committee report


def shares_of(view: ReportView) -> list[ReviewedShare]:
    """The share reviewed in time at a report's standpoint; none of a part of the people that reviews do not know."""
    seen, agency = view.seen, view.seen.slice_.agency
    if seen.slice_ != Slice(agency=agency):
        return []
    return shares(seen.snapshot, view.reader, ReturnReviewsQuery(view.day, seen.as_of, seen.known_at, agency))


def shares_words(view: ReportView, its: Sequence[ReviewedShare]) -> SectionWords:
    """The share of all in a sentence, and a point for each agency where there are several."""
    due = [one for one in its if one.denominator]
    by_agency = due[1:] if len(due) > 2 else []
    points = [
        f"{view.seen.named(one.agency)}: {one.numerator:,} of {one.denominator:,} in time."
        for one in by_agency
        if one.agency
    ]
    return SectionWords(
        [f"When a client completes and comes back, the agency that they left reviews why. {share_words(due[0])}"]
        if due
        else [],
        points,
    )


# ---- the terminal


def print_reviews(console: Console, result: ReturnReviewsResult) -> None:
    """How reviews stand, the share in time, and the rules."""
    say(console, summary(result))
    if result.agencies:
        print_table(console, agencies_table(result))
    for share in result.shares[:1]:
        say(console, "", share_words(share))
    if result.reviews:
        say(console, "")
        print_table(console, returns_table(result.reviews, lambda one: one.episode, "Returns"))
    say(console, "")
    for rule in result.rules:
        say(console, rule_words(rule))
    for (month, agency), its in groupby(result.findings, key=lambda one: (one.month, one.agency)):
        say(console, f"{month:%B %Y}, {agency}: " + "; ".join(f"{FINDINGS[one.finding]} ({one.count})" for one in its))


def print_review(console: Console, result: ReturnReviewResult) -> None:
    """One return with its review."""
    one = result.review
    say(console, client_words(one), f"{standing(one)}. Came back: {came_back(one)}.")
    if one.due:
        say(console, f"Due {text.day(one.due)}.")
    if one.lesson:
        say(console, found(one.findings), one.lesson)
    if result.steps:
        print_table(console, steps_table(result.steps))
