"""Returns after a completion, since when each is known, and what of their reviews is due, done or overdue.

A review is due some days after the return, or after the return became known if that was later: files come monthly. A
return that a correction takes away is no longer due; what was written of it stays. An erased client's return cannot be
told any more: its review says "erased client".

The share reviewed in time is no measure of `domain.measures`: those are pure functions of standings, and standings know
nothing of what anybody wrote. It is a figure of this module, with the words of the others and as of any standpoint.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.definition import Definition, definition_in_force
from domain.episode.episode import Episode
from domain.history import EpisodeView, episode_view
from domain.improvement.return_reviews import (
    MOST_MONTHS,
    RETURN_REVIEW_EVENTS,
    RETURN_RULE_EVENTS,
    WRITTEN,
    ReturnReview,
    ReturnReviewed,
    ReturnRuleSet,
    RuleSet,
)
from domain.journey import Journey, journeys_of
from domain.log.collector import collector_paused
from domain.log.database import chunks
from domain.log.erasing import ERASED
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded
from domain.log.tables import log
from domain.periods import NEVER, add_months, last_months
from domain.standpoint import Standpoint
from projections.explain.provenance import (
    JOURNEYS_ALONE,
    READ_AT_ONCE,
    clients_spoken_of,
    recorded_of,
    streams_of_clients,
)
from projections.store.tables import episode, submission

from .streams import recorded_by_number

DUE, OVERDUE, DONE, NO_LONGER, ERASED_CLIENT = "due", "overdue", "done", "no longer due", "erased client"
RETURN_STATES: Final = (OVERDUE, DUE, DONE, NO_LONGER, ERASED_CLIENT)
"""How a review stands on a day, what is to be done first."""
SHARE_MONTHS: Final = 12
"""The share is of the reviews that fell due in this many months."""


@dataclass(frozen=True, slots=True)
class ClientReturn:
    """A client completed at `agency` and came back: the completed `episode` tells returns apart.

    `known_on` is the receipt with which the return became known; `stands` whether it is still known.
    """

    episode: UUID
    client: int
    agency: str
    client_reference: str
    completed_on: date
    returned_on: date
    to: tuple[str, ...]
    known_on: date
    stands: bool = True

    @property
    def began(self) -> date:
        """The day from which the days of its review are counted."""
        return max(self.returned_on, self.known_on)

    def is_within(self, months: int) -> bool:
        """Whether it came in this many months after the completion."""
        return self.returned_on < add_months(self.completed_on, months)


@collector_paused()
def returns_known(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    standpoint: Standpoint,
    clients: Iterable[int] | None = None,
) -> dict[UUID, ClientReturn]:
    """Every return that was ever known up to a standpoint, by the completed episode; of some clients, or of all.

    They are read so many at a time, so that what it takes does not grow with the archive.
    """
    received_on = _receipts(connection, generation, standpoint)
    whose = _with_several(connection, generation) if clients is None else clients
    definition = definition_in_force(standpoint.as_of)
    returns: dict[UUID, ClientReturn] = {}
    for some in chunks(sorted(whose), READ_AT_ONCE):
        streams = streams_of_clients(connection, generation, some)
        recorded = recorded_of(connection, mapper, streams, standpoint.position, JOURNEYS_ALONE)
        for client, its in streams.items():
            events = sorted(one for stream in its for one in recorded.get(stream, ()))
            _add(returns, _returns_of(client, events, received_on, standpoint.as_of, definition).values())
    return returns


def returns_since(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    standpoint: Standpoint,
    position: int,
    before: Mapping[UUID, ClientReturn],
) -> dict[UUID, ClientReturn]:
    """`returns_known`, where `before` is what it said of the same day at an earlier `position`: of the clients of whom
    the log speaks since they are made anew.
    """
    anew = clients_spoken_of(connection, generation, position, standpoint.position)
    returns = {stream: one for stream, one in before.items() if one.client not in anew}
    _add(returns, returns_known(connection, mapper, generation, standpoint, anew).values())
    return returns


def _add(returns: dict[UUID, ClientReturn], more: Iterable[ClientReturn]) -> None:
    """Add the returns of more clients. An episode that was first known to be another client's may be in both: what
    stands counts.
    """
    for one in more:
        known = returns.get(one.episode)
        if known is None or (known.stands, known.client) <= (one.stands, one.client):
            returns[one.episode] = one


def _receipts(connection: sa.Connection, generation: int, standpoint: Standpoint) -> Mapping[int, date]:
    t = submission.c
    query = sa.select(t.number, t.received_on).where(t.generation == generation, t.position <= standpoint.position)
    return dict(list(connection.execute(query)))


def _with_several(connection: sa.Connection, generation: int) -> list[int]:
    """The clients with two episodes or more: nobody else can have come back."""
    t = episode.c
    query = sa.select(t.client).where(t.generation == generation).group_by(t.client).having(sa.func.count() > 1)
    return list(connection.execute(query).scalars())


def _returns_of(
    client: int, events: Sequence[Recorded], received_on: Mapping[int, date], as_of: date, definition: Definition
) -> dict[UUID, ClientReturn]:
    """The returns of one client, told commit by commit: since when each is known, and which is known no more."""
    episodes: dict[UUID, Episode] = {}
    views: dict[UUID, EpisodeView | None] = {}
    known: dict[UUID, ClientReturn] = {}
    for number, of_commit in groupby(events, key=_number_of):
        touched = set[UUID]()
        for one in of_commit:
            stream = one.event.originator_id
            episodes.setdefault(stream, Episode(stream)).apply(one.event)
            touched.add(stream)
        anew = {stream: _view(episodes[stream], as_of, definition) for stream in episodes if stream in touched}
        changes = any(views.get(stream) != view for stream, view in anew.items())
        views |= anew
        if not changes:
            continue
        now = {one.episode: one for one in _now(client, views.values(), received_on[number], definition)}
        for stream, before in known.items():
            if stream not in now:
                now[stream] = replace(before, stands=False)
            elif before.stands:
                now[stream] = replace(now[stream], known_on=before.known_on)
        known = now
    return known


def _number_of(one: Recorded) -> int:
    number: int = one.event.submission
    return number


def _now(
    client: int, views: Iterable[EpisodeView | None], received_on: date, definition: Definition
) -> Iterator[ClientReturn]:
    own = [view for view in views if view and view.core.client == client]
    for journey, following in pairwise(journeys_of(own, definition)):
        if journey.success and journey.end != NEVER:
            one = _return(client, journey, following, received_on)
            if one.is_within(MOST_MONTHS):
                yield one


def _view(one: Episode, as_of: date, definition: Definition) -> EpisodeView | None:
    facts = {key: fact for key, fact in one.facts.items() if fact.occurred_on <= as_of}
    return episode_view(one.id, facts, definition)


def _return(client: int, journey: Journey, following: Journey, received_on: date) -> ClientReturn:
    left = [view for view in journey.episodes if view.core.left == journey.end][-1]
    return ClientReturn(
        left.episode,
        client,
        left.core.agency,
        left.key[1],
        date.fromordinal(journey.end),
        date.fromordinal(following.start),
        (following.episodes[0].core.agency,),
        received_on,
    )


# ---- what was written


class ReturnReviews:
    """Every review that was written, and every rule that was said."""

    def __init__(
        self, reviews: Mapping[int, tuple[Recorded, ...]], rules: Sequence[ReturnRuleSet], erased: frozenset[UUID]
    ) -> None:
        self._recorded, self._rules, self._erased = reviews, rules, erased
        self.reviews = {number: _folded(its) for number, its in reviews.items()}

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "ReturnReviews":
        """Those in the log."""
        reviews = recorded_by_number(connection, mapper, RETURN_REVIEW_EVENTS)
        rules = [its[0].event for its in recorded_by_number(connection, mapper, RETURN_RULE_EVENTS).values()]
        named = {its[0].event.episode for its in reviews.values() if isinstance(its[0].event, ReturnReviewed)}
        said = [one for one in rules if isinstance(one, ReturnRuleSet)]
        return cls(reviews, said, erased_among(connection, named))

    def as_known(self, day: date | None) -> "ReturnReviews":
        """What had been said by a day; all of it for None."""
        if day is None:
            return self
        by_then = {
            number: tuple(one for one in its if one.event.occurred_on <= day) for number, its in self._recorded.items()
        }
        rules = [one for one in self._rules if one.occurred_on <= day]
        return ReturnReviews({number: its for number, its in by_then.items() if its}, rules, self._erased)

    def recorded(self, number: int) -> tuple[Recorded, ...]:
        """What was said of a review, in order."""
        return self._recorded[number]

    def standing(self, stream: UUID) -> ReturnReview | None:
        """The review of a return that counts: the newest that was not withdrawn."""
        its = [one for one in self.reviews.values() if one.first.episode == stream and one.state == WRITTEN]
        return its[-1] if its else None

    def is_erased(self, stream: UUID) -> bool:
        """Whether the client of a reviewed return was erased."""
        return stream in self._erased

    @property
    def rules(self) -> RuleSet:
        """The rules by agency; of two with one first day the one that was said last."""
        by_agency: dict[str, dict[date | None, ReturnRuleSet]] = {}
        for one in self._rules:
            by_agency.setdefault(one.agency, {})[one.rule.first_day] = one
        return RuleSet(
            {
                agency: [one.rule for one in sorted(its.values(), key=lambda one: one.rule.first_day or date.min)]
                for agency, its in by_agency.items()
            }
        )

    @property
    def rules_said(self) -> Sequence[ReturnRuleSet]:
        """Every rule, in the order in which it was said."""
        return self._rules


def _folded(recorded: tuple[Recorded, ...]) -> ReturnReview:
    return ReturnReview.folded(one.event for one in recorded)  # type: ignore[misc]


def erased_among(connection: sa.Connection, streams: Iterable[UUID]) -> frozenset[UUID]:
    """Which of these episodes were erased."""
    its = sorted(streams)
    if not its:
        return frozenset()
    query = sa.select(log.c.originator_id).where(log.c.topic == ERASED, log.c.originator_id.in_(its))
    return frozenset(connection.execute(query).scalars())


# ---- how they stand on a day


@dataclass(frozen=True, slots=True)
class OwedReview:
    """A review of a return: when it is due, how it stands on the day, and what was written. `client_return` is None
    of an erased client.
    """

    episode: UUID
    agency: str
    state: str
    client_return: ClientReturn | None
    due: date | None
    review: ReturnReview | None

    @property
    def written_on(self) -> date | None:
        """The day on which it was written first."""
        return self.review.first.occurred_on if self.review else None

    @property
    def in_time(self) -> bool:
        """Whether it was written by the day on which it was due."""
        return self.written_on is not None and self.due is not None and self.written_on <= self.due


def owed(returns: Mapping[UUID, ClientReturn], reviews: ReturnReviews, day: date) -> list[OwedReview]:
    """What is owed on a day, what is to be done first; by rules, and by what of both is known."""
    rules = reviews.rules
    its = [_owed(one, rules, reviews, day) for one in returns.values()]
    every = [one for one in its if one]
    listed = {one.episode for one in every}
    for review in reviews.reviews.values():
        stream = review.first.episode
        if review.state == WRITTEN and stream not in listed and reviews.is_erased(stream):
            every.append(OwedReview(stream, review.first.agency, ERASED_CLIENT, None, None, review))
            listed.add(stream)
    return sorted(every, key=lambda one: (RETURN_STATES.index(one.state), one.due or date.min, one.episode))


def _owed(one: ClientReturn, rules: RuleSet, reviews: ReturnReviews, day: date) -> OwedReview | None:
    review = reviews.standing(one.episode)
    rule = rules.rule(one.agency, one.began)
    if rule is None or not one.is_within(rule.months):
        # What was written all the same is shown.
        return OwedReview(one.episode, one.agency, DONE, one, None, review) if review else None
    due = rule.due(one.began)
    if not one.stands:
        return OwedReview(one.episode, one.agency, NO_LONGER, one, due, review)
    state = DONE if review else OVERDUE if due < day else DUE
    return OwedReview(one.episode, one.agency, state, one, due, review)


@dataclass(frozen=True, slots=True)
class ReviewedInTime:
    """Of the reviews that fell due in the window, how many were written by their day."""

    numerator: int
    denominator: int
    first_day: date
    last_day: date


def reviewed_in_time(every: Iterable[OwedReview], as_of: date) -> ReviewedInTime:
    """The share of the last twelve months. A review counts from the day on which it is due."""
    window = last_months(as_of, SHARE_MONTHS)
    fell_due = [one for one in every if one.due and one.state not in {NO_LONGER, ERASED_CLIENT} and one.due in window]
    return ReviewedInTime(sum(one.in_time for one in fell_due), len(fell_due), window.first_day, window.last_day)
