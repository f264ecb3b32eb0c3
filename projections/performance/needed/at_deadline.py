"""Who will stand in a figure on a later day, if nothing more happens after the standpoint than that days pass.

The window moves: some leave it, and whoever is still in treatment enters it or stays. So the figure that will be
published at a target's deadline has other people than today's. Nobody new is assumed to start, and nobody to complete
or to come back; what people make of that is for `completions_needed`.

The standings answer for the later day from all that is known. Where more is known than had happened by the
standpoint's own day (an old day seen with later knowledge, `changes`), those people are worked out anew by what had
happened to them by then: nearly all from the standings (`settled`), a few from the log.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from domain.history import seen_from
from domain.log.reading import Recorded
from domain.measures.calendar import Days, Flags
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED, IMMATURE
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import folded, members_of_family
from projections.standings.rows import CLIENT_NUMBER
from projections.standings.slices import Slice

from .changes import changes_between
from .settled import settled

_COLUMNS: Final = (CLIENT_NUMBER, "journey", "state", "slice")

ReadClients = Callable[[Collection[int]], Iterable[Recorded]]
"""Reads all that was said of some clients, up to the standpoint's position."""


@dataclass(frozen=True, slots=True)
class RowsAtDeadline:
    """Who stands in a figure, one row a person: the client and the journey's agency by their places in
    `clients` and in `agencies`, the journey by its first day, whether it is counted, and whether six months have not
    passed since the completion.
    """

    place: Days
    journey: Days
    counted: Flags
    immature: Flags
    owner: Days
    clients: Days
    agencies: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def of(cls, engine: StandingsEngine, place: Days, journey: Days, state: Days, slice_: Days) -> "RowsAtDeadline":
        """From columns of the standings, as they are."""
        owner = engine.owner_numbers(slice_)
        return cls(place, journey, state & COUNTED > 0, state & IMMATURE > 0, owner, engine.clients, engine.owners)

    @classmethod
    def of_members(cls, members: Iterable[Standing], clients: Days, agencies: tuple[str, ...]) -> "RowsAtDeadline":
        """From single standings of some of these clients; agencies that are not among `agencies` are put behind."""
        its = list(members)
        number = {agency: place for place, agency in enumerate(agencies)}
        owner = [number.setdefault(one.slice[2], len(number)) for one in its]
        return cls(
            np.searchsorted(clients, np.array([one.client for one in its], np.int64)),
            np.array([one.journey.toordinal() for one in its], np.int64),
            np.array([one.counted for one in its], np.bool_),
            np.array([one.immature for one in its], np.bool_),
            np.array(owner, np.int64),
            clients,
            tuple(number),
        )

    @property
    def client(self) -> Days:
        """The clients."""
        client: Days = self.clients[self.place]
        return client

    def take(self, chosen: Flags) -> "RowsAtDeadline":
        """Those that are chosen."""
        return RowsAtDeadline(
            self.place[chosen],
            self.journey[chosen],
            self.counted[chosen],
            self.immature[chosen],
            self.owner[chosen],
            self.clients,
            self.agencies,
        )

    def without(self, clients: Days) -> "RowsAtDeadline":
        """Those that are not of these clients."""
        stays = np.ones(len(self.clients), np.bool_)
        stays[np.searchsorted(self.clients, clients)] = False
        return self.take(stays[self.place])

    def and_others(self, others: "RowsAtDeadline") -> "RowsAtDeadline":
        """These, and the others behind them, whose `agencies` begin with those of these."""
        return RowsAtDeadline(
            np.concatenate([self.place, others.place]),
            np.concatenate([self.journey, others.journey]),
            np.concatenate([self.counted, others.counted]),
            np.concatenate([self.immature, others.immature]),
            np.concatenate([self.owner, others.owner]),
            others.clients,
            others.agencies,
        )

    def also_in(self, others: "RowsAtDeadline", *, by_journey: bool = True) -> Flags:
        """Which of these stand among the others by the same journey, or by whatever journey."""
        journey = np.zeros(len(self.clients), np.int64)
        journey[others.place] = others.journey
        theirs: Days = journey[self.place]
        return theirs == self.journey if by_journey else theirs > 0

    def by_owner(self, chosen: Flags | None = None) -> dict[str, int]:
        """How many of these, or of those chosen, belong to each agency; without agencies that have none."""
        owner = self.owner if chosen is None else self.owner[chosen]
        counts = np.bincount(owner, minlength=len(self.agencies)).tolist()
        return {agency: count for agency, count in zip(self.agencies, counts, strict=True) if count}


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
    changes = changes_between(engine, standpoint, deadline)
    if not len(changes.clients):
        return people
    rows, looked_up = settled(engine, measure, standpoint, slice_, deadline, changes)
    places = np.searchsorted(engine.clients, rows.client)
    people = people.without(changes.clients).and_others(
        RowsAtDeadline.of(engine, places, rows.journey, rows.state, rows.slice)
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
    return people.and_others(RowsAtDeadline.of_members(anew, people.clients, people.agencies))
