"""From what was known of clients, and when, to the rectangles in which they stand in each figure.

Seen over all standpoints, a measure's answer for a client is a set of rectangles in the (as_of, position) plane. They
are found by asking the measure on just those days on which something of the client can change it:

1. *versions*: an episode as it stood from one position of the log to another;
2. *known states*: a client's knowledge, cut where any of the versions begins or ends;
3. *histories*: each state cut at the days on which more is seen (a structured start, a discharge, a review): between
   two cuts the journeys cannot change;
4. *journeys*: gaps and islands over each history;
5. *questions*: each history's first day, and the days on which a journey's own day passes an edge of the window;
6. the measure, asked of all of them at once;
7. equal neighbours joined along `as_of`, then along the positions.

Every step is an array operation over a batch of clients. Days are ordinals, rows cover `as_of <= day < until` and
`known_from <= position < known_until`.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, compress, pairwise
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.codes import (
    EXIT_KINDS,
    INCONSISTENT,
    KIND_OF_EXIT,
    LARGEST_OF,
    TOP_STAGES,
    ExitKind,
    group_of_bits,
)
from domain.definition import IN_FORCE, Anchor, Definition
from domain.history import EpisodeCore, EpisodeView
from domain.measures.asked import Asked
from domain.measures.calendar import END_OF_DAYS, Days, Flags, Window, six_months_later
from domain.measures.registry import ADULT_EVE, FAMILIES, MATURED_EVE, Family, Reads, Unit
from domain.periods import NEVER

from .slices import SliceKey, Slices

FOREVER: Final = 1 << 39
"""`known_until` of what is still known; below half of the part of a packed key."""
BATCH: Final = 1000
"""Clients measured at once: more do not fit the processor's cache."""

_STATE_BITS, _PART_BITS, _JOURNEY_BITS = 6, 8, 20
"""Of what stands, packed into one number to be compared at once; above them the slice. 2**20 days are 2,800 years."""
_DAY_PART: Final = 1 << 26
_KNOWN_PART: Final = 1 << 40
COUNTED, IMMATURE = 1, 2
"""Bits of a standing's `state`; above them, a number that tells alike rows of one client and day apart."""
_NTH: Final = 4

_Ints = NDArray[np.int64]
_Sortable = TypeVar("_Sortable", str, tuple[str, str, str])
_REASONS: Final = 1000
_KIND = np.array([EXIT_KINDS.index(KIND_OF_EXIT.get(reason, ExitKind.UNKNOWN)) for reason in range(_REASONS)])
_LARGEST_OF = [np.isin(np.arange(_REASONS), list(together)) for together in LARGEST_OF]
_GROUP = np.array([group_of_bits(bits) for bits in range(8)])
_STAGE = {stage: number for number, stage in enumerate(TOP_STAGES)}
_OWN_DAYS: Final[dict[str, Any]] = {
    ADULT_EVE: lambda rows: rows["adult_on"] - 1,
    MATURED_EVE: lambda rows: six_months_later(rows["end"]) - 1,
}


class Version(NamedTuple):
    """An episode as it was known from one position to another."""

    known_from: int
    known_until: int
    view: EpisodeView


COLUMNS: Final = ("client", "part", "state", "slice", "journey", "as_of", "until", "known_from", "known_until")


@dataclass(frozen=True, slots=True)
class Standings:
    """Columns of standings, one row a rectangle; see the module's docstring and `tables.standing`."""

    client: _Ints
    part: _Ints
    state: _Ints
    slice: _Ints
    journey: _Ints
    as_of: _Ints
    until: _Ints
    known_from: _Ints
    known_until: _Ints

    def __len__(self) -> int:
        return len(self.client)

    def columns(self) -> list[_Ints]:
        """The columns in the order of `COLUMNS`."""
        return [getattr(self, name) for name in COLUMNS]

    def rows(self) -> Iterator[tuple[int, ...]]:
        """The rows as plain integers, in the order of `COLUMNS`."""
        return zip(*self.lists(), strict=True)

    def lists(self) -> list[list[int]]:
        """The columns as plain integers, in the order of `COLUMNS`."""
        return [column.tolist() for column in self.columns()]

    def take(self, where: NDArray[Any]) -> "Standings":
        """The rows at `where` (indices or flags)."""
        return Standings(*(column[where] for column in self.columns()))

    @classmethod
    def of(cls, parts: Sequence["Standings"]) -> "Standings":
        """All rows of `parts`, one after the other."""
        if not parts:
            return cls(*(np.zeros(0, np.int64) for _ in COLUMNS))
        return cls(*(np.concatenate(columns) for columns in zip(*(p.columns() for p in parts), strict=True)))


