"""A scorecard, what moved on it since another standpoint, and a figure as the sum of its agencies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.measures import families
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from projections.performance import breakdown as parting
from projections.performance import scorecard as projection
from projections.performance.breakdown import Breakdown
from projections.performance.scorecard import Scorecard
from projections.performance.spc import ControlChart, Counted, TooFew, control_chart
from projections.performance.targets import Targets
from projections.performance.trend import Basis
from projections.privacy import redaction
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.schemas import scorecard as documents
from web.snapshot import Snapshot

from .parameters import EVERYBODY, Document, KnownAt


@dataclass(frozen=True, slots=True)
class ScorecardQuery:
    """A scorecard from one standpoint; its directions of travel go by `basis`."""

    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    basis: Basis = Basis.PREVIOUS
    measures: tuple[Measure, ...] = MEASURES


@dataclass(frozen=True, slots=True)
class ScorecardResult:
    """A scorecard."""

    scorecard: Scorecard

    def document(self) -> Document:
        """SCORECARD of the JSON reference."""
        return documents.scorecard(self.scorecard)


def scorecard(snapshot: Snapshot, viewer: Viewer, asked: ScorecardQuery) -> ScorecardResult:
    """Every measure with its target, its direction of travel and its last year."""
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    codes = tuple(measure.code for measure in asked.measures)
    key = ("scorecard", standpoint, asked.where, asked.basis, codes)
    return viewer.redacted(
        ScorecardResult(snapshot.kept(key, lambda: _scorecard(snapshot, asked, standpoint))), _redacted_scorecard
    )


def _scorecard(snapshot: Snapshot, asked: ScorecardQuery, standpoint: Standpoint) -> Scorecard:
    engine = snapshot.engine(asked.measures, [asked.as_of])
    return projection.scorecard(engine, targets(snapshot), standpoint, asked.where, asked.basis, asked.measures)


def targets(snapshot: Snapshot) -> Targets:
    """All targets that were ever agreed."""
    return snapshot.kept("targets", lambda: Targets.load(snapshot.connection, snapshot.mapper))


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A figure that was another, and why in a sentence; nobody shows in it."""

    measure: Measure
    sentence: str


@dataclass(frozen=True, slots=True)
class MovesResult:
    """What moved on the way from one standpoint to another."""

    before: Standpoint
    after: Standpoint
    moved: Sequence[MovedFigure]


def moves(snapshot: Snapshot, before: Standpoint, after: Standpoint, where: Slice) -> MovesResult:
    """What moved between two standpoints, each figure with its sentence."""
    return snapshot.kept(("moves", before, after, where), lambda: _moves(snapshot, before, after, where))


def _moves(snapshot: Snapshot, before: Standpoint, after: Standpoint, where: Slice) -> MovesResult:
    engine = snapshot.engine(MEASURES, [before.as_of, after.as_of])
    found = projection.moved(snapshot.connection, snapshot.mapper, engine, before, after, where)
    return MovesResult(before, after, [MovedFigure(one.after.measure, one.sentence) for one in found])


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """One measure from one standpoint."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY


@dataclass(frozen=True, slots=True)
class BreakdownResult:
    """A figure by the agencies that its journeys belong to; they add up to it."""

    parts: Breakdown


def parts(snapshot: Snapshot, viewer: Viewer, asked: FigureQuery) -> BreakdownResult:
    """The figure of a slice by agency, each against the target of the whole."""
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    key = ("parts", asked.measure.code, standpoint, asked.where)
    return viewer.redacted(
        BreakdownResult(snapshot.kept(key, lambda: _parts(snapshot, asked, standpoint))), _redacted_parts
    )


def _parts(snapshot: Snapshot, asked: FigureQuery, standpoint: Standpoint) -> Breakdown:
    engine = snapshot.engine([asked.measure], [asked.as_of], at=standpoint)
    target = targets(snapshot).in_force(asked.measure, asked.where, standpoint)
    return parting.parts_of_area(engine, asked.measure, standpoint, asked.where, target)


COUNTS_OF: Final = {
    families.COMPLETIONS.name: Counted.COMPLETED,
    families.RE_PRESENTATIONS.name: Counted.RETURNED,
    families.RE_PRESENTATIONS_UNLAGGED.name: Counted.RETURNED,
    families.EARLY_EXITS.name: Counted.UNPLANNED,
    families.JOURNEYS_STARTED.name: Counted.STARTED,
    families.JOURNEYS_ENDED.name: Counted.ENDED,
}
"""By family of measures: the monthly count that tells whether chance explains what is seen."""


def chart(snapshot: Snapshot, asked: FigureQuery) -> ControlChart | TooFew | None:
    """The control chart that belongs to a measure, of all substance groups together; None where none does."""
    of = COUNTS_OF.get(asked.measure.family.name)
    if of is None:
        return None
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    engine = snapshot.engine(MEASURES, [asked.as_of])
    return snapshot.kept(
        ("chart", of, standpoint, asked.where), lambda: control_chart(engine, of, standpoint, asked.where)
    )


def _redacted_scorecard(answer: ScorecardResult, own: Own) -> ScorecardResult:
    card = answer.scorecard
    lines = tuple(replace(line, figure=redaction.redacted_figure(line.figure, own)) for line in card.lines)
    coverage = redaction.redacted_coverage(card.coverage, own)
    return replace(answer, scorecard=replace(card, coverage=coverage, lines=lines))


def _redacted_parts(answer: BreakdownResult, own: Own) -> BreakdownResult:
    return replace(answer, parts=redaction.redacted_breakdown(answer.parts, own))
