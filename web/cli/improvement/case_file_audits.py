"""The commands of `recount audit`: draw, enter, step, list, show, files, draw-again, compare."""

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from domain.errors import Refused, WrongUse
from domain.improvement.audits.case_file_audit import STRATA, AuditFigure, CaseFileAudit
from domain.improvement.audits.item_set import item_sets
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING, NotOwn
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement import case_file_audits as commands
from web.commands.improvement.audit_steps import AUDIT_STEPS, AuditSaid, take_audit_step
from web.commands.improvement.author import Author
from web.commands.improvement.case_file_audits import AuditTerms, check_draw
from web.files.reports.audit_marks import marks_read
from web.presenters.improvement import case_file_audits as tables
from web.queries.improvement.audits import case_file_audits as queries
from web.queries.improvement.audits import drawing
from web.queries.improvement.audits.case_file_audits import AuditQuery, AuditsQuery, CompareAudits
from web.queries.improvement.audits.drawing import DrawQuery
from web.queries.improvement.audits.files import audited_files
from web.queries.parameters import KnownAt
from web.queries.slices import as_known
from web.services import OPERATOR, Services

_UNKNOWN: Final = "There is no such audit. 'recount audit list' names them."
_COUNT: Final = click.IntRange(min=1)
_FOR = click.option(
    "--for", "speakers", multiple=True, metavar="CODE", help="An agency whose provider says it; else the commissioner."
)
_ON = click.option("--on", type=options.DAY, help="The day on which it was said; today if left out.")
_SEEN = click.option("--seen", type=_COUNT, metavar="N", help="Only if VERSION is still this one.")


@click.group()
def audit() -> None:
    """Case-file audits: draw a sample, enter what was found, take steps, show and compare them."""


@audit.command("draw")
@click.option("--agency", "agencies", multiple=True, required=True, metavar="CODE", help="Whose files; repeatable.")
@click.option("--wanted", type=_COUNT, required=True, metavar="N", help="How many files.")
@click.option("--items", type=click.Choice(sorted(item_sets())), required=True, help="What is looked for.")
@click.option("--purpose", required=True, metavar="TEXT", help="Why, for the log: so without a name.")
@click.option("--as-of", type=options.DAY, required=True, help="The day on which the files were open.")
@options.known_at
@click.option("--strata", type=click.Choice(STRATA), default="none", show_default=True, help="What splits the sample.")
@click.option("--seed", metavar="TEXT", help="A random one if left out.")
@click.option("--without", multiple=True, type=_COUNT, metavar="N", help="An audit whose files are left out.")
@click.option("--measure", type=click.Choice(list(MEASURE_OF)), metavar="M", help="Of the people in this figure.")
@click.option("--area", metavar="CODE", help="With --measure: only its people living in this area.")
@click.option("--criminal-justice", is_flag=True, help="With --measure: only those whom criminal justice referred.")
@click.option("--young-people", is_flag=True, help="With --measure: those under 18, in place of adults.")
@click.option("--follows", type=_COUNT, metavar="N", help="The audit that it looks at again.")
@_FOR
@_ON
@options.as_json
def draw_sample(
    *,
    agencies: tuple[str, ...],
    wanted: int,
    items: str,
    purpose: str,
    as_of: date,
    known_at: KnownAt,
    strata: str,
    seed: str | None,
    without: tuple[int, ...],
    measure: str | None,
    follows: int | None,
    speakers: tuple[str, ...],
    on: date | None,
    as_json: bool,
    **of_figure: Any,
) -> None:
    """Draw a sample, and keep it. It is a draft: the other party does not read it yet."""
    services, seed = new_services(), seed or secrets.token_hex(8)
    if speakers and not set(agencies) <= set(speakers):
        raise WrongUse("A provider draws from its own files: name each agency with --for too.")

    def draw() -> CaseFileAudit:
        with services.snapshot() as snapshot:
            whose = as_known(snapshot, Slice(**of_figure))
            figure = AuditFigure(measure, whose.area, whose.criminal_justice, whose.young_people) if measure else None
            query = check_draw(DrawQuery(agencies, as_of, wanted, seed, strata, known_at, without, figure))
            sample = drawing.drawn(snapshot, EVERYTHING, query)
        terms, author = AuditTerms(items, purpose, follows), _author(services, speakers, on)
        return commands.draw_audit(services.register, terms, query, sample, author)

    _record(draw, as_json=as_json)


