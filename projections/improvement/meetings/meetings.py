"""Meetings on record, and the actions that one finds open from those of its kind before it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from domain.improvement.meetings.meetings import MEETING, MEETING_EVENTS, OPEN, Meeting, MeetingAction
from domain.improvement.reach import is_within_reach
from domain.log.mapper import JsonMapper
from projections.improvement.streams import recorded_by_number


def meetings(connection: sa.Connection, mapper: JsonMapper) -> list[Meeting]:
    """Every meeting, in the order in which they were planned."""
    return [Meeting.folded(its) for its in recorded_by_number(connection, mapper, MEETING_EVENTS).values()]


def meeting_within_reach(meeting: Meeting, own: Collection[str] | None) -> bool:
    """Whether somebody reads it; `own` as in `is_within_reach`."""
    return is_within_reach(MEETING, meeting.state, meeting.planned_by, meeting.terms.agencies, own)


@dataclass(frozen=True, slots=True)
class Carried:
    """An action that an earlier meeting left open: where it is from, and at how many meetings it was open so far."""

    meeting: Meeting
    action: MeetingAction
    times: int


def carried_over(meeting: Meeting, everything: Iterable[Meeting]) -> list[Carried]:
    """What a meeting finds open of those of its kind before it, the oldest first: until it is done or dropped. What
    was closed at the meeting or later was open when it began.
    """
    series = sorted((one for one in everything if _is_of_series(one, meeting)), key=_order)
    before = [one for one in series if _order(one) < _order(meeting)]
    return [
        Carried(one, action, len(before) - place)
        for place, one in enumerate(before)
        for action in one.actions
        if action.state == OPEN or action.on >= meeting.terms.day
    ]


def _order(meeting: Meeting) -> tuple[object, int]:
    return meeting.terms.day, meeting.number


def _is_of_series(one: Meeting, meeting: Meeting) -> bool:
    """Whether they are of one kind and of the same party's agencies, and this one was held or is still to be."""
    its, own = one.terms, meeting.terms
    is_of_same = not its.agencies or not own.agencies or not set(its.agencies).isdisjoint(own.agencies)
    return its.kind == own.kind and is_of_same and one.state != "cancelled"
