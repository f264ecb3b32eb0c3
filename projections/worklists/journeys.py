"""Worklists of journeys: transfers that nobody has picked up, long treatment, ready to review, returns to review."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from domain.codes import ADMINISTRATIVE_TRANSFER, SUBSTANCE_GROUPS, SubstanceGroup
from domain.episode.facts import Review, Top
from domain.history import EpisodeView
from domain.journey import Journey
from domain.periods import NEVER, add_months, last_months

from .rows import Dated, WorklistRow, counted, reference, spoken
from .seen import SeenRecords, acting

LONG_YEARS: Final = 6
"""In treatment this long or longer: the last segment of the caseload profile. [S, Wirral]"""
REVIEW_AFTER_MONTHS: Final = 12
"""Who is ready to review has been in treatment for this many months. [S names "12 months or more"]"""
LOW_USE_DAYS: Final = 4
"""Low use: on at most this many of the 28 days that a TOP asks of, for every substance that it answers. [K]"""
TOP_SPEAKS_FOR_DAYS: Final = 182
"""A TOP older than this says nothing of use today: by then another review is due. [K]"""
USE: Final = ("ALCUSE", "OPIUSE", "CRAUSE", "COCAUSE", "AMPHUSE", "CANNUSE", "OTDRGUSE")
"""The columns of a TOP that count days of use in the last 28."""
MUST_ANSWER: Final = {
    SubstanceGroup.OPIATE: "OPIUSE",
    SubstanceGroup.ALCOHOL: "ALCUSE",
    SubstanceGroup.NON_OPIATE_AND_ALCOHOL: "ALCUSE",
}
"""What a TOP has to answer before it can say "low use" of a journey of this group."""
RETURNS_OF_MONTHS: Final = 12
"""Returns are listed of completions this many months back: the cohorts of the re-presentations, lagged and not."""


def journey_row(
    journey: Journey,
    own: EpisodeView,
    *,
    dates: tuple[Dated, ...],
    days: int,
    because: str,
    because_own: str = "",
    rests_on: frozenset[str] = frozenset(),
    adult_from: int,
) -> WorklistRow:
    """A row of a journey that is `own`'s agency's to act upon; adult if 18 on the day `adult_from`."""
    agency = own.core.agency
    of_slice = journey.area, agency, agency, journey.adult_on <= adult_from, journey.criminal_justice
    says_area = journey.episodes[-1].core.agency
    return WorklistRow(reference(own), of_slice, dates, days, because, because_own or because, rests_on, says_area)


def transfers_not_picked_up(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Journeys that ended in a transfer (83, not in custody), on days 1 to 21 after, with nobody triaged since.

    An episode anywhere picks it up once it is triaged, whether or not its structured treatment has begun.
    """
    for client, journeys in seen.journeys.items():
        journey = journeys[-1]
        if journey.reason != ADMINISTRATIVE_TRANSFER or _picked_up(journey, seen.people[client]):
            continue
        gone, last = seen.today - journey.end, journey.end + seen.definition.gap_limit
        if gone >= 1 and seen.today <= last:
            own, left_on, last_day = acting(journey), date.fromordinal(journey.end), date.fromordinal(last)
            yield journey_row(
                journey,
                own,
                dates=(
                    Dated("left by transfer", left_on, own.core.agency),
                    Dated("last day on which it still joins", last_day, own.core.agency),
                ),
                days=last - seen.today,
                because=f"Left by transfer on {spoken(left_on)}, {counted(gone, 'day')} ago, and triaged nowhere "
                f"since; {spoken(last_day)} is the last day on which a triage still joins the journey.",
                adult_from=seen.today,
            )


def _picked_up(journey: Journey, episodes: Sequence[EpisodeView]) -> bool:
    its = {view.episode for view in journey.episodes}
    others = (view.core for view in episodes if view.episode not in its and view.core.triaged < NEVER)
    return any(other.triaged >= journey.end or other.left > journey.end for other in others)


