"""What is due of what both sides look at together: reviews of returns, and the actions of meetings and audits."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER, by
from domain.improvement.meetings.meetings import Meeting
from projections.improvement.audits.on_record import within_reach
from projections.improvement.return_reviews import DUE, OVERDUE
from web.auth.viewer import Viewer
from web.queries.improvement.audits.case_file_audits import own_of
from web.queries.improvement.audits.drawing import every_audit
from web.queries.improvement.disputed.waiting import answer_due
from web.queries.improvement.meetings.meetings import readable_meetings
from web.queries.improvement.return_reviews import owed_on
from web.snapshot import Snapshot

from .due import BOTH, DueItem, DueWindow

_WAITING: Final = frozenset({DUE, OVERDUE})


def return_reviews(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The reviews that have still to be written: of each agency one line for those overdue, and one for each day."""
    waiting = [
        (one.agency, one.due, one.state == OVERDUE)
        for one in owed_on(snapshot, viewer, window.today)
        if one.state in _WAITING and one.due is not None and one.due <= window.last_day
    ]
    ordered = sorted(waiting, key=lambda one: (one[0], not one[2], one[1]))
    for (agency, late, _), its in groupby(ordered, key=lambda one: (one[0], one[2], None if one[2] else one[1])):
        days = [day for _, day, _ in its]
        words = f"{len(days)} {'review' if len(days) == 1 else 'reviews'}"
        text = f"Reviews of returns of {agency}{', the oldest' if late else ''}"
        yield DueItem(days[0], "return-review", PROVIDER, (agency,), text, "/return-reviews", late, words)


def meetings(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The day of each planned meeting, minutes to be written or agreed, and open actions with a day."""
    for one in readable_meetings(snapshot, viewer):
        name, link, agencies = f"Meeting {one.number}", f"/meetings/{one.number}", one.terms.agencies
        if one.state == "planned" and one.terms.day <= window.last_day:
            late = one.terms.day < window.today
            text = f"{name}{': minutes to be written' if late else ''}"
            yield DueItem(one.terms.day, "meeting", BOTH, agencies, text, link, late)
        yield from _minutes_to_agree(one, window)
        for action in one.actions:
            if action.state == "open" and action.due is not None and action.due <= window.last_day:
                text, late = f"{name}: action {action.number} to be done", action.due < window.today
                yield DueItem(action.due, "meeting", BOTH, agencies, text, f"{link}#actions", late, action.text)


def _minutes_to_agree(one: Meeting, window: DueWindow) -> Iterator[DueItem]:
    """Minutes that one party has written, and the other has to agree to or to write anew."""
    its = one.minutes
    if its is None or one.state != by("minutes written", its.party):
        return
    day = answer_due(its.occurred_on)
    if day <= window.last_day:
        party = COMMISSIONER if its.party == PROVIDER else PROVIDER
        text, link = f"Meeting {one.number}: minutes to be agreed", f"/meetings/{one.number}"
        yield DueItem(day, "meeting", party, one.terms.agencies, text, link, day < window.today)


def audits(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The actions of audits that are not done."""
    for one in every_audit(snapshot):
        if not one.completed or not within_reach(one, own_of(viewer)):
            continue
        for number, (action, done) in enumerate(one.actions, 1):
            if done is None and action.due <= window.last_day:
                text, late = f"Case-file audit {one.number}: action {number} to be done", action.due < window.today
                link, agencies = f"/audits/{one.number}#actions", one.drawn.agencies
                yield DueItem(action.due, "audit", BOTH, agencies, text, link, late, action.words)
