"""When each agency's file for a month came: the coverage of figures through time.

A month is covered by a file that covers its last day; of several the first one received counts. Days are counted from
the last day of the month to the day of receipt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from domain.periods import month_ends
from domain.standpoint import Standpoint
from projections.standings.in_memory import StandingsEngine
from projections.store.covered_days import SubmissionRow


def newest_month_end(engine: StandingsEngine, position: int) -> date | None:
    """The newest month end that the files cover: the day that is meant where none is asked for.

    One agency's file that comes early, or reaches far too far, is not enough: at the day the files are those of the
    agencies that have at least half of the open episodes. Where no month end has that, it is the newest that any file
    covers; where none covers a month end, the last day covered; None while there is no file.
    """
    files = engine.submissions.days_covered(position)
    if files is None:
        return None
    newest = None
    for day in reversed(list(month_ends(files.first_day, files.last_day))):
        covering = engine.submissions.agencies_covering(day, position)
        newest = newest or (day if covering else None)
        if covering and _have_half(covering, engine.open_episodes(Standpoint(day, None, position))):
            return day
    return newest or files.last_day


def _have_half(agencies: set[str], open_episodes: Mapping[str, int]) -> bool:
    """Whether these agencies have at least half of the open episodes."""
    theirs = sum(count for agency, count in open_episodes.items() if agency in agencies)
    return 2 * theirs >= sum(open_episodes.values())


@dataclass(frozen=True, slots=True)
class FileReport:
    """An agency's first file that covers the end of a month.

    `is_expected`: the agency had an open episode on that day, by all that is known. `received_on` and `position` are
    None while there is no such file.
    """

    agency: str
    month_end: date
    is_expected: bool
    received_on: date | None
    position: int | None

    @property
    def days(self) -> int | None:
        """From the month's end to the receipt."""
        return (self.received_on - self.month_end).days if self.received_on else None


@dataclass(frozen=True, slots=True)
class CoverageMonth:
    """The reports of one month, an agency each."""

    month_end: date
    reports: tuple[FileReport, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The agencies that were expected to report and have not."""
        return tuple(report.agency for report in self.reports if report.is_expected and not report.received_on)

    @property
    def complete_on(self) -> date | None:
        """When the last expected agency's file came; None while one is missing, or none was expected."""
        received = [r.received_on for r in self.reports if r.is_expected and r.received_on]
        return max(received) if received and not self.missing else None

    @property
    def days(self) -> int | None:
        """From the month's end until it was complete."""
        return (self.complete_on - self.month_end).days if self.complete_on else None


@dataclass(frozen=True, slots=True)
class Reporting:
    """The reports of several months, seen from `known_at` (None before anything was received) at `position`."""

    known_at: date | None
    position: int
    agencies: tuple[str, ...]
    months: tuple[CoverageMonth, ...]

    def delays(self) -> Iterator["Delays"]:
        """For each agency, how long its files took."""
        for i, agency in enumerate(self.agencies):
            its = [month.reports[i] for month in self.months]
            days = [report.days for report in its if report.days is not None]
            missing = sum(report.is_expected and report.received_on is None for report in its)
            yield Delays(agency, len(days), missing, median(days) if days else None, max(days, default=None))


@dataclass(frozen=True, slots=True)
class Delays:
    """In how many months an agency has reported or is missing, and after how many days: the median and the longest."""

    agency: str
    reported: int
    missing: int
    median_days: float | None
    longest_days: int | None


def reporting(engine: StandingsEngine, month_ends: Sequence[date], known_at: date | int | None = None) -> Reporting:
    """Which agency's file covered the end of each month, by what was known at `known_at` (None: all)."""
    last = engine.standpoint(month_ends[-1], known_at)
    by_month: list[tuple[date, dict[str, SubmissionRow], set[str]]] = []
    for month_end in month_ends:
        reports = engine.submissions.reports(month_end, position=last.position)
        received = {agency: row for agency, row in reports.items() if row.position <= last.position}
        by_month.append((month_end, received, engine.expected(engine.standpoint(month_end, last.position))))
    agencies = tuple(sorted({agency for _, received, expected in by_month for agency in {*received, *expected}}))
    months = (
        CoverageMonth(
            month_end, tuple(_report(agency, month_end, received.get(agency), expected) for agency in agencies)
        )
        for month_end, received, expected in by_month
    )
    return Reporting(last.known_at, last.position, agencies, tuple(months))


def _report(agency: str, month_end: date, row: SubmissionRow | None, expected: set[str]) -> FileReport:
    received_on, position = (row.received_on, row.position) if row else (None, None)
    return FileReport(agency, month_end, agency in expected, received_on, position)
