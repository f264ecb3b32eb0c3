"""An episode as folded from its events. Folding keeps the newest of each key, and uses only the events."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.log.mapper import Event

from .events import Erased, FactEvent, Withdrawn
from .facts import Fact


class Episode:
    """An episode as folded from its events: the newest event of each fact that is still said."""

    __slots__ = ("id", "standing_events", "version")

    def __init__(self, episode_id: UUID) -> None:
        self.id = episode_id
        self.version = 0
        self.standing_events: dict[str, FactEvent] = {}

    def apply(self, event: Event) -> None:
        """Take one more event in; uses only the event."""
        self.version = event.originator_version
        if isinstance(event, FactEvent):
            self.standing_events[event.key] = event
        elif isinstance(event, Withdrawn):
            self.standing_events.pop(event.key, None)
        elif isinstance(event, Erased):
            self.standing_events.clear()

    @classmethod
    def folded(cls, episode_id: UUID, events: Iterable[Event]) -> Episode:
        """The episode after `events`, in the order of their versions."""
        episode = cls(episode_id)
        for event in events:
            episode.apply(event)
        return episode

    @property
    def facts(self) -> dict[str, Fact]:
        """What is said of the episode now, by key."""
        return {key: event.fact for key, event in self.standing_events.items()}
