"""Many councils beside each other, as tables for people."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from projections.standings.hidden import Hidden
from web.commands.administration.national import NationalExportResult
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.performance.national import (
    CouncilFigure,
    CouncilInGroup,
    NationalFiguresResult,
    NationalGroup,
    NationalMeasure,
    NationalQuartile,
)
from web.queries.performance.national_triangle import NationalTriangleResult
from web.snapshot import Cell

from .national_words import COUNTED_TWICE, standpoint


def print_national_export(console: Console, result: NationalExportResult) -> None:
    """What was written of a council."""
    newest = result.newest_received_on
    known = f", as known on {text.day(newest)}" if newest else ""
    say(
        console,
        f"{result.council}: {result.standings:,} standings in {result.rows:,} rows, {result.bytes:,} bytes and "
        f"{result.files} files{known}.",
        f"About these files: position {result.position} of the log, generation {result.generation}.",
    )


def print_national_figures(console: Console, result: NationalFiguresResult) -> None:
    """A table of councils for each measure."""
    say(console, standpoint(result))
    for measure in result.measures:
        say(console, "", f"{measure.code} {measure.name}")
        print_table(console, _councils(measure))
        say(console, *_quartiles(measure.quartiles))
        if measure.group:
            say(console, "", f"Among the group, {measure.code}")
            print_table(console, _in_group(measure, measure.group))
            say(console, *_quartiles(measure.group.quartiles))
    say(console, "", *_about(result))


def _councils(measure: NationalMeasure) -> Table:
    rows = [_row(one) for one in measure.councils]
    return Table(_columns("beside all"), [*rows, _all_together(measure)])


def _columns(beside: str) -> tuple[Column, ...]:
    return (
        *(Column("council"), Column("result"), Column("percent", number=True), Column("95% interval")),
        *(Column("place", number=True), Column("by interval", number=True)),
        *(Column("quartile", number=True), Column(beside)),
    )


def _row(one: CouncilFigure) -> tuple[str, ...]:
    if not one.covered:
        return (one.council, "no file covers the day", "", "", "", "", "", "")
    return (one.council, *_numbers(one), *_standing(one), one.beside_all or "")


def _standing(one: CouncilFigure | CouncilInGroup) -> tuple[str, str, str]:
    places = f"{one.places.best} to {one.places.worst}" if one.places else ""
    return _or_none(one.place), places, _or_none(one.quartile)


def _all_together(measure: NationalMeasure) -> tuple[str, ...]:
    return ("all councils", *_numbers(measure), "", "", "", "")


def _in_group(measure: NationalMeasure, group: NationalGroup) -> Table:
    figures = {one.council: one for one in measure.councils}
    rows = [
        (one.council, *_numbers(figures[one.council]), *_standing(one), one.beside_group or "")
        for one in group.councils
    ]
    return Table(_columns("beside the group"), [*rows, ("the group", *_numbers(group), "", "", "", "")])


def _numbers(one: CouncilFigure | NationalGroup | NationalMeasure) -> tuple[str, str, str]:
    limits = f"{one.interval.low:.1f} to {one.interval.high:.1f}" if one.interval else ""
    if isinstance(one.numerator, Hidden) and isinstance(one.denominator, Hidden | None):
        return "suppressed", "", ""
    result = f"{one.numerator:,}" if one.denominator is None else f"{one.numerator:,} of {one.denominator:,}"
    return result, text.percent_of(one.numerator, one.denominator) if one.interval else "", limits


def _or_none(number: int | None) -> str:
    return "" if number is None else str(number)


def _quartiles(quartiles: Sequence[NationalQuartile]) -> Iterator[str]:
    if quartiles:
        ranges = ", ".join(f"{one.number}: {one.low:.1f}% to {one.high:.1f}%" for one in quartiles)
        yield f"Quartiles, 1 the best: {ranges}."


def _about(result: NationalFiguresResult) -> Iterator[str]:
    if result.reader:
        yield f"For {result.reader}: of other councils, counts under 5 and what would give them back are suppressed."
    yield COUNTED_TWICE
    yield from (f"{one.council} is not in it: {one.reason}." for one in result.absent)
    yield text.LOCAL_ESTIMATE
    read = ", ".join(f"{one.council} at {one.position}" for one in result.councils)
    yield f"About these figures: definition {result.definition}; positions of the logs: {read}."


def print_national_triangle(console: Console, result: NationalTriangleResult) -> None:
    """Month ends down, days of knowledge across: those on which a number changed."""
    cells, known_ats = result.cells, result.known_ats
    say(console, f"{result.council.council}: {result.code}", "")
    changed = [i for i in range(len(known_ats)) if any(_differs(row, i) for row in cells)]
    columns = (Column("as of"), *(Column(text.short_day(known_ats[i]), number=True) for i in changed))
    by_day = zip(result.as_ofs, cells, strict=True)
    rows = [(text.short_day(day), *(_words(row[i]) for i in changed)) for day, row in by_day]
    print_table(console, Table(columns, rows))
    say(console, "", "Across: as known on each day on which a number here changed.")


def _differs(row: Sequence[Cell], i: int) -> bool:
    return row[i] is not None and (i == 0 or row[i] != row[i - 1])


def _words(cell: Cell) -> str:
    if cell is None:
        return ""
    numerator, denominator = cell
    return f"{numerator}" if denominator is None else f"{numerator}/{denominator}"
