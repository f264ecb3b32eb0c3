"""What was published, for people."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from domain.contract_life.entered import period_words
from projections.publication.published import FigureOnRecord
from projections.publication.restated import FigureChanged, Restated
from projections.publication.suppression import SUPPRESSED
from web.presenters import tables, text
from web.presenters.agreement.entered import BY_HAND, NOT_ENTERED
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.contract_life.frozen_entered import PublishedEntered, RestatedEntered
from web.queries.contract_life.publications import PublicationResult, PublishedFigure

_PUBLISHED: Final = (
    Column("no.", number=True),
    Column("published"),
    Column("what", folds=True),
    Column("as of"),
    Column("as known on"),
    Column("result", folds=True),
    Column("by"),
)


def print_publication(console: Console, publication: PublicationResult, out: Path | None) -> None:
    """What has just been published."""
    what = f"scorecard '{publication.title}'" if publication.is_cut else f"certificate of {publication.title}"
    sentence = f"Publication {publication.number}: {what}, {_result(publication)}."
    say(console, sentence, text.standpoint(publication.standpoint))
    if out:
        say(console, f"Written to {out}. Whoever has the public key checks it with 'recount check-certificate'.")


def print_publications(console: Console, publications: Sequence[PublicationResult]) -> None:
    """Everything that was published, the oldest first."""
    if not publications:
        say(console, "Nothing was published yet.")
        return
    print_table(console, Table(_PUBLISHED, list(map(_row, publications))))


def _row(publication: PublicationResult) -> tuple[str, ...]:
    known_at = publication.standpoint.known_at
    return (
        str(publication.number),
        text.short_day(publication.published_on),
        f"scorecard '{publication.title}'" if publication.is_cut else what(publication.figures[0]),
        text.short_day(publication.standpoint.as_of),
        text.short_day(known_at) if known_at else "",
        _result(publication),
        publication.actor or "",
    )


def what(figure: PublishedFigure | FigureOnRecord) -> str:
    """Which figure it is, and of whom."""
    return f"{figure.measure.code} {figure.measure.name}. {text.slice_of(figure.slice)}"


def _result(publication: PublicationResult) -> str:
    figures = publication.figures
    if publication.is_cut:
        return text.plural(len(figures) + len(publication.entered), "figure")
    return tables.text(counts(figures[0].numerator, figures[0].denominator))


def counts(numerator: Any, denominator: Any) -> int | str:
    """The counts of a published figure, as far as they are shown; a count alone is a number."""
    if denominator is None or numerator == denominator == SUPPRESSED:
        return numerator if isinstance(numerator, int) else _count(numerator)
    return f"{_count(numerator)} of {_count(denominator)}"


def _count(value: Any) -> str:
    return "too few to show" if value == SUPPRESSED else f"{value:,}"


def entered_name(figure: PublishedEntered) -> str:
    """Which figure that was entered by hand it is, and of which period."""
    return f"{figure.code} {figure.name}, {period_words(figure.frequency, figure.cohort.last_day)}. {BY_HAND}"


def entered_counts(figure: PublishedEntered) -> int | str:
    """The counts of a figure that was entered by hand, as far as they are shown."""
    if figure.withheld:
        return text.NOT_SHOWN
    return NOT_ENTERED if figure.numerator is None else counts(figure.numerator, figure.denominator)


def print_restated(console: Console, figures: Sequence[Restated], entered: Sequence[RestatedEntered] = ()) -> None:
    """The figures on record that are others as known now."""
    if not figures and not entered:
        say(console, "Every published figure is the same as known now.")
        return
    _print(console, figures, ("as published", "as known now"), list(map(_entered_row, entered)))


def _entered_row(figure: RestatedEntered) -> tuple[str, ...]:
    return (
        str(figure.number),
        figure.title,
        entered_name(figure.published),
        text.short_day(figure.as_of),
        tables.text(entered_counts(figure.published)),
        tables.text(entered_counts(figure.after)),
    )


def print_changed(console: Console, changes: FigureChanged) -> None:
    """What a submission changed of the figures on record."""
    received_on = changes.submission.known_at
    received = f" received on {text.day(received_on)}" if received_on else ""
    what = f"The event at position {changes.event.position}, in the" if changes.event else "The"
    say(console, f"{what} submission{received}, position {changes.submission.position}.", "")
    if not changes.figures:
        say(console, "It changed no published figure.")
        return
    _print(console, changes.figures, ("just before", "from then on"))


def _print(
    console: Console,
    figures: Sequence[Restated],
    headings: tuple[str, str],
    more: Sequence[tuple[str, ...]] = (),
) -> None:
    columns = (
        Column("no.", number=True),
        Column("published", folds=True),
        Column("figure", folds=True),
        Column("as of"),
        *(Column(heading, folds=True) for heading in headings),
    )
    print_table(console, Table(columns, [*map(_restated_row, figures), *more]))


def _restated_row(figure: Restated) -> tuple[str, ...]:
    publication, document = figure.on_record.publication, figure.on_record.document
    before = text.result(figure.before) if figure.before else counts(document["numerator"], document["denominator"])
    return (
        str(publication.event.number),
        publication.title if publication.is_cut else "certificate",
        what(figure.on_record),
        text.short_day(publication.standpoint.as_of),
        tables.text(before),
        text.result(figure.after),
    )


def altered(document: Any, signed: Any, most: int) -> Iterator[str]:
    """In which places a document differs from the one that was signed, and what each says there; `most` are named."""
    sentences = [
        f"{path}: {_value_words(here)} here, {_value_words(there)} as it was signed."
        for path, here, there in differences(document, signed)
    ]
    yield from sentences[:most]
    if len(sentences) > most:
        yield f"And {len(sentences) - most} more."


MISSING: Final = object()
"""What stands in place of a value that one of two documents does not have."""


def differences(document: Any, signed: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places in which two documents differ, with what each says there."""
    if isinstance(document, dict) and isinstance(signed, dict):
        for name in dict.fromkeys([*signed, *document]):
            at = f"{path}.{name}" if path else str(name)
            yield from differences(document.get(name, MISSING), signed.get(name, MISSING), at)
    elif isinstance(document, list) and isinstance(signed, list) and len(document) == len(signed):
        for place, (one, other) in enumerate(zip(document, signed, strict=True), 1):
            yield from differences(one, other, f"{path} {place}")
    elif document != signed or type(document) is not type(signed):
        yield path, document, signed


def _value_words(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    value_text = json.dumps(value, ensure_ascii=False)
    return value_text if len(value_text) <= 60 else f"{value_text[:57]}..."
