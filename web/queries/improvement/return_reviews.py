"""Returns and their reviews: what is due, overdue and done by agency, the share in time, and what came of them.

A provider reads of the returns of clients who left its own agencies. Whoever does not see single clients reads counts;
reviews and their lessons are read only where clients may be shown (`with_clients`). Where a client came back to another
agency, a provider reads that they did, and not when.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.improvement.return_reviews import (
    DEFAULT_RULE,
    REVIEW_STEPS,
    ReturnReviewText,
    ReturnReviewWithdrawn,
    ReturnRule,
)
from domain.improvement.written import ImprovementEvent
from domain.log.reading import Recorded
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.improvement import return_reviews as projection
from projections.improvement.return_reviews import (
    DONE,
    DUE,
    ERASED_CLIENT,
    NO_LONGER,
    OVERDUE,
    ClientReturn,
    OwedReview,
    ReturnReviews,
    owed,
    returns_known,
    returns_since,
)
from projections.standings.wilson import wilson
from web.auth.viewer import NotOwn, Viewer
from web.queries.improvement.results.review_results import (
    AgencyReturns,
    FindingCount,
    ReturnReviewResult,
    ReturnReviewsResult,
    ReturnRuleLine,
    ReviewedShare,
    ReviewLine,
    ReviewStep,
)
from web.queries.parameters import KnownAt
from web.queries.performance.days import newest_day
from web.queries.performance.figure import IntervalResult
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class ReturnReviewsQuery:
    """How reviews stand on `today`; the share as of `as_of` (None: the newest day that files cover), as known then.

    `with_clients`: whether single clients may be shown to whoever asks.
    """

    today: date
    as_of: date | None = None
    known_at: KnownAt = None
    agency: str | None = None
    with_clients: bool = False


@dataclass(frozen=True, slots=True)
class ReturnsOn:
    """What is kept: every return by what had happened up to a day."""

    as_of: date


@snapshot_cache(most=16, of_knowledge=True)
def every_return(snapshot: Snapshot, standpoint: Standpoint) -> dict[UUID, ClientReturn]:
    """Every return that was ever known up to a standpoint, by the completed episode; whoever asks, it is the same."""
    seen = (snapshot.connection, snapshot.mapper, snapshot.generation, standpoint)
    return snapshot.brought_up(
        ReturnsOn(standpoint.as_of),
        standpoint.position,
        lambda: returns_known(*seen),
        lambda position, before: returns_since(*seen, position, before),
    )


@snapshot_cache()
def all_reviews(snapshot: Snapshot) -> ReturnReviews:
    """Every review that was ever written, for other queries."""
    return ReturnReviews.load(snapshot.connection, snapshot.mapper)


def owed_on(snapshot: Snapshot, viewer: Viewer, day: date, agency: str | None = None) -> list[OwedReview]:
    """What is owed on a day by all that is known now, as far as the viewer reads it; for what is due elsewhere too."""
    every = owed(every_return(snapshot, snapshot.standpoint(day)), all_reviews(snapshot), day)
    return _readable(viewer, every, agency)


def _readable(viewer: Viewer, every: Iterable[OwedReview], agency: str | None) -> list[OwedReview]:
    if viewer.is_public:
        return []
    return [
        one for one in every if agency in {None, one.agency} and (not viewer.is_provider or one.agency in viewer.own)
    ]


def return_reviews(snapshot: Snapshot, viewer: Viewer, query: ReturnReviewsQuery) -> ReturnReviewsResult:
    """How every review stands that the viewer reads. Raises NotOwn of another provider's agency."""
    if viewer.is_provider and query.agency is not None and query.agency not in viewer.own:
        raise NotOwn(f"returns of {query.agency}")
    every = owed_on(snapshot, viewer, query.today, query.agency)
    agencies = sorted({one.agency for one in every})
    return ReturnReviewsResult(
        query.today,
        [_counts(agency, every) for agency in agencies],
        shares(snapshot, viewer, query),
        _findings(every),
        _rules(all_reviews(snapshot), viewer, agencies),
        [_line(viewer, one) for one in every] if query.with_clients else None,
    )


def _counts(agency: str, every: Iterable[OwedReview]) -> AgencyReturns:
    states = Counter(one.state for one in every if one.agency == agency)
    return AgencyReturns(agency, *(states[state] for state in (OVERDUE, DUE, DONE, NO_LONGER, ERASED_CLIENT)))


def shares(snapshot: Snapshot, viewer: Viewer, query: ReturnReviewsQuery) -> list[ReviewedShare]:
    """The share reviewed in time at a standpoint: of all that the viewer reads, then by agency; none without a file."""
    as_of = query.as_of or newest_day(snapshot, query.known_at)
    if as_of is None:
        return []
    standpoint = snapshot.standpoint(as_of, query.known_at)
    # What had been written by the last day that is seen, and by the day of knowledge where one is given.
    until = as_of if query.known_at is None or standpoint.known_at is None else min(as_of, standpoint.known_at)
    reviews = all_reviews(snapshot).as_known(until)
    every = _readable(viewer, owed(every_return(snapshot, standpoint), reviews, as_of), query.agency)
    agencies = sorted({one.agency for one in every})
    return [_share(None, every, standpoint)] + [
        _share(agency, [one for one in every if one.agency == agency], standpoint) for agency in agencies
    ]


