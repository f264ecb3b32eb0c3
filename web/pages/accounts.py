"""Accounts and tokens, for administrators: who may use the service, in which role, and by which way in.

One's own account is told on a page of its own (`web.pages.sign_in`), where a password is changed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import redirect, request, url_for
from marshmallow import fields, validate

from domain.errors import Refused
from domain.log.database import writing
from projections.projector.projector import load_slices
from web import parameters
from web.auth import accounts, tokens
from web.auth.accounts import AccountSeen, AccountUpdate, Identity
from web.auth.guard import principal, services, snapshot
from web.auth.roles import RIGHTS as REACH_OF
from web.auth.roles import Right, Role
from web.auth.tokens import TokenSeen
from web.clock import now
from web.commands import accounts as administering
from web.commands.accounts import Actor
from web.presenters import text as words
from web.presenters.tables import Code, Column, Link, Table, lines
from web.problems import not_here

from .layout import Page
from .navigation import Place
from .page import Choice, Pages

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


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent, with what is wrong by field. A password never goes back into the page."""

    said: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls) -> "Form":
        """What this request sent."""
        return cls({name: value.strip() for name, value in request.form.items() if name != "password"})

    def refused(self, refused: Refused, otherwise: str) -> "Form":
        """The same with why it was refused, at its field; `otherwise` where the refusal is of none in particular."""
        return Form(self.said, {_FIELD_OF.get(refused.code, otherwise): refused.message})

    @property
    def errors(self) -> list[Link]:
        """What is wrong, each with its field."""
        return [Link(text, f"#{name}") for name, text in self.wrong.items()]

    @property
    def agencies(self) -> tuple[str, ...]:
        """The codes that were written, parted by commas or blanks.

        Raises:
            Refused: one is none.
        """
        codes = re.split(r"[\s,;]+", self.said.get("agencies", "").strip())
        codes = [code for code in codes if code]
        for code in codes:
            if not re.match(parameters.CODE, code):
                raise Refused("agency-code", f"'{code}' is not a code of an agency. Write codes like H0001.")
        return tuple(codes)

    @property
    def missing(self) -> "Form":
        """The same with everything that was left empty and must not be, so that all of it is said at once."""
        wanted = {"name": "Enter a name.", "role": "Choose a role."}
        return Form(self.said, {name: text for name, text in wanted.items() if not self.said.get(name)})

    @property
    def role(self) -> Role:
        """The role that was chosen.

        Raises:
            Refused: none was.
        """
        if self.said.get("role") not in set(Role):
            raise Refused("role-missing", "Choose a role.")
        return Role(self.said["role"])


_FIELD_OF: Final = {
    "role-missing": "role",
    "agency-code": "agencies",
    "account-without-agency": "agencies",
    "account-with-agency": "agencies",
    "token-without-agency": "agencies",
    "token-with-agency": "agencies",
    "token-beyond-role": "scopes",
    "own-account": "role",
    "account-name": "name",
    "account-exists": "name",
    "token-name": "name",
    "days": "days",
    "identity-incomplete": "subject",
    "identity-taken": "subject",
}
"""Which field a refusal is about."""


def _role_choices(form: Form) -> list[Choice]:
    chosen = form.said.get("role", "")
    return [Choice("", "Choose a role", not chosen), *(Choice(one, said, one == chosen) for one, said in ROLES.items())]


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
    rows = [_row(one) for one in accounts.accounts(snapshot().connection)]
    return Page("accounts.html", "Accounts", {"accounts": Table(COLUMNS, rows, "By name")})


def _row(one: AccountSeen) -> tuple[Any, ...]:
    return (
        Link(one.name, url_for(ONE, number=one.number)),
        one.role.value if one.role else "none yet",
        ", ".join(one.agencies),
        way_in(one),
        _moment(one.made_at),
        state(one),
    )


def way_in(one: AccountSeen) -> str:
    """How somebody signs in."""
    if not one.local:
        return f"{one.issuer}"
    return "password" if one.has_password else "link"


