"""How figures were restated, and when files came, for people: reporting delay, nobody's fault."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from rich.console import Console

from projections.timeliness.coverage import Delays
from projections.timeliness.revisions import (
    STILL_MOVING_DAYS,
    KnownFigure,
    Restatement,
    Revision,
    most_restated,
)
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.performance.revisions import (
    CoverageMonthResult,
    CoverageResult,
    FileReportResult,
    MeasureRevisions,
    RevisionsResult,
)

DELAY: Final = (
    "This is reporting delay: how long records take to reach the commissioner. It does not say who was late or why; a "
    "journey that several agencies share moves for all of them."
)
_FIRST: Final = (
    "First: as known on the first day on which every agency expected to report had a file that covers the last day of "
    "the period."
)
_STOOD: Final = (
    "Days: from the last day of the period until the figure stopped moving; it may still move until it has stood for "
    f"{STILL_MOVING_DAYS} days of reporting."
)


def print_revisions(console: Console, result: RevisionsResult, every: str) -> None:
    """One measure of one slice period by period; several a line each."""
    if not result.position or not result.known_at:
        say(console, "Nothing had been received yet.")
        return
    say(console, f"How later records restated these figures, {_as_known(result.known_at)}.")
    if len(result.revisions) == 1:
        _print_periods(console, result.revisions[0], every)
    else:
        _print_summaries(console, result.revisions, every)
    say(console, "", _FIRST, _STOOD, DELAY)


def _as_known(known_at: date) -> str:
    return f"as known on {text.day(known_at)}"


def _print_periods(console: Console, one: MeasureRevisions, every: str) -> None:
    say(console, f"{one.code} {one.name}", text.slice_of(one.slice), "")
    columns = (
        Column(every),
        Column("first", number=True),
        Column("known on"),
        Column("now", number=True),
        Column("restated", number=True),
        Column("largest restatement", folds=True),
        Column("days", number=True),
    )
    print_table(console, Table(columns, [_period_row(row, every) for row in one.rows]))
    say(console, "", _sentence(one))


def _period_row(row: Revision, every: str) -> tuple[str, ...]:
    return (
        text.period_ending(row.as_of, every),
        _known(row.first) if row.first else "",
        text.short_day(row.first.known_at) if row.first else f"not all in: {', '.join(row.missing) or 'no file'}",
        _known(row.latest) if row.latest else "",
        _times(row.restatements) if row.first else "",
        _largest(row.largest),
        _days(row) if row.first else "",
    )


def _known(known: KnownFigure) -> str:
    if known.denominator is None:
        return f"{known.numerator:,}"
    share = f" ({text.percent_of(known.numerator, known.denominator)})" if known.denominator else ""
    return f"{known.numerator:,}/{known.denominator:,}{share}"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _largest(change: Restatement | None) -> str:
    if change is None:
        return ""
    sides = [f"{change.numerator:+d}"]
    if change.denominator:
        sides.append(f"of {change.denominator:+d}")
    points = f" ({text.points(change.points)} points)" if change.points is not None else ""
    return f"{' '.join(sides)}{points} on {text.short_day(change.known_at)}"


def _days(row: Revision) -> str:
    return "may still move" if row.settled_after_days is None else f"{row.settled_after_days}"


def _sentence(one: MeasureRevisions) -> str:
    sentence = f"{one.restated} of {text.plural(one.reported, 'figure')} restated"
    if one.median_days is not None:
        sentence += f"; they stopped moving after {one.median_days:g} days (median), {one.longest_days} at most"
    if one.still_moving:
        sentence += f"; {one.still_moving} may still move"
    return f"{sentence}."


def _print_summaries(console: Console, revisions: Sequence[MeasureRevisions], every: str) -> None:
    slices = {one.slice for one in revisions}
    say(console, text.slice_of(revisions[0].slice) if len(slices) == 1 else "Agency by agency.", "")
    columns = (
        Column("KPI"),
        Column("measure", folds=True),
        Column("agency"),
        Column(f"{every}s", number=True),
        Column("restated", number=True),
        Column("largest restatement", folds=True),
        Column("days (median)", number=True),
        Column("longest", number=True),
        Column("may still move", number=True),
    )
    print_table(console, Table(columns, list(map(_summary_row, revisions))))
    say(console, "", f"Named alone (--measure, --agency), a KPI is shown {every} by {every}.")


def _summary_row(one: MeasureRevisions) -> tuple[str, ...]:
    largest = most_restated(one.rows)
    return (
        one.code,
        one.name,
        one.slice.agency or "all",
        str(one.reported),
        str(one.restated),
        f"{_largest(largest.largest)}, as of {text.short_day(largest.as_of)}" if largest else "",
        "" if one.median_days is None else f"{one.median_days:g}",
        "" if one.longest_days is None else str(one.longest_days),
        str(one.still_moving or ""),
    )


def print_coverage(console: Console, result: CoverageResult) -> None:
    """Months down, agencies across: after how many days the first file came that covers the month's last day."""
    if not result.position or not result.known_at:
        say(console, "Nothing had been received yet.")
        return
    known = _as_known(result.known_at)
    say(console, f"Days from the end of each month until an agency's file covered it, {known}.", "")
    columns = (Column("month"), *(Column(one.agency, number=True) for one in result.agencies), Column("all in"))
    print_table(console, Table(columns, list(map(_month_row, result.months))))
    say(console, "", *map(_delays, result.agencies), DELAY)


def _month_row(month: CoverageMonthResult) -> tuple[str, ...]:
    complete = "not yet" if month.missing else ""
    if month.complete_on:
        complete = f"{text.short_day(month.complete_on)} (day {month.days})"
    return (f"{month.month_end:%B %Y}", *map(_report, month.reports), complete)


def _report(report: FileReportResult) -> str:
    if report.days is None:
        return "no file" if report.is_expected else "not expected"
    return f"{report.days}"


def _delays(its: Delays) -> str:
    missing = f"; no file for {text.plural(its.missing, 'month')}" if its.missing else ""
    if its.median_days is None:
        return f"{its.agency}: no month covered{missing}."
    after = f"{its.median_days:g} days after the month's end (median), {its.longest_days} at most"
    return f"{its.agency}: {text.plural(its.reported, 'month')} covered, {after}{missing}."
