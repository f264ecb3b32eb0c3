"""Commentary on figures: read, written, rewritten, shared, withdrawn and published."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Response, url_for
from marshmallow import fields, validate

from domain.improvement.meetings.commentary import STEPS, Comment
from domain.improvement.written import LONGEST_TEXT
from domain.measures.registry import MEASURE_OF
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.meetings import commentary as commands
from web.parameters import Given
from web.queries.improvement.meetings import commentary as queries
from web.queries.improvement.meetings.commentary import CommentaryQuery, CommentaryResult, CommentResult

blueprint = ApiBlueprint(
    "comments",
    __name__,
    url_prefix=PREFIX,
    description="What both parties say about figures, tied to the figure as it was known when it was written.",
)

_PATH: Final = "/commentary"
_ONE: Final = f"{_PATH}/<int(min=1, max=2147483647):number>"


class CommentaryAddress(parameters.Asks):
    """Which comments."""

    measure = parameters.measure_field(load_default=None)
    as_of = parameters.DayField(load_default=None, description="Only those on figures of this day.")


@blueprint.endpoint("GET", _PATH, Right.AGREED, CommentaryResult, asks=CommentaryAddress)
def commentary(args: Given) -> Response:
    """The comments that one may read, the newest first; drafts of one's own side among them."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.commentary(guard.snapshot(), viewer, CommentaryQuery(args["measure"], args["as_of"]))
    return responses.answered(result.document(), viewer)


@blueprint.query(_ONE, Right.AGREED, CommentResult, errors=(404,))
def comment(number: int) -> Response:
    """One comment with its versions, and what its figure is by now."""
    return responses.answered(_comment(number, Right.AGREED).document(), guard.viewer_of_party(Right.AGREED))


def _comment(number: int, right: Right) -> CommentResult:
    """The comment with this number.

    Raises:
        Problem: there is none (404).
    """
    result = queries.comment(guard.snapshot(), guard.viewer_of_party(right), number)
    if result is None:
        guard.refuse_as_missing()
    return result


def _words(**settings: Any) -> fields.String:
    return fields.String(
        validate=validate.Length(max=LONGEST_TEXT),
        metadata={"description": "What is said of the figure. It stays in the log: name no client."},
        **settings,
    )


def _on() -> parameters.DayField:
    return parameters.DayField(load_default=None, description="The day on which it was said; today, if left out.")


class CommentBody(parameters.StandpointParameters):
    """About which figure, as it is known from a standpoint, and what is said of it."""

    measure = parameters.measure_field(required=True)
    words = _words(required=True)
    share = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether the other party reads it at once; else it is a draft."},
    )
    on = _on()


@blueprint.endpoint(
    "POST", _PATH, Right.AGREE, CommentResult, asks=CommentBody, location="json", status=201, errors=(404, 415)
)
def write_comment(args: Given) -> Response:
    """Write about a figure."""
    snapshot, slice_ = guard.snapshot(), parameters.where_of(guard.snapshot(), args)
    viewer, measure = guard.viewer(Right.AGREE, slice_), MEASURE_OF[args["measure"]]
    standpoint = parameters.standpoint_of(snapshot, args)
    about = queries.figure_to_write_about(snapshot, viewer, measure, *standpoint, slice_)
    author, register = _author(args["on"]), guard.services().register
    return _said(lambda: commands.write_comment(register, about, args["words"], author, shared=args["share"]))


class RewriteBody(parameters.Asks):
    """The words of a new version, and over which."""

    words = _words(required=True)
    seen = parameters.seen_version()
    on = _on()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/versions",
    Right.AGREE,
    CommentResult,
    asks=RewriteBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def rewrite_comment(args: Given, number: int) -> Response:
    """Write it anew, about the figure as it is known now; what was shared stays readable."""
    viewer = guard.viewer_of_party(Right.AGREE)
    about = queries.figure_now(guard.snapshot(), viewer, _comment(number, Right.AGREE))
    author, register = _author(args["on"]), guard.services().register
    return _said(lambda: commands.rewrite_comment(register, number, about, args["words"], author, args["seen"]))


class CommentStepBody(parameters.Asks):
    """A step that says no new words, and over which version."""

    step = fields.String(
        required=True, validate=validate.OneOf(list(STEPS)), metadata={"description": "Which step is taken."}
    )
    reason = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_TEXT),
        metadata={"description": "Why, if there is something to say. It stays in the log: name no client."},
    )
    seen = parameters.seen_version()
    on = _on()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/steps",
    Right.AGREE,
    CommentResult,
    asks=CommentStepBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def take_comment_step(args: Given, number: int) -> Response:
    """Share a comment, give its draft up, withdraw it, publish it or take it back from the public."""
    _comment(number, Right.AGREE)
    author, register = _author(args["on"]), guard.services().register
    step, reason, seen = args["step"], args["reason"], args["seen"]
    return _said(lambda: commands.take_comment_step(register, number, step, author, reason, seen))


def _author(on: date | None) -> Author:
    return author_of(guard.principal(), guard.viewer_of_party(Right.AGREE), on or today(), today())


def _said(step: Callable[[], Comment]) -> Response:
    """Take a step, and answer with what stands then."""
    viewer, its = guard.viewer_of_party(Right.AGREE), step()
    with guard.services().snapshot() as after:
        result = queries.comment_result(after, viewer, its)
    headers = {"Location": url_for("comments.comment", number=its.number)}
    return responses.answered(result.document(), viewer, 201, headers)
