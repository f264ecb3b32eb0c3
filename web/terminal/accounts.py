"""Who may use the service, for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Console

from web.auth.tokens import TokenSeen

from .console import Column, print_table, say

_TOKENS: Final = (
    Column("ID"),
    Column("name", folds=True),
    Column("role"),
    Column("agencies", folds=True),
    Column("only for", folds=True),
    Column("made (UTC)"),
    Column("holds until (UTC)"),
)


def print_tokens(console: Console, found: Sequence[TokenSeen]) -> None:
    """The tokens, the newest first."""
    if not found:
        say(console, "No token was ever made.")
        return
    print_table(
        console,
        _TOKENS,
        (
            (
                one.id,
                one.name,
                one.role,
                " ".join(one.agencies),
                " ".join(one.scopes),
                _moment(one.made_at),
                _until(one),
            )
            for one in found
        ),
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _until(one: TokenSeen) -> str:
    if one.revoked_at:
        return f"revoked {_moment(one.revoked_at)}"
    return _moment(one.expires_at) if one.expires_at else "it is revoked"