def _share(agency: str | None, every: Iterable[OwedReview], standpoint: Standpoint) -> ReviewedShare:
    its = projection.reviewed_in_time(every, standpoint.as_of)
    limits = wilson(its.numerator, its.denominator) if its.denominator else None
    return ReviewedShare(
        agency,
        standpoint.as_of,
        standpoint.known_at,
        standpoint.position,
        its.first_day,
        its.last_day,
        its.numerator,
        its.denominator,
        percentage_of(its.numerator, its.denominator),
        _interval(limits) if limits else None,
    )


def _interval(limits: tuple[float, float]) -> IntervalResult:
    low, high = limits
    return IntervalResult(half_up(low, STORED_DECIMALS), half_up(high, STORED_DECIMALS))


def _findings(every: Iterable[OwedReview]) -> list[FindingCount]:
    """What was found, by month and agency, the newest month first; also of returns that are no longer due."""
    counts = Counter(
        (one.written_on.replace(day=1), one.agency, finding)
        for one in every
        if one.review and one.written_on
        for finding in one.review.text.findings
    )
    ordered = sorted(counts.items(), key=lambda one: (-one[0][0].toordinal(), one[0][1], -one[1], one[0][2]))
    return [FindingCount(*key, count) for key, count in ordered]


def _rules(reviews: ReturnReviews, viewer: Viewer, agencies: Iterable[str]) -> list[ReturnRuleLine]:
    said = reviews.rules.by_agency
    its = [
        _rule(agency, rule)
        for agency in sorted(said)
        if not viewer.is_provider or agency in viewer.own
        for rule in said[agency]
    ]
    return its if its and set(agencies) <= set(said) else [*its, _rule(None, DEFAULT_RULE)]


def _rule(agency: str | None, rule: ReturnRule) -> ReturnRuleLine:
    return ReturnRuleLine(agency, rule.days, rule.working, rule.months, rule.first_day)


def _line(viewer: Viewer, one: OwedReview) -> ReviewLine:
    its, review = one.client_return, one.review
    hidden = its is not None and viewer.is_provider and not set(its.to) <= viewer.own
    return ReviewLine(
        str(one.episode),
        one.agency,
        one.state,
        its.client_reference if its else None,
        its.completed_on if its else None,
        its.returned_on if its and not hidden else None,
        " ".join(its.to) if its and not hidden else None,
        its.known_on if its else None,
        one.due,
        review.number if review else None,
        review.version if review else None,
        one.written_on,
        one.in_time if review and one.due else None,
        review.text.findings if review else (),
        review.text.lesson if review else None,
        (review.text.plan or None) if review else None,
        (review.text.action or None) if review else None,
    )


def agency_left(snapshot: Snapshot, viewer: Viewer, today: date, episode: UUID) -> str | None:
    """The agency that the client left; None if there is no such return. Raises NotOwn to a provider that reads none."""
    agency = next((one.agency for one in owed_on(snapshot, viewer, today) if one.episode == episode), None)
    if agency is None and viewer.is_provider:
        raise NotOwn("return")
    return agency


def return_review(snapshot: Snapshot, viewer: Viewer, today: date, episode: UUID) -> ReturnReviewResult | None:
    """The return after a completed episode, with its review; None if the viewer reads of none. It shows a client."""
    one = next((one for one in owed_on(snapshot, viewer, today) if one.episode == episode), None)
    if one is None:
        return None
    reviews = all_reviews(snapshot)
    of_return = [its.number for its in reviews.reviews.values() if its.first.episode == episode]
    steps = [_step(recorded) for number in of_return for recorded in reviews.recorded(number)]
    return ReturnReviewResult(today, _line(viewer, one), steps)


def episode_of(snapshot: Snapshot, viewer: Viewer, number: int) -> UUID | None:
    """Which return a review is of; None if there is none. Raises NotOwn to a provider that reads none."""
    one = all_reviews(snapshot).reviews.get(number)
    if viewer.is_provider and (one is None or one.first.agency not in viewer.own):
        raise NotOwn(f"return review {number}")
    return one.first.episode if one else None


def _step(recorded: Recorded) -> ReviewStep:
    event = recorded.event
    assert isinstance(event, ImprovementEvent)
    return ReviewStep(
        REVIEW_STEPS[type(event)],
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.role,
        event.party,
        event.originator_version,
        recorded.position,
        event.findings if isinstance(event, ReturnReviewText) else (),
        event.lesson if isinstance(event, ReturnReviewText) else _reason(event),
    )


def _reason(event: ImprovementEvent) -> str:
    return event.reason if isinstance(event, ReturnReviewWithdrawn) else ""
