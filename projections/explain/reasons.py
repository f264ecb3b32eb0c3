"""In the field's words, what made a client stand in a figure, or stand in it no more, and the event that did it.

A change along knowledge came with one submission: the client is looked at just before it and just after, and the
first difference that explains the change is named. A change along days came as something happened on the day, or as a
window's edge passed a day of the client's own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, partial
from typing import Final
from uuid import UUID

from domain.definition import Definition
from domain.episode.episode import Episode
from domain.episode.events import (
    EPISODE_EVENTS,
    EpisodeEvent,
    ExitAmended,
    ExitWithdrawn,
    FactEvent,
    HandedOver,
    HandoverUndone,
    InterventionEndAmended,
    InterventionEnded,
    InterventionEndWithdrawn,
    InterventionWithdrawn,
    Joined,
    JoinUndone,
    RePresentationAmended,
    RePresentationWithdrawn,
    RePresented,
    ReviewAmended,
    Reviewed,
    ReviewWithdrawn,
    StartAmended,
    StartWithdrawn,
    TopAmended,
    TopCompleted,
    TopWithdrawn,
    Withdrawn,
)
from domain.episode.facts import EXIT, INTERVENTION, REFERRAL, START, TOP, Exit, Start, Top
from domain.history import EpisodeView, seen_from
from domain.journey import Journey, journeys_of
from domain.log.reading import Recorded
from domain.measures import families
from domain.measures.families import ADULT_EVE, Reads, Unit
from domain.measures.registry import Measure
from domain.periods import NEVER
from domain.standpoint import Standpoint
from projections.standings.reference import own_days, person_rows
from projections.standings.versions import touches_measures


class Reason(StrEnum):
    """Why a client contributes to a difference."""

    LATE_START = "late start"
    LATE_EXIT = "late exit"
    AMENDED_EXIT_REASON = "amended exit reason"
    AMENDED_EXIT_DATE = "amended exit date"
    AMENDED_START = "amended start"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    VOIDED = "joined within 21 days so completion voided"
    LATE_RETURN = "late return"
    RETURNED = "returned"
    ENTERED_WINDOW = "entered the window"
    LEFT_WINDOW = "left the window"
    TURNED_18 = "turned 18"
    MOVED_GROUP = "moved group"
    MERGED_OR_SPLIT = "merged or split person"
    MOVED_AREA = "moved area"
    HANDOVER = "handover"
    SAME_RECORD = "joined with another reference"
    TWO_RECORDS = "parted from another reference"
    LATE_TOP = "late TOP"
    AMENDED_TOP = "amended TOP"
    HEPATITIS = "hepatitis record changed"
    LATE_REVIEW = "late review"
    LATE_INTERVENTION = "late intervention"
    LATE_REFERRAL = "late referral"
    DEFINITION = "definition"
    SLICE = "slice"
    OTHER_RECORD = "another record changed"


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason, with the event that it rests on."""

    reason: Reason
    event: Recorded | None


_OF_TOPS: Final = (TopCompleted, TopAmended, TopWithdrawn)
_OF_REVIEWS: Final = (Reviewed, ReviewAmended, ReviewWithdrawn)
_NEVER_READ: Final = (
    InterventionEnded,
    InterventionEndAmended,
    InterventionEndWithdrawn,
    RePresented,
    RePresentationAmended,
    RePresentationWithdrawn,
)


def topics_read(measure: Measure) -> list[str]:
    """The topics of the events that can change a measure's answer: the others need not be read to explain it."""
    reads = measure.family.reads
    left_out = {
        *_NEVER_READ,
        *(() if reads is Reads.TOPS else _OF_TOPS),
        *(() if reads is Reads.REVIEWS else _OF_REVIEWS),
    }
    return [event.TOPIC for event in EPISODE_EVENTS if event not in left_out]


