"""Commentary: the list; one comment with its versions; the form that writes about a figure, and its steps."""

from typing import Any, ClassVar, Final

from flask import redirect, request, url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import next_state
from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.meetings.commentary import COMMENT, STEPS
from domain.improvement.written import WrittenAbout
from domain.measures.registry import MEASURE_OF
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.meetings import commentary as commands
from web.pages.frame.agency_names import named
from web.pages.frame.forms import SeenForm, TextareaField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, Place, PlaceGroup
from web.pages.frame.page import PageContext, Pages, SeenFrom, asked_of
from web.presenters import text as words
from web.presenters.agreement.schedule import versions_table
from web.presenters.improvement.meetings import commentary as presenter
from web.problems import not_here
from web.queries.improvement.meetings import commentary as queries
from web.queries.improvement.meetings.commentary import CommentaryQuery, CommentaryResult, CommentResult

from .beside import ONE, comment_href

LIST: Final = "commentary.comments"
PATH: Final = "/commentary"
NUMBER: Final = f"{PATH}/<int(min=1, max=2147483647):number>"
BUTTONS: Final = {
    "share": "Share it with the other party",
    "publish": "Publish it",
    "unpublish": "Take it back from the public",
    "withdraw": "Withdraw it",
    "discard": "Give the draft up",
}

blueprint = Pages(
    "commentary",
    __name__,
    Place(
        "Commentary",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "What provider and commissioner say about a figure, side by side.",
    ),
    of_figure=(FigurePage("Write a comment", "commentary.new", Right.AGREE),),
)


@blueprint.page(PATH, Right.AGREED)
def comments(_given: parameters.Given) -> Page:
    """Every comment that one may read, the newest first."""
    result = queries.commentary(snapshot(), guard.viewer_of_party(Right.AGREED), CommentaryQuery())
    table = presenter.list_table(result, named, lambda one: comment_href(one.number))
    return Page("commentary.html", "Commentary", {"list": table if result.comments else None})


class CommentAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(presenter.DONE)))


@blueprint.page(NUMBER, Right.AGREED, CommentAddress)
def one(args: parameters.Given, number: int) -> Page:
    """A comment: its words, what they were written about, the versions before, and what can be done."""
    return _page(_comment_or_404(number, Right.AGREED), done=presenter.DONE.get(args["done"], ""))


def _page(its: CommentResult, **more: Any) -> Page:
    return Page(
        "comment.html",
        f"Comment on {its.name} ({its.measure})",
        comment=its,
        figure_words=presenter.about(its, named),
        figure=_figure_href(its),
        comment_words=presenter,
        buttons={step: text for step, text in BUTTONS.items() if _may(its, step)},
        may_write=_may(its, "edit" if its.state == "draft" else "rewrite"),
        **more,
    )


def _figure_href(its: CommentResult) -> str:
    """The figure as it is by all that is known."""
    slice_ = its.slice
    address: dict[str, Any] = {"as_of": its.as_of, "area": slice_.area, "agency": slice_.agency}
    address |= {name: "true" for name in ("criminal_justice", "young_people") if getattr(slice_, name)}
    asked = {name: value for name, value in address.items() if value is not None}
    return url_for("figure.figure", measure=its.measure, **asked)


def _may(its: CommentResult, step: str) -> bool:
    """Whether this person may take a step now."""
    if principal().reach(Right.AGREE) is None:
        return False
    try:
        next_state(COMMENT, step, its.state, party_of(principal().role))
    except Refused:
        return False
    return True


def _comment_or_404(number: int, right: Right) -> CommentResult:
    """The comment with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is not within reach.
    """
    its = queries.comment(snapshot(), guard.viewer_of_party(right), number)
    if its is None:
        guard.refuse_as_missing()
    return its


# ---- writing


class CommentForm(SeenForm):
    """What is said of a figure."""

    field_of_code: ClassVar = {}

    words = TextareaField(
        "What you say about this figure",
        "It stays on record for good, beside this figure as it is known now. Name nobody, and no client.",
        rows=6,
        needed="Write what you say about the figure.",
    )


class NewCommentAddress(SeenFrom):
    """About which figure."""

    measure = parameters.measure_field(required=True)


@blueprint.seen_from(f"{PATH}/new", Right.AGREE, NewCommentAddress)
def new(context: PageContext) -> Page:
    """The form that writes about a figure as it is known."""
    return _new_page(context, CommentForm(None))


