"""Values of comparators as they are said: in a CSV file, or typed in; each checked in one way.

The file is read as `web.files.sheets.lists` says. It has a line for each value, and these columns in any order:
`area`, `measure`, `period`, and `numerator`, `denominator` or `percentage` (two counts, a percentage, or all three). A
line that is wrong is named by its row, column and code, with a sentence, and then nothing of the file is taken.
"""

from decimal import Decimal
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
from web.files.sheets.lists import (
    ROW_OF_TOTALS,
    TOO_MANY_CELLS,
    TOTALS_WORDS,
    ListLayout,
    WrittenList,
    WrittenRow,
    is_total,
    read_list_text,
    whole_number_written,
    with_decimal_point,
)
from web.files.values import clean

COLUMNS: Final = ("area", "measure", "period", "numerator", "denominator", "percentage")
NEEDED: Final = COLUMNS[:3]
NATION: Final = "England"
"""The area whose value is the nation's."""
MOST_LINES: Final = 5000
LARGEST_FILE: Final = 500_000
"""Bytes; several times what all areas and measures of a year take."""
LARGEST_COUNT: Final = 10_000_000
_LAYOUT: Final = ListLayout(NEEDED, MOST_LINES, "values-unreadable", "values-columns", "values-too-long")

FILE_REFUSALS: Final = {
    "values-unreadable": "The file of values is no CSV text in UTF-8 or Windows-1252.",
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
    ROW_OF_TOTALS: "A row of the file adds up others.",
    TOO_MANY_CELLS: "A row of the file has a cell under no column.",
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
    ROW_OF_TOTALS: "area",
    TOO_MANY_CELLS: "percentage",
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
    if not text.strip():
        return None
    number = whole_number_written(text)
    if number is None or not 0 <= number <= LARGEST_COUNT:
        raise Refused("number-unreadable", "That is no number of people. Write it in figures.")
    return number


def _percentage(text: str) -> StatedPercentage | None:
    if not text.strip():
        return None
    try:
        return StatedPercentage.parse(with_decimal_point(text))
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
    listed = _listed(data, name)
    values: list[ComparatorValue] = []
    rejected: list[Rejection] = []
    lines: dict[tuple[object, ...], int] = {}
    for row in listed.rows:
        try:
            value = checked_value(_said(row))
            if (before := lines.setdefault(value.key, row.in_sheet)) != row.in_sheet:
                raise Refused("area-twice", f"{value.name} has a value of the same measure and period in row {before}.")
            values.append(value)
        except Refused as refused:
            column = COLUMN_OF.get(refused.code, "area")
            rejected.append(Rejection(row.number, column, refused.code, refused.message, row.in_sheet))
    if not values and not rejected:
        raise Refused("values-empty", f"{name} has no line. Its first line is {','.join(COLUMNS)}.", name)
    unread = tuple(column for column in listed.columns if column and column not in COLUMNS)
    return ReadValues(tuple(values), tuple(rejected), unread)


def _said(row: WrittenRow) -> SaidValue:
    """What a row says. Raises Refused for one that adds up others, or has a cell under no column."""
    area, measure, period, numerator, denominator, percentage = (clean(row.cells.get(column, "")) for column in COLUMNS)
    if is_total(area):
        raise Refused(ROW_OF_TOTALS, f"{TOTALS_WORDS} The area of the national value is called {NATION}.")
    if row.surplus:
        raise Refused(TOO_MANY_CELLS, row.surplus_words)
    return SaidValue(area, measure, period, numerator, denominator, percentage)


def _listed(data: bytes, name: str) -> WrittenList:
    if len(data) > LARGEST_FILE:
        raise Refused("values-too-long", f"{name} has more than {LARGEST_FILE:,} bytes.", name)
    listed = read_list_text(data, name, _LAYOUT)
    missing = [column for column in NEEDED if column not in listed.columns]
    if not missing and not {"percentage", "numerator"} & set(listed.columns):
        missing = ["percentage"]
    if missing or listed.is_twofold:
        wanted = f"The first line of {name} names the columns {', '.join(COLUMNS)}, each once and in any order"
        wrong = (
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else "one is there twice"
        )
        raise Refused("values-columns", f"{wanted}; {wrong}.", name)
    return listed
