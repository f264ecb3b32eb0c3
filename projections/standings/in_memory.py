"""The standings engine: a figure is a count of the standings that contain a point.

A series is a row of points, a revision triangle a block, the members of a figure are the standings themselves (`rows`).
The columns are held by part (`columns`), so that a question reads only its measure's rows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.definition import CURRENT, Definition
from domain.log.mapper import JsonMapper
from domain.measures.families import PARTS_A_FAMILY
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.standpoint import Standpoint
from projections.store import generations
from projections.store.submissions import Coverage, Submissions

from .along import family_along_days, sum_of, triangle
from .calculation import COUNTED, IMMATURE
from .columns import STATES
from .engine import Belonging, Figure, Standing, Waiting
from .rows import OPEN_EPISODES, StandingRows
from .slices import Slice, Slices
from .stored import Erasures, load_slices, read_standings
from .versions import standings_from_log

_WAITING: Final = measure_named("W.waiting")


class StandingsEngine(StandingRows):
    """Answers from standings held in memory, with the slices they name and the submissions that date them."""

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
        beside = {OPEN_EPISODES.code(0), *_WAITING.part_codes}
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

    def _tally(self, measure: Measure, standpoint: Standpoint) -> NDArray[np.int64]:
        """How many stand, by [part of the measure, state, slice]."""
        codes = measure.part_codes
        first, after = min(codes), max(codes) + 1
        return self._tally_codes(first, after, standpoint)[[code - first for code in codes]]

    def _tally_codes(self, first: int, after: int, standpoint: Standpoint) -> NDArray[np.int64]:
        size = max(len(self._slices), 1)
        cells = np.zeros((after - first) * STATES * size, np.int64)
        for its in self.rows.columns:
            rows = its.containing(its.lie(first, after), standpoint.as_of.toordinal(), standpoint.position)
            # In four bytes a cell may not fit: there are as many as parts times slices.
            places = (its.kind[rows].astype(np.int64) - first * STATES) * size + its.slice[rows]
            cells += np.bincount(places, minlength=len(cells))
        return cells.reshape(after - first, STATES, size)

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

    def members(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> list[Standing]:
        """Who stands in a figure, part by part."""
        codes = measure.under(self.definition_at(standpoint.as_of)).part_codes
        return [row for code in codes for row in self._members(measure, code, standpoint, slice_)]

    def _members(self, measure: Measure, code: int, standpoint: Standpoint, slice_: Slice) -> Iterable[Standing]:
        rows = self.rows.standings(self._standing(code, code + 1, standpoint))
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

        def along(first: int, adults: bool) -> NDArray[np.int64]:
            chosen = self._selected(slice_, adults=adults)
            return sum_of(family_along_days(its, first, ordinals, position, chosen) for its in self.rows.columns)

        families = {(measure.family.code(0), measure.adults) for measure in measures}
        counts = {family: along(*family) for family in families}
        return np.stack([counts[m.family.code(0), m.adults][list(m.parts)].sum(axis=0) for m in measures])

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

        def block(measure: Measure) -> NDArray[np.int64]:
            chosen = self._selected(slice_, adults=measure.adults)
            return sum_of(triangle(its, measure.part_codes, days, known, chosen) for its in self.rows.columns)

        return np.stack([block(measure) for measure in measures])


def _shows_waiting(measure: Measure) -> bool:
    return measure.code.startswith("W.")


def _parts(measure: Measure, by_part: NDArray[np.int64]) -> dict[str, int]:
    return {measure.family.parts[part]: int(count) for part, count in zip(measure.parts, by_part, strict=True)}


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
