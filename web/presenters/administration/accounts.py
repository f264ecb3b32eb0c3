"""Who may use the service, for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Console

from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.administration.accounts import AccountResult, TokenResult

_TOKENS: Final = (
    Column("ID"),
    Column("name", folds=True),
    Column("role"),
    Column("agencies", folds=True),
    Column("only for", folds=True),
    Column("made (UTC)"),
    Column("holds until (UTC)"),
)
_ACCOUNTS: Final = (
    Column("no.", number=True),
    Column("name", folds=True),
    Column("role"),
    Column("agencies", folds=True),
    Column("signs in by", folds=True),
    Column("made (UTC)"),
    Column("closed (UTC)"),
)


def print_accounts(console: Console, accounts: Sequence[AccountResult]) -> None:
    """The accounts, by name."""
    if not accounts:
        say(console, "There is no account yet. 'recount user NAME --role administrator --link' makes the first.")
        return
    print_table(
        console,
        Table(
            _ACCOUNTS,
            [
                (
                    str(one.number),
                    one.name,
                    one.role or "none yet",
                    " ".join(one.agencies),
                    _way_in(one),
                    _moment(one.made_at),
                    _moment(one.closed_at) if one.closed_at else "",
                )
                for one in accounts
            ],
        ),
    )


def account_sentence(one: AccountResult) -> str:
    """What an account is now."""
    if one.closed_at:
        return f"The account '{one.name}' is closed."
    agencies = f" of {' '.join(one.agencies)}" if one.agencies else ""
    role = f"has the role {one.role}" if one.role else "has no role yet"
    return f"The account '{one.name}' {role}{agencies}; it signs in by {_way_in(one)}."


def _way_in(one: AccountResult) -> str:
    if not one.local:
        return f"{one.issuer} as {one.subject}"
    return "password" if one.has_password else "link"


def print_tokens(console: Console, tokens: Sequence[TokenResult]) -> None:
    """The tokens, the newest first."""
    if not tokens:
        say(console, "No token was ever made.")
        return
    print_table(
        console,
        Table(
            _TOKENS,
            [
                (
                    one.id,
                    one.name,
                    one.role,
                    " ".join(one.agencies),
                    " ".join(one.scopes),
                    _moment(one.made_at),
                    _until(one),
                )
                for one in tokens
            ],
        ),
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _until(one: TokenResult) -> str:
    if one.revoked_at:
        return f"revoked {_moment(one.revoked_at)}"
    return _moment(one.expires_at) if one.expires_at else "it is revoked"
