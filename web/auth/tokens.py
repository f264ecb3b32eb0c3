"""API tokens: opaque, scoped, expiring, revocable. The secret is shown once; its SHA-256 is kept.

A token reads `recount_ID_SECRET`. The secret has 256 random bits, so that a plain hash of it is enough.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from domain.errors import Refused, WrongUse
from projections.store import generations
from web.tables import account, token

from .roles import RIGHTS, Principal, Right, Role

REFUSALS: Final = {
    "token-without-agency": "A provider's token needs the agencies that it is for.",
    "token-with-agency": "Only a provider's token is for agencies.",
    "token-beyond-role": "A scope is a right that the role does not have.",
    "token-unknown": "There is no such token.",
}
"""Why a token is not made or not revoked, by code."""

MAKER: Final = "="
"""What stands in `made_by` before the key of an account or a token, where a token is bound to it; no name begins so."""
SCHEME: Final = "Bearer"
_TOKEN: Final = [
    token.c[name]
    for name in ("id", "name", "digest", "role", "agencies", "scopes", "made_by", "expires_at", "revoked_at")
]
_NUMBERED: Final = sa.select(*_TOKEN).where(token.c.id == sa.bindparam("asked"))
# Made once: every request by token asks it.
_HELD: Final = (
    sa.select(*_TOKEN, *generations.STATE)
    .outerjoin_from(token, generations.generation, generations.generation.c.live)
    .where(token.c.id == sa.bindparam("asked"))
)
_ACCOUNTS: Final = sa.select(account.c.number, account.c.name)
_NO_DIGEST: Final = bytes(32)
_FORM: Final = re.compile(r"recount_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class TokenSeen:
    """A token without its secret."""

    id: str
    name: str
    role: Role
    agencies: tuple[str, ...]
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    maker: str = ""
    """The key of whoever made it behind MAKER, where it is bound to them (`displays`)."""


def make_token(
    connection: sa.Connection,
    name: str,
    role: Role,
    agencies: Iterable[str],
    scopes: Iterable[Right],
    days: int | None,
    made_by: str,
    at: datetime,
) -> str:
    """A new token; this is the only time that it is seen whole.

    `days` is how long it holds; None without an end.

    Raises:
        Refused: agencies or scopes do not fit the role.
    """
    its_agencies, its_scopes = sorted(set(agencies)), sorted(set(scopes))
    check_grant(role, its_agencies, "token")
    for scope in its_scopes:
        if role not in RIGHTS[scope]:
            raise Refused("token-beyond-role", f"The role {role} does not have the right '{scope}'.")
    identifier = "".join(secrets.choice(_LETTERS) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    connection.execute(
        token.insert().values(
            id=identifier,
            name=name,
            digest=sha256(secret.encode()).digest(),
            role=role,
            agencies=" ".join(its_agencies),
            scopes=" ".join(its_scopes),
            made_by=made_by,
            made_at=at,
            expires_at=at + timedelta(days=days) if days else None,
        )
    )
    return f"recount_{identifier}_{secret}"


def check_grant(role: Role, agencies: Iterable[str], what: str) -> None:
    """Agencies are a provider's, and a provider has some; raises Refused."""
    if role is Role.PROVIDER and not list(agencies):
        raise Refused(f"{what}-without-agency", "A provider needs the agencies whose records are theirs.")
    if role is not Role.PROVIDER and list(agencies):
        raise Refused(f"{what}-with-agency", f"Agencies are given to a provider; the role {role} has none.")


def carried_in(authorization: str | None) -> str | None:
    """The token in a request's header, whether it holds or not; None where there is none."""
    scheme, blank, text = (authorization or "").partition(" ")
    return text.strip() if blank and scheme == SCHEME else None


class Held(NamedTuple):
    """Whom a token speaks for, who made it, and how far the log has come that it reads: None where it cannot tell."""

    principal: Principal
    made_by: str
    log: generations.State | None


def held(connection: sa.Connection, text: str, at: datetime) -> Held | None:
    """Who a token speaks for; None if it is none of ours, or holds no more. `connection` reads both databases."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    row = connection.execute(_HELD, {"asked": form[1]}).one_or_none()
    # Worked out also where there is no such token, so that the time does not tell whether there is.
    agrees = hmac.compare_digest(bytes(row.digest) if row else _NO_DIGEST, sha256(form[2].encode()).digest())
    if row is None or not agrees:
        return None
    principal = _principal(row, at)
    return Held(principal, row.made_by, generations.state_of(row[-3:])) if principal else None


def standing(connection: sa.Connection, identifier: str, at: datetime) -> Principal | None:
    """Who the token of this number speaks for; None if there is none, or it holds no more."""
    row = connection.execute(_NUMBERED, {"asked": identifier}).one_or_none()
    return _principal(row, at) if row else None


def _principal(row: Any, at: datetime) -> Principal | None:
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return Principal(
        name=row.name,
        role=Role(row.role),
        agencies=frozenset(row.agencies.split()),
        scopes=frozenset(map(Right, row.scopes.split())),
        by_token=True,
        key=f"token {row.id}",
    )


def tokens(connection: sa.Connection) -> list[TokenSeen]:
    """All tokens that were ever made, the newest first."""
    rows = connection.execute(sa.select(token).order_by(token.c.made_at.desc(), token.c.id)).all()
    names = {f"{MAKER}token {row.id}": row.name for row in rows}
    names |= {f"{MAKER}account {number}": name for number, name in connection.execute(_ACCOUNTS)}
    return [
        TokenSeen(
            row.id,
            row.name,
            Role(row.role),
            tuple(row.agencies.split()),
            tuple(row.scopes.split()),
            names.get(row.made_by, row.made_by),
            row.made_at,
            row.expires_at,
            row.revoked_at,
            row.made_by if row.made_by in names else "",
        )
        for row in rows
    ]


def revoke(connection: sa.Connection, identifier: str, at: datetime) -> None:
    """Let a token hold no more, from now on; a second time changes nothing.

    Raises:
        Refused: there is none.
    """
    its = token.c.id == identifier
    if connection.execute(sa.select(token.c.id).where(its)).one_or_none() is None:
        raise Refused("token-unknown", f"There is no token {identifier}. 'recount token --list' prints them.")
    connection.execute(token.update().where(its, token.c.revoked_at.is_(None)).values(revoked_at=at))


def hold_again(connection: sa.Connection, identifier: str) -> TokenSeen:
    """Let a token that was revoked hold as it did before."""
    connection.execute(token.update().where(token.c.id == identifier).values(revoked_at=None))
    return next(one for one in tokens(connection) if one.id == identifier)


def role_named(text: str) -> Role:
    """The role of this name.

    Raises:
        WrongUse: there is none.
    """
    try:
        return Role(text)
    except ValueError:
        raise WrongUse(f"'{text}' is no role. There is {', '.join(Role)}.") from None
