"""The KPIs of Appendix C by the projection loop of the eventsourcing library, from the events of the log themselves.

The library hands each event to a projection, which keeps a view of what is known now. What was known earlier is asked
by running the loop from the first event on, and stopping where one asks; so all days of knowledge are one run.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from eventsourcing.application import LocalNotificationLog
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.system import NotificationLogReader

from domain.episode.events import Erased, FactEvent, Withdrawn
from domain.episode.facts import Exit, Fact, Handover, Intervention, Start
from domain.register import Register

from .window import FAMILIES, OPEN, Counts, Window, code, months_back, window_of

SECTION: Final = 5_000
STRUCTURED: Final = {94, 95, 11, 12, *range(1, 7)}
SUCCESS: Final = {80, 81, 82, 1, 2, 90, 91, 92, *range(15, 29)}
ADULT: Final = date.min


class Treated(NamedTuple):
    """What the KPIs read of an episode in structured treatment; the first two put a client's episodes in order."""

    triaged_on: date
    key: tuple[str, str, str]
    started_on: date
    left_on: date
    success: bool
    substances: frozenset[str]
    adult_on: date


class Journey(NamedTuple):
    start_on: date
    end_on: date
    success: bool
    group: int | None
    adult_on: date
    returned: bool


class KnownNow(POPOTrackingRecorder):
    """The view: the facts of each episode as known now, whose it is, and which clients something became known of."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[UUID, dict[str, Fact]] = {}
        self.owner: dict[UUID, str] = {}
        self.episodes: dict[str, set[UUID]] = {}
        self.changed: set[str] = set()

    def touch(self, episode: UUID) -> dict[str, Fact]:
        """The facts of an episode of which something else is known now."""
        self.changed.add(self.owner.get(episode, ""))
        return self.facts.setdefault(episode, {})

    def belongs(self, episode: UUID, client: str) -> None:
        """A correction may say that the episode is somebody else's."""
        self.episodes.get(self.owner.get(episode, ""), set()).discard(episode)
        self.owner[episode] = client
        self.episodes.setdefault(client, set()).add(episode)
        self.changed.add(client)

    def treated(self, client: str) -> list[Treated]:
        rows = (treated(self.facts[episode]) for episode in self.episodes.get(client, ()))
        return sorted(row for row in rows if row)


class EpisodesProjection(Projection[KnownNow]):
    @singledispatchmethod
    def process_event(self, _event: Any, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, event: FactEvent, tracking: Tracking) -> None:
        self.view.touch(event.originator_id)[event.key] = event.fact
        if isinstance(event.fact, Start):
            self.view.belongs(event.originator_id, event.fact.client)
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, event: Withdrawn, tracking: Tracking) -> None:
        self.view.touch(event.originator_id).pop(event.key, None)
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, event: Erased, tracking: Tracking) -> None:
        self.view.touch(event.originator_id).clear()
        self.view.insert_tracking(tracking)


class ProjectionLoopPeer:
    def __init__(self, register: Register) -> None:
        self.register = register
        self.projection = EpisodesProjection(KnownNow())

    def answers(self, cells: Sequence[tuple[date, int]]) -> list[Counts]:
        by_position: dict[int, dict[date, Counts]] = {}
        days = [Day(as_of) for as_of in dict.fromkeys(as_of for as_of, _ in cells)]
        for position in sorted({position for _, position in cells}):
            self.run_to(position)
            self.count(days)
            by_position[position] = {day.as_of: day.counts for day in days}
        return [by_position[position][as_of] for as_of, position in cells]

    def run_to(self, position: int) -> None:
        """The loop of the library's runner, up to a position: a runner would go on for ever.

        It asks for the next section of the log as the runner's subscription does; Recount's recorder has none.
        """
        name, mapper = self.register.name, self.register.mapper
        reader = NotificationLogReader(LocalNotificationLog(self.register.recorder, SECTION), SECTION)
        after = self.projection.view.max_tracking_id(name)
        for section in reader.select(start=after, stop=position, inclusive_of_start=False):
            for notification in section:
                self.projection.process_event(mapper.to_domain_event(notification), Tracking(name, notification.id))

    def count(self, days: Sequence["Day"]) -> None:
        """Only who changed since the loop stopped last is counted anew."""
        view = self.projection.view
        for client in view.changed:
            episodes = view.treated(client)
            for day in days:
                day.replace(client, episodes)
        view.changed = set()


