"""One council's triangle, as the national read has it: from the Parquet files that the council wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from domain.errors import Refused
from domain.measures.registry import Measure
from projections.national.counts import NOBODY, Pair, triangle_of
from web.queries.result import Result
from web.snapshot import Cell

from .national import CouncilRead, NationalViewer, council_read

OWN_ONLY: Final = "own-council-only"


@dataclass(frozen=True, slots=True)
class NationalTriangleQuery:
    """A measure of one council at each of `days`, as known on each day on which something became known there."""

    council: str
    measure: Measure
    days: tuple[date, ...]


class NationalTriangleResult(Result, frozen=True):
    """A council's measure through both times: `cells[row][column]` is numerator and denominator, or null."""

    council: CouncilRead
    code: str = msgspec.field(name="measure")
    as_ofs: Sequence[date] = msgspec.field(name="as_of")
    known_ats: Sequence[date] = msgspec.field(name="known_at")
    cells: list[list[Cell]]
    demonstration: bool


def triangle(folder: Path, viewer: NationalViewer, query: NationalTriangleQuery) -> NationalTriangleResult:
    """One council's revision triangle.

    Raises:
        Refused: somebody of another council asks for it.
        WrongUse, SettingMissing: as `triangle_of`.
    """
    if viewer.own not in {None, query.council}:
        raise Refused(
            OWN_ONLY,
            "A figure along what was known is shown to its own council only: receipt by receipt it would tell of "
            "single people of another.",
        )
    councils, counts = triangle_of(folder, query.council, query.measure, query.days)
    manifest = councils.manifest_of(query.council)
    known_ats = [day.received_on for day in manifest.knowledge]
    cells = [[_cell(query.measure, day, known, counts) for known in known_ats] for day in query.days]
    return NationalTriangleResult(
        council_read(manifest), query.measure.code, query.days, known_ats, cells, manifest.demonstration
    )


def _cell(measure: Measure, day: date, known: date, counts: Mapping[tuple[date, date], Pair]) -> Cell:
    if known < day:
        return None
    pair = counts.get((day, known), NOBODY)
    return [pair.numerator, None if measure.kind == "count" else pair.denominator]
