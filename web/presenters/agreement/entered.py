"""Entered KPIs and their values, for people: as sentences and as tables."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Console

from domain.contract_life.entered import Evidence, period_words
from domain.submission import Rejection
from projections.performance.trend import Point
from web.charts import Drawing, TrendPoint, trend
from web.commands.agreement.entered_values import Loaded
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.contract_life.targets import to_be_reached
from web.presenters.tables import Column, Percentage, Table, Worded
from web.queries.agreement.entered import (
    EnteredKpiResult,
    EnteredKpisResult,
    EnteredStep,
    EnteredValueResult,
    EnteredValuesResult,
    EvidenceCheck,
)
from web.queries.agreement.entered_figures import EnteredFigureResult, EnteredLineResult, EnteredPoint, EnteredScorecard

BY_HAND: Final = "Entered by hand: no monthly file holds it."
NOT_ENTERED: Final = "not entered"
WHOLE_WORDS: Final = "all together"
_OFTEN: Final = {"monthly": "every month", "quarterly": "every quarter"}
_BETTER: Final = {"higher": "more is better", "lower": "less is better", None: "neither side is better"}
STEPS: Final = {
    "define": "Defined",
    "end": "Ended",
    "enter": "Entered",
    "correct": "Corrected",
    "confirm": "Confirmed",
    "question": "Questioned",
    "withdraw": "Withdrawn",
}
"""What was done, by the step of the table of steps."""


def numbers(numerator: int | None, denominator: int | None) -> str:
    """What was entered, in words: 24 of 438; a count alone; that nothing was."""
    if numerator is None:
        return NOT_ENTERED
    return f"{numerator:,}" if denominator is None else f"{numerator:,} of {denominator:,}"


def percent(numerator: int | None, denominator: int | None) -> Percentage | None:
    """The same in percent; None where it has none."""
    return None if numerator is None or not denominator else Percentage(100 * numerator / denominator)


def share(numerator: int | None, denominator: int | None) -> str:
    """The same in percent, as people read it."""
    return "" if numerator is None else text.percent_of(numerator, denominator)


def period_of(kpi: EnteredKpiResult, value: EnteredValueResult) -> str:
    """The period of a value: September 2017, Q2 2017/18."""
    return period_words(kpi.frequency, value.last_day)


def kpi_sentences(kpi: EnteredKpiResult, named: Callable[[str], str] = str) -> Iterator[str]:
    """How a KPI is defined."""
    if kpi.wording:
        yield kpi.wording
    yield f"A {kpi.kind}, {_OFTEN[kpi.frequency]}; {_BETTER[kpi.polarity]}. {BY_HAND}"
    if kpi.agencies:
        several = "Each of these agencies enters its own" if len(kpi.agencies) > 1 else "Entered by the agency"
        yield f"{several}: {text.listed(list(map(named, kpi.agencies)))}."
    else:
        yield "One value is entered for all agencies together, by the commissioner."
    if kpi.source:
        yield f"Source expected: {kpi.source}."
    yield "A file has to be given as evidence." if kpi.needs_evidence else "A file may be given as evidence."
    until = f" to {text.day(kpi.last_day)}" if kpi.last_day else " on"
    yield f"Values are due from {text.day(kpi.first_day)}{until}."


def evidence_words(evidence: Evidence | None) -> str:
    """Which file the evidence is."""
    return f"{evidence.name}, {text.plural(evidence.size, 'byte')}" if evidence else ""


def step_words(step: EnteredStep) -> str:
    """What somebody said, who and when: Corrected on 3 June 2017 by Pat for the provider."""
    return f"{STEPS[step.step]} on {text.day(step.on)} by {step.actor} for the {step.party}"


_KPIS: Final = (
    Column("no.", number=True),
    Column("code"),
    Column("name", folds=True),
    Column("kind"),
    Column("how often"),
    Column("whose", folds=True),
    Column("from"),
    Column("state"),
)


def print_kpis(console: Console, result: EnteredKpisResult) -> None:
    """KPIs, the oldest first."""
    if not result.kpis:
        say(console, "No KPI is entered by hand.")
        return
    rows = [
        (
            str(kpi.number),
            kpi.code,
            kpi.name,
            kpi.kind,
            kpi.frequency,
            ", ".join(kpi.agencies) or WHOLE_WORDS,
            text.short_day(kpi.first_day),
            kpi.state,
        )
        for kpi in result.kpis
    ]
    print_table(console, Table(_KPIS, rows))


def print_kpi(console: Console, kpi: EnteredKpiResult) -> None:
    """One KPI, as it is defined."""
    say(console, f"Entered KPI {kpi.number}: {kpi.name} ({kpi.code}), {kpi.state}.", *kpi_sentences(kpi))


_VALUES: Final = (
    Column("no.", number=True),
    Column("code"),
    Column("whose"),
    Column("period"),
    Column("value"),
    Column("percent", number=True),
    Column("state", folds=True),
    Column("by"),
)


def print_values(console: Console, result: EnteredValuesResult) -> None:
    """Values, the newest period first."""
    if not result.values:
        say(console, "No value was entered.")
        return
    rows = [
        (
            str(one.number),
            one.code,
            one.agency or WHOLE_WORDS,
            text.window(one.first_day, one.last_day),
            numbers(one.numerator, one.denominator),
            share(one.numerator, one.denominator),
            one.state,
            one.steps[-1].actor,
        )
        for one in result.values
    ]
    print_table(console, Table(_VALUES, rows))


def print_value(console: Console, value: EnteredValueResult) -> None:
    """One value, with everything that was said of it."""
    whose, days = value.agency or WHOLE_WORDS, text.window(value.first_day, value.last_day)
    stands = f"{numbers(value.numerator, value.denominator)} {share(value.numerator, value.denominator)}".strip()
    say(console, f"Value {value.number} of {value.code}, {whose}, {days}: {stands}; {value.state}.")
    for step in value.steps:
        entered = f": {numbers(step.numerator, step.denominator)}" if step.numerator is not None else ""
        said = f" ({step.words})" if step.words else ""
        say(console, f"{step_words(step)}{entered}{said}.")
        if step.evidence:
            say(console, f"  Evidence: {evidence_words(step.evidence)}, SHA-256 {step.evidence.sha256}")


def check_words(result: EvidenceCheck) -> str:
    """Whether a file is the evidence of a value."""
    if not result.versions:
        return "This is not a file that was read as evidence for this value: it has another SHA-256."
    which = text.listed([f"version {version}" for version in result.versions])
    return f"This is, byte for byte, the file that was read as evidence for {which} of this value."


def print_check(console: Console, result: EvidenceCheck) -> None:
    """Whether a file is the evidence of a value."""
    say(console, check_words(result))


# ---- figures

_LINES: Final = (
    Column("KPI"),
    Column("name", folds=True),
    Column("value"),
    Column("percent", number=True),
    Column("period"),
    Column("target", folds=True),
    Column("state"),
    Column("direction", folds=True),
)


def print_entered_scorecard(console: Console, card: EnteredScorecard) -> None:
    """Every entered KPI at a standpoint, and what is due."""
    if not card.lines:
        say(console, "No KPI that is entered by hand is in force.")
        return
    print_table(console, Table(_LINES, list(map(_line, card.lines))))
    say(console, "", BY_HAND)
    say(console, *(f"{one.code}: {one.sentence}" for one in card.due))


WHOLE_COLUMNS: Final = tuple(
    map(
        Column,
        (
            *("Measure", "Name", "Period from", "Period to", "Numerator", "Denominator", "Percentage", "95% from"),
            *("95% to", "State", "Target", "Direction", "Source", "Entered by"),
        ),
    )
)


def lines_table(card: EnteredScorecard) -> Table:
    """Every line, a number a column."""
    return Table(WHOLE_COLUMNS, list(map(_numbers, card.lines)), "Entered by hand")


def _numbers(line: EnteredLineResult) -> list[Any]:
    figure, interval = line.figure, line.figure.interval
    reached = line.against.reached if line.against else None
    return [
        *(figure.code, figure.name, figure.cohort.first_day, figure.cohort.last_day),
        *(figure.numerator, figure.denominator, percent(figure.numerator, figure.denominator)),
        *((Percentage(interval.low), Percentage(interval.high)) if interval else (None, None)),
        *(line.state, Percentage(float(reached)) if reached else None, direction(line) or None),
        *(figure.source, who_entered(figure) or None),
    ]


def _line(line: EnteredLineResult) -> tuple[str, ...]:
    figure = line.figure
    return (
        figure.code,
        figure.name,
        numbers(figure.numerator, figure.denominator),
        share(figure.numerator, figure.denominator),
        period_in_words(figure),
        to_be_reached(line.target) if line.target else "",
        line.state,
        direction(line),
    )


def period_in_words(figure: EnteredFigureResult) -> str:
    """The period of a figure."""
    return period_words(figure.frequency, figure.cohort.last_day)


def direction(line: EnteredLineResult) -> str:
    """Which way a figure went, in few words; nothing where that cannot be said."""
    moved = line.movement
    return "" if moved is None or moved.glyph is None else f"{moved.glyph} {moved.judged or ''}".strip()


def who_entered(figure: EnteredFigureResult) -> str:
    """By whom a figure was entered, and when: Pat for the provider, 3 Jun 2017 to 5 Jun 2017."""
    days: dict[str, list[date]] = {}
    for one in figure.entered:
        days.setdefault(f"{one.actor} for the {one.party}", []).append(one.on)
    return "; ".join(f"{who}, {text.window(min(its), max(its))}" for who, its in days.items())


def open_questions(figure: EnteredFigureResult) -> str:
    """How many of its values are questioned, in a sentence; empty of none."""
    questioned = sum(one.state.startswith("questioned") for one in figure.entered)
    return f"{text.plural(questioned, 'value is', 'values are')} questioned." if questioned else ""


def trend_of(figure: EnteredFigureResult, spark: Sequence[EnteredPoint], target: float | None) -> Drawing | None:
    """The periods of a KPI as a line, with gaps where nothing was entered; None where there is nothing to draw."""
    if not any(one.numerator is not None for one in spark):
        return None
    unit = "" if figure.is_count else "%"
    points = [_trend_point(figure, one) for one in spark]
    return trend(f"{figure.name} ({figure.code}), by period, entered by hand", points, unit=unit, target=target)


def _trend_point(figure: EnteredFigureResult, one: EnteredPoint) -> TrendPoint:
    words = f"{period_words(figure.frequency, one.last_day)}: {numbers(one.numerator, one.denominator)}"
    if one.numerator is None:
        return TrendPoint(one.last_day, None, words)
    exact = Point.of(one.last_day, one.numerator, one.denominator, "complete").exact
    return TrendPoint(one.last_day, None if exact is None else float(exact), words)


# ---- lists

LOAD_COLUMNS: Final = (
    Column("KPI", whole=True),
    Column("Agency"),
    Column("Days"),
    Column("Value", number=True),
    Column("Percent", number=True),
)
REJECTED_COLUMNS: Final = (
    Column("Row", number=True, whole=True),
    Column("Column"),
    Column("Code", aside=True),
    Column("What is wrong", folds=True),
)


def load_table(loaded: Loaded) -> Table:
    """What a list would enter."""
    rows = [
        (
            one.code,
            one.agency or WHOLE_WORDS,
            text.window(one.first_day, one.last_day),
            numbers(one.numerator, one.denominator),
            percent(one.numerator, one.denominator),
        )
        for one in loaded.values
    ]
    return Table(LOAD_COLUMNS, rows, "What would be entered")


def rejected_table(rejected: Sequence[Rejection]) -> Table | None:
    """What is wrong in a list, row by row; None where nothing is."""
    rows = [(Worded(str(one.sheet_row), one.sheet_row), one.column or None, one.code, one.message) for one in rejected]
    title = "What is wrong, by the row of the spreadsheet"
    return Table(REJECTED_COLUMNS, rows, title) if rows else None


def print_loaded(console: Console, loaded: Loaded) -> None:
    """What became of a list."""
    if rejected := rejected_table(loaded.rejected):
        print_table(console, rejected)
        say(console, "", "Nothing was stored: put these right, and load the whole list again.")
        return
    count = text.plural(len(loaded.values), "value")
    say(console, f"{count} entered." if loaded.stored else f"{count} would be entered. Nothing was stored.")
