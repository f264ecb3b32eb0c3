"""Performance notices: the list, what is due first; one with all that happened; and its document."""

from typing import Any, Final

from flask import Response, make_response, url_for
from marshmallow import fields, validate
from werkzeug.routing import BuildError

from domain.contract_life.transitions import next_state
from domain.errors import Refused
from domain.improvement.performance_notices import THING
from web import parameters
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.auth.trail.access import Deed
from web.clock import today
from web.commands.agreement.parties import party_of
from web.exports import docx
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.improvement import performance_notices as presenter
from web.presenters.improvement.notices import notice_files, step_words
from web.presenters.improvement.steps import StepWords
from web.presenters.tables import Link
from web.queries.improvement import performance_notices as queries
from web.queries.improvement.performance_notices import NoticesQuery
from web.queries.improvement.results.notice_results import NoticeFigure, NoticeResult
from web.snapshot import NOTICE

from .links import LIST, ONE, dispute_link

PATH: Final = "/performance-notices"
NUMBER: Final = f"{PATH}/<int(min=1, max=2147483647):number>"
_DONE: Final = {words.slug: words.done for words in step_words.STEP_WORDS.values()} | {
    "drafted": "The draft is written. Only your side can read it until it is issued.",
    "edited": "The draft is written anew.",
}

blueprint = Pages(
    "performance-notices",
    __name__,
    Place(
        "Performance notices",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "Formal queries about performance, with their replies and deadlines.",
    ),
    of_figure=(FigurePage("Give notice", "performance-notices.new", Right.KNOWLEDGE),),
)


@blueprint.page(PATH, Right.AGREED)
def notices(_given: parameters.Given) -> Page:
    """Every notice that one may read: open ones first, what is due soonest at the top."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.performance_notices(snapshot(), viewer, NoticesQuery(today()))
    table = presenter.list_table(result, named, lambda one: url_for(ONE, number=one.number))
    still_open = [one for one in result.notices if one.is_open]
    return Page(
        "notices.html",
        "Performance notices",
        {"list": table if result.notices else None},
        still_open=len(still_open),
        overdue=sum(bool(one.next_due and one.next_due.overdue) for one in still_open),
        may_draft=principal().reach(Right.KNOWLEDGE) is not None,
    )


class NoticeAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page(NUMBER, Right.AGREED, NoticeAddress)
def one(args: parameters.Given, number: int) -> Page:
    """A notice: what is due of whom, the figures in question, what happened, and what can be done."""
    its = notice_or_404(number, Right.AGREED)
    return Page(
        "notice.html",
        presenter.name_of(its),
        {
            "due": presenter.due_table(its),
            "figures": presenter.figures_table(its, _figure, dispute_link),
            "timeline": presenter.timeline_table(its, _plan),
        },
        title=f"{presenter.name_of(its)} {its.state}",
        notice=its,
        tag=presenter.TAGS.get(its.state, "yellow"),
        to=presenter.agencies_of(its, named),
        seen=presenter.standpoint_of(its),
        withheld=list(presenter.withholding_sentences(its)),
        rules=presenter.rules_sentences(its.rules),
        done=_DONE.get(args["done"], ""),
        offered=_offered(its),
        first=step_words.FIRST,
        may_edit=its.state == "draft" and principal().reach(Right.KNOWLEDGE) is not None,
    )


def _figure(figure: NoticeFigure) -> Link:
    """The way to a figure, from where it was seen."""
    slice_ = figure.slice
    address: dict[str, Any] = {
        "measure": figure.measure,
        "as_of": figure.as_of,
        "known_at": f"@{figure.position}",
        "area": slice_.area,
        "agency": slice_.agency,
    }
    address |= {name: "true" for name in ("criminal_justice", "young_people") if getattr(slice_, name)}
    href = url_for("figure.figure", **{name: value for name, value in address.items() if value is not None})
    return Link(presenter.figure_name(figure), href)


def _plan(number: int) -> Any:
    """An action plan by its number, as a link where there are pages of them."""
    said = f"Action plan {number}"
    try:
        return Link(said, url_for("action-plans.one", number=number))
    except BuildError:
        return said


def _offered(one: NoticeResult) -> dict[str, StepWords]:
    """The steps that this person may take now, in their order."""
    if principal().reach(Right.AGREE) is None:
        return {}
    return {step: its for step, its in step_words.STEP_WORDS.items() if _may_take(one, step)}


def _may_take(one: NoticeResult, step: str) -> bool:
    is_out_of_place = {
        "withhold for": one.is_withheld,
        "end the withholding of": not one.is_withheld,
        "escalate": one.level >= len(one.rules.levels),
        "close": one.is_withheld,
        "withdraw": one.is_withheld,
    }
    try:
        next_state(THING, step, one.state, party_of(principal().role))
    except Refused:
        return False
    return not is_out_of_place.get(step, False)


def notice_or_404(number: int, right: Right, version: int | None = None) -> NoticeResult:
    """The notice with this number, as it stands or as one of its versions was.

    Raises:
        Problem: there is none (404).
        NotOwn: it is not within reach.
    """
    its = queries.performance_notice(snapshot(), guard.viewer_of_party(right), NoticesQuery(today(), number, version))
    if its is None:
        guard.refuse_as_missing()
    return its


@blueprint.page(f"{NUMBER}/document", Right.AGREED)
def document(_given: parameters.Given, number: int) -> Response:
    """The notice as a document."""
    its = notice_or_404(number, Right.AGREED)
    audience = words.AUDIENCES["own" if guard.viewer(Right.AGREED).is_provider else "full"]
    report = notice_files.notice_report(its, named, audience, NOTICE if snapshot().is_demonstration else "")
    guard.note(Deed.DOWNLOADED, question={"form": "docx"})
    response = make_response(docx.docx(report, {}))
    response.content_type = docx.MEDIA
    response.headers["Content-Disposition"] = f'attachment; filename="recount-notice-{number}.docx"'
    return response
