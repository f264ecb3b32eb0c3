"""Addresses of calendars: who has one may read what its owner's calendar says, and no more than the owner may now.

An address holds a secret word of 256 random bits; its SHA-256 is kept. An owner has one address: another takes its
place, and the one before leads nowhere from then on.
"""

import secrets
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from web.tables import calendar_feed

from . import displays
from .roles import Principal


def make_feed(connection: sa.Connection, owner: str, at: datetime) -> str:
    """The secret word of a new address, seen this once; an address of before is revoked."""
    revoke_feed(connection, owner, at)
    word = secrets.token_urlsafe(32)
    connection.execute(calendar_feed.insert().values(digest=_digest(word), owner=owner, made_at=at))
    return word


def revoke_feed(connection: sa.Connection, owner: str, at: datetime) -> bool:
    """Let an owner's address lead nowhere; whether there was one."""
    its = calendar_feed.c.owner == owner, calendar_feed.c.revoked_at.is_(None)
    return bool(connection.execute(calendar_feed.update().where(*its).values(revoked_at=at)).rowcount)


def feed_made_at(connection: sa.Connection, owner: str) -> datetime | None:
    """When the address that an owner has was made; None without one."""
    its = calendar_feed.c.owner == owner, calendar_feed.c.revoked_at.is_(None)
    made_at: datetime | None = connection.execute(sa.select(calendar_feed.c.made_at).where(*its)).scalar()
    return made_at


def owner_of(connection: sa.Connection, word: str, at: datetime) -> Principal | None:
    """Whose calendar an address holds; None if it is none of ours, was revoked, or its owner may not sign in now."""
    its = calendar_feed.c.digest == _digest(word), calendar_feed.c.revoked_at.is_(None)
    owner: str | None = connection.execute(sa.select(calendar_feed.c.owner).where(*its)).scalar()
    return displays.speaks_for(connection, owner, at) if owner else None


def _digest(word: str) -> bytes:
    return sha256(word.encode()).digest()
