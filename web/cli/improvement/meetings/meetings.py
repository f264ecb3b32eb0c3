"""The commands of `recount meeting`: plan, edit, cancel, minutes, agree, action, close, list, show, pack."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.errors import Refused, WrongUse
from domain.improvement.meetings.meetings import DONE, DROPPED, ITEM_KINDS, KINDS, Meeting, MeetingItem
from domain.register import Register
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, NotOwn, Viewer
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import meetings as commands
from web.commands.improvement.meetings.meetings import NewMeeting, NewMinutes
from web.exports.paper import pdf
from web.presenters.console import messages, say
from web.presenters.improvement.committee.view import naming
from web.presenters.improvement.meetings import meetings as tables
from web.presenters.improvement.meetings.pack import SECTIONS, pack
from web.queries.improvement.meetings import meetings as queries
from web.queries.improvement.meetings.meetings import MeetingResult, MeetingsQuery
from web.services import OPERATOR, Services
from web.snapshot import NOTICE

Command = Callable[..., Any]

_FOR = click.option(
    "--for", "agencies_of_speaker", multiple=True, metavar="CODE",
    help="An agency whose provider says it or reads it; else the commissioner does.",
)  # fmt: skip
_ON = click.option("--on", type=options.DAY, help="The day on which it was said; today if left out.")
_SEEN = click.option("--seen", type=click.IntRange(min=1), metavar="N", help="Only if VERSION is still this one.")
_ACTION = click.argument("action", type=click.IntRange(min=1))


class ItemType(click.ParamType[MeetingItem]):
    """Something on the agenda, written KIND-NUMBER."""

    name = "kind-number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> MeetingItem:
        """The item that is written."""
        if isinstance(value, MeetingItem):
            return value
        kind, _, number = str(value).partition("-")
        if kind not in ITEM_KINDS or not (number.isascii() and number.isdigit()):
            self.fail(
                f"'{value}' is not on any agenda. Write it like plan-2, notice-1, dispute-3 or audit-1.", param, ctx
            )
        return MeetingItem(kind, int(number))


def _speaking(command: Command) -> Command:
    """The options of a step over a version."""
    return _FOR(_ON(_SEEN(options.as_json(command))))


def _terms(command: Command) -> Command:
    """The options of what is planned."""
    for option in (
        click.option("--item", "items", multiple=True, type=ItemType(), help="Also on it, like plan-2; repeatable."),
        click.option("--agenda", default="", metavar="TEXT", help="The agenda, a line for each point."),
        click.option("--scorecard", type=click.IntRange(min=1), metavar="N", help="The frozen scorecard tabled."),
        click.option("--attendees", default="", metavar="TEXT", help="Who comes, by role."),
        click.option("--agency", "agencies", multiple=True, metavar="CODE", help="Whom it concerns; all if left out."),
        click.option("--day", required=True, type=options.DAY, help="The day of the meeting."),
        click.option("--kind", required=True, type=click.Choice(list(KINDS)), help="The kind of meeting."),
    ):
        command = option(command)
    return command


@click.group()
def meeting() -> None:
    """Meetings of both parties: plan and minute them, agree to the minutes, follow actions, and make the pack."""


@meeting.command("plan")
@_terms
@_FOR
@_ON
@options.as_json
def plan_meeting(**terms: Any) -> None:
    """Plan a meeting, which both parties and auditors read."""
    speaking, planned = _speech(terms), NewMeeting(**terms)
    _record(lambda register, author: commands.plan_meeting(register, planned, author), terms=planned, **speaking)


@meeting.command("edit")
@options.number
@_terms
@_speaking
def edit_meeting(*, number: int, seen: int | None, **terms: Any) -> None:
    """Change what is planned of meeting NUMBER; what is left out is empty then."""
    speaking, planned = _speech(terms), NewMeeting(**terms)
    with new_services().snapshot() as snapshot:
        unread = queries.unread_items(snapshot, _reader(speaking["agencies_of_speaker"]), number, today())
    _record(
        lambda register, author: commands.edit_meeting(register, number, planned, author, seen, unread),
        terms=planned,
        **speaking,
    )


@meeting.command("cancel")
@options.number
@click.option("--reason", default="", metavar="TEXT", help="Why, if you like, for the log: so without a name.")
@_speaking
def cancel_meeting(*, number: int, reason: str, seen: int | None, **speaking: Any) -> None:
    """Say that meeting NUMBER is not held."""
    _record(lambda register, author: commands.cancel_meeting(register, number, reason, author, seen), **speaking)


@meeting.command("minutes")
@options.number
@click.option("--attendees", required=True, metavar="TEXT", help="Who was there, by role.")
@click.option("--minutes", required=True, metavar="TEXT", help="What was said, for the log: so without a name.")
@click.option("--decisions", default="", metavar="TEXT", help="What was decided, a line for each.")
@click.option("--next-day", type=options.DAY, help="The day of the next meeting.")
@_speaking
def write_minutes(*, number: int, seen: int | None, **said: Any) -> None:
    """Write the minutes of meeting NUMBER, or write them anew; the other party agrees to them."""
    speaking, minutes = _speech(said), NewMinutes(**said)
    _record(lambda register, author: commands.write_minutes(register, number, minutes, author, seen), **speaking)


@meeting.command("agree")
@options.number
@_speaking
def agree_minutes(*, number: int, seen: int | None, **speaking: Any) -> None:
    """Agree to the minutes of meeting NUMBER, which the other party wrote."""
    _record(lambda register, author: commands.agree_minutes(register, number, author, seen), **speaking)


@meeting.command("action")
@options.number
@click.option("--text", required=True, metavar="TEXT", help="What is to be done, for the log: so without a name.")
@click.option("--owner", required=True, metavar="TEXT", help="Whose it is, by role.")
@click.option("--due", type=options.DAY, help="The day by which it is done.")
@_speaking
def add_action(
    *,
    number: int,
    text: str,
    owner: str,
    due: date | None,
    seen: int | None,
    **speaking: Any,
) -> None:
    """Add an action to the minutes of meeting NUMBER, which one's own side wrote."""
    _record(lambda register, author: commands.add_action(register, number, text, owner, due, author, seen), **speaking)


