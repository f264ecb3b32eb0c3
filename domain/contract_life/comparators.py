"""Comparators: which areas a council is compared with, of which measures, and what they reached in a period.

A set of areas is a stream, and so is each release of values: a file that was loaded, or one value that was typed in.
Neither brings knowledge of clients; no figure changes by them, and they take no part in what `known_at` resolves to.
`occurred_on` is the day on which a set was said to hold, or on which values were released: as known on a day, what had
been said by then counts. A later release of the same period is a new fact and leaves the older one as it was said.

Percentages are exact decimals as printed; a period includes its first and its last day.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.errors import Refused
from domain.log.mapper import Event
from domain.periods import Period, add_months, last_day_of_month, quarter_of
from domain.words import kept_words

_SETS: Final = UUID("0d3f0a0e-6a7c-4b6d-9c43-2d5c8a1f7b10")
_RELEASES: Final = UUID("7b1c9f52-31d4-4a6e-8f27-5e90c4d2a6b3")
"""Namespaces of the stream ids; sets and releases are each told apart by their number."""

SET: Final = "comparator set"
RELEASE: Final = "release of comparator values"
"""The two things, as the table of steps calls them."""
IN_USE, WITHDRAWN = "in use", "withdrawn"

LONGEST_WORDS: Final = 200
"""Characters of a name, a source or a reason."""
MOST_AREAS: Final = 400
"""Of a set: more than there are councils that commission treatment."""


class ValueKind(StrEnum):
    """Whose a value is: one area's, that of a group as a whole, the nation's, or a range within a group."""

    AREA = "area"
    GROUP = "group"
    NATIONAL = "national"
    TOP_QUARTILE = "top quartile"


class ComparatorValue(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What somebody reached in a period: two counts, or a percentage as it was printed, or both.

    `name` is the area's, or what the group is called. A range goes from `percentage` up to `percentage_to`.
    """

    measure: str
    first_day: date
    last_day: date
    kind: ValueKind = ValueKind.AREA
    name: str
    numerator: int | None = None
    denominator: int | None = None
    percentage: Decimal | None = None
    percentage_to: Decimal | None = None

    @property
    def period(self) -> Period:
        """The days for which it was released."""
        return Period(self.first_day, self.last_day)

    @property
    def key(self) -> tuple[str, Period, ValueKind, str]:
        """What it is the value of: a later release of the same stands in its place."""
        return self.measure, self.period, self.kind, area_key(self.name)


class ComparatorEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the ordinal of the set, or of the release."""

    number: int


class ComparatorSetDefined(ComparatorEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Areas that are compared with each other, of these measures; `own_area` is what ours is called among them.

    `source` says who grouped them, and where that is written.
    """

    TOPIC: ClassVar[str] = "comparator-set.defined.v1"
    name: str
    measures: tuple[str, ...]
    areas: tuple[str, ...]
    own_area: str = ""
    source: str = ""


