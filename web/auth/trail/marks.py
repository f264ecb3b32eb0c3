"""The mark of an account, a token or a link: one hash over all that is stored of it, in the line of the trail that says
who gave it. So the trail, which is signed, says too what the tables that can be changed must hold.

A mark gives nothing away: what is secret in a row (the hash of a password, of a token) holds random bits that nobody
could guess.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from web.tables import account, sign_in_link, token

_BY_ITSELF: Final = {account.c.session, sign_in_link.c.used_at}
"""What changes without anybody being given or denied a right: at sign-out, and when a link is used."""
_LETTERS: Final = 32


def mark_of(table: sa.Table, row: Any) -> str:
    """The mark of a row with all of its table's columns."""
    its = row._mapping  # noqa: SLF001  SQLAlchemy's own way to a row by its columns
    return mark([(column.name, its[column.name]) for column in table.c if column not in _BY_ITSELF])


def mark(columns: Sequence[tuple[str, Any]]) -> str:
    """The mark of named values. Those that are none are not in it, so that a column can be added later."""
    values = [(name, _text(value)) for name, value in columns if value is not None]
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:_LETTERS]


def mark_in(connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> str:
    """The mark of the one row for which the conditions hold."""
    return mark_of(table, connection.execute(sa.select(table).where(*conditions)).one())


def mark_of_account(connection: sa.Connection, number: int) -> str:
    """The mark of an account as it is now."""
    return mark_in(connection, account, account.c.number == number)


def mark_of_token(connection: sa.Connection, identifier: str) -> str:
    """The mark of a token as it is now."""
    return mark_in(connection, token, token.c.id == identifier)


def mark_of_link(connection: sa.Connection, number: int) -> str:
    """The mark of the one link of an account that was not used."""
    return mark_in(connection, sign_in_link, sign_in_link.c.account == number)


def _text(value: Any) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, int) else str(value)
