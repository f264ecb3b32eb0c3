"""What is due as an iCalendar file (RFC 5545), for the calendar that somebody keeps elsewhere.

It holds kinds, numbers of things, codes of agencies and days, and nothing that somebody wrote. An entry keeps its
identity when its day moves, so that a calendar moves it, too.
"""

from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from icalendar import Calendar, Event

from web.queries.improvement.calendar.calendar import CalendarResult
from web.queries.improvement.calendar.due import KINDS, DueItem

MEDIA: Final = "text/calendar"
ASKED_AGAIN: Final = timedelta(hours=12)
"""After how long a calendar should ask again."""


def calendar_file(result: CalendarResult, service: str, notice: str = "") -> bytes:
    """The file. `service` is the address of the service, where the links lead; `notice` is said of a demonstration.

    It depends on its arguments alone: the moment that each entry bears is the beginning of the day of the result.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Recount//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Recount: what is due")
    calendar.add("x-wr-calname", "Recount: what is due")
    calendar.add("refresh-interval", ASKED_AGAIN, parameters={"value": "DURATION"})
    if notice:
        calendar.add("description", notice)
    stamp = datetime.combine(result.today, time(), UTC)
    for one in result.due:
        calendar.add_component(_entry(one, service, stamp))
    return bytes(calendar.to_ical())


def _entry(one: DueItem, service: str, stamp: datetime) -> Event:
    entry = Event()
    host = service.partition("://")[2]
    entry.add("uid", f"{sha256(f'{one.kind} {one.link} {one.text}'.encode()).hexdigest()[:32]}@{host}")
    entry.add("dtstamp", stamp)
    entry.add("dtstart", one.day)
    entry.add("dtend", one.day + timedelta(days=1))
    entry.add("summary", f"Overdue: {one.text}" if one.overdue else one.text)
    entry.add("categories", [KINDS[one.kind]])
    entry.add("url", f"{service}{one.link}")
    entry.add("transp", "TRANSPARENT")
    return entry
