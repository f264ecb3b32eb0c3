"""Comparators: what other areas reached, by measure; which areas we are compared with; and what was released."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.contract_life.comparators import period_written
from domain.errors import ChangedMeanwhile
from projections.performance.comparators import COMPARABLES
from projections.performance.quartiles import QuartileMethod
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.agreement import comparators as commands
from web.commands.agreement.comparators import ComparatorDecision, ComparatorSetTerms
from web.pages.frame.forms import CheckboxesField, DateField, Form, HiddenField, TextareaField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, here
from web.pages.frame.page import Pages
from web.presenters import text
from web.presenters.agreement import comparators as presenter
from web.presenters.agreement.comparator_words import ends_of, ordinal, sentences
from web.presenters.tables import Column, Link, Table
from web.problems import not_here
from web.queries.agreement import comparators as queries
from web.queries.agreement.comparators import AreasQuery, ComparatorSaid, ComparatorSetResult

LIST: Final = "comparators_pages.comparators"
SET: Final = "comparators_pages.one_set"
NUMBER: Final = "<int(min=1, max=2147483647):number>"
DONE: Final = {
    "defined": "The set is in use.",
    "changed": "The set was changed. As known before, it is what it was.",
    "withdrawn": "It counts no more. As known before, it did.",
    "loaded": "The values are taken in.",
    "entered": "The value is taken in.",
}

blueprint = Pages("comparators_pages", __name__, Place("Comparators", LIST, Right.AGREED, aside=True))


class ComparatorsAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(DONE)))


def viewer() -> Viewer:
    """Who reads what was agreed."""
    return guard.viewer(Right.AGREED)


def may_change() -> bool:
    """Whether this person may say something of comparators."""
    return principal().reach(Right.KNOWLEDGE) is not None


def decision(on: date | None, seen: str = "") -> ComparatorDecision:
    """Who says something, for which day, and over which version that they read."""
    who = principal()
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    return ComparatorDecision(who.name, who.role, on, today(), number)


def who_and_when(said: ComparatorSaid) -> dict[str, str]:
    """By whom and when something was said, for a page that shows two versions."""
    return {"who": said.actor, "on": text.day(said.on)}


# ---- all


BY_MEASURE: Final = (
    Column("Measure"),
    Column("Period", whole=True),
    Column("Ours", number=True),
    Column("Group", number=True),
    Column("Ours is"),
    Column("Place", aside=True),
    Column("Top quartile", aside=True),
    Column("National", number=True, aside=True),
    Column("Areas with a value", aside=True),
)


@blueprint.page("/comparators", Right.AGREED, ComparatorsAddress)
def comparators(args: parameters.Given) -> Page:
    """What others reached, by measure; the sets; and the releases, the newest first."""
    who = viewer()
    result = queries.comparators(snapshot(), who)
    compared = queries.every_measure(snapshot(), who, today())
    sets = [presenter.set_row(one, Link(one.name, url_for(SET, number=one.number))) for one in result.sets]
    releases = [
        presenter.release_row(
            one,
            Link(
                ", ".join(one.periods), url_for("comparators_pages.release", number=one.number), more=f", {one.number}"
            ),
        )
        for one in reversed(result.releases)
    ]
    return Page(
        "comparators.html",
        "Comparators",
        {
            "by_measure": Table(BY_MEASURE, list(map(_measure_row, compared)), "By measure") if compared else None,
            "sets": Table(presenter.SETS, sets, "Who we are compared with") if sets else None,
            "releases": Table(presenter.RELEASES, releases, "Released, the newest first") if releases else None,
        },
        done=DONE.get(args["done"], ""),
        may_change=may_change(),
    )


def _measure_row(one: queries.AreasResult) -> tuple[Any, ...]:
    beside, own = one.beside, one.own
    top = beside.top_quartile
    total = beside.areas + beside.without
    return (
        Link(presenter.measure_name(one.measure), url_for("comparators_pages.measure", code=one.measure)),
        one.period,
        text.percentage(own) if own and own.is_covered and not own.withheld else None,
        text.percent(one.whole.low) if one.whole else None,
        beside.judged or beside.why_not,
        f"{ordinal(beside.rank)} of {beside.among}" if beside.rank else None,
        ends_of(round(top.low, 2), round(top.high, 2)) if top else None,
        text.percent(beside.national.low) if beside.national else None,
        f"{beside.areas} of {total}" if total else None,
    )


# ---- one measure


class MeasureAddress(parameters.Asks):
    """Which period, as known on which day, and where a quartile ends."""

    period = fields.String(load_default=None, validate=validate.Length(max=30))
    known_at = parameters.DayField(load_default=None, description="What had been released by this day; today.")
    method = fields.String(
        load_default=str(QuartileMethod.RANKED), validate=validate.OneOf(list(map(str, QuartileMethod)))
    )


@blueprint.page("/comparators/of/<code>", Right.AGREED, MeasureAddress)
def measure(args: parameters.Given, code: str) -> Page:
    """What the areas reached in a period, in their order, with ours among them."""
    period = period_written(args["period"]) if args["period"] else None
    if code not in COMPARABLES or (args["period"] and period is None):
        raise not_here()
    known_at, method = args["known_at"] or today(), QuartileMethod(args["method"])
    result = queries.areas(snapshot(), viewer(), AreasQuery(code, known_at, period, method))
    if result is None:
        return Page(
            "comparators-measure.html", presenter.measure_name(code), {"areas": None, "quartiles": None}, result=None
        )
    days = queries.days_of_release(snapshot(), viewer(), code)
    return Page(
        "comparators-measure.html",
        presenter.measure_name(code),
        {
            "areas": presenter.areas_table(result) if result.areas or result.without else None,
            "quartiles": presenter.quartiles_table(result),
        },
        result=result,
        said=sentences(result.beside),
        chart=presenter.areas_chart(result) if result.areas else None,
        profile_at=url_for("caseload.profile") if code.startswith("profile.") else "",
        set_at=url_for(SET, number=result.set) if result.set else "",
        periods=[Link(one, here(period=one), one == result.period) for one in result.periods],
        methods=[Link(words, here(method=str(one)), one is method) for one, words in presenter.METHODS.items()],
        days=[Link(text.short_day(day), here(known_at=day.isoformat()), day == known_at) for day in days],
        now=Link("today", here(known_at=None), args["known_at"] is None),
        enter_at=url_for("comparators_pages.enter_form", measure=code, period=result.period),
        may_change=may_change(),
    )


# ---- one set


VERSIONS: Final = (Column("From", whole=True), Column("Areas", number=True), Column("Measures"), Column("Said by"))


class WithdrawForm(Form):
    """Why something counts no more."""

    seen = HiddenField()
    reason = TextField("Why it counts no more", "It stays on record.", needed="Say why.")


@blueprint.page(f"/comparators/{NUMBER}", Right.AGREED, ComparatorsAddress)
def one_set(args: parameters.Given, number: int) -> Page:
    """A set: its areas and its measures, and what it was before."""
    return _set_page(_one(number), done=DONE.get(args["done"], ""))


def _one(number: int) -> ComparatorSetResult:
    one = queries.comparator_set(snapshot(), viewer(), number)
    if one is None:
        guard.refuse_as_missing()
    return one


def _set_page(
    one: ComparatorSetResult,
    form: WithdrawForm | None = None,
    *,
    done: str = "",
    conflict: Mapping[str, Any] | None = None,
) -> Page:
    form = form or WithdrawForm(None, seen=str(one.version))
    rows = [
        (version.said.on, len(version.areas), ", ".join(version.measures), version.said.actor)
        for version in reversed(one.versions)
    ]
    measures = [
        Link(presenter.measure_name(code), url_for("comparators_pages.measure", code=code)) for code in one.measures
    ]
    return Page(
        "comparator-set.html",
        one.name,
        {
            "areas": Table((Column("Area"),), [(area,) for area in one.areas], text.plural(len(one.areas), "area")),
            "versions": Table(VERSIONS, rows, "As it was, the newest first") if len(rows) > 1 else None,
        },
        title=f"Comparator set {one.number}",
        one=one,
        measures=measures,
        form=form,
        errors=form.links,
        done=done,
        conflict=conflict,
        may_change=may_change() and one.state != "withdrawn",
    )


@blueprint.page(f"/comparators/{NUMBER}/withdraw", Right.KNOWLEDGE, method="POST")
def withdraw_set(_given: parameters.Given, number: int) -> Any:
    """Let a set be compared with no more, from today on."""
    one, form = _one(number), WithdrawForm()
    conflict = None
    if form.validate_on_submit():
        with form.refusals_at("reason"):
            try:
                said = decision(today(), form.seen.data)
                commands.withdraw_set(services().register, number, form.reason.data, said)
                return redirect(url_for(LIST, done="withdrawn"), 303)
            except ChangedMeanwhile as changed:
                conflict = _as_it_stands(one, (("Withdraw", form.reason.data, one.state),))
                form.seen.data = str(changed.newest)
    return _set_page(one, form, conflict=conflict), 409 if conflict else 422


# ---- defining and changing one


_BETWEEN_AREAS: Final = re.compile(r"[\r\n\t;]+")


class ComparatorSetForm(Form):
    """Which areas are compared with each other, of which measures, and who says so."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "comparator-set-unnamed": "name",
        "comparator-set-empty": "areas",
        "comparator-set-too-large": "areas",
        "comparator-area-twice": "areas",
        "comparator-set-no-measure": "measures",
        "comparator-measure-twice": "measures",
        "comparator-set-no-day": "said_on",
        "comparator-set-before": "said_on",
        "comparator-in-future": "said_on",
    }

    seen = HiddenField()
    name = TextField("Name", "Like “Opiate clients”.", needed="Give the set a name.")
    areas = TextareaField(
        "Areas",
        "One a line, or pasted from a table of a paper. Each name as the files of values have it.",
        rows=12,
        needed="Name the areas: without areas there is nothing to compare.",
        options={"spellcheck": False},
    )
    own_area = TextField("Our own area", "Only if it is among them: its name there. Then our own figure stands for it.")
    source = TextField("Source", "Who grouped them, and where that is written.")
    said_on = DateField("Day from which on it holds", needed="Enter the day on which the set was made.")
    measures = CheckboxesField(
        "Measures that are compared in it",
        "A measure has one set at a time.",
        choices={code: presenter.measure_name(code) for code in COMPARABLES},
        needed="Choose at least one measure.",
    )

    @property
    def terms(self) -> ComparatorSetTerms:
        """The set as it was put."""
        areas = tuple(filter(None, (area.strip() for area in _BETWEEN_AREAS.split(self.areas.data))))
        return ComparatorSetTerms(
            self.name.data, tuple(self.measures.data), areas, self.own_area.data, self.source.data
        )


