"""The commands of `recount action-plan`: list, show, open, edit and print plans; the steps are in `plan_steps`."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click
import msgspec

from domain.errors import WrongUse
from domain.improvement.plan_forms import FORM_OF
from domain.improvement.plan_terms import PlanTerms, Strand
from domain.improvement.written import OpenedFrom
from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import today
from web.commands.improvement import action_plans as commands
from web.exports.paper import MEDIA, paper_file
from web.presenters.console import messages, say
from web.presenters.improvement import action_plans as tables
from web.presenters.improvement.action_plan_document import document
from web.presenters.improvement.plan_prefill import filled_in, prefilled
from web.queries.improvement import action_plans as queries
from web.queries.improvement.action_plans import AboutQuery, PlansQuery
from web.queries.improvement.plan_forms import plan_forms
from web.queries.improvement.plan_prefill import prefill
from web.queries.parameters import KnownAt
from web.snapshot import NOTICE

from .plan_said import (
    answer_plan,
    author_for,
    for_agencies,
    known_plan,
    on_day,
    record,
    seen_version,
    viewer_for,
)
from .plan_steps import COMMANDS


@click.group("action-plan")
def action_plan() -> None:
    """Action plans: list, open, work on, review, extend, sign off and print them."""


for _command in COMMANDS:
    action_plan.add_command(_command)


@action_plan.command("list")
@click.option("--measure", metavar="M", help="Only those about or linked to this KPI.")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not over.")
@for_agencies
@options.as_json
def list_plans(*, measure: str | None, only_open: bool, agencies_of_speaker: tuple[str, ...], as_json: bool) -> None:
    """Every plan: open ones first, those with something overdue at the top."""
    services = new_services()
    with services.snapshot() as snapshot:
        query = PlansQuery(today(), measure, only_open=only_open)
        result = queries.plans(snapshot, viewer_for(agencies_of_speaker), query)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_plans(console, result),
    )


@action_plan.command("show")
@options.number
@for_agencies
@options.as_json
def show(*, number: int, agencies_of_speaker: tuple[str, ...], as_json: bool) -> None:
    """Plan NUMBER: its strands and actions, what each lacks, its reviews, and what happened."""
    services = new_services()
    answer_plan(services, known_plan(services, number, viewer_for(agencies_of_speaker)), as_json=as_json)


@action_plan.command("forms")
@options.as_json
def forms(*, as_json: bool) -> None:
    """The forms that a plan can be written on, with the keys of their fields."""
    result = plan_forms()
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_forms(console, result),
    )


_FIRST_DAY = click.option("--first-day", type=options.DAY, help="The plan's first day; today if left out.")
_LAST_DAY = click.option("--last-day", type=options.DAY, help="Its last; left out, it runs until it is closed.")
_AGENCIES = click.option("--to", "agencies", multiple=True, metavar="CODE", help="An agency that it concerns.")
_VALUES = click.option(
    "--value", "values", multiple=True, metavar="KEY=TEXT", help="A field of the plan; 'forms' lists the keys."
)
_STRAND_VALUES = click.option(
    "--strand-value", "strand_values", multiple=True, metavar="KEY=TEXT", help="A field of its first strand."
)


@action_plan.command("open")
@click.option("--form", type=click.Choice(sorted(FORM_OF)), required=True, help="The form that it is written on.")
@click.option("--title", default="", metavar="TEXT", help="What lists call it; a figure has a title already.")
@click.option("--measure", metavar="M", help="The figure that it is about: what it says is filled in.")
@options.as_of
@options.known_at
@options.slice_
@_FIRST_DAY
@_LAST_DAY
@_AGENCIES
@_VALUES
@click.option("--strand-title", default="", metavar="TEXT", help="What its first strand is called.")
@_STRAND_VALUES
@click.option("--kpi", "kpis", multiple=True, metavar="M", help="A KPI that its first strand is linked to.")
@for_agencies
@on_day
@options.as_json
def open_plan(
    *,
    form: str,
    title: str,
    measure: str | None,
    as_of: date | None,
    known_at: KnownAt,
    slice_: Slice,
    first_day: date | None,
    last_day: date | None,
    agencies: tuple[str, ...],
    values: tuple[str, ...],
    strand_title: str,
    strand_values: tuple[str, ...],
    kpis: tuple[str, ...],
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Draft a plan, from a figure or by hand; its own side alone reads it until 'step NUMBER propose'."""
    if measure and as_of is None:
        raise WrongUse("Give --as-of: the day of the figure.")
    services, viewer = new_services(), viewer_for(agencies_of_speaker)
    strand = Strand(1, strand_title, _by_key(strand_values), kpis)
    origin = OpenedFrom("figure" if measure else "hand")
    terms = PlanTerms(
        form, title, origin, first_day or today(), last_day, agencies or agencies_of_speaker, (), _by_key(values),
        (strand,),
    )  # fmt: skip
    if measure and as_of:
        about = AboutQuery(measure_named(measure).code, as_of, known_at, slice_)
        with refusals(as_json=as_json), services.snapshot() as snapshot:
            figures = queries.figures_about(snapshot, viewer, [about])
            known = prefilled(FORM_OF[form], prefill(snapshot, viewer, about), str)
        terms = msgspec.structs.replace(filled_in(terms, known), about=figures)
    author = author_for(services, agencies_of_speaker, on)
    record(
        services, agencies_of_speaker, lambda: commands.draft_plan(services.register, terms, author), as_json=as_json
    )


