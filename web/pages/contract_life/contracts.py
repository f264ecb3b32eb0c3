"""Contracts: from when to when each agency works for the council. Listed, said anew, and taken back."""

from datetime import date
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.contract_life.contract import Contract
from web import parameters
from web.auth.guard import principal, services, snapshot, viewer
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.contract_life import contracts as commands
from web.pages.frame.agency_names import named
from web.pages.frame.forms import AgencyField, CheckboxField, DateField, Form
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.tables import Column, Link, Table
from web.queries.contract_life import contracts as queries
from web.queries.contract_life.contracts import ContractResult

LIST: Final = "contracts_pages.contracts"
_DONE: Final = {"saved": "The contract is saved.", "withdrawn": "The contract was taken back."}

blueprint = Pages(
    "contracts_pages",
    __name__,
    Place(
        "Agencies’ own contracts",
        LIST,
        Right.CONTRACTS,
        PlaceGroup.AGREED,
        "From when to when each agency works for the council.",
    ),
)


class ContractsAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


class ContractAddress(parameters.Asks):
    """The contract that is to be changed; none for a new one."""

    agency = parameters.code_field("Its agency.")
    first_day = parameters.DayField(load_default=None, description="Its first day.")


COLUMNS: Final = (
    Column("Agency"),
    Column("First day", whole=True),
    Column("Last day", whole=True),
    Column("Continues the service of", aside=True),
    Column("Change"),
)


@blueprint.page("/contracts", Right.CONTRACTS, ContractsAddress)
def contracts(args: parameters.Given) -> Page:
    """The contracts that stand, by agency and first day."""
    may_change = principal().reach(Right.KNOWLEDGE) is not None
    standing = queries.contracts(snapshot(), viewer(Right.CONTRACTS)).contracts
    columns = COLUMNS if may_change else COLUMNS[:-1]
    rows = [_row(one)[: len(columns)] for one in standing]
    return Page(
        "contracts.html",
        "Agencies’ own contracts",
        {"contracts": Table(columns, rows, "By agency") if rows else None},
        may_change=may_change,
        done=_DONE.get(args["done"], ""),
    )


def _row(one: ContractResult) -> tuple[Any, ...]:
    href = url_for("contracts_pages.new", agency=one.agency, first_day=one.first_day)
    change = Link("Change", href, more=f" the contract of {named(one.agency)}")
    return (
        named(one.agency),
        one.first_day,
        one.last_day or "not agreed",
        named(one.succeeds) if one.succeeds else None,
        change,
    )


class ContractForm(Form):
    """A contract, and when it became known; or that there never was one."""

    field_of_code: ClassVar = {
        "contract-ends-before-it-begins": "last_day",
        "contract-succeeds-itself": "succeeds",
        "contract-overlaps": "first_day",
        "contract-unknown": "first_day",
        "received-in-future": "received_on",
        "received-out-of-order": "received_on",
    }

    agency = AgencyField(
        "Agency", "Its code, as its files begin, like H0001.", width=10, needed="Enter the agency’s code."
    )
    first_day = DateField("First day of the contract", needed="Enter the first day.")
    last_day = DateField("Last day of the contract", "Leave it empty while none is agreed.")
    succeeds = AgencyField(
        "Whose service it continues", "The code of the agency before it. Leave it empty if there is none.", width=10
    )
    received_on = DateField(
        "Day on which you knew of it",
        "Leave it empty for today. Files cannot be received before it: if older files are to keep the days on which "
        "they came, enter a day before the first of them.",
    )
    withdrawn = CheckboxField("It was never a contract: take it back", "Only for one that was entered by mistake.")


@blueprint.page("/contracts/new", Right.KNOWLEDGE, ContractAddress)
def new(args: parameters.Given) -> Page:
    """The form of a contract: empty, or as the one is that is to be changed."""
    return _form_page(ContractForm(None, data=_present(args["agency"], args["first_day"])))


def _present(agency: str | None, first_day: date | None) -> dict[str, str]:
    """The contract of an address as its form has it; empty if there is none."""
    standing = queries.contracts(snapshot(), viewer(Right.KNOWLEDGE)).contracts
    one = next((one for one in standing if (one.agency, one.first_day) == (agency, first_day)), None)
    if one is None:
        return {}
    last_day = one.last_day.isoformat() if one.last_day else ""
    return {
        "agency": one.agency,
        "first_day": one.first_day.isoformat(),
        "last_day": last_day,
        "succeeds": one.succeeds,
    }


def _form_page(form: ContractForm) -> Page:
    day = parameters.day_written(form.first_day.data)
    is_known = bool(_present(form.agency.data, day))
    if not is_known:
        del form["withdrawn"]
    heading = f"The contract of {named(form.agency.data)}" if is_known else "A contract"
    may_see = principal().reach(Right.CONTRACTS) is not None
    return Page("contract-new.html", heading, form=form, errors=form.links, is_known=is_known, may_see=may_see)


@blueprint.page("/contracts/new", Right.KNOWLEDGE, method="POST")
def save(_given: parameters.Given) -> Any:
    """Say a contract, say it anew, or take it back."""
    form = ContractForm()
    if form.validate_on_submit() and form.first_day.day:
        with form.refusals_at("agency"):
            _say(form, form.first_day.day)
            return redirect(url_for(LIST, done="withdrawn" if form.withdrawn.data else "saved"), 303)
    return _form_page(form), 422


def _say(form: ContractForm, first_day: date) -> None:
    who, on = principal(), today()
    receipt = Receipt(form.received_on.day or on, on, who.name, who.role)
    agency, succeeds = form.agency.data.upper(), form.succeeds.data.upper()
    if form.withdrawn.data:
        commands.withdraw_contract(services().register, agency, first_day, receipt)
    else:
        contract = Contract(0, agency, first_day, form.last_day.day, succeeds)
        commands.agree_contract(services().register, contract, receipt)
