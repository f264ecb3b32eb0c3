"""Why one figure is not another: two stations, and the walk between them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.definition import Definition, definition_in_force
from domain.measures.registry import Measure
from projections.explain.bridge import Bridge, Station, bridge
from projections.privacy import redaction
from projections.standings.lru import LruCache
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.schemas import explanations as documents
from web.snapshot import Snapshot

from .parameters import EVERYBODY, Document, KnownAt

EXPLANATIONS_KEPT: Final = 32
"""Of one snapshot; each may name hundreds of people with their events."""


@dataclass(frozen=True, slots=True)
class StationQuery:
    """Where a walk begins or ends: the coordinates of a figure."""

    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    definition: Definition | None = None

    def moved(
        self,
        as_of: date | None = None,
        known_at: KnownAt = None,
        area: str | None = None,
        agency: str | None = None,
        definition: Definition | None = None,
    ) -> "StationQuery":
        """The station that is the same but for what is given."""
        return StationQuery(
            as_of or self.as_of,
            self.known_at if known_at is None else known_at,
            replace(self.where, area=area or self.where.area, agency=agency or self.where.agency),
            definition or self.definition,
        )


@dataclass(frozen=True, slots=True)
class ExplanationQuery:
    """The walk of one measure from one station to another."""

    measure: Measure
    start: StationQuery
    end: StationQuery


@dataclass(frozen=True, slots=True)
class ExplanationResult:
    """The difference between two figures, step by step and person by person."""

    bridge: Bridge

    def document(self) -> Document:
        """EXPLANATION of the JSON reference."""
        return documents.explanation(self.bridge)


def explain(snapshot: Snapshot, viewer: Viewer, asked: ExplanationQuery) -> ExplanationResult:
    """The walk from one figure to the other.

    It is kept with the snapshot: all who are in it are looked up in the log, and the page of each of them asks again.
    """
    kept: LruCache[ExplanationQuery, Bridge] = snapshot.kept("explanations", lambda: LruCache(EXPLANATIONS_KEPT))
    return viewer.redacted(ExplanationResult(kept.or_made(asked, lambda: _walk(snapshot, asked))), _redacted_explain)


def _walk(snapshot: Snapshot, asked: ExplanationQuery) -> Bridge:
    start, end = _station(snapshot, asked.start), _station(snapshot, asked.end)
    stored = snapshot.loaded.engine if snapshot.loaded else None
    return bridge(snapshot.connection, snapshot.mapper, asked.measure, start, end, stored)


def _station(snapshot: Snapshot, asked: StationQuery) -> Station:
    in_force = asked.definition == definition_in_force(asked.as_of)
    # The standings of the version in force are stored; any other is measured anew.
    variant = None if in_force else asked.definition
    return Station(snapshot.standpoint(asked.as_of, asked.known_at), asked.where, variant)


def _redacted_explain(answer: ExplanationResult, own: Own) -> ExplanationResult:
    return replace(answer, bridge=redaction.redacted_bridge(answer.bridge, own))
