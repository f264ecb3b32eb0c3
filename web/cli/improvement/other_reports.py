"""The commands that set a report of the other party beside ours: compare, compared."""

from datetime import date
from pathlib import Path

import click

from domain.errors import WrongUse
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author
from web.commands.improvement.other_reports import keep_comparison
from web.files.reports.stated import names_explained, read_report
from web.presenters.console import output, say
from web.presenters.improvement import other_reports as tables
from web.queries.improvement import other_reports as queries
from web.queries.improvement.other_reports import CompareQuery
from web.queries.improvement.results.compared_reports import ComparedReport
from web.queries.parameters import KnownAt
from web.services import OPERATOR, Services


@click.command()
@click.argument("report", type=options.FILE)
@click.option("--as-of", type=options.DAY, help="The last day of the period of rows that have none.")
@options.known_at
@options.slice_
@click.option("--name", "names", multiple=True, metavar="THEIRS=CODE", help="What a name of theirs means.")
@click.option("--keep", metavar="TITLE", help="Keep the comparison under this name: the figures, and not the file.")
@options.as_json
def compare(
    *,
    report: Path,
    as_of: date | None,
    known_at: KnownAt,
    slice_: Slice,
    names: tuple[str, ...],
    keep: str | None,
    as_json: bool,
) -> None:
    """A whole REPORT of the other party beside ours: each figure equal, equal elsewhere, or fitting nothing.

    REPORT is a CSV with a row for each figure (measure, period, numerator, denominator or percentage), or a row for
    each measure and a column for each period. Nothing is stored without --keep.
    """
    services = new_services()
    with refusals(as_json=as_json):
        with services.snapshot() as snapshot:
            terms = queries.reading_terms(snapshot, EVERYTHING, as_of, slice_, names_explained("\n".join(names)))
            result = queries.compare(snapshot, EVERYTHING, CompareQuery(read_report(report, terms), known_at))
        number = _kept(services, result, keep) if keep is not None else None
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_compared(console, result),
    )
    if number and not as_json:
        say(output(), f"Kept as no. {number}: 'recount compared {number}' shows it again, then and now.")


def _kept(services: Services, result: ComparedReport, title: str) -> int:
    author = Author(services.actor, OPERATOR, party_of(OPERATOR), today(), today())
    return queries.kept_result(keep_comparison(services.register, result, title, author)).number


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@options.as_json
def compared(*, number: int | None, as_json: bool) -> None:
    """The comparisons that were kept; with NUMBER one of them, as it was and by what is known now."""
    with new_services().snapshot() as snapshot:
        if number is None:
            every = queries.kept(snapshot, EVERYTHING)
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=every.document,
                tables=lambda console: tables.print_kept(console, every),
            )
            return
        one = queries.kept_one(snapshot, EVERYTHING, number, EVERYTHING)
        if one is None:
            raise WrongUse(f"There is no kept comparison {number}. 'recount compared' names them.")
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=one.document,
            tables=lambda console: tables.print_kept_one(console, one),
        )