def state(one: AccountSeen) -> str:
    """Whether somebody may sign in."""
    if one.closed_at:
        return "closed"
    return "open" if one.role else "may do nothing yet"


@blueprint.page("/accounts/new", Right.ACCOUNTS)
def new(_given: parameters.Given) -> Page:
    """The form of a new account."""
    return _new_form(Form())


def _new_form(form: Form) -> Page:
    return Page("account-new.html", "Make an account", form=form, errors=form.errors, roles=_role_choices(form))


@blueprint.page("/accounts/new", Right.ACCOUNTS, method="POST")
def make(_given: parameters.Given) -> Any:
    """Make an account: with a password, for somebody at an identity provider, or to sign in by a link."""
    form, password = Form.sent(), request.form.get("password", "")
    if form.missing.wrong:
        return _new_form(form.missing), 422
    try:
        issuer, subject = form.said.get("issuer", ""), form.said.get("subject", "")
        identity = Identity(issuer, subject) if issuer or subject else None
        wanted = AccountUpdate(form.role, form.agencies, identity, password or None)
        with writing(services().engine) as connection:
            made = administering.make_account(connection, _actor(), form.said.get("name", ""), wanted, now())
    except Refused as refused:
        return _new_form(form.refused(refused, "password")), 422
    return redirect(url_for(ONE, number=made.number, done="made"), 303)


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
def account(given: parameters.Given, number: int) -> Page:
    """One account, and what may be done with it."""
    return _account_page(_account(number), done=_DONE.get(given["done"], ""))


