"""Where a service's own council stands among all that are read together, as its people see it: the others suppressed.

The folder and the name of our own council are settings; where there is nothing to read, the refusal says what is
missing.
"""

from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from domain.errors import Refused
from domain.periods import ONE_DAY, last_day_of_month
from projections.national.folder import councils_in, has_councils

from . import national
from .national import NationalFiguresQuery, NationalFiguresResult, NationalViewer

NOT_SET: Final = "national-not-set"
NOT_INSTALLED: Final = "national-not-installed"
NOBODY_WROTE: Final = "national-empty"
NOTHING_READ: Final = {
    NOT_SET: "This service reads no other councils: RECOUNT_NATIONAL and RECOUNT_COUNCIL are not set.",
    NOT_INSTALLED: "This service reads no other councils: DuckDB, which reads their files, is not installed.",
    NOBODY_WROTE: "No council has written its standings yet, so there is nothing to read.",
}
"""Why nothing is read, by code."""
NationalSetting = tuple[Path, str] | None
"""The folder of all councils and the name of ours, as they are set; None where they are not."""


def figures_here(setting: NationalSetting, query: NationalFiguresQuery) -> NationalFiguresResult:
    """All councils' figures as the people of ours see them; raises as `national.figures`, and Refused where nothing is
    read.
    """
    folder, council = _checked(setting)
    return national.figures(folder, NationalViewer(council), query)


def newest_day(setting: NationalSetting) -> date | None:
    """The last month end that the files of at least half of the councils cover; None where hardly any has files.

    Raises:
        Refused: nothing is read.
    """
    folder, _ = _checked(setting)
    day = councils_in(folder).newest_day_covered()
    return None if day is None else month_end_by(day)


def month_end_by(day: date) -> date:
    """The last month end up to a day: of others, no other day is answered."""
    return day if day == last_day_of_month(day) else day.replace(day=1) - ONE_DAY


def _checked(setting: NationalSetting) -> tuple[Path, str]:
    if setting is None:
        raise Refused(NOT_SET, NOTHING_READ[NOT_SET])
    if find_spec("duckdb") is None:
        raise Refused(NOT_INSTALLED, NOTHING_READ[NOT_INSTALLED])
    if not has_councils(setting[0]):
        raise Refused(NOBODY_WROTE, NOTHING_READ[NOBODY_WROTE])
    return setting
