"""From an episode's events to its versions: how it stood from one submission to another."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from domain.definition import CURRENT, Definition
from domain.episode.events import EpisodeEvent, Erased, FactEvent
from domain.episode.facts import RE_PRESENTED, START, Fact
from domain.history import EpisodeView, episode_view, view_after
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded, events_by_stream, read_topics
from domain.submission import SUBMISSION_EVENTS

from .calculation import FOREVER, Standings, Version, standings_of
from .slices import Slices


def versions_from_log(
    connection: sa.Connection, mapper: JsonMapper, definition: Definition = CURRENT
) -> tuple[list[Recorded], list[list[Version]]]:
    """The submissions' own events in order, and the versions of every episode, read by a definition's lists; each
    stream is dropped once folded.
    """
    submissions = read_topics(connection, mapper, [event.TOPIC for event in SUBMISSION_EVENTS])
    position_of = {one.event.number: one.position for one in submissions}  # type: ignore[attr-defined]
    episodes = (its for its in events_by_stream(connection, mapper) if isinstance(its[-1], EpisodeEvent | Erased))
    return submissions, [_versions(events, position_of, definition) for events in episodes]


def standings_from_log(
    connection: sa.Connection, mapper: JsonMapper, slices: Slices, definition: Definition | None = None
) -> Standings:
    """All standings anew from the whole log, under a definition or under those in force."""
    _, versions = versions_from_log(connection, mapper, definition or CURRENT)
    return standings_of(versions, slices, definition)


def versions_of(recorded: Iterable[Recorded], position_of: Mapping[int, int]) -> list[Version]:
    """The versions of one episode from its events, oldest first; one begins where a submission changed its view.

    `position_of` gives the position of each submission by its ordinal: all facts of a commit become known there.
    """
    return _versions([one.event for one in recorded], position_of)


def _versions(
    events: Sequence[Event], position_of: Mapping[int, int], definition: Definition = CURRENT
) -> list[Version]:
    facts: dict[str, Fact] = {}
    versions: list[Version] = []
    view: EpisodeView | None = None
    known_from = 0
    changed: list[str] = []
    last = len(events) - 1
    for i, event in enumerate(events):
        changed.append(_apply(facts, event))
        if i < last and events[i + 1].submission == event.submission:
            continue
        now = view_after(view, event.originator_id, facts, changed, definition)
        changed = []
        if now is view or now == view:
            continue
        position = position_of[event.submission]
        if view is not None:
            versions.append(Version(known_from, position, view))
        view, known_from = now, position
    if view is not None:
        versions.append(Version(known_from, FOREVER, view))
    return versions


def current_view(recorded: Iterable[Recorded]) -> EpisodeView | None:
    """The view of one episode after all of its events; None if nothing is said of it."""
    facts: dict[str, Fact] = {}
    episode_id = None
    for one in recorded:
        event = one.event
        _apply(facts, event)
        episode_id = event.originator_id
    return episode_view(episode_id, facts) if episode_id else None


def _apply(facts: dict[str, Fact], event: Event) -> str:
    """Take one more event in; the key of the fact that it concerns."""
    if isinstance(event, FactEvent):
        facts[event.key] = event.fact
        return event.key
    if isinstance(event, EpisodeEvent):
        facts.pop(event.key, None)
        return event.key
    facts.clear()
    return START  # an erasure takes it away with all the rest


def touches_measures(event: Event) -> bool:
    """Whether a measure can read what the event says; a recorded re-presentation repeats what starts and exits say."""
    return not (isinstance(event, EpisodeEvent) and event.key == RE_PRESENTED)
