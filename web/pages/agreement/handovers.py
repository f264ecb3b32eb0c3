"""The handovers as pages: the list, one with what it did to the figures, and how a mistaken one is taken back."""

from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.errors import Refused
from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.handover.undo_handover import undo_handover
from web.commands.agreement.handover.undo_trial import TakeBackTrial, try_undo
from web.commands.commit import Receipt
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxField, Form, HiddenField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.agreement import handovers as presenter
from web.presenters.agreement.retender import effect_tables
from web.problems import not_here
from web.queries.agreement import handovers as queries
from web.queries.agreement.handovers import HandoverLine
from web.queries.agreement.schedule import schedule

HANDOVERS: Final = "handover_pages.handovers"
ONE: Final = "handover_pages.handover"
_DONE: Final = {"said": "The contracts and the handover are stored.", "taken-back": "The handover was taken back."}

blueprint = Pages(
    "handover_pages",
    __name__,
    Place(
        "Handovers",
        HANDOVERS,
        Right.AGREED,
        PlaceGroup.AGREED,
        "Which caseloads passed to another agency, and what that did to the figures.",
    ),
)


class HandoversAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


class TakeBackForm(Form):
    """The tick that the handover was a mistake; `asked` once it was asked for."""

    field_of_code: ClassVar[dict[str, str]] = {}

    asked = HiddenField()
    confirmed = CheckboxField("The handover was a mistake", needed="Tick that it was a mistake.")


@blueprint.page("/handovers", Right.AGREED, HandoversAddress)
def handovers(args: parameters.Given) -> Page:
    """Every handover, the newest first."""
    result = queries.handovers(guard.snapshot(), guard.viewer(Right.AGREED))
    table = presenter.handovers_table(result, named, lambda number: url_for(ONE, number=number))
    done = _DONE.get(args["done"] or "", "")
    return Page("handovers.html", "Handovers", {"handovers": table}, may_say=_may_say(), done=done)


@blueprint.page("/handovers/<int:number>", Right.AGREED, HandoversAddress)
def handover(args: parameters.Given, number: int) -> Page:
    """One handover, and the figures that it moved."""
    return _page(number, TakeBackForm(), None, done=_DONE.get(args["done"] or "", ""))


@blueprint.page("/handovers/<int:number>/take-back", Right.KNOWLEDGE, method="POST")
def take_back(_given: parameters.Given, number: int) -> Any:
    """Say what taking it back would do; once ticked, do it."""
    form = TakeBackForm()
    wants = form.confirmed.data and form.asked.data
    try:
        if wants:
            undo_handover(guard.services().register, number, _receipt(dry_run=False))
            return redirect(url_for(ONE, number=number, done="taken-back"), 303)
        trial = try_undo(guard.services(), number, _receipt(dry_run=True))
    except Refused as refused:
        if refused.code == "handover-unknown":
            raise not_here("There is no such handover.") from None
        form.refuse(refused, "confirmed")
        return _page(number, form, None), 422
    if form.asked.data:
        form.validate_on_submit()
    form.asked.data = "yes"
    return _page(number, form, trial), 422 if form.errors else 200


def _page(number: int, form: TakeBackForm, trial: TakeBackTrial | None, *, done: str = "") -> Page:
    result = queries.handover(guard.snapshot(), guard.viewer(Right.AGREED), number)
    if result is None:
        raise not_here("There is no such handover.")
    line = result.handover
    return Page(
        "handover-one.html",
        f"Handover of {named(line.from_agency)} to {named(line.to_agency)}",
        {
            "moved": presenter.moved_tables(result, named),
            "effects": effect_tables(trial.effects, named) if trial else [],
        },
        line=line,
        as_of=result.as_of,
        sentences=presenter.sentences(line, named),
        form=form,
        errors=form.links,
        trial=presenter.taken_back(trial.taken_back, named, _contract) if trial else "",
        trial_as_of=trial.as_of if trial else None,
        may_take_back=_may_say() and line.undone_by is None,
        split=_split(line),
        done=done,
    )


def _contract(number: int) -> str:
    """What a contract is called."""
    one = schedule(guard.snapshot(), guard.viewer(Right.AGREED), number)
    return one.name if one else f"contract {number}"


def _split(line: HandoverLine) -> str:
    """Where a figure is parted by this handover."""
    return url_for("contribution_pages.contribution", handover_on=line.on.isoformat())


def _may_say() -> bool:
    return guard.principal().reach(Right.KNOWLEDGE) is not None


def _receipt(*, dry_run: bool) -> Receipt:
    who, on = guard.principal(), today()
    return Receipt(on, on, who.name, who.role, dry_run)