def six_years_or_more(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open journeys that began six years ago or longer."""
    for journey in seen.open_journeys:
        if is_long(seen, journey):
            began = date.fromordinal(journey.start)
            yield _in_treatment_since(
                journey,
                seen,
                because=f"In treatment since {spoken(began)}: six years or more.",
                because_own="In treatment for six years or more, counted with another agency's earlier episode.",
            )


def is_long(seen: SeenRecords, journey: Journey) -> bool:
    """Whether a journey began six years before the day, or longer."""
    return add_months(date.fromordinal(journey.start), 12 * LONG_YEARS) <= seen.as_of


def ready_to_review(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open journeys of 12 months or more with no or low use at the latest TOP, or a low dose at the latest review."""
    for journey in seen.open_journeys:
        if signs := review_signs(seen, journey):
            began = date.fromordinal(journey.start)
            own = acting(journey)
            theirs = [sign for sign, dated in signs if dated.agency == own.core.agency]
            because = "; ".join(theirs) or "another agency's record of use or dose is low"
            yield _in_treatment_since(
                journey,
                seen,
                because=f"In treatment since {spoken(began)}, and {'; '.join(sign for sign, _ in signs)}.",
                because_own=f"In treatment for 12 months or more, and {because}.",
                dates=tuple(dated for _, dated in signs),
            )


def review_signs(seen: SeenRecords, journey: Journey) -> list["Sign"]:
    """What says of an open journey that it may be ready to review; nothing of one that is too young for it."""
    if add_months(date.fromordinal(journey.start), REVIEW_AFTER_MONTHS) > seen.as_of:
        return []
    return [sign for sign in (_low_use(seen, journey), _low_dose(seen, journey)) if sign]


def _in_treatment_since(
    journey: Journey, seen: SeenRecords, *, because: str, because_own: str, dates: tuple[Dated, ...] = ()
) -> WorklistRow:
    own, first = acting(journey), journey.episodes[0].core
    its = (Dated("in treatment since", date.fromordinal(journey.start), first.agency), *dates)
    return journey_row(
        journey,
        own,
        dates=its,
        days=seen.today - journey.start,
        because=because,
        because_own=because_own,
        rests_on=frozenset(dated.agency for dated in its) - {own.core.agency},
        adult_from=seen.today,
    )


Sign = tuple[str, Dated]
"""A sign that somebody may be ready: in words, and the day that it was seen on."""


def _low_use(seen: SeenRecords, journey: Journey) -> Sign | None:
    """The latest TOP, if it is not too old and says so of every substance that it answers."""
    tops = [
        (fact.completed_on, view.core.agency, fact.answers)
        for view in journey.episodes
        for fact in seen.facts[view.episode].values()
        if isinstance(fact, Top)
    ]
    day, agency, answers = max(tops, key=lambda top: top[0], default=(date.min, "", {}))
    if (seen.as_of - day).days > TOP_SPEAKS_FOR_DAYS:
        return None
    use = {column: int(answers[column]) for column in USE if answers.get(column, "").isdecimal()}
    needed = MUST_ANSWER.get(SUBSTANCE_GROUPS[journey.group]) if journey.group >= 0 else None
    if not use or (needed and needed not in use) or max(use.values()) > LOW_USE_DAYS:
        return None
    most = max(use.values())
    words = f"use on at most {counted(most, 'day')} of 28" if most else "no use"
    return f"the TOP of {spoken(day)} says {words}", Dated("latest TOP", day, agency)


def _low_dose(seen: SeenRecords, journey: Journey) -> Sign | None:
    """The latest review that says anything of the dose, if it says low."""
    latest = latest_dose(seen, journey)
    if latest is None or not latest.low:
        return None
    words = f"the review of {spoken(latest.day)} says a low dose"
    return words, Dated("latest dose review", latest.day, latest.agency)


class DoseReview(NamedTuple):
    """A review that says whether the dose is low, and whose record it is."""

    day: date
    low: bool
    agency: str


def latest_dose(seen: SeenRecords, journey: Journey) -> DoseReview | None:
    """The latest review of a journey that says anything of the dose; None if none does."""
    reviews = [
        DoseReview(fact.reviewed_on, fact.low_dose, view.core.agency)
        for view in journey.episodes
        for fact in seen.facts[view.episode].values()
        if isinstance(fact, Review) and fact.low_dose is not None
    ]
    return max(reviews, default=None)


def returns_to_review(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Completions of the last 12 months whose client came back within six months; every one of a client's."""
    window = last_months(seen.as_of, RETURNS_OF_MONTHS)
    for journeys in seen.journeys.values():
        for journey, following in pairwise(journeys):
            if journey.success and journey.returned and date.fromordinal(journey.end) in window:
                yield _return(journey, following)


def _return(journey: Journey, following: Journey) -> WorklistRow:
    own, to = acting(journey), following.episodes[0].core.agency
    ended, returned = date.fromordinal(journey.end), date.fromordinal(following.start)
    after = (returned - ended).days
    return journey_row(
        journey,
        own,
        dates=(Dated("completed", ended, own.core.agency), Dated("came back", returned, to)),
        days=after,
        because=f"Completed on {spoken(ended)} and came back on {spoken(returned)}, after {counted(after, 'day')}.",
        because_own=f"Completed on {spoken(ended)} and came back within six months; the rest is another agency's.",
        rests_on=frozenset({to}) - {own.core.agency},
        adult_from=following.start,
    )
