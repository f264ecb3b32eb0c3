"""Asking measures of a batch of clients on the days that matter, and joining equal neighbours into standings."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from domain.definition import Definition
from domain.measures.calendar import END_OF_DAYS, Days, Flags, Window, six_months_later
from domain.measures.columns import Columns
from domain.measures.families import ADULT_EVE, MATURED_EVE, Family, Reads, Unit
from domain.periods import NEVER
from projections.standings.slices import SliceKey, Slices

from .arrays import COUNTED, DAY_PART, IMMATURE, Ints, Standings, distinct, following, islands, islands_in_line, spread
from .known import Histories, States, Versions
from .rows import HistoryRows, episodes, journeys, referrals

_STATE_BITS, _PART_BITS, _JOURNEY_BITS = 12, 8, 20
"""Of what stands, packed into one number to be compared at once; above them the slice. 2**20 days are 2,800 years."""
_NTH: Final = 4
_OWN_DAYS: Final[dict[str, Any]] = {
    ADULT_EVE: lambda rows: rows["adult_on"] - 1,
    MATURED_EVE: lambda rows: six_months_later(rows["end"]) - 1,
}

ByWindow = dict[Window, list[Family]]
"""Families that read the same, by their window."""


def batch_standings(
    v: Versions, reads: Collection[Reads], families: ByWindow, slices: Slices, definition: Definition
) -> Iterator[Standings]:
    states = States(v)
    unit = next(iter(families.values()))[0].unit
    visible = v.waiting_from if unit is Unit.REFERRAL else v.started
    h = Histories(states.state, states.version, visible, _cut_days(v, states, reads))
    if unit is Unit.JOURNEY:
        rows = journeys(v, h, definition, reads)
    else:
        rows = episodes(v, h) if unit is Unit.EPISODE else referrals(v, h)
    alike = _Alike(states, h, rows)
    its_slices = _ItsSlices(v, alike.rows, slices)
    for window, its_families in families.items():
        questions = _Questions(window, {day for family in its_families for day in family.own_days}, alike)
        for family in its_families:
            group, day, until, value = _answers(family, questions, its_slices, definition)
            yield _joined(v.client_of, states, h, alike, group, day, until, value)


def _cut_days(v: Versions, states: States, reads: Collection[Reads]) -> list[tuple[Ints, Ints]]:
    """Which rows of (state, version) see more from which days on, beside the day from which they are visible."""
    every = np.arange(len(states.version))
    cuts = [(every, v.left[states.version])]
    if Reads.REFERRALS in reads:
        cuts.append((every, v.started[states.version]))
    if Reads.REVIEWS in reads:
        for reviews in (v.dated["plans"], v.dated["risks"]):
            row, i = reviews.at(states.version)
            cuts.append((row, reviews.days[i]))
    return cuts


class _Alike:
    """Histories of a client that begin on one day with the same rows, whatever else was known: they are asked once.

    `group` is each history's; groups come by (person, `start`), each to the latest `stop` of its histories. `rows` are
    theirs, by their numbers. Most commits change little of what is seen on earlier days: there are a third as many.
    """

    def __init__(self, states: States, h: Histories, rows: HistoryRows) -> None:
        begins = states.person[h.state] * DAY_PART + h.start
        order = np.argsort(begins, kind="stable")
        first = np.searchsorted(rows.history, np.arange(len(order) + 1))
        count = np.diff(first)
        above, below = order[:-1], order[1:]
        same = (begins[above] == begins[below]) & (count[above] == count[below])
        pairs = np.flatnonzero(same)
        pair, row = spread(first[below[pairs]], count[below[pairs]])
        differs = rows.differ(row, row + (first[above[pairs]] - first[below[pairs]])[pair])
        same[pairs[pair[differs]]] = False
        new = np.flatnonzero(np.append(True, ~same)[: len(order)])
        self.group = np.empty(len(order), np.int64)
        self.group[order] = np.repeat(np.arange(len(new)), np.diff(np.append(new, len(order))))
        chosen = order[new]
        self.start, self.stop = h.start[chosen], np.maximum.reduceat(h.stop[order], new)
        self.asked_until = np.minimum(self.stop, END_OF_DAYS)
        self.rows = rows.of(*spread(first[chosen], count[chosen]))
        self.count = count[chosen]
        self.first = np.cumsum(self.count) - self.count


class _Questions:
    """The groups of histories and the days on which families of one window are asked, with the columns of that.

    An answer given on `day` holds to the day before `until`. `question` and `row` pair each question with the rows of
    its group.
    """

    def __init__(self, window: Window, own_days: Iterable[str], h: _Alike) -> None:
        self.rows = rows = h.rows
        marks = [(np.arange(len(h.start)) * DAY_PART + h.start)[h.start < END_OF_DAYS]]
        begin, start, stop = rows.history * DAY_PART, h.start[rows.history], h.asked_until[rows.history]
        for name in own_days:
            own: Days = _OWN_DAYS[name](rows.columns) if name in _OWN_DAYS else rows.columns[name]
            for edge in {window.first, window.after}:
                day = edge.first_past(own)
                within = (start <= day) & (day < stop)
                marks.append((begin + day)[within])
        mark = distinct(np.concatenate(marks))
        self.group, self.day = mark // DAY_PART, mark % DAY_PART
        self.until = np.minimum(following(self.group, self.day, NEVER), h.stop[self.group])
        self.question, self.row = spread(h.first[self.group], h.count[self.group])
        self.asked = Columns(
            _Taken(rows.columns, self.row),
            self.question,
            window.first.on(self.day)[self.question],
            window.after.on(self.day)[self.question] - 1,
        )


class _Taken(dict[str, NDArray[Any]]):
    """Columns at some rows, each taken when it is first read: no family reads all of them."""

    def __init__(self, columns: dict[str, NDArray[Any]], rows: Ints) -> None:
        super().__init__()
        self._columns, self._rows = columns, rows

    def __missing__(self, name: str) -> NDArray[Any]:
        return self.setdefault(name, self._columns[name][self._rows])


def _answers(
    family: Family, questions: _Questions, its_slices: "_ItsSlices", definition: Definition
) -> tuple[Ints, Ints, Ints, Ints]:
    """Who is in the cohort: the group of each, from what day until what day, and all else that is said, in one number.

    They come by (group, day).
    """
    columns = questions.asked
    answer = family.rules(columns, definition)
    member = np.flatnonzero(answer.in_cohort)
    state = answer.is_counted[member].astype(np.int64) * COUNTED
    if family.immature:
        state += family.immature(columns)[member] * IMMATURE
    part = family.part_of(columns)[member] + family.code(0)
    question, row = questions.question[member], questions.row[member]
    journey = questions.rows.journey[row]
    its_slice = its_slices.numbers(row, columns.adult[member])
    if family.unit is Unit.EPISODE:
        state += _nth(question, journey, part, its_slice, state) * _NTH
    value = (((its_slice << _JOURNEY_BITS | journey) << _PART_BITS | part) << _STATE_BITS) | state
    return questions.group[question], questions.day[question], questions.until[question], value


class _ItsSlices:
    """The slice numbers of the asked rows of a batch; there are few different ones."""

    def __init__(self, v: Versions, rows: HistoryRows, slices: Slices) -> None:
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
        self._numbers = np.full(len(self._keys), -1)

    def numbers(self, row: Ints, adult: Flags) -> Ints:
        """The slice number of each row, of an adult or of a young person; a key has one only once it occurs."""
        key = self._key[row] * 2 + adult
        occurs = np.bincount(key, minlength=len(self._keys)) > 0
        for new in np.flatnonzero(occurs & (self._numbers < 0)).tolist():
            self._numbers[new] = self._slices.number(self._keys[new])
        return self._numbers[key]


def _nth(question: Ints, journey: Ints, *keys: Ints) -> Ints:
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


def _joined(
    clients: Ints, states: States, h: Histories, alike: _Alike, group: Ints, day: Ints, until: Ints, value: Ints
) -> Standings:
    """Equal neighbours joined along `as_of`, in each group and then in each state; then along the positions."""
    if not len(group):
        return Standings.of(())
    group, day, until, value = _joined_days(group, day, until, value)
    count = np.bincount(group, minlength=len(alike.start))
    history, at = spread((np.cumsum(count) - count)[alike.group], count[alike.group])
    stop = h.stop[history]
    lasts = day[at] < stop
    at, stop, known = at[lasts], stop[lasts], h.state[history[lasts]]
    known, day, until, value = _joined_days(known, day[at], np.minimum(until[at], stop), value[at])
    person = states.person[known]
    i, known_from, known_until = islands(
        states.known_from[known], states.known_until[known], day * DAY_PART + until, value, person
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


def _joined_days(part: Ints, day: Ints, until: Ints, value: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Neighbours of one part and one value joined where they touch; the rows come, and stay, by (part, day)."""
    if ((part[1:] == part[:-1]) & (day[1:] < until[:-1])).any():
        i, day, until = islands(day, until, value, part)
        order = np.argsort(i)
        i, day, until = i[order], day[order], until[order]
    else:
        # Nobody stands twice on one day: what touches is next to it.
        i, day, until = islands_in_line(day, until, value, part)
    return part[i], day, until, value[i]