class ClientKnown:
    """Everything recorded of the episodes that were ever one client's."""

    def __init__(self, client: int, recorded: Mapping[UUID, Sequence[Recorded]]) -> None:
        self.client, self._recorded = client, recorded
        self._folded: dict[int, tuple[list[Episode], dict[tuple[UUID, str], Recorded]]] = {}
        self._seen: dict[tuple[date, int, Definition], ClientSeen] = {}

    def events_of(self, position: int) -> list[Recorded]:
        """What the submission at a position (the last one that touched the client by then) said."""
        events = [r for its in self._recorded.values() for r in its if r.position <= position]
        newest = max((r.event.submission for r in events), default=0)
        return sorted(r for r in events if r.event.submission == newest and touches_measures(r.event))

    def seen(self, as_of: date, position: int, definition: Definition) -> "ClientSeen":
        """The client as seen on a day, by what was known at a position."""
        # A client who moves in and out of both sides of a figure is looked at twice from the same places.
        key = (as_of, position, definition)
        if key not in self._seen:
            episodes, newest = self._fold(position)
            views = seen_from(Standpoint(as_of, None, position), episodes, definition)
            self._seen[key] = ClientSeen(self.client, as_of, views, newest, definition)
        return self._seen[key]

    def _fold(self, position: int) -> tuple[list[Episode], dict[tuple[UUID, str], Recorded]]:
        """The episodes at a position, and the event that says each of their facts."""
        if position in self._folded:
            return self._folded[position]
        episodes: list[Episode] = []
        newest: dict[tuple[UUID, str], Recorded] = {}
        for stream, recorded in self._recorded.items():
            episode = Episode(stream)
            for one in recorded:
                if one.position <= position:
                    episode.apply(one.event)
                    if isinstance(one.event, EpisodeEvent):
                        newest[stream, one.event.key] = one
            episodes.append(episode)
        self._folded[position] = episodes, newest
        return episodes, newest


@dataclass(frozen=True)
class ClientSeen:
    """A client at one standpoint; `views` are of all episodes that were ever the client's, also of others by now."""

    client: int
    as_of: date
    views: Sequence[EpisodeView]
    newest: Mapping[tuple[UUID, str], Recorded]
    definition: Definition

    @cached_property
    def own(self) -> list[EpisodeView]:
        """The episodes that are the client's."""
        return [view for view in self.views if view.core.client == self.client]

    @cached_property
    def journeys(self) -> list[Journey]:
        """The client's journeys, in order."""
        return journeys_of(self.own, self.definition)

    @cached_property
    def in_structured(self) -> set[UUID]:
        """The client's episodes in structured treatment."""
        return {view.episode for view in self.own if view.core.started < NEVER}

    def client_of(self, stream: UUID) -> int | None:
        """Whose episode it is."""
        return next((view.core.client for view in self.views if view.episode == stream), None)

    def journey_with(self, streams: Iterable[UUID]) -> Journey | None:
        """The journey that holds one of these episodes."""
        wanted = set(streams)
        return next((j for j in self.journeys if any(e.episode in wanted for e in j.episodes)), None)

    def event(self, stream: UUID, key: str, day: date | None = None) -> Recorded | None:
        """The event that says a fact of an episode: its key, or how it begins, and its day."""
        events = (
            one
            for (its, k), one in self.newest.items()
            if its == stream and k.startswith(key) and isinstance(one.event, FactEvent)
        )
        return next((one for one in events if day is None or one.event.occurred_on == day), None)


def cause_of_knowledge(
    measure: Measure,
    definition: Definition,
    known: ClientKnown,
    as_of: date,
    position: int,
    *,
    increases: bool,
    counted: bool,
) -> Cause:
    """Why a submission changed a client's standing: `increases` it, on the `counted` side or in the cohort."""
    events = known.events_of(position)
    if not events:
        return Cause(Reason.OTHER_RECORD, None)
    before = known.seen(as_of, events[0].position - 1, definition)
    after = known.seen(as_of, position, definition)
    by_exit = list(_exits(events, before))
    by_arrival = list(_arrivals(events, before, after, increases=increases, counted=counted))
    if measure.family.reads is Reads.DETAILS:
        by_arrival += _details(events, before, after, counted=counted)
    # A completion that becomes known counts by its exit; one that is lost is lost to what came after it.
    first, second = (by_exit, by_arrival) if increases and _needs_exit(measure, counted) else (by_arrival, by_exit)
    causes = [*_joins(events), *_identities(events, before, after), *first, *second, *_other_facts(events, before)]
    return causes[0] if causes else Cause(Reason.OTHER_RECORD, events[0])


_OF_COMPLETERS: Final = frozenset(
    family.name
    for family in (
        families.RE_PRESENTATIONS,
        families.RE_PRESENTATIONS_UNLAGGED,
        families.EXIT_TOPS,
        families.HOUSING,
        families.PAID_WORK,
        families.JOURNEYS_ENDED,
    )
)
"""Families whose cohort is of ended journeys."""


