"""Which day is meant where none is asked for, and which areas and agencies there are."""

from datetime import date

from domain.measures.registry import MEASURES
from domain.periods import ONE_DAY
from projections.timeliness.coverage import newest_month_end
from web.queries.parameters import KnownAt
from web.snapshot import Snapshot, snapshot_cache


@snapshot_cache(of_knowledge=True)
def newest_day(snapshot: Snapshot, known_at: KnownAt = None) -> date | None:
    """The newest month end that the files cover, as known then; the month end before the newest receipt where there is
    no monthly file, and None before anything was received.
    """
    newest = snapshot.submissions.newest
    if newest is None:
        return None
    position = snapshot.standpoint(newest.received_on, known_at).position
    covered = newest_month_end(snapshot.engine(MEASURES[:1], [newest.received_on]), position)
    return covered or newest.received_on.replace(day=1) - ONE_DAY
