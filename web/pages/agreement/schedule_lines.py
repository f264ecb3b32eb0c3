"""Writing the KPI lines of a contract: one at a time, by a file, or a year's targets of all at once."""

from collections.abc import Sequence
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from domain.contract_life.kpi_lines.cells import read_line
from domain.contract_life.kpi_lines.line import CELLS, KpiLine
from domain.errors import Refused
from domain.measures.registry import MEASURE_OF
from web import parameters
from web.auth.guard import snapshot
from web.auth.roles import Right
from web.commands.agreement.schedule_checks import Edit
from web.files.agreement.kpi_tables import KpiTableRefused, TableProblem, read_kpi_table
from web.files.uploads import Upload
from web.pages.frame.forms import (
    CheckboxField,
    DateField,
    FileField,
    HiddenField,
    SelectField,
    TextareaField,
    TextField,
)
from web.pages.frame.layout import Page
from web.presenters import text as words
from web.presenters.agreement import schedule as presented
from web.presenters.tables import Column, Table
from web.queries.agreement.entered import proportions
from web.queries.agreement.schedule import KpiLineResult, ScheduleResult

from .schedule import NUMBER, blueprint, schedule_or_404
from .schedule_forms import AgreementForm, edit_taken, fit, form_page, taken, to_contract

_HINT_GOAL: Final = (
    "In figures: 8%, or 7.36% to 8.93%; growth like +2 points on 5.40% (baseline), or +10% of 21.5% (baseline)."
)
# ---- a line


_MEASURES: Final = {
    "": "The one of the same code, if there is one",
    **{code: f"{one.name} ({code})" for code, one in MEASURE_OF.items() if one.polarity and not one.immature},
}
_NOTHING: Final = {"none": "Nothing here"}


class LineForm(AgreementForm):
    """A KPI line by its cells; what is wrong with a cell is said at its field.

    `was` is the code of the line that is written anew; empty of a new one, which takes no code that is there already.
    """

    was = HiddenField()
    code = TextField("Code", "As the contract numbers it, like 4.0.", width=5, needed="Give the line a code.")
    wording = TextareaField("Indicator", "As the contract words it.", rows=3, needed="Write the indicator.")
    measure = SelectField("Counted by")
    target = TextField("Target, as it is written", "Word for word, like: 8% (Top quartile) By End Q3 17/18.")
    goal = TextField("Percentage to be reached", f"{_HINT_GOAL} Leave it empty while there is no target.", width=20)
    first_day = DateField("First day for which the target counts")
    deadline_day = DateField("Last day for which the target counts", "The deadline as a day.")
    deadline = TextField("Deadline, as it is written", "Like: by end Q3 17/18.")
    steps = TextareaField(
        "In steps, in place of the percentage",
        "One a line, each with its days: 2016-04-01 to 2016-09-30: +1.75% of 5.40% (baseline). Write growth in points "
        "like +2 points on 5.40% (baseline).",
        rows=3,
    )
    baseline = TextField("Baseline, as it is written", "Like: 5.6% (DOMES Q1 2015-16).")
    baseline_percentage = TextField("Baseline as a percentage", width=5)
    baseline_source = TextField("Where the baseline is from")
    baseline_day = DateField("Day of the baseline")
    level = TextField("Level, as it is written", "Like: National.")
    comes_from = TextField("What the target is taken from", "Like: Top quartile, or national average Q3 16/17.")
    comparator = TextField("What others reach", "Like 7.36% to 8.93%.", width=20)
    comparator_words = TextField("Who they are, and of when that is")
    method = TextField("Method of measurement")
    frequency = TextField("Monitoring frequency", "Like: Monthly/Quarterly.")
    better = SelectField("Better", choices={"": "As the measure has it", "higher": "Higher", "lower": "Lower"})
    source = TextField("Paper in which it was agreed")
    removed = CheckboxField(
        "Take this line out of the contract", "Its targets count no more after the day of the change."
    )

    def __init__(self, *sent: Any, **settings: Any) -> None:
        super().__init__(*sent, **settings)
        entered = {one.code: f"{one.name} ({one.code})" for one in proportions(snapshot())}
        self.measure.choices = _MEASURES | entered | _NOTHING

    @property
    def cells(self) -> dict[str, str]:
        """What was written."""
        return {name: self[name].data or "" for name in CELLS}

    @property
    def edit(self) -> Edit | None:
        """What was written; None, with what is wrong at the fields, where it is no line."""
        was = self.was.data or self.code.data
        if self.removed.data:
            return Edit(removed=(was,))
        # A first day that no target needs is the form's own.
        line, problems = read_line(self.cells if self.goal.data else self.cells | {"first_day": ""})
        for problem in problems:
            self.add_error(problem.column, problem.message)
        return Edit(lines=(line,), removed=() if line.code == was else (was,)) if line else None

    @property
    def more(self) -> list[Any]:
        """The fields that few lines need."""
        return [self[name] for name in CELLS if name not in MAIN]