def _needs_exit(measure: Measure, counted: bool) -> bool:
    if measure.family.reads is Reads.DETAILS:
        return False  # an exit that comes with the same file says nothing of an offer or a test
    return counted or measure.family.name in _OF_COMPLETERS


def _joins(events: Iterable[Recorded]) -> Iterator[Cause]:
    """One episode that was known under two references, or two that were held to be one: whatever else is said then."""
    for one in events:
        if isinstance(one.event, Joined | JoinUndone):
            yield Cause(Reason.SAME_RECORD if isinstance(one.event, Joined) else Reason.TWO_RECORDS, one)


def _identities(events: Iterable[Recorded], before: ClientSeen, after: ClientSeen) -> Iterator[Cause]:
    for one in events:
        stream = one.event.originator_id
        old, new = before.client_of(stream), after.client_of(stream)
        if isinstance(one.event, StartAmended) and old != new and old is not None and new is not None:
            yield Cause(Reason.MERGED_OR_SPLIT, one)


def _exits(events: Iterable[Recorded], before: ClientSeen) -> Iterator[Cause]:
    for one in events:
        event = one.event
        if isinstance(event, HandedOver | HandoverUndone):
            yield Cause(Reason.HANDOVER, one)
        elif isinstance(event, ExitWithdrawn):
            yield Cause(Reason.REOPENED, one)
        elif isinstance(event, ExitAmended):
            yield Cause(_amended_exit(event, before), one)
        elif isinstance(event, FactEvent) and event.key == EXIT:
            yield Cause(Reason.LATE_EXIT, one)


def _amended_exit(event: ExitAmended, before: ClientSeen) -> Reason:
    exit_ = before.newest.get((event.originator_id, EXIT))
    if exit_ and isinstance(exit_.event, FactEvent) and isinstance(exit_.event.fact, Exit):
        return Reason.AMENDED_EXIT_DATE if exit_.event.occurred_on != event.occurred_on else Reason.AMENDED_EXIT_REASON
    return Reason.AMENDED_EXIT_DATE


def _arrivals(
    events: Sequence[Recorded], before: ClientSeen, after: ClientSeen, *, increases: bool, counted: bool
) -> Iterator[Cause]:
    """Episodes that were not seen before, or are not any more."""
    for stream in sorted(after.in_structured - before.in_structured):
        yield Cause(_arrival(stream, before, after, increases=increases, counted=counted), _start(events, stream))
    for stream in sorted(before.in_structured - after.in_structured):
        withdrawn = (StartWithdrawn, InterventionWithdrawn)
        gone = next((r for r in events if r.event.originator_id == stream and isinstance(r.event, withdrawn)), None)
        yield Cause(Reason.WITHDRAWN, gone) if gone else Cause(Reason.AMENDED_START, _start(events, stream))


def _arrival(stream: UUID, before: ClientSeen, after: ClientSeen, *, increases: bool, counted: bool) -> Reason:
    journey = after.journey_with([stream])
    together = {e.episode for e in journey.episodes} if journey else set()
    earlier = before.journey_with(together)
    if earlier and earlier.success and not increases:
        return Reason.VOIDED
    if earlier and journey and earlier.group != journey.group:
        return Reason.MOVED_GROUP
    if journey and after.journeys.index(journey) > 0:
        return Reason.LATE_RETURN
    if counted and journey and journey.end < NEVER:
        return Reason.LATE_EXIT
    return Reason.LATE_START


def _details(events: Iterable[Recorded], before: ClientSeen, after: ClientSeen, *, counted: bool) -> Iterator[Cause]:
    """Starts that say something else of an offer or a test; for the cohort a triage that moved too comes first."""
    old, new = ({view.episode: view for view in seen.views} for seen in (before, after))
    for one in events:
        stream = one.event.originator_id
        if not isinstance(one.event, StartAmended) or not (stream in old and stream in new):
            continue
        same_triage = old[stream].core.triaged == new[stream].core.triaged
        if old[stream].blood_borne != new[stream].blood_borne and (counted or same_triage):
            yield Cause(Reason.HEPATITIS, one)