def _by_key(written: Iterable[str]) -> dict[str, str]:
    """Fields as the command line writes them.

    Raises:
        WrongUse: one is none.
    """
    fields = {}
    for one in written:
        key, equals, text = one.partition("=")
        if not equals:
            raise WrongUse(f"'{one}' is no field. Write KEY=TEXT, like target=10%.")
        fields[key.strip()] = text
    return fields


@action_plan.command("edit")
@options.number
@click.option("--title", metavar="TEXT", help="What lists call it.")
@_FIRST_DAY
@_LAST_DAY
@_AGENCIES
@_VALUES
@click.option("--strand", type=click.IntRange(min=1), default=1, metavar="N", help="Which strand; one more is new.")
@click.option("--strand-title", metavar="TEXT", help="What that strand is called.")
@_STRAND_VALUES
@click.option("--kpi", "kpis", multiple=True, metavar="M", help="A KPI that the strand is linked to.")
@for_agencies
@on_day
@seen_version
@options.as_json
def edit_plan(
    *,
    number: int,
    title: str | None,
    first_day: date | None,
    last_day: date | None,
    agencies: tuple[str, ...],
    values: tuple[str, ...],
    strand: int,
    strand_title: str | None,
    strand_values: tuple[str, ...],
    kpis: tuple[str, ...],
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Write plan NUMBER anew, a draft or what was sent back; what is left out stays as it was."""
    services = new_services()
    its = known_plan(services, number, viewer_for(agencies_of_speaker))
    known = its.terms
    before = next((one for one in known.strands if one.number == strand), None)
    if before is None:
        strand = max((one.number for one in known.strands), default=0) + 1
    of_strand = dict(before.values) if before else {}
    written = Strand(
        strand,
        (before.title if before else "") if strand_title is None else strand_title,
        of_strand | _by_key(strand_values),
        kpis or (before.kpis if before else ()),
    )
    strands = [written if one is before else one for one in known.strands]
    terms = msgspec.structs.replace(
        known,
        title=known.title if title is None else title,
        first_day=first_day or known.first_day,
        last_day=last_day or known.last_day,
        agencies=agencies or known.agencies,
        values=dict(known.values) | _by_key(values),
        strands=tuple(strands if before else [*strands, written]),
    )
    author, register = author_for(services, agencies_of_speaker, on), services.register
    record(
        services,
        agencies_of_speaker,
        lambda: commands.edit_plan(register, number, terms, author, its.version if seen is None else seen),
        as_json=as_json,
    )


@action_plan.command("print")
@options.number
@click.option("--out", type=options.NEW_FILE, required=True, help="The file, .pdf or .docx.")
@click.option("--open-only", is_flag=True, help="Without the strands that are signed off.")
@for_agencies
def print_plan(*, number: int, out: Path, open_only: bool, agencies_of_speaker: tuple[str, ...]) -> None:
    """Write plan NUMBER in its form, for print or to be written on."""
    form = out.suffix.lower().removeprefix(".")
    if form not in MEDIA:
        raise WrongUse(f"'{out.name}' is neither .pdf nor .docx.")
    services = new_services()
    plan = known_plan(services, number, viewer_for(agencies_of_speaker))
    notice = NOTICE if services.is_demonstration else ""
    out.write_bytes(paper_file(document(plan, notice, open_only=open_only), form))
    say(messages(), f"Plan {number} is in {out}.")