def _new_page(context: PageContext, form: CommentForm) -> Page:
    measure = MEASURE_OF[context.args["measure"]]
    about = _about(context)
    result = queries.commentary_about(
        context.snapshot, guard.viewer_of_party(Right.AGREED), measure.code, context.as_of, context.slice_
    )
    return Page(
        "comment-form.html",
        f"Write about {measure.name} ({measure.code})",
        context=context,
        form=form,
        errors=form.links,
        figure=presenter.numbers(about.numerator, about.denominator),
        figure_href=context.to_measure("figure.figure", measure),
        action=context.to(
            "commentary.write",
            measure=measure.code,
            as_of=context.as_of.isoformat(),
            known_at=f"@{context.standpoint.position}",
            cut=None,
        ),
        written=result,
        comment_words=presenter,
        comment_href=comment_href,
    )


def _about(context: PageContext) -> WrittenAbout:
    measure = MEASURE_OF[context.args["measure"]]
    return queries.figure_to_write_about(
        context.snapshot, context.who, measure, context.as_of, context.known_at, context.slice_
    )


@blueprint.page(f"{PATH}/new", Right.AGREE, NewCommentAddress, method="POST")
def write(args: parameters.Given) -> Any:
    """Write a comment: as a draft, or shared at once."""
    context, form = asked_of(args, Right.AGREE), CommentForm()
    if form.validate_on_submit():
        shared = request.form.get("as") == "shared"
        with form.refusals_at("words"):
            its = commands.write_comment(
                services().register, _about(context), form.words.data, _author(), shared=shared
            )
            return redirect(url_for(ONE, number=its.number, done="share" if shared else "drafted"), 303)
    return _new_page(context, form), 422


def _author() -> Author:
    return author_of(principal(), guard.viewer_of_party(Right.AGREE), today(), today())


@blueprint.page(f"{NUMBER}/rewrite", Right.AGREE)
def rewrite(_given: parameters.Given, number: int) -> Page:
    """The form that writes it anew, about the figure as it is known now."""
    its = _comment_or_404(number, Right.AGREE)
    return _rewrite_page(its, CommentForm(None, data={"words": its.words, "seen": str(its.version)}))


def _rewrite_page(its: CommentResult, form: CommentForm, **more: Any) -> Page:
    now = its.now_numerator if its.restated else its.numerator
    return Page(
        "comment-form.html",
        f"Write it anew: comment on {its.name} ({its.measure})",
        comment=its,
        form=form,
        errors=form.links,
        figure=presenter.numbers(now, its.now_denominator if its.restated else its.denominator),
        figure_href=_figure_href(its),
        action=url_for("commentary.rewritten", number=its.number),
        written=CommentaryResult([its]),
        comment_words=presenter,
        comment_href=comment_href,
        **more,
    )


@blueprint.page(f"{NUMBER}/rewrite", Right.AGREE, method="POST")
def rewritten(_given: parameters.Given, number: int) -> Any:
    """Write it anew."""
    its, form = _comment_or_404(number, Right.AGREE), CommentForm()
    if form.validate_on_submit():
        about = queries.figure_now(snapshot(), guard.viewer_of_party(Right.AGREE), its)
        with form.refusals_at("words"):
            try:
                commands.rewrite_comment(services().register, number, about, form.words.data, _author(), form.version)
                done = "edit" if its.state == "draft" else "rewrite"
                return redirect(url_for(ONE, number=number, done=done), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                both = versions_table({"Comment": form.words.data.strip()}, {"Comment": its.words}, {})
                return _rewrite_page(its, form, conflict=both, changed_by=its.actor, changed_on=words.day(its.on)), 409
    return _rewrite_page(its, form), 422


@blueprint.page(f"{NUMBER}/steps", Right.AGREE, method="POST")
def take(_given: parameters.Given, number: int) -> Any:
    """Take a step that says no new words."""
    its, form, step = _comment_or_404(number, Right.AGREE), SeenForm(), request.form.get("step", "")
    if step not in STEPS:
        raise not_here()
    try:
        commands.take_comment_step(services().register, number, step, _author(), seen=form.version)
    except ChangedMeanwhile:
        return _page(its, problem="It was changed since you opened it. Nothing was stored. This is how it stands."), 409
    except Refused as refused:
        return _page(its, problem=str(refused)), 422
    return redirect(url_for(ONE, number=number, done=step), 303)
