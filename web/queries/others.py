"""Sums in which clients of other agencies stand: a provider sees them at month ends only, and none that tells of few.

Day by day, or along each receipt, such a sum less one's own tells of single people of others: on which day they left,
of which group they were, in which way. Between two month ends it is the sum of a month. A provider's own figures, and
everything of the commissioner's, are answered for any day.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Final

from domain.definition import Definition, definition_in_force
from domain.errors import Refused
from domain.periods import ONE_DAY, last_day_of_month
from domain.standpoint import Standpoint
from projections.privacy import complements, redaction
from projections.publication.published import cuts
from projections.standings.engine import Figure
from projections.standings.slices import Slice, others_of
from web.auth.viewer import Viewer
from web.snapshot import Snapshot, snapshot_cache

from .slices import known_slices

MONTH_ENDS, OWN_ONLY, FEW = "month-ends-only", "own-agency-only", "few-others"
REFUSALS: Final = {
    MONTH_ENDS: "A provider asks for a sum with other agencies' clients on a day that is no month end.",
    OWN_ONLY: "A provider asks of others what is only told of its own agency.",
    FEW: "A sum tells of fewer than 5 people of other agencies.",
}
"""Why a provider is refused what other agencies' clients stand in, by code."""


def rests_on_others(snapshot: Snapshot, viewer: Viewer, slice_: Slice) -> bool:
    """Whether the viewer is a provider, and clients that are not its own may stand in a figure of this slice."""
    if not viewer.is_provider or slice_.agency is not None:
        return False
    return not viewer.agencies.issuperset(known_slices(snapshot).agencies)


def check_standpoint(
    snapshot: Snapshot, viewer: Viewer, slice_: Slice, standpoint: Standpoint, definition: Definition | None = None
) -> None:
    """Whether this viewer may see the slice from there, counted in this way.

    Raises:
        Refused: it rests on others, and the standpoint is none of a month's end, or the definition another one.
    """
    if not rests_on_others(snapshot, viewer, slice_):
        return
    if definition not in {None, definition_in_force(standpoint.as_of)}:
        raise Refused(OWN_ONLY, "Another way of counting is for your own agency only. Name it in the question.")
    if not is_at_month_ends(snapshot, standpoint):
        raise Refused(MONTH_ENDS, _month_ends_sentence(snapshot, standpoint))


def is_at_month_ends(snapshot: Snapshot, standpoint: Standpoint) -> bool:
    """Whether a standpoint is one of a month's end: its day, and what is known at the end of a month or by now.

    That of a frozen scorecard is one too: everybody has it.
    """
    as_of, position = standpoint.as_of, standpoint.position
    if (as_of, position) in _of_cuts(snapshot):
        return True
    return as_of == last_day_of_month(as_of) and position in _month_ends_known(snapshot)


@snapshot_cache()
def _month_ends_known(snapshot: Snapshot) -> frozenset[int]:
    """The positions up to which something was known at the end of any month, and the newest."""
    submissions = snapshot.submissions
    ends = {last_day_of_month(day) for day in submissions.days_of_knowledge()}
    positions = {submissions.standpoint(end, end).position for end in ends}
    newest = {submissions.standpoint(date.max).position}
    of_cuts = {position for _, position in _of_cuts(snapshot)}
    return frozenset(positions | newest | of_cuts | {0})


@snapshot_cache()
def _of_cuts(snapshot: Snapshot) -> frozenset[tuple[date, int]]:
    standpoints = (cut.standpoint for cut in cuts(snapshot.connection, snapshot.mapper))
    return frozenset((standpoint.as_of, standpoint.position) for standpoint in standpoints)


def nearest_month_ends(snapshot: Snapshot, standpoint: Standpoint) -> tuple[date, date | None]:
    """Which days to ask for instead: the last month end up to `as_of`, and one of knowledge; None for the newest."""
    as_of = standpoint.as_of
    as_of = as_of if as_of == last_day_of_month(as_of) else as_of.replace(day=1) - ONE_DAY
    known_at = standpoint.known_at
    if known_at is None or standpoint.position in _month_ends_known(snapshot):
        return as_of, known_at
    return as_of, known_at.replace(day=1) - ONE_DAY


def _month_ends_sentence(snapshot: Snapshot, standpoint: Standpoint) -> str:
    as_of, known_at = nearest_month_ends(snapshot, standpoint)
    known = f", as known on {known_at}" if known_at is not None and known_at != standpoint.known_at else ""
    return (
        "Figures with clients of other agencies are shown to a provider at month ends only: day by day they would tell "
        f"of single people. Ask as of {as_of}{known}, or for your own agency, which is answered for any day."
    )


def check_own(snapshot: Snapshot, viewer: Viewer, slice_: Slice, what: str) -> None:
    """Whether this viewer may see what is told in such small numbers, or in such small steps, of a slice.

    Raises:
        Refused: it rests on others.
    """
    if rests_on_others(snapshot, viewer, slice_):
        raise Refused(
            OWN_ONLY,
            f"{what} shown to a provider for its own agency only: of all agencies together it would tell of single "
            "people of others. Name your agency in the question.",
        )


def check_enough(snapshot: Snapshot, viewer: Viewer, *figures: Figure) -> None:
    """Whether none of the figures tells of few others.

    Raises:
        Refused: one does.
    """
    if any(one.withheld for one in visible_figures(snapshot, viewer, figures)):
        raise Refused(FEW, complements.FEW_OTHERS)


def visible_figures(snapshot: Snapshot, viewer: Viewer, figures: Sequence[Figure]) -> list[Figure]:
    """The figures as far as the viewer sees them: whatever tells a provider of few others is withheld."""
    redacted = [viewer.redacted(figure, redaction.redacted_figure) for figure in figures]
    if not figures or not rests_on_others(snapshot, viewer, figures[0].slice):
        return redacted
    visible: list[Figure] = []
    for standpoint, group in groupby(redacted, attrgetter("standpoint")):
        its = list(group)
        measures = [figure.measure for figure in its]
        others = snapshot.figures(measures, standpoint, others_of(its[0].slice, viewer.agencies))
        visible += map(complements.beside_others, its, others)
    return visible


def visible_figure(snapshot: Snapshot, viewer: Viewer, figure: Figure) -> Figure:
    """One figure, as `visible_figures`."""
    return visible_figures(snapshot, viewer, [figure])[0]
