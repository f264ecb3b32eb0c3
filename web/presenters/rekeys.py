"""Joined references, for people."""

from collections.abc import Iterator

from rich.console import Console

from web.commands.rekey import LineJoined, LineRefused, Rekeyed, RekeyOutcome

from . import text
from .console import print_table, say
from .submissions import print_effects
from .tables import Column, Table

JOINED_COLUMNS = (Column("Agency"), Column("Old CLIENT/EPISODID"), Column("New CLIENT/EPISODID"), Column("Known so far"))
REFUSED_COLUMNS = (Column("Line", number=True), Column("Why it is left out", folds=True))


def print_rekey(console: Console, outcome: RekeyOutcome) -> None:
    """What was joined or parted, what was left out, and, of a trial, which figures would move."""
    rekeyed = outcome.rekeyed
    say(console, *sentences(rekeyed), "")
    if rekeyed.position is None and rekeyed.joined:
        print_table(console, Table(JOINED_COLUMNS, list(map(joined_row, rekeyed.joined))))
        say(console, "")
    if rekeyed.refused:
        print_table(console, Table(REFUSED_COLUMNS, list(map(refused_row, rekeyed.refused))))
        say(console, "")
    print_effects(console, outcome.effects)


def sentences(rekeyed: Rekeyed) -> Iterator[str]:
    """What became of it."""
    yield summary(rekeyed)
    if rekeyed.refused:
        yield f"{text.plural(len(rekeyed.refused), 'line is', 'lines are')} left out."
    stored = "A trial: nothing was stored." if rekeyed.position is None else f"Stored at position {rekeyed.position}."
    yield f"Received on {text.day(rekeyed.received_on)}. {stored}"


def summary(rekeyed: Rekeyed) -> str:
    """How many are one now, or two again."""
    count = rekeyed.episodes
    if rekeyed.undoes is not None:
        verb = "is" if count == 1 else "are"
        return f"{text.plural(count, 'episode')} that submission {rekeyed.undoes} joined {verb} two each again."
    waiting = sum(not one.both_known for one in rekeyed.joined)
    beside = f", {waiting} of them before anything has come under the new one" if waiting else ""
    return f"{text.plural(count, 'episode is', 'episodes are')} known under a new reference{beside}."


def joined_row(one: LineJoined) -> tuple[str, ...]:
    """A line that is joined."""
    return (
        one.agency,
        f"{one.client_reference}/{one.episode_reference}",
        f"{one.new_client_reference}/{one.new_episode_reference}",
        "both references" if one.both_known else "the old one alone",
    )


def refused_row(one: LineRefused) -> tuple[str, ...]:
    """A line that is left out."""
    return str(one.row), one.message