def standings_of(
    versions: Iterable[Sequence[Version]],
    slices: Slices,
    definition: Definition | None = None,
    families: Sequence[Family] = FAMILIES,
) -> Standings:
    """The standings of all clients whose episodes are given: of each episode its versions, in order of position.

    A client's episodes must all be there: journeys join them. Without a `definition`, each `as_of` is answered by the
    version in force on it. `families` may be fewer than all, or have other windows.
    """
    known = _Known([episode for episode in versions if episode])
    if definition:
        return _standings_under(definition, known, known.every, slices, families)
    return Standings.of([_in_force(version, after, known, slices, families) for version, after in _SPANS])


_SPANS: Final = tuple(zip(IN_FORCE, [*(d.in_force_from for d in IN_FORCE[1:]), None], strict=True))
"""The versions in force, each with the first day of the next one."""


def _in_force(
    definition: Definition, next_from: date | None, known: "_Known", slices: Slices, families: Sequence[Family]
) -> Standings:
    """A version's standings, cut to the days on which it is in force."""
    first = definition.in_force_from.toordinal() if definition.in_force_from else 0
    after = next_from.toordinal() if next_from else NEVER
    found = _standings_under(definition, known, known.of_clients_before(after), slices, families)
    found = found.take((found.until > first) & (found.as_of < after))
    # What differed only beyond the cut differs no more: neighbours at it are joined once more.
    at_cut = ((first > 0) & (found.as_of <= first)) | ((after < NEVER) & (found.until >= after))
    found = replace(found, as_of=np.maximum(found.as_of, first), until=np.minimum(found.until, after))
    return Standings.of([found.take(~at_cut), _joined_positions(found.take(at_cut))])


def _joined_positions(standings: Standings) -> Standings:
    """Equal neighbours joined along the positions."""
    if not len(standings):
        return standings
    ordered = standings.take(np.argsort(standings.known_from, kind="stable"))
    *keys, known_from, known_until = ordered.columns()
    i, known_from, known_until = _islands(known_from, known_until, *keys)
    return replace(ordered.take(i), known_from=known_from, known_until=known_until)


def _standings_under(
    definition: Definition, known: "_Known", among: Flags, slices: Slices, families: Sequence[Family]
) -> Standings:
    found = [
        standings
        for reads in dict.fromkeys(family.reads for family in families)
        for v in _batches(known, among, reads, definition)
        for standings in _batch_standings(v, reads, _by_window(families, reads), slices, definition)
    ]
    return Standings.of(found)


_ByWindow = dict[Window, list[Family]]


def _by_window(families: Iterable[Family], reads: Reads) -> _ByWindow:
    """Families that read the same: those of one window are asked on the same days."""
    grouped: _ByWindow = {}
    for family in families:
        if family.reads is reads:
            grouped.setdefault(family.window, []).append(family)
    return grouped


# ---- versions


