"""Performance notices and disputes on the report's day; for everybody only how many notices were closed."""

from collections.abc import Iterator, Sequence

from domain.contract_life.dispute import Dispute
from domain.improvement.performance_notices import PerformanceNotice
from domain.improvement.written import WrittenAbout
from projections.claims.disputes import measure_of
from projections.improvement.performance_notices import deadlines, next_due
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.improvement.committee.on_the_day import disputes_on, notices_on

from ..view import ReportView, SectionWords, report_table, whom

MOST = 10
"""Notices, and disputes, that a report sets out: those that are open, then the newest."""
InQuestion = tuple[list[PerformanceNotice], list[Dispute]]
_NOTICES = (
    Column("Notice", width=3.2),
    Column("Figures in question", width=4.6),
    Column("Issued", width=2.0),
    Column("State", width=4.0),
    Column("Due next", width=3.2),
)
_DISPUTES = (
    Column("Dispute", width=1.8),
    Column("Figure", width=6.2),
    Column("Claimed", width=2.4),
    Column("Opened", width=2.0),
    Column("State", width=4.6),
)


def in_question(view: ReportView) -> InQuestion:
    """The notices and the disputes as they stood on the report's day."""
    its = view.seen.snapshot, view.reader, view.day, view.seen.slice_.agency
    return notices_on(*its), disputes_on(*its)


def notices_words(view: ReportView, its: InQuestion) -> SectionWords:
    """How many are open, and each in a row."""
    notices, disputes = its
    tables = []
    if notices:
        rows = [_notice(view, one) for one in notices[:MOST]]
        tables.append(report_table(Table(_NOTICES, rows, "Performance notices", _older(len(notices), "notice"))))
    if disputes:
        rows = list(map(_dispute, disputes[:MOST]))
        tables.append(report_table(Table(_DISPUTES, rows, "Disputes over a figure", _older(len(disputes), "dispute"))))
    return SectionWords([notices_sum(notices), disputes_sum(disputes)], [], tables)


def _older(count: int, what: str) -> list[str]:
    """How many of them are not in the table."""
    older = words.plural(count - MOST, f"older {what} is", f"older {what}s are")
    return [f"{older} not set out here."] if count > MOST else []


def notices_sum(notices: Sequence[PerformanceNotice]) -> str:
    """How many notices are open, and how many have ended."""
    is_open, ended = sum(one.is_open for one in notices), sum(not one.is_open for one in notices)
    if not notices:
        return "No performance notice was issued."
    return f"{words.plural(is_open, 'performance notice is', 'performance notices are')} open, and {ended:,} ended."


def disputes_sum(disputes: Sequence[Dispute]) -> str:
    """How many disputes are open, and how many are closed."""
    closed = sum(one.closed is not None for one in disputes)
    if not disputes:
        return "No figure was disputed."
    return f"{words.plural(len(disputes) - closed, 'dispute is', 'disputes are')} open, and {closed:,} closed."


def _notice(view: ReportView, one: PerformanceNotice) -> list[str]:
    rules, due = one.text.rules, next_due(deadlines(one))
    named, agencies = f"{rules.word[:1].upper()}{rules.word[1:]} {one.number}", whom(view, one.text.agencies)
    return [
        f"{named}\nto {agencies}" if agencies else named,
        "\n".join(_in_question(one.text.figures)),
        words.short_day(one.issued_on) if one.issued_on else "",
        f"{one.state}\n{_level(one)}" if one.is_open else one.state,
        f"{due.rule.name}, {words.short_day(due.due)}" if due else "nothing",
    ]


def _level(one: PerformanceNotice) -> str:
    """The level of escalation, and who meets on it."""
    levels = one.text.rules.levels
    return f"Level {one.level}: {levels[min(one.level, len(levels)) - 1]}"


def _in_question(figures: Sequence[WrittenAbout]) -> Iterator[str]:
    """The figures in question, a line for each day that they are of."""
    for as_of in dict.fromkeys(about.as_of for about in figures):
        codes = dict.fromkeys(about.measure for about in figures if about.as_of == as_of)
        yield f"{words.listed(list(codes))} as of {words.short_day(as_of)}"


def _dispute(one: Dispute) -> list[str]:
    opened, measure = one.opened, measure_of(one)
    counted = f"{opened.numerator}" if opened.denominator is None else f"{opened.numerator} of {opened.denominator}"
    closed = f"closed on {words.short_day(one.closed.occurred_on)}" if one.closed else "open"
    return [
        str(one.number),
        f"{measure.code} {measure.name}, as of {words.short_day(opened.as_of)}",
        f"{opened.percentage}%" if opened.percentage else counted,
        words.short_day(opened.occurred_on),
        closed,
    ]


def closed_notices(view: ReportView) -> int:
    """How many notices of all parties had been closed by the report's day."""
    return sum(one.state == "closed" for one in notices_on(view.seen.snapshot, view.seen.who, view.day))


def public_notices_words(_view: ReportView, closed: int) -> SectionWords:
    """How many notices were closed; one that is open is between the parties."""
    many = (
        words.plural(closed, "performance notice was", "performance notices were")
        if closed
        else "No performance notice was"
    )
    return SectionWords([f"{many} closed."])
