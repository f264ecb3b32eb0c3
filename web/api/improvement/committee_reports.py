"""The committee report from a standpoint, and those that were given out."""

from typing import Final

from flask import Response, url_for
from marshmallow import fields, validate

from domain.improvement.committee_report import Edition
from domain.improvement.written import LONGEST_LINE
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement.author import author_of
from web.commands.improvement.committee_reports import give_out
from web.parameters import Given
from web.presenters.contract_life.reports import Viewpoint
from web.presenters.improvement.committee.registry import KEYS
from web.presenters.improvement.committee.report import compose, figures_kept
from web.presenters.improvement.committee.view import ReportView, naming
from web.queries.improvement.committee import given as queries
from web.queries.improvement.committee.document import CommitteeReport
from web.queries.improvement.committee.given import GivenReport, GivenReports, GivenReportWhole

blueprint = ApiBlueprint(
    "committee_reports", __name__, url_prefix=PREFIX, description="The committee report, and those given out."
)
_ONE: Final = "/committee-reports/<int(min=1, max=2147483647):number>"


class CommitteeReportParameters(parameters.StandpointParameters):
    """A report from a standpoint."""

    edition = fields.Enum(
        Edition,
        by_value=True,
        load_default=Edition.FULL,
        metadata={"description": "For those who may see all figures, or for everybody, suppressed."},
    )
    leave_out = fields.List(
        fields.String(validate=validate.OneOf(KEYS)),
        load_default=list,
        metadata={"description": "Sections that the report goes without, by their keys."},
    )


@blueprint.query("/committee-report", Right.AGREED, CommitteeReport, asks=CommitteeReportParameters, errors=(404,))
def committee_report(args: Given) -> Response:
    """The report as it stands, as far as the reader sees it. A provider makes no public edition (403)."""
    view = _view(args, Right.AGREED)
    return responses.answered(compose(view).document(), view.seen.who)


def _view(args: Given, right: Right) -> ReportView:
    snapshot = guard.snapshot()
    slice_ = parameters.where_of(snapshot, args)
    who = guard.not_public(guard.viewer(right, slice_))
    if who.is_provider and args["edition"] is Edition.PUBLIC:
        guard.refuse(guard.principal(), "edition-not-yours", "The council makes the public edition.")
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    seen = Viewpoint(snapshot, who, as_of, known_at, slice_, naming(snapshot))
    return ReportView(seen, guard.viewer_of_party(right), today(), args["edition"], frozenset(args["leave_out"]))


class GiveOutBody(CommitteeReportParameters):
    """A report to be given out, and under which name."""

    name = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_LINE),
        metadata={"description": "What the report is called. It stays in the log: name no client."},
    )


@blueprint.endpoint(
    "POST",
    "/committee-reports",
    Right.KNOWLEDGE,
    GivenReport,
    asks=GiveOutBody,
    location="json",
    status=201,
    errors=(404, 415),
)
def give_committee_report(args: Given) -> Response:
    """Give a report out: what it says is stored, and stays as it is."""
    view = _view(args, Right.KNOWLEDGE)
    author = author_of(guard.principal(), view.reader, today(), today())
    recorded = give_out(guard.services().register, compose(view), figures_kept(view), args["name"], author)
    given = queries.given_result(recorded)
    headers = {"Location": url_for("committee_reports.given_committee_report", number=given.number)}
    return responses.answered(given.document(), view.seen.who, 201, headers)


@blueprint.query("/committee-reports", Right.PUBLISHED, GivenReports)
def given_committee_reports() -> Response:
    """The reports that were given out, the newest first; to the public, and to providers, the public editions."""
    reader = guard.viewer_of_party(Right.PUBLISHED)
    return responses.answered(queries.given(guard.snapshot(), reader).document(), reader)


@blueprint.query(_ONE, Right.PUBLISHED, GivenReportWhole, errors=(404,))
def given_committee_report(number: int) -> Response:
    """A report as it was given out, to the letter."""
    reader = guard.viewer_of_party(Right.PUBLISHED)
    its = queries.given_one(guard.snapshot(), reader, number)
    if its is None:
        guard.refuse_as_missing()
    return responses.answered(its.document(), reader)