class _Known:
    """The columns of all versions of all episodes, episode by episode in order of position.

    `core_changes`, `tops_change` and `reviews_change` mark the rows that differ from the row above in what they name.
    """

    def __init__(self, episodes: Sequence[Sequence[Version]]) -> None:
        versions = [version for its in episodes for version in its]
        views = [version.view for version in versions]
        cores, keys, tops, plans, risks = (
            _Runs(list(map(attrgetter(name), views))) for name in ("core", "key", "tops", "plans", "risks")
        )
        columns = list(zip(*cores.values, strict=True)) or [()] * len(EpisodeCore._fields)
        (
            self.client, self.triaged, self.started, self.left, self.reason, self.drugs, self.adult_on,
            self.referred, self.offer_wait, self.waiting_from, self.waiting_adult_on,
        ) = (_ints(columns[i])[cores.of] for i in (0, *range(3, 9), *range(10, 14)))  # fmt: skip
        self.criminal_justice = np.array(columns[9], np.bool_)[cores.of]
        agency, self.agencies = _coded(columns[1])
        area, self.areas = _coded(columns[2])
        self.agency, self.area, self.key = agency[cores.of], area[cores.of], _coded(keys.values)[0][keys.of]
        self.known_from = _ints([version.known_from for version in versions])
        self.known_until = _ints([version.known_until for version in versions])
        every_top = list(chain.from_iterable(tops.values))
        self.tops = _Lists(tops, [day for day, _ in every_top])
        self.top_stages = _ints([_STAGE[stage] for _, stage in every_top])
        self.plans, self.risks = (_Lists(its, list(chain.from_iterable(its.values))) for its in (plans, risks))
        self.every = np.ones(len(versions), np.bool_)
        self._episode = np.repeat(np.arange(len(episodes)), [len(its) for its in episodes])
        self._core_changes, self._tops_change = cores.changes, tops.changes
        self._reviews_change = plans.changes | risks.changes

    def of_clients_before(self, day: int) -> Flags:
        """The versions of every episode that is ever of a client of whom something happened before a day."""
        if day >= NEVER:
            return self.every
        early = np.isin(self.client, _distinct(self.client[self.waiting_from < day]))
        return np.isin(self._episode, self._episode[early])

    def differing(self, among: Flags, reads: Reads) -> tuple[_Ints, _Ints]:
        """The rows that differ from the one above in what the families read, and until where they were known."""
        begun = self.waiting_from if reads is Reads.REFERRALS else self.started
        rows = np.flatnonzero(among & (begun < NEVER))
        changes = self._core_changes.copy()
        changes[1:] |= self._episode[1:] != self._episode[:-1]
        changes[1:] |= self.known_from[1:] != self.known_until[:-1]
        if reads is Reads.TOPS:
            changes |= self._tops_change
        elif reads is Reads.REVIEWS:
            changes |= self._reviews_change
        begins = np.flatnonzero(changes[rows] | np.append(True, rows[1:] != rows[:-1] + 1)[: len(rows)])
        lasts = np.append(begins[1:], len(rows)) - 1
        return rows[begins], self.known_until[rows[lasts[: len(begins)]]]


class _Runs:
    """A column in which most values are the one above: `values` that differ from it, and `of` which each row has."""

    def __init__(self, column: list[Any]) -> None:
        # Most are the very object above: what a commit leaves as it was is taken over.
        differs = [now is not above and now != above for above, now in pairwise(column)]
        self.changes: Flags = np.array([True, *differs], np.bool_)[: len(column)]
        self.values = list(compress(column, self.changes.tolist()))
        self.of: _Ints = np.cumsum(self.changes) - 1


class _Lists:
    """Of each row a list, the `days` of all lists in one column: how many it has, and where they begin."""

    def __init__(self, lists: _Runs, days: Sequence[int]) -> None:
        count = _ints(list(map(len, lists.values)))
        self.count, self.begin, self.days = count[lists.of], (np.cumsum(count) - count)[lists.of], _ints(days)

    def of(self, rows: _Ints) -> "_Lists":
        """The lists of these rows."""
        its = copy(self)
        its.count, its.begin = self.count[rows], self.begin[rows]
        return its

    def at(self, rows: _Ints) -> tuple[_Ints, _Ints]:
        """The place of each row in `rows`, as often as it has days, and where in `days` they stand."""
        return _spread(self.begin[rows], self.count[rows])


