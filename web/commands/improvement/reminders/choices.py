"""How somebody is reminded: chosen by themselves, and to an address that they have confirmed.

Connections are those of a writer to the access database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer

from domain.errors import Refused
from web.auth.trail.access import Deed, note_on
from web.commands.administration.accounts import Actor
from web.queries.improvement.calendar.due import KINDS
from web.queries.improvement.reminders import ADDRESS, DAILY, OFF, WEEKLY, Reminder, reminder_of
from web.settings import MAIL_ADDRESS
from web.tables import mail, reminder

REFUSALS: Final = {
    "reminder-address": "This is no e-mail address. Write one like name@council.example.",
    "reminder-often": "Reminders come weekly, daily or not at all.",
    "reminder-kinds": "Choose at least one kind of thing.",
    "reminder-too-many": "Five links were sent today. Look for them in your mail, or try again tomorrow.",
    "reminder-link": "This link confirms no address: it is older than a week, or another address was chosen since.",
}
"""Why a choice is not taken, by code."""
LINKS_A_DAY: Final = 5
"""Confirming links that an account may have sent: nobody fills a stranger's letter box."""
LINK_HOLDS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ReminderChoice:
    """What somebody chooses; without kinds that is all of them."""

    address: str
    often: str
    kinds: tuple[str, ...]


def choose(connection: sa.Connection, account: int, choice: ReminderChoice, at: datetime, actor: Actor) -> Reminder:
    """Keep a choice. An address that is not confirmed yet is sent another link.

    Raises:
        Refused: it cannot be, or too many links were sent today.
    """
    _check(choice)
    before = reminder_of(connection, account)
    is_known = before is not None and before.confirmed_at is not None and before.address == choice.address
    if not is_known and choice.often != OFF:
        _check_links(connection, account, at)
    row: dict[str, Any] = {"address": choice.address, "often": choice.often, "kinds": " ".join(choice.kinds)}
    if not is_known:
        row |= {"chosen_at": at, "confirmed_at": None}
    if before is None:
        connection.execute(reminder.insert().values(account=account, **row))
    else:
        connection.execute(reminder.update().where(reminder.c.account == account).values(row))
    question = {"often": choice.often, "kinds": list(choice.kinds)}
    note_on(connection, at, actor.name, actor.role, Deed.REMINDERS_CHOSEN, "reminders.page", question)
    chosen = reminder_of(connection, account)
    assert chosen
    return chosen


def _check(choice: ReminderChoice) -> None:
    if choice.often not in {WEEKLY, DAILY, OFF}:
        raise Refused("reminder-often", REFUSALS["reminder-often"])
    is_needed = choice.often != OFF or choice.address
    if is_needed and not MAIL_ADDRESS.fullmatch(choice.address):
        raise Refused("reminder-address", REFUSALS["reminder-address"])
    if not set(choice.kinds) <= KINDS.keys():
        raise Refused("reminder-kinds", REFUSALS["reminder-kinds"])


def _check_links(connection: sa.Connection, account: int, at: datetime) -> None:
    t = mail.c
    its = t.account == account, t.kind == ADDRESS, t.made_at > at - timedelta(days=1)
    count = connection.execute(sa.select(sa.func.count()).select_from(mail).where(*its)).scalar_one()
    if count >= LINKS_A_DAY:
        raise Refused("reminder-too-many", REFUSALS["reminder-too-many"])


def confirming_word(secret: str, chosen: Reminder) -> str:
    """What the link holds that is mailed to an address: it confirms this choice of an address, and no later one."""
    return str(_signed(secret).dumps([chosen.account, chosen.chosen_at.isoformat()]))


def is_confirming(secret: str, chosen: Reminder, word: str, at: datetime) -> bool:
    """Whether a link's word confirms the address that is chosen now."""
    try:
        its = _signed(secret).loads(word)
    except BadSignature:
        return False
    return its == [chosen.account, chosen.chosen_at.isoformat()] and at < chosen.chosen_at + LINK_HOLDS


def confirm(connection: sa.Connection, secret: str, account: int, word: str, at: datetime, actor: Actor) -> None:
    """Let what is due be sent to the address from now on; a second time changes nothing.

    Raises:
        Refused: the link is not of the address that this account has chosen, or is too old.
    """
    chosen = reminder_of(connection, account)
    if chosen is None or not is_confirming(secret, chosen, word, at):
        raise Refused("reminder-link", REFUSALS["reminder-link"])
    its = reminder.c.account == account, reminder.c.confirmed_at.is_(None)
    if connection.execute(reminder.update().where(*its).values(confirmed_at=at)).rowcount:
        note_on(connection, at, actor.name, actor.role, Deed.ADDRESS_CONFIRMED, "reminders.page")


def _signed(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="address of reminders")
