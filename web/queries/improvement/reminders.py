"""How somebody is reminded by e-mail, and what is in the outbox. No address stands in the outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from web.auth.viewer import Viewer, unchanged
from web.queries.result import Result
from web.snapshot import Snapshot
from web.tables import account, mail
from web.tables import reminder as reminders

WEEKLY, DAILY, OFF = "weekly", "daily", "off"
DIGEST, ADDRESS = "digest", "address"
"""What a mail is: what is due, or the link that confirms an address."""
WAITING, SENT, NOTHING_DUE, WITHDRAWN, GIVEN_UP = "waiting", "sent", "nothing-due", "withdrawn", "given-up"
NEWEST: Final = 200
"""Mails that a list has at most."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What an account chose; without kinds it is all of them. `chosen_at`: when the address was."""

    account: int
    address: str
    often: str
    kinds: tuple[str, ...]
    chosen_at: datetime
    confirmed_at: datetime | None

    @property
    def is_on(self) -> bool:
        """Whether anything is to be sent."""
        return self.often != OFF

    @property
    def gets_digests(self) -> bool:
        """Whether what is due may be sent to the address."""
        return self.is_on and self.confirmed_at is not None


def reminder_of(connection: sa.Connection, number: int) -> Reminder | None:
    """What the account with this number chose; None before it chose anything."""
    row = connection.execute(sa.select(reminders).where(reminders.c.account == number)).one_or_none()
    return _reminder(row) if row else None


def reminders_on(connection: sa.Connection) -> list[Reminder]:
    """Who is to be sent anything, by account."""
    rows = connection.execute(sa.select(reminders).where(reminders.c.often != OFF).order_by(reminders.c.account))
    return list(map(_reminder, rows))


def _reminder(row: "sa.Row[tuple[object, ...]]") -> Reminder:
    return Reminder(row.account, row.address, row.often, tuple(row.kinds.split()), row.chosen_at, row.confirmed_at)


class OutboxMail(Result, frozen=True):
    """A mail of the outbox: to whom, of which day or moment, in which state, how often it was tried, and what was said
    when the newest try failed. `next_at` is None once it needs no more sending.
    """

    number: int
    account: str
    kind: str
    period: str
    state: str
    made_at: datetime
    tries: int
    next_at: datetime | None
    ended_at: datetime | None
    said: str
    message_id: str


class OutboxResult(Result, frozen=True):
    """The newest mails, the newest first, and how many wait in all."""

    waiting: int
    mails: list[OutboxMail]


@dataclass(frozen=True, slots=True)
class OutboxQuery:
    """How many of the newest mails."""

    limit: int = NEWEST


def outbox(snapshot: Snapshot, viewer: Viewer, query: OutboxQuery) -> OutboxResult:
    """What is to be sent, and what was."""
    t = mail.c
    select = sa.select(mail, account.c.name).join(account, account.c.number == t.account)
    rows = viewer.redacted(
        snapshot.access.execute(select.order_by(t.number.desc()).limit(query.limit)).all(), unchanged
    )
    count = sa.select(sa.func.count()).select_from(mail).where(t.state == WAITING)
    its = [
        OutboxMail(
            row.number, row.name, row.kind, row.period, row.state, row.made_at, row.tries,
            row.next_at if row.state == WAITING else None, row.ended_at, row.said, row.message_id,
        )
        for row in rows
    ]  # fmt: skip
    return OutboxResult(snapshot.access.execute(count).scalar_one(), its)
