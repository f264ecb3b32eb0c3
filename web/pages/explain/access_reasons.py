"""Why a commissioner looks at single clients: asked once for a figure and a slice, and held for an hour.

The reason goes into the trail with every look (`showing.looking`); here it is kept in the session of who gave it.
"""

from datetime import timedelta
from typing import Any, Final, Protocol

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from projections.standings.slices import Slice
from web.auth.guard import LONGEST_REASON, needs
from web.auth.roles import Right
from web.clock import now
from web.pages.frame.forms import Form, HiddenField, InvalidField, TextareaField, one_line
from web.pages.frame.navigation import own_path

blueprint = Blueprint("reasons", __name__)

HELD: Final = timedelta(hours=1)
KEPT: Final = 5
"""Reasons in a session, which travels with every request."""
LEAST: Final = 10
"""Letters: a word is no reason."""
_REASONS: Final = "reasons"
_PAGE: Final = "page "
"""What the key of a reason begins with that was given for a page, not for a figure."""
_NO_REASON: Final = f"Say in a few words why you need to look at single clients. Use {LEAST} characters or more."


class ReasonForm(Form):
    """Why somebody looks, for what, and where they go on to."""

    reason = TextareaField(
        "Reason",
        "For example: the provider and we count the July completions differently. Do not name anybody.",
        rows=3,
        filters=[one_line],
    )
    key = HiddenField()
    next = HiddenField()

    def validate_reason(self, field: TextareaField) -> None:
        """Refuse what is no reason."""
        if sentence := wrong_with(field.data):
            raise InvalidField(sentence)


class Coded(Protocol):
    """What single clients are looked at for: a measure, or a list."""

    @property
    def code(self) -> str:
        """What tells it apart."""


class ReasonWanted(Exception):
    """A page shows single clients, and a commissioner has not said yet why."""

    def __init__(self, measure: Coded, slice_: Slice) -> None:
        super().__init__(measure.code)
        self.measure, self.slice_ = measure, slice_


def reason_given(measure: Coded, slice_: Slice) -> str:
    """What was said of this figure within the hour; empty if nothing was."""
    held_reason = _held().get(_key(measure.code, slice_))
    return str(held_reason[0]) if held_reason else ""


def ask_why(wanted: ReasonWanted) -> str:
    """The form in the place of the page."""
    return _ask(_key(wanted.measure.code, wanted.slice_), request.full_path.rstrip("?"))


def reason_for(page: str) -> str:
    """What was said within the hour of a page on which single clients show beside no figure; empty if nothing was."""
    held_reason = _held().get(_PAGE + page)
    return str(held_reason[0]) if held_reason else ""


def ask_why_for(page: str, after: str) -> str:
    """The form of such a page, which leads to `after`."""
    return _ask(_PAGE + page, after)


@blueprint.post("/reasons")
@needs(Right.CLIENTS)
def give() -> Response | str:
    """Say why, and go on to the page."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(form)
    held = _held() | {form.key.data[:200]: [form.reason.data, (now() + HELD).timestamp()]}
    session[_REASONS] = dict(list(held.items())[-KEPT:])
    return redirect(own_path(form.next.data, "/"), 303)


def wrong_with(reason: str) -> str:
    """Why a reason is none, or too long to be kept; empty for one that is."""
    if len(reason) < LEAST:
        return _NO_REASON
    if len(reason) > LONGEST_REASON:
        return f"Say it in {LONGEST_REASON} characters or fewer. This is {len(reason):,} characters long."
    return ""


def _ask(key: str, after: str) -> str:
    return _page(ReasonForm(None, data={"key": key, "next": after}))


def _page(form: ReasonForm) -> str:
    of_figure = not form.key.data.startswith(_PAGE)
    return render_template("reason.html", form=form, errors=form.links, of_figure=of_figure)


def _held() -> dict[str, Any]:
    reasons: dict[str, Any] = session.get(_REASONS) or {}
    moment = now().timestamp()
    return {key: args for key, args in reasons.items() if args[1] > moment}


def _key(code: str, slice_: Slice) -> str:
    return " ".join(
        (code, slice_.area or "-", slice_.agency or "-", *map(str, (slice_.criminal_justice, slice_.young_people)))
    )
