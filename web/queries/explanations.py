"""Why one figure is not another: two stations, and the walk between them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.definition import Definition, definition_in_force
from domain.measures.registry import Measure
from projections.explain.bridge import Bridge, Station, bridge
from projections.standings.lru import Kept
from projections.standings.slices import Slice
from web.context import Question
from web.schemas import explanations as documents

from .parameters import EVERYBODY, Document, KnownAt

EXPLANATIONS_KEPT: Final = 32
"""Of one snapshot; each may name hundreds of people with their events."""


@dataclass(frozen=True, slots=True)
class StationAsked:
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
    ) -> "StationAsked":
        """The station that is the same but for what is given."""
        return StationAsked(
            as_of or self.as_of,
            self.known_at if known_at is None else known_at,
            replace(self.where, area=area or self.where.area, agency=agency or self.where.agency),
            definition or self.definition,
        )


@dataclass(frozen=True, slots=True)
class ExplanationAsked:
    """The walk of one measure from one station to another."""

    measure: Measure
    start: StationAsked
    end: StationAsked


@dataclass(frozen=True, slots=True)
class Explanation:
    """The difference between two figures, step by step and person by person."""

    bridge: Bridge

    def document(self) -> Document:
        """EXPLANATION of the JSON reference."""
        return documents.explanation(self.bridge)


def explain(question: Question, asked: ExplanationAsked) -> Explanation:
    """The walk from one figure to the other.

    It is kept with the snapshot: all who are in it are looked up in the log, and the page of each of them asks again.
    """
    kept: Kept[ExplanationAsked, Bridge] = question.kept("explanations", lambda: Kept(EXPLANATIONS_KEPT))
    return Explanation(kept.or_made(asked, lambda: _walk(question, asked)))


def _walk(question: Question, asked: ExplanationAsked) -> Bridge:
    start, end = _station(question, asked.start), _station(question, asked.end)
    stored = question.loaded.engine if question.loaded else None
    return bridge(question.connection, question.mapper, asked.measure, start, end, stored)


def _station(question: Question, asked: StationAsked) -> Station:
    in_force = asked.definition == definition_in_force(asked.as_of)
    # The standings of the version in force are stored; any other is measured anew.
    variant = None if in_force else asked.definition
    return Station(question.standpoint(asked.as_of, asked.known_at), asked.where, variant)
