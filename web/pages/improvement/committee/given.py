"""The committee reports that were given out: listed, read as they were, and printed again.

Everybody reads the public edition, the public too; the full one the commissioner and auditors.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.auth.trail.access import Deed
from web.exports.committee_paper import MEDIA
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text
from web.presenters.improvement.committee.words import given_line, given_table
from web.presenters.tables import Link, Table
from web.queries.improvement.committee import given as queries
from web.queries.improvement.committee.given import GivenReportWhole

from .report import as_file, tables_of

LIST: Final = "committee-reports.given"
ONE: Final = "committee-reports.one"
_NUMBER: Final = "/committee-reports/<int(min=1, max=2147483647):number>"

blueprint = Pages(
    "committee-reports",
    __name__,
    Place(
        "Reports given out",
        LIST,
        Right.PUBLISHED,
        PlaceGroup.DISPUTES_AND_REPORTS,
        "Committee reports that were given out, each as it was.",
        public=True,
    ),
)


class GivenAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(["given"]))


@blueprint.page("/committee-reports", Right.PUBLISHED)
def given(_given: Mapping[str, Any]) -> Page:
    """The reports that were given out, the newest first."""
    its = queries.given(guard.snapshot(), guard.viewer_of_party(Right.PUBLISHED))
    table = given_table(its)
    rows = [
        (row[0], Link(str(row[1]), url_for(ONE, number=one.number)), *row[2:])
        for one, row in zip(its.reports, table.rows, strict=True)
    ]
    return Page(
        "committee-reports.html",
        "Committee reports given out",
        {"given": Table(table.columns, rows, table.title) if rows else None},
        may_report=guard.principal().reach(Right.AGREED) is not None,
    )


@blueprint.page(_NUMBER, Right.PUBLISHED, GivenAddress)
def one(args: Mapping[str, Any], number: int) -> Page:
    """A report as it was given out."""
    its = _or_404(number)
    tables = tables_of(its.report)
    return Page(
        "committee-report-given.html",
        its.given.name,
        {"tables": [one for its_tables in tables.values() for one in its_tables]},
        given=its.given,
        on=text.day(its.given.on),
        report=its.report,
        tables_of=tables,
        papers={form: url_for("committee-reports.paper", number=number, form=form) for form in MEDIA},
        done="The report is given out. What it says stays as it is." if args["done"] else "",
    )


@blueprint.page(f"{_NUMBER}/report.<any(pdf, docx, json):form>", Right.PUBLISHED)
def paper(_given: Mapping[str, Any], number: int, form: str) -> Response:
    """A report that was given out, printed again: the same words, to the letter."""
    its = _or_404(number)
    guard.note(Deed.DOWNLOADED, question={"form": form})
    return as_file(its.report, form, f"recount-committee-report-{number}", given_line(its.given))


def _or_404(number: int) -> GivenReportWhole:
    its = queries.given_one(guard.snapshot(), guard.viewer_of_party(Right.PUBLISHED), number)
    if its is None:
        guard.refuse_as_missing()
    return its