@blueprint.page("/comparators/new", Right.KNOWLEDGE)
def new_set(_given: parameters.Given) -> Page:
    """The form of a new set."""
    return _set_form_page(ComparatorSetForm(None))


@blueprint.page("/comparators/new", Right.KNOWLEDGE, method="POST")
def define_set(_given: parameters.Given) -> Any:
    """Say which areas we are compared with."""
    form = ComparatorSetForm()
    if form.validate_on_submit():
        with form.refusals_at("areas"):
            made = commands.define_set(services().register, form.terms, decision(form.said_on.day))
            return redirect(url_for(SET, number=made.number, done="defined"), 303)
    return _set_form_page(form), 422


@blueprint.page(f"/comparators/{NUMBER}/change", Right.KNOWLEDGE)
def change_form(_given: parameters.Given, number: int) -> Page:
    """The form of a set, filled with what it is."""
    one = _one(number)
    form = ComparatorSetForm(
        None,
        data={
            "seen": str(one.version),
            "name": one.name,
            "areas": "\n".join(one.areas),
            "own_area": one.own_area,
            "source": one.source,
            "measures": list(one.measures),
        },
    )
    return _set_form_page(form, one)


@blueprint.page(f"/comparators/{NUMBER}/change", Right.KNOWLEDGE, method="POST")
def change_set(_given: parameters.Given, number: int) -> Any:
    """Say that a set is another from a day on."""
    one, form = _one(number), ComparatorSetForm()
    conflict = None
    if form.validate_on_submit():
        with form.refusals_at("areas"):
            try:
                said = decision(form.said_on.day, form.seen.data)
                commands.change_set(services().register, number, form.terms, said)
                return redirect(url_for(SET, number=number, done="changed"), 303)
            except ChangedMeanwhile as changed:
                conflict = _conflict_of_set(one, form.terms)
                form.seen.data = str(changed.newest)
    return _set_form_page(form, one, conflict), 409 if conflict else 422


