"""What a page with figures says of the comments on them."""

from datetime import date

from flask import url_for

from projections.standings.slices import Slice
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.queries.improvement.meetings import commentary as queries
from web.queries.improvement.meetings.commentary import CommentaryResult

ONE = "commentary.one"


def comment_href(number: int) -> str:
    """The page of a comment."""
    return url_for(ONE, number=number)


def comments_about(measure: str, as_of: date, slice_: Slice) -> CommentaryResult | None:
    """What both parties say of a figure; None for somebody who reads no commentary."""
    if principal().reach(Right.AGREED) is None:
        return None
    viewer = guard.viewer_of_party(Right.AGREED)
    return queries.commentary_about(snapshot(), viewer, measure, as_of, slice_)


def comments_of_card(as_of: date, slice_: Slice) -> dict[str, CommentaryResult]:
    """What both parties say of the figures of a scorecard, by the code of the measure."""
    if principal().reach(Right.AGREED) is None:
        return {}
    return queries.commentary_of_card(snapshot(), guard.viewer_of_party(Right.AGREED), as_of, slice_)
