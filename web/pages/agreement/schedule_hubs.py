"""The hubs of a contract as rows of a form: the agency chosen, its name and area as the contract has them.

It needs no script: the button "Add a row" sends the form, which comes back with what was entered and one row more.
"""

from collections.abc import Mapping
from typing import Any, Final

import wtforms
from flask import render_template, request
from markupsafe import Markup

from domain.contract_life.schedule import LONGEST_NAME, MOST_HUBS, ContractHub
from web.auth import guard
from web.auth.guard import snapshot
from web.auth.roles import Right
from web.pages.frame.agency_names import named
from web.pages.frame.forms import Form, SelectField, TextField
from web.queries.administration.set_up import agencies_known
from web.queries.agreement.schedule import ScheduleHub

ADD: Final = "add_row"
"""The name of the button that adds a row."""


class HubRow(Form):
    """One hub; a row without an agency and without words says nothing."""

    agency = SelectField("Agency")
    name = TextField("Its name in the contract", render_kw={"maxlength": LONGEST_NAME})
    area = TextField("The area that it serves", "As the contract calls it.", render_kw={"maxlength": LONGEST_NAME})
    succeeds = SelectField("Continues the service of")

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        for field, none in ((self.agency, "Choose an agency"), (self.succeeds, "No other agency")):
            field.choices = {"": none} | _known(field.data)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered."""
        return not any(field.data for field in self)

    @property
    def hub(self) -> ContractHub:
        """What was entered."""
        return ContractHub(self.agency.data, self.name.data, self.area.data, self.succeeds.data)


def _known(chosen: str | None) -> dict[str, str]:
    """The agencies that are known, and the one that was sent, which stays as it was entered."""
    known = agencies_known(snapshot(), guard.viewer(Right.KNOWLEDGE))
    return {code: named(code) for code in (*known, *([chosen] if chosen and chosen not in known else []))}


class HubsField(wtforms.FieldList):
    """The rows. `hubs` are those that say something, once the form was validated."""

    hubs: tuple[ContractHub, ...] = ()

    def __init__(self, label: str, hint: str, **settings: Any) -> None:
        rows = wtforms.FormField(HubRow)
        super().__init__(rows, label, description=hint, min_entries=1, max_entries=MOST_HUBS, **settings)

    def validate(self, _form: Any, _extra_validators: Any = ()) -> bool:
        """Each row that says something names its agency, and one does."""
        self.errors = [
            f"Choose the agency of row {number}, or empty the row."
            for number, row in enumerate(self.rows, 1)
            if not row.is_empty and not row.agency.data
        ]
        self.hubs = tuple(row.hub for row in self.rows if not row.is_empty)
        if not self.hubs:
            self.errors = ["Name at least one hub."]
        return not self.errors

    @property
    def rows(self) -> list[HubRow]:
        """A form for each."""
        return [entry.form for entry in self.entries]

    @property
    def text(self) -> str:
        """A line for each hub, to be set beside another version."""
        return hub_lines([row.hub for row in self.rows if not row.is_empty])

    @property
    def adds_row(self) -> bool:
        """Whether another row was wished for; then it is there."""
        if ADD not in request.form:
            return False
        if len(self.entries) < MOST_HUBS:
            self.append_entry()
        return True

    def __call__(self, **_settings: Any) -> Markup:
        """Render it."""
        return Markup(render_template("components/hub-rows.html", field=self, add=ADD))  # noqa: S704 (a template)


def hub_lines(hubs: "list[ContractHub] | list[ScheduleHub]") -> str:
    """Hubs as text, a line each."""
    cells = ((hub.agency, hub.name, hub.area, hub.succeeds) for hub in hubs)
    return "\n".join(", ".join(cell for cell in one if cell) for one in cells)


def hub_rows(hubs: list[ScheduleHub]) -> list[Mapping[str, str]]:
    """What the rows are filled with."""
    return [{"agency": hub.agency, "name": hub.name, "area": hub.area, "succeeds": hub.succeeds or ""} for hub in hubs]
