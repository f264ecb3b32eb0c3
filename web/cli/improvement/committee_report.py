"""The command `committee-report`: the report from a standpoint, as a file, given out, and as it was given out."""

from datetime import date
from pathlib import Path

import click

from domain.errors import WrongUse
from domain.improvement.committee_report import Edition
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, note_unknown, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author
from web.commands.improvement.committee_reports import give_out
from web.exports.committee_paper import MEDIA, report_file
from web.presenters.console import output, say
from web.presenters.contract_life.reports import Viewpoint
from web.presenters.improvement.committee import words
from web.presenters.improvement.committee.registry import KEYS
from web.presenters.improvement.committee.report import compose, figures_kept
from web.presenters.improvement.committee.view import ReportView, naming
from web.queries.improvement.committee import given as queries
from web.queries.improvement.committee.document import CommitteeReport
from web.queries.parameters import KnownAt
from web.services import OPERATOR, Services

_OUT = "Write it into FILE, whose name ends in .pdf, .docx or .json."


@click.command()
@options.standpoint
@options.slice_
@click.option("--edition", type=click.Choice([str(one) for one in Edition]), default="full", show_default=True)
@click.option("--leave-out", multiple=True, type=click.Choice(KEYS), help="A section that the report goes without.")
@click.option("--out", type=options.NEW_FILE, help=_OUT)
@click.option("--give", metavar="NAME", help="Give it out under this name: then it stays as it is.")
@options.as_json
def committee_report(
    *,
    as_of: date,
    known_at: KnownAt,
    slice_: Slice,
    edition: str,
    leave_out: tuple[str, ...],
    out: Path | None,
    give: str | None,
    as_json: bool,
) -> None:
    """The committee report from a standpoint: figures, hubs, plans, notices, what changed, and what is due next.

    Nothing is stored without --give.
    """
    services = new_services()
    with services.snapshot(in_memory=True) as snapshot:
        note_unknown(snapshot, slice_)
        seen = Viewpoint(snapshot, EVERYTHING, as_of, known_at, slice_, naming(snapshot))
        view = ReportView(seen, EVERYTHING, today(), Edition(edition), frozenset(leave_out))
        report, figures = compose(view), figures_kept(view) if give is not None else ()
    if out is not None:
        _write(out, report)
    number = None
    if give is not None:
        with refusals(as_json=as_json):
            author = Author(services.actor, OPERATOR, party_of(OPERATOR), today(), today())
            number = queries.given_result(give_out(services.register, report, figures, give, author)).number
    _print(services, report, as_json=as_json)
    if number and not as_json:
        say(output(), f"Given out as no. {number}: 'recount committee-reports {number}' prints it again.")


def _print(services: Services, report: CommitteeReport, *, as_json: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=report.document,
        tables=lambda console: words.print_report(console, report),
    )


def _write(out: Path, report: CommitteeReport, given: str = "") -> None:
    form = out.suffix.removeprefix(".").lower()
    if form not in MEDIA:
        raise WrongUse(f"'{out.name}' is no name for a report: let it end in .pdf, .docx or .json.")
    out.write_bytes(report_file(report, form, given))


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@click.option("--out", type=options.NEW_FILE, help=_OUT)
@options.as_json
def committee_reports(*, number: int | None, out: Path | None, as_json: bool) -> None:
    """The committee reports that were given out; with NUMBER one of them, as it was."""
    services = new_services()
    with services.snapshot() as snapshot:
        if number is None:
            every = queries.given(snapshot, EVERYTHING)
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=every.document,
                tables=lambda console: words.print_given(console, every),
            )
            return
        one = queries.given_one(snapshot, EVERYTHING, number)
    if one is None:
        raise WrongUse(f"There is no committee report {number}. 'recount committee-reports' names them.")
    if out is not None:
        _write(out, one.report, words.given_line(one.given))
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=one.document,
        tables=lambda console: words.print_report(console, one.report),
    )
