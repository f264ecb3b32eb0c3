"""The trail of access: who signed in, was refused, looked at clients, or took something away. It only grows."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from domain.log.database import writing
from projections.standings.slices import Slice
from web.tables import access


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
    """Add a line, on the disk before this returns.

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
    """Add a line within a transaction of the writer's."""
    document = json.dumps(question or {}, ensure_ascii=False, sort_keys=True)
    row = {"at": at, "actor": actor, "role": role, "deed": deed, "about": about, "question": document, "reason": reason}
    connection.execute(access.insert().values(row))


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
