"""What is done about an audit: its sample drawn, its grid typed in, and the steps after that."""

import secrets
from typing import Any, ClassVar, Final

from flask import redirect, request, url_for

from domain.errors import ChangedMeanwhile
from domain.improvement.audits.case_file_audit import MOST_FILES, AuditFigure
from domain.improvement.audits.item_set import AuditMark, item_sets, mark_written
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import case_file_audits as commands
from web.commands.improvement.audit_steps import AuditSaid, take_audit_step
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.case_file_audits import AuditTerms, check_draw
from web.pages.explain.access_reasons import ask_why_for
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    CheckboxesField,
    DateField,
    InvalidField,
    SeenForm,
    SelectField,
    TextareaField,
    TextField,
    whole_number,
)
from web.pages.frame.layout import Page
from web.pages.frame.navigation import here
from web.pages.frame.page import choices_of_slices
from web.presenters.improvement import case_file_audits as presenter
from web.presenters.tables import Column, Link, Table
from web.problems import not_here
from web.queries.improvement.audits import drawing
from web.queries.improvement.audits.case_file_audits import AuditResult
from web.queries.improvement.audits.drawing import DrawQuery
from web.queries.improvement.audits.files import AuditedFiles
from web.queries.performance.days import newest_day

from .audits import NUMBER, ONE, PATH, audit_or_404, blueprint, files_or_404, looking


def _author() -> Author:
    return author_of(principal(), guard.viewer_of_party(Right.AGREE), today(), today())


# ---- the sample


class DrawForm(SeenForm):
    """What is drawn, from which caseload, and why."""

    field_of_code: ClassVar = {
        "audit-purpose": "purpose",
        "audit-size": "wanted",
        "audit-seed": "seed",
        "audit-agencies": "agencies",
        "audit-no-files": "as_of",
    }

    purpose = TextField("Why these files are looked at", "It stays on record, and stands as the reason in the trail. "
                        "Do not name anybody.", needed="Say why these files are looked at.")  # fmt: skip
    agencies = CheckboxesField("Whose files", "All of one provider.", choices={}, needed="Choose an agency.")
    wanted = TextField("How many files", f"1 to {MOST_FILES}.", width=5, options={"inputmode": "numeric"},
                       needed="Enter how many files.")  # fmt: skip
    item_set = SelectField("What is looked for", choices={})
    whose = SelectField("From which files", choices={})
    as_of = DateField("As of which day", needed="Enter the day.")
    strata = SelectField("Should the sample be split?", choices=presenter.STRATA_WORDS)
    seed = TextField("Seed", "Leave it empty for a random one. Anybody who has it draws the same sample.", width=20)
    without = TextField("Leave out the files of audit", "Its number, or empty.", width=5,
                        options={"inputmode": "numeric"})  # fmt: skip
    follows = TextField("Follow-up of audit", "Its number, or empty.", width=5, options={"inputmode": "numeric"})

    def validate_wanted(self, field: TextField) -> None:
        """A whole number."""
        if not 1 <= (whole_number(field.data) or 0) <= MOST_FILES:
            raise InvalidField(f"Enter a number from 1 to {MOST_FILES}.")


class NewAuditAddress(parameters.SliceParameters):
    """Which audit is followed, or which figure is looked behind."""

    measure = parameters.measure_field(load_default=None)
    as_of = parameters.DayField(load_default=None, description="The figure's day.")
    known_at = parameters.KnownAtField()
    cut = parameters.cut_field("The standpoint of a published scorecard, in place of the two days.")
    follows = parameters.number_field("The number of the audit that it follows.", 1, 2**31 - 1, load_default=None)


def _draw_form(args: parameters.Given, data: dict[str, Any] | None = None) -> DrawForm:
    form = DrawForm(None, data=data) if data is not None else DrawForm()
    if figure := _figure(args):
        form.whose.description = (
            f"Of the people in {presenter.figure_words(figure)} it is the newest file of each at the agency."
        )
        form.whose.choices = {"people": f"Of the people in {figure.measure}", "open": "All that were open"}
    else:
        del form["whose"]
    viewer = guard.viewer_of_party(Right.AGREE)
    _, agencies = choices_of_slices(snapshot(), viewer, Slice())
    form.agencies.choices = {one.value: named(one.value) for one in agencies if one.value}
    if data is None:
        form.agencies.data = [one for one in request.form.getlist("agencies") if one in form.agencies.choices]
    form.item_set.choices = {code: presenter.items_words(one) for code, one in item_sets().items()}
    return form


@blueprint.page(f"{PATH}/new", Right.AGREE, NewAuditAddress)
def new(args: parameters.Given) -> Page:
    """The form that draws a sample."""
    form = _draw_form(args, _start(args))
    form.agencies.data = [one for one in form.agencies.data or () if one in form.agencies.choices]
    return _new_page(form)


