"""What is due, of whom, as tables."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Link, Table, lines
from web.queries.improvement.calendar.calendar import CalendarResult
from web.queries.improvement.calendar.due import BOTH, PARTIES, DueItem

OF_WHOM: Final = {party: f"the {party}" for party in PARTIES} | {BOTH: "both parties"}
"""The party of whom something is due, in words."""

COLUMNS: Final = (Column("Day", whole=True), Column("What"), Column("Of whom"))
Named = Callable[[str], str]


def due_table(due: Sequence[DueItem], title: str, named: Named = str) -> Table | None:
    """What is due as a table of a page, each with the way to it; None where nothing is."""
    rows = [(one.day, _what(one), _of_whom(one, named)) for one in due]
    return Table(COLUMNS, rows, title) if rows else None


def subject(one: DueItem) -> str:
    """What is due, without the codes of its agencies: people read their names."""
    return one.text.replace(f" of {', '.join(one.agencies)}", "", 1) if one.agencies else one.text


def _what(one: DueItem) -> Any:
    return lines(Link(subject(one), one.link), one.words)


def _of_whom(one: DueItem, named: Named) -> Any:
    """The party, and below it which agencies of it."""
    its = text.listed(list(map(named, one.agencies)))
    if one.party in {BOTH, PARTIES[1]}:
        return lines(OF_WHOM[one.party], f"about {its}" if its else "")
    return its or OF_WHOM[one.party]


def whose(one: DueItem, named: Named = str) -> str:
    """Of whom something is due: the party, and which agencies of it."""
    its = text.listed(list(map(named, one.agencies))) if one.agencies else ""
    if not its:
        return OF_WHOM[one.party]
    return its if one.party not in {BOTH, PARTIES[1]} else f"{OF_WHOM[one.party]}, about {its}"


def print_calendar(console: Console, result: CalendarResult) -> None:
    """What is overdue, then what is to come."""
    if not result.due:
        say(console, f"Nothing is due up to {text.day(result.last_day)}.")
        return
    columns = (Column("day"), Column("what", folds=True), Column("of whom", folds=True))
    for title, due in (("overdue", result.overdue), ("to come", result.to_come)):
        if due:
            rows = [(text.short_day(one.day), _in_words(one), whose(one)) for one in due]
            print_table(console, Table(columns, rows, title))


def _in_words(one: DueItem) -> str:
    return f"{one.text}: {one.words}" if one.words else one.text