class Day:
    """All figures of one as_of, as known now, kept up client by client."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.windows = {family: window_of(family, as_of) for family in FAMILIES}
        self.of_client: dict[str, list[tuple[str, bool]]] = {}

    def replace(self, client: str, episodes: Sequence[Treated]) -> None:
        journeys = journeys_of(episodes, self.as_of)
        decided = (decision(family, window, journeys) for family, window in self.windows.items())
        self.of_client[client] = [one for one in decided if one]

    @property
    def counts(self) -> Counts:
        counts: Counts = {}
        for decided in self.of_client.values():
            for kpi, counted in decided:
                numerator, denominator = counts.get(kpi, (0, 0))
                counts[kpi] = numerator + counted, denominator + 1
        return counts


def treated(facts: dict[str, Fact]) -> Treated | None:
    """The episode as the KPIs read it; None unless it was triaged and came into structured treatment."""
    start = facts.get("start")
    interventions = [fact for fact in facts.values() if isinstance(fact, Intervention)]
    started = [fact.started_on for fact in interventions if fact.started_on and fact.modality in STRUCTURED]
    if not isinstance(start, Start) or not started:
        return None
    left_on, success = departure(facts)
    return Treated(
        triaged_on=start.triaged_on,
        key=(start.agency, start.client_reference, start.episode_reference),
        started_on=min(started),
        left_on=left_on,
        success=success,
        substances=frozenset(substance(drug) for drug in start.drugs if not 9996 <= drug <= 9999),
        adult_on=start.adult_on or ADULT,
    )


def departure(facts: dict[str, Fact]) -> tuple[date, bool]:
    """A real discharge goes before a handover."""
    if isinstance(left := facts.get("exit"), Exit):
        return left.discharged_on, left.reason in SUCCESS
    if isinstance(left := facts.get("handover"), Handover):
        return left.handed_over_on, False
    return OPEN, False


def substance(drug: int) -> str:
    return {1: "opiate", 7: "alcohol"}.get(drug // 1000, "other")


def journeys_of(episodes: Sequence[Treated], as_of: date) -> list[Journey]:
    """A client's journeys as of a day, each with whether the person came back within six months of a success."""
    seen = [e for e in episodes if e.triaged_on <= as_of and e.started_on <= as_of]
    joined = list(chained([e if e.left_on <= as_of else e._replace(left_on=OPEN) for e in seen]))
    next_starts = [*(later[0].triaged_on for later in joined[1:]), OPEN]
    return [journey(*one) for one in zip(joined, next_starts, strict=False)]


def chained(episodes: Sequence[Treated]) -> Iterator[list[Treated]]:
    """A new journey begins where the triage is more than 21 days after the latest discharge so far."""
    chain: list[Treated] = []
    for episode in episodes:
        if chain and (episode.triaged_on - max(e.left_on for e in chain)).days > 21:
            yield chain
            chain = []
        chain.append(episode)
    if chain:
        yield chain


def journey(episodes: Sequence[Treated], next_start: date) -> Journey:
    """Only the episodes discharged on its last day speak of how it ended."""
    end_on = max(e.left_on for e in episodes)
    success = end_on < OPEN and all(e.success for e in episodes if e.left_on == end_on)
    substances = frozenset().union(*(e.substances for e in episodes))
    returned = success and next_start < months_back(end_on, -6)
    return Journey(episodes[0].triaged_on, end_on, success, group_of(substances), episodes[0].adult_on, returned)


def group_of(substances: frozenset[str]) -> int | None:
    if "opiate" in substances:
        return 0
    if "other" in substances:
        return 3 if "alcohol" in substances else 1
    return 2 if "alcohol" in substances else None


def decision(family: str, window: Window, journeys: Sequence[Journey]) -> tuple[str, bool] | None:
    """The KPI in whose cohort a client stands, and whether as counted; the latest journey decides."""
    inside = [j for j in journeys if j.start_on <= window.last_day and j.end_on >= window.first_day]
    if family.startswith("5"):
        inside = [j for j in inside if completed(j, window) and stands(j, window)]
    if not inside or not stands(last := inside[-1], window) or last.group is None:
        return None
    counted = {"phof": completed(last, window) and not last.returned, "4": completed(last, window)}
    return code(family, last.group), counted.get(family, last.returned)


def completed(one: Journey, window: Window) -> bool:
    return one.success and window.first_day <= one.end_on <= window.last_day


def stands(one: Journey, window: Window) -> bool:
    return one.adult_on <= max(one.start_on, window.first_day) and one.group is not None