@meeting.command("close")
@options.number
@_ACTION
@click.argument("outcome", type=click.Choice([DONE, DROPPED]))
@click.option("--words", default="", metavar="TEXT", help="What came of it; needed where it is dropped.")
@_FOR
@_ON
@options.as_json
def close_action(*, number: int, action: int, outcome: str, words: str, **speaking: Any) -> None:
    """Say that ACTION of meeting NUMBER was done, or that it is dropped."""
    _record(
        lambda register, author: commands.close_action(register, number, action, outcome, words, author), **speaking
    )


@meeting.command("list")
@click.option("--kind", type=click.Choice(list(KINDS)), help="Only those of this kind.")
@options.as_json
def list_meetings(*, kind: str | None, as_json: bool) -> None:
    """Every meeting, the newest first."""
    answer_query(queries.meetings, MeetingsQuery(today(), kind), tables.print_meetings, as_json=as_json)


@meeting.command("show")
@options.number
@_FOR
@options.as_json
def show_meeting(*, number: int, agencies_of_speaker: tuple[str, ...], as_json: bool) -> None:
    """Meeting NUMBER: what is tabled, what is carried over, what was said and decided."""
    services = new_services()
    _answer(services, _known(services, number, agencies_of_speaker), as_json=as_json)


@meeting.command("pack")
@options.number
@click.option("--out", type=options.NEW_FILE, required=True, help="The PDF that is written.")
@click.option("--section", "sections", multiple=True, type=click.Choice(list(SECTIONS)), help="Only these.")
@_FOR
def make_pack(*, number: int, out: Path, sections: tuple[str, ...], agencies_of_speaker: tuple[str, ...]) -> None:
    """Write the pack of meeting NUMBER as one PDF."""
    services, viewer = new_services(), _reader(agencies_of_speaker)
    its = _known(services, number, agencies_of_speaker)
    with services.snapshot() as snapshot:
        parts, named = queries.pack_parts(snapshot, viewer, its, today()), naming(snapshot)
    notice = NOTICE if services.is_demonstration else ""
    out.write_bytes(pdf(pack(its, parts, named, sections or SECTIONS, notice)))
    say(messages(), f"The pack of meeting {number} is in {out}.")


def _reader(agencies: Sequence[str]) -> Viewer:
    """The side that reads."""
    own = frozenset(agencies)
    return Viewer(Reach.OWN, own, own) if agencies else EVERYTHING


def _known(services: Services, number: int, agencies: Sequence[str]) -> MeetingResult:
    with services.snapshot() as snapshot:
        try:
            result = queries.meeting(snapshot, _reader(agencies), number, today())
        except NotOwn:
            result = None
    if result is None:
        raise WrongUse(f"There is no meeting {number} for this side. 'recount meeting list' names them.")
    return result


def _speech(options_of_step: dict[str, Any]) -> dict[str, Any]:
    """Takes out for which side, on which day and in which form something is said."""
    return {name: options_of_step.pop(name) for name in ("agencies_of_speaker", "on", "as_json")}


def _record(
    step: Callable[[Register, Author], Meeting],
    terms: NewMeeting | None = None,
    *,
    agencies_of_speaker: Sequence[str],
    on: date | None,
    as_json: bool,
) -> None:
    """Take a step for one side, and answer with what stands then. `terms`: what is planned, held against what that
    side reads.
    """
    services, party = new_services(), "provider" if agencies_of_speaker else party_of(OPERATOR)
    author = Author(services.actor, OPERATOR, party, on or today(), today(), frozenset(agencies_of_speaker) or None)
    with refusals(as_json=as_json):
        if terms is not None:
            with services.snapshot() as snapshot:
                queries.check_tabled(snapshot, _reader(agencies_of_speaker), terms.items, terms.scorecard, today())
        try:
            number = step(services.register, author).number
        except NotOwn:
            raise Refused("meeting-unknown", "The meeting is not one of these agencies.") from None
    _answer(services, _known(services, number, agencies_of_speaker), as_json=as_json)


def _answer(services: Services, result: MeetingResult, *, as_json: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_meeting(console, result),
    )
