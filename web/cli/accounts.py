"""What the commands do that say who may use the service: token."""

from collections.abc import Sequence
from typing import Any

import click

from domain.errors import WrongUse
from domain.log.database import reading, writing
from web.auth import access, tokens
from web.auth.access import Deed
from web.auth.roles import Right
from web.context import OPERATOR, Context, now
from web.schemas import accounts as documents
from web.terminal import accounts as terminal
from web.terminal.console import say

from .answering import answer, new_context, refusals


def token(
    *,
    name: str | None,
    role: str | None,
    agencies: Sequence[str],
    scopes: Sequence[str],
    days: int | None,
    revoke: str | None,
    listed: bool,
    as_json: bool,
) -> None:
    """Make a token, list them, or let one hold no more."""
    if sum((name is not None, revoke is not None, listed)) != 1:
        raise click.UsageError("Give NAME and --role, or --revoke ID, or --list.")
    context = new_context()
    with refusals(as_json=as_json):
        if listed:
            _list(context, as_json=as_json)
        elif revoke is not None:
            _revoke(context, revoke, as_json=as_json)
        elif name is None or role is None:
            raise click.UsageError("Missing option '--role'.")
        else:
            _make(context, name, role, agencies, scopes, days, as_json=as_json)


def _make(
    context: Context,
    name: str,
    role: str,
    agencies: Sequence[str],
    scopes: Sequence[str],
    days: int | None,
    *,
    as_json: bool,
) -> None:
    granted, narrowed = tokens.role_named(role), [_right(scope) for scope in scopes]
    with writing(context.engine) as connection:
        text = tokens.make_token(connection, name, granted, agencies, narrowed, days, context.actor, now())
        made = tokens.tokens(connection)
        its = next(one for one in made if one.id == text.split("_")[1])
        access.note_on(connection, now(), context.actor, OPERATOR, Deed.TOKEN_MADE, its.id)
    if as_json:
        answer(
            as_json=True,
            demonstration=False,
            document=lambda: {"token": text} | documents.token(its),
            tables=lambda _console: None,
        )
    else:
        click.echo(text)


def _revoke(context: Context, identifier: str, *, as_json: bool) -> None:
    with writing(context.engine) as connection:
        tokens.revoke(connection, identifier, now())
        access.note_on(connection, now(), context.actor, OPERATOR, Deed.TOKEN_REVOKED, identifier)
    document: dict[str, Any] = {"revoked": identifier}
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: document,
        tables=lambda console: say(console, f"The token {identifier} holds no more."),
    )


def _list(context: Context, *, as_json: bool) -> None:
    with reading(context.engine) as connection:
        found = tokens.tokens(connection)
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: {"tokens": list(map(documents.token, found))},
        tables=lambda console: terminal.print_tokens(console, found),
    )


def _right(text: str) -> Right:
    try:
        return Right(text)
    except ValueError:
        raise WrongUse(f"'{text}' is no right. There is {', '.join(Right)}.") from None
