"""Who may use the service, for administrators; and the trail of access, for those entitled to read it."""

import re
from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.errors import Refused
from domain.log.database import writing
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import accounts, guard, passwords, tokens
from web.auth.accounts import AccountUpdate, Identity
from web.auth.guard import principal, services
from web.auth.roles import Right, Role
from web.auth.trail.access import AccessQuery, Deed
from web.clock import now
from web.commands.administration import accounts as administering
from web.commands.administration.accounts import Actor
from web.parameters import Asks, Given
from web.problems import not_here
from web.queries.administration import accounts as queries
from web.queries.administration.accounts import (
    AccessResult,
    AccountResult,
    AccountsResult,
    NewTokenResult,
    TokenResult,
    TokensResult,
)
from web.queries.result import Result

blueprint = ApiBlueprint(
    "accounts", __name__, url_prefix=PREFIX, description="Accounts, tokens, and the trail of access."
)

_LONGEST_DAYS: Final = 3650
_ONE: Final = "/accounts/<int(max=999999999):number>"
_ERRORS: Final = (404, 409, 415, 422)


def _role_field(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(Role)), metadata={"description": "The role."}, **kwargs)


def _agencies_field(**kwargs: Any) -> fields.List[str]:
    code = fields.String(validate=parameters.Whole(parameters.CODE, error="This is no such code."))
    return fields.List(code, metadata={"description": "Whose records are a provider's."}, **kwargs)


def _password_field() -> fields.String:
    return fields.String(
        load_default=None,
        load_only=True,
        validate=validate.Length(passwords.SHORTEST, passwords.LONGEST),
        metadata={"description": "The password of a local account.", "format": "password"},
    )


class NewAccountRequest(Asks):
    """An account to be made: with a password, or for somebody whom an identity provider knows."""

    name = fields.String(
        required=True,
        validate=parameters.Whole(accounts.NAME, error="This is no name."),
        metadata={"description": "What stands in the trail for this person."},
    )
    role = _role_field(required=True)
    agencies = _agencies_field(load_default=list)
    issuer = fields.String(load_default=None, validate=validate.Length(1, 500))
    subject = fields.String(load_default=None, validate=validate.Length(1, 500))
    password = _password_field()

    @validates_schema
    def _some_way_in(self, data: dict[str, Any], **_: Any) -> None:
        if (data["issuer"] is None) != (data["subject"] is None):
            raise ValidationError("Issuer and subject belong together.", "subject")
        if (data["issuer"] is None) == (data["password"] is None):
            raise ValidationError("Give a password, or issuer and subject.", "password")


class AccountChangeRequest(Asks):
    """What is to be another of an account; what is left out stays."""

    role = _role_field(load_default=None)
    agencies = _agencies_field(load_default=None)
    password = _password_field()


class NewTokenRequest(Asks):
    """A token to be made."""

    name = fields.String(required=True, validate=parameters.Whole(accounts.NAME, error="This is no name."))
    role = _role_field(required=True)
    agencies = _agencies_field(load_default=list)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(list(Right))),
        load_default=list,
        metadata={"description": "Narrow the role to these rights; all of them, if left out."},
    )
    days = parameters.number_field(
        "For how long it holds; without it, until revoked.", 1, _LONGEST_DAYS, load_default=None
    )


class TrailParameters(Asks):
    """Which lines."""

    actor = fields.String(load_default=None, validate=validate.Length(1, 200))
    deed = fields.String(load_default=None, validate=validate.OneOf(list(Deed)))
    before = parameters.number_field("Only lines numbered below; the header Link gives it.", 1, load_default=None)
    limit = parameters.limit_field(50)


@blueprint.query("/accounts", Right.ACCOUNTS, AccountsResult, asks=Asks)
def listed(_given: Given) -> Response:
    """All accounts that were ever made, by name."""
    viewer = guard.viewer(Right.ACCOUNTS)
    return responses.answered(queries.accounts(guard.snapshot(), viewer).document(), viewer)


@blueprint.endpoint(
    "POST",
    "/accounts",
    Right.ACCOUNTS,
    AccountResult,
    asks=NewAccountRequest,
    location="json",
    status=201,
    errors=_ERRORS,
)
def make(args: Given) -> Response:
    """Make an account."""
    identity = Identity(args["issuer"], args["subject"]) if args["issuer"] else None
    wanted = AccountUpdate(Role(args["role"]), tuple(args["agencies"]), identity, args["password"])
    with writing(services().access_engine) as connection:
        made = administering.make_account(connection, _actor(), args["name"], wanted, now())
    return _answered(AccountResult.of(made), 201)


