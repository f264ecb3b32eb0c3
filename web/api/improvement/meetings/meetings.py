"""Meetings: read, planned, minuted and agreed; and their actions, until they are done or dropped."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Response, url_for
from marshmallow import fields, validate

from domain.improvement.meetings.meetings import DONE, DROPPED, ITEM_KINDS, KINDS, MOST_ITEMS, Meeting, MeetingItem
from domain.improvement.written import LONGEST_LINE, LONGEST_TEXT
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.meetings import meetings as commands
from web.commands.improvement.meetings.meetings import NewMeeting, NewMinutes
from web.parameters import Given
from web.queries.improvement.meetings import meetings as queries
from web.queries.improvement.meetings.meetings import MeetingResult, MeetingsQuery, MeetingsResult

blueprint = ApiBlueprint(
    "meetings_api",
    __name__,
    url_prefix=PREFIX,
    description="Meetings of both parties: what is tabled, what was said and decided, and who does what by when.",
)

_PATH: Final = "/meetings"
_ONE: Final = f"{_PATH}/<int(min=1, max=2147483647):number>"
_MOST_AGENCIES: Final = 100


def _text(description: str, longest: int = LONGEST_TEXT, **settings: Any) -> fields.String:
    said = {"description": f"{description} It stays in the log: name nobody, and no client."}
    return fields.String(validate=validate.Length(max=longest), metadata=said, **(settings or {"load_default": ""}))


def _day(description: str, **settings: Any) -> parameters.DayField:
    optional = {"load_default": None, "allow_none": True}
    return parameters.DayField(description=description, **(settings or optional))


class _Speaking(parameters.Asks):
    """When it is said, and over which version."""

    on = parameters.DayField(load_default=None, description="The day on which it is said; today, if left out.")
    seen = parameters.seen_version()


class MeetingsAddress(parameters.Asks):
    """Which meetings."""

    kind = fields.String(
        load_default=None, validate=validate.OneOf(list(KINDS)), metadata={"description": "Only those of this kind."}
    )


@blueprint.query(_PATH, Right.AGREED, MeetingsResult, asks=MeetingsAddress)
def meetings(args: Given) -> Response:
    """The meetings, the newest day first; a provider those of its agencies."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.meetings(guard.snapshot(), viewer, MeetingsQuery(today(), args["kind"]))
    return responses.answered(result.document(), viewer)


@blueprint.query(_ONE, Right.AGREED, MeetingResult, errors=(404,))
def meeting(number: int) -> Response:
    """One meeting, with the actions that those of its kind before it left open."""
    return responses.answered(_meeting(number, Right.AGREED).document(), guard.viewer_of_party(Right.AGREED))


def _meeting(number: int, right: Right) -> MeetingResult:
    """The meeting with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is not within reach.
    """
    result = queries.meeting(guard.snapshot(), guard.viewer_of_party(right), number, today())
    if result is None:
        guard.refuse_as_missing()
    return result


class MeetingItemBody(parameters.Asks):
    """Something on the agenda, by its number."""

    kind = fields.String(required=True, validate=validate.OneOf(list(ITEM_KINDS)))
    number = parameters.number_field("Its number.", 1, 2**31 - 1, required=True)


class MeetingBody(_Speaking):
    """What is planned."""

    day = _day("The day of the meeting.", required=True)
    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(KINDS)),
        metadata={"description": "An open action goes over to the next meeting of its kind."},
    )
    agencies = fields.List(
        parameters.CodeField(metadata={"description": "An agency.", "pattern": parameters.CODE}),
        load_default=list,
        validate=validate.Length(max=_MOST_AGENCIES),
        metadata={"description": "Whose agencies it concerns; all of one's own side, if left out."},
    )
    attendees = _text("Who comes, by role.", LONGEST_LINE)
    scorecard = parameters.number_field(
        "The number of the frozen scorecard whose figures are tabled.", 1, 2**31 - 1, load_default=None, allow_none=True
    )
    agenda = _text("The agenda, a line for each point.")
    items = fields.List(
        fields.Nested(MeetingItemBody),
        load_default=list,
        validate=validate.Length(max=MOST_ITEMS),
        metadata={"description": "What else is on it: plans, notices, disputes and case-file audits."},
    )


def _terms(args: Given) -> NewMeeting:
    """What is planned, held against what one reads."""
    items = tuple(MeetingItem(one["kind"], one["number"]) for one in args["items"])
    viewer = guard.viewer_of_party(Right.AGREE)
    queries.check_tabled(guard.snapshot(), viewer, items, args["scorecard"], today())
    return NewMeeting(
        args["day"],
        args["kind"],
        tuple(args["agencies"]),
        args["attendees"],
        args["scorecard"],
        args["agenda"],
        items,
    )


