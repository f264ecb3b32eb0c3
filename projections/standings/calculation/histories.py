"""Each client's states of knowledge, and each state's histories: what is seen of it from one day to another."""

from collections.abc import Sequence

import numpy as np

from domain.measures.calendar import END_OF_DAYS
from domain.periods import NEVER

from .arrays import DAY_PART, KNOWN_PART, Ints, distinct, following, spread
from .known import Versions
from .table import FOREVER


class States:
    """Each client's states of knowledge, and which versions stand in each."""

    def __init__(self, v: Versions) -> None:
        begins = v.person * KNOWN_PART + v.known_from
        ends = v.person * KNOWN_PART + v.known_until
        marks = distinct(np.concatenate([begins, ends[v.known_until < FOREVER]]))
        self.person, self.known_from = marks // KNOWN_PART, marks % KNOWN_PART
        self.known_until = following(self.person, self.known_from, FOREVER)
        first, stop = np.searchsorted(marks, begins), np.searchsorted(marks, ends)
        self.version, self.state = spread(first, stop - first)


class Histories:
    """Each state cut at the days on which more is seen, and the versions seen in each: rows by (history, version)."""

    def __init__(self, state: Ints, version: Ints, visible: Ints, cut_days: Sequence[tuple[Ints, Ints]]) -> None:
        seen = visible[version]
        cuts = [state * DAY_PART + seen]
        for rows, days in cut_days:
            day = np.maximum(days, seen[rows])
            cuts.append((state[rows] * DAY_PART + day)[day < END_OF_DAYS])
        marks = distinct(np.concatenate(cuts))
        self.state, self.start = marks // DAY_PART, marks % DAY_PART
        self.stop = following(self.state, self.start, NEVER)
        first, stop = np.searchsorted(marks, state * DAY_PART + seen), np.searchsorted(marks, (state + 1) * DAY_PART)
        i, history = spread(first, stop - first)
        order = np.argsort(history, kind="stable")
        self.row_history, self.row_version = history[order], version[i][order]

    def blinded(self, day: Ints) -> Ints:
        """A day of each row's version, NEVER where it lies after what the history sees."""
        own = day[self.row_version]
        return np.where(own <= self.start[self.row_history], own, NEVER)
