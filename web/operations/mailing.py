"""Reminders by e-mail: writes what is due into the outbox, and hands over what waits there to a mail server.

`recount mail send` does it once, and each process of the service again and again beside its requests, which never wait
for it. Several may do it at once: the outbox has each mail once, and one process at a time has it in hand.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from domain.errors import RecountError
from domain.log.database import reading, writing
from web.auth import displays
from web.auth.accounts import KEY
from web.auth.roles import Principal, Role
from web.auth.viewer import Viewer
from web.clock import LONDON, now
from web.commands.improvement.reminders import outbox
from web.commands.improvement.reminders.choices import LINK_HOLDS, confirming_word
from web.commands.improvement.reminders.outbox import InHand, Written
from web.exports import mails
from web.queries.improvement.calendar.calendar import CalendarQuery, calendar, party_of_viewer
from web.queries.improvement.calendar.readers import first_day, reader
from web.queries.improvement.reminders import ADDRESS, DIGEST, WEEKLY, Reminder, reminder_of, reminders_on
from web.services import Services
from web.settings import MailServer
from web.snapshot import NOTICE, Snapshot

_FAILURES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (smtplib.SMTPAuthenticationError, "The mail server refused the name or the password"),
    (smtplib.SMTPResponseException, "The mail server refused the mail"),
    (smtplib.SMTPNotSupportedError, "The mail server offers no STARTTLS, or no way to sign in"),
    (smtplib.SMTPServerDisconnected, "The mail server ended the connection"),
    (ssl.SSLError, "The mail server's certificate does not hold, or it speaks no TLS here"),
)
"""Why a mail was not taken, the narrower first."""
LOG: Final = logging.getLogger(__name__)
BETWEEN: Final = 15.0
"""Seconds between two looks into the outbox."""
ANSWERS_WITHIN: Final = 30.0
"""Seconds that a mail server has for each of its answers."""
MORNING: Final = timedelta(hours=7)
"""The time of day in London from which the mail of a day is written."""
DAYS_AHEAD: Final = {"weekly": 14, "daily": 7}
"""How far ahead a mail looks; what is overdue is always in it."""
_OF_ONE_MAIL: Final = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


@dataclass(frozen=True, slots=True)
class MailRound:
    """What was done: mails written into the outbox, handed over, and failed."""

    written: int = 0
    sent: int = 0
    failed: int = 0


def keep_sending(services: Services) -> None:
    """Look again and again, until the service is told to stop. Nothing happens where no mail server is set."""
    server = services.settings.mail_server
    while server is not None and not services.stopping.wait(BETWEEN):
        try:
            send_mails(services, server)
        except RecountError as error:
            LOG.warning("No e-mail was sent: %s", error)
        except Exception:
            # Whatever it is: the next look may go better, and nobody would begin this thread again.
            LOG.exception("No e-mail was sent")


def send_mails(services: Services, server: MailServer, at: datetime | None = None) -> MailRound:
    """Write what is to be written at a moment, and hand over what waits; now, if none is given.

    A server that is not reached, or lets nobody in, ends it at the first mail: the others would fare no better.
    """
    done = MailRound(written=write_mails(services, server, at or now()))
    while not services.stopping.is_set():
        with writing(services.access_engine) as connection:
            one = outbox.take(connection, at or now())
        if one is None:
            break
        became, goes_on = _hand_over(services, server, one, at)
        done = replace(done, sent=done.sent + became.sent, failed=done.failed + became.failed)
        if not goes_on:
            break
    return done


# ---- into the outbox


def write_mails(services: Services, server: MailServer, at: datetime) -> int:
    """Put into the outbox what is to be sent from a moment on and is not there; how many mails that was."""
    with reading(services.access_engine) as connection:
        missing = [one for one in reminders_on(connection) if not _is_written(connection, one, at)]
    return sum(_write(services, server, one, at) for one in missing)


def _is_written(connection: sa.Connection, one: Reminder, at: datetime) -> bool:
    return outbox.is_written(connection, one.account, *_kind_and_period(one, at))


def _kind_and_period(one: Reminder, at: datetime) -> tuple[str, str]:
    if not one.gets_digests:
        return ADDRESS, one.chosen_at.isoformat()
    return DIGEST, period_of(one.often, at).isoformat()


def period_of(often: str, at: datetime) -> date:
    """The day by which a mail is known: the day in London, which begins in the morning here; of a week its Monday."""
    day = (at.astimezone(LONDON).replace(tzinfo=None) - MORNING).date()
    return day - timedelta(days=day.weekday()) if often == WEEKLY else day


def _write(services: Services, server: MailServer, one: Reminder, at: datetime) -> bool:
    kind, period = _kind_and_period(one, at)
    with reading(services.access_engine) as connection:
        who = displays.speaks_for(connection, f"{KEY}{one.account}", at)
    if who is None:
        return False
    if kind == DIGEST:
        written = _digest(services, server, one, who, period, at)
    elif at < one.chosen_at + LINK_HOLDS:
        content = mails.confirm_text(server.links, confirming_word(services.settings.secret_key, one))
        written = Written(one.account, kind, period, mails.CONFIRM_SUBJECT, content)
    else:
        return False
    if written is None:
        return False
    with writing(services.access_engine) as connection:
        # What was chosen or granted since holds: the next look writes that.
        is_still = reminder_of(connection, one.account) == one
        is_still = is_still and displays.speaks_for(connection, f"{KEY}{one.account}", at) == who
        return is_still and outbox.put(connection, written, server.sender.rpartition("@")[2], at)


def _digest(
    services: Services, server: MailServer, one: Reminder, who: Principal, period: str, at: datetime
) -> Written | None:
    on = at.astimezone(LONDON).date()
    with services.snapshot() as snapshot:
        viewer = reader(snapshot, who, on)
        if viewer is None:
            return None
        result = calendar(snapshot, viewer, digest_query(snapshot, who, viewer, one, on))
        notice = NOTICE if snapshot.is_demonstration else ""
    content = mails.digest_text(result, server.links, notice) if result.due else ""
    return Written(one.account, DIGEST, period, mails.digest_subject(result), content)


def digest_query(snapshot: Snapshot, who: Principal, viewer: Viewer, one: Reminder, on: date) -> CalendarQuery:
    """What a mail tells of: the kinds that were chosen, of the reader's party; an auditor reads of both."""
    party = None if who.role is Role.AUDITOR else party_of_viewer(viewer)
    begun_on = first_day(snapshot, on)
    return CalendarQuery(begun_on, begun_on + timedelta(days=DAYS_AHEAD[one.often]), one.kinds, party)


