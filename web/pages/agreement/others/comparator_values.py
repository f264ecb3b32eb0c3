"""Values of others: a file loaded, first as a trial and then exactly those bytes; a value typed in; a release."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.contract_life.comparators import HOW_PERIODS_ARE_WRITTEN, ValueKind, period_written
from domain.errors import ChangedMeanwhile
from projections.performance.beside.comparators import COMPARABLES
from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import comparator_values as commands
from web.commands.agreement.comparator_values import ValuesOutcome
from web.files.agreement.comparator_values import COLUMN_OF, COLUMNS, LARGEST_FILE, SaidValue
from web.pages.agreement.others.comparators import (
    CONFLICT,
    DONE,
    LIST,
    NUMBER,
    ComparatorsAddress,
    WithdrawComparatorForm,
    blueprint,
    decision,
    may_change,
    who_and_when,
)
from web.pages.agreement.others.comparators import viewer as reader
from web.pages.frame.forms import DateField, FileField, Form, HiddenField, SelectField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.paging import Paging
from web.presenters import text
from web.presenters.agreement import comparators as presenter
from web.presenters.tables import Table
from web.queries.agreement import comparator_areas as reached
from web.queries.agreement import comparators as queries
from web.queries.agreement.comparators import ComparatorReleaseResult

RELEASE: Final = "comparators_pages.release"

# ---- a file


class LoadValuesForm(Form):
    """A file of values, where it is from, and when it was released."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "comparator-no-source": "source",
        "comparator-words-too-long": "source",
        "comparator-words-unreadable": "source",
        "comparator-in-future": "released_on",
        "comparator-set-no-day": "released_on",
    }

    file = FileField(
        "File of values",
        f"A CSV file. Its first line names the columns {', '.join(COLUMNS)}; a line has two counts, or a percentage.",
        accept=".csv,text/csv",
        needed="Choose a file.",
    )
    source = TextField("Source", "Like “DOMES Q3 2016/17”.", needed="Say where the values are from.")
    released_on = DateField("Day on which they were released", needed="Enter the day on which they were released.")


class ValuesTrialForm(Form):
    """What was tried is what is stored: the same bytes, for the same day."""

    field_of_code: ClassVar[Mapping[str, str]] = {}

    content = HiddenField()
    file = HiddenField()
    source = HiddenField()
    released_on = HiddenField()
    seen = HiddenField()


@blueprint.page("/comparators/load", Right.KNOWLEDGE)
def load_form(_given: parameters.Given) -> Page:
    """The form on which a file is chosen."""
    return _load_page(LoadValuesForm(None))


def _load_page(form: LoadValuesForm) -> Page:
    return Page(
        "comparator-form.html",
        "Load values of others",
        form=form,
        errors=form.links,
        conflict=None,
        action=url_for("comparators_pages.try_file"),
        button="Look at it first",
        lead="Nothing is stored yet: the next page says what the file holds.",
    )


@blueprint.page("/comparators/load", Right.KNOWLEDGE, method="POST")
def try_file(_given: parameters.Given) -> Any:
    """Say what a file holds; nothing is stored."""
    form = LoadValuesForm()
    if form.validate_on_submit():
        data = form.file.data.read(LARGEST_FILE + 1)
        with form.refusals_at("file"):
            name, source, day = form.file.data.filename or "values.csv", form.source.data, form.released_on.day
            said = decision(day)
            outcome = commands.load_values(services().register, data, name, source, said, dry_run=True)
            trial = ValuesTrialForm(
                None,
                content=b64encode(data).decode(),
                file=name,
                source=source,
                released_on=form.released_on.data,
                seen=str(outcome.newest),
            )
            return _trial_page(trial, outcome), 422 if outcome.rejected else 200
    return _load_page(form), 422


def _trial_page(form: ValuesTrialForm, outcome: ValuesOutcome, conflict: Mapping[str, Any] | None = None) -> Page:
    values = [queries.said_value_result(value) for value in outcome.values]
    return Page(
        "comparator-trial.html",
        "What the file holds",
        {
            "rejected": presenter.rejected_table(outcome),
            "values": presenter.values_table(values, "Its values") if values and not outcome.rejected else None,
        },
        form=form,
        conflict=conflict,
        said=presenter.summary(outcome),
        file=form.file.data,
        source=form.source.data,
        sha256=outcome.sha256,
        may_load=not outcome.rejected,
        load_at=url_for("comparators_pages.load_form"),
    )


