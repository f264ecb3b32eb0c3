"""Data quality, as tables for people."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from rich.console import Console

from domain.submission import ANOTHER_PERSON, SAME_RECORD, SAME_RECORD_ELSEWHERE
from projections.worklists.data_quality import (
    DUE_AFTER_DAYS,
    IN_TIME,
    LATE,
    MISSING,
    AgencyMonth,
    DaysToReport,
)
from projections.worklists.fields_filled import COMPLETENESS_MONTHS, FieldFilled
from web.files.checks import REJECTIONS
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


# ---- what is wrong, in sentences

MANY_LEFT_OUT: Final = 1.0
"""Rows in a hundred: an agency that has more of them left out is named."""
SLOW_DAYS: Final = 45
"""A monthly file that comes in time reports half of what happened within a month; this is half a month more."""
SELDOM: Final = 50.0
"""A field that is filled in for fewer records, in percent, is named."""
FIELDS_NAMED: Final = 3

Named = Callable[[str], str]
"""Writes an agency by its name."""


def lead(result: DataQualityResult) -> str:
    """The whole in a sentence or two."""
    owed = [one for one in result.months if one.state in {IN_TIME, LATE, MISSING}]
    if not owed:
        return "No file was due in these months."
    late = sum(one.state == LATE for one in owed)
    missing = sum(one.state == MISSING for one in owed)
    sentence = f"{text.plural(len(owed), 'file was', 'files were')} due: {len(owed) - late - missing} came in time"
    sentence += f", {late} late" if late else ""
    sentence += f", {missing} {'has' if missing == 1 else 'have'} not come" if missing else ""
    rows, rejected = _rows_of(result.months)
    share = f" Of {rows:,} rows, {rejected:,} ({text.percent_of(rejected, rows)}) were left out." if rows else ""
    return f"{sentence}.{share}"


def what_is_wrong(result: DataQualityResult, named: Named) -> list[str]:
    """Each thing that somebody should do something about, the gravest first; `named` writes an agency."""
    by_agency = _by_agency(result.months)
    kinds = (_without_file, _late, _left_out, _not_in_file, _slow)
    of_files = [
        sentence for kind in kinds for agency, its in by_agency.items() for sentence in kind(named(agency), its)
    ]
    unclear = consent_unclear(result.months)
    return [*([unclear] if unclear else []), *of_files, *_seldom_filled(result.fields, named)]


def _rows_of(months: Sequence[AgencyMonth]) -> tuple[int, int]:
    """All rows, and those that were left out."""
    return sum(one.rows for one in months), sum(one.rejected_rows for one in months)


def _by_agency(months: Sequence[AgencyMonth]) -> dict[str, list[AgencyMonth]]:
    agencies: dict[str, list[AgencyMonth]] = {}
    for one in sorted(months, key=lambda one: (one.agency, one.month)):
        agencies.setdefault(one.agency, []).append(one)
    return agencies


def _without_file(agency: str, months: Sequence[AgencyMonth]) -> Iterator[str]:
    missing = [f"{one.month:%B %Y}" for one in months if one.state == MISSING]
    if missing:
        yield f"{agency} has sent no file for {text.listed(missing)}."


def _late(agency: str, months: Sequence[AgencyMonth]) -> Iterator[str]:
    late = [one.days_late for one in months if one.state == LATE]
    if late:
        most = text.plural(max(late), "day")
        yield f"{agency} sent {text.plural(len(late), 'file')} late, the latest by {most}."


def _left_out(agency: str, months: Sequence[AgencyMonth]) -> Iterator[str]:
    rows, rejected = _rows_of(months)
    if not rows or 100 * rejected / rows <= MANY_LEFT_OUT:
        return
    yield f"{text.percent_of(rejected, rows)} of the rows of {agency} were left out: {rejected:,} of {rows:,}."
    codes = Counter[str]()
    for one in months:
        codes.update(one.rejected)
    for code, count in codes.most_common(1):
        cause = REJECTIONS.get(code, code).rstrip(".")
        yield f"What is wrong most often in rows of {agency} ({count:,}): {cause}."


def _not_in_file(agency: str, months: Sequence[AgencyMonth]) -> Iterator[str]:
    newest = next((one for one in reversed(months) if one.files), None)
    if newest and newest.not_in_file:
        episodes = text.plural(newest.not_in_file, "episode is", "episodes are")
        yield f"{episodes} not in the file of {agency} for {newest.month:%B %Y}, and should be."


def _slow(agency: str, months: Sequence[AgencyMonth]) -> Iterator[str]:
    days = [one.days_to_report.median for one in months if one.days_to_report]
    if days and median(days) > SLOW_DAYS:
        took = f"half of what happened took {median(days):.0f} days to be reported"
        yield f"{agency} reports late: in most months, {took}."


def _seldom_filled(fields: Sequence[FieldFilled], named: Named) -> Iterator[str]:
    """The emptiest fields by name; agencies that lack the same ones share a sentence."""
    seldom: dict[str, list[str]] = {}
    for one in sorted(fields, key=lambda one: one.percentage or 0):
        if one.percentage is not None and one.percentage < SELDOM:
            seldom.setdefault(one.agency, []).append(one.column)
    alike: dict[tuple[str, ...], list[str]] = {}
    for agency, columns in sorted(seldom.items()):
        alike.setdefault(tuple(columns), []).append(named(agency))
    for lacking, agencies in alike.items():
        rest = len(lacking) - FIELDS_NAMED
        others = [text.plural(rest, "other field")] if rest > 0 else []
        fill = "fills" if len(agencies) == 1 else "fill"
        yield f"{text.listed(agencies)} seldom {fill} in {text.listed([*lacking[:FIELDS_NAMED], *others])}."