# ---- out of the outbox


def _hand_over(services: Services, server: MailServer, one: InHand, at: datetime | None) -> tuple[MailRound, bool]:
    """What became of a mail, and whether it was the mail's own affair: else none of the others would get further."""
    with reading(services.access_engine) as connection:
        chosen = reminder_of(connection, one.account)
        may_read = displays.speaks_for(connection, f"{KEY}{one.account}", at or now()) is not None
    if chosen is None or not may_read or not _is_wanted(chosen, one):
        with writing(services.access_engine) as connection:
            outbox.withdraw(connection, one.number, "It is not wanted any more.", at or now())
        return MailRound(), True
    try:
        _send(server, one, chosen.address)
    except (smtplib.SMTPException, OSError) as error:
        with writing(services.access_engine) as connection:
            outbox.mark_failed(connection, one, _in_words(error), at or now())
        return MailRound(failed=1), isinstance(error, _OF_ONE_MAIL)
    with writing(services.access_engine) as connection:
        outbox.mark_sent(connection, one.number, at or now())
    return MailRound(sent=1), True


def _is_wanted(chosen: Reminder, one: InHand) -> bool:
    if not chosen.is_on:
        return False
    return chosen.gets_digests if one.kind == DIGEST else one.period == chosen.chosen_at.isoformat()


def _send(server: MailServer, one: InHand, address: str) -> None:
    message = mails.message(server.sender, address, one.subject, one.content, one.message_id, one.made_at)
    with _connected(server) as smtp:
        smtp.sendmail(server.sender, [address], message.as_bytes())


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=ANSWERS_WITHIN, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=ANSWERS_WITHIN)
    try:
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
    finally:
        # Whatever is said to the farewell: the mail was taken before, or was not.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _in_words(error: Exception) -> str:
    """Why it failed, without what the server wrote, which may name the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"The mail server refused the address ({', '.join(map(str, codes))})."
    code = f" ({error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else ""
    said = next((words for kind, words in _FAILURES if isinstance(error, kind)), "No mail server answered")
    return f"{said}{code}."
