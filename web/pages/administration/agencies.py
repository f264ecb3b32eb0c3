"""What the pages call the agencies, beside their codes: all on one page."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from flask import redirect, request, url_for
from marshmallow import fields, validate

from domain.log.database import writing
from web import parameters
from web.auth.guard import services, snapshot, viewer
from web.auth.roles import Right
from web.commands.administration.accounts import LONGEST_NAME, name_agency
from web.pages.frame.agency_names import names
from web.pages.frame.forms import Form, TextField, one_line
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.queries.administration.set_up import agencies_known

LIST: Final = "agencies_pages.agencies"
_OF: Final = "name-"
"""What the field of an agency's name begins with; its code follows."""

blueprint = Pages(
    "agencies_pages",
    __name__,
    Place(
        "Agencies’ names",
        LIST,
        Right.SET_UP,
        PlaceGroup.ADMINISTRATION,
        "What the pages call each agency, beside its code.",
    ),
)


class AgenciesAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(["saved"]))


class NewAgencyForm(Form):
    """The name of an agency that nothing else speaks of yet."""

    field_of_code: ClassVar = {"agency-name-unfit": "new_name"}

    new_code = TextField("Its code", "As its files begin, like H0001.", width=10)
    new_name = TextField("Its name", options={"spellcheck": False})


@blueprint.page("/agencies", Right.SET_UP, AgenciesAddress)
def agencies(args: parameters.Given) -> Page:
    """Each agency that is known, with its name, and room for one that is not."""
    return _page(NewAgencyForm(None), names(), done=bool(args["done"]))


@blueprint.page("/agencies", Right.SET_UP, method="POST")
def name(_given: parameters.Given) -> Any:
    """Call the agencies as it was typed; an empty name is none."""
    form = NewAgencyForm()
    typed = {key.removeprefix(_OF): one_line(text) for key, text in request.form.items() if key.startswith(_OF)}
    code, new_name = form.new_code.data.upper(), one_line(form.new_name.data)
    form.validate()
    if (code or new_name) and not parameters.is_code(code):
        form.add_error("new_code", "Write the code as its files begin, like H0001.")
    elif code and not new_name:
        form.add_error("new_name", "Enter the agency’s name.")
    elif code:
        typed[code] = new_name
    if not form.errors:
        with form.refusals_at("new_name"):
            _store(typed)
            return redirect(url_for(LIST, done="saved"), 303)
    return _page(form, typed), 422


def _store(typed: Mapping[str, str]) -> None:
    """Those that changed alone, so that nobody's page takes back what somebody else typed meanwhile."""
    present = names()
    with writing(services().engine) as connection:
        for code, text in typed.items():
            if parameters.is_code(code) and text != present.get(code, ""):
                name_agency(connection, code, text)


def _page(form: NewAgencyForm, typed: Mapping[str, str], *, done: bool = False) -> Page:
    return Page(
        "agencies.html",
        "What the agencies are called",
        form=form,
        errors=form.links,
        rows=_rows(agencies_known(snapshot(), viewer(Right.SET_UP)), typed),
        longest=LONGEST_NAME,
        done=done,
    )


def _rows(codes: Sequence[str], typed: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The name of each agency's field, its code, and what stands in it."""
    return [(f"{_OF}{code}", code, typed.get(code, "")) for code in codes]