MAIN: Final = (
    "code",
    "wording",
    "measure",
    "target",
    "goal",
    "first_day",
    "deadline_day",
    "deadline",
    "method",
    "frequency",
)
"""The fields that most lines need; the others are folded away."""


class LineAddress(parameters.Asks):
    """Which line is to be written anew; none for a new one."""

    code = fields.String(load_default="", validate=validate.Length(max=40), metadata={"description": "Its code."})


@blueprint.page(f"{NUMBER}/line", Right.KNOWLEDGE, LineAddress)
def line(args: parameters.Given, number: int) -> Page:
    """The form of a line: empty, or as the one is that is to be written anew."""
    one = schedule_or_404(number, Right.KNOWLEDGE)
    known = one.line(args["code"])
    data = dict(known.cells) | {"steps": known.cells["steps"].replace("; ", "\n"), "was": known.code} if known else {}
    if known is None:
        data = {"first_day": one.first_day.isoformat()} if one.is_draft else {}
    return _line_page(one, LineForm(None, data=data))


@blueprint.page(f"{NUMBER}/line", Right.KNOWLEDGE, method="POST")
def write_line(_given: parameters.Given, number: int) -> Any:
    """Write a line, or take it out."""
    one, form = schedule_or_404(number, Right.KNOWLEDGE), LineForm()
    fit(form, one)
    said: dict[str, Any] = {}
    if form.validate_on_submit():
        if _takes_the_place_of_another(one, form):
            form.add_error("code", f"Line {form.code.data} is there already. Choose it in the contract to change it.")
        elif (edit := form.edit) is not None:
            done, said = taken(
                one, form, "code", lambda: edit_taken(one, edit, form), lambda: _line_versions(one, form)
            )
            if done:
                return to_contract(number, done)
            if said and one.line(form.code.data):
                form.was.data = form.code.data  # both were shown: what is sent now is meant to take its place
    return _line_page(one, form, **said), 422


def _takes_the_place_of_another(one: ScheduleResult, form: LineForm) -> bool:
    """Whether a line of this code is there that was not opened; of a version that was not read, both are shown."""
    is_there = one.line(form.code.data) is not None and form.code.data != form.was.data
    return is_there and form.version in {None, one.version}


def _line_versions(one: ScheduleResult, form: LineForm) -> Table:
    known, labels = one.line(form.code.data), {name: form[name].label.text for name in CELLS}
    return presented.versions_table(form.cells, known.cells if known else {}, labels)


def _line_page(one: ScheduleResult, form: LineForm, **said: Any) -> Page:
    fit(form, one)
    if not form.was.data:
        del form["removed"]
    heading = f"Line {form.was.data}" if form.was.data else "Write a KPI line"
    action = url_for("schedules_pages.write_line", number=one.number)
    button = "Save the line" if one.is_draft else "Agree the change"
    return form_page(one, heading, form, action, button, main=[form[name] for name in MAIN], more=form.more, **said)


# ---- a file of lines


class LoadForm(AgreementForm):
    """A KPI table as a file."""

    file = FileField(
        "KPI table",
        "A CSV file with a line of the contract in each row. Lines that are there already are written anew by their "
        "codes; others stay.",
        accept=".csv,text/csv",
        needed="Choose a file.",
    )


@blueprint.page(f"{NUMBER}/load", Right.KNOWLEDGE)
def load(_given: parameters.Given, number: int) -> Page:
    """The form that loads a file of lines."""
    return _load_page(schedule_or_404(number, Right.KNOWLEDGE), LoadForm(None))


