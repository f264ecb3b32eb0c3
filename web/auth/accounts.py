"""Accounts: who may sign in, in which role, and how they are known.

A local account has a password. Another is known by who its identity provider says it is: by the issuer and the subject,
never by an e-mail address, which may be given to somebody else. An account is closed, not removed, so that its name
stays that of one person in the trail. Whatever is changed of an account ends its sessions.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from domain.errors import Refused
from web.tables import account, sign_in_link

from . import passwords
from .roles import Principal, Role
from .tokens import check_grant

REFUSALS: Final = {
    "account-unknown": "There is no such account.",
    "account-exists": "There is an account of this name.",
    "account-closed": "The account is closed; a role opens it again.",
    "account-name": "A name has 1 to 100 characters that can be seen, and no blank at its ends.",
    "account-without-agency": "A provider's account needs the agencies that it is for.",
    "account-with-agency": "Only a provider's account is for agencies.",
    "identity-incomplete": "Issuer and subject belong together.",
    "identity-taken": "Another account is this person's.",
    "identity-has-password": "Somebody who signs in elsewhere has no password here.",
}
"""Why an account is not made or changed, by code."""

LONGEST_NAME: Final = 100
LINK_HOLDS: Final = timedelta(minutes=15)

NAME: Final = rf"^[^\W_](?:.{{0,{LONGEST_NAME - 2}}}\S)?$"
"""What the name of an account looks like; each of its characters can be seen, too."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is at an identity provider."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class AccountSeen:
    """An account without its secrets. `issuer` is empty of a local one; without a role it may do nothing yet."""

    number: int
    name: str
    issuer: str
    subject: str
    role: Role | None
    agencies: tuple[str, ...]
    has_password: bool
    made_at: datetime
    closed_at: datetime | None

    @property
    def local(self) -> bool:
        """Whether it is known here alone."""
        return not self.issuer

    @property
    def principal(self) -> Principal | None:
        """Whom it speaks for; None where it is closed, or has no role yet."""
        if self.role is None or self.closed_at is not None:
            return None
        return Principal(self.name, self.role, frozenset(self.agencies), key=f"{KEY}{self.number}")


KEY: Final = "account "
"""What the key of a principal begins with who signed in."""


@dataclass(frozen=True)
class AccountUpdate:
    """What is to be another of an account; None of what stays."""

    role: Role | None = None
    agencies: tuple[str, ...] | None = None
    identity: Identity | None = None
    password: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether all stays."""
        return self == AccountUpdate()


def accounts(connection: sa.Connection) -> list[AccountSeen]:
    """All accounts that were ever made, by name."""
    return list(map(_seen, connection.execute(sa.select(account).order_by(account.c.name))))


def is_any(connection: sa.Connection) -> bool:
    """Whether an account was ever made."""
    return connection.execute(sa.select(account.c.number).limit(1)).first() is not None


def account_named(connection: sa.Connection, name: str) -> AccountSeen | None:
    """The account of this name."""
    return _account_where(connection, account.c.name == name)


def account_numbered(connection: sa.Connection, number: int) -> AccountSeen:
    """The account with this number.

    Raises:
        Refused: there is none.
    """
    known = _account_where(connection, account.c.number == number)
    if known is None:
        raise Refused("account-unknown", REFUSALS["account-unknown"])
    return known


def account_of(connection: sa.Connection, identity: Identity) -> AccountSeen | None:
    """The account of somebody whom an identity provider knows."""
    return _account_where(connection, account.c.issuer == identity.issuer, account.c.subject == identity.subject)


def make_account(connection: sa.Connection, name: str, update: AccountUpdate, at: datetime) -> AccountSeen:
    """A new account.

    Raises:
        Refused: name, grant, identity or password cannot be.
    """
    if not _is_name(name):
        raise Refused("account-name", REFUSALS["account-name"])
    if account_named(connection, name):
        raise Refused("account-exists", f"There is an account '{name}'.")
    row = {"name": name, "issuer": "", "subject": name, "agencies": "", "made_at": at, "session": _new_word()}
    row |= _values(connection, name, update, None)
    number = connection.execute(account.insert().values(row).returning(account.c.number)).scalar_one()
    return account_numbered(connection, number)


def change_account(connection: sa.Connection, number: int, update: AccountUpdate) -> AccountSeen:
    """Another role, other agencies, another way to sign in; its sessions end. A role opens a closed account again.

    Raises:
        Refused: there is none, it is closed, or grant, identity or password cannot be.
    """
    before = account_numbered(connection, number)
    if before.closed_at is not None and update.role is None:
        raise Refused("account-closed", f"The account '{before.name}' is closed; give it a role to open it again.")
    row = _values(connection, before.name, update, before) | {"session": _new_word(), "closed_at": None}
    connection.execute(account.update().where(account.c.number == number).values(row))
    _drop_links(connection, number)
    return account_numbered(connection, number)


def close_account(connection: sa.Connection, number: int, at: datetime) -> AccountSeen:
    """Let nobody sign in by it any more; its sessions end. A second time changes nothing; raises as the others."""
    account_numbered(connection, number)
    row = {"closed_at": at, "session": _new_word()}
    its = account.c.number == number
    connection.execute(account.update().where(its, account.c.closed_at.is_(None)).values(row))
    _drop_links(connection, number)
    return account_numbered(connection, number)


def end_sessions(connection: sa.Connection, number: int) -> None:
    """Let every session of an account end, in whatever browser it is."""
    connection.execute(account.update().where(account.c.number == number).values(session=_new_word()))


def end_all_sessions(connection: sa.Connection) -> None:
    """Let every session of every account end, and no link that was given sign in any more."""
    for number in connection.execute(sa.select(account.c.number)).scalars().all():
        end_sessions(connection, number)
    connection.execute(sign_in_link.delete())


def session_word(connection: sa.Connection, number: int) -> str:
    """What every session of the account has to hold now."""
    word: str = connection.execute(sa.select(account.c.session).where(account.c.number == number)).scalar_one()
    return word


def in_session(connection: sa.Connection, number: int, word: str) -> Principal | None:
    """Whom a session speaks for; None once the account is closed, or was changed since."""
    row = connection.execute(sa.select(account).where(account.c.number == number)).one_or_none()
    if row is None or not hmac.compare_digest(row.session.encode(), word.encode()):
        return None
    return _seen(row).principal


def by_password(connection: sa.Connection, name: str, password: str) -> AccountSeen | None:
    """The account whose name and password these are, open or closed; None if they are not."""
    row = connection.execute(sa.select(account).where(account.c.name == name)).one_or_none()
    if not passwords.agrees(row.password if row else None, password):
        return None
    return _seen(row)


def hash_anew(connection: sa.Connection, number: int, password: str) -> bool:
    """Store the same password's hash as it is made nowadays; whether it was made otherwise. Sessions go on."""
    its = account.c.number == number
    stored = connection.execute(sa.select(account.c.password).where(its)).scalar()
    is_outdated = bool(stored) and passwords.outdated(str(stored))
    if is_outdated:
        connection.execute(account.update().where(its).values(password=passwords.hashed(password)))
    return is_outdated


