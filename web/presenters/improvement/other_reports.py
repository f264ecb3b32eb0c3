"""A report of the other party beside ours, for people."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from domain.improvement.other_reports import RowAnswer
from projections.claims import wording
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Lines, Table, Worded, lines
from web.queries.improvement.other_reports import changed_rows
from web.queries.improvement.results.compared_reports import (
    AnswerCounts,
    ComparedReport,
    ComparedRow,
    KeptComparison,
    KeptReports,
    RowNotUnderstood,
)

ANSWERS: Final = {
    RowAnswer.EQUAL: "Equal",
    RowAnswer.EQUAL_AS_KNOWN: "Equal as known on another day",
    RowAnswer.EQUAL_BY_RULE: "Equal by another rule",
    RowAnswer.NOTHING_FITS: "Nothing fits",
    RowAnswer.NOT_UNDERSTOOD: "Not understood",
}
"""The answers in words."""
COLUMNS: Final = (
    Column("Row", number=True),
    Column("Figure", folds=True),
    Column("As of", whole=True),
    Column("Theirs", whole=True),
    Column("Ours", whole=True),
    Column("Beside ours", folds=True),
)
_NOT_UNDERSTOOD: Final = (
    Column("Row", number=True),
    Column("Column"),
    Column("Code", aside=True),
    Column("Why", folds=True),
)
_KEPT: Final = (
    Column("No.", number=True),
    Column("Report", folds=True),
    Column("Kept on", whole=True),
    Column("By"),
    Column("As known on", whole=True),
    Column("Came to", folds=True),
)


def summary(counts: AnswerCounts) -> str:
    """What a comparison came to, in a sentence."""
    answered = [
        (counts.equal, "equal to ours"),
        (counts.equal_as_known, "equal as known on another day"),
        (counts.equal_by_rule, "equal by another rule"),
        (counts.nothing_fits, "fitting nothing of ours"),
        (counts.not_understood, "not understood or not shown"),
    ]
    return ", ".join(f"{count:,} {words}" for count, words in answered if count) or "No figure"


def figure_words(row: ComparedRow) -> str:
    """Which figure a row states: measure and slice."""
    words = f"{row.measure} {row.its_measure.name}"
    is_everybody = not (row.slice.area or row.slice.agency or row.slice.criminal_justice or row.slice.young_people)
    return words if is_everybody else f"{words} ({row.slice.words()})"


def theirs(row: ComparedRow) -> str:
    """What a row states, in words."""
    return wording.claimed(row.claim)


def ours(row: ComparedRow) -> str:
    """Our figure beside it, in words; with the percentage where they state one."""
    if row.ours is None:
        return ""
    numbers = wording.claimed(row.ours.claim)
    if row.percentage is None or not row.ours.denominator:
        return numbers
    return f"{numbers} ({text.percent_of(row.ours.numerator, row.ours.denominator)})"


def answer_words(row: ComparedRow) -> Lines:
    """How it stands beside ours, and where ours is the same."""
    more = f"And in {text.plural(row.more, 'other place')}." if row.more else ""
    return lines(ANSWERS[row.answer], row.sentence, more)


def row_cells(row: ComparedRow) -> tuple[object, ...]:
    """A row of the table."""
    return (
        row.row,
        lines(figure_words(row), f"Column “{row.column}”" if row.column else ""),
        Worded(text.short_day(row.as_of), row.as_of),
        theirs(row),
        ours(row),
        answer_words(row),
    )


def rows_table(rows: Sequence[ComparedRow]) -> Table:
    """Their figures beside ours: those that fit nothing first, those that are equal last."""
    return Table(COLUMNS, [row_cells(row) for row in by_weight(rows)], "Their figures beside ours")


def by_weight(rows: Sequence[ComparedRow]) -> list[ComparedRow]:
    """The rows that ask for something first, each kind in the order of the report."""
    order = list(RowAnswer)
    return sorted(rows, key=lambda row: (-order.index(row.answer), row.row))


def unread_table(rows: Sequence[RowNotUnderstood]) -> Table:
    """What was not set beside ours, and why."""
    cells = [(one.row, one.column, one.code, one.sentence) for one in rows]
    return Table(_NOT_UNDERSTOOD, cells, "Rows that are not set beside ours")


def kept_table(result: KeptReports) -> Table:
    """Kept comparisons, the newest first."""
    cells = [
        (
            one.number,
            lines(one.title, one.file.name),
            Worded(text.short_day(one.on), one.on),
            one.actor,
            Worded(text.short_day(one.known_at), one.known_at) if one.known_at else None,
            summary(one.counts),
        )
        for one in result.reports
    ]
    return Table(_KEPT, cells, "Comparisons that were kept")


def then_and_now_table(comparison: KeptComparison) -> Table:
    """Each row as it was answered when it was kept, and by what is known now."""
    columns = (*COLUMNS[:4], Column("Beside ours then", folds=True), Column("Beside ours now", folds=True))
    rows = [
        (
            *row_cells(then)[:4],
            lines(ANSWERS[then.answer], f"Ours was {ours(then)}.", then.sentence),
            lines(ANSWERS[now.answer], f"Ours is {ours(now)}.", now.sentence) if now else "Not shown to you now",
        )
        for then, now in changed_rows(comparison)
    ]
    return Table(columns, rows, "What they stated, then and now")


def print_compared(console: Console, result: ComparedReport) -> None:
    """A report beside ours."""
    file = result.file
    known = f", as known on {text.day(result.known_at)}" if result.known_at else ""
    say(console, f"{file.name} ({file.size:,} bytes, SHA-256 {file.sha256}) beside ours{known}.")
    say(console, f"{summary(result.counts)}.", *(one.sentence for one in result.notices), "")
    if result.rows:
        print_table(console, rows_table(result.rows))
    if result.not_understood:
        print_table(console, unread_table(result.not_understood))


def print_kept(console: Console, result: KeptReports) -> None:
    """Kept comparisons."""
    if not result.reports:
        say(console, "No comparison was kept.")
        return
    print_table(console, kept_table(result))


def print_kept_one(console: Console, result: KeptComparison) -> None:
    """A kept comparison, then and now."""
    kept = result.kept
    say(console, f"No. {kept.number}, {kept.title}: kept on {text.day(kept.on)} by {kept.actor}.")
    say(console, f"Then: {summary(result.then.counts)}.", f"Now: {summary(result.now.counts)}.", "")
    say(console, *(one.sentence for one in result.then.notices))
    print_table(console, then_and_now_table(result))
    if result.then.not_understood:
        print_table(console, unread_table(result.then.not_understood))
