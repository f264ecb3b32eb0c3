"""What the public sees: what was published, suppressed; see `projections.publication.disclosure`."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from domain.definition import Definition
from domain.measures.registry import Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.publication import disclosure
from projections.publication.disclosure import PublicFigure, PublicPublication
from projections.publication.suppression import SUPPRESSED
from projections.standings.slices import Slice
from web.queries.performance.figure import (
    FigureCoverage,
    FigureResult,
    FilesResult,
    IntervalResult,
    Suppression,
    WaitingCount,
)
from web.snapshot import Snapshot, snapshot_cache

_Question = tuple[str, Slice, str, date, int]
"""A figure's measure, slice, definition, day and position of the log."""


@snapshot_cache()
def public_publications(snapshot: Snapshot) -> Sequence[PublicPublication]:
    """Everything that was published, in that order."""
    return disclosure.public_publications(snapshot.connection, snapshot.mapper)


def public_figures(
    snapshot: Snapshot, measures: Iterable[Measure], standpoint: Standpoint, slice_: Slice, definition: Definition
) -> list[FigureResult]:
    """Those of these figures that were published, from exactly this standpoint."""
    published = _by_question(snapshot)
    at = (slice_, definition.version, standpoint.as_of, standpoint.position)
    questions = [(measure.code, *at) for measure in measures]
    return [public_figure(published[question]) for question in questions if question in published]


@snapshot_cache()
def _by_question(snapshot: Snapshot) -> dict[_Question, PublicFigure]:
    """Each figure as it was published first; if nothing of it was shown then, as it was published last."""
    published: dict[_Question, PublicFigure] = {}
    for publication in public_publications(snapshot):
        for figure in publication.figures:
            question = _question(figure)
            if question not in published or published[question].withheld:
                published[question] = figure
    return published


def _question(figure: PublicFigure) -> _Question:
    standpoint, on_record = figure.on_record.publication.standpoint, figure.on_record
    return (
        on_record.measure.code,
        on_record.slice,
        on_record.document["definition"],
        standpoint.as_of,
        standpoint.position,
    )


_TYPES: Final = {
    "slice": Slice,
    "cohort": Period,
    "as_of": date,
    "known_at": date | None,
    "coverage": FigureCoverage,
    "suppression": Suppression,
    "files": FilesResult | None,
}
"""The parts of a figure that are never suppressed and are not numbers or words."""


def public_figure(figure: PublicFigure) -> FigureResult:
    """A published figure as the public sees it; with the reason, where nothing of it is shown."""
    document = figure.document
    interval, waiting = document["interval"], document["waiting"]
    # What is suppressed is of no field's type; it is made from what the public may have, and never from the record.
    values = document | {name: msgspec.convert(document.get(name), type_) for name, type_ in _TYPES.items()}
    values["code"] = values.pop("measure")
    values["interval"] = IntervalResult(**interval) if interval and interval != SUPPRESSED else interval
    values["waiting"] = WaitingCount(**waiting) if waiting else None
    return FigureResult(**values, withheld=figure.withheld or msgspec.UNSET)