def _batches(known: _Known, among: Flags, reads: Reads, definition: Definition) -> "Iterator[_Versions]":
    """The versions by (person, triage, key), cut between clients, some thousand of them at a time."""
    rows, known_until = known.differing(among, reads)
    area = known.area[rows] if definition.person_with_area else np.zeros(len(rows), np.int64)
    began = (known.waiting_from if reads is Reads.REFERRALS else known.triaged)[rows]
    client = known.client[rows]
    order = np.lexsort((known.known_from[rows], known.key[rows], began, area, client))
    rows, known_until, area, client = rows[order], known_until[order], area[order], client[order]
    if not len(rows):
        return
    begins = np.flatnonzero(np.append(True, client[1:] != client[:-1]))[::BATCH].tolist()
    for begin, stop in pairwise([*begins, len(rows)]):
        its = slice(begin, stop)
        yield _Versions(known, rows[its], known_until[its], area[its])


class _Versions:
    """The columns of a batch's versions, ordered by (person, triage, key); `client_of` names each person's client."""

    def __init__(self, known: _Known, rows: _Ints, known_until: _Ints, own_area: _Ints) -> None:
        client = known.client[rows]
        begins = np.append(True, (client[1:] != client[:-1]) | (own_area[1:] != own_area[:-1]))
        self.person, self.client_of = np.cumsum(begins) - 1, client[begins]
        self.known_from, self.known_until = known.known_from[rows], known_until
        self.agency, self.agencies = known.agency[rows], known.agencies
        self.area, self.areas = known.area[rows], known.areas
        self.triaged, self.started, self.left = known.triaged[rows], known.started[rows], known.left[rows]
        self.reason, self.drugs, self.adult_on = known.reason[rows], known.drugs[rows], known.adult_on[rows]
        self.criminal_justice = known.criminal_justice[rows]
        self.referred, self.offer_wait = known.referred[rows], known.offer_wait[rows]
        self.waiting_from, self.waiting_adult_on = known.waiting_from[rows], known.waiting_adult_on[rows]
        self.tops, self.top_stages = known.tops.of(rows), known.top_stages
        self.plans, self.risks = known.plans.of(rows), known.risks.of(rows)


def _ints(values: Iterable[int]) -> _Ints:
    return np.array(values, np.int64)


def _coded(values: Sequence[_Sortable]) -> tuple[_Ints, list[_Sortable]]:
    """Small numbers for values, in their order."""
    names = sorted(set(values))
    number = {name: i for i, name in enumerate(names)}
    return _ints([number[value] for value in values]), names


# ---- small array words


def _distinct(values: _Ints) -> _Ints:
    # not np.unique, which hashes: sorting and comparing neighbours is four times as fast here
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def _following(part: _Ints, value: _Ints, never: int) -> _Ints:
    """The next value of the same part, or `never`."""
    if not len(part):
        return value
    last = np.append(part[1:] != part[:-1], True)
    return np.where(last, never, np.append(value[1:], 0))


def _spread(first: _Ints, count: _Ints) -> tuple[_Ints, _Ints]:
    """(i, first[i]), (i, first[i] + 1) ...: count[i] pairs for each i."""
    i = np.repeat(np.arange(len(count)), count)
    return i, np.arange(len(i)) + np.repeat(first - (np.cumsum(count) - count), count)


def _islands(start: _Ints, stop: _Ints, *keys: _Ints) -> tuple[_Ints, _Ints, _Ints]:
    """Join rows of equal keys that touch: one row's index of each, its start and its stop.

    Rows of equal keys come in the order of `start`; the first key counts least.
    """
    order = np.lexsort(keys)
    start, stop = start[order], stop[order]
    differs = start[1:] != stop[:-1]
    for key in keys:
        sorted_key = key[order]
        differs |= sorted_key[1:] != sorted_key[:-1]
    begins = np.flatnonzero(np.append(True, differs))
    return order[begins], start[begins], stop[np.append(begins[1:], len(order)) - 1]


# ---- known states and histories


