"""Performance notices (contract queries): read, drafted, and every step until they are closed."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Response, url_for
from marshmallow import fields, validate

from domain.improvement.notice_rules import rule_sets
from domain.improvement.performance_notices import MOST_AGENCIES, MOST_FIGURES, STEPS, PerformanceNotice
from domain.improvement.written import LONGEST_LINE, LONGEST_TEXT
from domain.measures.registry import MEASURE_OF
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import performance_notices as commands
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.performance_notices import Draft, Said
from web.parameters import Given
from web.queries.improvement import performance_notices as queries
from web.queries.improvement.performance_notices import NoticesQuery
from web.queries.improvement.results.notice_results import NoticeResult, NoticesResult, RuleSetsResult
from web.queries.slices import agencies_named

blueprint = ApiBlueprint(
    "notices",
    __name__,
    url_prefix=PREFIX,
    description="Figures put in question, what is due of whom, and what came of it.",
)

_PATH: Final = "/performance-notices"
_ONE: Final = f"{_PATH}/<int(min=1, max=2147483647):number>"


@blueprint.query(_PATH, Right.AGREED, NoticesResult)
def notices() -> Response:
    """The notices: open ones first, what is due soonest at the top; a provider those that went to its agencies."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.performance_notices(guard.snapshot(), viewer, NoticesQuery(today()))
    return responses.answered(result.document(), viewer)


@blueprint.query(f"{_PATH}/rule-sets", Right.AGREED, RuleSetsResult)
def notice_rule_sets() -> Response:
    """The rule sets that a notice may be drafted under, with what in them is unconfirmed."""
    return responses.answered(queries.known_rule_sets().document(), guard.viewer(Right.AGREED))


@blueprint.query(_ONE, Right.AGREED, NoticeResult, errors=(404,))
def notice(number: int) -> Response:
    """One notice: its figures, what is due of whom, and what happened."""
    viewer = guard.viewer_of_party(Right.AGREED)
    return responses.answered(_notice(number, Right.AGREED).document(), viewer)


def _notice(number: int, right: Right) -> NoticeResult:
    """The notice with this number.

    Raises:
        Problem: there is none (404).
    """
    viewer = guard.viewer_of_party(right)
    result = queries.performance_notice(guard.snapshot(), viewer, NoticesQuery(today(), number))
    if result is None:
        guard.refuse_as_missing()
    return result


def _text(description: str, **settings: Any) -> fields.String:
    return fields.String(
        validate=validate.Length(max=LONGEST_TEXT),
        metadata={"description": f"{description} It stays in the log: name no client."},
        **settings,
    )


def _on() -> parameters.DayField:
    return parameters.DayField(load_default=None, description="The day on which it was said; today, if left out.")


class NoticeDraftBody(parameters.StandpointParameters):
    """Figures of one standpoint, to whose agencies, why, and by which rules."""

    measures = fields.List(
        parameters.measure_field(),
        required=True,
        validate=validate.Length(1, MOST_FIGURES),
        metadata={"description": "The codes of the measures whose figures are in question."},
    )
    agencies = fields.List(
        parameters.CodeField(metadata={"description": "An agency of the provider.", "pattern": parameters.CODE}),
        required=True,
        validate=validate.Length(1, MOST_AGENCIES),
        metadata={"description": "The agencies that it goes to, all of one provider."},
    )
    reasons = _text("Why the figures are in question.", required=True)
    rules = fields.String(
        required=True,
        validate=validate.OneOf(sorted(rule_sets())),
        metadata={"description": "The code of the rule set by which days are counted."},
    )
    response_due = parameters.DayField(
        load_default=None, description="The day by which a response is due, in place of the rules’."
    )
    on = _on()


@blueprint.endpoint(
    "POST", _PATH, Right.KNOWLEDGE, NoticeResult, asks=NoticeDraftBody, location="json", status=201, errors=(404, 415)
)
def draft_notice(args: Given) -> Response:
    """Draft a notice; nobody but the commissioner reads it before it is issued."""
    snapshot, slice_ = guard.snapshot(), parameters.where_of(guard.snapshot(), args)
    viewer = guard.viewer(Right.KNOWLEDGE, slice_)
    measures = [MEASURE_OF[code] for code in dict.fromkeys(args["measures"])]
    figures = queries.figures_in_question(snapshot, viewer, measures, *parameters.standpoint_of(snapshot, args), slice_)
    agencies = agencies_named(snapshot, args["agencies"])
    draft = Draft(figures, agencies, args["reasons"], args["rules"], args["response_due"])
    author = _author(Right.KNOWLEDGE, args["on"])
    return _said(Right.KNOWLEDGE, lambda: commands.draft_notice(guard.services().register, draft, author))


class NoticeStepBody(parameters.Asks):
    """A step, what is said with it, and over which version."""

    step = fields.String(
        required=True, validate=validate.OneOf(list(STEPS)), metadata={"description": "Which step is taken."}
    )
    words = _text("What there is to say.", load_default="")
    action_plan = parameters.number_field("Of a plan: the number of an action plan.", 1, 2**31 - 1, load_default=None)
    attendees = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_LINE),
        metadata={"description": "Of a meeting: who was there, by role."},
    )
    percentage = fields.String(
        load_default="",
        validate=validate.Length(max=20),
        metadata={"description": "Of a withholding: the percentage of the monthly sum, like 2.5."},
    )
    since = parameters.DayField(load_default=None, description="Of a withholding: from which day on.")
    last_day = parameters.DayField(load_default=None, description="Of the end of a withholding: its last day.")
    seen = parameters.seen_version()
    on = _on()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/steps",
    Right.AGREE,
    NoticeResult,
    asks=NoticeStepBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def take_notice_step(args: Given, number: int) -> Response:
    """Take a step of a notice; the table of steps says which party may take which in which state."""
    _notice(number, Right.AGREE)
    said = Said(**{name: args[name] for name in Said.__dataclass_fields__})
    author = _author(Right.AGREE, args["on"])
    register = guard.services().register
    return _said(Right.AGREE, lambda: commands.take_step(register, number, args["step"], said, author, args["seen"]))


def _author(right: Right, on: date | None) -> Author:
    return author_of(guard.principal(), guard.viewer_of_party(right), on or today(), today())


def _said(right: Right, step: Callable[[], PerformanceNotice]) -> Response:
    """Take a step, and answer with what stands then."""
    viewer, number = guard.viewer_of_party(right), step().number
    with guard.services().snapshot() as after:
        result = queries.performance_notice(after, viewer, NoticesQuery(today(), number))
    assert result is not None  # it was just written
    headers = {"Location": url_for("notices.notice", number=number)}
    return responses.answered(result.document(), viewer, 201, headers)
