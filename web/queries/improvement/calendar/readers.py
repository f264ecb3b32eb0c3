"""Whom a calendar is for, where nobody signed in for it: a feed."""

from datetime import date

from web.auth.roles import Principal, Reach, Right
from web.auth.viewer import Viewer
from web.snapshot import Snapshot


def reader(snapshot: Snapshot, who: Principal, on: date) -> Viewer | None:
    """The viewer of what is agreed and due that somebody is on a day; None if they have no right to it.

    A provider reads what concerns the agencies granted to it, and not that of a caseload it took over.
    """
    its_reach = who.reach(Right.AGREED)
    if its_reach is not Reach.OWN:
        return None if its_reach is None else Viewer(its_reach)
    own = snapshot.agencies_of_provider(who.agencies, on) & who.agencies
    return Viewer(its_reach, own, who.agencies)


def first_day(snapshot: Snapshot, on: date) -> date:
    """The day from which a calendar begins that is looked at on a day: that day. Of the demonstration, whose files
    ended long ago, the day on which its newest file came.
    """
    newest = snapshot.submissions.newest
    return newest.received_on if snapshot.is_demonstration and newest else on
