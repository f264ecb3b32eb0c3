"""The figures in a report's cells, as systems and people write them: 1,234, 5.48%, 24 of 438, * where suppressed."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

from domain.rounding import half_up
from projections.claims.plausibility import StatedPercentage

SUPPRESSED_SIGNS: Final = frozenset(
    {"*", "**", "c", "x", "<5", "< 5", "..", ":", "[c]", "s", "suppressed", "n/a", "na", "-", "–"}
)
"""What stands in place of a figure that is not told."""

_COUNT: Final = re.compile(r"\d{1,9}|\d{1,3}(?:[, ]\d{3}){1,2}")
_SHARE: Final = re.compile(rf"({_COUNT.pattern})\s*(?:/|of|out of)\s*({_COUNT.pattern})(?:\s*\(.*\))?")
_PERCENTAGE: Final = re.compile(r"(\d{1,3})(?:[.,](\d{1,20}))?\s*%?")
_FRACTION: Final = re.compile(r"(?:0?[.,](\d{1,20})|0|1(?:[.,]0{1,17})?)")
_MOST_DECIMALS: Final = 4
"""Decimals of a percentage; a spreadsheet's own value has up to 20, and is rounded to these."""


class Stated(NamedTuple):
    """What a cell, or the cells of a row, state; a percentage as it was printed, without its sign."""

    numerator: int | None = None
    denominator: int | None = None
    percentage: str = ""
    fraction: str = ""


def is_suppressed(cell: str) -> bool:
    """Whether it says that the figure is not told."""
    return cell.lower() in SUPPRESSED_SIGNS


def count_in(cell: str) -> int | None:
    """A whole number of people; None where there is none, or something else."""
    text = cell.removesuffix(".0").removesuffix(".00")
    return int(re.sub(r"[, ]", "", text)) if _COUNT.fullmatch(text) else None


def share_in(cell: str) -> Stated | None:
    """Two numbers in one cell: 24 of 438, 24/438."""
    share = _SHARE.fullmatch(cell.lower())
    return Stated(count_in(share[1]), count_in(share[2])) if share else None


def percentage_in(cell: str) -> str:
    """A percentage as it was printed, with a point: 5.48; empty where there is none."""
    printed = _PERCENTAGE.fullmatch(cell)
    if printed is None:
        return ""
    text = f"{int(printed[1])}.{printed[2]}" if printed[2] else str(int(printed[1]))
    if printed[2] and len(printed[2]) > _MOST_DECIMALS:
        text = _rounded(Fraction(text), _MOST_DECIMALS)
    return StatedPercentage.parse(text).text if int(printed[1]) < 100 or text.strip("0.") == "1" else ""


def _rounded(number: Fraction, decimals: int) -> str:
    return f"{half_up(number, decimals):.{decimals}f}"


def decimals_of_fractions(cells: Iterable[str]) -> int | None:
    """How many decimals the percentages of a column have that is written in fractions of one (0.0548 for 5.48%).

    None where it is not: where a cell is no number from 0 to 1, has a sign of percent, or none lies between the two.
    """
    written = [_FRACTION.fullmatch(cell) for cell in cells]
    if not all(written) or not any(one and one[1] and one[1].strip("0") for one in written):
        return None
    most = max(len(one[1] or "") for one in written if one)
    return min(max(most - 2, 0), _MOST_DECIMALS)


def fraction_in(cell: str, decimals: int) -> Stated:
    """The percentage that a fraction of one is, with so many decimals."""
    percentage = _rounded(Fraction(cell.replace(",", ".")) * 100, decimals)
    return Stated(percentage=StatedPercentage.parse(percentage).text, fraction=cell)


def is_fraction(cell: str) -> bool:
    """Whether a cell is a fraction of one, as `fraction_in` reads it."""
    return _FRACTION.fullmatch(cell) is not None
