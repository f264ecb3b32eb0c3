"""One client's records on both axes, from a place in a figure's list or in a walk between two figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from projections.explain import trail as trails
from projections.explain.timeline import Timeline, timeline
from projections.explain.trail import Entry, streams_of_client
from projections.privacy import redaction
from web.auth.viewer import Own, Viewer
from web.snapshot import Snapshot

MOST_ENTRIES = 2_000
"""Of one client; more than anybody's records ever came to."""


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """A client, and the position up to which something was known."""

    client: int
    position: int


@dataclass(frozen=True, slots=True)
class TimelineResult:
    """The entries of a client, the newest last."""

    client: int
    entries: Sequence[Entry]

    @property
    def timeline(self) -> Timeline:
        """The entries by the days on which they became known, with the episodes as they stood."""
        return timeline(self.entries, self.client)


def found(snapshot: Snapshot, viewer: Viewer, asked: TimelineQuery) -> TimelineResult:
    """What is recorded of a client."""
    streams = streams_of_client(snapshot.connection, snapshot.generation, asked.client)
    part = trails.TrailFilter(streams, last=asked.position, limit=MOST_ENTRIES)
    return viewer.redacted(
        TimelineResult(asked.client, trails.trail(snapshot.connection, snapshot.mapper, snapshot.generation, part)),
        _redacted_found,
    )


def _redacted_found(answer: TimelineResult, own: Own) -> TimelineResult:
    return replace(answer, entries=redaction.redacted_trail(answer.entries, own))