@blueprint.endpoint(
    "POST", _PATH, Right.AGREE, MeetingResult, asks=MeetingBody, location="json", status=201, errors=(404, 415)
)
def plan_meeting(args: Given) -> Response:
    """Plan a meeting, which both parties and auditors read."""
    terms, author = _terms(args), _author(args["on"])
    return _said(lambda: commands.plan_meeting(guard.services().register, terms, author))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/edit",
    Right.AGREE,
    MeetingResult,
    asks=MeetingBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def edit_meeting(args: Given, number: int) -> Response:
    """Change what is planned; what is left out is empty then."""
    _meeting(number, Right.AGREE)
    terms, author, register = _terms(args), _author(args["on"]), guard.services().register
    unread = queries.unread_items(guard.snapshot(), guard.viewer_of_party(Right.AGREE), number, today())
    return _said(lambda: commands.edit_meeting(register, number, terms, author, args["seen"], unread))


class MinutesBody(_Speaking):
    """What was said and decided."""

    attendees = _text("Who was there, by role.", LONGEST_LINE, required=True)
    minutes = _text("What was said.", required=True)
    decisions = _text("What was decided, a line for each.")
    next_day = _day("The day of the next meeting.")


@blueprint.endpoint(
    "POST",
    f"{_ONE}/minutes",
    Right.AGREE,
    MeetingResult,
    asks=MinutesBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def write_minutes(args: Given, number: int) -> Response:
    """Write the minutes, or write them anew; the other party agrees to them."""
    _meeting(number, Right.AGREE)
    said = NewMinutes(args["attendees"], args["minutes"], args["decisions"], args["next_day"])
    author = _author(args["on"])
    return _said(lambda: commands.write_minutes(guard.services().register, number, said, author, args["seen"]))


class MeetingActionBody(_Speaking):
    """An action: what, whose, by when."""

    text = _text("What is to be done.", required=True)
    owner = _text("Whose it is, by role.", LONGEST_LINE, required=True)
    due = _day("The day by which it is done.")


@blueprint.endpoint(
    "POST",
    f"{_ONE}/actions",
    Right.AGREE,
    MeetingResult,
    asks=MeetingActionBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def add_meeting_action(args: Given, number: int) -> Response:
    """Add an action to minutes that one's own side wrote, before they are agreed."""
    _meeting(number, Right.AGREE)
    author, what = _author(args["on"]), (args["text"], args["owner"], args["due"])
    return _said(lambda: commands.add_action(guard.services().register, number, *what, author, args["seen"]))


class ClosingBody(parameters.Asks):
    """What came of an action."""

    outcome = fields.String(required=True, validate=validate.OneOf([DONE, DROPPED]))
    words = _text("In words; needed where it is dropped.")
    on = parameters.DayField(load_default=None, description="The day on which it is said; today, if left out.")


@blueprint.endpoint(
    "POST",
    f"{_ONE}/actions/<int(min=1, max=999):action>",
    Right.AGREE,
    MeetingResult,
    asks=ClosingBody,
    location="json",
    status=201,
    errors=(404, 415),
)
def close_meeting_action(args: Given, number: int, action: int) -> Response:
    """Say that an action was done, or that it is dropped."""
    _meeting(number, Right.AGREE)
    author, said = _author(args["on"]), (action, args["outcome"], args["words"])
    return _said(lambda: commands.close_action(guard.services().register, number, *said, author))


class MeetingStepBody(_Speaking):
    """A step that says little or nothing in words."""

    step = fields.String(required=True, validate=validate.OneOf(["agree", "cancel"]))
    reason = _text("Of cancel: why.")


@blueprint.endpoint(
    "POST",
    f"{_ONE}/steps",
    Right.AGREE,
    MeetingResult,
    asks=MeetingStepBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def take_meeting_step(args: Given, number: int) -> Response:
    """Agree to the minutes that the other party wrote, or say that the meeting is not held."""
    _meeting(number, Right.AGREE)
    author, register, seen = _author(args["on"]), guard.services().register, args["seen"]
    if args["step"] == "agree":
        return _said(lambda: commands.agree_minutes(register, number, author, seen))
    return _said(lambda: commands.cancel_meeting(register, number, args["reason"], author, seen))


def _author(on: date | None) -> Author:
    return author_of(guard.principal(), guard.viewer_of_party(Right.AGREE), on or today(), today())


def _said(step: Callable[[], Meeting]) -> Response:
    """Take a step, and answer with what stands then."""
    viewer, its = guard.viewer_of_party(Right.AGREE), step()
    with guard.services().snapshot() as after:
        result = queries.meeting_result(after, viewer, its, today())
    headers = {"Location": url_for("meetings_api.meeting", number=its.number)}
    return responses.answered(result.document(), viewer, 201, headers)
