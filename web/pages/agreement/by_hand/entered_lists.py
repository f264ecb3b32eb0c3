"""Many values at once: a list as CSV, first as a trial that stores nothing, then all of it or none."""

from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.contract_life.entered import Evidence
from web import parameters
from web.auth.guard import services
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.commands.agreement import entered_values as commands
from web.commands.agreement.entered_values import Loaded
from web.files.entered_lists import COLUMNS, entered_list_from, list_text
from web.files.uploads import Upload
from web.pages.agreement.by_hand.entered import LIST, author, blueprint
from web.pages.agreement.by_hand.entered_values import sent_evidence
from web.pages.frame.forms import FileField, Form, HiddenField, InvalidField, TextareaField, whole_number
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.agreement import entered as words

NAME: Final = "The list"
"""What a list is called that was pasted, or tried already."""


class ValueListForm(Form):
    """A list of values, as a file or pasted, and the file that shows them all."""

    field_of_code: ClassVar = {"evidence-empty": "evidence"}

    file = FileField("List of values", f"A CSV with the columns {', '.join(COLUMNS)}.", accept=".csv,text/csv")
    values = TextareaField("Or paste it here", "With the line of its columns.", rows=6, options={"spellcheck": False})
    evidence = FileField(
        "Evidence for all of them",
        "You can leave it out if no KPI asks for it. Its SHA-256, name and size are kept, and the file itself is not: "
        "keep it yourself.",
        accept="*/*",
    )

    def validate_values(self, field: TextareaField) -> None:
        """Ask for one of the two."""
        if field.is_missing and not self.file.data:
            raise InvalidField("Choose a file, or paste the list.")

    @property
    def list_text(self) -> str:
        """The list that was sent. Raises Refused if it is no text."""
        if not self.file.data:
            return self.values.data
        return list_text(Upload(NAME, self.file.data.read))


class StoreForm(Form):
    """A list that was tried, to be stored as it is."""

    values = HiddenField()
    sha256 = HiddenField()
    name = HiddenField()
    size = HiddenField()

    @property
    def evidence(self) -> Evidence | None:
        """What was kept of the evidence when the list was tried."""
        size = whole_number(self.size.data)
        if size is None or len(self.sha256.data) != 64:
            return None
        return Evidence(self.sha256.data, self.name.data, size)


@blueprint.page("/entered-kpis/load", Right.AGREE)
def load(_given: parameters.Given) -> Page:
    """The form for a list."""
    return _form_page(ValueListForm(None))


def _form_page(form: ValueListForm) -> Page:
    return Page("entered-load.html", "Enter many values at once", form=form, errors=form.links, columns=COLUMNS)


@blueprint.page("/entered-kpis/load", Right.AGREE, method="POST")
@limit_uploads
def try_list(_given: parameters.Given) -> Any:
    """Say what a list would enter, and what is wrong in it."""
    form = ValueListForm()
    if form.validate_on_submit():
        with form.refusals_at("values"):
            written, evidence = form.list_text, sent_evidence(form.evidence)
            loaded = _load(written, evidence, dry_run=True)
            return _trial_page(loaded, written, evidence), 422 if loaded.rejected else 200
    return _form_page(form), 422


@blueprint.page("/entered-kpis/load/store", Right.AGREE, method="POST")
def store_list(_given: parameters.Given) -> Any:
    """Enter every value of a list that was tried; if anything is wrong by now, none."""
    form = StoreForm()
    loaded = _load(form.values.data, form.evidence, dry_run=False)
    if loaded.stored:
        return redirect(url_for(LIST, done="loaded"), 303)
    return _trial_page(loaded, form.values.data, form.evidence), 422


def _load(written: str, evidence: Evidence | None, *, dry_run: bool) -> Loaded:
    read = entered_list_from(written, NAME)
    return commands.enter_values(services().register, read, evidence, author(), dry_run=dry_run)


def _trial_page(loaded: Loaded, written: str, evidence: Evidence | None) -> Page:
    kept = {"sha256": evidence.sha256, "name": evidence.name, "size": str(evidence.size)} if evidence else {}
    wrong = len({one.row for one in loaded.rejected})
    return Page(
        "entered-trial.html",
        "Enter these values" if not wrong else "The list cannot be entered",
        {
            "rejected": words.rejected_table(loaded.rejected),
            "values": words.load_table(loaded) if loaded.values and not wrong else None,
        },
        form=StoreForm(None, data={"values": written, **kept}),
        said=_summary(loaded, wrong),
        evidence=words.evidence_words(evidence),
        is_right=not wrong,
        written=written,
    )


def _summary(loaded: Loaded, wrong: int) -> str:
    if wrong:
        rows = text.plural(wrong, "row has", "rows have")
        return f"{rows} something wrong. Put that right, and send the whole list again: nothing of it is stored."
    return f"{text.plural(len(loaded.values), 'value')} would be entered."
