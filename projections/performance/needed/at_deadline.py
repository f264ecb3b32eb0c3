"""Who will stand in a figure on a later day, if nothing more happens after the standpoint than that days pass.

The window moves: some leave it, and whoever is still in treatment enters it or stays. So the figure that will be
published at a target's deadline has other people than today's. Nobody new is assumed to start, and nobody to complete
or to come back; what people make of that is for `completions_needed`.

The standings answer for the later day from all that is known. Where more is known than had happened by the
standpoint's own day (an old day seen with later knowledge), those people are worked out anew by what had happened to
them by then: most from the standings of that day (`settled`), a few from the log.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress
from typing import Final

import numpy as np

from domain.history import seen_from
from domain.log.reading import Recorded
from domain.measures.calendar import Days, Flags
from domain.measures.families import JOURNEYS_ENDED
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED, IMMATURE, Standings
from projections.standings.calculation.arrays import distinct, islands
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import folded, members_of_family
from projections.standings.slices import Slice

from .settled import OPEN, settled

STARTED, ENDED = measure_named("N.new"), measure_named("N.exits")
BESIDE: Final = (OPEN, STARTED, ENDED)
"""What is asked beside a measure to know who is still in treatment, and of whom more is known than had happened."""

_COLUMNS: Final = ("client", "journey", "state", "slice")

ReadClients = Callable[[Collection[int]], Iterable[Recorded]]
"""Reads all that was said of some clients, up to the standpoint's position."""


@dataclass(frozen=True, slots=True)
class RowsAtDeadline:
    """Who stands in a figure, one row a person: the journey by its first day, whether counted, whether six months have
    not passed since the completion, and the agency that the journey belongs to.
    """

    client: Days
    journey: Days
    counted: Flags
    immature: Flags
    owner: list[str]

    def __len__(self) -> int:
        return len(self.client)

    @classmethod
    def of(cls, engine: StandingsEngine, client: Days, journey: Days, state: Days, slice_: Days) -> "RowsAtDeadline":
        """From columns of the standings, as they are."""
        return cls(client, journey, state & COUNTED > 0, state & IMMATURE > 0, engine.owners_of(slice_))

    @classmethod
    def of_members(cls, members: Iterable[Standing]) -> "RowsAtDeadline":
        """From single standings."""
        its = list(members)
        return cls(
            np.array([one.client for one in its], np.int64),
            np.array([one.journey.toordinal() for one in its], np.int64),
            np.array([one.counted for one in its], np.bool_),
            np.array([one.immature for one in its], np.bool_),
            [one.slice[2] for one in its],
        )

    def take(self, chosen: Flags) -> "RowsAtDeadline":
        """Those that are chosen."""
        owner = list(compress(self.owner, chosen.tolist()))
        return RowsAtDeadline(
            self.client[chosen], self.journey[chosen], self.counted[chosen], self.immature[chosen], owner
        )

    def and_others(self, others: "RowsAtDeadline") -> "RowsAtDeadline":
        """These, and the others behind them."""
        return RowsAtDeadline(
            np.concatenate([self.client, others.client]),
            np.concatenate([self.journey, others.journey]),
            np.concatenate([self.counted, others.counted]),
            np.concatenate([self.immature, others.immature]),
            [*self.owner, *others.owner],
        )

    def also_in(self, others: "RowsAtDeadline", *, by_journey: bool = True) -> Flags:
        """Which of these stand among the others by the same journey, or by whatever journey."""
        if not len(others):
            return np.zeros(len(self), np.bool_)
        order = np.argsort(others.client, kind="stable")
        clients = others.client[order]
        place = np.minimum(np.searchsorted(clients, self.client), len(clients) - 1)
        same: Flags = clients[place] == self.client
        return same & (others.journey[order][place] == self.journey) if by_journey else same

    def by_owner(self, chosen: Flags) -> list[str]:
        """The agencies of those chosen, one name each."""
        return list(compress(self.owner, chosen.tolist()))