@audit.command("enter")
@options.number
@click.argument("marks", type=options.FILE)
@_FOR
@_ON
@_SEEN
@options.as_json
def enter_marks(
    *, number: int, marks: Path, speakers: tuple[str, ...], on: date | None, seen: int | None, as_json: bool
) -> None:
    """Enter what was found in the files of audit NUMBER, from the list MARKS.

    MARKS is CSV like the sheet, with a column `place` and one for each item, or JSON of `place`, `item` and `mark`. A
    mark is i, o, m or n, then p, e or b; - takes one back. What the list does not name stays as it is.
    """
    services = new_services()
    with services.snapshot() as snapshot:
        its = queries.case_file_audit(snapshot, EVERYTHING, AuditQuery(number))
    if its is None:
        raise WrongUse(_UNKNOWN)

    def enter() -> CaseFileAudit:
        typed = marks_read(marks.name, marks.read_bytes(), its.item_set)
        return commands.save_marks(services.register, number, typed, _author(services, speakers, on), seen)

    _record(enter, as_json=as_json)


@audit.command("step")
@options.number
@click.argument("step", type=click.Choice(AUDIT_STEPS))
@click.option("--words", default="", metavar="TEXT", help="For the log: so without a name.")
@click.option("--held-on", type=options.DAY, help="Of complete: when the files were looked at.")
@click.option("--item", default="", metavar="CODE", help="Of finding: the item; all if left out.")
@click.option("--who", default="", metavar="ROLE", help="Of action: who does it.")
@click.option("--due", type=options.DAY, help="Of action: by which day.")
@click.option("--finding", type=_COUNT, metavar="N", help="Of action: the finding that it answers.")
@click.option("--action", type=_COUNT, metavar="N", help="Of done: the action.")
@_FOR
@_ON
@_SEEN
@options.as_json
def take_step(
    *, number: int, step: str, speakers: tuple[str, ...], on: date | None, seen: int | None, as_json: bool, **said: Any
) -> None:
    """Take a STEP of audit NUMBER: complete or discard it, add a finding, set an action, or say that one is done."""
    services = new_services()
    author = _author(services, speakers, on)
    _record(
        lambda: take_audit_step(services.register, number, step, AuditSaid(**said), author, seen),
        as_json=as_json,
    )


def _author(services: Services, speakers: Sequence[str], on: date | None) -> Author:
    party = "provider" if speakers else party_of(OPERATOR)
    return Author(services.actor, OPERATOR, party, on or today(), today(), frozenset(speakers) or None)


def _record(step: Callable[[], CaseFileAudit], *, as_json: bool) -> None:
    with refusals(as_json=as_json):
        try:
            number = step().number
        except NotOwn:
            raise Refused("audit-unknown", "This audit is not within the reach of these agencies.") from None
    _answer(queries.case_file_audit, AuditQuery(number), tables.print_audit, as_json=as_json)


@audit.command("list")
@options.as_json
def list_audits(*, as_json: bool) -> None:
    """Every audit, the newest first."""
    answer_query(queries.case_file_audits, AuditsQuery(), tables.print_audits, as_json=as_json)


@audit.command("show")
@options.number
@options.as_json
def show_audit(*, number: int, as_json: bool) -> None:
    """Audit NUMBER: how its sample was drawn, and what was found."""
    _answer(queries.case_file_audit, AuditQuery(number), tables.print_audit, as_json=as_json)


@audit.command("files")
@options.number
@options.as_json
def show_files(*, number: int, as_json: bool) -> None:
    """The single files of audit NUMBER."""
    _answer(audited_files, AuditQuery(number), tables.print_files, as_json=as_json)


@audit.command("draw-again")
@options.number
@options.as_json
def draw_again(*, number: int, as_json: bool) -> None:
    """Draw the sample of audit NUMBER again from its seed, and say whether it is the same."""
    _answer(queries.drawn_again, AuditQuery(number), tables.print_redrawn, as_json=as_json)


@audit.command("compare")
@click.argument("first", type=click.IntRange(min=1))
@click.argument("second", type=click.IntRange(min=1))
@options.as_json
def compare_audits(*, first: int, second: int, as_json: bool) -> None:
    """Audit FIRST beside audit SECOND, item by item."""
    _answer(queries.audits_compared, CompareAudits(first, second), tables.print_compared, as_json=as_json)


def _answer(query: Callable[..., Any], asks: Any, printed: Callable[..., None], *, as_json: bool) -> None:
    services = new_services()
    with services.snapshot() as snapshot:
        result = query(snapshot, EVERYTHING, asks)
    if result is None:
        raise WrongUse(_UNKNOWN)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: printed(console, result),
    )
