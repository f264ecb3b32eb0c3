"""API tokens, for administrators: made, listed and revoked. A token is shown once, on the page that made it."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields

from domain.errors import Refused
from domain.log.database import writing
from web import parameters
from web.auth import accounts
from web.auth.guard import services, snapshot, viewer
from web.auth.roles import RIGHTS as REACH_OF
from web.auth.roles import Right, Role
from web.clock import now
from web.commands.administration import accounts as administering
from web.pages.frame.forms import CheckboxesField, Form, InvalidField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.presenters.tables import Code, Column, Table, lines
from web.problems import not_here
from web.queries.administration import accounts as queries
from web.queries.administration.accounts import TokenResult

from .accounts import FIELD_OF_CODE, AgenciesField, acting, blueprint, moment, role_field

LONGEST_DAYS: Final = 3650

blueprint.also(
    Place(
        "Tokens",
        "accounts_pages.tokens_listed",
        Right.ACCOUNTS,
        PlaceGroup.ADMINISTRATION,
        "What lets other programs ask this service: made here, and revoked.",
    )
)


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
    Right.SUBJECT_ACCESS: "answer people who ask what is held about them",
    Right.METRICS: "read how the service fares: its metrics and its health",
    Right.NATIONAL: "read where this council stands among all",
}
"""What each right lets a program do, in words."""


class TokensAddress(parameters.Asks):
    """Which token was just revoked."""

    revoked = fields.String(load_default=None, validate=parameters.Whole(r"[a-z0-9]{12}", error="No token."))


class TokenForm(Form):
    """A new token, and what it may do."""

    field_of_code: ClassVar = FIELD_OF_CODE

    name = TextField("Name", "What will use it. For example: nightly export", needed="Enter a name.")
    role = role_field()
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
    Column("Only for", aside=True),
    Column("Made (UTC)", whole=True, aside=True),
    Column("Valid until (UTC)"),
    Column("Revoke"),
)


def _token_row(one: TokenResult) -> tuple[Any, ...]:
    return (
        lines(one.name, Code(one.id)),
        lines(one.role.value, ", ".join(one.agencies)),
        _scope_words(one.scopes) if one.scopes else "everything that the role may do",
        lines(moment(one.made_at), f"by {one.made_by}"),
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
        return f"revoked {moment(one.revoked_at)}"
    return moment(one.expires_at) or "you revoke it"


@blueprint.page("/accounts/tokens", Right.ACCOUNTS, method="POST")
def make_token(_given: parameters.Given) -> Any:
    """Make a token; the page that answers is the only one on which it is shown."""
    form = TokenForm()
    if form.validate_on_submit():
        with form.refusals_at("name"):
            with writing(services().access_engine) as connection:
                text, _ = administering.make_token(
                    connection,
                    acting(),
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
        with writing(services().access_engine) as connection:
            administering.revoke_token(connection, acting(), identifier, now())
    except Refused as refused:
        raise not_here() from refused
    return redirect(url_for("accounts_pages.tokens_listed", revoked=identifier), 303)