class _States:
    """Each client's states of knowledge, and which versions stand in each."""

    def __init__(self, v: _Versions) -> None:
        begins = v.person * _KNOWN_PART + v.known_from
        ends = v.person * _KNOWN_PART + v.known_until
        marks = _distinct(np.concatenate([begins, ends[v.known_until < FOREVER]]))
        self.person, self.known_from = marks // _KNOWN_PART, marks % _KNOWN_PART
        self.known_until = _following(self.person, self.known_from, FOREVER)
        first, stop = np.searchsorted(marks, begins), np.searchsorted(marks, ends)
        self.version, self.state = _spread(first, stop - first)


class _Histories:
    """Each state cut at the days on which more is seen, and the versions seen in each: rows by (history, version)."""

    def __init__(self, state: _Ints, version: _Ints, visible: _Ints, cut_days: Sequence[tuple[_Ints, _Ints]]) -> None:
        seen = visible[version]
        cuts = [state * _DAY_PART + seen]
        for rows, days in cut_days:
            day = np.maximum(days, seen[rows])
            cuts.append((state[rows] * _DAY_PART + day)[day < END_OF_DAYS])
        marks = _distinct(np.concatenate(cuts))
        self.state, self.start = marks // _DAY_PART, marks % _DAY_PART
        self.stop = _following(self.state, self.start, NEVER)
        first, stop = np.searchsorted(marks, state * _DAY_PART + seen), np.searchsorted(marks, (state + 1) * _DAY_PART)
        i, history = _spread(first, stop - first)
        order = np.argsort(history, kind="stable")
        self.row_history, self.row_version = history[order], version[i][order]

    def blinded(self, day: _Ints) -> _Ints:
        """A day of each row's version, NEVER where it lies after what the history sees."""
        own = day[self.row_version]
        return np.where(own <= self.start[self.row_history], own, NEVER)


# ---- the rows that measures are asked of


@dataclass(slots=True)
class _AskedRows:
    """Journeys or episodes of the histories, ordered by (history, start)."""

    history: _Ints
    columns: dict[str, NDArray[Any]]
    journey: _Ints
    area: _Ints
    agencies: _Ints
    owner: _Ints
    criminal_justice: Flags
    agency_sets: list[str]


def _journeys(v: _Versions, h: _Histories, definition: Definition, *, with_tops: bool) -> _AskedRows:
    """Gaps and islands: a new journey where the triage is more than the gap after the latest discharge so far."""
    history, version = h.row_history, h.row_version
    end = h.blinded(v.left)
    own = history * _DAY_PART
    latest_end = np.maximum.accumulate(own + end)
    triaged = own + v.triaged[version]
    anchor = triaged if definition.gap_anchor is Anchor.TRIAGE else own + v.started[version]
    apart = (triaged[1:] > latest_end[:-1]) & (anchor[1:] > latest_end[:-1] + definition.gap_limit)
    new = np.append(True, apart)
    begins = np.flatnonzero(new)
    of = np.cumsum(new) - 1
    last = np.append(begins[1:], len(new)) - 1

    j_history, start = history[begins], v.triaged[version][begins]
    j_end = np.maximum.reduceat(end, begins)
    ended = j_end < NEVER
    speaks = end == j_end[of]
    reason = np.where(ended, _journey_reason(v.reason[version], speaks, begins), 0)
    entry = _first_of(np.lexsort((v.started[version], of)), of)
    columns = {
        "start": start,
        "end": j_end,
        "adult_on": v.adult_on[version][begins],
        "group": _GROUP[np.bitwise_or.reduceat(v.drugs[version], begins)],
        "success": ended & np.isin(reason, list(definition.successful)),
        "kind": np.where(ended, _KIND[reason], -1),
        "returned": ended & (_following(j_history, start, NEVER) < six_months_later(j_end)),
        "started": v.started[version][entry],
        "due": v.started[version][entry] + definition.last_review_day,
        "referred": v.referred[version][entry],
        "offer_wait": v.offer_wait[version][entry],
    }
    if with_tops:
        columns |= _tops(v, version, of, columns, definition)
    agencies, agency_sets = _agencies(v.agency[version], begins, v.agencies)
    return _AskedRows(
        history=j_history,
        columns=columns,
        journey=start,
        area=v.area[version][last],
        agencies=agencies,
        owner=v.agency[version][np.maximum.reduceat(np.where(speaks, np.arange(len(of)), -1), begins)],
        criminal_justice=v.criminal_justice[version][begins],
        agency_sets=agency_sets,
    )


