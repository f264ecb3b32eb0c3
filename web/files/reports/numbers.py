"""The figures in a report's cells, as systems and people write them: 1,234, 5.48%, 24 of 438, * where suppressed."""

import re
from typing import Final, NamedTuple

from projections.claims.plausibility import StatedPercentage

SUPPRESSED_SIGNS: Final = frozenset(
    {"*", "**", "c", "x", "<5", "< 5", "..", ":", "[c]", "s", "suppressed", "n/a", "na", "-", "–"}
)
"""What stands in place of a figure that is not told."""

_COUNT: Final = re.compile(r"\d{1,9}|\d{1,3}(?:[, ]\d{3}){1,2}")
_SHARE: Final = re.compile(rf"({_COUNT.pattern})\s*(?:/|of|out of)\s*({_COUNT.pattern})(?:\s*\(.*\))?")
_PERCENTAGE: Final = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?\s*%?")


class Stated(NamedTuple):
    """What a cell, or the cells of a row, state; a percentage as it was printed, without its sign."""

    numerator: int | None = None
    denominator: int | None = None
    percentage: str = ""


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
    return StatedPercentage.parse(text).text if int(printed[1]) < 100 or text.strip("0.") == "1" else ""
