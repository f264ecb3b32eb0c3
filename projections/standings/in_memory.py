"""The standings engine: a figure is a count of the standings that contain a point.

A series is a row of points, a revision triangle a block, the members of a figure are the standings themselves. The
columns are held by part, in small integers, so that a question reads only its measure's rows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.definition import CURRENT, Definition, definition_in_force
from domain.log.mapper import JsonMapper
from domain.measures.families import FAMILIES, PARTS_A_FAMILY, RECOVERY_PLANS
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.standpoint import Standpoint
from projections.store import generations
from projections.store.submissions import Coverage, Submissions

from .calculation import COUNTED, IMMATURE, Standings
from .calculation.arrays import distinct, spread
from .engine import Belonging, Figure, Standing, Waiting
from .lru import LruCache
from .slices import Slice, SliceKey, Slices
from .stored import Erasures, load_slices, read_standings
from .versions import standings_from_log

_LAST: Final = np.iinfo(np.int32).max
_STATES: Final = 4
_CODES: Final = (len(FAMILIES) + 1) * PARTS_A_FAMILY
_OPEN_EPISODES: Final = RECOVERY_PLANS
"""The family whose cohort is every open episode: its agencies are those expected to report."""
_WAITING: Final = measure_named("W.waiting")
CLIENT_NUMBER: Final = "client number"
"""The column of small numbers for clients: whoever is looked for among many is found at once by it."""
_SELECTIONS_KEPT: Final = 512
"""Slices, of those that were ever asked for: anybody may name one that is not there."""


class StandingsEngine:
    """Answers from standings held in memory, with the slices they name and the submissions that date them.

    The `standings`, part by part, are those of `definition`; of the version in force on each `as_of`, if it is None.
    """

    def __init__(
        self,
        standings: Standings,
        slices: Iterable[SliceKey],
        submissions: Submissions,
        definition: Definition | None = None,
        erasures: Erasures | None = None,
    ) -> None:
        # Questions gather a measure's rows from these columns: it takes half as long where they lie side by side.
        standings = standings.take(np.argsort(standings.part, kind="stable"))
        self.standings, self.submissions, self.definition = standings, submissions, definition
        self.erasures = erasures or Erasures()
        self._slices = tuple(slices)
        self._first_row = np.searchsorted(standings.part, np.arange(_CODES + 1))
        self._as_of, self._until = standings.as_of.astype(np.int32), standings.until.astype(np.int32)
        self._known_from, self._known_until = (
            np.minimum(known, _LAST).astype(np.int32) for known in (standings.known_from, standings.known_until)
        )
        states = standings.part * _STATES + standings.state % _STATES
        self._cell = (states * max(len(self._slices), 1) + standings.slice).astype(np.int32)
        self._selections: LruCache[tuple[Slice, bool], NDArray[np.int64]] = LruCache(_SELECTIONS_KEPT)
        self._by_client: LruCache[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]] = LruCache(
            len(FAMILIES)
        )

    @classmethod
    def load(
        cls,
        connection: sa.Connection,
        measures: Collection[Measure] = MEASURES,
        at: Standpoint | None = None,
        *,
        to: Standpoint | None = None,
    ) -> "StandingsEngine":
        """The engine for these measures from the live generation; with `at`, only what stands at that standpoint.

        With `to` as well, what stands anywhere on the way from `at` to it: first along knowledge on the day of `at`,
        then along the days at the position of `to`. What stands beside a figure (its coverage, who waits) is then there
        at both ends and at the corner. The connection is one snapshot (`database.reading`).
        """
        generation = generations.live(connection)
        codes = {code for measure in measures for code in measure.part_codes}
        beside = {_OPEN_EPISODES.code(0), *_WAITING.part_codes}
        beside |= {family.left_out_of.code(0) for family in (m.family for m in measures) if family.left_out_of}
        beside -= codes
        condition = _everywhere(codes | beside) if at is None else _at(codes | beside, at)
        if at is not None and to is not None:
            condition = _on_the_way(codes, beside, at, to)
        standings = read_standings(connection, generation, condition)
        submissions, erasures = Submissions.load(connection, generation), Erasures.load(connection, generation)
        return cls(standings, load_slices(connection), submissions, erasures=erasures)

    @classmethod
    def under(cls, connection: sa.Connection, mapper: JsonMapper, definition: Definition) -> "StandingsEngine":
        """The engine for another definition, measured anew from the log; nothing of it is stored."""
        slices = Slices()
        standings = standings_from_log(connection, mapper, slices, definition)
        generation = generations.live(connection)
        submissions, erasures = Submissions.load(connection, generation), Erasures.load(connection, generation)
        return cls(standings, slices, submissions, definition, erasures)

    def definition_at(self, as_of: date) -> Definition:
        """The version that answers for a day."""
        return self.definition or definition_in_force(as_of)

    def standpoint(self, as_of: date, known_at: date | int | None = None) -> Standpoint:
        """The standpoint of a question; see `Submissions.standpoint`."""
        return self.submissions.standpoint(as_of, known_at)

    def figure(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> Figure:
        """One figure."""
        return self.figures([measure], standpoint, slice_)[0]

    def figures(self, measures: Sequence[Measure], standpoint: Standpoint, slice_: Slice) -> list[Figure]:
        """Several figures of one standpoint and slice."""
        coverage = self.submissions.coverage(standpoint, self.expected(standpoint))
        waiting = self._waiting(standpoint, slice_) if any(map(_shows_waiting, measures)) else None
        return [self._figure(measure, standpoint, slice_, coverage, waiting) for measure in measures]

    def _figure(
        self, measure: Measure, standpoint: Standpoint, slice_: Slice, coverage: Coverage, waiting: Waiting | None
    ) -> Figure:
        definition = self.definition_at(standpoint.as_of)
        measure = measure.under(definition)
        by_slice = self._tally(measure, standpoint)
        tally = by_slice @ self._selected(slice_, adults=measure.adults)
        by_state = tally.sum(axis=0)
        counted = int(by_state[COUNTED] + by_state[COUNTED | IMMATURE])
        is_count = measure.kind == "count"
        day = np.array([standpoint.as_of.toordinal()])
        window = measure.family.window
        return Figure(
            measure=measure,
            definition=definition.version,
            slice=slice_,
            standpoint=standpoint,
            numerator=counted,
            denominator=None if is_count else int(by_state.sum()),
            first_day=date.fromordinal(int(window.first.on(day)[0])),
            last_day=date.fromordinal(int(window.after.on(day)[0]) - 1),
            coverage=coverage,
            matured=int(by_state[0] + by_state[COUNTED]) if measure.immature else None,
            parts=_parts(measure, tally.sum(axis=1)) if is_count and len(measure.parts) > 1 else None,
            waiting=waiting if _shows_waiting(measure) else None,
            erased_records=self.erasures.unseen(standpoint),
            unknown=self._unknown(slice_),
            belonging=self._belonging(by_slice, slice_, measure) if slice_.agency else None,
            in_no_area=self._in_no_area(by_slice, slice_, adults=measure.adults),
            not_recorded=self._not_recorded(measure, tally, standpoint, slice_),
        )

    def _belonging(self, tally: NDArray[np.int64], slice_: Slice, measure: Measure) -> Belonging:
        """The part of an agency's figure whose journeys belong to it; `tally` is by [part, state, slice]."""
        own = np.array([key[2] == slice_.agency for key in self._slices] or [False], np.int64)
        by_state = (tally @ (self._selected(slice_, adults=measure.adults) * own)).sum(axis=0)
        counted = int(by_state[COUNTED] + by_state[COUNTED | IMMATURE])
        return Belonging(counted, None if measure.kind == "count" else int(by_state.sum()))

    def _unknown(self, slice_: Slice) -> str:
        """What of a slice nothing is known of; an agency with a contract is known."""
        if slice_.area is not None and all(area != slice_.area for area, *_ in self._slices):
            return f"area {slice_.area}"
        if slice_.agency is None or any(slice_.agency in agencies.split(" ") for _, agencies, *_ in self._slices):
            return ""
        under_contract = {contract.agency for contract in self.submissions.contracts.known_at()}
        return "" if slice_.agency in under_contract else f"agency {slice_.agency}"

    def _in_no_area(self, by_slice: NDArray[np.int64], slice_: Slice, *, adults: bool) -> int | None:
        """Of a tally, how many beside those of the slice's area are in none; None where it is of no area."""
        return int((by_slice @ self._selected(replace(slice_, area=""), adults=adults)).sum()) if slice_.area else None

    def _not_recorded(
        self, measure: Measure, tally: NDArray[np.int64], standpoint: Standpoint, slice_: Slice
    ) -> int | None:
        """Of whom nothing is recorded; `tally` is by [part, state] of the slice."""
        family = measure.family
        if family.unrecorded is not None:
            return int(tally[measure.parts.index(family.unrecorded)].sum())
        if family.left_out_of is None:
            return None
        owing = self._tally_codes(family.left_out_of.code(0), family.left_out_of.code(1), standpoint)
        return int((owing @ self._selected(slice_, adults=measure.adults)).sum() - tally.sum())

    def _waiting(self, standpoint: Standpoint, slice_: Slice) -> Waiting:
        since = [row.journey for row in self.members(_WAITING, standpoint, slice_)]
        return Waiting(len(since), (standpoint.as_of - min(since)).days if since else None)

    def expected(self, standpoint: Standpoint) -> set[str]:
        """The agencies expected to report at a standpoint: those with an open episode, and those under contract."""
        under_contract = self.submissions.contracts.agencies(standpoint.as_of, standpoint.position)
        lowest = _OPEN_EPISODES.code(0)
        standing = self._standing(lowest, lowest + 1, standpoint)
        numbers = np.unique(self._cell[standing] % max(len(self._slices), 1))
        return under_contract | {self._slices[number][1] for number in numbers}

    def open_episodes(self, standpoint: Standpoint) -> dict[str, int]:
        """How many episodes are open at a standpoint, by agency; those without any are left out."""
        standing = self._standing(_OPEN_EPISODES.code(0), _OPEN_EPISODES.code(0) + 1, standpoint)
        numbers, counts = np.unique(self._cell[standing] % max(len(self._slices), 1), return_counts=True)
        episodes: Counter[str] = Counter()
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            episodes[self._slices[number][1]] += count
        return dict(episodes)

    def _standing(self, first_code: int, after_code: int, standpoint: Standpoint) -> NDArray[np.int64]:
        """The rows of these parts that contain the point."""
        rows = slice(self._first_row[first_code], self._first_row[after_code])
        day, position = np.int32(standpoint.as_of.toordinal()), np.int32(standpoint.position)
        contains = self._as_of[rows] <= day
        contains &= self._until[rows] > day
        contains &= self._known_from[rows] <= position
        contains &= self._known_until[rows] > position
        return np.flatnonzero(contains) + rows.start

    def _tally(self, measure: Measure, standpoint: Standpoint) -> NDArray[np.int64]:
        """How many stand, by [part of the measure, state, slice]."""
        codes = measure.part_codes
        first, after = min(codes), max(codes) + 1
        return self._tally_codes(first, after, standpoint)[[code - first for code in codes]]

    def _tally_codes(self, first: int, after: int, standpoint: Standpoint) -> NDArray[np.int64]:
        size = max(len(self._slices), 1)
        cells = self._cell[self._standing(first, after, standpoint)] - first * _STATES * size
        return np.bincount(cells, minlength=(after - first) * _STATES * size).reshape(after - first, _STATES, size)

    def _selected(self, slice_: Slice, *, adults: bool) -> NDArray[np.int64]:
        """1 for each slice key that belongs to `slice_`."""
        return self._selections.or_made((slice_, adults), lambda: self._select(slice_, adults=adults))

    def _select(self, slice_: Slice, *, adults: bool) -> NDArray[np.int64]:
        holds = [slice_.holds(key, adults=adults) for key in self._slices] or [False]
        return np.array(holds, np.int64)

    def counts(self, measures: Sequence[Measure], standpoint: Standpoint, slices: Sequence[Slice]) -> NDArray[np.int64]:
        """Numerators and denominators of many slices at once, as [measure, slice, (numerator, denominator)]."""
        first = min(measure.family.code(0) for measure in measures)
        after = max(measure.family.code(PARTS_A_FAMILY) for measure in measures)
        tally = self._tally_codes(first, after, standpoint)
        two = np.stack([tally[:, COUNTED] + tally[:, COUNTED | IMMATURE], tally.sum(axis=1)], axis=1)
        by_adults = {
            adults: two @ np.stack([self._selected(slice_, adults=adults) for slice_ in slices], axis=1)
            for adults in {measure.adults for measure in measures}
        }
        out = [
            by_adults[measure.adults][[code - first for code in measure.part_codes]].sum(axis=0).T
            for measure in measures
        ]
        return np.stack(out)

    def rows_at(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> Standings:
        """The standings of a figure, as they are."""
        return self.standings.take(self._places_at(measure, standpoint, slice_))

    def columns_at(
        self, names: Sequence[str], measure: Measure, standpoint: Standpoint, slice_: Slice
    ) -> list[NDArray[np.int64]]:
        """Some columns of the standings of a figure; CLIENT_NUMBER is the client's place in `clients`."""
        places = self._places_at(measure, standpoint, slice_)
        columns = (self._client_number if name == CLIENT_NUMBER else getattr(self.standings, name) for name in names)
        return [column[places] for column in columns]

    @cached_property
    def clients(self) -> NDArray[np.int64]:
        """Every client who stands anywhere, ascending."""
        return distinct(self.standings.client)

    @cached_property
    def _client_number(self) -> NDArray[np.int64]:
        return np.searchsorted(self.clients, self.standings.client)

    def _places_at(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> NDArray[np.int64]:
        codes = measure.under(self.definition_at(standpoint.as_of)).part_codes
        runs = [self._standing(first, after, standpoint) for first, after in _runs(codes)]
        places = runs[0] if len(runs) == 1 else np.concatenate(runs)
        return places[self.holds(slice_, self.standings.slice[places], adults=measure.adults)]

    def rows_at_of(
        self, measure: Measure, standpoint: Standpoint, slice_: Slice, clients: NDArray[np.int64]
    ) -> Standings:
        """The standings of a figure, of these clients alone: each once, ascending."""
        places, asked = self._places_at(measure, standpoint, slice_), np.zeros(len(self.clients), np.bool_)
        asked[np.searchsorted(self.clients, clients)] = True
        return self.standings.take(places[asked[self._client_number[places]]])

    def rows_changing(self, measures: Sequence[Measure], standpoint: Standpoint, last: date) -> Standings:
        """The standings of any age that begin or end after a standpoint's day and by the `last`, as known at its
        position.
        """
        codes = [code for measure in measures for code in measure.part_codes]
        rows = slice(self._first_row[min(codes)], self._first_row[max(codes) + 1])
        first, end = np.int32(standpoint.as_of.toordinal()), np.int32(last.toordinal())
        changes = (self._as_of[rows] > first) & (self._as_of[rows] <= end)
        changes |= (self._until[rows] > first) & (self._until[rows] <= end)
        found = np.flatnonzero(changes) + rows.start
        found = found[self._are_known(found, standpoint.position)]
        asked = np.zeros(_CODES, np.bool_)
        asked[codes] = True
        return self.standings.take(found[asked[self.standings.part[found]]])

    def clients_between(self, measures: Sequence[Measure], first: date, last: date, position: int) -> NDArray[np.int64]:
        """Who stands in any of these measures on some day from the `first` to the `last`, as known at a position or at
        any later one; each once, ascending.
        """
        clients = [np.empty(0, np.int64)]
        for code in {code for measure in measures for code in measure.part_codes}:
            rows = slice(self._first_row[code], self._first_row[code + 1])
            stands = (self._as_of[rows] <= last.toordinal()) & (self._until[rows] > first.toordinal())
            stands &= self._known_until[rows] > position
            clients.append(self.standings.client[rows][stands])
        return np.unique(np.concatenate(clients))

    def _are_known(self, rows: NDArray[np.int64] | slice, position: int) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = self._known_from[rows] <= position
        return known & (self._known_until[rows] > position)

    def holds(self, slice_: Slice, numbers: NDArray[np.int64], *, adults: bool) -> NDArray[np.bool_]:
        """Which rows of slices of these numbers belong to `slice_`; `adults` as in `Slice.holds`."""
        selected: NDArray[np.bool_] = self._selected(slice_, adults=adults)[numbers] > 0
        return selected

    def agencies_of(self, rows: Standings, clients: Collection[int]) -> Iterator[tuple[int, list[str]]]:
        """Of the rows of these clients, the client and the agencies of the journey."""
        for i in np.flatnonzero(np.isin(rows.client, list(clients))):
            _area, agencies, *_ = self._slices[rows.slice[i]]
            yield int(rows.client[i]), agencies.split(" ")

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """The agencies that journeys belong to where parts must add up, in alphabetical order."""
        return tuple(sorted({owner for _area, _agencies, owner, *_ in self._slices}))

    @cached_property
    def _owner(self) -> NDArray[np.int64]:
        """Of each slice its owner's place in `owners`."""
        place = {agency: number for number, agency in enumerate(self.owners)}
        return np.array([place[owner] for _area, _agencies, owner, *_ in self._slices], np.int64)

    def owner_numbers(self, slices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of rows of these slices the place in `owners` of the one that the journey of each belongs to."""
        numbers: NDArray[np.int64] = self._owner[slices]
        return numbers

    def owners_of(self, slices: NDArray[np.int64]) -> list[str]:
        """Of rows of these slices the agency that the journey of each belongs to where parts must add up."""
        return [self.owners[number] for number in self._owner[slices].tolist()]

    def rows_of_clients(self, measure: Measure, clients: NDArray[np.int64], position: int) -> Standings:
        """All standings of these clients (each once) in a measure as known at a position: any age, whatever day."""
        first, after = self._first_row[min(measure.part_codes)], self._first_row[max(measure.part_codes) + 1]
        rows, its_clients = self._by_client.or_made(
            (int(first), int(after)), lambda: self._sort_by_client(first, after)
        )
        begin, end = (np.searchsorted(its_clients, clients, side) for side in ("left", "right"))
        found = rows[spread(begin, end - begin)[1]]
        return self.standings.take(found[self._are_known(found, position)])

    def _sort_by_client(self, first: int, after: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        clients = self.standings.client[first:after]
        order = np.argsort(clients, kind="stable")
        return order + first, clients[order]

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

    def rows_along_knowledge(self, measure: Measure, as_of: date, slice_: Slice) -> Standings:
        """The standings that contain a day, whatever was known."""
        return self._rows(measure, slice_, self.definition_at(as_of), as_of, None)

    def rows_along_days(self, measure: Measure, position: int, slice_: Slice) -> Standings:
        """The standings that contain a position, on whatever day."""
        return self._rows(measure, slice_, self.definition or CURRENT, None, position)

    def _rows(
        self, measure: Measure, slice_: Slice, definition: Definition, as_of: date | None, position: int | None
    ) -> Standings:
        size = max(len(self._slices), 1)
        codes = measure.under(definition).part_codes
        rows = np.concatenate([np.arange(self._first_row[c], self._first_row[c + 1]) for c in codes])
        holds = self._selected(slice_, adults=measure.adults)[self._cell[rows] % size] > 0
        if as_of is not None:
            day = as_of.toordinal()
            holds &= (self._as_of[rows] <= day) & (self._until[rows] > day)
        if position is not None:
            holds &= (self._known_from[rows] <= position) & (self._known_until[rows] > position)
        return self.standings.take(rows[holds])

    def members(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> list[Standing]:
        """Who stands in a figure, part by part."""
        codes = measure.under(self.definition_at(standpoint.as_of)).part_codes
        return [row for code in codes for row in self._members(measure, code, standpoint, slice_)]

    def _members(self, measure: Measure, code: int, standpoint: Standpoint, slice_: Slice) -> Iterable[Standing]:
        rows = self.standings.take(self._standing(code, code + 1, standpoint))
        for client, part, state, number, journey, *_ in rows.rows():
            key = self._slices[number]
            if slice_.holds(key, adults=measure.adults):
                yield Standing(
                    client, bool(state & COUNTED), bool(state & IMMATURE), part, key, date.fromordinal(journey)
                )

    def series(
        self, measure: Measure, days: Iterable[date], known_at: date | int | None, slice_: Slice
    ) -> list[Figure]:
        """The figure at each day, all as known at one."""
        return [self.figure(measure, self.standpoint(day, known_at), slice_) for day in days]

    def counts_along_days(
        self, measures: Sequence[Measure], days: Sequence[date], position: int, slice_: Slice
    ) -> NDArray[np.int64]:
        """[measure, day, (numerator, denominator)] at a position; days ascending. One pass over each family's rows."""
        ordinals = np.array([day.toordinal() for day in days], np.int32)
        families = {(measure.family.code(0), measure.adults) for measure in measures}
        counts = {key: self._family_along_days(*key, ordinals, np.int32(position), slice_) for key in families}
        rows = [counts[m.family.code(0), m.adults][list(m.parts)].sum(axis=0) for m in measures]
        return np.stack(rows)

    def _family_along_days(
        self, first: int, adults: bool, days: NDArray[np.int32], position: np.int32, slice_: Slice
    ) -> NDArray[np.int64]:
        """[part, day, (numerator, denominator)] of the family whose codes begin at `first`.

        Each row adds 1 on its first day, and takes it off past its last.
        """
        size, height = max(len(self._slices), 1), len(days) + 1
        rows = slice(self._first_row[first], self._first_row[first + PARTS_A_FAMILY])
        reaches = (self._as_of[rows] <= days[-1]) & (self._until[rows] > days[0])
        reaches &= (self._known_from[rows] <= position) & (self._known_until[rows] > position)
        selected = np.flatnonzero(reaches) + rows.start
        selected = selected[self._selected(slice_, adults=adults)[self._cell[selected] % size] > 0]
        cell = (self._cell[selected] // size - first * _STATES) * height
        cells = PARTS_A_FAMILY * _STATES * height
        begins, ends = (np.searchsorted(days, column[selected]) for column in (self._as_of, self._until))
        steps = np.bincount(cell + begins, minlength=cells) - np.bincount(cell + ends, minlength=cells)
        totals = steps.reshape(PARTS_A_FAMILY, _STATES, height).cumsum(axis=2)[..., :-1]
        return np.stack([totals[:, COUNTED] + totals[:, COUNTED | IMMATURE], totals.sum(axis=1)], axis=-1)

    def triangle(
        self, measure: Measure, as_ofs: Sequence[date], known_ats: Sequence[date], slice_: Slice
    ) -> NDArray[np.int64]:
        """[as_of, known_at, (numerator, denominator)] for all pairs; days and knowledge ascending."""
        positions = [self.standpoint(date.min, known_at).position for known_at in known_ats]
        return self.triangles([measure.under(self.definition or CURRENT)], as_ofs, positions, slice_)[0]

    def triangles(
        self, measures: Sequence[Measure], as_ofs: Sequence[date], positions: Sequence[int], slice_: Slice
    ) -> NDArray[np.int64]:
        """[measure, as_of, position, (numerator, denominator)]: each rectangle adds 1 at its corner and takes it off
        past its sides; then both axes are added up.
        """
        days = np.array([day.toordinal() for day in as_ofs], np.int32)
        known = np.array(positions, np.int32)
        return np.stack([self._triangle(measure, days, known, slice_) for measure in measures])

    def _triangle(
        self, measure: Measure, days: NDArray[np.int32], known: NDArray[np.int32], slice_: Slice
    ) -> NDArray[np.int64]:
        size = max(len(self._slices), 1)
        rows = np.concatenate([np.arange(self._first_row[c], self._first_row[c + 1]) for c in measure.part_codes])
        cell = self._cell[rows]
        inside = self._selected(slice_, adults=measure.adults)[cell % size] > 0
        rows, cell = rows[inside], cell[inside]
        counted = (cell // size) & COUNTED
        height, width = len(days) + 1, len(known) + 1
        top, bottom = np.searchsorted(days, self._as_of[rows]), np.searchsorted(days, self._until[rows])
        left, right = np.searchsorted(known, self._known_from[rows]), np.searchsorted(known, self._known_until[rows])
        covers = (top < bottom) & (left < right)
        top, bottom, left, right, counted = (x[covers] for x in (top, bottom, left, right, counted))
        plane = counted * (height * width)

        def corners(row: NDArray[Any], column: NDArray[Any]) -> NDArray[np.int64]:
            return np.bincount(plane + row * width + column, minlength=2 * height * width)

        steps = corners(top, left) - corners(bottom, left) - corners(top, right) + corners(bottom, right)
        totals = steps.reshape(2, height, width).cumsum(1).cumsum(2)[:, :-1, :-1]
        return np.stack([totals[1], totals.sum(axis=0)], axis=-1)


def _shows_waiting(measure: Measure) -> bool:
    return measure.code.startswith("W.")


def _parts(measure: Measure, by_part: NDArray[np.int64]) -> dict[str, int]:
    return {measure.family.parts[part]: int(count) for part, count in zip(measure.parts, by_part, strict=True)}


def _runs(codes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and past the last of each run of codes that follow one another."""
    first = 0
    for place, code in enumerate(codes, 1):
        if place == len(codes) or codes[place] != code + 1:
            yield codes[first], code + 1
            first = place


def _everywhere(codes: Iterable[int]) -> str:
    among = ", ".join(f"{code:d}" for code in sorted(codes))
    return f"part IN ({among})" if among else "1 = 0"


def _at(codes: Iterable[int], *standpoints: Standpoint) -> str:
    """What stands in these parts at any of the standpoints."""
    contained = (_touching(at.as_of, at.as_of, at.position, at.position) for at in standpoints)
    return f"({_everywhere(codes)} AND ({' OR '.join(contained)}))"


def _on_the_way(codes: Iterable[int], beside: Iterable[int], at: Standpoint, to: Standpoint) -> str:
    """The rectangles that a walk touches: up or down the positions on one day, then along the days at one position."""
    (first, last), (low, high) = sorted((at.as_of, to.as_of)), sorted((at.position, to.position))
    up, along = _touching(at.as_of, at.as_of, low, high), _touching(first, last, to.position, to.position)
    corner = Standpoint(at.as_of, to.known_at, to.position)
    return f"({_everywhere(codes)} AND ({up} OR {along})) OR {_at(beside, at, corner, to)}"


def _touching(first: date, last: date, low: int, high: int) -> str:
    days = f"as_of <= {last.toordinal():d} AND until > {first.toordinal():d}"
    return f"({days} AND known_from <= {high:d} AND known_until > {low:d})"