def _start(args: parameters.Given) -> dict[str, Any]:
    """What the form begins with: the day, the agency and the code of the figure that one comes from."""
    known = snapshot()
    is_seen = args["as_of"] or args["cut"]
    day = parameters.standpoint_of(known, args)[0] if is_seen else newest_day(known)
    agency = parameters.where_of(known, args).agency
    return {
        "purpose": f"To see what lies behind {args['measure']}." if args["measure"] else "",
        "agencies": [agency] if agency else [],
        "wanted": "60",
        "as_of": day.isoformat() if day else "",
        "strata": "none",
        "follows": str(args["follows"] or ""),
    }


def _new_page(form: DrawForm) -> Page:
    return Page("audit-form.html", "Draw a sample of case files", form=form, errors=form.links, action=here(),
                button={"text": "Draw the sample", "preventDoubleClick": True}, working="Drawing the sample.",
                said=(), back=Link("Case-file audits", url_for("audits.audits")))  # fmt: skip


@blueprint.page(f"{PATH}/new", Right.AGREE, NewAuditAddress, method="POST")
def draw(args: parameters.Given) -> Any:
    """Draw it, and keep it."""
    form = _draw_form(args)
    if form.validate_on_submit() and form.as_of.day:
        with form.refusals_at("purpose"):
            query = check_draw(_query(form, args))
            sample = drawing.drawn(snapshot(), guard.viewer_of_party(Right.AGREE), query)
            terms = AuditTerms(form.item_set.data, form.purpose.data, whole_number(form.follows.data))
            number = commands.draw_audit(services().register, terms, query, sample, _author()).number
            return redirect(url_for(ONE, number=number, done="drawn"), 303)
    return _new_page(form), 422


def _figure(args: parameters.Given) -> AuditFigure | None:
    """The figure that one comes from, whose people's files can be drawn from."""
    if args["measure"] is None:
        return None
    its = parameters.where_of(snapshot(), args)
    return AuditFigure(args["measure"], its.area, its.criminal_justice, its.young_people)


def _query(form: DrawForm, args: parameters.Given) -> DrawQuery:
    """What is to be drawn; of a figure's people as it was known where one comes from, if the day is still the same."""
    without, figure, known_at = whole_number(form.without.data), None, None
    assert form.as_of.day is not None
    if "whose" in form and form.whose.data == "people":
        figure = _figure(args)
        day, known = parameters.standpoint_of(snapshot(), args)
        known_at = known if day == form.as_of.day else None
    return DrawQuery(tuple(form.agencies.data), form.as_of.day, whole_number(form.wanted.data) or 0,
                     form.seed.data or secrets.token_hex(8), form.strata.data or "none", known_at,
                     (without,) if without else (), figure)  # fmt: skip


# ---- the grid


@blueprint.page(f"{NUMBER}/grid", Right.AGREE)
def grid(_given: parameters.Given, number: int) -> Any:
    """The sample as a grid to be typed into."""
    its = audit_or_404(number, Right.AGREE)
    viewer = looking(its)
    if viewer is None:
        return ask_why_for(f"audit {number}", here())
    known = files_or_404(number, viewer)
    typed = {_name(*cell): letters for cell, letters in known.letters().items()}
    return _grid_page(its, known, typed, known.version)


def _name(place: int, item: str) -> str:
    return f"cell-{place}-{item}"


def _grid_page(its: AuditResult, known: AuditedFiles, typed: dict[str, str], seen: int, **more: Any) -> Page:
    return Page(
        "audit-grid.html",
        f"Type in audit {its.number}",
        audit=its,
        known=known,
        typed=typed,
        seen=seen,
        letters=presenter.LETTERS,
        **{"errors": [], "wrong": {}, "conflict": None} | more,
    )


@blueprint.page(f"{NUMBER}/grid", Right.AGREE, method="POST")
def save(_given: parameters.Given, number: int) -> Any:
    """Save what was typed in; half a grid too."""
    its = audit_or_404(number, Right.AGREE)
    viewer = looking(its)
    if viewer is None:
        return ask_why_for(f"audit {number}", here())
    known = files_or_404(number, viewer)
    cells = {(one.place, mark.item): _name(one.place, mark.item) for one in known.files for mark in one.marks}
    typed = {name: request.form[name] for name in cells.values() if name in request.form}
    marks = {cell: mark_written(typed[name]) for cell, name in cells.items() if name in typed}
    seen = whole_number(request.form.get("seen", "")) or known.version
    wrong = {cells[cell]: cell for cell, mark in marks.items() if mark is None}
    if wrong or not typed:
        errors = [Link(f"File {place}: type one of the letters, like i or ie.", f"#{name}")
                  for name, (place, _) in wrong.items()] or [Link("Nothing was typed in.", "#grid")]  # fmt: skip
        return _grid_page(its, known, typed, seen, errors=errors, wrong=wrong), 422
    good: dict[tuple[int, str], AuditMark] = {cell: mark for cell, mark in marks.items() if mark is not None}
    try:
        commands.save_marks(services().register, number, good, _author(), seen)
    except ChangedMeanwhile as changed:
        stands = known.letters()
        rows = [(f"File {cell[0]}, {cell[1]}", typed[name] or None, stands[cell] or None)
                for cell, name in cells.items() if name in typed and typed[name].strip() != stands[cell]]  # fmt: skip
        columns = (Column("What", folds=True), Column("As you typed it"), Column("As it stands"))
        table = Table(columns, rows, "Both versions")
        return _grid_page(its, known, typed, changed.newest, conflict=table), 409
    return redirect(url_for(ONE, number=number, done="saved"), 303)


