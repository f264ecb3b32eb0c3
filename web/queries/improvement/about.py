"""The figure that a sentence was written about, beside what it is by what is known now."""

from datetime import date

from domain.definition import definition_named
from domain.errors import Refused
from domain.improvement.written import WrittenAbout
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries.performance.figure import FigureResult
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.result import Result
from web.snapshot import Snapshot


class AboutResult(Result, frozen=True):
    """A figure as it was when something was written about it, and the same figure now.

    `restated`: its numbers have changed since; `now` is None where the viewer may not see the figure.
    """

    measure: str
    name: str
    slice: Slice
    as_of: date
    known_at: date | None
    numerator: int
    denominator: int | None
    now: FigureResult | None
    restated: bool


def figure_about(figure: FigureResult) -> WrittenAbout:
    """A figure that somebody sees, as what they write about it keeps it."""
    return WrittenAbout(
        measure=figure.code,
        definition=figure.definition,
        as_of=figure.as_of,
        position=figure.position,
        numerator=figure.numerator,
        denominator=figure.denominator,
        known_at=figure.known_at,
        area=figure.slice.area,
        agency=figure.slice.agency,
        criminal_justice=figure.slice.criminal_justice,
        young_people=figure.slice.young_people,
    )


def about_result(snapshot: Snapshot, viewer: Viewer, about: WrittenAbout) -> AboutResult:
    """The figure that something was written about, and what it is for the same day by all that is known now."""
    slice_ = Slice(about.area, about.agency, about.criminal_justice, about.young_people)
    now = _now(snapshot, viewer, about, slice_)
    return AboutResult(
        about.measure,
        MEASURE_OF[about.measure].name,
        slice_,
        about.as_of,
        about.known_at,
        about.numerator,
        about.denominator,
        now,
        now is not None and (now.numerator, now.denominator) != (about.numerator, about.denominator),
    )


def _now(snapshot: Snapshot, viewer: Viewer, about: WrittenAbout, slice_: Slice) -> FigureResult | None:
    if viewer.is_public or not viewer.may_ask_for(slice_):
        return None
    query = FiguresQuery(about.as_of, None, (MEASURE_OF[about.measure],), slice_, definition_named(about.definition))
    try:
        return figures(snapshot, viewer, query).figures[0]
    except Refused:
        return None


def is_hidden(snapshot: Snapshot, viewer: Viewer, about: WrittenAbout) -> bool:
    """Whether the figure would tell a provider of a few people of others: of its own agencies it never does, of a sum
    with others where that sum is not shown to it.
    """
    slice_ = Slice(about.area, about.agency, about.criminal_justice, about.young_people)
    if not viewer.is_provider or (slice_.agency in viewer.agencies):
        return False
    if slice_.agency is not None:
        return True
    try:
        query = FiguresQuery(about.as_of, None, (MEASURE_OF[about.measure],), slice_)
        return bool(figures(snapshot, viewer, query).figures[0].withheld)
    except Refused:
        return True
