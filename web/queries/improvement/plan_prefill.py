"""What is known of a figure that a plan is opened from: its caseload beside others, who makes the miss, what it takes.

Counts only: nobody is named.
"""

from dataclasses import replace

from domain.codes import SUBSTANCE_GROUPS
from domain.errors import Refused
from domain.measures.registry import Measure
from projections.performance.needed.completions_needed import NEEDED_OF
from web.auth.viewer import Viewer
from web.queries.agreement.caseload_beside import ProfileBeside, profiles
from web.queries.agreement.completions_needed import CompletionsNeededQuery, MeasureNeed, completions_needed
from web.queries.improvement.action_plans import AboutQuery, measure_of
from web.queries.performance import scorecards
from web.queries.performance.contribution import ContributionQuery, MissResult, contribution
from web.queries.performance.figures import OnTheDayQuery
from web.queries.performance.scorecards import ScorecardLineResult, ScorecardQuery
from web.queries.result import Result
from web.snapshot import Snapshot


class PlanPrefill(Result, frozen=True):
    """A figure beside its target, and what is known of it beside; what a viewer may not see is left out."""

    line: ScorecardLineResult
    caseload: list[ProfileBeside]
    miss: MissResult | None
    need: MeasureNeed | None


def prefill(snapshot: Snapshot, viewer: Viewer, about: AboutQuery) -> PlanPrefill:
    """What is known of the figure that a plan is opened from, as far as this viewer sees it.

    Raises:
        Refused: it cannot be shown from there.
    """
    measure = measure_of(about)
    query = ContributionQuery(measure, about.as_of, about.known_at, about.slice_)
    scorecard = ScorecardQuery(about.as_of, about.known_at, about.slice_, measures=(measure,))
    return PlanPrefill(
        scorecards.scorecard(snapshot, viewer, scorecard).lines[0],
        _caseload(snapshot, viewer, query),
        _miss(snapshot, viewer, query),
        _need(snapshot, viewer, query),
    )


def _caseload(snapshot: Snapshot, viewer: Viewer, query: ContributionQuery) -> list[ProfileBeside]:
    groups = _groups(query.measure)
    try:
        beside = profiles(snapshot, viewer, OnTheDayQuery(query.as_of, query.known_at, query.slice_)).beside
    except Refused:
        return []
    return [one for one in beside if one.group in groups and one.denominator]


def _groups(measure: Measure) -> set[str]:
    """The substance groups that a measure is of."""
    return {measure.family.parts[part] for part in measure.parts} & set(map(str, SUBSTANCE_GROUPS))


def _miss(snapshot: Snapshot, viewer: Viewer, query: ContributionQuery) -> MissResult | None:
    try:
        return contribution(snapshot, viewer, query)
    except Refused:
        return None


def _need(snapshot: Snapshot, viewer: Viewer, query: ContributionQuery) -> MeasureNeed | None:
    if query.measure not in NEEDED_OF:
        return None
    slice_ = replace(query.slice_, agency=None)
    asked = CompletionsNeededQuery(query.as_of, query.known_at, (query.measure,), slice_)
    try:
        return completions_needed(snapshot, viewer, asked).completions_needed[0]
    except Refused:
        return None
