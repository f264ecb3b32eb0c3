"""What a page about one figure says of the notices and disputes over it, as links."""

from datetime import date

from flask import url_for

from projections.standings.slices import Slice
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.presenters.improvement.performance_notices import seen_from
from web.presenters.tables import Link
from web.queries.improvement import performance_notices as queries
from web.queries.improvement.results.notice_results import NoticeDispute, NoticeNamed

LIST, ONE = "performance-notices.notices", "performance-notices.one"


def notices_about(measure: str, as_of: date, slice_: Slice, position: int | None = None) -> list[Link]:
    """The notices about a figure that this person may read; with a position, whether they see it from there too."""
    if principal().reach(Right.AGREED) is None:
        return []
    viewer = guard.viewer_of_party(Right.AGREED)
    its = queries.notices_about(snapshot(), viewer, measure, as_of, slice_)
    return [
        Link(
            f"{one.word[:1].upper()}{one.word[1:]} {one.number} ({one.state}{_seen_from(one, position)})",
            url_for(ONE, number=one.number),
        )
        for one in its
    ]


def _seen_from(one: NoticeNamed, position: int | None) -> str:
    return "" if position is None else f", {seen_from(one.known_at, is_same=one.position == position)}"


def disputes_about(measure: str, as_of: date, slice_: Slice) -> list[Link]:
    """The disputes over a figure that this person may read."""
    if principal().reach(Right.DISPUTES) is None:
        return []
    its = queries.disputes_about(snapshot(), guard.viewer(Right.DISPUTES), measure, as_of, slice_)
    return [Link(f"Dispute {one.number}", url_for("dispute.one", number=one.number)) for one in its]


def dispute_link(one: NoticeDispute) -> Link:
    """A dispute over a figure in question, and from where it sees that."""
    said = f"Dispute {one.number} ({one.state}), {seen_from(one.known_at, is_same=one.same_standpoint)}"
    return Link(said, url_for("dispute.one", number=one.number))
