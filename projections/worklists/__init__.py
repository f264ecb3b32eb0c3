"""Worklists: what the data already knows is to be done, from any standpoint, for an agency or the area.

Each list is a function of what is seen from the standpoint (`SeenRecords`), so that it works for any past day. A row is
of the agency whose episode it names, which is who can act; so agencies add up to the area. Of the log only the events
of those are read who can be on a list: the standings say who.
"""

from .lists import WORKLISTS, Worklist, candidate_measures, worklist_named, worklists
from .rows import Dated, EpisodeReference, WorklistRow

__all__ = [
    "WORKLISTS",
    "Dated",
    "EpisodeReference",
    "Worklist",
    "WorklistRow",
    "candidate_measures",
    "worklist_named",
    "worklists",
]
