"""Joined references, for people."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console

from web.commands.records.rekey import Rekeyed, RekeyOutcome
from web.files.mapping import MappingLine
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, numbered

from .submissions import print_effects

JOINED_COLUMNS: Final = (
    Column("Line", number=True),
    Column("Agency"),
    Column("Old CLIENT/EPISODID"),
    Column("New CLIENT/EPISODID"),
    Column("Known so far"),
)
REFUSED_COLUMNS: Final = (Column("Line", number=True), Column("Why it is left out", folds=True))


def print_rekey(console: Console, outcome: RekeyOutcome, mapping: Sequence[MappingLine] = ()) -> None:
    """What was joined or parted, what was left out, and, of a trial, which figures would move."""
    rekeyed = outcome.rekeyed
    say(console, *sentences(rekeyed), "")
    for table in (joined_table(rekeyed, mapping) if rekeyed.position is None else None, refused_table(rekeyed)):
        if table:
            print_table(console, table)
            say(console, "")
    print_effects(console, outcome.effects)


def joined_table(rekeyed: Rekeyed, mapping: Sequence[MappingLine]) -> Table | None:
    """The lines of the mapping that are joined; None if there are none."""
    line_of = {line.row: line for line in mapping}
    rows = [
        (
            numbered(one.row),
            line.agency,
            f"{line.client_reference}/{line.episode_reference}",
            f"{line.new_client_reference}/{line.new_episode_reference}",
            "both references" if one.both_known else "the old one alone",
        )
        for one in rekeyed.joined
        if (line := line_of.get(one.row))
    ]
    return Table(JOINED_COLUMNS, rows, "Joined") if rows else None


def refused_table(rekeyed: Rekeyed) -> Table | None:
    """The lines that are left out; None if there are none."""
    rows = [(numbered(one.row), one.message) for one in rekeyed.refused]
    return Table(REFUSED_COLUMNS, rows, "Left out") if rows else None


def sentences(rekeyed: Rekeyed) -> Iterator[str]:
    """What became of it."""
    yield summary(rekeyed)
    if rekeyed.refused:
        yield f"{text.plural(len(rekeyed.refused), 'line is', 'lines are')} left out."
    stored = "A trial: nothing was stored." if rekeyed.position is None else f"Stored at position {rekeyed.position}."
    yield f"Received on {text.day(rekeyed.received_on)}. {stored}"


def summary(rekeyed: Rekeyed) -> str:
    """How many are one now, or two again."""
    count = text.plural(rekeyed.episodes, "episode")
    verb = "would be" if rekeyed.position is None else "is" if rekeyed.episodes == 1 else "are"
    if rekeyed.undoes is not None:
        return f"{count} that submission {rekeyed.undoes} joined {verb} two each again."
    waiting = sum(not one.both_known for one in rekeyed.joined)
    beside = f", {waiting} of them before anything has come under the new one" if waiting else ""
    return f"{count} {verb} known under a new reference{beside}."
