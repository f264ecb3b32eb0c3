"""One person's records on two axes: when something happened, and when it became known."""

from dataclasses import dataclass
from typing import Final

from projections.explain import timeline as timelines
from projections.explain.timeline import Timeline
from projections.explain.trail import TrailFilter, streams_of_client, trail
from projections.privacy import redaction
from web.auth.viewer import Viewer
from web.snapshot import Snapshot

MOST_ENTRIES: Final = 2_000
"""Of one client; more than anybody's records ever came to."""


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """A client, and the position up to which something was known."""

    client: int
    position: int


def timeline(snapshot: Snapshot, viewer: Viewer, query: TimelineQuery) -> Timeline:
    """What is recorded of a client, by the days on which it became known, with the episodes as they stood."""
    streams = streams_of_client(snapshot.connection, snapshot.generation, query.client)
    filter_ = TrailFilter(streams, last=query.position, limit=MOST_ENTRIES)
    entries = trail(snapshot.connection, snapshot.mapper, snapshot.generation, filter_)
    return timelines.timeline(viewer.redacted(entries, redaction.redacted_trail), query.client)
