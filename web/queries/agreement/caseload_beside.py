"""The caseload beside that of others: higher, similar or lower by interval, since neither side is better."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from domain.contract_life.comparators import period_words
from domain.measures.lengths import LONGEST
from domain.standpoint import Standpoint
from projections.performance.beside.areas import newest_period
from projections.performance.beside.comparators import COMPARABLES, PROFILE_PARTS, Comparators, profile_code
from projections.performance.beside.quartiles import AreaJudgement, QuartileMethod, by_interval
from projections.performance.caseload import GroupProfile
from web.auth.viewer import Viewer, unchanged
from web.queries.performance import figures as of_figures
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.performance.figures import OnTheDayQuery
from web.queries.result import Result
from web.snapshot import Snapshot

from .comparator_areas import Counts, known_areas, percent_of
from .comparators import all_comparators

EVERY_GROUP: Final = "all"
"""What a profile of everybody calls its group."""


class ProfileBeside(Result, frozen=True):
    """A share of our caseload beside that of others: higher, similar or lower by interval, since neither is better.

    `numerator` of `denominator` is ours, of the people of the last 12 months; `percentage` is theirs.
    """

    group: str
    part: str
    measure: str
    numerator: int
    denominator: int
    period: str
    name: str
    percentage: float
    source: str
    judged: AreaJudgement | None


class ProfilesBeside(Result, frozen=True):
    """The shares of the caseload of which values of others are known."""

    standpoint: StandpointResult
    beside: list[ProfileBeside]


def profiles(snapshot: Snapshot, viewer: Viewer, query: OnTheDayQuery) -> ProfilesBeside:
    """The caseload of a slice beside that of others.

    Raises:
        Refused: to a provider, of all agencies together.
    """
    profile = of_figures.profile(snapshot, viewer, query)
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    its = profile_beside(snapshot, viewer, profile.in_twelve_months, standpoint)
    return ProfilesBeside(standpoint_result(standpoint), its)


def profile_beside(
    snapshot: Snapshot, viewer: Viewer, profiles: Iterable[GroupProfile], standpoint: Standpoint
) -> list[ProfileBeside]:
    """Of each group the shares of which values of others are known, as known then."""
    every = viewer.redacted(all_comparators(snapshot), unchanged)
    return [
        one
        for profile in profiles
        for part in PROFILE_PARTS
        if (one := _profile_part(snapshot, every, profile, part, standpoint)) is not None
    ]


_OURS: Final[Mapping[str, Callable[[GroupProfile], Counts]]] = {
    "six-years": lambda profile: (profile.years_in_treatment[LONGEST], profile.people),
    "career": lambda profile: (profile.long_career, profile.career_known),
    "first": lambda profile: (profile.first_treatment, profile.people),
}
"""What of ours is set beside each part that is published of others."""


def _profile_part(
    snapshot: Snapshot, every: Comparators, profile: GroupProfile, part: str, standpoint: Standpoint
) -> ProfileBeside | None:
    code = profile_code(part, "" if profile.group == EVERY_GROUP else profile.group)
    known_at = standpoint.known_at
    period = newest_period(every, code, known_at, standpoint.as_of) if code in COMPARABLES else None
    against = known_areas(snapshot, code, known_at, period, QuartileMethod.RANKED).against if period else None
    if period is None or against is None:
        return None
    numerator, denominator = _OURS[part](profile)
    judged = by_interval(numerator, denominator, against.low, against.high, None)
    theirs = (period_words(period), against.name, percent_of(against.low), against.source)
    return ProfileBeside(profile.group, part, code, numerator, denominator, *theirs, judged)