def _first_of(order: _Ints, of: _Ints) -> _Ints:
    """Of rows in `order`, which is sorted by `of` first, the first of each."""
    sorted_of = of[order]
    return order[np.append(True, sorted_of[1:] != sorted_of[:-1])]


def _journey_reason(reason: _Ints, speaks: Flags, begins: _Ints) -> _Ints:
    """Only the episodes of the last day speak; different reasons agree within `LARGEST_OF`, or are inconsistent."""
    known = np.maximum(reason, 0)
    largest = np.maximum.reduceat(np.where(speaks, known, -1), begins)
    agree = np.minimum.reduceat(np.where(speaks, known, _REASONS), begins) == largest
    for together in _LARGEST_OF:
        agree |= np.logical_and.reduceat(~speaks | together[known], begins)
    return np.where(agree, largest, INCONSISTENT)


def _tops(
    v: _Versions, version: _Ints, of: _Ints, columns: dict[str, NDArray[Any]], definition: Definition
) -> dict[str, _Ints]:
    """The first TOP of each stage that is on time for the journey; NEVER where there is none."""
    row, top = v.tops.at(version)
    journey, day, stage = of[row], v.tops.days[top], v.top_stages[top]
    started, end, margin = columns["started"][journey], columns["end"][journey], definition.top_margin
    first_review = started + definition.first_review_day
    on_time = {
        "start_top": (stage == 0) & (np.abs(day - started) <= margin),
        "review_top": (stage == 1) & (first_review <= day) & (day <= columns["due"][journey]),
        "exit_top": (stage == 2) & (np.abs(day - end) <= margin),
    }
    found: dict[str, _Ints] = {}
    for name, where in on_time.items():
        found[name] = np.full(len(columns["start"]), NEVER, np.int64)
        np.minimum.at(found[name], journey[where], day[where])
    return found


def _agencies(agency: _Ints, begins: _Ints, names: list[str]) -> tuple[_Ints, list[str]]:
    """The set of agencies of each journey as a number, and the sets; most journeys have one agency."""
    sets = list(names)
    number: dict[frozenset[int], int] = {}
    found = np.minimum.reduceat(agency, begins)
    several = np.flatnonzero(found != np.maximum.reduceat(agency, begins))
    stops, every = np.append(begins[1:], len(agency)), agency.tolist()
    for journey, begin, stop in zip(*(x.tolist() for x in (several, begins[several], stops[several])), strict=True):
        together = frozenset(every[begin:stop])
        if together not in number:
            number[together] = len(sets)
            sets.append(" ".join(names[a] for a in sorted(together)))
        found[journey] = number[together]
    return found, sets


def _episodes(v: _Versions, h: _Histories) -> _AskedRows:
    """Episodes as they are, for the measures of reviews."""
    version = h.row_version
    day = h.start[h.row_history]
    columns = {
        "start": v.triaged[version],
        "end": h.blinded(v.left),
        "adult_on": v.adult_on[version],
        "started": v.started[version],
        "plan_on": _latest(v.plans, version, day),
        "risk_on": _latest(v.risks, version, day),
    }
    return _episode_rows(v, h, columns, v.triaged)


def _latest(reviews: _Lists, version: _Ints, seen: _Ints) -> _Ints:
    """The latest of each row's days that is seen; 0 where there is none."""
    row, i = reviews.at(version)
    day = reviews.days[i]
    latest = np.zeros(len(version), np.int64)
    where = day <= seen[row]
    np.maximum.at(latest, row[where], day[where])
    return latest


def _referrals(v: _Versions, h: _Histories) -> _AskedRows:
    """Episodes from the day on which their client waits."""
    version = h.row_version
    columns = {
        "start": v.waiting_from[version],
        "end": h.blinded(v.left),
        "adult_on": v.waiting_adult_on[version],
        "started": v.started[version],
        "referred": v.waiting_from[version],
    }
    return _episode_rows(v, h, columns, v.waiting_from)