@blueprint.page("/comparators/load/confirm", Right.KNOWLEDGE, method="POST")
def load(_given: parameters.Given) -> Any:
    """Take in the bytes that were tried."""
    form = ValuesTrialForm()
    try:
        data = b64decode(form.content.data, validate=True)
    except (NotBase64, ValueError):
        data = b""
    asked = LoadValuesForm(None, source=form.source.data, released_on=form.released_on.data)
    asked.released_on.day = parameters.day_written(form.released_on.data or "")
    said = decision(asked.released_on.day, form.seen.data)
    register, name, source = services().register, form.file.data, form.source.data
    with asked.refusals_at("file"):
        try:
            outcome = commands.load_values(register, data, name, source, said)
        except ChangedMeanwhile as changed:
            tried = commands.load_values(register, data, name, source, said, dry_run=True)
            form.seen.data = str(changed.newest)
            return _trial_page(form, tried, _conflict_of_file(tried, changed.newest)), 409
        if outcome.release is None:
            return _trial_page(form, outcome), 422
        return redirect(url_for(RELEASE, number=outcome.release.number, done="loaded"), 303)
    return _load_page(asked), 422


def _conflict_of_file(tried: ValuesOutcome, newest: int) -> Mapping[str, Any]:
    standing = _release(newest)
    rows = [
        ("Values", text.plural(len(tried.values), "value"), text.plural(standing.count, "value")),
        ("Periods", None, ", ".join(standing.periods)),
        ("Source", None, standing.source),
    ]
    return {"versions": Table(CONFLICT, rows, "Both"), **who_and_when(standing.said)}


# ---- one value


KINDS: Final = {
    ValueKind.AREA: "an area",
    ValueKind.GROUP: "the group as a whole (an average)",
    ValueKind.NATIONAL: "the nation",
    ValueKind.TOP_QUARTILE: "the top quartile, as a range",
}


class EnterValueForm(Form):
    """A value of somebody else's."""

    field_of_code: ClassVar[Mapping[str, str]] = COLUMN_OF | {
        "comparator-no-source": "source",
        "comparator-in-future": "released_on",
        "comparator-set-no-day": "released_on",
    }

    seen = HiddenField()
    measure = SelectField(
        "Measure",
        choices={"": "Choose a measure"} | {code: presenter.measure_name(code) for code in COMPARABLES},
        needed="Choose a measure.",
    )
    period = TextField(
        "Period", f"Like {HOW_PERIODS_ARE_WRITTEN}.", width=20, needed="Enter the period, like Q3 2016/17."
    )
    kind = SelectField("Whose value it is", choices={str(kind): words for kind, words in KINDS.items()})
    area = TextField(
        "What it is called", "The area’s name, or like “national average”.", needed="Say whose value it is."
    )
    numerator = TextField("Counted", "How many; leave it empty if only a percentage is known.", width=10)
    denominator = TextField("Of", "Of how many.", width=10)
    percentage = TextField("Percentage", "As it was printed; of a range, its low end.", width=5)
    percentage_to = TextField("Up to", "Only of a range: its high end.", width=5)
    source = TextField("Source", "Where it is printed.", needed="Say where the value is from.")
    released_on = DateField("Day on which it was released", needed="Enter the day on which it was released.")

    @property
    def said(self) -> SaidValue:
        """The value as it was written."""
        kind = ValueKind(self.kind.data) if self.kind.data in self.kind.choices else ValueKind.AREA
        counts = self.numerator.data, self.denominator.data
        ends = self.percentage.data, self.percentage_to.data
        return SaidValue(self.area.data, self.measure.data, self.period.data, *counts, *ends, kind)


class EnterValueAddress(parameters.Asks):
    """Of what the value is."""

    measure = fields.String(load_default="", validate=validate.OneOf(["", *COMPARABLES]))
    period = fields.String(load_default="", validate=validate.Length(max=30))


@blueprint.page("/comparators/enter", Right.KNOWLEDGE, EnterValueAddress)
def enter_form(args: parameters.Given) -> Page:
    """The form of a single value."""
    form = EnterValueForm(None, measure=args["measure"], period=args["period"], kind=str(ValueKind.AREA))
    if args["measure"] and (period := period_written(args["period"])):
        newest = reached.newest_release(snapshot(), reader(), args["measure"], period)
        form.seen.data = str(newest)
    return _enter_page(form)


