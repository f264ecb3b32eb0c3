"""Correcting which days a monthly file covers: which file, which days, why; first as a trial, then for good."""

from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.periods import Period
from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.records.covered_days import LONGEST_REASON, DaysCorrected, correct_covered_days
from web.pages.frame.forms import CheckboxField, DateField, Form, HiddenField, TextField, one_line
from web.pages.frame.layout import Page
from web.pages.frame.page import Nothing, Pages
from web.presenters.records.covered_days import COLUMNS, correction_row, correction_sentences
from web.presenters.tables import Link, Table
from web.queries.records import covered_days as queries
from web.queries.records.submissions import SubmissionQuery
from web.queries.records.submissions import submission as submission_of

from .submissions import ONE, number_at

PAGE: Final = "covered_days_pages.covered_days"
_LAST_NUMBER: Final = 2**31 - 1

blueprint = Pages("covered_days_pages", __name__)


class CoveredDaysAddress(parameters.Asks):
    """Of which file the form is filled in."""

    number = fields.Integer(load_default=None, validate=validate.Range(1, _LAST_NUMBER))


class CoveredDaysForm(Form):
    """Which file covers which days, and why; and, once that was tried, the tick that it is right."""

    field_of_code: ClassVar = {
        "covered-days-empty": "last_day",
        "covered-days-beyond-name": "first_day",
        "covered-days-unchanged": "first_day",
        "covered-days-no-reason": "reason",
        "covered-days-reason-too-long": "reason",
        "covered-days-reason-unreadable": "reason",
    }

    number = TextField("Number of the submission", width=5, needed="Write the number of the file’s submission.")
    first_day = DateField("First day that the file covers", "Leave both days empty if it covers none.")
    last_day = DateField("Last day that it covers")
    reason = TextField(
        "Why",
        f"For the log and for the agency, in at most {LONGEST_REASON} characters. Name nobody in it.",
        needed="Say why in a sentence.",
        filters=[one_line],
    )
    tried = HiddenField()
    confirmed = CheckboxField("The file covers these days and no others", needed="Tick that it is right.")

    @property
    def what(self) -> str:
        """What was tried."""
        return "|".join((self.number.data, self.first_day.data, self.last_day.data))

    @property
    def submission(self) -> int:
        """The number; 0, which no submission has, for what is none."""
        text = self.number.data
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_LAST_NUMBER)) else 0
        return number if number <= _LAST_NUMBER else 0


@blueprint.page("/covered-days", Right.KNOWLEDGE, CoveredDaysAddress)
def covered_days(args: parameters.Given) -> Page:
    """The form, filled with a file's days, and the corrections so far."""
    number = args["number"]
    data = {"number": str(number) if number else ""}
    if number and (line := submission_of(guard.snapshot(), guard.viewer(Right.KNOWLEDGE), SubmissionQuery(number))):
        days = (line.first_day, line.last_day) if line.is_file else (None, None)
        data |= dict(zip(("first_day", "last_day"), (day.isoformat() if day else "" for day in days), strict=True))
    return _page(CoveredDaysForm(None, data=data), None)


@blueprint.page("/covered-days", Right.KNOWLEDGE, Nothing, method="POST")
def correct(_given: parameters.Given) -> Any:
    """Say what a correction would do; once ticked, store it."""
    form = CoveredDaysForm()
    confirmed, was_tried = form.confirmed.data, form.tried.data == form.what
    form.confirmed.needed = form.confirmed.needed if was_tried else ""
    if not form.validate_on_submit() or not _has_both_days_or_none(form):
        return _page(form, None), 422
    with form.refusals_at("number"):
        if confirmed and was_tried:
            done = _corrected(form, dry_run=False)
            return redirect(url_for(ONE, number=number_at(done.position), done="days-corrected"), 303)
        tried = _corrected(form, dry_run=True)
        form.tried.data = form.what
        return _page(form, tried)
    return _page(form, None), 422


def _has_both_days_or_none(form: CoveredDaysForm) -> bool:
    if bool(form.first_day.day) == bool(form.last_day.day):
        return True
    form.add_error("last_day" if form.first_day.day else "first_day", "Write both days, or none.")
    return False


def _corrected(form: CoveredDaysForm, *, dry_run: bool) -> DaysCorrected:
    who, on = guard.principal(), today()
    first_day, last_day = form.first_day.day, form.last_day.day
    days = Period(first_day, last_day) if first_day and last_day else None
    receipt = Receipt(on, on, who.name, who.role, dry_run)
    return correct_covered_days(guard.services().register, form.submission, days, form.reason.data, receipt)


def _page(form: CoveredDaysForm, tried: DaysCorrected | None) -> Page:
    lines = queries.corrections(guard.snapshot(), guard.viewer(Right.KNOWLEDGE)).corrections
    rows = []
    for line in lines:
        number, *rest = correction_row(line)
        rows.append((Link(number, url_for(ONE, number=line.number)), *rest))
    return Page(
        "covered-days.html",
        "Correct which days a file covers",
        {"corrections": Table(COLUMNS, rows, "The newest first") if rows else None},
        form=form,
        errors=form.links,
        tried=tried,
        sentences=list(correction_sentences(tried)) if tried else [],
    )