# ---- steps


class AuditStepForm(SeenForm):
    """What a step says; fields that it does not have are taken out."""

    field_of_code: ClassVar = {"audit-held-on": "held_on", "audit-due": "due", "audit-finding": "finding"}

    held_on = DateField("On which day the files were looked at", needed="Enter the day.")
    item = SelectField("Of which item", choices={})
    finding = TextField("Which finding it answers", "Its number, or empty.", width=5)
    who = TextField("Who does it", "A role, like: service manager.", needed="Say who does it, by role.")
    due = DateField("By which day", needed="Enter the day.")
    words = TextareaField("", "It stays on record for good. Do not name anybody.", rows=4)


_STEPS: Final = {
    "complete": ("Complete the audit", "What was found, in short", {"held_on"}),
    "discard": ("Give the audit up", "Why, if you like", set[str]()),
    "finding": ("Add a finding", "What was found", {"item"}),
    "action": ("Set an action", "What is to be done", {"finding", "who", "due"}),
    "done": ("Say that an action is done", "A word with it, if you like", set[str]()),
}
"""The steps by their address: button, the label of the text, and their own fields."""
_OWN: Final = {"held_on", "item", "finding", "who", "due"}


class AuditStepAddress(parameters.Asks):
    """Which action is done."""

    action = parameters.number_field("The number of the action.", 1, 1000, load_default=None)


def _step_form(its: AuditResult, slug: str, data: dict[str, str] | None) -> AuditStepForm:
    if slug not in _STEPS:
        raise not_here()
    form = AuditStepForm(None, data=data) if data is not None else AuditStepForm()
    form.item.choices = {"": "All of them"} | {one.code: one.name for one in its.item_set.items}
    for name in _OWN - _STEPS[slug][2]:
        del form[name]
    form.words.label.text = _STEPS[slug][1]
    return form


@blueprint.page(f"{NUMBER}/<slug>", Right.AGREE, AuditStepAddress)
def step(_args: parameters.Given, number: int, slug: str) -> Page:
    """The form of a step."""
    its = audit_or_404(number, Right.AGREE)
    start = {"seen": str(its.version), "held_on": today().isoformat()}
    return _step_page(its, slug, _step_form(its, slug, start))


def _step_page(its: AuditResult, slug: str, form: AuditStepForm, conflict: Table | None = None) -> Page:
    return Page("audit-form.html", _STEPS[slug][0], form=form, errors=form.links, action=here(), working="Saving.",
                button={"text": _STEPS[slug][0], "preventDoubleClick": True}, conflict=conflict,
                said=list(presenter.drawn_sentences(its)),
                back=Link(f"Case-file audit {its.number}", url_for(ONE, number=its.number)))  # fmt: skip


@blueprint.page(f"{NUMBER}/<slug>", Right.AGREE, AuditStepAddress, method="POST")
def take(args: parameters.Given, number: int, slug: str) -> Any:
    """Take a step."""
    its = audit_or_404(number, Right.AGREE)
    form = _step_form(its, slug, None)
    if form.validate_on_submit():
        with form.refusals_at("words"):
            try:
                _take(number, slug, form, args["action"] or 0)
                return redirect(url_for(ONE, number=number, done=slug), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                columns = (Column("What"), Column("As you wrote it", folds=True), Column("As it stands", folds=True))
                stands = f"{its.state}; {len(its.findings)} findings, {len(its.actions)} actions, {its.marks} marks"
                table = Table(columns, [("The audit", form.words.data or None, stands)], "Both versions")
                return _step_page(its, slug, form, table), 409
    return _step_page(its, slug, form), 422


def _take(number: int, slug: str, form: AuditStepForm, action: int) -> None:
    its = _STEPS[slug][2]
    said = AuditSaid(
        form.words.data,
        form.held_on.day if "held_on" in its else None,
        form.item.data if "item" in its else "",
        form.who.data if "who" in its else "",
        form.due.day if "due" in its else None,
        whole_number(form.finding.data) if "finding" in its else None,
        action or None,
    )
    take_audit_step(services().register, number, slug, said, _author(), form.version)