@blueprint.page(f"{NUMBER}/load", Right.KNOWLEDGE, method="POST")
def load_file(_given: parameters.Given, number: int) -> Any:
    """Load a file of lines: all of it, or nothing."""
    one, form = schedule_or_404(number, Right.KNOWLEDGE), LoadForm()
    fit(form, one)
    said: dict[str, Any] = {}
    if form.validate_on_submit():
        sent = form.file.data
        upload = Upload((sent.filename or "the file").replace("\\", "/").rpartition("/")[2], sent.read)
        try:
            lines = read_kpi_table(upload)
        except KpiTableRefused as refused:
            form.add_error("file", "Cells of the file are not as they must be. Nothing was stored.")
            said = {"problems": _problems(refused.problems)}
        except Refused as refused:
            form.refuse(refused, "file")
        else:
            done, said = taken(one, form, "file", lambda: edit_taken(one, Edit(lines=lines), form))
            if done:
                return to_contract(number, done)
    return _load_page(one, form, **said), 422


def _problems(problems: Sequence[TableProblem]) -> Table:
    columns = (Column("Row", number=True), Column("Column"), Column("What is wrong"), Column("Code", aside=True))
    rows = [(one.row, one.column, one.message, one.code) for one in problems]
    return Table(columns, rows, "What is wrong in the file")


def _load_page(one: ScheduleResult, form: LoadForm, **said: Any) -> Page:
    fit(form, one)
    action = url_for("schedules_pages.load_file", number=one.number)
    button = "Load the file" if one.is_draft else "Load the file and agree the change"
    columns = list(CELLS.items())
    return form_page(one, "Load a file of KPI lines", form, action, button, columns=columns, **said)


# ---- a year's targets


class YearForm(AgreementForm):
    """Targets of many lines for the same days; a field for each line follows, by its place in the contract."""

    first_day = DateField("First day for which they count", needed="Enter the first day.")
    deadline_day = DateField("Last day for which they count", needed="Enter the last day.")
    deadline = TextField("Deadline, as it is written", "Like: by end Q4 18/19.")


def _year_form(one: ScheduleResult) -> type[YearForm]:
    """The form with a field for each line."""
    its = {f"goal_{place}": _goal_field(line) for place, line in enumerate(one.lines)}
    return type("YearOfContractForm", (YearForm,), its)


def _goal_field(line: KpiLineResult) -> TextField:
    last = line.steps[-1] if line.steps else None
    now = f"Now {last.words} until {words.short_day(last.last_day)}." if last else "No target now."
    return TextField(f"{line.code}: {line.cells['wording']}", now, width=10)


@blueprint.page(f"{NUMBER}/year", Right.KNOWLEDGE)
def year(_given: parameters.Given, number: int) -> Page:
    """The form of a year's targets."""
    one = schedule_or_404(number, Right.KNOWLEDGE)
    return _year_page(one, _year_form(one)(None))


@blueprint.page(f"{NUMBER}/year", Right.KNOWLEDGE, method="POST")
def set_year(_given: parameters.Given, number: int) -> Any:
    """Set the targets of many lines for the same days; those left empty stay as they are."""
    one = schedule_or_404(number, Right.KNOWLEDGE)
    form = _year_form(one)()
    fit(form, one)
    said: dict[str, Any] = {}
    if form.validate_on_submit():
        lines = [line for place, known in enumerate(one.lines) if (line := _year_line(form, f"goal_{place}", known))]
        if not lines and not form.errors:
            form.add_error("first_day", "Write at least one target.")
        if not form.errors:
            done, said = taken(one, form, "first_day", lambda: edit_taken(one, Edit(lines=lines), form))
            if done:
                return to_contract(number, done)
    return _year_page(one, form, **said), 422


def _year_line(form: YearForm, field: str, known: KpiLineResult) -> KpiLine | None:
    """A line with its new target; None where its field was left empty, or is wrong."""
    goal = form[field].data
    if not goal:
        return None
    goal = goal if "%" in goal or "point" in goal else f"{goal}%"
    day = form.deadline_day.day
    cells = known.cells | {
        "target": goal,
        "goal": goal,
        "steps": "",
        "first_day": form.first_day.data,
        "deadline_day": form.deadline_day.data,
        "deadline": form.deadline.data or (f"by {words.day(day)}" if day else ""),
    }
    its, problems = read_line(cells)
    for problem in problems:
        form.add_error(_YEAR_FIELDS.get(problem.column, field), problem.message)
    return its


_YEAR_FIELDS: Final = {"first_day": "first_day", "deadline_day": "deadline_day", "deadline": "deadline"}


def _year_page(one: ScheduleResult, form: YearForm, **said: Any) -> Page:
    fit(form, one)
    action = url_for("schedules_pages.set_year", number=one.number)
    button = "Save the targets" if one.is_draft else "Agree the targets"
    return form_page(one, "Set targets for a year", form, action, button, **said)
