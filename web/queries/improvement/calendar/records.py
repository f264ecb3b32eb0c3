"""What is due of files, of values that are entered by hand, and when lagged figures can be counted."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec.structs import replace

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.periods import ONE_DAY, add_months, month_ends, quarter_ends, quarter_of
from projections.performance.entered import WHOLE, EnteredDue, due
from projections.worklists.data_quality import DUE_AFTER_DAYS
from web.auth.viewer import Viewer
from web.queries.agreement.entered import all_entered, visible_kpis
from web.queries.performance.revisions import CoverageQuery, coverage
from web.snapshot import Snapshot

from .due import BOTH, DueItem, DueWindow

LOOKED_BACK: Final = 12
"""How many months back what is missing is looked for: what is older is a matter for a talk, and no reminder."""
LAG: Final = 6
"""Months by which the measures of the outcomes framework and of re-presentations lie behind their day."""
_IN_TIME: Final = timedelta(days=DUE_AFTER_DAYS)


class _Missing(NamedTuple):
    agency: str
    period_end: date
    text: str

    @property
    def day(self) -> date:
        return self.period_end + _IN_TIME


class _Wanted(NamedTuple):
    kind: str
    name: str
    link: str
    words: str = ""

    def due(self, day: date, whose: tuple[str, ...], period: str) -> DueItem:
        agencies = tuple(agency for agency in whose if agency != WHOLE)
        by = f" of {', '.join(agencies)}" if agencies else ""
        party = PROVIDER if agencies else BOTH
        return DueItem(day, self.kind, party, agencies, f"{self.name}{by} for {period}", self.link, words=self.words)

    def overdue(self, oldest: "_Missing", periods: str) -> DueItem:
        """What is missing of an agency; of a value the link shows the oldest of its periods."""
        its = self.due(oldest.day, (oldest.agency,), periods)
        whose = f"&agency={oldest.agency}" if its.agencies else ""
        at = f"?as_of={oldest.period_end}{whose}" if self.kind == "value" else ""
        return replace(its, overdue=True, link=f"{self.link}{at}")


def files(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The monthly files that are missing, one line an agency, and those that fall due.

    An agency is expected while it is under contract, or has an open episode by what is known.
    """
    covered = snapshot.submissions.days_covered(snapshot.standpoint(window.last_day).position)
    if covered is None:
        return
    first = max(covered.first_day, add_months(window.today, -LOOKED_BACK))
    days = tuple(month_ends(first, window.last_day - _IN_TIME))
    if not days:
        return
    missing = [
        _Missing(report.agency, month.month_end, f"{month.month_end:%B %Y}")
        for month in coverage(snapshot, viewer, CoverageQuery(days)).months
        for report in month.reports
        if report.is_expected and report.received_on is None
    ]
    yield from _lines(_Wanted("file", "Monthly file", "/submissions"), missing, window)


def values(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The values that were not entered, one line for each KPI and agency, and those that fall due."""
    entered = all_entered(snapshot)
    its = due(entered, visible_kpis(entered, viewer), window.last_day - _IN_TIME)
    oldest = add_months(window.today, -LOOKED_BACK)
    own = [one for one in its if _may_enter(viewer, one) and one.period.last_day >= oldest]
    names = {one.kpi.number: one.kpi.terms.name for one in own}
    for number, lines in groupby(sorted(own, key=_kpi), _kpi):
        missing = [_Missing(one.agency, one.period.last_day, one.kpi.in_words(one.period)) for one in lines]
        wanted = _Wanted("value", f"Value of entered KPI {number}", f"/entered-kpis/{number}", names[number])
        yield from _lines(wanted, missing, window)


def _kpi(one: EnteredDue) -> int:
    return one.kpi.number


def _may_enter(viewer: Viewer, one: EnteredDue) -> bool:
    return not viewer.is_provider or one.agency == WHOLE or one.agency in viewer.agencies


def _lines(wanted: _Wanted, missing: Iterable[_Missing], window: DueWindow) -> Iterator[DueItem]:
    """One line for all that is overdue of an agency, under its oldest day; and one for each period to come."""
    its = sorted(missing)
    for _, lines in groupby((one for one in its if one.day < window.today), attrgetter("agency")):
        late = list(lines)
        periods = late[0].text if len(late) == 1 else f"{late[0].text} to {late[-1].text}, {len(late)} in all"
        yield wanted.overdue(late[0], periods)
    coming = sorted((one for one in its if one.day in window), key=attrgetter("period_end", "agency"))
    for _, lines in groupby(coming, attrgetter("period_end")):
        of_period = list(lines)
        yield wanted.due(of_period[0].day, tuple(one.agency for one in of_period), of_period[0].text)


def lagged_figures(snapshot: Snapshot, _viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """When the figures that look back six months can be counted for a quarter: once its files are due.

    Their completions are those up to six months before the quarter's end.
    """
    if not snapshot.submissions.has_monthly_file:
        return
    for end in quarter_ends(window.today - _IN_TIME, window.last_day - _IN_TIME):
        completed = add_months(end + ONE_DAY, -LAG) - ONE_DAY
        text = (
            f"Lagged figures of {quarter_of(end)} can be counted: completions up to "
            f"{completed.day} {completed:%B %Y} have had their six months"
        )
        yield DueItem(end + _IN_TIME, "figure", COMMISSIONER, (), text, "/")
