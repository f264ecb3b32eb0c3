"""Re-presentations recorded in the commit that brings, moves or takes back a return.

A return at one agency concerns a completion at another, so all episodes of every client that the commit touches are
looked at, by what is known once it is through.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.client import client_number
from domain.episode.episode import EXIT, HANDOVER, INTERVENTION, REFERRAL, START, Episode, EpisodeEvent, Referral, Start
from domain.journey import re_presentations
from domain.log.mapper import Event
from domain.submission import Provenance, re_presentation

from .known import Knowledge, folded


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
    knowledge: Knowledge, changed: Mapping[UUID, Episode], clients: Iterable[int], by: Provenance
) -> list[Event]:
    """The events that bring recorded re-presentations in line with what is known after a commit.

    `changed` are the episodes that the commit changes, as they are after it; `clients` those whose journeys it may
    change. The events are applied to `changed` episodes.
    """
    concerned = set(clients)
    others = [stream for stream in knowledge.episodes_of_clients(concerned) if stream not in changed]
    recorded = knowledge.recorded(others)
    episodes = dict(changed) | {stream: folded(stream, recorded.get(stream, ())) for stream in others}
    by_client: defaultdict[int, list[Episode]] = defaultdict(list)
    for episode in episodes.values():
        client = client_of(episode)
        if client in concerned:
            by_client[client].append(episode)
    returns = {stream: fact for own in by_client.values() for stream, fact in re_presentations(own).items()}
    events: list[Event] = []
    for stream, episode in episodes.items():
        if (client := client_of(episode)) is None or client in concerned:
            for event in re_presentation(episode, returns.get(stream), by):
                episode.apply(event)
                events.append(event)
    return events
