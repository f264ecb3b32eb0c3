"""Comparators as tables and charts: sets, their areas, releases of values, and what became of a file."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from domain.contract_life.comparators import ComparatorSetDefined, ComparatorValuesReleased, period_words
from projections.performance.beside.comparators import COMPARABLES
from projections.performance.beside.quartiles import QuartileMethod
from projections.standings.wilson import wilson
from web.charts import Drawing, RankedLine, RankedRow, ranked
from web.commands.agreement.comparator_values import ValuesOutcome
from web.presenters import text
from web.presenters.agreement.comparator_words import QUARTILES, from_to, sentences, whose
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Percentage, Table
from web.presenters.tables import text as cell_text
from web.queries.agreement.comparator_areas import AreaReached, AreasResult
from web.queries.agreement.comparators import (
    ComparatorReleaseResult,
    ComparatorSetResult,
    ComparatorsResult,
    ComparatorValueResult,
)

METHODS: Final = {
    QuartileMethod.RANKED: "by areas in order: each quartile ends at an area’s value",
    QuartileMethod.INCLUSIVE: "between areas, as QUARTILE.INC of a spreadsheet",
    QuartileMethod.EXCLUSIVE: "between areas, as QUARTILE.EXC of a spreadsheet",
}
"""The ways to find where a quartile ends, in words."""
# ---- sets


SETS: Final = (
    Column("Set"),
    Column("Areas", number=True),
    Column("Measures", folds=True),
    Column("From", whole=True, aside=True),
    Column("Source", aside=True, folds=True),
    Column("State", whole=True, aside=True),
)


def set_row(one: ComparatorSetResult, name: Any = None) -> tuple[Any, ...]:
    """A set in a list."""
    measures = ", ".join(one.measures)
    return name or one.name, len(one.areas), measures, one.versions[-1].said.on, one.source or None, one.state


def print_comparators(console: Console, result: ComparatorsResult) -> None:
    """Every set and every release, the oldest first."""
    if not result.sets and not result.releases:
        say(console, "No comparator is known.")
        return
    columns = (Column("no.", number=True), *SETS)
    print_table(console, Table(columns, [_cells((str(one.number), *set_row(one))) for one in result.sets], "Sets"))
    say(console, "")
    columns = (Column("no.", number=True), *RELEASES)
    rows = [_cells((str(one.number), *release_row(one))) for one in result.releases]
    print_table(console, Table(columns, rows, "Releases of values"))


def print_set(console: Console, one: ComparatorSetResult) -> None:
    """A set, as it stands."""
    say(console, f"Set {one.number}, {one.name}: {text.plural(len(one.areas), 'area')}, {one.state}.")
    say(console, f"Measures: {', '.join(one.measures)}. Areas: {', '.join(one.areas)}.")


def _cells(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple(cell_text(cell) for cell in row)


# ---- the areas of a set


AREAS: Final = (
    Column("Area"),
    Column("Place", number=True),
    Column("Counted", number=True, aside=True),
    Column("Of", number=True, aside=True),
    Column("Percentage", number=True),
    Column("95% from", number=True, aside=True),
    Column("95% to", number=True, aside=True),
    Column("Quartile"),
)


def areas_table(result: AreasResult) -> Table:
    """The areas in their order, ours among them; then those without a value."""
    rows = [_area_row(one) for one in result.areas]
    rows += [(name, "no value") for name in result.without]
    return Table(
        AREAS, rows, f"{measure_name(result.measure)}, {result.period}", [f"Source: {'; '.join(result.sources)}."]
    )


def _area_row(one: AreaReached) -> tuple[Any, ...]:
    limits = interval_of(one)
    return (
        f"{one.name} (our own figure)" if one.own else one.name,
        one.rank,
        one.numerator,
        one.denominator,
        Percentage(one.percentage),
        *(Percentage(end) for end in limits or ()),
        *(() if limits else (None, None)),
        QUARTILES.get(one.quartile or 0),
    )


def interval_of(one: AreaReached) -> tuple[float, float] | None:
    """The 95% interval of an area's value; None where only its percentage is known."""
    if one.numerator is None or one.denominator is None:
        return None
    return wilson(one.numerator, one.denominator)


def quartiles_table(result: AreasResult) -> Table | None:
    """The four quartiles, the top one first; None of too few areas."""
    if not result.quartiles:
        return None
    columns = (Column("Quartile"), Column("From", number=True), Column("To", number=True))
    rows = [
        (f"{QUARTILES[one.number].capitalize()} quartile", Percentage(one.low), Percentage(one.high))
        for one in result.quartiles
    ]
    return Table(columns, rows, f"Quartiles, {METHODS[result.method]}")


def areas_chart(result: AreasResult) -> Drawing:
    """The areas in their order, with lines of what the group reached as a whole, and the nation."""
    rows = [
        RankedRow(one.name, one.percentage, text.percent(one.percentage), interval_of(one), one.own)
        for one in result.areas
    ]
    beside = result.beside
    lines = [
        RankedLine(kind, f"{whose(whole)}, {from_to(whole)}", whole.low)
        for kind, whole in (("mean", result.whole), ("limit", beside.national))
        if whole is not None
    ]
    top = beside.top_quartile
    band = (top.low, top.high) if top else None
    note = "Each line beside a point is its 95% interval. Ours is filled, and its name bold." if rows else ""
    return ranked(measure_name(result.measure), _span(result), rows, lines, band, note)


