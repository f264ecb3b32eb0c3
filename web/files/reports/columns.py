"""What stands in which column of a report, told from its headings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from projections.claims.report_words import YEAR_TO_DATE, last_day_in_words

_HEADINGS: Final[Mapping[str, str]] = {
    "code": "code|kpi code|measure code|indicator code|kpi no|kpi number|ref|reference|id",
    "measure": "measure|kpi|indicator|metric|measure name|kpi name|indicator name|description|name|item|performance "
    "indicator|performance measure|outcome|kpi description|indicator description",
    "group": "group|substance|substance group|drug group|client group|drug|cohort|population",
    "period": "period|month|quarter|reporting period|reporting month|date|period ending|month ending|period end|as of|"
    "as at|end date|to|time period|rolling period|last day|last_day|as_of|quarter ending",
    "numerator": "numerator|num|n|count|counted|number|actual number|no|numbers|completions|clients|numerator n",
    "denominator": "denominator|denom|den|d|base|out of|of|cohort size|in treatment|total in treatment|denominator d",
    "percentage": "percentage|%|percent|pct|rate|proportion|performance|actual|value|result|figure|actual %|"
    "performance %|current|current performance|latest|outturn|percentage %|% achieved|achieved",
    "agency": "agency|provider|service|agncy|agency code|provider code|hub|site|team",
    "area": "area|la|local authority|area code|dat|dat of residence|partnership code",
}
"""The headings that each kind of column goes by."""
_KIND_OF: Final = {name: kind for kind, names in _HEADINGS.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """The headings of a report, the place of each kind of column, and the columns that are a period each."""

    headings: Sequence[str]
    places: Mapping[str, int]
    periods: Sequence[tuple[int, str]]

    def heading(self, kind: str) -> str:
        """The heading of a kind of column; empty where there is none."""
        return self.headings[self.places[kind]] if kind in self.places else ""


def columns_of(cells: Sequence[str]) -> ReportColumns | None:
    """What a line's cells are the headings of; None where they are none of a report.

    Of two columns of one kind the first counts. ReportColumns that are not known are passed over.
    """
    places = dict[str, int]()
    periods = list[tuple[int, str]]()
    for place, cell in enumerate(cells):
        if kind := _KIND_OF.get(_plain(cell)):
            places.setdefault(kind, place)
        elif YEAR_TO_DATE.search(cell) or last_day_in_words(cell):
            periods.append((place, cell))
    if not places.keys() & {"measure", "code"}:
        return None
    figures = places.keys() & {"numerator", "percentage"}
    # A column of figures beside those of periods is a target or the like: it has no period of its own.
    return ReportColumns(list(cells), places, periods if "period" not in places else []) if figures or periods else None


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z%_ ]", " ", heading.lower()).split())
