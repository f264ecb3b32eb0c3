"""The rows behind figures: who stands where, of which agency and since when, from standings held as columns."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.definition import CURRENT, Definition, definition_in_force
from domain.measures.families import RECOVERY_PLANS
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.store.submissions import Submissions

from .calculation import Standings
from .calculation.arrays import Ints
from .columns import CODES, LAST, STATES, Run, StandingColumns, Stretches
from .lru import LruCache
from .slices import Slice, SliceKey
from .stored import Erasures

OPEN_EPISODES: Final = RECOVERY_PLANS
"""The family whose cohort is every open episode: its agencies are those expected to report."""
CLIENT_NUMBER: Final = "client number"
"""The column of small numbers for clients: whoever is looked for among many is found at once by it."""
_SELECTIONS_KEPT: Final = 512
"""Slices, of those that were ever asked for: anybody may name one that is not there."""


class StandingRows:
    """Standings held as columns, with the slices they name and the submissions that date them.

    The `standings`, part by part, are those of `definition`; of the version in force on each `as_of`, if it is None.
    """

    def __init__(
        self,
        standings: Standings | Stretches,
        slices: Iterable[SliceKey],
        submissions: Submissions,
        definition: Definition | None = None,
        erasures: Erasures | None = None,
    ) -> None:
        self.rows: Stretches = (
            Stretches.of(StandingColumns.of(standings)) if isinstance(standings, Standings) else standings
        )
        self.submissions, self.definition = submissions, definition
        self.erasures = erasures or Erasures()
        self._slices = tuple(slices)
        self._selections: LruCache[tuple[Slice, bool], NDArray[np.int64]] = LruCache(_SELECTIONS_KEPT)

    @property
    def standings(self) -> Standings:
        """All of them, as they are stored."""
        return self.rows.everything

    def definition_at(self, as_of: date) -> Definition:
        """The version that answers for a day."""
        return self.definition or definition_in_force(as_of)

    def standpoint(self, as_of: date, known_at: date | int | None = None) -> Standpoint:
        """The standpoint of a question; see `Submissions.standpoint`."""
        return self.submissions.standpoint(as_of, known_at)

    # ---- slices

    def _selected(self, slice_: Slice, *, adults: bool) -> NDArray[np.int64]:
        """1 for each slice key that belongs to `slice_`."""
        return self._selections.or_made((slice_, adults), lambda: self._select(slice_, adults=adults))

    def _select(self, slice_: Slice, *, adults: bool) -> NDArray[np.int64]:
        holds = [slice_.holds(key, adults=adults) for key in self._slices] or [False]
        return np.array(holds, np.int64)

    def holds(self, slice_: Slice, numbers: NDArray[np.integer], *, adults: bool) -> NDArray[np.bool_]:
        """Which rows of slices of these numbers belong to `slice_`; `adults` as in `Slice.holds`."""
        selected: NDArray[np.bool_] = self._selected(slice_, adults=adults)[numbers] > 0
        return selected

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """The agencies that journeys belong to where parts must add up, in alphabetical order."""
        return tuple(sorted({owner for _area, _agencies, owner, *_ in self._slices}))

    @cached_property
    def _owner(self) -> NDArray[np.int64]:
        """Of each slice its owner's place in `owners`."""
        place = {agency: number for number, agency in enumerate(self.owners)}
        return np.array([place[owner] for _area, _agencies, owner, *_ in self._slices], np.int64)

    def owner_numbers(self, slices: NDArray[np.integer]) -> NDArray[np.int64]:
        """Of rows of these slices the place in `owners` of the one that the journey of each belongs to."""
        numbers: NDArray[np.int64] = self._owner[slices]
        return numbers

    def owners_of(self, slices: NDArray[np.int64]) -> list[str]:
        """Of rows of these slices the agency that the journey of each belongs to where parts must add up."""
        return [self.owners[number] for number in self._owner[slices].tolist()]

    @cached_property
    def _ageless(self) -> NDArray[np.int64]:
        numbers: dict[tuple[str, str, str, bool], int] = {}
        its = (
            numbers.setdefault((area, agencies, owner, justice), len(numbers))
            for area, agencies, owner, _adult, justice in self._slices
        )
        return np.fromiter(its, np.int64, len(self._slices))

    def ageless(self, rows: Standings) -> NDArray[np.int64]:
        """Of each row a number that is the same for adults and young people of an otherwise equal slice."""
        numbers: NDArray[np.int64] = self._ageless[rows.slice]
        return numbers

    def agencies_of(self, rows: Standings, clients: Collection[int]) -> Iterator[tuple[int, list[str]]]:
        """Of the rows of these clients, the client and the agencies of the journey."""
        for i in np.flatnonzero(np.isin(rows.client, list(clients))):
            _area, agencies, *_ = self._slices[rows.slice[i]]
            yield int(rows.client[i]), agencies.split(" ")

    # ---- open episodes

    def expected(self, standpoint: Standpoint) -> set[str]:
        """The agencies expected to report at a standpoint: those with an open episode, and those under contract."""
        under_contract = self.submissions.contracts.agencies(standpoint.as_of, standpoint.position)
        return under_contract | {self._slices[number][1] for number in self._slices_of_open(standpoint)}

    def open_episodes(self, standpoint: Standpoint) -> dict[str, int]:
        """How many episodes are open at a standpoint, by agency; those without any are left out."""
        episodes: Counter[str] = Counter()
        for number, count in self._slices_of_open(standpoint).items():
            episodes[self._slices[number][1]] += count
        return dict(episodes)

    def _slices_of_open(self, standpoint: Standpoint) -> dict[int, int]:
        lowest = OPEN_EPISODES.code(0)
        numbers, counts = np.unique(
            self.rows.column("slice", self._standing(lowest, lowest + 1, standpoint)), return_counts=True
        )
        return dict(zip(numbers.tolist(), counts.tolist(), strict=True))

    # ---- rows

    def _standing(self, first_code: int, after_code: int, standpoint: Standpoint) -> Ints:
        """The rows of these parts that contain the point."""
        day, position = standpoint.as_of.toordinal(), standpoint.position
        return self.rows.find(first_code, after_code, lambda its, rows: its.containing(rows, day, position))

    def _places_at(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> Ints:
        codes = measure.under(self.definition_at(standpoint.as_of)).part_codes
        runs = [self._standing(first, after, standpoint) for first, after in _runs(codes)]
        places = runs[0] if len(runs) == 1 else np.concatenate(runs)
        return places[self.holds(slice_, self.rows.column("slice", places), adults=measure.adults)]

    def rows_at(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> Standings:
        """The standings of a figure, as they are."""
        return self.rows.standings(self._places_at(measure, standpoint, slice_))

    def columns_at(
        self, names: Sequence[str], measure: Measure, standpoint: Standpoint, slice_: Slice
    ) -> list[NDArray[np.int64]]:
        """Some columns of the standings of a figure; CLIENT_NUMBER is the client's place in `clients`."""
        places = self._places_at(measure, standpoint, slice_)
        return [self._column(name, places) for name in names]

    def _column(self, name: str, places: Ints) -> Ints:
        if name in {CLIENT_NUMBER, "client"}:
            numbers = self.rows.client_numbers(places)
            return numbers if name == CLIENT_NUMBER else self.clients[numbers]
        return self.rows.column(name, places).astype(np.int64)

    @property
    def clients(self) -> NDArray[np.int64]:
        """Every client who stands anywhere, ascending; there may be some who do no more."""
        return self.rows.clients

    def rows_at_of(
        self, measure: Measure, standpoint: Standpoint, slice_: Slice, clients: NDArray[np.int64]
    ) -> Standings:
        """The standings of a figure, of these clients alone: each once, ascending."""
        places, asked = self._places_at(measure, standpoint, slice_), np.zeros(len(self.clients), np.bool_)
        asked[np.searchsorted(self.clients, clients)] = True
        return self.rows.standings(places[asked[self.rows.client_numbers(places)]])

    def rows_standing_on(self, day: date) -> Standings:
        """The rows of all parts that stand on a day by all that is known."""
        number = np.int32(day.toordinal())

        def stand(its: StandingColumns, rows: Run) -> Ints:
            on_it = (its.as_of[rows] <= number) & (its.until[rows] > number)
            return its.chosen(rows, on_it & (its.known_until[rows] == LAST))

        return self.rows.standings(self.rows.find(0, CODES, stand))

    def rows_changing(self, measures: Sequence[Measure], standpoint: Standpoint, last: date) -> Standings:
        """The standings of any age that begin or end after a standpoint's day and by the `last`, as known at its
        position.
        """
        codes = [code for measure in measures for code in measure.part_codes]
        first, end = np.int32(standpoint.as_of.toordinal()), np.int32(last.toordinal())
        asked = np.zeros(CODES, np.bool_)
        asked[codes] = True

        def change(its: StandingColumns, rows: Run) -> Ints:
            changes = (its.as_of[rows] > first) & (its.as_of[rows] <= end)
            changes |= (its.until[rows] > first) & (its.until[rows] <= end)
            found = its.chosen(rows, changes)
            found = found[_are_known(its, found, standpoint.position)]
            return found[asked[its.kind[found] // STATES]]

        return self.rows.standings(self.rows.find(min(codes), max(codes) + 1, change))

    def clients_between(self, measures: Sequence[Measure], first: date, last: date, position: int) -> NDArray[np.int64]:
        """Who stands in any of these measures on some day from the `first` to the `last`, as known at a position or at
        any later one; each once, ascending.
        """

        def stand(its: StandingColumns, rows: Run) -> Ints:
            between = (its.as_of[rows] <= last.toordinal()) & (its.until[rows] > first.toordinal())
            return its.chosen(rows, between & (its.known_until[rows] > position))

        codes = {code for measure in measures for code in measure.part_codes}
        found = np.concatenate([np.zeros(0, np.int64), *(self.rows.find(code, code + 1, stand) for code in codes)])
        return self.clients[np.unique(self.rows.client_numbers(found))]

    def rows_of_clients(self, measure: Measure, clients: NDArray[np.int64], position: int) -> Standings:
        """All standings of these clients (each once, ascending) in a measure as known at a position, client by client:
        any age, whatever day.
        """

        def its_rows(its: StandingColumns, rows: Run) -> Ints:
            found = its.of_clients(rows, clients)
            return found[_are_known(its, found, position)]

        codes = range(min(measure.part_codes), max(measure.part_codes) + 1)
        found = np.concatenate([self.rows.find(code, code + 1, its_rows) for code in codes])
        return self.rows.standings(found[np.argsort(self.rows.client_numbers(found), kind="stable")])

    def rows_along_knowledge(self, measure: Measure, as_of: date, slice_: Slice) -> Standings:
        """The standings that contain a day, whatever was known."""
        day = np.int32(as_of.toordinal())
        return self._rows(
            measure,
            slice_,
            self.definition_at(as_of),
            lambda its, rows: (its.as_of[rows] <= day) & (its.until[rows] > day),
        )

    def rows_along_days(self, measure: Measure, position: int, slice_: Slice) -> Standings:
        """The standings that contain a position, on whatever day."""
        return self._rows(
            measure, slice_, self.definition or CURRENT, lambda its, rows: _are_known(its, rows, position)
        )

    def _rows(
        self,
        measure: Measure,
        slice_: Slice,
        definition: Definition,
        holds: Callable[[StandingColumns, Run], NDArray[np.bool_]],
    ) -> Standings:
        selected = self._selected(slice_, adults=measure.adults) > 0

        def choose(its: StandingColumns, rows: Run) -> Ints:
            found = its.chosen(rows, holds(its, rows))
            return found[selected[its.slice[found]]]

        codes = measure.under(definition).part_codes
        return self.rows.standings(np.concatenate([self.rows.find(code, code + 1, choose) for code in codes]))


def _are_known(its: StandingColumns, rows: Ints | Run, position: int) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = its.known_from[rows] <= np.int32(position)
    return known & (its.known_until[rows] > np.int32(position))


def _runs(codes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and past the last of each run of codes that follow one another."""
    first = 0
    for place, code in enumerate(codes, 1):
        if place == len(codes) or codes[place] != code + 1:
            yield codes[first], code + 1
            first = place
