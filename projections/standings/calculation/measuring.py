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

from .arrays import COUNTED, DAY_PART, IMMATURE, Ints, Standings, distinct, following, islands, spread
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
    its_slices = _ItsSlices(v, rows, slices)
    for window, its_families in families.items():
        questions = _Questions(window, {day for family in its_families for day in family.own_days}, h, rows)
        for family in its_families:
            yield _family_standings(family, v, states, h, questions, its_slices, definition)


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


class _Questions:
    """The histories and days on which families of one window are asked, with the columns that they are asked of.

    An answer given on `day` holds to the day before `until`. `question` and `row` pair each question with the rows of
    its history.
    """

    def __init__(self, window: Window, own_days: Iterable[str], h: Histories, rows: HistoryRows) -> None:
        self.rows = rows
        every = np.arange(len(h.start))
        everyone, days = [every], [h.start]
        for name in own_days:
            own: Days = _OWN_DAYS[name](rows.columns) if name in _OWN_DAYS else rows.columns[name]
            for edge in {window.first, window.after}:
                everyone.append(rows.history)
                days.append(edge.first_past(own))
        all_of, all_days = np.concatenate(everyone), np.concatenate(days)
        within = (h.start[all_of] <= all_days) & (all_days < h.stop[all_of]) & (all_days < END_OF_DAYS)
        marks = distinct(all_of[within] * DAY_PART + all_days[within])
        self.history, self.day = marks // DAY_PART, marks % DAY_PART
        self.until = np.minimum(following(self.history, self.day, NEVER), h.stop[self.history])
        first = np.searchsorted(rows.history, np.arange(len(h.start) + 1))
        self.question, self.row = spread(first[self.history], first[self.history + 1] - first[self.history])
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


def _family_standings(
    family: Family,
    v: Versions,
    states: States,
    h: Histories,
    questions: _Questions,
    its_slices: "_ItsSlices",
    definition: Definition,
) -> Standings:
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
    known = h.state[questions.history[question]]
    value = (((its_slice << _JOURNEY_BITS | journey) << _PART_BITS | part) << _STATE_BITS) | state
    return _joined(v.client_of, states, known, questions.day[question], questions.until[question], value)


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

    def numbers(self, row: Ints, adult: Flags) -> Ints:
        """The slice number of each row, of an adult or of a young person; a key has one only once it occurs."""
        key = self._key[row] * 2 + adult
        numbers = np.zeros(len(self._keys), np.int64)
        for occurs in np.flatnonzero(np.bincount(key, minlength=len(self._keys))).tolist():
            numbers[occurs] = self._slices.number(self._keys[occurs])
        return numbers[key]


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


def _joined(clients: Ints, states: States, known: Ints, day: Ints, until: Ints, value: Ints) -> Standings:
    """Equal neighbours joined along `as_of`, then along the positions. Rows come by (known state, day)."""
    if not len(known):
        return Standings.of(())
    i, day, until = islands(day, until, value, known)
    known, value = known[i], value[i]
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
