"""Reviews of returns: what is due, overdue and done, and one with its form."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.errors import ChangedMeanwhile, Refused
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.improvement import return_reviews as commands
from web.commands.improvement.author import Author, author_of
from web.pages.explain.access_reasons import ask_why_for, reason_for
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.improvement import return_reviews as words
from web.presenters.tables import Column, Link, Table
from web.queries.improvement import return_reviews as queries
from web.queries.improvement.results.review_results import ReturnReviewResult, ReviewLine
from web.queries.improvement.return_reviews import ReturnReviewsQuery

from .return_review_forms import ReturnReviewForm, ReturnWithdrawForm, form_of

LIST: Final = "return-reviews.reviews"
ONE: Final = "return-reviews.one"
REASON: Final = "return-reviews"
_EPISODE: Final = "/return-reviews/<uuid:episode>"
_DONE: Final = {
    "written": "The review is written. Its findings and its lesson are on the list now.",
    "corrected": "The review is corrected. What it said before stays below.",
    "withdrawn": "The review is withdrawn, and the return is to be reviewed again.",
    "rule": "The rule is set.",
}

blueprint = Pages(
    "return-reviews",
    __name__,
    Place(
        "Return reviews",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "Why somebody came back after completing treatment, and what was learned.",
    ),
)


class ReturnsAddress(parameters.Asks):
    """Of which agency, whether a commissioner wants the people, and what was just done."""

    agency = parameters.CodeField(load_default=None, metadata={"description": "Only this agency's."})
    people = parameters.flag_field("The clients, and not only how many.")
    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


class ReturnAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


def _viewer() -> Viewer:
    return guard.not_public(guard.viewer_of_party(Right.AGREED))


def author() -> Author:
    """Who writes, for their side, today."""
    return author_of(guard.principal(), guard.viewer_of_party(Right.AGREE), today(), today())


def _may_write() -> bool:
    return guard.principal().reach(Right.AGREE) is not None


def _needs_reason() -> bool:
    """Whether single clients are shown only once a reason was given, and none was."""
    return guard.principal().reach(Right.CLIENTS) is Reach.WITH_REASON and not reason_for(REASON)


def _looks(agency: str | None) -> None:
    """Note in the trail that single clients are looked at."""
    slice_ = Slice(agency=agency)
    guard.viewer_of_clients(Right.CLIENTS, {"page": REASON, "agency": agency}, slice_, reason=reason_for(REASON))


@blueprint.page("/return-reviews", Right.AGREED, ReturnsAddress)
def reviews(args: Mapping[str, Any]) -> Any:
    """What is overdue, due and done; the share in time; what was found, and what is learnt from it."""
    viewer, agency = _viewer(), args["agency"]
    if args["people"] and _needs_reason():
        return ask_why_for(REASON, url_for(LIST, agency=agency, people="true"))
    with_clients = not _needs_reason()
    if with_clients:
        _looks(agency)
    query = ReturnReviewsQuery(today(), agency=agency, with_clients=with_clients)
    result = queries.return_reviews(guard.snapshot(), viewer, query)
    lines = result.reviews or []
    is_open = [one for one in lines if one.is_open]
    others = [one for one in lines if not one.is_open]
    return Page(
        "return-reviews.html",
        "Return reviews",
        {
            "agencies": words.agencies_table(result, named) if result.agencies else None,
            "open": words.open_table(is_open, _to) if is_open else None,
            "shares": words.shares_table(result.shares, named) if len(result.shares) > 2 else None,
            "found": words.found_table(result.findings) if result.findings else None,
            "findings": words.findings_table(result.findings, named) if result.findings else None,
            "lessons": words.lessons_table(lines, _action, named) if any(one.lesson for one in lines) else None,
            "written": words.returns_table(others, _to, "Written, or no longer due") if others else None,
        },
        said=words.summary(result),
        share=words.share_words(result.shares[0]) if result.shares else "",
        rules=[words.rule_words(one, named) for one in result.rules],
        to_people=None if with_clients else url_for(LIST, agency=agency, people="true"),
        may_set=guard.principal().reach(Right.KNOWLEDGE) is not None,
        done=_DONE.get(args["done"] or "", ""),
        agency=named(agency) if agency else None,
    )


def _to(one: ReviewLine) -> Link:
    return Link(words.client_words(one), url_for(ONE, episode=one.episode))


def _action(one: ReviewLine) -> Link | str:
    if not one.plan:
        return "None yet"
    return Link(f"Plan {one.plan}, action {one.action}", url_for("action-plans.one", number=one.plan))


@blueprint.page(_EPISODE, Right.AGREED, ReturnAddress)
def one(args: Mapping[str, Any], episode: UUID) -> Any:
    """A return, with the form of its review, or with what was written."""
    result = _result(episode)
    if result is None:
        return ask_why_for(REASON, url_for(ONE, episode=episode))
    return _page(result, form_of(result), done=_DONE.get(args["done"] or "", ""))


@blueprint.page("/return-reviews/number/<int(min=1, max=2147483647):number>", Right.AGREED)
def by_number(_given: Mapping[str, Any], number: int) -> Any:
    """The return that a review is of: what refers to a review in the log has its number alone."""
    episode = queries.episode_of(guard.snapshot(), _viewer(), number)
    if episode is None:
        guard.refuse_as_missing()
    return redirect(url_for(ONE, episode=episode))


def _result(episode: UUID) -> ReturnReviewResult | None:
    """The return with its review; None where a reason has to be given first.

    Raises:
        Problem: there is none that whoever asks reads (404).
    """
    viewer = _viewer()
    agency = queries.agency_left(guard.snapshot(), viewer, today(), episode)
    if agency is None:
        guard.refuse_as_missing()
    if _needs_reason():
        return None
    _looks(agency)
    result = queries.return_review(guard.snapshot(), viewer, today(), episode)
    assert result
    return result


def _page(
    result: ReturnReviewResult,
    form: ReturnReviewForm,
    *,
    versions: Table | None = None,
    withdraw: ReturnWithdrawForm | None = None,
    done: str = "",
) -> Page:
    its = result.review
    withdraw = withdraw or ReturnWithdrawForm(None, data={"seen": str(its.version or "")})
    newest = result.steps[-1] if result.steps else None
    return Page(
        "return-review.html",
        "Return of a client",
        {"versions": versions, "steps": words.steps_table(result.steps) if result.steps else None},
        review=its,
        facts=_facts(its),
        form=form if _may_write() and (its.is_open or its.lesson) else None,
        withdraw=withdraw if _may_write() and its.lesson else None,
        errors=[*form.links, *withdraw.links],
        action=url_for("return-reviews.write", episode=its.episode),
        done=done,
        who=newest.actor if newest else "",
        on=str(newest.on) if newest else "",
        open_plan=url_for("action-plans.new") if _may_write() else None,
    )


def _facts(its: ReviewLine) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("Client", words.client_words(its)),
        ("Agency that the client left", named(its.agency)),
        ("How the review stands", words.standing(its)),
        ("Due", its.due),
        ("Completed", its.completed_on),
        ("Came back", words.came_back(its)),
        ("Known since", its.known_on),
    ]
    if its.lesson:
        rows += [
            ("What was found", words.found(its.findings)),
            ("What is learnt from it", its.lesson),
            ("What is done about it", _action(its)),
        ]
    return [row for row in rows if row[1] is not None]


@blueprint.page(_EPISODE, Right.AGREE, method="POST")
def write(_given: Mapping[str, Any], episode: UUID) -> Any:
    """Write the review, or correct it."""
    result = _result(episode)
    if result is None:
        return ask_why_for(REASON, url_for(ONE, episode=episode))
    form, versions, status = form_of(), None, 422
    if form.validate_on_submit():
        number, register = result.review.number, guard.services().register
        try:
            if number:
                commands.correct_review(register, number, form.said, author(), form.version)
            else:
                commands.write_review(register, episode, form.said, author())
            return redirect(url_for(ONE, episode=episode, done="corrected" if number else "written"), 303)
        except ChangedMeanwhile as changed:
            form.seen.data, status = str(changed.newest), 409
            versions = _versions(form, result.review)
        except Refused as refused:
            form.refuse(refused, "lesson")
    return _page(result, form, versions=versions), status


def _versions(form: ReturnReviewForm, its: ReviewLine) -> Table:
    columns = (Column("What"), Column("As you wrote it"), Column("As it stands"))
    rows = [
        ("What was found", words.found(form.findings.data), words.found(its.findings)),
        ("What is learnt from it", form.lesson.data, its.lesson),
    ]
    return Table(columns, rows, "The two versions")


@blueprint.page(f"{_EPISODE}/withdraw", Right.AGREE, method="POST")
def withdraw(_given: Mapping[str, Any], episode: UUID) -> Any:
    """Take a review back that was written of the wrong return."""
    result = _result(episode)
    if result is None:
        return ask_why_for(REASON, url_for(ONE, episode=episode))
    form = ReturnWithdrawForm()
    if result.review.number and form.validate_on_submit():
        with form.refusals_at("reason"):
            commands.withdraw_review(
                guard.services().register, result.review.number, form.reason.data, author(), form.version
            )
            return redirect(url_for(ONE, episode=episode, done="withdrawn"), 303)
    return _page(result, form_of(result), withdraw=form), 422
