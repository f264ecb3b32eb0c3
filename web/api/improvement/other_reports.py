"""A whole report of the other party beside ours, and the comparisons that were kept."""

from typing import Final

from flask import Response, url_for
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from domain.improvement.written import LONGEST_LINE
from web import parameters
from web.api import PREFIX, responses
from web.api.multipart import FileBlueprint, FileSent
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.improvement.author import author_of
from web.commands.improvement.other_reports import keep_comparison
from web.files.reports.stated import names_explained, read_report
from web.files.uploads import Upload
from web.parameters import Given
from web.queries.improvement import other_reports as queries
from web.queries.improvement.other_reports import CompareQuery
from web.queries.improvement.results.compared_reports import ComparedReport, KeptComparison, KeptReport, KeptReports

blueprint = FileBlueprint(
    "other_reports", __name__, url_prefix=PREFIX, description="Reports of the other party beside ours."
)
_ONE: Final = "/other-reports/<int(min=1, max=2147483647):number>"
LONGEST_NAMES: Final = 10_000
"""Characters of what their names mean."""


class ReportParameters(parameters.SliceParameters):
    """A report, and what it does not say itself."""

    report = FileSent(required=True)
    as_of = parameters.DayField(load_default=None, description="The last day of the period of rows that have none.")
    known_at = parameters.KnownAtField()
    names = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_NAMES),
        metadata={"description": "What names of theirs mean, one a line: THEIR NAME = CODE."},
    )


@blueprint.endpoint(
    "POST",
    "/other-reports/compare",
    Right.AGREED,
    ComparedReport,
    asks=ReportParameters,
    location="files",
    errors=(404, 413),
)
@limit_uploads
def compare(args: Given) -> Response:
    """Each figure of a report beside ours: equal, equal elsewhere, or fitting nothing. Nothing is stored."""
    viewer = _viewer(Right.AGREED, args)
    return responses.answered(_compared(viewer, args).document(), viewer)


class KeptReportParameters(ReportParameters):
    """A report whose comparison is kept."""

    title = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_LINE),
        metadata={"description": "What the report is called. It stays in the log: name nobody."},
    )


@blueprint.endpoint(
    "POST",
    "/other-reports",
    Right.AGREE,
    KeptReport,
    asks=KeptReportParameters,
    location="files",
    status=201,
    errors=(404, 413),
)
@limit_uploads
def keep(args: Given) -> Response:
    """Set a report beside ours, and keep the comparison: the figures and answers, and not the file."""
    viewer = _viewer(Right.AGREE, args)
    who = guard.principal()
    author = author_of(who, viewer, today(), today())
    recorded = keep_comparison(guard.services().register, _compared(viewer, args), args["title"], author, who.agencies)
    kept = queries.kept_result(recorded)
    return responses.answered(
        kept.document(), viewer, 201, {"Location": url_for("other_reports.kept_one", number=kept.number)}
    )


def _viewer(right: Right, args: Given) -> Viewer:
    return guard.not_public(guard.viewer(right, parameters.where_of(guard.snapshot(), args)))


def _compared(viewer: Viewer, args: Given) -> ComparedReport:
    snapshot = guard.snapshot()
    sent: FileStorage = args["report"]
    slice_ = parameters.where_of(snapshot, args)
    terms = queries.reading_terms(snapshot, viewer, args["as_of"], slice_, names_explained(args["names"]))
    report = read_report(Upload(sent.filename or "report.csv", sent.read), terms)
    return queries.compare(snapshot, viewer, CompareQuery(report, args["known_at"]))


@blueprint.query("/other-reports", Right.AGREED, KeptReports)
def kept() -> Response:
    """The comparisons that one's own side kept, the newest first."""
    reader = guard.not_public(guard.viewer_of_party(Right.AGREED))
    return responses.answered(queries.kept(guard.snapshot(), reader).document(), reader)


@blueprint.query(_ONE, Right.AGREED, KeptComparison, errors=(404,))
def kept_one(number: int) -> Response:
    """A kept comparison as it was, and the same rows by what is known now."""
    viewer = guard.not_public(guard.viewer(Right.AGREED))
    result = queries.kept_one(guard.snapshot(), viewer, number, guard.viewer_of_party(Right.AGREED))
    if result is None:
        guard.refuse_as_missing()
    return responses.answered(result.document(), viewer)
