"""What was known of episodes, and when, as columns: versions in batches of clients, their states and histories."""

from collections.abc import Collection, Iterator, Sequence
from copy import copy
from itertools import chain, compress, pairwise
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np

from domain.codes import TOP_STAGES
from domain.definition import Definition
from domain.history import EpisodeCore, EpisodeView
from domain.measures.calendar import END_OF_DAYS, Flags
from domain.measures.families import Reads
from domain.periods import NEVER

from .arrays import DAY_PART, FOREVER, KNOWN_PART, Ints, coded, distinct, following, ints, spread

BATCH: Final = 1000
"""Clients measured at once: more do not fit the processor's cache."""
_STAGE = {stage: number for number, stage in enumerate(TOP_STAGES)}


class Version(NamedTuple):
    """An episode as it was known from one position to another."""

    known_from: int
    known_until: int
    view: EpisodeView


class Known:
    """The columns of all versions of all episodes, episode by episode in order of position.

    `core_changes`, `details_change`, `tops_change` and `reviews_change` mark the rows that differ from the row above in
    what they name.
    """

    def __init__(self, episodes: Sequence[Sequence[Version]]) -> None:
        versions = [version for its in episodes for version in its]
        views = [version.view for version in versions]
        cores, keys, blood, tops, plans, risks = (
            _Runs(list(map(attrgetter(name), views)))
            for name in ("core", "key", "blood_borne", "tops", "plans", "risks")
        )
        columns = _columns(cores.values, len(EpisodeCore._fields))
        (
            self.client, self.triaged, self.started, self.left, self.reason, self.drugs, self.adult_on,
            self.referred, self.offer_wait, self.waiting_from, self.waiting_adult_on,
        ) = (ints(columns[i])[cores.of] for i in (0, *range(3, 9), *range(10, 14)))  # fmt: skip
        self.criminal_justice = np.array(columns[9], np.bool_)[cores.of]
        agency, self.agencies = coded(columns[1])
        area, self.areas = coded(columns[2])
        self.agency, self.area, self.key = agency[cores.of], area[cores.of], coded(keys.values)[0][keys.of]
        self.known_from = ints([version.known_from for version in versions])
        self.known_until = ints([version.known_until for version in versions])
        self.hepatitis_b, self.hepatitis_c_on, hepatitis_c_said = (
            ints(column)[blood.of] for column in _columns(blood.values, 3)
        )
        self.hepatitis_c_said = hepatitis_c_said > 0
        days, stages, housing, work = _columns(_all(tops), 4)
        self.tops = Lists(tops, days)
        self.top_stages = ints([_STAGE[stage] for stage in stages])
        self.top_housing, self.top_work = ints(housing), ints(work)
        self.plans, self.risks = (Lists(its, _all(its)) for its in (plans, risks))
        self.every = np.ones(len(versions), np.bool_)
        self._episode = np.repeat(np.arange(len(episodes)), [len(its) for its in episodes])
        self._core_changes = cores.changes
        self._changes: Final = {
            Reads.DETAILS: blood.changes,
            Reads.TOPS: tops.changes,
            Reads.REVIEWS: plans.changes | risks.changes,
        }

    def of_clients_before(self, day: int) -> Flags:
        """The versions of every episode that is ever of a client of whom something happened before a day."""
        if day >= NEVER:
            return self.every
        early = np.isin(self.client, distinct(self.client[self.waiting_from < day]))
        return np.isin(self._episode, self._episode[early])

    def differing(self, among: Flags, reads: Collection[Reads]) -> tuple[Ints, Ints]:
        """The rows that differ from the one above in what the families read, and until where they were known."""
        begun = self.waiting_from if Reads.REFERRALS in reads else self.started
        rows = np.flatnonzero(among & (begun < NEVER))
        changes = self._core_changes.copy()
        changes[1:] |= self._episode[1:] != self._episode[:-1]
        changes[1:] |= self.known_from[1:] != self.known_until[:-1]
        for which in self._changes.keys() & reads:
            changes |= self._changes[which]
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
        self.of: Ints = np.cumsum(self.changes) - 1


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    """The columns of rows that have so many."""
    return list(zip(*rows, strict=True)) or [()] * width


