"""Comments on record, and which of them are about one figure."""

from collections.abc import Collection

import sqlalchemy as sa

from domain.improvement.meetings.commentary import COMMENT, COMMENT_EVENTS, Comment
from domain.improvement.reach import is_within_reach
from domain.log.mapper import JsonMapper
from projections.improvement.streams import recorded_by_number


def comments(connection: sa.Connection, mapper: JsonMapper) -> list[Comment]:
    """Every comment, in the order in which they were drafted."""
    return [Comment.folded(its) for its in recorded_by_number(connection, mapper, COMMENT_EVENTS).values()]


def comment_within_reach(comment: Comment, own: Collection[str] | None) -> bool:
    """Whether somebody reads it; `own` as in `is_within_reach`."""
    return is_within_reach(COMMENT, comment.state, comment.party, comment.text.agencies, own)
