"""What is done to accounts and tokens, each with its line in the trail of access, in the same transaction.

The command line and the API do it by these functions, so that neither leaves out a line. Agencies are named here too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from domain.errors import Refused
from web.auth import access, accounts, tokens
from web.auth.access import Deed
from web.auth.accounts import AccountSeen, AccountUpdate
from web.auth.roles import Principal, Right, Role
from web.auth.tokens import TokenSeen
from web.tables import agency_name

REFUSALS: Final = {"own-account": "Nobody gives themselves another role, or closes their own account."}


LONGEST_NAME: Final = 60
"""Characters of a name."""


@dataclass(frozen=True)
class Actor:
    """Who does it: somebody at the command line, or a principal with the account's `key`."""

    name: str
    role: str
    key: str = ""

    @classmethod
    def of(cls, who: Principal) -> "Actor":
        """Whoever asks the service."""
        return cls(who.name, who.role, who.key)

    def check_other(self, number: int) -> None:
        """Whether the account is somebody else's; raises Refused."""
        if self.key == f"{accounts.KEY}{number}":
            raise Refused("own-account", REFUSALS["own-account"])


def make_account(connection: sa.Connection, by: Actor, name: str, update: AccountUpdate, at: datetime) -> AccountSeen:
    """A new account; raises Refused."""
    made = accounts.make_account(connection, name, update, at)
    _note(connection, by, at, Deed.ACCOUNT_CHANGED, _about(made.number), _changes(made, "made"))
    return made


def change_account(
    connection: sa.Connection, by: Actor, number: int, update: AccountUpdate, at: datetime
) -> AccountSeen:
    """An account as it is after a change; raises Refused."""
    if update.role is not None or update.agencies is not None or update.identity is not None:
        by.check_other(number)
    changed = accounts.change_account(connection, number, update)
    _note(connection, by, at, Deed.ACCOUNT_CHANGED, _about(number), _changes(changed, "changed"))
    return changed


def close_account(connection: sa.Connection, by: Actor, number: int, at: datetime) -> AccountSeen:
    """A closed account; raises Refused."""
    by.check_other(number)
    closed = accounts.close_account(connection, number, at)
    _note(connection, by, at, Deed.ACCOUNT_CHANGED, _about(number), _changes(closed, "closed"))
    return closed


def make_link(connection: sa.Connection, by: Actor, number: int, at: datetime) -> str:
    """The secret word of a link that signs an account in; raises Refused."""
    word = accounts.make_link(connection, number, at)
    _note(connection, by, at, Deed.ACCOUNT_CHANGED, _about(number), {"done": "link"})
    return word


def make_token(
    connection: sa.Connection,
    by: Actor,
    name: str,
    role: Role,
    agencies: Iterable[str],
    scopes: Iterable[Right],
    days: int | None,
    at: datetime,
) -> tuple[str, TokenSeen]:
    """A new token, whole this once, and as it is listed; raises Refused."""
    text = tokens.make_token(connection, name, role, agencies, scopes, days, by.name, at)
    identifier = text.split("_")[1]
    made = next(one for one in tokens.tokens(connection) if one.id == identifier)
    _note(connection, by, at, Deed.TOKEN_MADE, identifier)
    return text, made


def revoke_token(connection: sa.Connection, by: Actor, identifier: str, at: datetime) -> None:
    """Let a token hold no more; raises Refused."""
    tokens.revoke(connection, identifier, at)
    _note(connection, by, at, Deed.TOKEN_REVOKED, identifier)


def name_agency(connection: sa.Connection, code: str, name: str) -> None:
    """Call an agency by a name; an empty one takes its name away. The connection is the writer's.

    Raises:
        Refused: the name is too long, or not all of it can be read.
    """
    words = " ".join(name.split())
    if len(words) > LONGEST_NAME or not words.isprintable():
        raise Refused("agency-name-unfit", f"A name has at most {LONGEST_NAME} characters, all of which can be read.")
    connection.execute(agency_name.delete().where(agency_name.c.code == code))
    if words:
        connection.execute(agency_name.insert().values(code=code, name=words))


def _about(number: int) -> str:
    return f"account {number}"


def _changes(account: AccountSeen, done: str) -> dict[str, Any]:
    return {"done": done, "role": account.role or "", "agencies": list(account.agencies)}


def _note(
    connection: sa.Connection,
    by: Actor,
    at: datetime,
    deed: Deed,
    about: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    access.note_on(connection, at, by.name, by.role, deed, about, details)