def _conflict_of_set(one: ComparatorSetResult, terms: ComparatorSetTerms) -> Mapping[str, Any]:
    added = [area for area in terms.areas if area not in one.areas]
    gone = [area for area in one.areas if area not in terms.areas]
    return _as_it_stands(
        one,
        (
            ("Name", terms.name, one.name),
            (
                "Areas",
                f"{len(terms.areas)}, {len(added)} that it lacks: {', '.join(added) or 'none'}",
                f"{len(one.areas)}, {len(gone)} that yours lacks: {', '.join(gone) or 'none'}",
            ),
            ("Measures", ", ".join(terms.measures), ", ".join(one.measures)),
            ("Our own area", terms.own_area, one.own_area),
            ("Source", terms.source, one.source),
        ),
    )


CONFLICT: Final = (Column("What"), Column("As you wrote it"), Column("As it stands"))


def _as_it_stands(one: ComparatorSetResult, rows: tuple[tuple[str, str, str], ...]) -> Mapping[str, Any]:
    said = one.withdrawn or one.versions[-1].said
    return {
        "versions": Table(CONFLICT, [tuple(cell or None for cell in row) for row in rows], "Both"),
        **who_and_when(said),
    }


def _set_form_page(
    form: ComparatorSetForm, one: ComparatorSetResult | None = None, conflict: Mapping[str, Any] | None = None
) -> Page:
    action = (
        url_for("comparators_pages.change_set", number=one.number) if one else url_for("comparators_pages.define_set")
    )
    return Page(
        "comparator-form.html",
        f"Change {one.name}" if one else "Define a comparator set",
        form=form,
        errors=form.links,
        conflict=conflict,
        action=action,
        button="Change the set" if one else "Define the set",
        lead="From its day on the set is this one; as known before, it stays what it was."
        if one
        else "The areas that we are compared with, and of which measures.",
    )
