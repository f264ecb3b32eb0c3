"""Tables that leave the service, whatever file they go into; and what a file says of itself: for whom, and from where.

The words of a percentage on a page become a number again: 5.5% is 0.055 with the look of a percentage, so that a
spreadsheet can reckon with it. A cell in which more than a number stands stays words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_WHOLE: Final = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+|-?(0|[1-9][0-9]{0,14})")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,6}")
_PERCENTAGE: Final = re.compile(r"(-?[0-9]{1,4}(?:\.[0-9]{1,6})?)%")


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage: `percent` of a hundred."""

    percent: float

    def __str__(self) -> str:
        return f"{self.percent:.10g}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading; a cell is words, a number, a `Share`, a day, or None for nothing to say."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself before its tables: its title, for whom it is, and pairs of a term and what it is."""

    title: str
    audience: str
    said: Sequence[tuple[str, str]] = ()


AUDIENCES: Final = {
    "full": "Those who may see all figures. It has counts under 5: not for the public.",
    "own": "One provider, about its own agencies and the sums of the area. It has counts under 5: not for the public.",
}
"""For whom a file is, in words, by the word for the audience."""


def value_of(text: str) -> Any:
    """What a cell of a page says, as a number where it is one; a number with leading zeros is a reference."""
    if _WHOLE.fullmatch(text):
        return int(text.replace(",", ""))
    if found := _PERCENTAGE.fullmatch(text):
        return Share(float(found[1]))
    return float(text) if _DECIMAL.fullmatch(text) else text or None
