"""The outbox in words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, lines
from web.queries.improvement.reminders import (
    ADDRESS,
    DIGEST,
    GIVEN_UP,
    NOTHING_DUE,
    SENT,
    WAITING,
    WITHDRAWN,
    OutboxMail,
    OutboxResult,
)

KIND_WORDS: Final = {DIGEST: "what is due", ADDRESS: "link that confirms an address"}
STATE_WORDS: Final = {
    WAITING: "waits",
    SENT: "sent",
    NOTHING_DUE: "nothing was due",
    WITHDRAWN: "not wanted any more",
    GIVEN_UP: "given up",
}
COLUMNS: Final = (
    Column("No.", number=True),
    Column("To the account"),
    Column("Mail"),
    Column("Written (UTC)", whole=True, aside=True),
    Column("State"),
    Column("Tries", number=True, aside=True),
    Column("Next try (UTC)", aside=True),
)


def outbox_table(mails: Sequence[OutboxMail]) -> Table | None:
    """The mails as a table of a page, the newest first; None without any."""
    rows = [(*_begin(one), lines(STATE_WORDS[one.state], one.said), one.tries, _moment(one.next_at)) for one in mails]
    return Table(COLUMNS, rows, "Newest first") if rows else None


def print_outbox(console: Console, result: OutboxResult) -> None:
    """The mails, and how many wait."""
    say(console, waiting(result.waiting))
    if result.mails:
        rows = [
            (*_begin(one), STATE_WORDS[one.state], str(one.tries), _moment(one.next_at), one.said)
            for one in result.mails
        ]
        columns = (*COLUMNS, Column("Why it failed"))
        print_table(console, Table([Column(one.heading, folds=True) for one in columns], rows, "newest first"))


def waiting(count: int) -> str:
    """How many mails wait, as a sentence."""
    return f"{text.plural(count, 'mail waits', 'mails wait')} to be sent." if count else "No mail waits to be sent."


def _begin(one: OutboxMail) -> tuple[str, str, str, str]:
    what = KIND_WORDS[one.kind]
    if one.kind == DIGEST:
        what = f"{what}, {text.short_day(date.fromisoformat(one.period))}"
    return str(one.number), one.account, what, _moment(one.made_at)


def _moment(at: datetime | None) -> str:
    return f"{text.short_day(at.date())}, {at:%H:%M}" if at else ""
