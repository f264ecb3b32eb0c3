"""What was erased, and what is due, for people."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from projections.privacy.mentions import Mention
from web.commands.records.erase import Erasure
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.records.erasures import DueResult, RetentionResult

MONTHS_A_YEAR: Final = 12

_DUE: Final = (Column("due since"), Column("kind"), Column("client"), Column("agency: client/episode", folds=True))


def print_erasure(console: Console, erasure: Erasure, *, dry_run: bool) -> None:
    """What went, and what stays."""
    if not erasure.episodes:
        say(console, "Nothing was there to erase.")
        return
    would = "would be erased" if dry_run else "erased for good"
    say(
        console,
        f"{text.plural(erasure.persons, 'person', 'people')}, {text.plural(erasure.episodes, 'episode')}, "
        f"{text.plural(erasure.records, 'event')} of the log: {would}.",
    )
    if erasure.shared:
        say(
            console,
            f"Of these, {text.plural(erasure.shared, 'episode')} had become another person's by a correction. The "
            "history goes with the rest; the next file that has it brings the other person's record back.",
        )
    stored = "A trial: nothing was erased." if erasure.position is None else f"Stored at position {erasure.position}."
    say(console, f"Received on {text.day(erasure.received_on)}. {stored}")
    _print_mentions(console, erasure.mentions)


PLACES: Final = {
    "action-plan": "/action-plans/{}",
    "notice": "/performance-notices/{}",
    "other-report": "/other-reports/{}",
    "dispute": "/disputes/{}",
    "comment": "/commentary/{}",
    "meeting": "/meetings/{}",
    "return-review": "/return-reviews/number/{}",
    "audit": "/audits/{}",
    "committee-report": "/committee-reports/{}",
}
"""The page of a thing, by how the topics of its events begin."""


def place_of(mention: Mention) -> str:
    """Where a mention can be looked at: the page of the thing, or else its place in the log."""
    page = PLACES.get(mention.topic.split(".")[0])
    return page.format(mention.number) if page and mention.number else f"position {mention.position} of the log"


def _print_mentions(console: Console, mentions: Sequence[Mention]) -> None:
    """Where texts name somebody who is erased: they stay, so somebody has to look."""
    if not mentions:
        say(console, "No text that somebody wrote names a reference of theirs.")
        return
    say(
        console,
        "",
        f"{text.plural(len(mentions), 'place names', 'places name')} a reference of theirs. Texts stay in the log, "
        "since proofs rest on them: look at each, and correct or withdraw what could tell who it is.",
    )
    columns = (Column("where"), Column("what"), Column("position", number=True), Column("words", folds=True))
    rows = [
        (place_of(one), f"{one.topic.rsplit('.', 1)[0]}: {one.field}", str(one.position), one.excerpt)
        for one in mentions
    ]
    print_table(console, Table(columns, rows))


def print_disposals(console: Console, erasures: Sequence[Erasure], *, dry_run: bool) -> None:
    """What was disposed of, kind by kind."""
    if not erasures:
        say(console, "Nothing is due.")
    for one in erasures:
        say(console, f"{one.reason[0].upper()}{one.reason[1:]}.")
        print_erasure(console, one, dry_run=dry_run)


def print_retention(console: Console, result: RetentionResult) -> None:
    """How long each kind of record is kept and why, and what is due."""
    columns = (Column("kind"), Column("kept"), Column("from", folds=True), Column("source", folds=True))
    schedule = [(line.kind, _length(line.months), line.counted_from, line.source) for line in result.schedule]
    print_table(console, Table(columns, schedule))
    say(console, "")
    if not result.due:
        say(console, f"Nothing is due on {text.day(result.on)}.")
        return
    episodes = sum(len(due.episodes) for due in result.due)
    say(
        console, f"Due on {text.day(result.on)}: {text.plural(episodes, 'episode')}. 'recount dispose' erases them.", ""
    )
    print_table(console, Table(_DUE, list(map(_row, result.due))))


def _length(months: int) -> str:
    years, rest = divmod(months, MONTHS_A_YEAR)
    return text.plural(months, "month") if rest else text.plural(years, "year")


def _row(due: DueResult) -> tuple[str, ...]:
    return (
        text.short_day(due.due_on),
        due.kind,
        due.client,
        ", ".join(f"{e.agency}: {e.client_reference}/{e.episode_reference}" for e in due.episodes),
    )
