"""Accounts and tokens, for administrators: who may use the service, in which role, and by which way in.

One's own account is told on a page of its own (`web.pages.sign_in`), where a password is changed.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final

from flask import redirect, request, url_for
from marshmallow import fields, validate

from domain.errors import Refused
from domain.log.database import writing
from projections.standings.stored import load_slices
from web import parameters
from web.auth import accounts
from web.auth.accounts import AccountUpdate, Identity
from web.auth.guard import principal, services, snapshot, viewer
from web.auth.roles import RIGHTS as REACH_OF
from web.auth.roles import Right, Role
from web.clock import now
from web.commands import accounts as administering
from web.commands.accounts import Actor
from web.presenters import text as words
from web.presenters.tables import Code, Column, Link, Table, lines
from web.problems import not_here
from web.queries import accounts as queries
from web.queries.accounts import AccountResult, TokenResult

from .forms import (
    CheckboxesField,
    CheckboxField,
    Form,
    InvalidField,
    PasswordField,
    SelectField,
    TextField,
)
from .layout import Page
from .navigation import Place
from .page import Pages

LIST: Final = "accounts_pages.accounts_listed"
ONE: Final = "accounts_pages.account"
LONGEST_DAYS: Final = 3650
_NUMBER: Final = "/accounts/<int(max=999999999):number>"

blueprint = Pages("accounts_pages", __name__, Place("Accounts", LIST, Right.ACCOUNTS))

ROLES: Final = {
    Role.COMMISSIONER: "Commissioner: all figures, and single clients for a reason",
    Role.PROVIDER: "Provider: own agencies whole, of others the sums",
    Role.AUDITOR: "Auditor: sees everything, changes nothing",
    Role.PUBLIC: "Public: what was published, without small numbers",
    Role.ADMINISTRATOR: "Administrator: accounts and tokens, no figures",
}
"""Each role in words."""


_FIELD_OF_CODE: Final = {
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


def _role_field() -> SelectField:
    return SelectField("Role", choices={"": "Choose a role", **ROLES}, needed="Choose a role.")


def _moment(at: datetime | None) -> str | None:
    return f"{words.short_day(at.date())}, {at:%H:%M}" if at else None


def _actor() -> Actor:
    return Actor.of(principal())


# ---- accounts

COLUMNS: Final = (
    Column("Name"),
    Column("Role"),
    Column("Agencies"),
    Column("Signs in by"),
    Column("Made (UTC)", whole=True),
    Column("State"),
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
        _moment(one.made_at),
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

    field_of_code: ClassVar = _FIELD_OF_CODE

    name = TextField(
        "Name",
        "The name that the audit trail shows for this person. It can never be used for somebody else.",
        needed="Enter a name.",
    )
    role = _role_field()
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


@blueprint.page("/accounts/new", Right.ACCOUNTS)
def new(_given: parameters.Given) -> Page:
    """The form of a new account."""
    return _new_page(NewAccountForm())


def _new_page(form: NewAccountForm) -> Page:
    return Page("account-new.html", "Make an account", form=form, errors=form.links)


@blueprint.page("/accounts/new", Right.ACCOUNTS, method="POST")
def make(_given: parameters.Given) -> Any:
    """Make an account: with a password, for somebody at an identity provider, or to sign in by a link."""
    form = NewAccountForm()
    if form.validate_on_submit():
        with form.refusals_at("password"), writing(services().engine) as connection:
            made = administering.make_account(connection, _actor(), form.name.data, form.update, now())
            return redirect(url_for(ONE, number=made.number, done="made"), 303)
    return _new_page(form), 422


_DONE: Final = {
    "made": "The account was made.",
    "changed": "The account was changed. Whoever was signed in with it has to sign in again.",
    "same": "Nothing was changed: the account is already like this.",
    "closed": "The account was closed. Nobody can sign in with it any more.",
}


class OneAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page(_NUMBER, Right.ACCOUNTS, OneAddress)
def account(args: parameters.Given, number: int) -> Page:
    """One account, and what may be done with it."""
    return _account_page(_account(number), done=_DONE.get(args["done"], ""))


class ChangeAccountForm(Form):
    """What an account is changed to."""

    field_of_code: ClassVar = _FIELD_OF_CODE

    role = _role_field()
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
        moment=_moment,
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
                with writing(services().engine) as connection:
                    administering.change_account(connection, _actor(), number, update, now())
            return redirect(url_for(ONE, number=number, done="same" if update.is_nothing else "changed"), 303)
    return _account_page(account, form), 422


@blueprint.page(f"{_NUMBER}/close", Right.ACCOUNTS, method="POST")
def close(_given: parameters.Given, number: int) -> Any:
    """Close an account, once it is ticked; its sessions end. It stays in the list, and its name stays taken."""
    account, form = _account(number), CloseAccountForm()
    if not form.validate_on_submit():
        return _account_page(account, closing=form), 422
    with writing(services().engine) as connection:
        administering.close_account(connection, _actor(), number, now())
    return redirect(url_for(ONE, number=number, done="closed"), 303)


@blueprint.page(f"{_NUMBER}/link", Right.ACCOUNTS, method="POST")
def make_link(_given: parameters.Given, number: int) -> Any:
    """A link that signs somebody in, once; shown on this page alone."""
    account = _account(number)
    with writing(services().engine) as connection:
        word = administering.make_link(connection, _actor(), number, now())
    origin = services().settings.origin
    home = str(origin) if origin else request.host_url.rstrip("/")
    return _account_page(account, link=f"{home}{url_for('sign-in.by_link', word=word)}")


# ---- tokens


RIGHTS: Final = {
    Right.DEFINITIONS: "read the definitions of the figures",
    Right.FIGURES: "read figures",
    Right.CLIENTS: "read single clients",
    Right.PUBLISHED: "read what was published",
    Right.PUBLISH: "publish figures and freeze scorecards",
    Right.DISPUTES: "read disputes",
    Right.DISPUTE: "open, answer and close disputes",
    Right.SUBMISSIONS: "read what was submitted",
    Right.SUBMIT: "submit files",
    Right.KNOWLEDGE: "record withdrawals, handovers and contracts",
    Right.CONTRACTS: "read contracts",
    Right.LOG: "read the audit trail",
    Right.ACCESS: "read who has signed in, looked or downloaded",
    Right.VERIFY: "check what is stored against the log",
    Right.ACCOUNTS: "manage accounts and tokens",
    Right.BOARD: "show the staff board",
}
"""What each right lets a program do, in words."""


class TokensAddress(parameters.Asks):
    """Which token was just revoked."""

    revoked = fields.String(load_default=None, validate=parameters.Whole(r"[a-z0-9]{12}", error="No token."))


class TokenForm(Form):
    """A new token, and what it may do."""

    field_of_code: ClassVar = _FIELD_OF_CODE

    name = TextField("Name", "What will use it. For example: nightly export", needed="Enter a name.")
    role = _role_field()
    agencies = AgenciesField()
    days = TextField(
        "For how many days it is valid",
        f"1 to {LONGEST_DAYS:,}. Leave it empty for a token that is valid until you revoke it",
        width=5,
        options={"inputmode": "numeric"},
    )
    scopes = CheckboxesField(
        "Only for some things", "Leave all of them empty for everything that the role may do.", choices=RIGHTS
    )

    @property
    def rights(self) -> list[Right]:
        """What it may do; nothing where it may do all that the role may."""
        return [Right(one) for one in self.scopes.data or ()]

    def validate_name(self, field: TextField) -> None:
        """Refuse a name that could not be shown in the audit trail."""
        if not re.match(accounts.NAME, field.data):
            raise InvalidField("Give the token a name that says what will use it.")

    def validate_days(self, field: TextField) -> None:
        """Refuse what is no number of days."""
        if field.data and not (re.fullmatch(r"[0-9]{1,4}", field.data) and 1 <= int(field.data) <= LONGEST_DAYS):
            raise InvalidField(f"Write a number of days from 1 to {LONGEST_DAYS:,}, or leave it empty.")

    def validate_scopes(self, _field: CheckboxesField) -> None:
        """Refuse what the role may not do itself, in the words of the form."""
        beyond = [] if self.role.is_missing else [one for one in self.rights if self.role.data not in REACH_OF[one]]
        if beyond:
            raise InvalidField(f"The role {self.role.data} may not do this: {_scope_words(beyond)}. Leave it empty.")


@blueprint.page("/accounts/tokens", Right.ACCOUNTS, TokensAddress)
def tokens_listed(args: parameters.Given) -> Page:
    """All tokens that were ever made, without their secrets."""
    return _tokens_page(TokenForm(), revoked=args["revoked"] or "")


TOKEN_COLUMNS: Final = (
    Column("Name"),
    Column("Role"),
    Column("Only for"),
    Column("Made (UTC)", whole=True),
    Column("Valid until (UTC)"),
    Column("Revoke"),
)


def _token_row(one: TokenResult) -> tuple[Any, ...]:
    return (
        lines(one.name, Code(one.id)),
        lines(one.role.value, ", ".join(one.agencies)),
        _scope_words(one.scopes) if one.scopes else "everything that the role may do",
        lines(_moment(one.made_at), f"by {one.made_by}"),
        holds(one),
        "",
    )


def _scope_words(scopes: Iterable[str]) -> str:
    return "; ".join(RIGHTS[one] for one in Right if one in set(scopes))


def _tokens_page(form: TokenForm, text: str = "", revoked: str = "") -> Page:
    everything = queries.tokens(snapshot(), viewer(Right.ACCOUNTS)).tokens
    return Page(
        "tokens.html",
        "Tokens",
        {"tokens": Table(TOKEN_COLUMNS, list(map(_token_row, everything)), "Newest first") if everything else None},
        form=form,
        errors=form.links,
        revoked=next((f"{one.name} ({one.id})" for one in everything if one.id == revoked and one.revoked_at), ""),
        everything=everything,
        text=text,
    )


def holds(one: TokenResult) -> str:
    """How long a token holds."""
    if one.revoked_at:
        return f"revoked {_moment(one.revoked_at)}"
    return _moment(one.expires_at) or "you revoke it"


@blueprint.page("/accounts/tokens", Right.ACCOUNTS, method="POST")
def make_token(_given: parameters.Given) -> Any:
    """Make a token; the page that answers is the only one on which it is shown."""
    form = TokenForm()
    if form.validate_on_submit():
        with form.refusals_at("name"):
            with writing(services().engine) as connection:
                text, _ = administering.make_token(
                    connection,
                    _actor(),
                    form.name.data,
                    Role(form.role.data),
                    form.agencies.codes,
                    form.rights,
                    int(form.days.data) if form.days.data else None,
                    now(),
                )
            return _tokens_page(TokenForm(None), text)
    return _tokens_page(form), 422


@blueprint.page("/accounts/tokens/<identifier>/revoke", Right.ACCOUNTS, method="POST")
def revoke_token(_given: parameters.Given, identifier: str) -> Any:
    """Let a token hold no more, from now on."""
    if not re.fullmatch(r"[a-z0-9]{12}", identifier):
        raise not_here()
    try:
        with writing(services().engine) as connection:
            administering.revoke_token(connection, _actor(), identifier, now())
    except Refused as refused:
        raise not_here() from refused
    return redirect(url_for("accounts_pages.tokens_listed", revoked=identifier), 303)
