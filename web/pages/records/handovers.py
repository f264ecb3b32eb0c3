"""Handing a caseload over: from which agency to which, on what day; first as a trial, then for good."""

from datetime import date
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from projections.standings.slices import Slice
from projections.worklists.lists import SAME_RECORD, worklist_named
from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.records.manual import Confirmed, hand_over
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxField, DateField, Form, HiddenField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.page import Nothing, Pages
from web.presenters import text as words
from web.queries.records import worklists
from web.queries.records.rekeys import ProbableHandover, handovers_of

from .submissions import ONE, number_at

PAGE: Final = "handovers_pages.handover"

blueprint = Pages("handovers_pages", __name__)


class HandoverAddress(parameters.Asks):
    """What the form is filled with."""

    from_agency = parameters.code_field("The agency whose caseload passes on.")
    to_agency = parameters.code_field("The agency that takes it over.")
    on = parameters.DayField(load_default=None, description="The day on which it passes.")


class HandoverForm(Form):
    """From whom to whom, on which day; and, once that was tried, the tick that it is right."""

    field_of_code: ClassVar = {"handover-to-itself": "to_agency", "handover-after-receipt": "on"}

    from_agency = TextField("Agency whose caseload passes on", width=10, needed="Write the agency’s code.")
    to_agency = TextField("Agency that takes it over", width=10, needed="Write the agency’s code.")
    on = DateField(
        "Day on which it passes",
        "The open episodes of the first agency end on this day by a transfer.",
        needed="Write the day.",
    )
    tried = HiddenField()
    confirmed = CheckboxField("The caseload passed from the one to the other", needed="Tick that it is right.")


@blueprint.page("/handover", Right.KNOWLEDGE, HandoverAddress)
def handover(args: parameters.Given) -> Page:
    """The form, filled with what its address says; without the old agency, with the one that is probably meant."""
    probable = _probable(args["to_agency"]) if args["to_agency"] and not args["from_agency"] else None
    on = args["on"] or (probable.on if probable else None)
    form = HandoverForm(
        None,
        data={
            "from_agency": args["from_agency"] or (probable.from_agency if probable else ""),
            "to_agency": args["to_agency"] or "",
            "on": on.isoformat() if on else "",
        },
    )
    return _page(form, None)


def _probable(to_agency: str) -> ProbableHandover | None:
    """From which agency most of those who came again at this one are known."""
    snapshot = guard.snapshot()
    as_of = snapshot.submissions.last_covered_day([to_agency])
    if as_of is None:
        return None
    slice_ = Slice(agency=to_agency)
    query = worklists.WorklistQuery(worklist_named(SAME_RECORD), as_of, None, slice_)
    rows = worklists.worklist(snapshot, guard.viewer(Right.CLIENTS, slice_), query).rows
    return next(handovers_of(rows), None)


@blueprint.page("/handover", Right.KNOWLEDGE, Nothing, method="POST")
def hand_caseload_over(_given: parameters.Given) -> Any:
    """Say how many episodes would end; once ticked, end them."""
    form = HandoverForm()
    form.from_agency.data, form.to_agency.data = form.from_agency.data.upper(), form.to_agency.data.upper()
    whom = (form.from_agency.data, form.to_agency.data, form.on.data)
    confirmed, was_tried = form.confirmed.data, form.tried.data == "|".join(whom)
    form.confirmed.needed = form.confirmed.needed if was_tried else ""
    if not form.validate_on_submit() or form.on.day is None:
        return _page(form, None), 422
    with form.refusals_at("from_agency"):
        if confirmed and was_tried:
            done = _handed_over(form, form.on.day, dry_run=False)
            return redirect(url_for(ONE, number=number_at(done.position), done="handed-over"), 303)
        tried = _handed_over(form, form.on.day, dry_run=True)
        form.tried.data = "|".join(whom)
        return _page(form, tried)
    return _page(form, None), 422


def _handed_over(form: HandoverForm, day: date, *, dry_run: bool) -> Confirmed:
    who, on = guard.principal(), today()
    receipt = Receipt(on, on, who.name, who.role, dry_run)
    return hand_over(guard.services().register, form.from_agency.data, form.to_agency.data, day, receipt)


def _page(form: HandoverForm, tried: Confirmed | None) -> Page:
    count_words = words.plural(tried.episodes, "open episode", "open episodes") if tried else ""
    names = named(form.from_agency.data), named(form.to_agency.data)
    return Page(
        "handover.html",
        "Hand a caseload over",
        form=form,
        errors=form.links,
        tried=tried,
        said=count_words,
        names=names,
    )
