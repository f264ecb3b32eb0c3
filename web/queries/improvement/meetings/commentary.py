"""Commentary on figures, as both parties and auditors read it; the public reads what was published alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from domain.errors import Refused
from domain.improvement.meetings.commentary import STEP_OF, Comment, CommentStep, CommentText
from domain.improvement.written import WrittenAbout
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF, Measure
from projections.improvement.meetings import commentary as on_record
from projections.improvement.meetings.commentary import comment_within_reach
from projections.improvement.performance_notices import is_about, slice_about
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.queries.improvement.about import about_result, figure_about, is_hidden
from web.queries.parameters import KnownAt
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.result import Moment, Result
from web.snapshot import Snapshot, snapshot_cache


class CommentVersion(Result, frozen=True):
    """A text that both parties could read: its words, by whom and when, and the numbers that it was written about.

    The numbers are null where the viewer may not see the figure.
    """

    on: date
    recorded_at: Moment
    actor: str
    role: str
    words: str
    known_at: date | None
    position: int = msgspec.field(name="log_position")
    numerator: int | None
    denominator: int | None


class CommentStepResult(Result, frozen=True):
    """What was done with it after it was written: on which day, by whom, and why."""

    step: str
    on: date
    actor: str
    role: str
    reason: str


class CommentResult(Result, frozen=True):
    """A comment: whose words, about which figure as it was known when they were written, and what that is by now.

    `version` is what `seen` names. `not_shown`: the viewer may not see the figure, whose numbers are null then.
    `restated`: its numbers have changed since the words were written. `versions` are all that were shared, the oldest
    first.
    """

    number: int
    version: int
    state: str
    party: str
    agencies: list[str]
    measure: str
    name: str
    slice: Slice
    as_of: date
    known_at: date | None
    position: int = msgspec.field(name="log_position")
    numerator: int | None
    denominator: int | None
    now_numerator: int | None
    now_denominator: int | None
    restated: bool
    not_shown: bool
    words: str
    on: date
    actor: str
    role: str
    stands: bool
    published: bool
    versions: list[CommentVersion]
    happened: list[CommentStepResult]

    @property
    def its_measure(self) -> Measure:
        """Which measure it is about."""
        return MEASURE_OF[self.measure]

    @property
    def earlier(self) -> list[CommentVersion]:
        """The versions before the one that stands, the newest first."""
        return self.versions[:-1][::-1]


class CommentaryResult(Result, frozen=True):
    """Comments, the newest first."""

    comments: list[CommentResult]

    def of_party(self, party: str) -> list[CommentResult]:
        """Those of one party."""
        return [one for one in self.comments if one.party == party]


@dataclass(frozen=True, slots=True)
class CommentaryQuery:
    """All comments, or those on one measure, or of one day."""

    measure: str | None = None
    as_of: date | None = None


def commentary(snapshot: Snapshot, viewer: Viewer, query: CommentaryQuery) -> CommentaryResult:
    """The comments that the viewer may read, drafts of their own side among them."""
    its = [
        one
        for one in _of_viewer(snapshot, viewer)
        if query.measure in {None, one.text.about.measure} and query.as_of in {None, one.text.about.as_of}
    ]
    return _result(snapshot, viewer, its)


def comment(snapshot: Snapshot, viewer: Viewer, number: int) -> CommentResult | None:
    """One comment; None if there is none.

    Raises:
        NotOwn: it is not within the viewer's reach.
    """
    its = next((one for one in _comments(snapshot) if one.number == number), None)
    if its is None:
        return None
    if not _may_read(viewer, its):
        raise NotOwn
    return comment_result(snapshot, viewer, its)


def commentary_about(
    snapshot: Snapshot, viewer: Viewer, measure: str, as_of: date, slice_: Slice, *, published: bool = False
) -> CommentaryResult:
    """What stands beside a figure: its measure, day and slice, as known at whatever time. Drafts do not.

    `published`: only what the public may read, which is all that a viewer who is the public gets.
    """
    return _result(
        snapshot,
        viewer,
        [
            one
            for one in _standing(snapshot, viewer, published=published)
            if is_about(one.text.about, measure, as_of, slice_)
        ],
    )


def commentary_of_card(
    snapshot: Snapshot, viewer: Viewer, as_of: date, slice_: Slice, *, published: bool = False
) -> dict[str, CommentaryResult]:
    """What stands beside the figures of a day and a slice, by the code of the measure."""
    about = [
        one
        for one in _standing(snapshot, viewer, published=published)
        if (one.text.about.as_of, slice_about(one.text.about)) == (as_of, slice_)
    ]
    measures = dict.fromkeys(one.text.about.measure for one in about)
    return {
        measure: _result(snapshot, viewer, [one for one in about if one.text.about.measure == measure])
        for measure in measures
    }


def figure_to_write_about(
    snapshot: Snapshot, viewer: Viewer, measure: Measure, as_of: date, known_at: KnownAt, slice_: Slice
) -> WrittenAbout:
    """A figure as the viewer sees it, for what they write about it.

    Raises:
        Refused: no file covers its day, or it is not shown to them (code "comment-no-figure").
        NotOwn: it is another provider's.
    """
    if not viewer.may_ask_for(slice_):
        raise NotOwn
    figure = figures(snapshot, viewer, FiguresQuery(as_of, known_at, (measure,), slice_)).figures[0]
    if not figure.is_covered or figure.withheld:
        raise Refused("comment-no-figure", f"There is no figure to write about here as of {as_of}.")
    return figure_about(figure)


def figure_now(snapshot: Snapshot, viewer: Viewer, comment: CommentResult) -> WrittenAbout | None:
    """The figure of a comment by what is known now; None where there is none to write about."""
    try:
        return figure_to_write_about(snapshot, viewer, comment.its_measure, comment.as_of, None, comment.slice)
    except Refused:
        return None


@snapshot_cache()
def _comments(snapshot: Snapshot) -> list[Comment]:
    return on_record.comments(snapshot.connection, snapshot.mapper)


def _may_read(viewer: Viewer, one: Comment) -> bool:
    if viewer.is_public:
        return one.is_published
    return comment_within_reach(one, viewer.agencies if viewer.is_provider else None)


def _of_viewer(snapshot: Snapshot, viewer: Viewer) -> list[Comment]:
    return [one for one in _comments(snapshot) if _may_read(viewer, one)]


def _standing(snapshot: Snapshot, viewer: Viewer, *, published: bool) -> list[Comment]:
    its = [one for one in _of_viewer(snapshot, viewer) if one.stands]
    return [one for one in its if one.is_published or not published]


def _result(snapshot: Snapshot, viewer: Viewer, its: Iterable[Comment]) -> CommentaryResult:
    newest = sorted(its, key=lambda one: (one.newest_day, one.number), reverse=True)
    return CommentaryResult([comment_result(snapshot, viewer, one) for one in newest])


def comment_result(snapshot: Snapshot, viewer: Viewer, one: Comment) -> CommentResult:
    """A comment for somebody who may read it."""
    text, about = one.text, one.text.about
    is_seen = not viewer.is_public and not is_hidden(snapshot, viewer, about)
    result = about_result(snapshot, viewer, about) if is_seen else None
    now = result.now if result and result.now is not None and not result.now.withheld else None
    return CommentResult(
        one.number,
        one.version,
        one.state,
        one.party,
        list(text.agencies),
        about.measure,
        MEASURE_OF[about.measure].name,
        slice_about(about),
        about.as_of,
        about.known_at,
        about.position,
        about.numerator if is_seen else None,
        about.denominator if is_seen else None,
        now.numerator if now else None,
        now.denominator if now else None,
        bool(result and result.restated and now),
        not is_seen,
        text.words,
        text.occurred_on,
        text.actor,
        text.role,
        one.stands,
        one.is_published,
        [] if viewer.is_public else [_version(recorded, is_seen=is_seen) for recorded in one.versions],
        [] if viewer.is_public else _happened(one),
    )


def _version(recorded: Recorded, *, is_seen: bool) -> CommentVersion:
    text = recorded.event
    assert isinstance(text, CommentText)
    about = text.about
    return CommentVersion(
        text.occurred_on,
        recorded.recorded_at.isoformat(),
        text.actor,
        text.role,
        text.words,
        about.known_at,
        about.position,
        about.numerator if is_seen else None,
        about.denominator if is_seen else None,
    )


def _happened(one: Comment) -> list[CommentStepResult]:
    return [
        CommentStepResult(STEP_OF[type(event)], event.occurred_on, event.actor, event.role, event.reason)
        for event in one.events
        if isinstance(event, CommentStep)
    ]
