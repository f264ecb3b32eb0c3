"""What a page about one figure says of the notices and disputes over it, as links."""

from datetime import date

from flask import url_for

from projections.standings.slices import Slice
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.presenters.tables import Link
from web.queries.improvement import performance_notices as queries

LIST, ONE = "performance-notices.notices", "performance-notices.one"


def notices_about(measure: str, as_of: date, slice_: Slice) -> list[Link]:
    """The notices about a figure that this person may read."""
    if principal().reach(Right.AGREED) is None:
        return []
    viewer = guard.viewer_of_party(Right.AGREED)
    its = queries.notices_about(snapshot(), viewer, measure, as_of, slice_)
    return [
        Link(f"{one.word[:1].upper()}{one.word[1:]} {one.number} ({one.state})", url_for(ONE, number=one.number))
        for one in its
    ]


def disputes_about(measure: str, as_of: date, slice_: Slice) -> list[Link]:
    """The disputes over a figure that this person may read."""
    if principal().reach(Right.DISPUTES) is None:
        return []
    its = queries.disputes_about(snapshot(), guard.viewer(Right.DISPUTES), measure, as_of, slice_)
    return [dispute_link(number) for number in its]


def dispute_link(number: int) -> Link:
    """A dispute by its number."""
    return Link(f"Dispute {number}", url_for("dispute.one", number=number))
