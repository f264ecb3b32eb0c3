"""Displays: a board on a wall holds a token of its own, which never shows more than whoever made it may see now.

The token is bound to its maker, an account or another token, who is looked up at each look. If that is closed, revoked
or expired, or may not make displays any more, nothing is shown; if it was narrowed, what both may see.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from web.tables import account

from . import accounts, tokens
from .roles import Principal, Reach, Right, Role
from .tokens import MAKER, TokenSeen

_BY_PROGRAM: Final = "token "


def is_shown(connection: sa.Connection, display: TokenSeen, at: datetime) -> bool:
    """Whether a display shows anything still."""
    principal = Principal("", display.role, frozenset(display.agencies), frozenset({Right.BOARD}))
    over = display.revoked_at is not None or (display.expires_at is not None and display.expires_at <= at)
    return not over and bounded(connection, principal, display.maker, at) is not None


def bounded(connection: sa.Connection, principal: Principal, made_by: str, at: datetime) -> Principal | None:
    """Whom a token speaks for that holds, a display's as far as its maker may see it; None if that is nothing."""
    if not made_by.startswith(MAKER):
        return principal
    maker = speaks_for(connection, made_by.removeprefix(MAKER), at)
    if maker is None or maker.reach(Right.PUBLISH) is None:
        return None
    if maker.reach(Right.PUBLISH) is not Reach.OWN:
        return principal
    agencies = maker.agencies
    if principal.role is Role.PROVIDER:
        agencies &= principal.agencies
    return replace(principal, role=Role.PROVIDER, agencies=agencies) if agencies else None


def speaks_for(connection: sa.Connection, key: str, at: datetime) -> Principal | None:
    """Whom a key speaks for now: an account's or a token's."""
    if key.startswith(_BY_PROGRAM):
        return tokens.standing(connection, key.removeprefix(_BY_PROGRAM), at)
    number = int(key.removeprefix(accounts.KEY))
    if connection.execute(sa.select(account.c.number).where(account.c.number == number)).first() is None:
        return None
    return accounts.account_numbered(connection, number).principal
