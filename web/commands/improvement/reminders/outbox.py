"""The outbox: what is to be sent, kept until a mail server has taken it.

A mail is written once, by the account, the kind and the period that it is of, and has its Message-ID from then on. Who
sends it takes it in hand for a while first; if they die before they say that it went, it is sent again after that
while, under the same Message-ID. So it goes out at least once, and a second copy can be told by its Message-ID.
Connections are those of a writer to the access database.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from web.queries.improvement.reminders import DIGEST, GIVEN_UP, NOTHING_DUE, SENT, WAITING, WITHDRAWN
from web.tables import mail

IN_HAND: Final = timedelta(minutes=10)
"""For how long nobody else takes a mail that somebody took: longer than any of their tries can last."""
PAUSES: Final = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 240, 720))
"""After each try that failed; the last one after every further."""
KEPT_TRYING: Final = timedelta(days=7)
"""How old a mail becomes before nobody tries any more: by then the next week's says more."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail before it is in the outbox. Without a subject nothing is due: it is kept that this was looked for."""

    account: int
    kind: str
    period: str
    subject: str
    content: str


@dataclass(frozen=True, slots=True)
class InHand:
    """A mail that this process sends now."""

    number: int
    account: int
    kind: str
    period: str
    subject: str
    content: str
    message_id: str
    made_at: datetime
    tries: int


def is_written(connection: sa.Connection, account: int, kind: str, period: str) -> bool:
    """Whether the outbox has, or had, this account's mail of a kind and a period."""
    t = mail.c
    its = t.account == account, t.kind == kind, t.period == period
    return connection.execute(sa.select(t.number).where(*its)).first() is not None


def put(connection: sa.Connection, written: Written, host: str, at: datetime) -> bool:
    """Put a mail into the outbox, if it is not there; whether it was put there now. `host` ends its Message-ID."""
    if is_written(connection, written.account, written.kind, written.period):
        return False
    connection.execute(
        mail.insert().values(
            account=written.account,
            kind=written.kind,
            period=written.period,
            subject=written.subject,
            content=written.content,
            message_id=f"<{secrets.token_hex(16)}@{host}>",
            made_at=at,
            state=WAITING if written.subject else NOTHING_DUE,
            tries=0,
            next_at=at,
            ended_at=None if written.subject else at,
            said="",
        )
    )
    return True


def take(connection: sa.Connection, at: datetime) -> InHand | None:
    """Take the oldest mail whose time has come in hand; None if there is none."""
    t = mail.c
    ready = sa.select(mail).where(t.state == WAITING, t.next_at <= at).order_by(t.number).limit(1)
    row = connection.execute(ready).one_or_none()
    if row is None:
        return None
    connection.execute(mail.update().where(t.number == row.number).values(next_at=at + IN_HAND, tries=row.tries + 1))
    its = (row.number, row.account, row.kind, row.period, row.subject, row.content, row.message_id, row.made_at)
    return InHand(*its, row.tries + 1)


def mark_sent(connection: sa.Connection, number: int, at: datetime) -> None:
    """A mail server has taken it."""
    _end(connection, number, SENT, "", at)


def withdraw(connection: sa.Connection, number: int, said: str, at: datetime) -> None:
    """It is not to be sent any more."""
    _end(connection, number, WITHDRAWN, said, at)


def withdraw_digests(connection: sa.Connection, account: int, at: datetime) -> None:
    """What waits for an account tells of what it could read: it is not sent to what the account has become."""
    its = mail.c.account == account, mail.c.kind == DIGEST, mail.c.state == WAITING
    for number in connection.execute(sa.select(mail.c.number).where(*its)).scalars().all():
        withdraw(connection, number, "The account may read something else now.", at)


def mark_failed(connection: sa.Connection, one: InHand, said: str, at: datetime) -> None:
    """No mail server has taken it: it waits for a while that grows from try to try, and in the end for nothing."""
    if at - one.made_at > KEPT_TRYING:
        _end(connection, one.number, GIVEN_UP, said, at)
        return
    row = {"said": said, "next_at": at + PAUSES[min(one.tries, len(PAUSES)) - 1]}
    connection.execute(mail.update().where(mail.c.number == one.number, mail.c.state == WAITING).values(row))


def _end(connection: sa.Connection, number: int, state: str, said: str, at: datetime) -> None:
    row = {"state": state, "said": said, "ended_at": at, "content": ""}
    connection.execute(mail.update().where(mail.c.number == number, mail.c.state == WAITING).values(row))
