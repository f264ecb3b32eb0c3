"""The commands of `recount audit`: list, show, files, draw-again, compare."""

from collections.abc import Callable
from typing import Any, Final

import click

from domain.errors import WrongUse
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services
from web.presenters.improvement import case_file_audits as tables
from web.queries.improvement.audits import case_file_audits as queries
from web.queries.improvement.audits.case_file_audits import AuditQuery, AuditsQuery, CompareAudits
from web.queries.improvement.audits.files import audited_files

_UNKNOWN: Final = "There is no such audit. 'recount audit list' names them."


@click.group()
def audit() -> None:
    """Case-file audits: list them, show one, its files or its sample drawn again, and compare two."""


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
