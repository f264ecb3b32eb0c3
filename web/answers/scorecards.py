"""A scorecard, what moved on it since another standpoint, and a figure as the sum of its agencies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from projections import parts_of_area as parting
from projections import scorecard as projection
from projections.kept import Kept
from projections.parts_of_area import Parts
from projections.scorecard import Scorecard
from projections.slices import Slice
from projections.spc import ControlChart, Counted, TooFew, control_chart
from projections.targets import Targets
from projections.travel import Basis
from web.context import Question

from .parameters import EVERYBODY, KnownAt

MOVES_KEPT: Final = 256
"""Pairs of standpoints whose moves are kept; each has a few sentences."""


@dataclass(frozen=True, slots=True)
class ScorecardAsked:
    """A scorecard from one standpoint; its directions of travel go by `basis`."""

    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    basis: Basis = Basis.PREVIOUS
    measures: tuple[Measure, ...] = MEASURES


@dataclass(frozen=True, slots=True)
class ScorecardFound:
    """A scorecard."""

    scorecard: Scorecard


def scorecard(question: Question, asked: ScorecardAsked) -> ScorecardFound:
    """Every measure with its target, its direction of travel and its last year."""
    return ScorecardFound(
        projection.scorecard(
            question.engine(asked.measures, [asked.as_of]),
            Targets.load(question.connection, question.mapper),
            question.standpoint(asked.as_of, asked.known_at),
            asked.where,
            asked.basis,
            asked.measures,
        )
    )


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A figure that was another, and why in a sentence; nobody shows in it."""

    measure: Measure
    sentence: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved on the way from one standpoint to another."""

    before: Standpoint
    after: Standpoint
    moved: Sequence[MovedFigure]


class _Key(NamedTuple):
    generation: int
    erased: int
    before: Standpoint
    after: Standpoint
    where: Slice


class KeptMoves:
    """The moves of one process: they follow from their two standpoints, and are asked for with every scorecard."""

    def __init__(self, most: int = MOVES_KEPT) -> None:
        self._kept: Kept[_Key, Moves] = Kept(most)

    def between(self, question: Question, before: Standpoint, after: Standpoint, where: Slice) -> Moves:
        """What moved, each figure with its sentence."""
        if question.loaded is None:
            return moves(question, before, after, where)
        snapshot = question.loaded.snapshot
        key = _Key(snapshot.generation, snapshot.erased, before, after, where)
        return self._kept.or_made(key, lambda: moves(question, before, after, where))


def moves(question: Question, before: Standpoint, after: Standpoint, where: Slice) -> Moves:
    """What moved between two standpoints, each figure with its sentence."""
    engine = question.engine(MEASURES, [before.as_of, after.as_of])
    found = projection.moved(question.connection, question.mapper, engine, before, after, where)
    return Moves(before, after, [MovedFigure(one.after.measure, one.sentence) for one in found])


@dataclass(frozen=True, slots=True)
class FigureAsked:
    """One measure from one standpoint."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY


@dataclass(frozen=True, slots=True)
class PartsFound:
    """A figure by the agencies that its journeys belong to; they add up to it."""

    parts: Parts


def parts(question: Question, asked: FigureAsked) -> PartsFound:
    """The figure of a slice by agency, each against the target of the whole."""
    standpoint = question.standpoint(asked.as_of, asked.known_at)
    targets = Targets.load(question.connection, question.mapper)
    engine = question.engine([asked.measure], [asked.as_of], at=standpoint)
    target = targets.in_force(asked.measure, asked.where, standpoint)
    return PartsFound(parting.parts_of_area(engine, asked.measure, standpoint, asked.where, target))


COUNTS_OF: Final = {
    2: Counted.COMPLETED,
    3: Counted.RETURNED,
    4: Counted.RETURNED,
    13: Counted.UNPLANNED,
    17: Counted.STARTED,
    18: Counted.ENDED,
}
"""By family of measures: the monthly count that tells whether chance explains what is seen."""


def chart(question: Question, asked: FigureAsked) -> ControlChart | TooFew | None:
    """The control chart that belongs to a measure, of all substance groups together; None where none does."""
    of = COUNTS_OF.get(asked.measure.family.number)
    if of is None:
        return None
    standpoint = question.standpoint(asked.as_of, asked.known_at)
    return control_chart(question.engine(MEASURES, [asked.as_of]), of, standpoint, asked.where)
