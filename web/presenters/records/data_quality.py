"""Data quality, as tables for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Console

from domain.submission import ANOTHER_PERSON, SAME_RECORD, SAME_RECORD_ELSEWHERE
from projections.worklists.data_quality import (
    COMPLETENESS_MONTHS,
    DUE_AFTER_DAYS,
    AgencyMonth,
    DaysToReport,
    FieldFilled,
)
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.records.data_quality import DataQualityResult

_COUNTS: Final = ("rows", "rejected", "new", "amended", "withdrawn", "not in file")


def print_data_quality(console: Console, result: DataQualityResult) -> None:
    """The months by agency, and the fields."""
    say(console, text.standpoint(result.standpoint), "")
    if not result.months:
        say(console, "No file was due in these months, and none came.")
        return
    columns = (
        Column("month"),
        Column("agency"),
        Column("file", folds=True),
        *(Column(name, number=True) for name in _COUNTS),
        Column("days to report", folds=True),
        Column("rejected for", folds=True),
    )
    print_table(console, Table(columns, list(map(_month_row, result.months))))
    say(console, "", f"A file is due {DUE_AFTER_DAYS} days after the month's end. Days to report: half, nine in ten.")
    if unclear := consent_unclear(result.months):
        say(console, f"{unclear} See the worklist consent-unclear.")
    say(console, *same_record_sentences(result.months))
    _print_fields(console, result.fields)


def consent_unclear(months: Sequence[AgencyMonth]) -> str:
    """How many clients are asked about by each agency's newest month with a file; empty where nobody is."""
    newest = {one.agency: one.consent_unclear for one in months if one.files}
    count = sum(newest.values())
    return f"{text.plural(count, 'client')} to be asked about: CONSENT is neither yes nor no." if count else ""


def same_record_sentences(months: Sequence[AgencyMonth]) -> Iterator[str]:
    """By agency and month, what of its files is probably known under another name."""
    for one in months:
        known = one.notices.get(SAME_RECORD, 0) + one.notices.get(SAME_RECORD_ELSEWHERE, 0)
        others = one.notices.get(ANOTHER_PERSON, 0)
        said = [
            *([f"{text.plural(known, 'episode')} probably known under another reference"] if known else []),
            *([f"{text.plural(others, 'reference')} that named another person before"] if others else []),
        ]
        if said:
            yield f"{one.month:%b %Y}, {one.agency}: {', '.join(said)}."


def _month_row(one: AgencyMonth) -> tuple[str, ...]:
    counts = (one.rows, one.rejected_rows, one.new, one.amended, one.withdrawn, one.not_in_file)
    return (
        f"{one.month:%b %Y}",
        one.agency,
        _file(one),
        *(f"{count:,}" if one.files else "" for count in counts),
        _days(one.days_to_report),
        _codes(one.rejected),
    )


def _file(one: AgencyMonth) -> str:
    received = f", {text.short_day(one.received_on)}" if one.received_on else ""
    late = f", {text.plural(one.days_late, 'day')} late" if one.days_late else ""
    return f"{one.state}{received}{late}"


def _days(days: DaysToReport | None) -> str:
    return "" if days is None else f"{days.median}, {days.ninetieth}"


def _codes(rejected: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in rejected.items())


def _print_fields(console: Console, fields: Sequence[FieldFilled]) -> None:
    if not fields:
        return
    agencies = sorted({one.agency for one in fields})
    shares = {(one.agency, one.column): text.percent(one.percentage) for one in fields}
    rows = {one.column: one.of for one in fields}
    columns = (Column("field"), Column("of", folds=True), *(Column(agency, number=True) for agency in agencies))
    say(console, "", f"Filled in, of what was in treatment in the last {COMPLETENESS_MONTHS} months:", "")
    print_table(
        console,
        Table(columns, [(c, meaning, *(shares.get((a, c), "") for a in agencies)) for c, meaning in rows.items()]),
    )