@blueprint.query(_ONE, Right.ACCOUNTS, AccountResult, asks=Asks, errors=(404,))
def one(_given: Given, number: int) -> Response:
    """One account."""
    return _answered(_account(number))


@blueprint.endpoint(
    "PATCH",
    _ONE,
    Right.ACCOUNTS,
    AccountResult,
    asks=AccountChangeRequest,
    location="json",
    errors=_ERRORS,
)
def change(args: Given, number: int) -> Response:
    """Give an account another role, other agencies or another password; its sessions end. A role opens a closed one."""
    _account(number)
    agencies = None if args["agencies"] is None else tuple(args["agencies"])
    wanted = AccountUpdate(Role(args["role"]) if args["role"] else None, agencies, None, args["password"])
    with writing(services().access_engine) as connection:
        changed = administering.change_account(connection, _actor(), number, wanted, now())
    return _answered(AccountResult.of(changed))


@blueprint.endpoint("DELETE", _ONE, Right.ACCOUNTS, AccountResult, errors=(404, 409))
def close(number: int) -> Response:
    """Close an account; its sessions end. It stays in the list, and its name stays taken."""
    _account(number)
    with writing(services().access_engine) as connection:
        closed = administering.close_account(connection, _actor(), number, now())
    return _answered(AccountResult.of(closed))


@blueprint.query("/tokens", Right.ACCOUNTS, TokensResult, asks=Asks)
def tokens_listed(_given: Given) -> Response:
    """All tokens that were ever made, the newest first, without their secrets."""
    viewer = guard.viewer(Right.ACCOUNTS)
    return responses.answered(queries.tokens(guard.snapshot(), viewer).document(), viewer)


@blueprint.endpoint(
    "POST",
    "/tokens",
    Right.ACCOUNTS,
    NewTokenResult,
    asks=NewTokenRequest,
    location="json",
    status=201,
    errors=(415, 422),
)
def make_token(args: Given) -> Response:
    """Make a token. This is the only time that it is shown."""
    role, scopes = Role(args["role"]), list(map(Right, args["scopes"]))
    with writing(services().access_engine) as connection:
        text, made = administering.make_token(
            connection, _actor(), args["name"], role, args["agencies"], scopes, args["days"], now()
        )
    return _answered(NewTokenResult.of_new(text, made), 201)


@blueprint.endpoint("DELETE", "/tokens/<identifier>", Right.ACCOUNTS, TokenResult, errors=(404,))
def revoke_token(identifier: str) -> Response:
    """Let a token hold no more, from now on."""
    if not re.fullmatch(r"[a-z0-9]{12}", identifier):
        raise not_here()
    with writing(services().access_engine) as connection:
        try:
            administering.revoke_token(connection, _actor(), identifier, now())
        except Refused as refused:
            raise not_here() from refused
        revoked = next(one for one in tokens.tokens(connection) if one.id == identifier)
    return _answered(TokenResult.of(revoked))


@blueprint.query("/access", Right.ACCESS, AccessResult, asks=TrailParameters, paged=True)
def trail(args: Given) -> Response:
    """The trail of sign-ins, refusals, looks at single clients and downloads, the newest first."""
    viewer = guard.viewer(Right.ACCESS)
    query = AccessQuery(args["actor"], args["deed"], args["before"], args["limit"])
    result = queries.access(guard.snapshot(), viewer, query)
    more = len(result.entries) == query.limit and result.entries[-1].number > 1
    headers = responses.next_page(before=result.entries[-1].number) if more else {}
    return responses.answered(result.document(), viewer, headers=headers)


def _actor() -> Actor:
    return Actor.of(principal())


def _account(number: int) -> AccountResult:
    """The account with this number.

    Raises:
        Problem: there is none (404).
    """
    account = queries.account(guard.snapshot(), guard.viewer(Right.ACCOUNTS), number)
    if account is None:
        raise not_here()
    return account


def _answered(result: Result, status: int = 200) -> Response:
    return responses.answered(result.document(), guard.viewer(Right.ACCOUNTS), status)