def _account_page(found: AccountSeen, form: Form | None = None, done: str = "", link: str = "") -> Page:
    said = {"role": found.role or "", "agencies": " ".join(found.agencies)}
    form = form or Form(said)
    return Page(
        "account-one.html",
        found.name,
        found=found,
        form=form,
        errors=form.errors,
        roles=_role_choices(form),
        done=done,
        link=link,
        moment=_moment,
        minutes=int(accounts.LINK_HOLDS.total_seconds() // 60),
        state=state(found),
        way_in=way_in(found),
        own=principal().key == f"{accounts.KEY}{found.number}",
        unheard=_unheard(found.agencies),
    )


def _unheard(agencies: Iterable[str]) -> list[str]:
    """Agencies from which nothing was received: their codes may be mistyped."""
    known = load_slices(snapshot().connection).agencies
    return [one for one in agencies if one not in known]


def _account(number: int) -> AccountSeen:
    """The account with this number.

    Raises:
        Problem: there is none (404).
    """
    try:
        return accounts.account_numbered(snapshot().connection, number)
    except Refused as refused:
        raise not_here() from refused


@blueprint.page(_NUMBER, Right.ACCOUNTS, method="POST")
def change(_given: parameters.Given, number: int) -> Any:
    """Give an account another role, other agencies or another password; a role opens a closed one again."""
    found, form, password = _account(number), Form.sent(), request.form.get("password", "")
    try:
        role, agencies = form.role, form.agencies
        # What stays is not said again: nobody gives themselves a role, though they may change their own password.
        granted = (role, agencies) != (found.role, found.agencies) or found.closed_at is not None
        wanted = AccountUpdate(role if granted else None, agencies if granted else None, None, password or None)
        if not wanted.is_nothing:
            with writing(services().engine) as connection:
                administering.change_account(connection, _actor(), number, wanted, now())
    except Refused as refused:
        return _account_page(found, form.refused(refused, "password")), 422
    return redirect(url_for(ONE, number=number, done="same" if wanted.is_nothing else "changed"), 303)


@blueprint.page(f"{_NUMBER}/close", Right.ACCOUNTS, method="POST")
def close(_given: parameters.Given, number: int) -> Any:
    """Close an account, once it is ticked; its sessions end. It stays in the list, and its name stays taken."""
    found = _account(number)
    if request.form.get("confirmed") != "yes":
        said = {"role": found.role or "", "agencies": " ".join(found.agencies)}
        return _account_page(found, Form(said, {"confirmed": "Tick the box to close the account."})), 422
    with writing(services().engine) as connection:
        administering.close_account(connection, _actor(), number, now())
    return redirect(url_for(ONE, number=number, done="closed"), 303)


@blueprint.page(f"{_NUMBER}/link", Right.ACCOUNTS, method="POST")
def make_link(_given: parameters.Given, number: int) -> Any:
    """A link that signs somebody in, once; shown on this page alone."""
    found = _account(number)
    with writing(services().engine) as connection:
        word = administering.make_link(connection, _actor(), number, now())
    origin = services().settings.origin
    home = str(origin) if origin else request.host_url.rstrip("/")
    return _account_page(found, link=f"{home}{url_for('sign-in.by_link', word=word)}")


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


@blueprint.page("/accounts/tokens", Right.ACCOUNTS, TokensAddress)
def tokens_listed(given: parameters.Given) -> Page:
    """All tokens that were ever made, without their secrets."""
    return _tokens_page(Form(), revoked=given["revoked"] or "")


TOKEN_COLUMNS: Final = (
    Column("Name"),
    Column("Role"),
    Column("Only for"),
    Column("Made (UTC)", whole=True),
    Column("Valid until (UTC)"),
    Column("Revoke"),
)


def _token_row(one: TokenSeen) -> tuple[Any, ...]:
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


def _tokens_page(form: Form, text: str = "", scopes: Sequence[str] = (), revoked: str = "") -> Page:
    found = tokens.tokens(snapshot().connection)
    return Page(
        "tokens.html",
        "Tokens",
        {"tokens": Table(TOKEN_COLUMNS, list(map(_token_row, found)), "Newest first") if found else None},
        form=form,
        errors=form.errors,
        roles=_role_choices(form),
        rights=[Choice(one, said, one in scopes) for one, said in RIGHTS.items()],
        revoked=next((f"{one.name} ({one.id})" for one in found if one.id == revoked and one.revoked_at), ""),
        found=found,
        text=text,
        longest=LONGEST_DAYS,
    )


def holds(one: TokenSeen) -> str:
    """How long a token holds."""
    if one.revoked_at:
        return f"revoked {_moment(one.revoked_at)}"
    return _moment(one.expires_at) or "you revoke it"


@blueprint.page("/accounts/tokens", Right.ACCOUNTS, method="POST")
def make_token(_given: parameters.Given) -> Any:
    """Make a token; the page that answers is the only one on which it is shown."""
    form, scopes = Form.sent(), request.form.getlist("scopes")
    if form.missing.wrong:
        return _tokens_page(form.missing, scopes=scopes), 422
    try:
        name, days = form.said.get("name", ""), _days(form)
        if not re.match(accounts.NAME, name):
            raise Refused("token-name", "Give the token a name that says what will use it.")
        rights = [Right(one) for one in scopes if one in set(Right)]
        with writing(services().engine) as connection:
            text, _ = administering.make_token(
                connection, _actor(), name, form.role, form.agencies, rights, days, now()
            )
    except Refused as refused:
        wrong = form.refused(refused, "name")
        if refused.code == "token-beyond-role":
            wrong = Form(form.said, {"scopes": _beyond(form.role, rights)})
        return _tokens_page(wrong, scopes=scopes), 422
    return _tokens_page(Form(), text)


def _beyond(role: Role, rights: Iterable[Right]) -> str:
    """Which of these a role may not do, in the words of the form."""
    said = "; ".join(RIGHTS[one] for one in rights if role not in REACH_OF[one])
    return f"The role {role} may not do this: {said}. Leave it empty."


def _days(form: Form) -> int | None:
    text = form.said.get("days", "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= LONGEST_DAYS:
        raise Refused("days", f"Write a number of days from 1 to {LONGEST_DAYS:,}, or leave it empty.")
    return int(text)


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
