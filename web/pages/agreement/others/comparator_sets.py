"""Comparator sets: which areas we are compared with. One read, defined, changed and withdrawn."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile
from projections.performance.beside.comparators import COMPARABLES
from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import comparators as commands
from web.commands.agreement.comparators import ComparatorSetTerms
from web.pages.agreement.others.comparators import (
    CONFLICT,
    DONE,
    LIST,
    NUMBER,
    SET,
    ComparatorsAddress,
    WithdrawComparatorForm,
    blueprint,
    decision,
    may_change,
    viewer,
    who_and_when,
)
from web.pages.frame.forms import CheckboxesField, DateField, Form, HiddenField, TextareaField, TextField
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.agreement import comparators as presenter
from web.presenters.tables import Column, Link, Table
from web.queries.agreement import comparators as queries
from web.queries.agreement.comparators import ComparatorSetResult

VERSIONS: Final = (Column("From", whole=True), Column("Areas", number=True), Column("Measures"), Column("Said by"))


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
    form: WithdrawComparatorForm | None = None,
    *,
    done: str = "",
    conflict: Mapping[str, Any] | None = None,
) -> Page:
    form = form or WithdrawComparatorForm(None, seen=str(one.version))
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
    one, form = _one(number), WithdrawComparatorForm()
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
                conflict = _conflict_of_set(one, form.terms, form.said_on.day)
                form.seen.data = str(changed.newest)
    return _set_form_page(form, one, conflict), 409 if conflict else 422


def _conflict_of_set(one: ComparatorSetResult, terms: ComparatorSetTerms, on: date | None) -> Mapping[str, Any]:
    added = [area for area in terms.areas if area not in one.areas]
    gone = [area for area in one.areas if area not in terms.areas]
    return _as_it_stands(
        one,
        (
            ("Name", terms.name, one.name),
            ("From", text.short_day(on) if on else "", text.short_day(one.versions[-1].said.on)),
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
