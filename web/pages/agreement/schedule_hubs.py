"""The hubs of a contract as rows of a form: an agency in each, its name and area as the contract has them."""

from collections.abc import Mapping
from typing import Any

from domain.contract_life.schedule import LONGEST_NAME, MOST_HUBS, ContractHub
from web.pages.frame.forms import SelectField, TextField
from web.queries.agreement.schedule import ScheduleHub

from .agency_fields import AgencyRow, AgencyRowsField, agencies_to_choose


class HubRow(AgencyRow):
    """One hub; a row without an agency and without words says nothing."""

    name = TextField("Its name in the contract", render_kw={"maxlength": LONGEST_NAME})
    area = TextField("The area that it serves", "As the contract calls it.", render_kw={"maxlength": LONGEST_NAME})
    succeeds = SelectField("Continues the service of")

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.succeeds.choices = {"": "No other agency"} | agencies_to_choose(self.succeeds.data)

    @property
    def hub(self) -> ContractHub:
        """What was entered."""
        return ContractHub(self.chosen, self.name.data, self.area.data, self.succeeds.data)

    @property
    def is_new(self) -> bool:
        """Whether its agency is not known here."""
        return bool(self.code.data) and self.chosen not in agencies_to_choose()


class HubsField(AgencyRowsField):
    """The rows. `hubs` are those that say something."""

    def __init__(self, label: str, hint: str, **settings: Any) -> None:
        super().__init__(HubRow, label, hint, called="Hub", most=MOST_HUBS, **settings)

    def wrong_with(self, row: HubRow) -> str:
        """A new agency is called here what the contract calls it."""
        nameless = row.is_new and not row.name.data
        return super().wrong_with(row) or (f"{row.chosen} is not known here. Give it a name too." if nameless else "")

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Each row that says something is whole, and there is one."""
        if not self.said:
            self.errors = ["Name at least one hub."]
            return False
        return super().validate(form, extra_validators)

    @property
    def hubs(self) -> tuple[ContractHub, ...]:
        """What was entered."""
        return tuple(row.hub for row in self.said)

    @property
    def new_names(self) -> dict[str, str]:
        """What agencies that are not known here are called, by code."""
        return {row.chosen: row.name.data for row in self.said if row.is_new}

    @property
    def text(self) -> str:
        """A line for each hub, to be set beside another version."""
        return hub_lines(self.hubs)


def hub_lines(hubs: "tuple[ContractHub, ...] | list[ScheduleHub]") -> str:
    """Hubs as text, a line each."""
    cells = ((hub.agency, hub.name, hub.area, hub.succeeds) for hub in hubs)
    return "\n".join(", ".join(cell for cell in one if cell) for one in cells)


def hub_rows(hubs: list[ScheduleHub]) -> list[Mapping[str, str]]:
    """What the rows are filled with."""
    return [{"agency": hub.agency, "name": hub.name, "area": hub.area, "succeeds": hub.succeeds or ""} for hub in hubs]