class ComparatorSetChanged(ComparatorSetDefined, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """From this day on the set is this one; as known before, it was the other."""

    TOPIC: ClassVar[str] = "comparator-set.changed.v1"


class ComparatorSetWithdrawn(ComparatorEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """From this day on nothing is compared with the set; as known before, it was."""

    TOPIC: ClassVar[str] = "comparator-set.withdrawn.v1"
    reason: str = ""


class ComparatorValuesReleased(ComparatorEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Values became known; `file` and its hash where they came in one, nothing where they were typed in."""

    TOPIC: ClassVar[str] = "comparator-values.released.v1"
    values: tuple[ComparatorValue, ...]
    source: str = ""
    file: str = ""
    sha256: str = ""


class ComparatorValuesWithdrawn(ComparatorEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """From this day on the release is known to be wrong; what an earlier one said of the same stands again."""

    TOPIC: ClassVar[str] = "comparator-values.withdrawn.v1"
    reason: str = ""


COMPARATOR_EVENTS: Final[tuple[type[ComparatorEvent], ...]] = (
    ComparatorSetDefined,
    ComparatorSetChanged,
    ComparatorSetWithdrawn,
    ComparatorValuesReleased,
    ComparatorValuesWithdrawn,
)


def set_stream(number: int) -> UUID:
    """The stream of the set with this ordinal."""
    return uuid5(_SETS, str(number))


def release_stream(number: int) -> UUID:
    """The stream of the release with this ordinal."""
    return uuid5(_RELEASES, str(number))


# ---- words, areas and periods


def comparator_words(text: str, what: str = "name or source") -> str:
    """A name or a source as it is kept: its letters in one way of writing, single spaces between words.

    Raises:
        Refused: it is too long, or not all of it can be read.
    """
    return kept_words(text, LONGEST_WORDS, f"The {what}", "comparator-words")


def area_key(name: str) -> str:
    """By what two ways of writing an area are the same: without regard to case, and "&" is "and"."""
    return " ".join(name.casefold().replace("&", " and ").split())


def check_areas(areas: tuple[str, ...]) -> tuple[str, ...]:
    """The areas of a set, as they are kept.

    Raises:
        Refused: there are none, too many, or one is named twice.
    """
    names = tuple(filter(None, (comparator_words(area, "name of an area") for area in areas)))
    if not names:
        raise Refused("comparator-set-empty", "Name the areas of the set: without areas there is nothing to compare.")
    if len(names) > MOST_AREAS:
        raise Refused("comparator-set-too-large", f"A set has at most {MOST_AREAS} areas, and this one {len(names)}.")
    seen: set[str] = set()
    for name in names:
        if area_key(name) in seen:
            raise Refused("comparator-area-twice", f"{name} is named twice. Name each area once.")
        seen.add(area_key(name))
    return names


_QUARTER: Final = re.compile(r"Q([1-4])\s+(\d{2}|\d{4})/(\d{2})", re.IGNORECASE)
_QUARTER_BEHIND: Final = re.compile(r"(\d{2}|\d{4})/(\d{2}) Q([1-4])", re.IGNORECASE)
_COUNCIL_YEAR: Final = re.compile(r"(\d{4})/(\d{2})")
_YEAR: Final = re.compile(r"\d{4}")
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_DAYS: Final = re.compile(r"(\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})")
_SLASHED: Final = re.compile(r"\b([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b")
HOW_PERIODS_ARE_WRITTEN: Final = "Q3 2016/17, 2016/17, 2016, 2016-12 or 2016-10-01 to 2016-12-31"


def period_written(text: str) -> Period | None:
    """The period of a council's quarter or year, a calendar year, a month, or from one day to another; None of others.

    Q3 2016/17 (or Q3 16/17, or 2016/17 Q3) is 1 October to 31 December 2016, 2016/17 is 1 April 2016 to 31 March 2017.
    A day with slashes is day/month/year.
    """
    written = " ".join(text.split())
    written = _QUARTER_BEHIND.sub(r"Q\3 \1/\2", written) if _QUARTER_BEHIND.fullmatch(written) else written
    written = _SLASHED.sub(lambda day: f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}", written)
    if (match := _QUARTER.fullmatch(written)) and _follows(match[2], match[3]):
        year = int(match[2])
        return _months_from(year + (2000 if year < 100 else 0), 1 + 3 * int(match[1]), 3)
    if (match := _COUNCIL_YEAR.fullmatch(written)) and _follows(match[1], match[2]):
        return _months_from(int(match[1]), 4, 12)
    if _YEAR.fullmatch(written):
        return _months_from(int(written), 1, 12)
    if match := _MONTH.fullmatch(written):
        return _months_from(int(match[1]), int(match[2]), 1) if 1 <= int(match[2]) <= 12 else None
    if match := _DAYS.fullmatch(written):
        return _from_day_to_day(match[1], match[2])
    return None


def _follows(year: str, next_year: str) -> bool:
    return (int(year[-2:]) + 1) % 100 == int(next_year)


def _months_from(year: int, month: int, months: int) -> Period | None:
    """So many months from a month of a year on; the months of a year go on into the next. None outside of all time."""
    if not 1990 <= year <= 2100:
        return None
    first_day = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return Period(first_day, add_months(first_day, months) - timedelta(days=1))


def _from_day_to_day(first: str, last: str) -> Period | None:
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None
    return period if period.first_day <= period.last_day else None


@lru_cache(maxsize=1024)  # Hundreds of values have one period, and each names it.
def period_words(period: Period) -> str:
    """A period as councils write it; `period_written` reads it back."""
    first, last = period.first_day, period.last_day
    if first == last.replace(day=1) and last == last_day_of_month(last):
        return f"{last:%Y-%m}"
    quarter = period_written(quarter_of(last))
    if quarter == period:
        return quarter_of(last)
    for written in (f"{first.year}/{(first.year + 1) % 100:02d}", f"{first.year}"):
        if period_written(written) == period:
            return written
    return f"{first.isoformat()} to {last.isoformat()}"
