"""A whole report of another party beside ours: each figure that it states is equal, equal somewhere else, or nowhere.

The searches of one report share what they count (`SharedSearch`): a pass over the standings for each measure and slice,
and not one for each row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import sqlalchemy as sa

from domain.definition import definition_in_force
from domain.improvement.other_reports import RowAnswer, StatedRow
from domain.log.collector import collector_paused
from domain.measures.registry import MEASURE_OF, Measure
from domain.standpoint import Standpoint
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .claim import Claim, ClaimSearch, Difference, Search, SharedSearch, measures_of, variants_of
from .plausibility import StatedPercentage


def claim_stated(numerator: int | None, denominator: int | None, percentage: str) -> Claim:
    """What is stated, as a claim: a percentage as it was printed, or numbers."""
    if percentage:
        return Claim(percentage=StatedPercentage.parse(percentage))
    return Claim(numerator, denominator)


def claim_of_row(row: StatedRow) -> Claim:
    """What a row states."""
    return claim_stated(row.numerator, row.denominator, row.percentage)


def slice_of_row(row: StatedRow) -> Slice:
    """Whose figure a row states."""
    return Slice(row.area, row.agency, row.criminal_justice, row.young_people)


def measures_in(rows: Sequence[StatedRow]) -> list[Measure]:
    """What an engine must hold to answer these rows and to look where ours is the same."""
    measures = dict.fromkeys(MEASURE_OF[row.measure] for row in rows)
    return measures_of(variant for measure in measures for variant in variants_of(measure))


class RowBeside(NamedTuple):
    """A row beside ours: our figure from the row's standpoint, and where ours is the same if it is not there."""

    row: StatedRow
    figure: Figure
    search: Search | None


def answer_of(search: Search | None) -> RowAnswer:
    """How a row stands, by what a search for it found; without a search it was equal."""
    if search is None:
        return RowAnswer.EQUAL
    if not search.fits:
        return RowAnswer.NOTHING_FITS
    by_day = search.fits[0].differences == (Difference.KNOWN_AT,)
    return RowAnswer.EQUAL_AS_KNOWN if by_day else RowAnswer.EQUAL_BY_RULE


@dataclass(frozen=True)
class ReportBeside:
    """The rows of one report beside ours, as known at one position. `engine` holds `measures_in(rows)`."""

    connection: sa.Connection
    engine: StandingsEngine
    rows: Sequence[StatedRow]
    known_at: Standpoint

    @collector_paused()
    def rows_beside(self) -> list[RowBeside]:
        """Each row in its order."""
        searches = [self._search(row) for row in self.rows]
        self._shared.cover({day for search in searches for day in search.days})
        figures = self._figures()
        return [
            RowBeside(row, figure, None if search.claim.fits(figure.numerator, figure.denominator) else search.run())
            for row, figure, search in zip(self.rows, figures, searches, strict=True)
        ]

    def _figures(self) -> list[Figure]:
        """Our figures of the rows' standpoints: those of one day and slice are counted together."""
        together = dict[tuple[Standpoint, Slice], list[Measure]]()
        for row in self.rows:
            its = together.setdefault((self._standpoint(row), slice_of_row(row)), [])
            if (measure := MEASURE_OF[row.measure]) not in its:
                its.append(measure)
        figures = {
            (standpoint, slice_, measure.code): figure
            for (standpoint, slice_), measures in together.items()
            for measure, figure in zip(measures, self.engine.figures(measures, standpoint, slice_), strict=True)
        }
        return [figures[self._standpoint(row), slice_of_row(row), row.measure] for row in self.rows]

    def _standpoint(self, row: StatedRow) -> Standpoint:
        return Standpoint(row.as_of, self.known_at.known_at, self.known_at.position)

    def _search(self, row: StatedRow) -> ClaimSearch:
        return ClaimSearch(
            self.connection,
            self.engine,
            definition_in_force(row.as_of),
            claim_of_row(row),
            MEASURE_OF[row.measure],
            self._standpoint(row),
            slice_of_row(row),
            self._shared,
        )

    @cached_property
    def _shared(self) -> SharedSearch:
        return SharedSearch(self.connection, self.engine, self.known_at)
