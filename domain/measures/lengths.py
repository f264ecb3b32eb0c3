"""How long somebody has been in treatment, in whole years, and the bands that people are counted by.

A year has passed on the same day of the next one. [S: the paper segments its caseload of six years and more]
"""

from datetime import date
from typing import Final

from domain.periods import add_months

LENGTHS: Final = (("under 1 year", 0, 1), ("1 to 2 years", 1, 2), ("2 to 4 years", 2, 4), ("4 to 6 years", 4, 6))
"""Each band: its name, from how many whole years on, and before how many."""
LONGEST: Final = "6 years or more"
"""The band after these, which has no end."""


def whole_years(begin: date, end: date) -> int:
    """Whole years from one day to another."""
    years = end.year - begin.year
    return years - (add_months(begin, 12 * years) > end)


def length_band(begin: date, end: date) -> str:
    """The name of the band that a treatment from one day to another is in."""
    years = whole_years(begin, end)
    return next((name for name, low, high in LENGTHS if low <= years < high), LONGEST)


BANDS: Final = (*(name for name, _, _ in LENGTHS), LONGEST)
"""The names of all bands, the shortest first."""
