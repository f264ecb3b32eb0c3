"""Committee reports in the terminal, and those that were given out in a table."""

from collections.abc import Sequence

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, numbered
from web.queries.improvement.committee.document import CommitteeReport
from web.queries.improvement.committee.given import GivenReport, GivenReports

from .registry import heading_of

_GIVEN = (
    Column("No.", number=True),
    Column("Name", folds=True),
    Column("Given out", whole=True),
    Column("Edition"),
    Column("Seen from", folds=True, aside=True),
    Column("Left out", folds=True, aside=True),
)


def given_table(its: GivenReports) -> Table:
    """The reports that were given out."""
    return Table(_GIVEN, list(map(_row, its.reports)), "Reports given out")


def _row(one: GivenReport) -> tuple[object, ...]:
    return (
        numbered(one.number),
        one.name,
        one.on,
        str(one.edition),
        text.standpoint(one.standpoint),
        headings(one.left_out) or "nothing",
    )


def headings(keys: Sequence[str]) -> str:
    """The headings of sections, in a row."""
    return ", ".join(map(heading_of, keys))


def given_line(one: GivenReport) -> str:
    """As which number a report was given out, for the foot of its pages."""
    return f"report no. {one.number}, given out on {text.day(one.on)}"


def print_report(console: Console, report: CommitteeReport) -> None:
    """The whole report."""
    say(console, report.title, f"{report.seen_from} {report.whose}", f"For whom: {report.audience}")
    for section in report.sections:
        say(console, "", section.heading.upper(), *section.sentences)
        say(console, *(f"- {point}" for point in section.points))
        for table in section.tables:
            columns = [Column(heading.replace("\n", " "), folds=True) for heading in table.columns]
            rows = [[cell.replace("\n", "; ") for cell in row] for row in table.rows]
            say(console, "", table.title)
            print_table(console, Table(columns, rows))
            say(console, *table.notes)


def print_given(console: Console, its: GivenReports) -> None:
    """The reports that were given out."""
    if not its.reports:
        say(console, "No report was given out yet.")
        return
    print_table(console, given_table(its))
