"""Of whom more is known than had happened by a standpoint's day: who begins or leaves treatment later.

A treatment that began or ended then begins or ends a row on that very day; so does coming of age, which is no
happening. A day of a discharge that was put off (a handover's, by the discharge that came after it) need not end a row.
"""

from dataclasses import dataclass, replace
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
class LaterChanges:
    """The `clients` to whom something happened after a day, ascending. `client` and `journey` are of each row by which
    something may have happened, of them and of others, the journey by its first day. `ended` are the standings of the
    day as having ended, of everybody.
    """

    clients: Days
    client: Days
    journey: Days
    ended: Standings


_NOBODY: Final = np.zeros(0, np.int64)


def changes_between(engine: StandingsEngine, at: Standpoint, deadline: date) -> LaterChanges:
    """What is known at the standpoint of what happened after its day and by the deadline."""
    if deadline <= at.as_of:
        return LaterChanges(_NOBODY, _NOBODY, _NOBODY, Standings.of([]))
    day = at.as_of.toordinal()
    rows = engine.rows_changing(BESIDE, at, deadline)
    of_later_treatment = rows.journey > day
    # Whoever started or ended ceases to stand as such a year later: that is no happening.
    may_tell = of_later_treatment | (rows.as_of > day) | _is_open(rows)
    ended = engine.rows_at(ENDED, at, Slice())
    perhaps_anew = ~lasts_a_year(ended.as_of, ended.until)
    client, journey = ended.client[perhaps_anew], ended.journey[perhaps_anew]
    sure = distinct(rows.client[of_later_treatment])
    in_doubt = distinct(rows.client[may_tell & ~is_among(rows.client, sure)])
    of_age = _changed(engine, rows.take(is_among(rows.client, in_doubt)), at, deadline)
    known = distinct(np.concatenate([sure, of_age])) if len(of_age) else sure
    anew = _ended_anew(engine, at, distinct(client[~is_among(client, known)]))
    return LaterChanges(
        distinct(np.concatenate([known, anew])) if len(anew) else known,
        np.concatenate([rows.client[may_tell], client]),
        np.concatenate([rows.journey[may_tell], journey]),
        ended,
    )


def _is_open(rows: Standings) -> Flags:
    its: Flags = rows.part // PARTS_A_FAMILY == OPEN.family.number
    return its


def _changed(engine: StandingsEngine, rows: Standings, at: Standpoint, deadline: date) -> Days:
    """Who begins to stand in these rows, or ceases to be in treatment, for another reason than that they come of age.

    Of each client all rows must be there that begin or end on these days.
    """
    rows = _of_any_age(engine, rows)
    first, last = at.as_of.toordinal(), deadline.toordinal()
    changes = rows.as_of > first
    changes |= _is_open(rows) & (rows.until <= last)
    clients: Days = rows.client[changes]
    return clients


def _of_any_age(engine: StandingsEngine, rows: Standings) -> Standings:
    """The rows, with those joined that follow one another and differ only by age."""
    if not len(rows):
        return rows
    rows = rows.take(np.argsort(rows.as_of, kind="stable"))
    keys = (rows.client, rows.journey, rows.part, rows.state, engine.ageless(rows))
    places, begin, end = islands(rows.as_of, rows.until, *keys)
    return replace(rows.take(places), as_of=begin, until=end)


def lasts_a_year(as_of: Days, until: Days) -> Flags:
    """Whose row as having ended lasts as long as one that began with the end, so that the end is its first day."""
    lasts: Flags = until == JOURNEYS_ENDED.window.first.first_past(as_of)
    return lasts


def _ended_anew(engine: StandingsEngine, at: Standpoint, clients: Days) -> Days:
    """Of these clients those whose treatment was joined to its end, or whose discharge was put off."""
    if not len(clients):
        return clients
    day = at.as_of.toordinal()
    rows = _of_any_age(engine, engine.rows_of_clients(ENDED, clients, at.position))
    here = rows.take((rows.as_of <= day) & (rows.until > day))
    return distinct(here.client[~lasts_a_year(here.as_of, here.until)])
