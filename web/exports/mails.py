"""What is mailed: what is due as a text, and the link that confirms an address.

A mail says what the feed of the calendar says: kinds, numbers of things, codes of agencies, days and links. Nothing
that somebody wrote is in it, no person, and no number of people.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from web.presenters import text
from web.queries.improvement.calendar.calendar import CalendarResult
from web.queries.improvement.calendar.due import KINDS, DueItem

CONFIRM_SUBJECT: Final = "Recount: confirm your e-mail address"
REMINDERS: Final = "/reminders"
_WIDTH: Final = 998
"""Characters of a line as it is sent, at most: RFC 5322 has no longer ones."""


def digest_subject(result: CalendarResult) -> str:
    """The subject, in numbers of things; empty where nothing is due."""
    overdue, to_come = len(result.overdue), len(result.to_come)
    if not result.due:
        return ""
    parts = [f"{overdue} overdue"] * bool(overdue) + [f"{to_come} to come"] * bool(to_come)
    return f"Recount: {text.listed(parts)}"


def digest_text(result: CalendarResult, service: str, notice: str = "") -> str:
    """What is due, the overdue first, each with its day, its kind and its link. `service` begins the links."""
    head = f"What is due in Recount up to {text.day(result.last_day)}, of your party or of both."
    foot = (
        f"No person and no number of people is in this mail. All that is due: {service}/calendar",
        f"You asked for these mails. Change or stop them: {service}{REMINDERS}",
    )
    parts = [notice] * bool(notice) + [head]
    for title, due in (("Overdue", result.overdue), ("To come", result.to_come)):
        if due:
            parts.append("\n\n".join((f"{title.upper()} ({len(due)})", *_entries(due, service))))
    return "\n\n".join((*parts, "\n".join(("-- ", *foot)))) + "\n"


def _entries(due: Sequence[DueItem], service: str) -> Iterator[str]:
    for one in due:
        yield f"{text.day(one.day)} ({KINDS[one.kind]})\n{one.text}\n{service}{one.link}"


def confirm_text(service: str, word: str) -> str:
    """The link, and what it is for."""
    return (
        "Somebody with an account of Recount wants what is due to be mailed to this address.\n\n"
        f"If it was you, open this link, sign in, and press 'Confirm':\n\n{service}{REMINDERS}/confirm?word={word}\n\n"
        "It holds for seven days. If it was not you, do nothing: nothing more is sent.\n"
    )


def message(sender: str, address: str, subject: str, content: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail as it is handed over; equal arguments give an equal one."""
    one = EmailMessage(policy=SMTP.clone(max_line_length=_WIDTH, cte_type="7bit"))
    one["From"], one["To"], one["Subject"] = sender, address, subject
    one["Date"], one["Message-ID"] = at, message_id
    # So that no absence note answers.
    one["Auto-Submitted"] = "auto-generated"
    one.set_content(content)
    return one