def _span(result: AreasResult) -> str:
    """From the best to the worst of the areas, where ours lies apart."""
    others = [one for one in result.areas if not one.own]
    if not others:
        return "No area has a value."
    first, last = others[0], others[-1]
    return (
        f"From {first.name}, {text.percent(first.percentage)}, to {last.name}, {text.percent(last.percentage)}"
        f"{'' if result.own is None or result.beside.rank is None else ', with ours among them'}."
    )


def print_areas(console: Console, result: AreasResult) -> None:
    """What the areas of a set reached."""
    say(console, f"{result.group or result.name}, {result.period}, as known on {text.day(result.known_at)}", "")
    table = areas_table(result)
    width = len(AREAS)
    print_table(console, Table(AREAS, [(_cells(row) + ("",) * width)[:width] for row in table.rows]))
    if quarters := quartiles_table(result):
        say(console, "")
        print_table(console, Table(quarters.columns, [_cells(row) for row in quarters.rows], quarters.title))
    say(console, "", *sentences(result.beside))


def measure_name(code: str) -> str:
    """What is compared: its name and its code."""
    return f"{COMPARABLES[code].name} ({code})"


# ---- releases


RELEASES: Final = (
    Column("Values of", whole=True),
    Column("Measures", folds=True),
    Column("Values", number=True),
    Column("Released", whole=True),
    Column("Source", aside=True, folds=True),
    Column("State", whole=True, aside=True),
)


def release_row(one: ComparatorReleaseResult, name: Any = None) -> tuple[Any, ...]:
    """A release in a list."""
    periods = ", ".join(one.periods)
    return name or periods, ", ".join(one.measures), one.count, one.said.on, one.source, one.state


def print_release(console: Console, one: ComparatorReleaseResult) -> None:
    """A release, in a sentence."""
    count = text.plural(one.count, "value")
    say(console, f"Release {one.number}: {count} of {', '.join(one.periods)}, {one.state}. Source: {one.source}.")


VALUES: Final = (
    Column("Whose"),
    Column("Measure"),
    Column("Period", whole=True),
    Column("Counted", number=True, aside=True),
    Column("Of", number=True, aside=True),
    Column("Percentage", number=True),
)


def values_table(values: Sequence[ComparatorValueResult], title: str) -> Table:
    """Values as they were said."""
    return Table(VALUES, list(map(_value_row, values)), title)


def _value_row(one: ComparatorValueResult) -> tuple[Any, ...]:
    return one.name, measure_name(one.measure), one.period, one.numerator, one.denominator, _percentage_words(one)


def _percentage_words(one: ComparatorValueResult) -> str | Percentage | None:
    if one.percentage_to is not None:
        return f"{one.percentage}% to {one.percentage_to}%"
    if one.percentage is not None:
        return f"{one.percentage}%"
    if one.numerator is None or not one.denominator:
        return None
    return Percentage(100 * one.numerator / one.denominator)


def in_words(cells: Sequence[Any]) -> str:
    """Counted, of how many, and the percentage, as far as they are known."""
    counted, total, percentage = map(cell_text, cells)
    counts = f"{counted} of {total}" if counted else ""
    return ", ".join(filter(None, (counts, percentage)))


# ---- a file


REJECTED: Final = (Column("Row", number=True), Column("Column"), Column("What is wrong"), Column("Code", aside=True))


def rejected_table(outcome: ValuesOutcome) -> Table | None:
    """What is wrong with a file, a line each; rows as a spreadsheet has them. None if nothing is."""
    if not outcome.rejected:
        return None
    rows = [(one.sheet_row, one.column, one.message, one.code) for one in outcome.rejected]
    return Table(REJECTED, rows, "What has to be put right")


def summary(outcome: ValuesOutcome) -> list[str]:
    """What a file says, and what is worth a look."""
    return list(_summary(outcome))


def _summary(outcome: ValuesOutcome) -> Iterator[str]:
    if outcome.rejected:
        wrong = text.plural(len(outcome.rejected), "line is not as it", "lines are not as they")
        yield f"{wrong} must be, so nothing of the file is taken."
        return
    values = outcome.values
    measures = text.listed([measure_name(code) for code in dict.fromkeys(value.measure for value in values)])
    periods = text.listed(list(dict.fromkeys(period_words(value.period) for value in values)))
    yield f"{text.plural(len(values), 'value')} of {measures}, for {periods}."
    if outcome.replaced:
        stand = "stands" if outcome.replaced == 1 else "stand"
        yield f"{outcome.replaced:,} of them {stand} in place of an earlier release, from its day on."
    if outcome.unread:
        yield f"Columns that are not read: {text.listed(outcome.unread)}."
    if outcome.unknown_areas:
        yield (
            f"In no set that is compared by the measure: {text.listed(outcome.unknown_areas[:20])}. Is the name as the "
            "set has it?"
        )


def print_outcome(console: Console, outcome: ValuesOutcome) -> None:
    """What became of a file."""
    say(console, *summary(outcome))
    if table := rejected_table(outcome):
        print_table(console, Table(table.columns, [_cells(row) for row in table.rows], table.title))
    if outcome.release is not None:
        say(console, f"Taken in as release {outcome.release.number}.")


# ---- in the trail


def set_said(event: ComparatorSetDefined) -> str:
    """A set in the trail."""
    return f"no. {event.number}, {event.name}: {text.plural(len(event.areas), 'area')}"


def values_said(event: ComparatorValuesReleased) -> str:
    """A release in the trail."""
    return f"no. {event.number}: {text.plural(len(event.values), 'value')}, {event.source}"
