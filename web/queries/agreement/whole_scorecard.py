"""The scorecard with all that is on it: the measures of the monthly file, and the KPIs that are entered by hand."""

from dataclasses import dataclass
from datetime import date

from web.auth.viewer import Viewer
from web.queries.performance.scorecards import ScorecardQuery, ScorecardResult, scorecard
from web.snapshot import Snapshot

from .entered_figures import EnteredQuery, EnteredScorecard
from .entered_figures import scorecard as entered_scorecard


class WholeScorecardResult(ScorecardResult, frozen=True):
    """Every KPI of a slice at a standpoint. `entered` are those entered by hand, which are of whole agencies: it is
    null of an area, of criminal-justice referrals and of young people.
    """

    entered: EnteredScorecard | None


@dataclass(frozen=True, slots=True)
class WholeScorecardQuery:
    """A scorecard; no value that is entered by hand is due for a period that ends after `due_by`, which is today."""

    card: ScorecardQuery
    due_by: date


def whole_scorecard(snapshot: Snapshot, viewer: Viewer, query: WholeScorecardQuery) -> WholeScorecardResult:
    """The scorecard with what is entered by hand, both from one standpoint. Raises as both queries do."""
    card, slice_ = scorecard(snapshot, viewer, query.card), query.card.slice_
    entered = None
    if not (slice_.area or slice_.criminal_justice or slice_.young_people):
        known_at = card.standpoint.known_at
        about = EnteredQuery(query.card.as_of, known_at, slice_.agency, card.basis, query.due_by)
        entered = entered_scorecard(snapshot, viewer, about)
    fields = {name: getattr(card, name) for name in card.__struct_fields__}
    return WholeScorecardResult(**fields, entered=entered)
