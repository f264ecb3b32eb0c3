"""Re-presentations recorded in the commit that brings, moves or takes back a return.

A return at one agency concerns a completion at another, so all episodes of every client that the commit touches are
looked at, by what is known once it is through.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.client import client_number
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent
from domain.episode.facts import EXIT, HANDOVER, INTERVENTION, REFERRAL, START, Referral, Start
from domain.episode.reconcile import Provenance, re_presentation
from domain.journey import re_presentations
from domain.log.mapper import Event
from domain.register import Recording

from .known import episodes_of_clients


def client_of(episode: Episode) -> int | None:
    """Whose the episode is by its own newest rows; None of one of which nothing is said."""
    for key in (START, REFERRAL):
        event = episode.standing_events.get(key)
        if event and isinstance(event.fact, Start | Referral):
            return client_number(event.fact.client)
    return None


def concerns_journeys(event: Event) -> bool:
    """Whether the event can change which journeys a client has, and how they end."""
    return isinstance(event, EpisodeEvent) and (
        event.key in {START, EXIT, HANDOVER} or event.key.startswith(INTERVENTION)
    )


def follow_returns(
    recording: Recording, generation: int, changed: Mapping[UUID, Episode], clients: Iterable[int], by: Provenance
) -> list[Event]:
    """The events that bring recorded re-presentations in line with what is known after a commit.

    `changed` are the episodes that the commit changes, as they are after it; `clients` those whose journeys it may
    change. The events are applied to `changed` episodes.
    """
    concerned = set(clients)
    others = [s for s in episodes_of_clients(recording.connection, generation, concerned) if s not in changed]
    streams = recording.read_streams(others)
    episodes = dict(changed) | {s: Episode.folded(s, (r.event for r in streams.get(s, ()))) for s in others}
    by_client: defaultdict[int, list[Episode]] = defaultdict(list)
    for episode in episodes.values():
        client = client_of(episode)
        if client in concerned:
            by_client[client].append(episode)
    found = {stream: return_ for its in by_client.values() for stream, return_ in re_presentations(its).items()}
    events: list[Event] = []
    for stream, episode in episodes.items():
        if (client := client_of(episode)) is None or client in concerned:
            for event in re_presentation(episode, found.get(stream), by):
                episode.apply(event)
                events.append(event)
    return events
