"""A forecast for people: said to be one, beside its figure, with the record of earlier ones."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from rich.console import Console

from domain.rounding import READ_DECIMALS, half_up
from projections.timeliness.cohorts import COMPLETE_AFTER_MONTHS, months_later
from projections.timeliness.completeness import CohortCell, Expectation
from projections.timeliness.forecast import (
    FEWEST_COHORTS,
    FEWEST_PEOPLE,
    FEWEST_RECORDED,
    Earlier,
    Forecast,
    Record,
    Silence,
)
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, Worded

HEADING: Final = "Forecast, not a figure"


def print_forecast(console: Console, forecast: Forecast) -> None:
    """The figure, what it is expected to come to, from what, and how earlier forecasts came true."""
    figure = forecast.figure
    say(console, HEADING, f"{figure.measure.code} {figure.measure.name}", text.standpoint(figure.standpoint))
    say(console, text.slice_of(figure.slice), "", f"The figure: {text.result(figure)}.")
    if forecast.expectation and forecast.record:
        _print_expectation(console, forecast, forecast.expectation)
        _print_record(console, forecast.record)
    else:
        say(console, *sentences(forecast))
    say(console, "", text.LOCAL_ESTIMATE)


def sentences(forecast: Forecast) -> list[str]:
    """What is expected in the end and how earlier forecasts came true, or why nothing can be said."""
    if forecast.silence:
        return [f"No forecast: {_SILENT[forecast.silence](forecast)}"]
    if forecast.is_settled and forecast.expectation:
        return [f"Nothing is left to forecast: {_settled(forecast)}"]
    if forecast.expectation and forecast.record:
        return [
            *_expected(forecast, forecast.expectation),
            _learned(forecast),
            *_asides(forecast, forecast.expectation),
            *_came_true(forecast.record),
        ]
    return []


_SILENT: Final[dict[Silence, Callable[[Forecast], str]]] = {
    Silence.NOBODY: lambda _: "nobody is in the cohort.",
    Silence.INCOMPLETE: lambda forecast: f"not all is in. {text.status(forecast.figure)}",
    Silence.FEW_COHORTS: lambda forecast: (
        f"{text.plural(forecast.cohorts, 'earlier cohort')} can be looked at from beginning to end; it takes "
        f"{FEWEST_COHORTS}."
    ),
    Silence.FEW_PEOPLE: lambda forecast: (
        f"there were {text.plural(forecast.people, 'person', 'people')} in earlier cohorts; it takes {FEWEST_PEOPLE}."
    ),
    Silence.NO_RECORD: lambda _: (
        f"of fewer than {FEWEST_RECORDED} earlier forecasts is it known how they came true, and none is shown without "
        "its record."
    ),
}


def _settled(forecast: Forecast) -> str:
    final, expected = forecast.figure, forecast.expectation
    words = f"of these {final.denominator}, {expected.mean:g} are counted" if expected else ""
    last = f"{forecast.final_measure.code} as of {text.day(forecast.final_as_of)}"
    return f"{words}, and files reach {COMPLETE_AFTER_MONTHS} months past the last word on them, {last}."


def _print_expectation(console: Console, forecast: Forecast, expected: Expectation) -> None:
    say(console, *_expected(forecast, expected), "", _learned(forecast), "")
    columns = (
        Column("people of this cohort", folds=True),
        Column("now", number=True),
        Column("earlier", number=True),
        Column("of them counted in the end", number=True),
        Column("chance", number=True),
        Column("expected", number=True),
    )
    print_table(
        console, Table(columns, [_cell_row(cell) for cell in expected.cells if cell.people or cell.earlier_people])
    )
    say(console, "", *_asides(forecast, expected))


def _expected(forecast: Forecast, expected: Expectation) -> tuple[str, str]:
    figure, last = forecast.figure, text.day(forecast.final_as_of)
    (low80, high80), (low95, high95) = expected.interval(80), expected.interval(95)
    reached = months_later(forecast.final_as_of, COMPLETE_AFTER_MONTHS)
    return (
        (
            f"Expected in the end: {_number(expected.mean)} of these {figure.denominator:,}; "
            f"limits {low80:,} to {high80:,} (80%), {low95:,} to {high95:,} (95%)."
        ),
        (
            f"The end is {forecast.final_measure.code} as of {last}, once all files reach {text.day(reached)}. People "
            "who become known later are not in it."
        ),
    )


def _learned(forecast: Forecast) -> str:
    return (
        f"Learned from {text.plural(forecast.cohorts, 'earlier cohort')} with "
        f"{text.plural(forecast.people, 'person', 'people')}, each as it was seen when all files reached "
        f"{_age(forecast.age or 0)}."
    )


def _age(months: int) -> str:
    return f"{text.plural(months, 'month')} past its last day" if months else "its last day"


def _cell_row(cell: CohortCell) -> tuple[str, ...]:
    return (
        _who(cell),
        f"{cell.people:,}",
        f"{cell.earlier_people:,}",
        f"{cell.earlier_came:,}",
        text.percent(100 * cell.chance),
        _number(cell.expected),
    )


def _who(cell: CohortCell) -> str:
    if cell.counted:
        return "counted already"
    if cell.months is None:
        return "not counted yet"
    return f"not returned yet, completed {_since(cell.months)}"


def _since(months: int) -> str:
    return f"{text.plural(months, 'month')} ago" if months else "in the last month"


def _asides(forecast: Forecast, expected: Expectation) -> Iterable[str]:
    yield "With few earlier people of its own, the chance leans on that of all groups and agencies."
    if (times := half_up(expected.stretched, READ_DECIMALS)) > 1:
        yield f"Earlier forecasts missed by more than they allowed for: the limits are {times} times as wide."
    if forecast.age and forecast.figure.measure.immature:
        reached = text.day(months_later(forecast.figure.standpoint.as_of, forecast.age))
        yield f"All files reach {reached} by now: asked as of that day, more is known."


def _print_record(console: Console, record: Record) -> None:
    say(console, "", *_came_true(record), "")
    print_table(console, Table(RECORD, list(map(record_row, record.earlier))))


def _came_true(record: Record) -> tuple[str, ...]:
    made = len(record.earlier)
    return (
        (
            f"Its record: {text.plural(made, 'earlier forecast')}, made in the same way at the same age, each with "
            "only what was known then."
        ),
        (
            f"What came lay between the 80% limits in {record.held(80)} of {made}, between the 95% limits in "
            f"{record.held(95)} of {made}."
        ),
        (
            f"They were off by {_number(record.mean_error)} people on average; the figures of then, taken for the last "
            f"word, by {_number(record.mean_change)}."
        ),
        *(() if record.is_borne_out else ("The record does not bear the forecast out: do not rely on it.",)),
    )


RECORD: Final = (
    Column("as of"),
    Column("as known on"),
    Column("figure then", number=True),
    Column("expected", number=True),
    Column("80%", number=True),
    Column("95%", number=True),
    Column("came", number=True),
)
"""What is told of each earlier forecast."""


def record_row(one: Earlier) -> tuple[Any, ...]:
    """An earlier forecast, as RECORD has it."""
    mean = one.expectation.mean
    return (
        one.standpoint.as_of,
        one.standpoint.known_at or "",
        f"{one.numerator:,}/{one.denominator:,}",
        Worded(_number(mean), half_up(mean, READ_DECIMALS)),
        *("{:,} to {:,}".format(*one.expectation.interval(level)) for level in (80, 95)),
        one.came,
    )


def _number(value: float) -> str:
    return f"{half_up(value, READ_DECIMALS):,.1f}"
