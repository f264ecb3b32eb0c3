"""Reviews of returns: what is due, overdue and done, one with what was said of it, and every step."""

from typing import Any, Final
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from domain.improvement.return_reviews import FINDINGS, MOST_DAYS, MOST_MONTHS, ReturnRule
from domain.improvement.written import LONGEST_LINE, LONGEST_TEXT
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.improvement import return_reviews as commands
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.return_reviews import ReviewSaid
from web.parameters import Given
from web.queries.improvement import return_reviews as queries
from web.queries.improvement.results.review_results import ReturnReviewResult, ReturnReviewsResult
from web.queries.improvement.return_reviews import ReturnReviewsQuery

blueprint = ApiBlueprint(
    "return_reviews", __name__, url_prefix=PREFIX, description="Reviews of clients who came back after a completion."
)
_PATH: Final = "/return-reviews"
_EPISODE: Final = f"{_PATH}/<uuid:episode>"


def _viewer(right: Right = Right.AGREED) -> Viewer:
    return guard.not_public(guard.viewer_of_party(right))


def _author() -> Author:
    return author_of(guard.principal(), guard.viewer_of_party(Right.AGREE), today(), today())


def _look(agency: str | None) -> None:
    question = {"endpoint": "return-reviews", "agency": agency}
    guard.viewer_of_clients(Right.CLIENTS, question, Slice(agency=agency))


class ReturnReviewsParameters(parameters.Asks):
    """The standpoint of the share, and of which agency."""

    as_of = parameters.DayField(
        load_default=None, description="The day of the share; the newest month end if left out."
    )
    known_at = parameters.KnownAtField()
    agency = parameters.CodeField(load_default=None, metadata={"description": "Only this agency's."})
    clients = parameters.flag_field("The returns one by one: a commissioner needs a reason for that.")


@blueprint.query(_PATH, Right.AGREED, ReturnReviewsResult, asks=ReturnReviewsParameters, errors=(404,))
def return_reviews(args: Given) -> Response:
    """How reviews stand today, the share reviewed in time, and what was found."""
    viewer, agency = _viewer(), args["agency"]
    with_clients = args["clients"] or guard.principal().reach(Right.CLIENTS) is not Reach.WITH_REASON
    if with_clients:
        _look(agency)
    query = ReturnReviewsQuery(today(), args["as_of"], args["known_at"], agency, with_clients)
    return responses.answered(queries.return_reviews(guard.snapshot(), viewer, query).document(), viewer)


@blueprint.query(_EPISODE, Right.AGREED, ReturnReviewResult, errors=(404,))
def return_review(episode: UUID) -> Response:
    """One return with its review, and everything that was said of it."""
    return _answered(episode, _viewer())


def _answered(episode: UUID, viewer: Viewer, status: int = 200) -> Response:
    agency = queries.agency_left(guard.snapshot(), viewer, today(), episode)
    if agency is None:
        guard.refuse_as_missing()
    _look(agency)
    result = queries.return_review(guard.snapshot(), viewer, today(), episode)
    assert result
    return responses.answered(result.document(), viewer, status)


class ReturnReviewBody(parameters.Asks):
    """What a review says."""

    findings = fields.List(
        fields.String(validate=validate.OneOf(list(FINDINGS))),
        required=True,
        metadata={"description": "What was found, by code."},
    )
    lesson = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST_TEXT),
        metadata={"description": "What is learnt from it. It stays in the log: name no client."},
    )
    plan = parameters.number_field("An action plan, where an action of it is linked.", 0, load_default=0)
    action = parameters.number_field("Its action.", 0, load_default=0)


class ReviewCorrectionBody(ReturnReviewBody):
    """What a review says from now on."""

    seen = parameters.number_field("The version that was read; a newer one is refused.", 1, load_default=None)


def _said(args: Given) -> ReviewSaid:
    return ReviewSaid(tuple(args["findings"]), args["lesson"], args["plan"], args["action"])


@blueprint.endpoint(
    "POST",
    _EPISODE,
    Right.AGREE,
    ReturnReviewResult,
    asks=ReturnReviewBody,
    location="json",
    status=201,
    errors=(404, 415),
)
def write_return_review(args: Given, episode: UUID) -> Response:
    """Write the review of a return."""
    _check_seen(episode)
    commands.write_review(guard.services().register, episode, _said(args), _author())
    return _answered(episode, _viewer(Right.AGREE), 201)


@blueprint.endpoint(
    "POST",
    f"{_EPISODE}/correct",
    Right.AGREE,
    ReturnReviewResult,
    asks=ReviewCorrectionBody,
    location="json",
    errors=(404, 415),
)
def correct_return_review(args: Given, episode: UUID) -> Response:
    """Let the review of a return say something else."""
    number = _check_seen(episode)
    commands.correct_review(guard.services().register, number, _said(args), _author(), args["seen"])
    return _answered(episode, _viewer(Right.AGREE))


class ReviewWithdrawalBody(parameters.Asks):
    """Why a review is taken back."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST_LINE),
        metadata={"description": "Why. It stays in the log: name no client."},
    )
    seen = parameters.number_field("The version that was read; a newer one is refused.", 1, load_default=None)


@blueprint.endpoint(
    "POST",
    f"{_EPISODE}/withdraw",
    Right.AGREE,
    ReturnReviewResult,
    asks=ReviewWithdrawalBody,
    location="json",
    errors=(404, 415),
)
def withdraw_return_review(args: Given, episode: UUID) -> Response:
    """Take back a review that was written of the wrong return."""
    number = _check_seen(episode)
    commands.withdraw_review(guard.services().register, number, args["reason"], _author(), args["seen"])
    return _answered(episode, _viewer(Right.AGREE))


def _check_seen(episode: UUID) -> int:
    """The number of the review of a return that may be seen; 0 where none was written.

    Raises:
        Problem: there is no such return (404), or a reason is needed first (403).
    """
    viewer = _viewer(Right.AGREE)
    agency = queries.agency_left(guard.snapshot(), viewer, today(), episode)
    if agency is None:
        guard.refuse_as_missing()
    _look(agency)
    result = queries.return_review(guard.snapshot(), viewer, today(), episode)
    assert result
    return result.review.number or 0


class ReturnRuleBody(parameters.Asks):
    """By when reviews of an agency's returns are due."""

    agency = parameters.CodeField(
        required=True, metadata={"description": "The agency that the clients left.", "pattern": parameters.CODE}
    )
    days = parameters.number_field("Days after the return.", 1, MOST_DAYS, required=True)
    working = parameters.flag_field("They are working days.")
    months = parameters.number_field("Returns within so many months of a completion.", 1, MOST_MONTHS, load_default=6)
    first_day = parameters.DayField(load_default=None, description="Returns from this day on; all if left out.")


@blueprint.endpoint(
    "POST",
    f"{_PATH}/rules",
    Right.KNOWLEDGE,
    ReturnReviewsResult,
    asks=ReturnRuleBody,
    location="json",
    status=201,
    errors=(415,),
)
def set_return_rule(args: Given) -> Response:
    """Say by when reviews of an agency's returns are due."""
    new: Any = ReturnRule(args["days"], args["working"], args["months"], args["first_day"])
    commands.set_rule(guard.services().register, args["agency"], new, _author())
    query = ReturnReviewsQuery(today(), agency=args["agency"])
    viewer = _viewer()
    return responses.answered(queries.return_reviews(guard.snapshot(), viewer, query).document(), viewer, 201)
