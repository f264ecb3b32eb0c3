"""Accounts and tokens held against the trail of access: whoever may do something was given it, in a line that says so.

The tables can be changed by whoever has the database. The trail is a chain, and the signed heads cover it; so a role
that was widened, an account or a token that nobody made, and one that holds again though it was ended, show here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from web.auth.trail.access import LINK, MARK, Deed, about_account
from web.auth.trail.marks import mark_of
from web.tables import access, account, sign_in_link, token

_GIVES: Final = (Deed.ACCOUNT_CHANGED, Deed.TOKEN_MADE, Deed.TOKEN_REVOKED)

Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """An account or a token that holds no more: what it is, and its name."""

    kind: str
    key: str
    name: str


@dataclass
class _Given:
    """What the trail says was given last: to each account and token, and to each account as a link."""

    accounts: dict[str, Question] = field(default_factory=dict)
    tokens: dict[str, Question] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)

    def take(self, deed: str, about: str, question: Question) -> None:
        if deed != Deed.ACCOUNT_CHANGED:
            self.tokens[about] = {**self.tokens.get(about, {}), **question}
        elif question.get("done") == LINK:
            self.links.setdefault(about, set()).add(str(question.get(MARK)))
        else:
            self.accounts[about] = question
            self.links.pop(about, None)


def faults(connection: sa.Connection) -> Iterator[str]:
    """What the tables say that no line of the trail does, a sentence each; the connection is to the access database."""
    given = _given(connection)
    yield from _of_accounts(connection, given)
    yield from _of_tokens(connection, given)


def size(connection: sa.Connection) -> int:
    """How many accounts and tokens there are."""
    tables = (account, token)
    return sum(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables)


def _given(connection: sa.Connection) -> _Given:
    given = _Given()
    t = access.c
    query = sa.select(t.deed, t.about, t.question).where(t.deed.in_(_GIVES)).order_by(t.number)
    for deed, about, question in connection.execute(query):
        given.take(deed, about, _read(question))
    return given


def _read(question: str) -> Question:
    """What a line says; of a line that was altered into none, nothing."""
    try:
        read = json.loads(question)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _of_accounts(connection: sa.Connection, given: _Given) -> Iterator[str]:
    left, numbers = dict(given.accounts), {}
    for row in connection.execute(sa.select(account).order_by(account.c.number)):
        numbers[row.number] = row.name
        said = left.pop(about_account(row.number), None)
        yield from _differences(f"The account '{row.name}' (number {row.number})", account, row, said)
    for about in left:
        yield f"The trail says that {about} was made, but it is not there."
    for link in connection.execute(sa.select(sign_in_link)):
        if mark_of(sign_in_link, link) not in given.links.get(about_account(link.account), ()):
            yield f"A link signs in the account '{numbers.get(link.account, link.account)}', but nobody gave it one."


def _of_tokens(connection: sa.Connection, given: _Given) -> Iterator[str]:
    left = dict(given.tokens)
    for row in connection.execute(sa.select(token).order_by(token.c.made_at, token.c.id)):
        said = left.pop(row.id, None)
        yield from _differences(f"The token '{row.name}' ({row.id})", token, row, said)
    for identifier in left:
        yield f"The trail says that the token {identifier} was made, but it is not there."


def _differences(words: str, table: sa.Table, row: Any, said: Question | None) -> Iterator[str]:
    if said is None:
        yield f"{words} was made by nobody: no line of the trail says who."
        return
    if mark_of(table, row) == said.get(MARK):
        return
    named = list(_named_differences(row, said))
    yield f"{words} {'; '.join(named) or 'is not as it was left: another of its columns was changed'}."


def _named_differences(row: Any, said: Question) -> Iterator[str]:
    for name, stored in _rights(row).items():
        if name in said and said[name] != stored:
            yield f"has the {name} '{_in_words(stored)}', but was given '{_in_words(said[name])}'"


def _in_words(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _rights(row: Any) -> dict[str, str | list[str]]:
    rights: dict[str, str | list[str]] = {"role": row.role or "", "agencies": row.agencies.split()}
    return rights | ({"scopes": row.scopes.split()} if hasattr(row, "scopes") else {})


def ended_since(before: sa.Connection, now: sa.Connection) -> list[Ended]:
    """The accounts and tokens that held in one access database and were closed or revoked in another."""
    accounts = [
        Ended("account", str(number), name)
        for number, name in _held_then(before, now, account.c.number, account.c.name, account.c.closed_at)
    ]
    return accounts + [
        Ended("token", str(identifier), name)
        for identifier, name in _held_then(before, now, token.c.id, token.c.name, token.c.revoked_at)
    ]


def _held_then(
    before: sa.Connection, now: sa.Connection, key: Any, name: Any, ended_at: Any
) -> Iterator[tuple[Any, str]]:
    held = set(before.execute(sa.select(key).where(ended_at.is_(None))).scalars())
    for one, its_name in now.execute(sa.select(key, name).where(ended_at.is_not(None)).order_by(key)):
        if one in held:
            yield one, its_name
