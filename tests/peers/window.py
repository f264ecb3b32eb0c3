"""The windows of the KPIs, as each peer is given them: a period includes its first and its last day."""

import calendar
from datetime import date, timedelta
from typing import Final, NamedTuple

FAMILIES: Final = {"phof": (18, 6), "4": (12, 0), "5": (12, 6), "5u": (6, 0)}
"""Family -> from how many months back to how many months back its window reaches."""
GROUPS_PHOF: Final = {0: "1.0", 1: "2.0", 2: "3.0", 3: "2.0"}
OPEN: Final = date(9999, 12, 31)
"""The last day of an episode that is open."""

Counts = dict[str, tuple[int, int]]
"""KPI -> (numerator, denominator); what is not there is 0 of 0."""


class Window(NamedTuple):
    first_day: date
    last_day: date


def window_of(family: str, as_of: date) -> Window:
    first_back, last_back = FAMILIES[family]
    after = as_of + timedelta(days=1)
    return Window(months_back(after, first_back), months_back(after, last_back) - timedelta(days=1))


def months_back(day: date, months: int) -> date:
    """So many months earlier; a day that the month does not have becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def code(family: str, group: int) -> str:
    """The KPI of a family and a group: 0 opiate, 1 non-opiate, 2 alcohol, 3 non-opiate and alcohol."""
    if family == "phof":
        return GROUPS_PHOF[group]
    return f"5.{group}u" if family == "5u" else f"{family}.{group}"


def tallied(family: str, groups: list[tuple[int, int, int]], counts: Counts) -> None:
    """Add rows of (group, numerator, denominator) to the counts: two groups make one KPI of PHOF 2.15ii."""
    for group, numerator, denominator in groups:
        before = counts.get(code(family, group), (0, 0))
        counts[code(family, group)] = before[0] + numerator, before[1] + denominator
