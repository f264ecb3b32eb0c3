"""The trail of access: who signed in, was refused, looked at clients, took something away, or was given a right.

It only grows, and is a chain: each line holds the hash over itself and the line before. It lies in the access
database, so that nobody who looks waits for somebody who submits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from domain.log.database import writing
from domain.proof.chain import link
from projections.standings.slices import Slice
from web.tables import access, trail_head


class Deed(StrEnum):
    """What was done."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    REFUSED = "refused"
    LOOKED = "looked"
    DOWNLOADED = "downloaded"
    ACCOUNT_CHANGED = "account-changed"
    TOKEN_MADE = "token-made"  # noqa: S105  the name of a deed
    TOKEN_REVOKED = "token-revoked"  # noqa: S105
    RESTORED = "restored"
    FEED_MADE = "feed-made"
    FEED_REVOKED = "feed-revoked"
    REMINDERS_CHOSEN = "reminders-chosen"
    ADDRESS_CONFIRMED = "address-confirmed"


LINK: Final = "link"
"""What was done of an account that was given a link to sign in by."""


MARK: Final = "mark"
"""Where a line that gives or takes a right has the mark of what it was given to (`web.auth.trail.marks`)."""


def about_account(number: int) -> str:
    """What a line is about that is about an account."""
    return f"account {number}"


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """A line of the trail of access. `about` is an endpoint, an account or a token, `question` what was asked."""

    number: int
    at: datetime
    actor: str
    role: str
    deed: str
    about: str
    question: Mapping[str, Any]
    reason: str


def note(
    engine: sa.Engine,
    at: datetime,
    actor: str,
    role: str,
    deed: Deed,
    about: str = "",
    question: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add a line, on the disk before this returns; `engine` is that of the access database.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: it was not added.
    """
    with writing(engine) as connection:
        note_on(connection, at, actor, role, deed, about, question, reason)


def note_on(
    connection: sa.Connection,
    at: datetime,
    actor: str,
    role: str,
    deed: Deed,
    about: str = "",
    question: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add a line within a transaction of whoever writes to the access database."""
    before = trail_head(connection)
    document = json.dumps(question or {}, ensure_ascii=False, sort_keys=True)
    line = (before.size + 1, at, actor, str(role), str(deed), about, document, reason)
    names = ("number", "at", "actor", "role", "deed", "about", "question", "reason")
    row = dict(zip(names, line, strict=True)) | {"hash": line_hash(before.hash, line)}
    connection.execute(access.insert().values(row))


def line_hash(before: bytes, line: Sequence[Any]) -> bytes:
    """The hash of a line, its columns in the order of the table, that follows a hash."""
    number, at, *texts = line
    return link(before, [number, at.astimezone(UTC).isoformat(timespec="microseconds"), *texts])


@dataclass(frozen=True, slots=True)
class AccessQuery:
    """Which lines: of one actor, of one deed, before a number; the newest `limit` of them."""

    actor: str | None = None
    deed: str | None = None
    before: int | None = None
    limit: int = 50


def entries(connection: sa.Connection, query: AccessQuery) -> list[AccessEntry]:
    """The newest lines asked for, the newest first."""
    t = access.c
    select = sa.select(access).order_by(t.number.desc()).limit(query.limit)
    for column, value in ((t.actor, query.actor), (t.deed, query.deed)):
        if value is not None:
            select = select.where(column == value)
    if query.before is not None:
        select = select.where(t.number < query.before)
    return [
        AccessEntry(row.number, row.at, row.actor, row.role, row.deed, row.about, json.loads(row.question), row.reason)
        for row in connection.execute(select)
    ]


def question_noted(slice_: Slice, **asked: Any) -> dict[str, Any]:
    """A question as the trail keeps it: what is not None, as text, and the slice."""
    return {name: str(value) for name, value in asked.items() if value is not None} | {"slice": asdict(slice_)}
