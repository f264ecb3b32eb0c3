"""Meetings: the list, one with its agenda and what is carried over, and the pack as a PDF."""

from collections.abc import Callable
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import next_state
from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.meetings.meetings import AUDIT, DISPUTE, MEETING, PLAN, Meeting
from domain.improvement.meetings.meetings import NOTICE as ITEM_NOTICE
from web import parameters
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.auth.trail.access import Deed
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author, author_of
from web.exports.paper import MEDIA, pdf
from web.pages.frame.agency_names import named
from web.pages.frame.forms import SeenForm
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.agreement.schedule import versions_table
from web.presenters.improvement.meetings import meetings as presenter
from web.presenters.improvement.meetings.pack import SECTIONS
from web.presenters.improvement.meetings.pack import pack as make_pack
from web.presenters.tables import Link
from web.queries.improvement.meetings import meetings as queries
from web.queries.improvement.meetings.meetings import MeetingResult, MeetingsQuery
from web.snapshot import NOTICE

LIST, ONE = "meetings.meetings", "meetings.one"
PATH: Final = "/meetings"
NUMBER: Final = f"{PATH}/<int(min=1, max=2147483647):number>"
ON_RECORD: Final = "It stays on record for good. Name nobody, and no client."

blueprint = Pages(
    "meetings",
    __name__,
    Place(
        "Meetings",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "Contract meetings: figures, minutes and actions.",
    ),
)


@blueprint.page(PATH, Right.AGREED)
def meetings(_given: parameters.Given) -> Page:
    """Every meeting that one may read, the newest first."""
    result = queries.meetings(snapshot(), guard.viewer_of_party(Right.AGREED), MeetingsQuery(today()))
    table = presenter.meetings_table(result, _href) if result.meetings else None
    return Page("meetings.html", "Meetings", {"list": table}, may_plan=principal().reach(Right.AGREE) is not None)


def _href(number: int) -> str:
    return url_for(ONE, number=number)


class MeetingAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(presenter.DONE_WORDS)))


@blueprint.page(NUMBER, Right.AGREED, MeetingAddress)
def one(args: parameters.Given, number: int) -> Page:
    """A meeting: what is tabled, what is carried over, what was decided, and its pack."""
    its = meeting_or_404(number, Right.AGREED)
    figures = queries.tabled_figures(snapshot(), guard.viewer_of_party(Right.AGREED), its)
    carried, actions = its.carried_over, its.actions
    return Page(
        "meeting.html",
        presenter.meeting_name(its),
        {
            "carried": presenter.actions_table(carried, "Actions carried over", _href) if carried else None,
            "actions": presenter.actions_table(actions, "Actions of this meeting") if actions else None,
            "figures": presenter.figures_table(figures) if figures else None,
        },
        meeting=its,
        tag=presenter.TAGS.get(its.state, "yellow"),
        whose=presenter.whose(its, named),
        agenda=_agenda(its),
        sections=SECTIONS,
        may={step: may_take(its, step) for step in _STEPS},
        open_actions=[one for one in (*carried, *actions) if one.is_open] if _may_close() else [],
        done=presenter.DONE_WORDS.get(args["done"], ""),
    )


_PAGES: Final = {
    PLAN: "action-plans.one",
    ITEM_NOTICE: "performance-notices.one",
    DISPUTE: "disputes.one",
    AUDIT: "audits.one",
}


def _agenda(its: MeetingResult) -> list[str | Link]:
    """The points of an agenda: what was written, and what else is on it with its page."""
    points: list[str | Link] = [line for line in its.agenda.split("\n") if line.strip()]
    if its.items:
        names = presenter.item_names(queries.tabled(snapshot(), guard.viewer_of_party(Right.AGREED), today()))
        points += [Link(names[one], url_for(_PAGES[one.kind], number=one.number)) for one in its.items if one in names]
    return points


_STEPS: Final = ("edit", "cancel", "write the minutes of", "agree the minutes of", "add an action to")


def _may_close() -> bool:
    return principal().reach(Right.AGREE) is not None


def may_take(its: MeetingResult, step: str) -> bool:
    """Whether this person may take a step now."""
    if principal().reach(Right.AGREE) is None:
        return False
    try:
        next_state(MEETING, step, its.state, party_of(principal().role))
    except Refused:
        return False
    return True


def meeting_or_404(number: int, right: Right, version: int | None = None) -> MeetingResult:
    """The meeting with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is not within reach.
    """
    its = queries.meeting(snapshot(), guard.viewer_of_party(right), number, today(), version)
    if its is None:
        guard.refuse_as_missing()
    return its


class PackAddress(parameters.Asks):
    """Which sections the pack has; all of them, where none is named."""

    section = fields.String(load_default=None)


@blueprint.page(f"{NUMBER}/pack.pdf", Right.AGREED, PackAddress)
def pack(_given: parameters.Given, number: int) -> Response:
    """The pack of a meeting as one PDF."""
    its, viewer = meeting_or_404(number, Right.AGREED), guard.viewer_of_party(Right.AGREED)
    paper = make_pack(
        its,
        queries.pack_parts(snapshot(), viewer, its, today()),
        named,
        request.args.getlist("section") or SECTIONS,
        NOTICE if snapshot().is_demonstration else "",
    )
    guard.note(Deed.DOWNLOADED, question={"form": "pdf"})
    response = make_response(pdf(paper))
    response.content_type = MEDIA["pdf"]
    response.headers["Content-Disposition"] = f'attachment; filename="recount-meeting-{number}.pdf"'
    return response


# ---- what the forms of its steps share


def author() -> Author:
    """Who takes a step, for their side, today."""
    return author_of(principal(), guard.viewer_of_party(Right.AGREE), today(), today())


def answered(
    its: MeetingResult,
    form: SeenForm,
    field: str,
    step: Callable[[], Meeting],
    done: str,
    page: Callable[..., Page],
) -> Any:
    """Take a step with a form, or show the form again with what is wrong; it keeps what was entered."""
    if form.validate_on_submit():
        with form.refusals_at(field):
            try:
                step()
                return redirect(url_for(ONE, number=its.number, done=done), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                read = presenter.as_cells(meeting_or_404(its.number, Right.AGREE, changed.seen))
                return page(conflict=versions_table(read, presenter.as_cells(its), {}, "As you read it")), 409
    return page(), 422
