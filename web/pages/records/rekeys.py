"""Joining references: a mapping, first as a trial, then for good; which were joined, and how to part them again.

Probable pairs come from the worklist (`worklists`), which gives the mapping to the form here, or as a file.
"""

from typing import Any, ClassVar, Final

from flask import redirect, url_for

from projections.worklists.lists import SAME_RECORD
from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.records.rekey import RekeyOutcome, rekey, undo_rekey
from web.files.mapping import COLUMNS, mapping_from
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxField, Form, HiddenField, TextareaField, whole_number
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Nothing, Pages
from web.presenters.records.rekeys import joined_table, refused_table, summary
from web.presenters.tables import Column, Link, Table, numbered
from web.problems import not_here
from web.queries.records import rekeys as queries

from .sending import effects_table
from .submissions import ONE, number_at

PAGE: Final = "rekeys_pages.rekeys"
NAME: Final = "The mapping"
"""What a mapping is called that came without a file."""
REKEYS_COLUMNS: Final = (
    Column("Submission", number=True),
    Column("Received"),
    Column("Agency"),
    Column("Episodes joined", number=True),
    Column("State"),
    Column("Wrong?"),
)

blueprint = Pages(
    "rekeys_pages",
    __name__,
    Place(
        "Join references",
        PAGE,
        Right.KNOWLEDGE,
        PlaceGroup.DATA,
        "Say that two references are the same episode, and part them again.",
    ),
)


class MappingForm(Form):
    """A mapping as CSV text, and the tick that it is right; `asked` once the tick was asked for."""

    field_of_code: ClassVar[dict[str, str]] = {}

    mapping = TextareaField(
        "Old and new references",
        f"As CSV, with the columns {', '.join(COLUMNS)}.",
        rows=8,
        needed="Write or paste the references, a line an episode.",
        options={"spellcheck": False},
    )
    asked = HiddenField()
    confirmed = CheckboxField("Each line names one episode under two references", needed="Tick that they are the same.")


class UndoForm(Form):
    """Which rekey is undone, and the tick that it was wrong."""

    number = HiddenField()
    asked = HiddenField()
    confirmed = CheckboxField("They are two episodes each", needed="Tick that they are two episodes each.")


@blueprint.page("/references", Right.KNOWLEDGE)
def rekeys(_given: parameters.Given) -> Page:
    """The form for a mapping, and what was joined so far."""
    return _form_page(MappingForm())


def _form_page(form: MappingForm) -> Page:
    lines = queries.rekeys(guard.snapshot(), guard.viewer(Right.KNOWLEDGE)).rekeys
    rows = [
        (
            Link(numbered(line.number), url_for(ONE, number=line.number)),
            line.received_on,
            named(line.agency) if line.agency else "several",
            line.episodes,
            Link(f"undone by {line.undone_by}", url_for(ONE, number=line.undone_by)) if line.undone_by else "in force",
            "undone" if line.undone_by else "",
        )
        for line in lines
    ]
    return Page(
        "rekeys.html",
        "Join references",
        {"rekeys": Table(REKEYS_COLUMNS, rows, "The newest first") if rows else None},
        form=form,
        errors=form.links,
        lines=lines,
        worklist=url_for("worklist-pages.one", name=SAME_RECORD),
    )


@blueprint.page("/references/join", Right.KNOWLEDGE, Nothing, method="POST")
def join(_given: parameters.Given) -> Any:
    """Say what a mapping would join; once ticked, join it."""
    form = MappingForm()
    if form.mapping.is_missing:
        form.add_error("mapping", form.mapping.needed)
        return _form_page(form), 422
    with form.refusals_at("mapping"):
        lines = mapping_from(form.mapping.data, NAME)
        services = guard.services()
        if form.confirmed.data and form.asked.data:
            done = rekey(services, lines, _receipt(dry_run=False)).rekeyed
            return redirect(url_for(ONE, number=number_at(done.position), done="joined"), 303)
        outcome = rekey(services, lines, _receipt(dry_run=True))
        _ask(form)
        tables = {
            **effects_table(outcome.effects),
            "joined": joined_table(outcome.rekeyed, lines),
            "refused": refused_table(outcome.rekeyed),
        }
        return _trial(form, outcome, "Join these references", "rekeys_pages.join", tables, "Join them")
    return _form_page(form), 422


@blueprint.page("/references/part", Right.KNOWLEDGE, Nothing, method="POST")
def part(_given: parameters.Given) -> Any:
    """Say what undoing a rekey would do; once ticked, undo it."""
    form = UndoForm()
    number, services = whole_number(form.number.data), guard.services()
    if number is None:
        raise not_here("There is no such rekey.")
    if form.confirmed.data and form.asked.data:
        done = undo_rekey(services, number, _receipt(dry_run=False)).rekeyed
        return redirect(url_for(ONE, number=number_at(done.position), done="parted"), 303)
    outcome = undo_rekey(services, number, _receipt(dry_run=True))
    _ask(form)
    tables = effects_table(outcome.effects)
    return _trial(form, outcome, "Part these references again", "rekeys_pages.part", tables, "Part them")


def _ask(form: Form) -> None:
    """Ask for the tick; where it was asked for before, say that it is missing."""
    if form["asked"].data:
        form.validate_on_submit()
    form["asked"].data = "yes"


def _trial(
    form: Form,
    outcome: RekeyOutcome,
    heading: str,
    endpoint: str,
    tables: dict[str, Table | None],
    button: str,
) -> tuple[Page, int]:
    page = Page(
        "rekey-trial.html",
        heading,
        tables,
        form=form,
        errors=form.links,
        said=summary(outcome.rekeyed),
        action=url_for(endpoint),
        button=button,
        back_to=url_for(PAGE),
    )
    return page, 422 if form.errors else 200


def _receipt(*, dry_run: bool) -> Receipt:
    who, on = guard.principal(), today()
    return Receipt(on, on, who.name, who.role, dry_run)
