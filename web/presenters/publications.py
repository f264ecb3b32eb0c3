"""What was published, for people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from projections.publication.published import FigureOnRecord, Publication
from projections.publication.restated import FigureChanged, Restated
from projections.standings.engine import Figure

from . import text
from .console import print_table, say
from .tables import Column, Table

_PUBLISHED: Final = (
    Column("no.", number=True),
    Column("published"),
    Column("what", folds=True),
    Column("as of"),
    Column("as known on"),
    Column("result", folds=True),
    Column("by"),
)


def print_publication(console: Console, found: Publication, out: Path | None) -> None:
    """What has just been published."""
    what = f"scorecard '{found.title}'" if found.is_cut else f"certificate of {found.title}"
    say(console, f"Publication {found.event.number}: {what}, {_result(found)}.", text.standpoint(found.standpoint))
    if out:
        say(console, f"Written to {out}. Whoever has the public key checks it with 'recount check-certificate'.")


def print_publications(console: Console, found: Sequence[Publication]) -> None:
    """Everything that was published, the oldest first."""
    if not found:
        say(console, "Nothing was published yet.")
        return
    print_table(console, Table(_PUBLISHED, list(map(_row, found))))


def _row(found: Publication) -> tuple[str, ...]:
    known_at = found.standpoint.known_at
    return (
        str(found.event.number),
        text.short_day(found.event.occurred_on),
        f"scorecard '{found.title}'" if found.is_cut else _what(found.figures[0]),
        text.short_day(found.standpoint.as_of),
        text.short_day(known_at) if known_at else "",
        _result(found),
        found.event.actor,
    )


def _what(on_record: FigureOnRecord) -> str:
    measure = on_record.measure
    return f"{measure.code} {measure.name}. {text.slice_of(on_record.slice)}"


def _result(found: Publication) -> str:
    return text.plural(len(found.figures), "figure") if found.is_cut else _numbers(found.figures[0])


def _numbers(on_record: FigureOnRecord) -> str:
    numerator, denominator = on_record.document["numerator"], on_record.document["denominator"]
    return f"{numerator:,}" if denominator is None else f"{numerator:,} of {denominator:,}"


def print_restated(console: Console, found: Sequence[Restated]) -> None:
    """The figures on record that are others as known now."""
    if not found:
        say(console, "Every published figure is the same as known now.")
        return
    _print(console, found, ("as published", "as known now"))


def print_changed(console: Console, found: FigureChanged) -> None:
    """What a submission changed of the figures on record."""
    received_on = found.submission.known_at
    received = f" received on {text.day(received_on)}" if received_on else ""
    what = f"The event at position {found.event.position}, in the" if found.event else "The"
    say(console, f"{what} submission{received}, position {found.submission.position}.", "")
    if not found.figures:
        say(console, "It changed no published figure.")
        return
    _print(console, found.figures, ("just before", "from then on"))


def _print(console: Console, found: Sequence[Restated], headings: tuple[str, str]) -> None:
    columns = (
        Column("no.", number=True),
        Column("published", folds=True),
        Column("figure", folds=True),
        Column("as of"),
        *(Column(heading, folds=True) for heading in headings),
    )
    print_table(console, Table(columns, list(map(_restated_row, found))))


def _restated_row(found: Restated) -> tuple[str, ...]:
    publication = found.on_record.publication
    return (
        str(publication.event.number),
        publication.title if publication.is_cut else "certificate",
        _what(found.on_record),
        text.short_day(publication.standpoint.as_of),
        _figure(found.before) if found.before else _numbers(found.on_record),
        _figure(found.after),
    )


def _figure(figure: Figure) -> str:
    return text.result(figure)