def _start(events: Iterable[Recorded], stream: UUID) -> Recorded | None:
    """The event that says an episode's start, or its intervention where it was triaged before."""
    its = [r for r in events if r.event.originator_id == stream and isinstance(r.event, EpisodeEvent)]
    starts = [r for r in its if isinstance(r.event, FactEvent) and r.event.key == START]
    return next(iter([*starts, *its]), None)


def _other_facts(events: Iterable[Recorded], before: ClientSeen) -> Iterator[Cause]:
    for one in events:
        event = one.event
        if isinstance(event, StartAmended):
            yield Cause(_amended_start(event, before), one)
        elif isinstance(event, Withdrawn):
            yield Cause(Reason.WITHDRAWN, one)
        elif isinstance(event, TopAmended) and _only_answers_differ(event, before):
            yield Cause(Reason.AMENDED_TOP, one)
        elif isinstance(event, FactEvent):
            yield Cause(_LATE.get(event.key.partition(":")[0], Reason.LATE_REVIEW), one)


def _only_answers_differ(event: TopAmended, before: ClientSeen) -> bool:
    old = before.newest.get((event.originator_id, event.key))
    fact = old.event.fact if old and isinstance(old.event, FactEvent) else None
    same = isinstance(fact, Top) and (fact.completed_on, fact.stage) == (event.fact.completed_on, event.fact.stage)
    return same and isinstance(fact, Top) and fact.answers != event.fact.answers


_LATE: Final = {
    TOP.rstrip(":"): Reason.LATE_TOP,
    INTERVENTION.rstrip(":"): Reason.LATE_INTERVENTION,
    REFERRAL: Reason.LATE_REFERRAL,
    START: Reason.LATE_START,
}


def _amended_start(event: StartAmended, before: ClientSeen) -> Reason:
    start = before.newest.get((event.originator_id, START))
    old = start.event.fact if start and isinstance(start.event, FactEvent) else None
    if not isinstance(old, Start) or old.triaged_on != event.fact.triaged_on:
        return Reason.AMENDED_START
    if old.drugs != event.fact.drugs:
        return Reason.MOVED_GROUP
    return Reason.MOVED_AREA if old.area != event.fact.area else Reason.OTHER_RECORD


def cause_of_date(
    measure: Measure,
    definition: Definition,
    known: ClientKnown,
    position: int,
    day: date,
    *,
    forward: bool,
    increases: bool,
) -> Cause:
    """Why a client's standing changed from the day before to `day`; walking back, entering is leaving.

    `increases` says how it changed in the direction of time.
    """
    after = known.seen(day, position, definition)
    cause = _happened(known, after, position, increases=increases) or _passed(measure, after, increases=increases)
    if cause is None:
        return Cause(Reason.OTHER_RECORD, None)
    if not forward and cause.reason in _MIRRORED:
        return Cause(_MIRRORED[cause.reason], cause.event)
    return cause


_MIRRORED: Final = {Reason.ENTERED_WINDOW: Reason.LEFT_WINDOW, Reason.LEFT_WINDOW: Reason.ENTERED_WINDOW}


def _happened(known: ClientKnown, after: ClientSeen, position: int, *, increases: bool) -> Cause | None:
    """What happened on the day itself: an episode came into treatment, a discharge."""
    today = after.as_of.toordinal()
    for stream in sorted(view.episode for view in after.own if view.core.started == today):
        before = known.seen(after.as_of - timedelta(days=1), position, after.definition)
        journey = after.journey_with([stream])
        event = after.event(stream, INTERVENTION, after.as_of) or after.event(stream, START)
        earlier = before.journey_with({e.episode for e in journey.episodes}) if journey else None
        if earlier and earlier.success and not increases:
            return Cause(Reason.VOIDED, event)
        if earlier and journey and earlier.group != journey.group:
            return Cause(Reason.MOVED_GROUP, event)
        is_return = journey is not None and after.journeys.index(journey) > 0
        return Cause(Reason.RETURNED if is_return else Reason.ENTERED_WINDOW, event)
    for view in after.own:
        if view.core.left == today:
            event = after.event(view.episode, EXIT) or after.event(view.episode, "handover")
            return Cause(Reason.ENTERED_WINDOW if increases else Reason.LEFT_WINDOW, event)
    return None


