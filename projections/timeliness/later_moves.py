"""How often, and how far, figures moved after they were complete: after all files of their day were in.

Complete does not mean final: a later file may still restate what happened long before. So beside a complete figure
stands what became of those like it: the same measure of the same slice at the month ends of the two years up to its
day, as far as they are complete too. Each is compared with what it was when the last of the files came that made it
complete; it moved if its numerator or its denominator was ever another since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from domain.measures.registry import Measure
from domain.periods import last_months, month_ends
from domain.standpoint import Standpoint
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store.submissions import COMPLETE_AFTER_MONTHS

MONTHS: Final = 24
"""How far back figures are looked at."""


@dataclass(frozen=True, slots=True)
class LaterMoves:
    """Of so many complete figures, how many moved later: the least and the greatest move in people; None if none did.

    A move is the greater of those of the numerator and of the denominator.
    """

    figures: int
    moved: int
    least: int | None
    most: int | None

    @classmethod
    def together(cls, several: Iterable["LaterMoves"]) -> "LaterMoves":
        """Those of several measures as one."""
        every = list(several)
        least = [one.least for one in every if one.least is not None]
        most = [one.most for one in every if one.most is not None]
        return cls(
            sum(one.figures for one in every),
            sum(one.moved for one in every),
            min(least, default=None),
            max(most, default=None),
        )


def later_moves(
    engine: StandingsEngine, measures: Sequence[Measure], standpoint: Standpoint, slice_: Slice
) -> list[LaterMoves]:
    """How such figures moved after they were complete, a measure each, by what is known at the standpoint.

    The engine holds all stored standings of these measures.
    """
    window = last_months(standpoint.as_of, MONTHS)
    complete = {
        day: position
        for day in month_ends(window.first_day, window.last_day)
        if (position := _complete_at(engine, Standpoint(day, standpoint.known_at, standpoint.position))) is not None
    }
    if not complete:
        return [LaterMoves(0, 0, None, None) for _ in measures]
    first = min(complete.values())
    positions = [at for at in engine.submissions.positions if first <= at <= standpoint.position]
    under = [measure.under(engine.definition_at(standpoint.as_of)) for measure in measures]
    counts = engine.triangles(under, list(complete), positions, slice_)
    columns = np.searchsorted(positions, list(complete.values()))
    begun = counts[:, np.arange(len(complete)), columns]
    later = np.arange(len(positions))[None, :] >= columns[:, None]
    apart = np.abs(counts - begun[:, :, None]).max(axis=-1) * later
    return [_of_measure(row.max(axis=-1).tolist()) for row in apart]


def _of_measure(moves: Sequence[int]) -> LaterMoves:
    moved = [people for people in moves if people]
    return LaterMoves(len(moves), len(moved), min(moved, default=None), max(moved, default=None))


def _complete_at(engine: StandingsEngine, standpoint: Standpoint) -> int | None:
    """The position of the file that made a day complete; None while it is not."""
    expected = engine.expected(standpoint)
    if engine.submissions.coverage(standpoint, expected).status != "complete":
        return None
    reports = engine.submissions.reports(standpoint.as_of, COMPLETE_AFTER_MONTHS, standpoint.position)
    return max((reports[agency].position for agency in expected), default=standpoint.position)
