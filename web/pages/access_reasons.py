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
from web.presenters.tables import Link

from .links import own_path

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


class Coded(Protocol):
    """What single clients are looked at for: a measure, or a list."""

    @property
    def code(self) -> str:
        """What tells it apart."""


class ReasonWanted(Exception):
    """A page shows single clients, and a commissioner has not said yet why."""

    def __init__(self, measure: Coded, where: Slice) -> None:
        super().__init__(measure.code)
        self.measure, self.where = measure, where


def reason_given(measure: Coded, where: Slice) -> str:
    """What was said of this figure within the hour; empty if nothing was."""
    found = _held().get(_key(measure.code, where))
    return str(found[0]) if found else ""


def ask_why(wanted: ReasonWanted) -> str:
    """The form in the place of the page."""
    return _form(_key(wanted.measure.code, wanted.where), request.full_path.rstrip("?"))


def reason_for(page: str) -> str:
    """What was said within the hour of a page on which single clients show beside no figure; empty if nothing was."""
    found = _held().get(_PAGE + page)
    return str(found[0]) if found else ""


def ask_why_for(page: str, after: str) -> str:
    """The form of such a page, which leads to `after`."""
    return _form(_PAGE + page, after)


@blueprint.post("/reasons")
@needs(Right.CLIENTS)
def give() -> Response | str:
    """Say why, and go on to the page."""
    key, after = request.form.get("key", ""), own_path(request.form.get("next"), "/")
    reason = " ".join(request.form.get("reason", "").split())
    if wrong := wrong_with(reason):
        return _form(key, after, reason, wrong)
    held = _held() | {key[:200]: [reason, (now() + HELD).timestamp()]}
    session[_REASONS] = dict(list(held.items())[-KEPT:])
    return redirect(after, 303)


def wrong_with(reason: str) -> str:
    """Why a reason is none, or too long to be kept; empty for one that is."""
    if len(reason) < LEAST:
        return _NO_REASON
    if len(reason) > LONGEST_REASON:
        return f"Say it in {LONGEST_REASON} characters or fewer. This is {len(reason):,} characters long."
    return ""


def _form(key: str, after: str, reason: str = "", error: str = "") -> str:
    errors = [Link(error, "#reason")] if error else []
    return render_template(
        "reason.html",
        key=key,
        after=after,
        reason=reason,
        error=error,
        errors=errors,
        of_figure=not key.startswith(_PAGE),
    )


def _held() -> dict[str, Any]:
    found: dict[str, Any] = session.get(_REASONS) or {}
    moment = now().timestamp()
    return {key: given for key, given in found.items() if given[1] > moment}


def _key(code: str, where: Slice) -> str:
    return " ".join(
        (code, where.area or "-", where.agency or "-", *map(str, (where.criminal_justice, where.young_people)))
    )
