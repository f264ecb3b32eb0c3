"""Tables that leave the service, whatever file they go into; and what a file says of itself: for whom, and from where.

What a cell of a page says becomes a number or a day again, so that a spreadsheet can reckon with it, sort by it and
draw it: 5.5% is 0.055 with the look of a percentage, 31 Jul 2017 a day, August 2015 a month. A cell in which more than
one of these stands stays words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

_SIGN: Final = "[+−-]?"
_WHOLE: Final = re.compile(rf"{_SIGN}[0-9]{{1,3}}(,[0-9]{{3}})+|{_SIGN}(0|[1-9][0-9]{{0,14}})")
_DECIMAL: Final = re.compile(rf"{_SIGN}(0|[1-9][0-9]{{0,14}})\.[0-9]{{1,6}}")
_PERCENTAGE: Final = re.compile(rf"({_SIGN}[0-9]{{1,4}}(?:\.[0-9]{{1,6}})?)%")
_DAYS: Final = (
    (re.compile(r"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}"), "%d %b %Y"),
    (re.compile(r"[0-9]{1,2} [A-Z][a-z]{2,8} [0-9]{4}"), "%d %B %Y"),
)
_MONTHS: Final = (
    (re.compile(r"[A-Z][a-z]{2} [0-9]{4}"), "%b %Y"),
    (re.compile(r"[A-Z][a-z]{2,8} [0-9]{4}"), "%B %Y"),
)


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage: `percent` of a hundred."""

    percent: float

    def __str__(self) -> str:
        return f"{self.percent:.10g}"


@dataclass(frozen=True, slots=True)
class Month:
    """A month, by its first day."""

    first_day: date

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading; a cell is words, a number, a `Share`, a day, a `Month`, or None for nothing to say."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself before its tables: its title, for whom it is, and pairs of a term and what it is.

    `where` says from where and of whom its figures are seen; `notice`, that nobody in it is real, where that is so.
    """

    title: str
    audience: str
    said: Sequence[tuple[str, str]] = ()
    where: Sequence[tuple[str, str]] = ()
    notice: str = ""

    @property
    def terms(self) -> list[tuple[str, str]]:
        """What each table alone has to say as well: from where, of whom, and of the invented that they are."""
        return [*self.where, *([("Invented", self.notice)] if self.notice else [])]


AUDIENCES: Final = {
    "full": "Those who may see all figures. It has counts under 5: not for the public.",
    "own": "One provider, about its own agencies and the sums of the area. It has counts under 5: not for the public.",
}
"""For whom a file is, in words, by the word for the audience."""


def value_of(text: str) -> Any:
    """What a cell of a page says, as what it is; a number with leading zeros is a reference."""
    if not text:
        return None
    if _WHOLE.fullmatch(text):
        return int(_plain(text))
    if found := _PERCENTAGE.fullmatch(text):
        return Share(float(_plain(found[1])))
    if _DECIMAL.fullmatch(text):
        return float(_plain(text))
    if day := _read(text, _DAYS):
        return day
    month = _read(text, _MONTHS)
    return Month(month) if month else text


def _plain(number: str) -> str:
    return number.replace(",", "").replace("−", "-")


def _read(text: str, forms: Sequence[tuple[re.Pattern[str], str]]) -> date | None:
    """The day that these words are; None for words of such a look that are none."""
    for pattern, form in forms:
        if pattern.fullmatch(text):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no hour
            except ValueError:
                continue
    return None