def _episode_rows(v: _Versions, h: _Histories, columns: dict[str, NDArray[Any]], journey: _Ints) -> _AskedRows:
    version = h.row_version
    agency = v.agency[version]
    return _AskedRows(
        h.row_history,
        columns,
        journey[version],
        v.area[version],
        agency,
        agency,
        v.criminal_justice[version],
        v.agencies,
    )


# ---- asking, and joining equal neighbours


def _batch_standings(
    v: _Versions, reads: Reads, families: _ByWindow, slices: Slices, definition: Definition
) -> Iterator[Standings]:
    states = _States(v)
    unit = next(iter(families.values()))[0].unit
    visible = v.waiting_from if unit is Unit.REFERRAL else v.started
    h = _Histories(states.state, states.version, visible, _cut_days(v, states, reads))
    if unit is Unit.JOURNEY:
        asked_rows = _journeys(v, h, definition, with_tops=reads is Reads.TOPS)
    else:
        asked_rows = _episodes(v, h) if unit is Unit.EPISODE else _referrals(v, h)
    its_slices = _ItsSlices(v, asked_rows, slices)
    for window, its_families in families.items():
        questions = _Questions(window, {day for family in its_families for day in family.own_days}, h, asked_rows)
        for family in its_families:
            yield _family_standings(family, v, states, h, questions, its_slices, definition)


def _cut_days(v: _Versions, states: _States, reads: Reads) -> list[tuple[_Ints, _Ints]]:
    """Which rows of (state, version) see more from which days on, beside the day from which they are visible."""
    every = np.arange(len(states.version))
    cuts = [(every, v.left[states.version])]
    if reads is Reads.REFERRALS:
        cuts.append((every, v.started[states.version]))
    if reads is Reads.REVIEWS:
        for reviews in (v.plans, v.risks):
            row, i = reviews.at(states.version)
            cuts.append((row, reviews.days[i]))
    return cuts


class _Questions:
    """The histories and days on which families of one window are asked, with the columns that they are asked of.

    An answer given on `day` holds to the day before `until`. `question` and `row` pair each question with the rows of
    its history.
    """

    def __init__(self, window: Window, own_days: Iterable[str], h: _Histories, rows: _AskedRows) -> None:
        self.rows = rows
        every = np.arange(len(h.start))
        of, days = [every], [h.start]
        for name in own_days:
            own: Days = _OWN_DAYS[name](rows.columns) if name in _OWN_DAYS else rows.columns[name]
            for edge in {window.first, window.after}:
                of.append(rows.history)
                days.append(edge.first_past(own))
        all_of, all_days = np.concatenate(of), np.concatenate(days)
        within = (h.start[all_of] <= all_days) & (all_days < h.stop[all_of]) & (all_days < END_OF_DAYS)
        marks = _distinct(all_of[within] * _DAY_PART + all_days[within])
        self.history, self.day = marks // _DAY_PART, marks % _DAY_PART
        self.until = np.minimum(_following(self.history, self.day, NEVER), h.stop[self.history])
        first = np.searchsorted(rows.history, np.arange(len(h.start) + 1))
        self.question, self.row = _spread(first[self.history], first[self.history + 1] - first[self.history])
        self.asked = Asked(
            _Taken(rows.columns, self.row),
            self.question,
            window.first.on(self.day)[self.question],
            window.after.on(self.day)[self.question] - 1,
        )


class _Taken(dict[str, NDArray[Any]]):
    """Columns at some rows, each taken when it is first read: no family reads all of them."""

    def __init__(self, columns: dict[str, NDArray[Any]], rows: _Ints) -> None:
        super().__init__()
        self._columns, self._rows = columns, rows

    def __missing__(self, name: str) -> NDArray[Any]:
        return self.setdefault(name, self._columns[name][self._rows])


