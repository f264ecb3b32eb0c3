"""Recovery plans and risk assessments that are overdue: whom R.plan and R.risk do not count. An episode a row."""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.history import EpisodeView
from domain.measures.reviews import REVIEW_DAYS

from .rows import Dated, WorklistRow, counted, reference, spoken
from .seen import SeenRecords


def plans_overdue(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open episodes whose recovery plan was not reviewed in the 84 days to the day; CPLANDT counts."""
    return (row for view in seen.open_episodes for row in _overdue(seen, view, view.plans, "recovery plan"))


def risks_overdue(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open episodes whose risk assessment was not reviewed in the 84 days to the day."""
    return (row for view in seen.open_episodes for row in _overdue(seen, view, view.risks, "risk assessment"))


def _overdue(seen: SeenRecords, view: EpisodeView, reviews: Sequence[int], what: str) -> Iterator[WorklistRow]:
    latest, core = max(reviews, default=0), view.core
    first_day = seen.today - REVIEW_DAYS + 1
    if latest >= first_day:
        return
    if latest:
        reviewed_on, ran_out = date.fromordinal(latest), latest + REVIEW_DAYS - 1
        dates: tuple[Dated, ...] = (
            Dated("last reviewed", reviewed_on, core.agency),
            Dated("last day up to date", date.fromordinal(ran_out), core.agency),
        )
        ago = counted(seen.today - latest, "day")
        because = f"The {what} was last reviewed on {spoken(reviewed_on)}, {ago} ago."
    else:
        began, ran_out = date.fromordinal(core.started), core.started
        dates = (Dated("structured treatment began", began, core.agency),)
        because = f"No {what} is on record; structured treatment began on {spoken(began)}."
    adult = core.adult_on <= max(core.triaged, first_day)
    of_slice = core.area, core.agency, core.agency, adult, core.criminal_justice
    yield WorklistRow(reference(view), of_slice, dates, seen.today - ran_out, because)