def people_at(engine: StandingsEngine, measure: Measure, standpoint: Standpoint, slice_: Slice) -> RowsAtDeadline:
    """Who stands in a figure."""
    return RowsAtDeadline.of(engine, *engine.columns_at(_COLUMNS, measure, standpoint, slice_))


def people_at_deadline(
    engine: StandingsEngine,
    read: ReadClients,
    measure: Measure,
    standpoint: Standpoint,
    slice_: Slice,
    deadline: date,
) -> RowsAtDeadline:
    """Who will stand in a measure on the deadline, by what had happened by the standpoint's day and is known there."""
    then = Standpoint(deadline, standpoint.known_at, standpoint.position)
    people = people_at(engine, measure, then, slice_)
    later = _more_is_known_of(engine, standpoint, deadline)
    if not len(later):
        return people
    rows, looked_up = settled(engine, measure, standpoint, slice_, deadline, later)
    people = people.take(~np.isin(people.client, later)).and_others(
        RowsAtDeadline.of(engine, *(getattr(rows, name) for name in _COLUMNS))
    )
    if not len(looked_up):
        return people
    definition = engine.definition_at(deadline)
    views = seen_from(standpoint, folded(read(looked_up.tolist())), definition)
    codes = measure.under(definition).part_codes
    anew = (
        one
        for one in members_of_family(measure.family, views, deadline, definition)
        if one.part in codes and slice_.holds(one.slice, adults=measure.adults)
    )
    return people.and_others(RowsAtDeadline.of_members(anew))


def _more_is_known_of(engine: StandingsEngine, standpoint: Standpoint, deadline: date) -> Days:
    """The clients of whom it is known that something happened after the standpoint's day and by the deadline.

    A treatment that began or ended then begins or ends a row on that very day; so does coming of age, which is no
    happening: of whom a row changes, the rows are looked at again with those before and after it.
    """
    if deadline <= standpoint.as_of:
        return np.zeros(0, np.int64)
    return distinct(np.concatenate([_changing(engine, one, standpoint, deadline) for one in BESIDE]))


def _changing(engine: StandingsEngine, measure: Measure, standpoint: Standpoint, deadline: date) -> Days:
    """Who begins to stand in a measure, or ceases to, for another reason than that they come of age."""
    clients = engine.clients_changing(measure, standpoint, deadline, ends=measure is OPEN)
    if measure is ENDED:
        stands = engine.columns_at(("client", "as_of", "until"), ENDED, standpoint, Slice())
        clients = np.concatenate([clients, _ended_anew(*stands)])
    if not len(clients):
        return clients
    rows = _of_any_age(engine, engine.rows_of_clients(measure, distinct(clients), standpoint.position))
    first, last = standpoint.as_of.toordinal(), deadline.toordinal()
    changes = (rows.as_of > first) & (rows.as_of <= last)
    if measure is OPEN:
        changes |= (rows.until > first) & (rows.until <= last)
    its = rows.client[changes]
    if measure is ENDED:
        here = rows.take((rows.as_of <= first) & (rows.until > first))
        its = np.concatenate([its, _ended_anew(here.client, here.as_of, here.until)])
    return its


def _of_any_age(engine: StandingsEngine, rows: Standings) -> Standings:
    """The rows, with those joined that follow one another and differ only by age."""
    if not len(rows):
        return rows
    rows = rows.take(np.argsort(rows.as_of, kind="stable"))
    keys = (rows.client, rows.journey, rows.part, rows.state, engine.ageless(rows))
    places, begin, end = islands(rows.as_of, rows.until, *keys)
    return replace(rows.take(places), as_of=begin, until=end)


def _ended_anew(client: Days, as_of: Days, until: Days) -> Days:
    """Who stands as having ended for longer than since that end, or not so long: treatment was joined to it."""
    clients: Days = client[until != JOURNEYS_ENDED.window.first.first_past(as_of)]
    return clients
