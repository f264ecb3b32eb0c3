"""Values of comparators as they are said: in a CSV file, or typed in; each checked in one way.

The file has a line for each value and a header with these columns, by name and in any order: `area`, `measure`,
`period`, and `numerator`, `denominator` or `percentage` (two counts, a percentage, or all three). A line that is wrong
is named by its row, column and code, with a sentence, and then nothing of the file is taken.
"""

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import Final, NamedTuple

from domain.contract_life.comparators import (
    HOW_PERIODS_ARE_WRITTEN,
    ComparatorValue,
    ValueKind,
    area_key,
    comparator_words,
    period_written,
)
from domain.errors import Refused, WrongUse
from domain.submission import Rejection
from projections.claims.plausibility import StatedPercentage
from projections.performance.beside.comparators import COMPARABLES

COLUMNS: Final = ("area", "measure", "period", "numerator", "denominator", "percentage")
NEEDED: Final = COLUMNS[:3]
NATION: Final = "England"
"""The area whose value is the nation's."""
MOST_LINES: Final = 5000
LARGEST_FILE: Final = 500_000
"""Bytes; several times what all areas and measures of a year take."""
LARGEST_COUNT: Final = 10_000_000

FILE_REFUSALS: Final = {
    "values-unreadable": "The file of values is no CSV text in UTF-8.",
    "values-columns": "The file of values lacks a column, or has one twice.",
    "values-empty": "The file of values has no line.",
    "values-too-long": f"The file of values has more than {MOST_LINES:,} lines, or {LARGEST_FILE:,} bytes.",
}
"""Why a file of values is refused whole, by code."""

VALUE_REFUSALS: Final = {
    "area-missing": "A value has no area.",
    "area-twice": "An area has two values of one measure and period.",
    "measure-unknown": "There is no such measure, or none of which values of others can be held.",
    "period-unknown": "The period is none.",
    "value-missing": "Neither a percentage is given nor two counts.",
    "value-half": "A numerator is given without a denominator.",
    "number-unreadable": "A numerator or denominator is no whole number.",
    "numerator-above-denominator": "A numerator is above its denominator.",
    "denominator-zero": "The denominator is 0, so there is no percentage.",
    "percentage-unreadable": "The percentage is none, or has more than four decimals.",
    "percentage-impossible": "The percentage is below 0 or above 100.",
    "percentage-no-fraction": "No fraction with that denominator prints as the percentage.",
    "percentage-other-fraction": "The percentage is not what the two counts print as.",
    "range-empty": "A range ends below its beginning, or is of counts.",
}
"""Why a value is not taken, by code."""

COLUMN_OF: Final = {
    "area-missing": "area",
    "area-twice": "area",
    "comparator-words-too-long": "area",
    "comparator-words-unreadable": "area",
    "measure-unknown": "measure",
    "period-unknown": "period",
    "value-missing": "percentage",
    "value-half": "denominator",
    "number-unreadable": "numerator",
    "numerator-above-denominator": "numerator",
    "denominator-zero": "denominator",
    "percentage-unreadable": "percentage",
    "percentage-impossible": "percentage",
    "percentage-no-fraction": "percentage",
    "percentage-other-fraction": "percentage",
    "range-empty": "percentage_to",
}
"""The column, or the field of a form, that a refusal is about."""


class SaidValue(NamedTuple):
    """A value as it was written, each part as text; what is empty was not said."""

    area: str
    measure: str
    period: str
    numerator: str = ""
    denominator: str = ""
    percentage: str = ""
    percentage_to: str = ""
    kind: ValueKind = ValueKind.AREA


# ---- one value


def checked_value(said: SaidValue) -> ComparatorValue:
    """The value that was written.

    Raises:
        Refused: something of it is not as it must be; the code is one of VALUE_REFUSALS.
    """
    name = comparator_words(said.area, "name of an area")
    if not name:
        raise Refused("area-missing", "Say whose value it is.")
    kind = said.kind
    if kind is ValueKind.AREA and area_key(name) == area_key(NATION):
        kind = ValueKind.NATIONAL
    period = period_written(said.period)
    if period is None:
        raise Refused("period-unknown", f"That is no period. Write it like {HOW_PERIODS_ARE_WRITTEN}.")
    counts = _counts(said)
    percentage = _percentage(said.percentage)
    _check_together(percentage, *counts)
    return ComparatorValue(
        measure=measure_written(said.measure),
        first_day=period.first_day,
        last_day=period.last_day,
        kind=kind,
        name=name,
        numerator=counts[0],
        denominator=counts[1],
        percentage=percentage.value if percentage else None,
        percentage_to=_upper_end(said, percentage, counts[0]),
    )


THERE_ARE: Final = (
    "There are 1.0 to 5.3, other shares like T.start, and of the caseload profile.six-years, profile.career and "
    "profile.first."
)


def measure_written(code: str) -> str:
    """The code of what is compared; a spreadsheet makes 4 of 4.0, and then 4.0 is meant.

    Raises:
        Refused: there is none.
    """
    written = code.strip()
    code = f"{written}.0" if written.isascii() and written.isdigit() else written
    if code not in COMPARABLES:
        raise Refused(
            "measure-unknown",
            f"That is no measure of which values of others can be held. {THERE_ARE}",
        )
    return code