def make_link(connection: sa.Connection, number: int, at: datetime) -> str:
    """A new secret word that signs the account in, once, within `LINK_HOLDS`; earlier ones hold no more.

    Raises:
        Refused: there is no such account, or it may not sign in.
    """
    if account_numbered(connection, number).principal is None:
        raise Refused("account-closed", "The account is closed or has no role: give it one first.")
    word = secrets.token_urlsafe(32)
    _drop_links(connection, number)
    row = {"digest": sha256(word.encode()).digest(), "account": number, "expires_at": at + LINK_HOLDS}
    connection.execute(sign_in_link.insert().values(row))
    return word


def use_link(connection: sa.Connection, word: str, at: datetime) -> AccountSeen | None:
    """The account that a link signs in, which is used up by it; None if it holds no more, or is none of ours."""
    t = sign_in_link.c
    holds = (t.digest == sha256(word.encode()).digest(), t.used_at.is_(None), t.expires_at > at)
    number = connection.execute(sa.select(t.account).where(*holds)).scalar()
    if number is None:
        return None
    connection.execute(sign_in_link.update().where(*holds).values(used_at=at))
    return account_numbered(connection, number)


def free_name(connection: sa.Connection, wished: Iterable[str]) -> str:
    """The first of the wished names that can be one, with a number behind it where another account has it."""
    for wish in wished:
        name = " ".join(wish.split())[: LONGEST_NAME - 10].strip()
        if not _is_name(name):
            continue
        count = 1
        while account_named(connection, name if count == 1 else f"{name} ({count})"):
            count += 1
        return name if count == 1 else f"{name} ({count})"
    return free_name(connection, ["somebody"])


def _is_name(text: str) -> bool:
    return re.match(NAME, text) is not None and text.isprintable()


def _values(connection: sa.Connection, name: str, update: AccountUpdate, before: AccountSeen | None) -> dict[str, Any]:
    """The columns that a change writes; raises Refused."""
    row: dict[str, Any] = {}
    if update.role is not None or update.agencies is not None:
        row |= _grant(update, before)
    if update.identity is not None:
        row |= _identity(connection, update.identity, before)
    if update.password is not None:
        if update.identity is not None or (before is not None and not before.local):
            raise Refused("identity-has-password", REFUSALS["identity-has-password"])
        passwords.check_strength(name, update.password)
        row["password"] = passwords.hashed(update.password)
    return row


def _grant(update: AccountUpdate, before: AccountSeen | None) -> dict[str, Any]:
    role = update.role or (before.role if before else None)
    agencies = update.agencies
    if agencies is None:
        agencies = before.agencies if before is not None and role is Role.PROVIDER else ()
    if role is None:
        raise Refused("account-with-agency", REFUSALS["account-with-agency"])
    its = sorted(set(agencies))
    check_grant(role, its, "account")
    return {"role": role, "agencies": " ".join(its)}


def _identity(connection: sa.Connection, identity: Identity, before: AccountSeen | None) -> dict[str, Any]:
    if not (identity.issuer and identity.subject):
        raise Refused("identity-incomplete", REFUSALS["identity-incomplete"])
    other = account_of(connection, identity)
    if other is not None and (before is None or other.number != before.number):
        raise Refused("identity-taken", f"This person has the account '{other.name}' already.")
    return {"issuer": identity.issuer, "subject": identity.subject, "password": None}


def _drop_links(connection: sa.Connection, number: int) -> None:
    connection.execute(sign_in_link.delete().where(sign_in_link.c.account == number))


def _account_where(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> AccountSeen | None:
    row = connection.execute(sa.select(account).where(*conditions)).one_or_none()
    return _seen(row) if row else None


def _seen(row: Any) -> AccountSeen:
    return AccountSeen(
        row.number,
        row.name,
        row.issuer,
        row.subject,
        Role(row.role) if row.role else None,
        tuple(row.agencies.split()),
        row.password is not None,
        row.made_at,
        row.closed_at,
    )


def _new_word() -> str:
    return secrets.token_urlsafe(16)