def _enter_page(form: EnterValueForm, conflict: Mapping[str, Any] | None = None) -> Page:
    return Page(
        "comparator-form.html",
        "Type in a value of others",
        form=form,
        errors=form.links,
        conflict=conflict,
        action=url_for("comparators_pages.enter"),
        button="Take it in",
        lead="A later value of the same area and period stands from its day on; as known before, the older one stands.",
    )


@blueprint.page("/comparators/enter", Right.KNOWLEDGE, EnterValueAddress, method="POST")
def enter(_given: parameters.Given) -> Any:
    """Take in a value that was typed in."""
    form, conflict = EnterValueForm(), None
    if form.validate_on_submit():
        with form.refusals_at("area"):
            said = decision(form.released_on.day, form.seen.data)
            try:
                made = commands.enter_value(services().register, form.said, form.source.data, said)
                return redirect(url_for(RELEASE, number=made.number, done="entered"), 303)
            except ChangedMeanwhile as changed:
                conflict = _conflict_of_value(form, changed.newest)
                form.seen.data = str(changed.newest)
    return _enter_page(form, conflict), 409 if conflict else 422


def _conflict_of_value(form: EnterValueForm, newest: int) -> Mapping[str, Any]:
    standing = _release(newest)
    written = " of ".join(filter(None, (form.numerator.data, form.denominator.data)))
    percentage = " to ".join(f"{one}%" for one in (form.percentage.data, form.percentage_to.data) if one)
    same = presenter.values_table(standing.values, "").rows[:5]
    stands = "; ".join(f"{row[0]}: {presenter.in_words(row[3:])}" for row in same)
    rows = [
        ("Value", f"{form.area.data}: {' '.join(filter(None, (written, percentage)))}", stands),
        ("Source", form.source.data, standing.source),
    ]
    return {"versions": Table(CONFLICT, rows, "Both"), **who_and_when(standing.said)}


# ---- a release


class ReleaseAddress(ComparatorsAddress):
    """What was just done, and which of its values are looked at."""

    page = parameters.number_field("Which page of its values.", 1, load_default=1)


@blueprint.page(f"/comparators/values/{NUMBER}", Right.AGREED, ReleaseAddress)
def release(args: parameters.Given, number: int) -> Page:
    """The values that became known together."""
    one = _release(number)
    return _release_page(one, done=DONE.get(args["done"], ""), paging=Paging(args["page"], one.count))


def _release(number: int) -> ComparatorReleaseResult:
    one = queries.comparator_release(snapshot(), reader(), number)
    if one is None:
        guard.refuse_as_missing()
    return one


def _release_page(
    one: ComparatorReleaseResult,
    form: WithdrawComparatorForm | None = None,
    *,
    done: str = "",
    conflict: Mapping[str, Any] | None = None,
    paging: Paging | None = None,
) -> Page:
    form = form or WithdrawComparatorForm(None, seen=str(one.version))
    values = one.values[paging.rows] if paging else one.values
    return Page(
        "comparator-release.html",
        f"Values of {', '.join(one.periods)}",
        {"values": presenter.values_table(values, text.plural(one.count, "value"))},
        title=f"Comparator values, release {one.number}",
        one=one,
        paging=paging,
        form=form,
        errors=form.links,
        done=done,
        conflict=conflict,
        may_change=may_change() and one.state != "withdrawn",
    )


@blueprint.page(f"/comparators/values/{NUMBER}/withdraw", Right.KNOWLEDGE, method="POST")
def withdraw_release(_given: parameters.Given, number: int) -> Any:
    """Let values count no more, from today on."""
    one, form, conflict = _release(number), WithdrawComparatorForm(), None
    if form.validate_on_submit():
        with form.refusals_at("reason"):
            try:
                said = decision(today(), form.seen.data)
                commands.withdraw_values(services().register, number, form.reason.data, said)
                return redirect(url_for(LIST, done="withdrawn"), 303)
            except ChangedMeanwhile as changed:
                rows = [("Withdraw", form.reason.data, one.state)]
                conflict = {"versions": Table(CONFLICT, rows, "Both"), **who_and_when(one.withdrawn or one.said)}
                form.seen.data = str(changed.newest)
    return _release_page(one, form, conflict=conflict), 409 if conflict else 422