def _family_standings(
    family: Family,
    v: _Versions,
    states: _States,
    h: _Histories,
    questions: _Questions,
    its_slices: "_ItsSlices",
    definition: Definition,
) -> Standings:
    asked = questions.asked
    answer = family.rules(asked, definition)
    member = np.flatnonzero(answer.in_cohort)
    state = answer.is_counted[member].astype(np.int64) * COUNTED
    if family.immature:
        state += family.immature(asked)[member] * IMMATURE
    part = family.part_of(asked)[member] + family.code(0)
    question, row = questions.question[member], questions.row[member]
    journey = questions.rows.journey[row]
    its_slice = its_slices.numbers(row, asked.adult[member])
    if family.unit is Unit.EPISODE:
        state += _nth(question, journey, part, its_slice, state) * _NTH
    known = h.state[questions.history[question]]
    value = (((its_slice << _JOURNEY_BITS | journey) << _PART_BITS | part) << _STATE_BITS) | state
    return _joined(v.client_of, states, known, questions.day[question], questions.until[question], value)


class _ItsSlices:
    """The slice numbers of the asked rows of a batch; there are few different ones."""

    def __init__(self, v: _Versions, rows: _AskedRows, slices: Slices) -> None:
        self._slices = slices
        packed = rows.area
        for column, size in ((rows.agencies, len(rows.agency_sets)), (rows.owner, len(v.agencies))):
            packed = packed * size + column
        distinct, self._key = np.unique(packed * 2 + rows.criminal_justice, return_inverse=True)
        self._keys: list[SliceKey] = []
        for key in distinct.tolist():
            rest, criminal_justice = divmod(key, 2)
            rest, owner = divmod(rest, len(v.agencies))
            area, agencies = divmod(rest, len(rows.agency_sets))
            its = v.areas[area], rows.agency_sets[agencies], v.agencies[owner]
            self._keys += [(*its, adult, bool(criminal_justice)) for adult in (False, True)]

    def numbers(self, row: _Ints, adult: Flags) -> _Ints:
        """The slice number of each row, of an adult or of a young person; a key has one only once it occurs."""
        key = self._key[row] * 2 + adult
        numbers = np.zeros(len(self._keys), np.int64)
        for occurs in np.flatnonzero(np.bincount(key, minlength=len(self._keys))).tolist():
            numbers[occurs] = self._slices.number(self._keys[occurs])
        return numbers[key]


def _nth(question: _Ints, journey: _Ints, *keys: _Ints) -> _Ints:
    """0, 1, 2 ... for rows of one question that are otherwise alike: two episodes triaged on one day.

    The rows of a question come by `journey`, the day of their triage: mostly no two of them are of one day.
    """
    if not ((question[1:] == question[:-1]) & (journey[1:] == journey[:-1])).any():
        return np.zeros(len(question), np.int64)
    keys = (*keys, journey, question)
    order = np.lexsort(keys)
    differs = np.append(True, np.logical_or.reduce([k[order][1:] != k[order][:-1] for k in keys]))
    begins = np.flatnonzero(differs)
    nth = np.arange(len(order)) - begins[np.cumsum(differs) - 1]
    out = np.empty(len(order), np.int64)
    out[order] = nth
    return out


def _joined(clients: _Ints, states: _States, known: _Ints, day: _Ints, until: _Ints, value: _Ints) -> Standings:
    """Equal neighbours joined along `as_of`, then along the positions. Rows come by (known state, day)."""
    if not len(known):
        return Standings.of(())
    i, day, until = _islands(day, until, value, known)
    known, value = known[i], value[i]
    person = states.person[known]
    i, known_from, known_until = _islands(
        states.known_from[known], states.known_until[known], day * _DAY_PART + until, value, person
    )
    value = value[i]
    return Standings(
        client=clients[person[i]],
        part=value >> _STATE_BITS & (1 << _PART_BITS) - 1,
        state=value & (1 << _STATE_BITS) - 1,
        slice=value >> _STATE_BITS + _PART_BITS + _JOURNEY_BITS,
        journey=value >> _STATE_BITS + _PART_BITS & (1 << _JOURNEY_BITS) - 1,
        as_of=day[i],
        until=until[i],
        known_from=known_from,
        known_until=known_until,
    )
