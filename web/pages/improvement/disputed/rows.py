"""The clients of a dispute, one by one: who they are, for those who may read it, and the other side's answers."""

from typing import Any, Final

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile
from domain.improvement.disputed.steps import PLACES, ROW_REASONS, DisputeRowAnswer
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.commands.agreement.parties import party_of
from web.commands.improvement.disputed.steps import answer_rows
from web.pages.contract_life.disputes import (
    NUMBER,
    ONE,
    blueprint,
    dispute_or_404,
    offer_parties,
    party_field,
    speaker_in,
)
from web.pages.frame.forms import SeenForm, SelectField, TextField
from web.pages.frame.layout import Page
from web.presenters.improvement import disputed as presenter
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.course import DisputeRowResult
from web.queries.improvement.disputed.rows import references

from .steps import conflict, viewer_of_rows

_REASONS: Final = {"": "Choose a reason"} | {
    code: f"{words[:1].upper()}{words[1:]}" for code, words in ROW_REASONS.items()
}
_VERDICTS: Final = {
    "": "Not answered yet",
    "accepted": "Accept: theirs is right",
    "contested": "Contest: ours is right",
}
_OWN_VERDICTS: Final = {"": "Keep it", "given-up": "Give it up: the other figure is right here"}


@blueprint.page(f"{NUMBER}/rows", Right.DISPUTES)
def rows(_given: parameters.Given, number: int) -> Page:
    """The clients of a dispute, and the form that answers them."""
    viewer = guard.viewer(Right.DISPUTES)
    dispute = dispute_or_404(number, viewer)
    return _page(dispute, _form(dispute, viewer, None))


def _form(dispute: DisputeResult, viewer: Viewer, *sent: Any) -> SeenForm:
    """A form with a verdict, a reason and words for each row that this person's side may still answer."""
    fields: dict[str, Any] = {}
    for one in _open_rows(dispute):
        verdicts = _OWN_VERDICTS if _is_own(one) else _VERDICTS
        fields[f"verdict_{one.row}"] = SelectField("Your answer", choices=verdicts)
        fields[f"reason_{one.row}"] = SelectField("Reason", choices=_REASONS)
        fields[f"words_{one.row}"] = TextField("In words", "No names. It stays on record for good.")
    kind = type("DisputeRowsForm", (SeenForm,), {**fields, "party": party_field()})
    form: SeenForm = kind(*sent, data={"seen": str(dispute.course.version)})
    offer_parties(form, viewer, dispute.slice)
    return form


def _is_own(one: DisputeRowResult) -> bool:
    return one.listed_by == party_of(principal().role)


def _open_rows(dispute: DisputeResult) -> list[DisputeRowResult]:
    """The rows that this person's side may answer now: the other's, and its own that the other does not accept."""
    if not dispute.is_open or principal().reach(Right.DISPUTE) is None:
        return []
    closed = {True: {"accepted", "given-up"}, False: {"given-up"}}
    return [one for one in dispute.course.rows if one.standing not in closed[_is_own(one)]]


def _page(dispute: DisputeResult, form: SeenForm, **more: Any) -> Page:
    named = _references(dispute)
    every = dispute.course.rows
    table = presenter.rows_table(dispute, every, "Client by client", named) if every else None
    return Page(
        "dispute-rows.html",
        "Client by client",
        {"rows": table},
        dispute=dispute,
        form=form,
        errors=form.links,
        said=presenter.rows_said(dispute),
        not_shown=presenter.not_shown(dispute.course) if dispute.course.rows_not_shown else "",
        open_rows=[(one, _heading(one, named), _stands(dispute, one)) for one in _open_rows(dispute)],
        are_named=named is not None,
        action=url_for("dispute.answer_rows_of", number=dispute.number),
        button={"text": "Store the answers", "preventDoubleClick": True},
        **more,
    )


def _heading(one: DisputeRowResult, named: dict[int, str | None] | None) -> str:
    who = (named or {}).get(one.row) or f"one of {one.agency}"
    return f"Row {one.row}, {who}"


def _stands(dispute: DisputeResult, one: DisputeRowResult) -> str:
    makes = presenter.effect(one, is_count=dispute.measure.kind == "count")
    ours, theirs = (PLACES[place] for place in (one.ours, one.theirs))
    return f"Ours: {ours}. Theirs: {theirs}, which makes {makes}. {one.words}"


def _references(dispute: DisputeResult) -> dict[int, str | None] | None:
    """Who the clients are, where this person may look at them now; None elsewhere. The look is noted."""
    reach = principal().reach(Right.CLIENTS)
    may_look = reach in {Reach.ALL, Reach.OWN} or (reach is Reach.WITH_REASON and dispute.is_open)
    if not dispute.course.rows or not may_look:
        return None
    return references(snapshot(), viewer_of_rows(dispute), dispute.number).of_row


@blueprint.page(f"{NUMBER}/rows", Right.DISPUTE, method="POST")
def answer_rows_of(_given: parameters.Given, number: int) -> Any:
    """Store the answers that were given."""
    viewer = guard.viewer(Right.DISPUTE)
    dispute = dispute_or_404(number, viewer)
    form = _form(dispute, viewer)
    answers = _answers(dispute, form)
    first = next(iter(f"verdict_{one.row}" for one in _open_rows(dispute)), "seen")
    if form.validate_on_submit():
        party = form["party"].data if form["party"].choices else ""
        speaker = speaker_in(viewer, party, dispute.slice)
        with form.refusals_at(first):
            try:
                answer_rows(services().register, number, answers, speaker, form.version)
                return redirect(url_for(ONE, number=number, done="rows"), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                return _page(dispute, form, **conflict(dispute, viewer, changed.seen)), 409
    return _page(dispute, form), 422


def _answers(dispute: DisputeResult, form: SeenForm) -> list[DisputeRowAnswer]:
    """What was answered; rows that were left alone are left out."""
    return [
        DisputeRowAnswer(
            one.row, form[f"verdict_{one.row}"].data, form[f"reason_{one.row}"].data, form[f"words_{one.row}"].data
        )
        for one in _open_rows(dispute)
        if form[f"verdict_{one.row}"].data
    ]
