"""A plan is written: a new one, by hand or from a figure; a draft, or what was sent back, anew; strand by strand."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

import msgspec
from flask import redirect, url_for
from marshmallow import fields, validate

from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.plan_forms import FORM_OF, FORMS, PlanForm
from domain.improvement.plan_terms import Cadence, PlanTerms, Strand
from domain.improvement.written import OpenedFrom
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import action_plans as commands
from web.pages.frame.agency_names import named
from web.pages.frame.forms import SeenForm
from web.pages.frame.layout import Page
from web.pages.frame.navigation import here
from web.pages.frame.page import newest_standpoint
from web.presenters import text
from web.presenters.improvement import action_plans as words
from web.presenters.improvement.plan_prefill import PrefilledPlan, prefilled
from web.presenters.tables import Column, Link, Table
from web.queries.improvement import action_plans as queries
from web.queries.improvement.action_plans import AboutQuery
from web.queries.improvement.plan_prefill import prefill
from web.queries.improvement.results.plan_results import PlanResult

from .action_plans import LIST, NUMBER, ONE, author, blueprint, may, plan_or_404, viewer
from .plan_fields import (
    FORMAL,
    OF_STRAND,
    PHONE,
    VALUE,
    WritingForm,
    filled_from,
    kpis_written,
    strand_form,
    strand_in,
    writing_form,
)

ORIGINS: Final = ("figure", "plan", "notice", "audit", "meeting", "inspection", "hand")
SEEN_COLUMNS: Final = (Column("What"), Column("As you wrote it"), Column("As it stands"))


# ---- a new one


class NewPlanAddress(parameters.SliceParameters):
    """On which form, and from which figure or what else; left out, by hand."""

    form = fields.String(load_default=FORMS[0].code, validate=validate.OneOf(list(FORM_OF)))
    measure = parameters.measure_field(load_default=None)
    as_of = parameters.DayField(load_default=None, description="The figure's day.")
    known_at = parameters.KnownAtField()
    cut = parameters.cut_field("The standpoint of a published scorecard, in place of the two days.")
    origin = fields.String(load_default=None, validate=validate.OneOf(ORIGINS))
    from_number = parameters.number_field("The number of what it is opened from.", 1, load_default=None)
    part = fields.String(load_default="", validate=validate.Length(max=300))


def _about(args: parameters.Given) -> AboutQuery | None:
    """The figure of an address."""
    if args["measure"] is None:
        return None
    known = snapshot()
    if args["as_of"] is None and args["cut"] is None:
        as_of, known_at = date.fromisoformat(newest_standpoint(known)["as_of"]), args["known_at"]
    else:
        as_of, known_at = parameters.standpoint_of(known, args)
    slice_: Slice = parameters.where_of(known, args)
    guard.viewer(Right.AGREE, slice_)
    return AboutQuery(args["measure"], as_of, known_at, slice_)


def _prefilled(about: AboutQuery | None, form: PlanForm) -> PrefilledPlan:
    if about is None:
        return PrefilledPlan("", {}, {}, ())
    return prefilled(form, prefill(snapshot(), viewer(), about), named)


@blueprint.page("/action-plans/new", Right.AGREE, NewPlanAddress)
def new(args: parameters.Given) -> Page:
    """The form of a new plan, filled as far as the figure says it."""
    form, about = FORM_OF[args["form"]], _about(args)
    from_figure = _prefilled(about, form)
    agencies = [about.slice_.agency] if about and about.slice_.agency else sorted(viewer().own)
    start: dict[str, Any] = {
        "title": from_figure.title,
        "strand_title": from_figure.title,
        "first_day": today().isoformat(),
        "agencies": agencies,
        "phone": "14",
        "formal": "1",
        "kpis": kpis_written(from_figure.kpis),
        "seen": "0",
    }
    start |= {f"{VALUE}{key}": words_ for key, words_ in from_figure.values.items()}
    start |= {f"{OF_STRAND}{key}": words_ for key, words_ in from_figure.strand_values.items()}
    return _new_page(form, about, writing_form(form, with_strand=True)(None, data=start))


def _new_page(form: PlanForm, about: AboutQuery | None, filled: WritingForm) -> Page:
    figure = queries.figures_about(snapshot(), viewer(), [about])[0] if about else None
    return Page(
        "action-plan-write.html",
        f"Open an action plan: {form.name.lower()}",
        form=filled,
        errors=filled.links,
        figure=words.written_words(figure) if figure else "",
        forms=[Link(one.name, here(form=one.code), one is form) for one in FORMS],
        action=here(),
        button="Save the draft",
        back_link=Link("Action plans", url_for(LIST)),
        is_new=True,
        versions=None,
    )


@blueprint.page("/action-plans/new", Right.AGREE, NewPlanAddress, method="POST")
def draft(args: parameters.Given) -> Any:
    """Begin a plan."""
    form, about = FORM_OF[args["form"]], _about(args)
    filled = writing_form(form, with_strand=True)()
    if filled.validate_on_submit():
        with filled.refusals_at("title"):
            abouts = queries.figures_about(snapshot(), viewer(), [about] if about else [])
            kind = args["origin"] or ("figure" if about else "hand")
            terms = _terms(form, filled, OpenedFrom(kind, args["from_number"], args["part"]))
            strand = strand_in(1, form, filled)
            whole = msgspec.structs.replace(terms, about=abouts, strands=(strand,))
            number = commands.draft_plan(services().register, whole, author()).plan.number
            return redirect(url_for(ONE, number=number, done="drafted"), 303)
    return _new_page(form, about, filled), 422


def _terms(form: PlanForm, filled: WritingForm, origin: OpenedFrom, before: Iterable[Cadence] = ()) -> PlanTerms:
    first_day = filled.first_day.day
    assert first_day
    return PlanTerms(
        form.code,
        filled.title.data,
        origin,
        first_day,
        filled.last_day.day,
        tuple(filled.agencies.data or ()),
        (),
        filled.values(form.fields, VALUE),
        (),
        filled.cadence(before),
    )


# ---- a draft, anew


@blueprint.page(f"{NUMBER}/edit", Right.AGREE)
def edit(_given: parameters.Given, number: int) -> Page:
    """The form that writes a draft anew."""
    plan = _to_be_written(number)
    form, its = FORM_OF[plan.form], plan.terms
    every = {one.kind: str(one.every) for one in its.cadence}
    start: dict[str, Any] = {
        "title": its.title,
        "first_day": its.first_day.isoformat(),
        "last_day": its.last_day.isoformat() if its.last_day else "",
        "agencies": list(its.agencies),
        "phone": every.get(PHONE, ""),
        "formal": every.get(FORMAL, ""),
        "seen": str(plan.version),
    }
    start |= {f"{VALUE}{key}": words_ for key, words_ in its.values.items()}
    if not form.has_strands:
        start |= filled_from(its.strands[0])
    return _edit_page(plan, writing_form(form, with_strand=not form.has_strands)(None, data=start))


def _to_be_written(number: int) -> PlanResult:
    plan = plan_or_404(number)
    if not may(plan, "edit"):
        guard.refuse(principal(), "step-not-now", f"The plan is {plan.state}: your side cannot write it anew.")
    return plan


def _edit_page(plan: PlanResult, filled: SeenForm, versions: Table | None = None, strand: int | None = None) -> Page:
    its = f"{plan.title}: strand {strand}" if strand else plan.title
    endpoint: dict[str, Any] = {"strand": strand} if strand is not None else {}
    step = "action-plans.change_strand" if strand is not None else "action-plans.change"
    newest = plan.steps[-1]
    return Page(
        "action-plan-write.html",
        "Add a strand" if strand == 0 else f"Change {its}",
        {"versions": versions},
        form=filled,
        errors=filled.links,
        figure="",
        forms=[],
        action=url_for(step, number=plan.number, **endpoint),
        button="Save",
        back_link=Link(plan.title, url_for(ONE, number=plan.number)),
        is_new=False,
        who=newest.actor,
        on=text.day(newest.on),
    )


@blueprint.page(f"{NUMBER}/edit", Right.AGREE, method="POST")
def change(_given: parameters.Given, number: int) -> Any:
    """Write a draft anew."""
    plan = plan_or_404(number)
    form, its = FORM_OF[plan.form], plan.terms
    filled = writing_form(form, with_strand=not form.has_strands)()

    def terms() -> PlanTerms:
        new_terms = _terms(form, filled, its.origin, its.cadence)
        strands = its.strands if form.has_strands else (strand_in(its.strands[0].number, form, filled),)
        return msgspec.structs.replace(new_terms, strands=strands)

    return _changed(plan, filled, terms)


def _changed(plan: PlanResult, filled: SeenForm, terms: Callable[[], PlanTerms], strand: int | None = None) -> Any:
    versions, status = None, 422
    if filled.validate_on_submit():
        try:
            commands.edit_plan(services().register, plan.number, terms(), author(), filled.version)
            return redirect(url_for(ONE, number=plan.number, done="edit"), 303)
        except ChangedMeanwhile as changed:
            filled.seen.data, status = str(changed.newest), 409
            versions = _versions(plan, filled, strand)
        except Refused as refused:
            filled.refuse(refused, "strand_title" if strand is not None else "title")
    return _edit_page(plan, filled, versions, strand), status


def _versions(plan: PlanResult, filled: SeenForm, strand: int | None) -> Table:
    """What somebody wrote beside what stands, where the two differ."""
    its = plan.terms
    of_strand = next((one for one in its.strands if strand is None or one.number == strand), its.strands[0])
    stands: dict[str, str] = {"title": its.title, "first_day": its.first_day.isoformat()}
    stands["last_day"] = its.last_day.isoformat() if its.last_day else ""
    stands |= {f"{VALUE}{key}": words_ for key, words_ in its.values.items()} | filled_from(of_strand)
    rows = [
        (field.label.text, field.data or None, stands.get(field.name) or None)
        for field in filled
        if isinstance(field.data, str) and field.name != "seen" and field.data != stands.get(field.name, "")
    ]
    return Table(SEEN_COLUMNS, [*rows, ("State", None, plan.state)], "The two versions")


# ---- its strands


@blueprint.page(f"{NUMBER}/strands/<int(min=0, max=1000):strand>", Right.AGREE)
def strand(_given: parameters.Given, number: int, strand: int) -> Page:
    """The form of a strand; 0 is a new one."""
    plan = _to_be_written(number)
    its = _strand_or_404(plan, strand)
    start = filled_from(its) if its else {}
    return _edit_page(
        plan, strand_form(FORM_OF[plan.form])(None, data=start | {"seen": str(plan.version)}), None, strand
    )


def _strand_or_404(plan: PlanResult, number: int) -> Strand | None:
    its = next((one for one in plan.terms.strands if one.number == number), None)
    if (number and its is None) or not FORM_OF[plan.form].has_strands:
        guard.refuse_as_missing()
    return its


@blueprint.page(f"{NUMBER}/strands/<int(min=0, max=1000):strand>", Right.AGREE, method="POST")
def change_strand(_given: parameters.Given, number: int, strand: int) -> Any:
    """Add a strand, or write one anew."""
    plan = plan_or_404(number)
    _strand_or_404(plan, strand)
    form, its = FORM_OF[plan.form], plan.terms
    filled = strand_form(form)()

    def terms() -> PlanTerms:
        new = max(one.number for one in its.strands) + 1
        written = strand_in(strand or new, form, filled)
        strands = [written if one.number == strand else one for one in its.strands]
        return msgspec.structs.replace(its, strands=(*strands, *(() if strand else (written,))))

    return _changed(plan, filled, terms, strand)
