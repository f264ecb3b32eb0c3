"""The clock: what moment and what day it is. Every clock of the product is read here, and nowhere below."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in London."""
    return now().astimezone(LONDON).date()
