"""Of whom more is known than had happened by a standpoint's day: who begins or leaves treatment later.

A treatment that began or ended then begins or ends a row on that very day; so does coming of age, which is no
happening. A day of a discharge that was put off (a handover's, by the discharge that came after it) need not end a row.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from domain.measures.calendar import Days, Flags
from domain.measures.families import JOURNEYS_ENDED, PARTS_A_FAMILY
from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.standings.calculation import Standings
from projections.standings.calculation.arrays import distinct, is_among, islands
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

OPEN, STARTED, ENDED = measure_named("N.open"), measure_named("N.new"), measure_named("N.exits")
BESIDE: Final = (OPEN, STARTED, ENDED)
"""What is asked beside a measure to know who is still in treatment, and of whom more is known than had happened."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Standings by one treatment each, as long as they last at whatever age: `as_of` <= day < `until`."""

    client: Days
    journey: Days
    as_of: Days
    until: Days

    def __len__(self) -> int:
        return len(self.client)

    def take(self, chosen: Flags) -> "Spans":
        """Those that are chosen."""
        return Spans(self.client[chosen], self.journey[chosen], self.as_of[chosen], self.until[chosen])

    def and_others(self, others: "Spans") -> "Spans":
        """These, and the others behind them."""
        return Spans(
            np.concatenate([self.client, others.client]),
            np.concatenate([self.journey, others.journey]),
            np.concatenate([self.as_of, others.as_of]),
            np.concatenate([self.until, others.until]),
        )


@dataclass(frozen=True, slots=True)
class LaterChanges:
    """The `clients` to whom something happened after a day, ascending. `client` and `journey` are of each row by which
    something may have happened, of them and of others, the journey by its first day. `ended` are the standings of the
    day as having ended, of everybody.
    """

    clients: Days
    client: Days
    journey: Days
    ended: Spans


_NOBODY: Final = np.zeros(0, np.int64)


def changes_between(engine: StandingsEngine, at: Standpoint, deadline: date) -> LaterChanges:
    """What is known at the standpoint of what happened after its day and by the deadline."""
    if deadline <= at.as_of:
        return LaterChanges(_NOBODY, _NOBODY, _NOBODY, Spans(*[_NOBODY] * 4))
    day = at.as_of.toordinal()
    rows = engine.rows_changing(BESIDE, at, deadline)
    of_later_treatment = rows.journey > day
    # Whoever started or ended ceases to stand as such a year later: that is no happening.
    may_tell = of_later_treatment | (rows.as_of > day) | _is_open(rows)
    ended, anew = _ended_at(engine, at)
    sure = distinct(np.concatenate([rows.client[of_later_treatment], anew.client]))
    in_doubt = distinct(rows.client[may_tell & ~is_among(rows.client, sure)])
    changed = _changed(engine, rows.take(is_among(rows.client, in_doubt)), at, deadline)
    return LaterChanges(
        distinct(np.concatenate([sure, changed])) if len(changed) else sure,
        np.concatenate([rows.client[may_tell], anew.client]),
        np.concatenate([rows.journey[may_tell], anew.journey]),
        ended,
    )


def _is_open(rows: Standings) -> Flags:
    its: Flags = rows.part // PARTS_A_FAMILY == OPEN.family.number
    return its


def _changed(engine: StandingsEngine, rows: Standings, at: Standpoint, deadline: date) -> Days:
    """Who begins to stand in these rows, or ceases to be in treatment, for another reason than that they come of age.

    Of each client all rows must be there that begin or end on these days.
    """
    its, begin, end = _of_any_age(engine, rows)
    changes = (begin > at.as_of.toordinal()) | (_is_open(rows)[its] & (end <= deadline.toordinal()))
    clients: Days = rows.client[its[changes]]
    return clients


def _of_any_age(engine: StandingsEngine, rows: Standings) -> tuple[Days, Days, Days]:
    """The rows with those joined that follow one another and differ only by age: the place of one of each, and from
    what day until what day it lasts.
    """
    if not len(rows):
        return _NOBODY, _NOBODY, _NOBODY
    order = np.argsort(rows.as_of, kind="stable")
    columns = (rows.client, rows.journey, rows.part, rows.state, engine.ageless(rows), rows.as_of, rows.until)
    *keys, as_of, until = (column[order] for column in columns)
    places, begin, end = islands(as_of, until, *keys)
    return order[places], begin, end


def lasts_a_year(as_of: Days, until: Days) -> Flags:
    """Whose row as having ended lasts as long as one that began with the end, so that the end is its first day."""
    lasts: Flags = until == JOURNEYS_ENDED.window.first.first_past(as_of)
    return lasts


def _ended_at(engine: StandingsEngine, at: Standpoint) -> tuple[Spans, Spans]:
    """The standings of a day as having ended; and of them those whose treatment was joined to its end, or whose
    discharge was put off.
    """
    ended = Spans(*engine.columns_at(("client", "journey", "as_of", "until"), ENDED, at, Slice()))
    clients = distinct(ended.client[~lasts_a_year(ended.as_of, ended.until)])
    if not len(clients):
        return ended, ended.take(np.zeros(len(ended), np.bool_))
    rows, day = engine.rows_of_clients(ENDED, clients, at.position), at.as_of.toordinal()
    places, begin, end = _of_any_age(engine, rows)
    its = Spans(rows.client[places], rows.journey[places], begin, end).take((begin <= day) & (end > day))
    others = ended.take(~is_among(ended.client, clients))
    return others.and_others(its), its.take(~lasts_a_year(its.as_of, its.until))
