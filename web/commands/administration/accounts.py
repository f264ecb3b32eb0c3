"""What is done to accounts and tokens, each with its line in the trail of access, in the same transaction.

Whoever gives or takes a right does it by these functions, so that nobody leaves out a line: `recount verify` holds the
accounts and tokens against the trail. A connection is that of a writer to the access database. Agencies are named here
too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from domain.errors import Refused
from web.auth import accounts, tokens
from web.auth.accounts import AccountSeen, AccountUpdate
from web.auth.roles import Principal, Right, Role
from web.auth.tokens import TokenSeen
from web.auth.trail import access
from web.auth.trail.access import LINK, MARK, Deed, about_account
from web.auth.trail.grants import Ended
from web.auth.trail.marks import mark_of_account, mark_of_link, mark_of_token
from web.commands.improvement.reminders import outbox
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
    _note_account(connection, by, at, made, "made")
    return made


def change_account(
    connection: sa.Connection, by: Actor, number: int, update: AccountUpdate, at: datetime, done: str = "changed"
) -> AccountSeen:
    """An account as it is after a change; raises Refused. Mails for what it was before are not sent any more."""
    if update.role is not None or update.agencies is not None or update.identity is not None:
        by.check_other(number)
    before = accounts.account_numbered(connection, number)
    changed = accounts.change_account(connection, number, update)
    if (before.role, before.agencies) != (changed.role, changed.agencies):
        outbox.withdraw_digests(connection, number, at)
    _note_account(connection, by, at, changed, done)
    return changed


def close_account(connection: sa.Connection, by: Actor, number: int, at: datetime) -> AccountSeen:
    """A closed account; raises Refused."""
    by.check_other(number)
    closed = accounts.close_account(connection, number, at)
    _note_account(connection, by, at, closed, "closed")
    return closed


def make_link(connection: sa.Connection, by: Actor, number: int, at: datetime) -> str:
    """The secret word of a link that signs an account in; raises Refused."""
    word = accounts.make_link(connection, number, at)
    details = {"done": LINK, MARK: mark_of_link(connection, number)}
    _note(connection, by, at, Deed.ACCOUNT_CHANGED, about_account(number), details)
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
    return text, _made(connection, by, text, at)


def make_display(
    connection: sa.Connection, by: Actor, name: str, role: Role, agencies: Iterable[str], at: datetime
) -> str:
    """The token of a new display, whole this once. Bound to whoever makes it (`auth.displays`); raises Refused."""
    maker = f"{tokens.MAKER}{by.key}"
    text = tokens.make_token(connection, name, role, agencies, [Right.BOARD], None, maker, at)
    _made(connection, by, text, at)
    return text


def _made(connection: sa.Connection, by: Actor, text: str, at: datetime) -> TokenSeen:
    """The token that was made, which the trail says."""
    identifier = text.split("_")[1]
    made = next(one for one in tokens.tokens(connection) if one.id == identifier)
    _note(connection, by, at, Deed.TOKEN_MADE, identifier, _token(connection, made))
    return made


def revoke_token(connection: sa.Connection, by: Actor, identifier: str, at: datetime) -> None:
    """Let a token hold no more; raises Refused."""
    tokens.revoke(connection, identifier, at)
    _note(connection, by, at, Deed.TOKEN_REVOKED, identifier, {MARK: mark_of_token(connection, identifier)})


def hold_again(connection: sa.Connection, by: Actor, ended: Iterable[Ended], at: datetime) -> None:
    """Let accounts that were closed and tokens that were revoked hold as they did before."""
    for one in ended:
        if one.kind == "token":
            held = tokens.hold_again(connection, one.key)
            details = {"done": "holds again", **_token(connection, held)}
            _note(connection, by, at, Deed.TOKEN_MADE, one.key, details)
        else:
            closed = accounts.account_numbered(connection, int(one.key))
            if closed.role is not None:  # without a role it may do nothing, open or not
                change_account(connection, by, closed.number, AccountUpdate(role=closed.role), at, "opened again")


def note_restored(connection: sa.Connection, by: Actor, at: datetime, position: int, ended: int) -> None:
    """A backup is put back, up to a position of its log; `ended` are closed or revoked since, and stay so."""
    _note(connection, by, at, Deed.RESTORED, "", {"position": position, "ended": ended})


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


def hash_anew(connection: sa.Connection, who: AccountSeen, password: str, at: datetime) -> None:
    """Store the hash of the same password as it is made nowadays, where it was made otherwise."""
    if accounts.hash_anew(connection, who.number, password):
        _note_account(connection, Actor(who.name, who.role or ""), at, who, "password hashed anew")


def _note_account(connection: sa.Connection, by: Actor, at: datetime, account: AccountSeen, done: str) -> None:
    details = {
        "done": done,
        "role": account.role or "",
        "agencies": list(account.agencies),
        MARK: mark_of_account(connection, account.number),
    }
    _note(connection, by, at, Deed.ACCOUNT_CHANGED, about_account(account.number), details)


def _token(connection: sa.Connection, made: TokenSeen) -> dict[str, Any]:
    return {
        "role": made.role,
        "agencies": list(made.agencies),
        "scopes": list(made.scopes),
        "until": made.expires_at.date().isoformat() if made.expires_at else "",
        MARK: mark_of_token(connection, made.id),
    }


def _note(
    connection: sa.Connection,
    by: Actor,
    at: datetime,
    deed: Deed,
    about: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    access.note_on(connection, at, by.name, by.role, deed, about, details)
