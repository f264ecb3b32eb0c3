"""Agencies that are chosen in a form: one, or in rows, as the hubs of a contract or who hands over to whom.

Rows need no script: the button "Add a row" sends the form, which comes back with what was entered and one row more. An
agency that is not known here yet is written by its code.
"""

from typing import Any, Final

import wtforms
from flask import render_template, request
from markupsafe import Markup

from web import parameters
from web.auth import guard
from web.auth.guard import snapshot
from web.auth.roles import Right
from web.pages.frame.agency_names import named
from web.pages.frame.forms import AgencyField, Form, InvalidField, SelectField
from web.queries.administration.set_up import agencies_known

ADD: Final = "add_row"
"""The name of the button that adds a row."""
NOT_LISTED: Final = "Code of an agency that is not in the list"


def agencies_to_choose(chosen: str | None = None) -> dict[str, str]:
    """The agencies that are known, by code, and the one that was sent, which stays as it was entered."""
    known = agencies_known(snapshot(), guard.viewer(Right.KNOWLEDGE))
    return {code: named(code) for code in (*known, *([chosen] if chosen and chosen not in known else []))}


class OneAgencyField(SelectField):
    """An agency of those that are known, or none: then it is about everybody."""

    def process(self, *arguments: Any, **settings: Any) -> None:
        """Read what was sent, and fill the choices, which depend on who asks."""
        super().process(*arguments, **settings)
        self.choices = {"": "No, of everybody"} | agencies_to_choose(self.data)

    def pre_validate(self, form: Form) -> None:
        """Refuse what is no agency's code."""
        super().pre_validate(form)
        if self.data and not parameters.is_code(self.data):
            raise InvalidField("Choose an agency of the list.")


class AgencyRow(Form):
    """A row with an agency that is chosen, or written by its code; without either and without words it says nothing."""

    agency = SelectField("Agency")
    code = AgencyField(NOT_LISTED, width=10)

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.agency.choices = {"": "Choose an agency"} | agencies_to_choose(self.agency.data)
        if not self.knows_any:
            self.code.label.text = "Code of the agency"

    @property
    def knows_any(self) -> bool:
        """Whether there is any agency to choose."""
        return len(self.agency.choices) > 1

    @property
    def parts(self) -> list[Any]:
        """The fields that are shown: nothing to choose from is not."""
        return [field for field in self if self.knows_any or not isinstance(field, SelectField)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered."""
        return not any(field.data for field in self)

    @property
    def chosen(self) -> str:
        """The code of the agency; empty where there is none."""
        return self.code.data.upper() or self.agency.data


class AgencyRowsField(wtforms.FieldList):
    """The rows; `called` is what one of them is. What is wrong with a row is said above all of them."""

    def __init__(self, row: type[AgencyRow], label: str, hint: str, *, called: str, most: int, **settings: Any) -> None:
        self.called = called
        form = wtforms.FormField(row)
        super().__init__(form, label, description=hint, min_entries=1, max_entries=most, **settings)

    def wrong_with(self, row: Any) -> str:
        """What is wrong with a row that says something; empty where nothing is."""
        if not row.chosen:
            return "choose an agency, or write its code; or empty the row."
        return "" if parameters.is_code(row.chosen) else "write the code as the agency’s files begin, like H0001."

    def validate(self, _form: Any, _extra_validators: Any = ()) -> bool:
        """Each row that says something is whole."""
        checked = ((number, self.wrong_with(row)) for number, row in enumerate(self.rows, 1) if not row.is_empty)
        self.errors = [f"{self.called} {number}: {wrong}" for number, wrong in checked if wrong]
        return not self.errors

    @property
    def rows(self) -> list[Any]:
        """A form for each."""
        return [entry.form for entry in self.entries]

    @property
    def said(self) -> list[Any]:
        """The rows that say something."""
        return [row for row in self.rows if not row.is_empty]

    @property
    def adds_row(self) -> bool:
        """Whether another row was wished for; then it is there, and whoever uses a keyboard goes on in it."""
        if ADD not in request.form:
            return False
        if len(self.entries) < self.max_entries:
            self.append_entry()
            first = self.rows[-1].parts[0]
            first.render_kw = {**first.render_kw, "autofocus": "autofocus"}
        return True

    def __call__(self, **_settings: Any) -> Markup:
        """Render it."""
        return Markup(render_template("components/agency-rows.html", field=self, add=ADD))  # noqa: S704 (a template)
