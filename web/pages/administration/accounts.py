"""Accounts, for administrators: who may use the service, in which role, and by which way in; see also `tokens`.

One's own account is told on a page of its own (`web.pages.administration.sign_in`), where a password is changed.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.log.database import writing
from projections.standings.stored import load_slices
from web import parameters
from web.auth import accounts
from web.auth.accounts import AccountUpdate, Identity
from web.auth.guard import principal, services, snapshot, viewer
from web.auth.roles import Right, Role
from web.clock import now
from web.commands.administration import accounts as administering
from web.commands.administration.accounts import Actor
from web.pages.frame.forms import CheckboxField, Form, InvalidField, PasswordField, SelectField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup, absolute
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.tables import Column, Link, Table
from web.problems import not_here
from web.queries.administration import accounts as queries
from web.queries.administration.accounts import AccountResult

LIST: Final = "accounts_pages.accounts_listed"
ONE: Final = "accounts_pages.account"
_NUMBER: Final = "/accounts/<int(max=999999999):number>"

blueprint = Pages(
    "accounts_pages",
    __name__,
    Place(
        "Accounts",
        LIST,
        Right.ACCOUNTS,
        PlaceGroup.ADMINISTRATION,
        "Who may sign in, as what, and for which agencies.",
        NeededWeekly.ALWAYS,
    ),
)

ROLES: Final = {
    Role.COMMISSIONER: "Commissioner: all figures, and single clients for a reason",
    Role.PROVIDER: "Provider: own agencies whole, of others the sums",
    Role.AUDITOR: "Auditor: sees everything, changes nothing",
    Role.PUBLIC: "Public: what was published, without small numbers",
    Role.ADMINISTRATOR: "Administrator: accounts and tokens, no figures",
}
"""Each role in words."""


FIELD_OF_CODE: Final = {
    "agency-code": "agencies",
    "account-without-agency": "agencies",
    "account-with-agency": "agencies",
    "token-without-agency": "agencies",
    "token-with-agency": "agencies",
    "token-beyond-role": "scopes",
    "own-account": "role",
    "account-name": "name",
    "account-exists": "name",
    "identity-incomplete": "subject",
    "identity-taken": "subject",
}
"""Which field a refusal is about."""


class AgenciesField(TextField):
    """Codes of agencies, parted by commas or blanks: `codes`, once the form was validated."""

    codes: tuple[str, ...] = ()

    def __init__(self, **settings: Any) -> None:
        super().__init__("Agencies", "Only for a provider. Codes like H0001, separated by commas", **settings)

    def pre_validate(self, form: Form) -> None:
        """Read the codes."""
        super().pre_validate(form)
        self.codes = tuple(code for code in re.split(r"[\s,;]+", self.data) if code)
        for code in self.codes:
            if not re.match(parameters.CODE, code):
                raise InvalidField(f"'{code}' is not a code of an agency. Write codes like H0001.")


def role_field() -> SelectField:
    """The role of an account or a token."""
    return SelectField("Role", choices={"": "Choose a role", **ROLES}, needed="Choose a role.")


def moment(at: datetime | None) -> str | None:
    """A day and the time on it, in UTC."""
    return f"{words.short_day(at.date())}, {at:%H:%M}" if at else None


def acting() -> Actor:
    """Whoever is signed in, as the one who does it."""
    return Actor.of(principal())


COLUMNS: Final = (
    Column("Name"),
    Column("Role"),
    Column("Agencies"),
    Column("Signs in by", aside=True),
    Column("Made (UTC)", whole=True, aside=True),
    Column("State", aside=True),
)


@blueprint.page("/accounts", Right.ACCOUNTS)
def accounts_listed(_given: parameters.Given) -> Page:
    """All accounts that were ever made, by name."""
    rows = [_row(one) for one in queries.accounts(snapshot(), viewer(Right.ACCOUNTS)).accounts]
    return Page("accounts.html", "Accounts", {"accounts": Table(COLUMNS, rows, "By name")})


def _row(one: AccountResult) -> tuple[Any, ...]:
    return (
        Link(one.name, url_for(ONE, number=one.number)),
        one.role.value if one.role else "none yet",
        ", ".join(one.agencies),
        way_in(one),
        moment(one.made_at),
        state(one),
    )


def way_in(one: AccountResult) -> str:
    """How somebody signs in."""
    if not one.local:
        return f"{one.issuer}"
    return "password" if one.has_password else "link"


def state(one: AccountResult) -> str:
    """Whether somebody may sign in."""
    if one.closed_at:
        return "closed"
    return "open" if one.role else "may do nothing yet"


class NewAccountForm(Form):
    """A new account, and how somebody signs in with it."""

    field_of_code: ClassVar = FIELD_OF_CODE

    name = TextField(
        "Name",
        "The name that the audit trail shows for this person. It can never be used for somebody else.",
        needed="Enter a name.",
    )
    role = role_field()
    agencies = AgenciesField()
    password = PasswordField("A first password", "At least 12 characters.", options={"autocomplete": "new-password"})
    issuer = TextField("Or the sign-in service of their organisation", "Its issuer, like https://login.example")
    subject = TextField("Their identifier there", "The subject that the sign-in service states for them")

    @property
    def update(self) -> AccountUpdate:
        """What the account is to be like."""
        issuer, subject = self.issuer.data, self.subject.data
        identity = Identity(issuer, subject) if issuer or subject else None
        return AccountUpdate(Role(self.role.data), self.agencies.codes, identity, self.password.data or None)


class NewAccountAddress(parameters.Asks):
    """The role that is chosen already."""

    role = fields.String(load_default="", validate=validate.OneOf([str(role) for role in ROLES]))


@blueprint.page("/accounts/new", Right.ACCOUNTS, NewAccountAddress)
def new(args: parameters.Given) -> Page:
    """The form of a new account."""
    return _new_page(NewAccountForm(None, data={"role": args["role"]}))


def _new_page(form: NewAccountForm) -> Page:
    return Page("account-new.html", "Make an account", form=form, errors=form.links)


@blueprint.page("/accounts/new", Right.ACCOUNTS, method="POST")
def make(_given: parameters.Given) -> Any:
    """Make an account: with a password, for somebody at an identity provider, or to sign in by a link."""
    form = NewAccountForm()
    if form.validate_on_submit():
        with form.refusals_at("password"), writing(services().access_engine) as connection:
            made = administering.make_account(connection, acting(), form.name.data, form.update, now())
            return redirect(url_for(ONE, number=made.number, done="made"), 303)
    return _new_page(form), 422


_DONE: Final = {
    "made": "The account was made.",
    "changed": "The account was changed. Whoever was signed in with it has to sign in again.",
    "same": "Nothing was changed: the account is already like this.",
    "closed": "The account was closed. Nobody can sign in with it any more.",
}


class AccountAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page(_NUMBER, Right.ACCOUNTS, AccountAddress)
def account(args: parameters.Given, number: int) -> Page:
    """One account, and what may be done with it."""
    return _account_page(_account(number), done=_DONE.get(args["done"], ""))


class ChangeAccountForm(Form):
    """What an account is changed to."""

    field_of_code: ClassVar = FIELD_OF_CODE

    role = role_field()
    agencies = AgenciesField()
    password = PasswordField(
        "New password", "Leave it empty to keep the present one.", options={"autocomplete": "new-password"}
    )

    def update(self, account: AccountResult) -> AccountUpdate:
        """What of it is not so yet: nobody gives themselves a role, though they may change their own password."""
        role, agencies, password = Role(self.role.data), self.agencies.codes, self.password.data or None
        if (role, agencies) == (account.role, account.agencies) and account.closed_at is None:
            return AccountUpdate(password=password)
        return AccountUpdate(role, agencies, None, password)


class CloseAccountForm(Form):
    """The tick without which no account is closed."""

    confirmed = CheckboxField("", needed="Tick the box to close the account.")


def _account_page(
    account: AccountResult,
    form: ChangeAccountForm | None = None,
    closing: CloseAccountForm | None = None,
    done: str = "",
    link: str = "",
) -> Page:
    present = {"role": account.role or "", "agencies": " ".join(account.agencies)}
    form, closing = form or ChangeAccountForm(None, data=present), closing or CloseAccountForm(None)
    closing.confirmed.label.text = f"{account.name} is not to sign in any more"
    return Page(
        "account-one.html",
        account.name,
        account=account,
        form=form,
        closing=closing,
        errors=form.links + closing.links,
        done=done,
        link=link,
        moment=moment,
        minutes=int(accounts.LINK_HOLDS.total_seconds() // 60),
        state=state(account),
        way_in=way_in(account),
        own=principal().key == f"{accounts.KEY}{account.number}",
        unheard=_unheard(account.agencies),
    )


def _unheard(agencies: Iterable[str]) -> list[str]:
    """Agencies from which nothing was received: their codes may be mistyped."""
    known = load_slices(snapshot().connection).agencies
    return [one for one in agencies if one not in known]


def _account(number: int) -> AccountResult:
    """The account with this number.

    Raises:
        Problem: there is none (404).
    """
    account = queries.account(snapshot(), viewer(Right.ACCOUNTS), number)
    if account is None:
        raise not_here()
    return account


@blueprint.page(_NUMBER, Right.ACCOUNTS, method="POST")
def change(_given: parameters.Given, number: int) -> Any:
    """Give an account another role, other agencies or another password; a role opens a closed one again."""
    account, form = _account(number), ChangeAccountForm()
    if form.validate_on_submit():
        with form.refusals_at("password"):
            update = form.update(account)
            if not update.is_nothing:
                with writing(services().access_engine) as connection:
                    administering.change_account(connection, acting(), number, update, now())
            return redirect(url_for(ONE, number=number, done="same" if update.is_nothing else "changed"), 303)
    return _account_page(account, form), 422


@blueprint.page(f"{_NUMBER}/close", Right.ACCOUNTS, method="POST")
def close(_given: parameters.Given, number: int) -> Any:
    """Close an account, once it is ticked; its sessions end. It stays in the list, and its name stays taken."""
    account, form = _account(number), CloseAccountForm()
    if not form.validate_on_submit():
        return _account_page(account, closing=form), 422
    with writing(services().access_engine) as connection:
        administering.close_account(connection, acting(), number, now())
    return redirect(url_for(ONE, number=number, done="closed"), 303)


@blueprint.page(f"{_NUMBER}/link", Right.ACCOUNTS, method="POST")
def make_link(_given: parameters.Given, number: int) -> Any:
    """A link that signs somebody in, once; shown on this page alone."""
    account = _account(number)
    with writing(services().access_engine) as connection:
        word = administering.make_link(connection, acting(), number, now())
    return _account_page(account, link=absolute(url_for("sign-in.by_link", word=word)))