def _passed(measure: Measure, after: ClientSeen, *, increases: bool) -> Cause | None:
    """Which edge of the window passed which of the client's own days on the day."""
    day = after.as_of.toordinal()
    passed: list[Cause] = []
    for episodes, day_of in _rows(measure, after):
        for name, own in own_days(measure.family, day_of):
            reason = _passing(measure, own, day)
            if reason:
                reason = Reason.TURNED_18 if name == ADULT_EVE else reason
                passed.append(Cause(reason, _own_event(after, episodes, name, own)))
    expected = Reason.ENTERED_WINDOW if increases else Reason.LEFT_WINDOW
    fitting = [cause for cause in passed if cause.reason in {expected, Reason.TURNED_18}]
    if fitting:
        return fitting[0]
    if passed and not increases:
        # Another journey of the client came into the window and decides now.
        return Cause(Reason.RETURNED, passed[0].event)
    return passed[0] if passed else None


def _rows(measure: Measure, seen: ClientSeen) -> Iterator[tuple[Sequence[EpisodeView], Callable[[str], int]]]:
    """What the measure is asked of, the newest first: its episodes, and its days by name."""
    if measure.family.unit is Unit.JOURNEY:
        for journey in reversed(seen.journeys):
            yield journey.episodes, partial(getattr, journey)
    else:
        for row in reversed(person_rows(measure.family.unit, seen.own, seen.definition)):
            yield row.episodes, row.columns.__getitem__


def _passing(measure: Measure, own: int, day: int) -> Reason | None:
    window = measure.family.window
    if window.first.first_past_day(own) == day:
        return Reason.LEFT_WINDOW
    return Reason.ENTERED_WINDOW if window.after.first_past_day(own) == day else None


def _own_event(seen: ClientSeen, episodes: Iterable[EpisodeView], name: str, own: int) -> Recorded | None:
    """The event whose day passed the edge."""
    keys = _KEYS_OF_OWN_DAY.get(name, (START,))
    day = date.fromordinal(own) if name in _DATED and own < NEVER else None
    events = (seen.event(view.episode, key, day) for view in episodes for key in keys)
    return next((event for event in events if event), None)


_DATED: Final = frozenset(
    {
        *("start", "end", "started", "start_top", "review_top", "exit_top", "housing_on", "work_on"),
        *("plan_on", "risk_on"),
    }
)
_KEYS_OF_OWN_DAY: Final = {
    "end": (EXIT, "handover"),
    "matured_eve": (EXIT, "handover"),
    "started": (INTERVENTION,),
    "due": (INTERVENTION,),
    "start_top": (TOP,),
    "review_top": (TOP,),
    "exit_top": (TOP,),
    "housing_on": (TOP,),
    "work_on": (TOP,),
    "plan_on": ("care-plan", "review:recovery-plan"),
    "risk_on": ("review:risk-assessment",),
    "referred": (REFERRAL, START),
}


def cause_of_definition(
    measure: Measure, old: Definition, new: Definition, known: ClientKnown, standpoint: Standpoint
) -> Cause:
    """The event that the differing rule read: what joined or parted a journey, else its exit, else its start."""
    before = known.seen(standpoint.as_of, standpoint.position, old)
    after = known.seen(standpoint.as_of, standpoint.position, new)
    parted = {j.start for j in before.journeys} ^ {j.start for j in after.journeys}
    for view in after.own:
        if view.core.triaged in parted:
            return Cause(Reason.DEFINITION, after.event(view.episode, START))
    reads_tops = measure.family.reads is Reads.TOPS
    keys = (TOP,) if reads_tops else (EXIT,) if old.successful != new.successful else ()
    for view in reversed(after.own):
        for key in (*keys, START, REFERRAL):
            if event := after.event(view.episode, key):
                return Cause(Reason.DEFINITION, event)
    return Cause(Reason.DEFINITION, None)


def cause_of_slice(known: ClientKnown, standpoint: Standpoint, definition: Definition) -> Cause:
    """The start that says area, agency and referral source."""
    seen = known.seen(standpoint.as_of, standpoint.position, definition)
    latest = sorted(seen.own, key=lambda view: (view.core.triaged, view.key))
    for view in reversed(latest):
        if event := seen.event(view.episode, START) or seen.event(view.episode, REFERRAL):
            return Cause(Reason.SLICE, event)
    return Cause(Reason.SLICE, None)