def _counts(said: SaidValue) -> tuple[int | None, int | None]:
    numerator, denominator = (_count(text) for text in (said.numerator, said.denominator))
    if numerator is not None and denominator is None:
        raise Refused("value-half", f"The numerator {numerator} needs a denominator.")
    if numerator is None and not said.percentage.strip():
        raise Refused("value-missing", "Give a percentage, or a numerator and a denominator.")
    if denominator == 0:
        raise Refused("denominator-zero", "Of nobody there is no percentage. Leave this area out.")
    if numerator is not None and denominator is not None and numerator > denominator:
        raise Refused("numerator-above-denominator", f"{numerator} of {denominator} cannot be.")
    return numerator, denominator


def _count(text: str) -> int | None:
    written = text.strip().replace(",", "")
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 8 and int(written) <= LARGEST_COUNT):
        raise Refused("number-unreadable", "That is no number of people. Write it in figures.")
    return int(written)


def _percentage(text: str) -> StatedPercentage | None:
    if not text.strip():
        return None
    try:
        return StatedPercentage.parse(text)
    except WrongUse as error:
        raise Refused("percentage-unreadable", "That is no percentage. Write it like 7.36.") from error
    except Refused as refused:
        code = "percentage-unreadable" if refused.code == "percentage-decimals" else refused.code
        raise Refused(code, refused.message) from refused


def _check_together(percentage: StatedPercentage | None, numerator: int | None, denominator: int | None) -> None:
    """Hold a printed percentage against the counts that stand beside it."""
    if percentage is None or denominator is None:
        return
    if numerator is None and not percentage.numerators(denominator):
        raise Refused(
            "percentage-no-fraction",
            f"No number of {denominator} people prints as {percentage.text}%. One of the two is mistyped.",
        )
    if numerator is not None and not percentage.could_be(numerator, denominator):
        raise Refused(
            "percentage-other-fraction",
            f"{numerator} of {denominator} does not print as {percentage.text}%. One of the three is mistyped.",
        )


def _upper_end(said: SaidValue, low: StatedPercentage | None, numerator: int | None) -> Decimal | None:
    high = _percentage(said.percentage_to)
    if high is None:
        return None
    if low is None or numerator is not None or said.denominator.strip():
        raise Refused("range-empty", "A range goes from one percentage to another, and has no counts.")
    if high.value < low.value:
        raise Refused("range-empty", f"A range from {low.text}% to {high.text}% is empty. Give the lower one first.")
    return high.value


# ---- a file


class ReadValues(NamedTuple):
    """What a file says: its values, or what is wrong with it; and the columns that were left out."""

    values: tuple[ComparatorValue, ...]
    rejected: tuple[Rejection, ...]
    unread: tuple[str, ...]


def read_values(data: bytes, name: str) -> ReadValues:
    """The values of a file.

    Raises:
        Refused: it cannot be read whole; the code is one of FILE_REFUSALS.
    """
    columns, rows = _rows(data, name)
    values: list[ComparatorValue] = []
    rejected: list[Rejection] = []
    lines: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows, 1):
        cells = {column: (row.get(name) or "").strip() for column, name in columns.items()}
        if not any(cells.values()):
            continue
        try:
            value = checked_value(_said(cells))
            if (before := lines.setdefault(value.key, number)) != number:
                raise Refused("area-twice", f"{value.name} has a value of the same measure and period in row {before}.")
            values.append(value)
        except Refused as refused:
            column = COLUMN_OF.get(refused.code, "area")
            rejected.append(Rejection(number, column, refused.code, refused.message, number + 1))
    if not values and not rejected:
        raise Refused("values-empty", f"{name} has no line. Its first line is {','.join(COLUMNS)}.", name)
    unread = tuple(column for column in columns if column not in COLUMNS)
    return ReadValues(tuple(values), tuple(rejected), unread)


def _said(cells: Mapping[str, str]) -> SaidValue:
    area, measure, period, numerator, denominator, percentage = (cells.get(column, "") for column in COLUMNS)
    return SaidValue(area, measure, period, numerator, denominator, percentage)


def _rows(data: bytes, name: str) -> tuple[Mapping[str, str], Sequence[Mapping[str, str | None]]]:
    """The columns by their names in small letters, each with its name in the file; and the rows."""
    if len(data) > LARGEST_FILE:
        raise Refused("values-too-long", f"{name} has more than {LARGEST_FILE:,} bytes.", name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("values-unreadable", f"{name} is no text in UTF-8. Save it as CSV (UTF-8).", name) from error
    if "\0" in text:
        raise Refused("values-unreadable", f"{name} holds a NUL byte. Save it as CSV (UTF-8).", name)
    try:
        reader = csv.DictReader(StringIO(text, newline=""), strict=True)
        header = list(reader.fieldnames or ())
        rows = list(islice(reader, MOST_LINES + 1))
    except csv.Error as error:
        raise Refused("values-unreadable", f"{name} is no CSV: {error}.", name) from error
    columns = [column.strip().casefold() for column in header]
    missing = [column for column in NEEDED if column not in columns]
    if missing or len(set(columns)) < len(columns) or not {"percentage", "numerator"} & set(columns):
        wanted = f"The first line of {name} names the columns {', '.join(COLUMNS)}, each once and in any order"
        raise Refused("values-columns", f"{wanted}{f'; {missing[0]} is missing' if missing else ''}.", name)
    if len(rows) > MOST_LINES:
        raise Refused("values-too-long", f"{name} has more than {MOST_LINES:,} lines.", name)
    return dict(zip(columns, header, strict=True)), rows
