"""Files over HTTP: taking them in, and what became of each.

A provider sends the files of the agencies granted, also after a contract has ended: the last month's file is due then.
Whose clients show in an answer is another question, and follows contracts and handovers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

from flask import Response, current_app
from marshmallow import fields, validate

from domain.episode.facts import REVIEW_FILE, TREATMENT
from domain.errors import RecountError, Refused
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import CSV, JSON
from web.api.multipart import FileBlueprint, FileSent
from web.api.openapi import reference
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.ingest.intake import Intake, IntakeResult
from web.commands.ingest.submission import Submission
from web.exports import csv
from web.files.schemas import parse_name
from web.files.uploads import Upload, lines_of
from web.parameters import Given
from web.presenters.records.submissions import REJECTED, rejected_lines
from web.problems import problem_of
from web.queries.contract_life import publications
from web.queries.records import submissions as queries
from web.queries.records.submissions import (
    RejectionsResult,
    SubmissionQuery,
    SubmissionResult,
    SubmissionsQuery,
    SubmissionsResult,
)

blueprint = FileBlueprint(
    "submissions", __name__, url_prefix=PREFIX, description="Monthly files and review files, and what became of them."
)

MOST_FILES: Final = 50
"""Files in one request."""
_LAST_NUMBER: Final = 2**31 - 1
_ONE: Final = f"/submissions/<int(min=1, max={_LAST_NUMBER}):number>"


def _yes_or_no(description: str) -> fields.Boolean:
    return fields.Boolean(
        load_default=False,
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": f"{description} true or 1, false or 0."},
    )


class FilesSent(parameters.Asks):
    """Files to take in, in the order given, each in a step of its own; the first refused ends it."""

    file = fields.List(
        FileSent(),
        required=True,
        validate=validate.Length(1, MOST_FILES),
        metadata={"description": "A monthly file or a review file, under its own name; once for each file."},
    )
    received_on = parameters.DayField(
        load_default=None, description="The day on which the files reached the commissioner; today, if left out."
    )
    complete = _yes_or_no("The files hold all that the agency has of the covered days; what they lack is withdrawn.")
    dry_run = _yes_or_no("Say what would happen, and store nothing.")
    accept_withdrawals = _yes_or_no("It is right that a complete file withdraws a lot.")


@blueprint.endpoint(
    "POST",
    "/submissions",
    Right.SUBMIT,
    IntakeResult,
    asks=FilesSent,
    location="files",
    status=201,
    errors=(404, 409, 413),
)
@blueprint.alt_response(200, schema=reference(IntakeResult), description="Nothing new was stored.", success=True)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
@blueprint.alt_response(507, "INSUFFICIENT_STORAGE")
@limit_uploads
def submit(args: Given) -> Response:
    """Take files in, or try them."""
    who, reach, on = guard.principal(), guard.reach(Right.SUBMIT), today()
    uploads = [Upload(part.filename or "", part.read) for part in args["file"]]
    _check_sender(uploads, args["received_on"], on)
    intake = Intake(
        guard.services(),
        who.name,
        who.role,
        accept_withdrawals=args["accept_withdrawals"],
        dry_run=args["dry_run"],
        raw_files=guard.services().settings.takes_raw_files,
    )
    with _beside_refusals(intake), _finished(intake):
        for line in lines_of(uploads, args["received_on"] or on, complete=args["complete"]):
            intake.take(line)
    stored = any(_is_new(outcome.submission) for outcome in intake.outcomes)
    audience = Viewer(reach)
    return responses.answered(intake.result(_may_name).document(), audience, 201 if stored else 200)


def _is_new(submission: Submission) -> bool:
    return submission.position is not None and not submission.already_received


def _check_sender(uploads: Sequence[Upload], received_on: date | None, on: date) -> None:
    """Before anything is read: a provider sends today, and the files of the agencies granted."""
    who = guard.principal()
    if guard.reach(Right.SUBMIT) is not Reach.OWN:
        return
    if received_on not in {None, on}:
        guard.refuse(
            who,
            "received-on-not-today",
            "A file that you send is received today: leave received_on out. Only the commissioner can say another day.",
        )
    if not {_agency_of(upload) for upload in uploads} <= {None, *who.agencies}:
        guard.refuse_as_not_there(guard.principal())


def _agency_of(upload: Upload) -> str | None:
    """Whose file it is by its name; None if that is no name of a file, for which it is refused in its turn."""
    try:
        return parse_name(upload.name).agency
    except Refused:
        return None


@contextmanager
def _beside_refusals(intake: Intake) -> Iterator[None]:
    """Beside why a file was not taken in stands what became of those before it, which stay."""
    try:
        yield
    except RecountError as error:
        problem = problem_of(error)
        file = {"file": error.file} if isinstance(error, Refused) else {}
        problem.beside = file | intake.result(_may_name).document()
        raise problem from error


@contextmanager
def _finished(intake: Intake) -> Iterator[None]:
    try:
        yield
    finally:
        if not intake.finish():
            current_app.logger.warning("Records were erased; what remains of them is cleared by 'recount dispose'.")


def _may_name(agency: str, file: str) -> bool:
    """Whether whoever asks may see which episodes of an agency are not in its file; noted, if so."""
    return guard.may_see_clients_of(agency, {"file": file})


class SubmissionsParameters(parameters.Asks):
    """Which submissions."""

    agency = parameters.code_field("Only those of this agency.")
    before = parameters.number_field("Only those numbered below; the header Link gives it.", 1, load_default=None)
    limit = parameters.limit_field(50)


class AllSubmissionsParameters(SubmissionsParameters):
    """Which submissions, also by what they hold."""

    data_set = fields.String(
        load_default=None,
        validate=validate.OneOf([TREATMENT, REVIEW_FILE]),
        metadata={"description": "Only monthly files (TREAT), or only review files (REVIEWS)."},
    )


@blueprint.query(
    "/submissions",
    Right.SUBMISSIONS,
    SubmissionsResult,
    asks=AllSubmissionsParameters,
    paged=True,
    errors=(404,),
)
def submissions(args: Given) -> Response:
    """What was submitted, by file and by word, the newest first."""
    return _list(args, args["data_set"])


@blueprint.query(
    "/reviews", Right.SUBMISSIONS, SubmissionsResult, asks=SubmissionsParameters, paged=True, errors=(404,)
)
def reviews(args: Given) -> Response:
    """The review files that were submitted, the newest first."""
    return _list(args, REVIEW_FILE)


def _list(args: Given, data_set: str | None) -> Response:
    who = guard.viewer(Right.SUBMISSIONS, Slice(agency=args["agency"]))
    query = SubmissionsQuery(args["agency"], data_set, args["before"], args["limit"])
    result = queries.submissions(guard.snapshot(), who, query)
    headers = responses.next_page(before=result.earlier) if result.earlier else {}
    return responses.answered(result.document(), who, headers=headers)


@blueprint.query(_ONE, Right.SUBMISSIONS, SubmissionResult, errors=(404,))
def submission(number: int) -> Response:
    """One submission: its counts, its rejections and notices, and what its file does not have."""
    who = guard.viewer(Right.SUBMISSIONS)
    result = queries.submission(guard.snapshot(), who, SubmissionQuery(number, _may_name))
    if result is None:
        guard.refuse_as_missing()
    return responses.answered(result.document(), who)


class RejectionsParameters(parameters.Asks):
    """As which representation."""

    format = parameters.format_field("json", "csv")


@blueprint.query(
    f"{_ONE}/rejections",
    Right.SUBMISSIONS,
    RejectionsResult,
    asks=RejectionsParameters,
    media=(JSON, CSV),
    errors=(404, 406),
)
def rejections(args: Given, number: int) -> Response:
    """The rows of a file that were not taken in, to be sent back to where it came from."""
    who = guard.viewer(Right.SUBMISSIONS)
    result = queries.rejections(guard.snapshot(), who, SubmissionQuery(number, _may_name))
    if result is None:
        guard.refuse_as_missing()
    media = responses.media_asked(args, JSON, CSV)
    if media == JSON:
        return responses.answered(result.document(), who)
    rows = ((*line, who.audience) for line in rejected_lines(result.rejected))
    response = responses.sent(csv.table((*REJECTED, csv.AUDIENCE), rows), CSV, who)
    response.headers["Content-Disposition"] = f'attachment; filename="rejections-{number}.csv"'
    return response


@blueprint.query(f"{_ONE}/changes", Right.SUBMISSIONS, publications.ChangedResult, errors=(404,))
def changes(number: int) -> Response:
    """Which published figures a submission changed."""
    who = guard.viewer(Right.SUBMISSIONS)
    result = queries.submission(guard.snapshot(), who, SubmissionQuery(number))
    if result is None:
        guard.refuse_as_missing()
    changed = publications.changed(guard.snapshot(), who, result.position)
    return responses.answered(changed, who)