def _all(lists: _Runs) -> list[Any]:
    """What stands in all of these lists, one after the other."""
    return list(chain.from_iterable(lists.values))


class Lists:
    """Of each row a list, the `days` of all lists in one column: how many it has, and where they begin."""

    def __init__(self, lists: _Runs, days: Sequence[int]) -> None:
        count = ints(list(map(len, lists.values)))
        self.count, self.begin, self.days = count[lists.of], (np.cumsum(count) - count)[lists.of], ints(days)

    def of(self, rows: Ints) -> "Lists":
        """The lists of these rows."""
        its = copy(self)
        its.count, its.begin = self.count[rows], self.begin[rows]
        return its

    def at(self, rows: Ints) -> tuple[Ints, Ints]:
        """The place of each row in `rows`, as often as it has days, and where in `days` they stand."""
        return spread(self.begin[rows], self.count[rows])


class Versions:
    """The columns of a batch's versions, ordered by (person, triage, key); `client_of` names each person's client."""

    def __init__(self, known: Known, rows: Ints, known_until: Ints, own_area: Ints) -> None:
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
        self.hepatitis_b, self.hepatitis_c_on = known.hepatitis_b[rows], known.hepatitis_c_on[rows]
        self.hepatitis_c_said = known.hepatitis_c_said[rows]
        self.tops, self.top_stages = known.tops.of(rows), known.top_stages
        self.top_answers = {"housing": known.top_housing, "work": known.top_work}
        self.plans, self.risks = known.plans.of(rows), known.risks.of(rows)


def batches(known: Known, among: Flags, reads: Collection[Reads], definition: Definition) -> Iterator[Versions]:
    """The versions by (person, triage, key), cut between clients, some thousand of them at a time."""
    rows, known_until = known.differing(among, reads)
    area = known.area[rows] if definition.person_with_area else np.zeros(len(rows), np.int64)
    began = (known.waiting_from if Reads.REFERRALS in reads else known.triaged)[rows]
    client = known.client[rows]
    order = np.lexsort((known.known_from[rows], known.key[rows], began, area, client))
    rows, known_until, area, client = rows[order], known_until[order], area[order], client[order]
    if not len(rows):
        return
    begins = np.flatnonzero(np.append(True, client[1:] != client[:-1]))[::BATCH].tolist()
    for begin, stop in pairwise([*begins, len(rows)]):
        its = slice(begin, stop)
        yield Versions(known, rows[its], known_until[its], area[its])


class States:
    """Each client's states of knowledge, and which versions stand in each."""

    def __init__(self, v: Versions) -> None:
        begins = v.person * KNOWN_PART + v.known_from
        ends = v.person * KNOWN_PART + v.known_until
        marks = distinct(np.concatenate([begins, ends[v.known_until < FOREVER]]))
        self.person, self.known_from = marks // KNOWN_PART, marks % KNOWN_PART
        self.known_until = following(self.person, self.known_from, FOREVER)
        first, stop = np.searchsorted(marks, begins), np.searchsorted(marks, ends)
        self.version, self.state = spread(first, stop - first)


class Histories:
    """Each state cut at the days on which more is seen, and the versions seen in each: rows by (history, version)."""

    def __init__(self, state: Ints, version: Ints, visible: Ints, cut_days: Sequence[tuple[Ints, Ints]]) -> None:
        seen = visible[version]
        cuts = [state * DAY_PART + seen]
        for rows, days in cut_days:
            day = np.maximum(days, seen[rows])
            cuts.append((state[rows] * DAY_PART + day)[day < END_OF_DAYS])
        marks = distinct(np.concatenate(cuts))
        self.state, self.start = marks // DAY_PART, marks % DAY_PART
        self.stop = following(self.state, self.start, NEVER)
        first, stop = np.searchsorted(marks, state * DAY_PART + seen), np.searchsorted(marks, (state + 1) * DAY_PART)
        i, history = spread(first, stop - first)
        order = np.argsort(history, kind="stable")
        self.row_history, self.row_version = history[order], version[i][order]

    def blinded(self, day: Ints) -> Ints:
        """A day of each row's version, NEVER where it lies after what the history sees."""
        own = day[self.row_version]
        return np.where(own <= self.start[self.row_history], own, NEVER)
