"""What was known of episodes, and when, as columns: versions in batches of clients, their states and histories."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.codes import TOP_STAGES
from domain.definition import Definition
from domain.history import EpisodeCore, EpisodeView
from domain.measures.calendar import END_OF_DAYS, Flags
from domain.measures.families import Reads
from domain.periods import NEVER

from .arrays import DAY_PART, FOREVER, KNOWN_PART, Ints, coded, distinct, following, ints, spread

BATCH: Final = 2000
"""Clients measured at once: more do not fit the processor's cache."""
_STAGE = {stage: number for number, stage in enumerate(TOP_STAGES)}


class Version(NamedTuple):
    """An episode as it was known from one position to another."""

    known_from: int
    known_until: int
    view: EpisodeView


class Lifetimes(NamedTuple):
    """Days that were known of episodes from a position to another, in any order, and what else is said of each."""

    episode: Ints
    known_from: Ints
    known_until: Ints
    days: Ints
    said: dict[str, Ints]


class Known:
    """What was known of episodes and when, in columns: how each stood, episode by episode in order of position, and its
    TOPs and reviews.

    `stood` are the columns of how they stood. `episode` is the same number for all rows of an episode, ascending;
    `agency` and `area` are places in `agencies` and `areas`, which are in order, and `key` is in the order of keys.
    """

    client: Ints
    triaged: Ints
    started: Ints
    left: Ints
    reason: Ints
    drugs: Ints
    adult_on: Ints
    criminal_justice: Flags
    referred: Ints
    offer_wait: Ints
    waiting_from: Ints
    waiting_adult_on: Ints
    hepatitis_b: Ints
    hepatitis_c_on: Ints
    hepatitis_c_said: Flags
    episode: Ints
    known_from: Ints
    known_until: Ints
    agency: Ints
    area: Ints
    key: Ints

    def __init__(
        self,
        stood: Mapping[str, NDArray[Any]],
        agencies: list[str],
        areas: list[str],
        tops: Lifetimes,
        plans: Lifetimes,
        risks: Lifetimes,
    ) -> None:
        for name in Known.__annotations__:
            setattr(self, name, stood[name])
        self.agencies, self.areas = agencies, areas
        self.tops, self.plans, self.risks = tops, plans, risks
        self.every = np.ones(len(self.client), np.bool_)
        self._ranks: dict[tuple[str, bool], Ints] = {}

    @classmethod
    def of_versions(cls, episodes: Sequence[Sequence[Version]]) -> "Known":
        """The versions of episodes: of each some, in order of position."""
        versions = [version for its in episodes for version in its]
        episode = np.repeat(np.arange(len(episodes)), [len(its) for its in episodes])
        known_from = ints([version.known_from for version in versions])
        known_until = ints([version.known_until for version in versions])
        follows = np.zeros(len(versions), np.bool_)
        follows[1:] = (episode[1:] == episode[:-1]) & (known_from[1:] == known_until[:-1])
        runs = partial(_runs, [version.view for version in versions], follows, known_until)
        begins, until = runs(attrgetter("core", "blood_borne"))
        views = [versions[i].view for i in begins.tolist()]
        columns = zip(*((*view.core, *view.blood_borne) for view in views), strict=True)
        stood: dict[str, NDArray[Any]] = dict(zip(_STOOD, map(np.array, columns), strict=True)) if views else {}
        agency, agencies = coded([view.core.agency for view in views])
        area, areas = coded([view.core.area for view in views])
        stood = {name: stood.get(name, np.zeros(0, np.int64)) for name in _STOOD} | {
            "agency": agency,
            "area": area,
            "key": coded([view.key for view in views])[0],
            "episode": episode[begins],
            "known_from": known_from[begins],
            "known_until": until,
        }
        dated = []
        for name, said in (("tops", TOP_SAYS), ("plans", ()), ("risks", ())):
            begins, until = runs(attrgetter(name))
            lists = [getattr(versions[i].view, name) for i in begins.tolist()]
            row = np.repeat(np.arange(len(lists)), [len(its) for its in lists])
            values = list(chain.from_iterable(lists))
            says: dict[str, Ints] = {}
            if said:
                days, stages, housing, work = zip(*values, strict=True) if values else ((), (), (), ())
                answers = ([_STAGE[stage] for stage in stages], housing, work)
                values, says = list(days), dict(zip(said, map(ints, answers), strict=True))
            dated.append(Lifetimes(episode[begins][row], known_from[begins][row], until[row], ints(values), says))
        tops, plans, risks = dated
        return cls(stood, agencies, areas, tops, plans, risks)

    def of_clients_before(self, day: int) -> Flags:
        """The rows of every episode that is ever of a client of whom something happened before a day."""
        if day >= NEVER:
            return self.every
        early = np.isin(self.client, distinct(self.client[self.waiting_from < day]))
        return np.isin(self.episode, self.episode[early])

    def rank(self, began: str, *, by_area: bool) -> Ints:
        """The place of each row in the order of client, area if it is part of a person, day `began`, key and position.

        Worked out once for all that are measured by it: it takes five times as long as to sort by what comes out.
        """
        if (began, by_area) not in self._ranks:
            keys = (self.known_from, self.key, getattr(self, began), *((self.area,) if by_area else ()), self.client)
            order = np.lexsort(keys)
            rank = np.empty(len(order), np.int64)
            rank[order] = np.arange(len(order))
            self._ranks[began, by_area] = rank
        return self._ranks[began, by_area]

    def versions(self, among: Flags, reads: Collection[Reads]) -> "KnownVersions":
        """The rows `among` these, cut where what the families read changes."""
        begun = self.waiting_from if Reads.REFERRALS in reads else self.started
        rows = np.flatnonzero(among & (begun < NEVER))
        read = _READ_BY.get(next(iter(reads))) if len(reads) == 1 else None
        if not read or not len(rows):
            return KnownVersions(rows, self.known_from[rows], self.known_until[rows], {})
        return _cut(self, rows, {name: getattr(self, name) for name in read})


class KnownVersions(NamedTuple):
    """Rows of `Known`, each from a position to another, and which days were known meanwhile."""

    rows: Ints
    known_from: Ints
    known_until: Ints
    dated: dict[str, "Lists"]


TOP_SAYS: Final = ("stage", "housing", "work")
_STOOD: Final = (*EpisodeCore._fields, "hepatitis_b", "hepatitis_c_on", "hepatitis_c_said")
_READ_BY: Final[dict[Reads, tuple[str, ...]]] = {Reads.TOPS: ("tops",), Reads.REVIEWS: ("plans", "risks")}


def _runs(
    views: Sequence[EpisodeView], follows: Flags, known_until: Ints, part: Callable[[EpisodeView], Any]
) -> tuple[Ints, Ints]:
    """Where a part of the views begins to be another than the one above, and until when it was known."""
    if not views:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    parts = list(map(part, views))
    begins = ~follows
    # Most are the very object above: what a commit leaves as it was is taken over.
    begins[1:] |= np.array([now is not above and now != above for above, now in pairwise(parts)], np.bool_)
    at = np.flatnonzero(begins)
    return at, known_until[np.append(at[1:], len(views)) - 1]


def _cut(known: Known, rows: Ints, dated: Mapping[str, Lifetimes]) -> KnownVersions:
    """Rows cut where one of their episode's days begins or ends to be known."""
    episode, until = known.episode[rows], known.known_until[rows]
    begins = episode * KNOWN_PART + known.known_from[rows]
    marks = [begins]
    for its in dated.values():
        marks += [its.episode * KNOWN_PART + its.known_from]
        marks += [(its.episode * KNOWN_PART + its.known_until)[its.known_until < FOREVER]]
    mark = distinct(np.concatenate(marks))
    of_episode, position = mark // KNOWN_PART, mark % KNOWN_PART
    row = np.searchsorted(begins, mark, "right") - 1
    stands = (row >= 0) & (episode[row] == of_episode) & (position < until[row])
    known_until = np.minimum(following(of_episode, position, FOREVER), until[row])[stands]
    row, mark = row[stands], mark[stands]
    lists = {name: Lists.known_at(its, mark) for name, its in dated.items()}
    return KnownVersions(rows[row], mark % KNOWN_PART, known_until, lists)


class Lists:
    """Of each row a list of days: how many it has, and where among `items` they begin. An item is a place in `days`."""

    def __init__(self, count: Ints, items: Ints, its: Lifetimes) -> None:
        self.count, self.begin, self._items = count, np.cumsum(count) - count, items
        self.days, self.said = its.days, its.said

    @classmethod
    def known_at(cls, its: Lifetimes, marks: Ints) -> "Lists":
        """The days that were known of a mark's episode, from its position to the next mark."""
        episode = its.episode * KNOWN_PART
        first = np.searchsorted(marks, episode + its.known_from)
        stop = np.searchsorted(marks, episode + its.known_until)
        item, row = spread(first, stop - first)
        order = np.argsort(row, kind="stable")
        return cls(np.bincount(row, minlength=len(marks)), item[order], its)

    def of(self, rows: Ints) -> "Lists":
        """The lists of these rows."""
        its = copy(self)
        its.count, its.begin = self.count[rows], self.begin[rows]
        return its

    def at(self, rows: Ints) -> tuple[Ints, Ints]:
        """The place of each row in `rows`, as often as it has days, and where in `days` they stand."""
        row, at = spread(self.begin[rows], self.count[rows])
        return row, self._items[at]


class Versions:
    """The columns of a batch's versions, ordered by (person, triage, key); `client_of` names each person's client."""

    def __init__(self, known: Known, cut: KnownVersions, chosen: Ints, own_area: Ints) -> None:
        rows = cut.rows[chosen]
        client = known.client[rows]
        begins = np.append(True, (client[1:] != client[:-1]) | (own_area[1:] != own_area[:-1]))
        self.person, self.client_of = np.cumsum(begins) - 1, client[begins]
        self.known_from, self.known_until = cut.known_from[chosen], cut.known_until[chosen]
        self.agency, self.agencies = known.agency[rows], known.agencies
        self.area, self.areas = known.area[rows], known.areas
        self.triaged, self.started, self.left = known.triaged[rows], known.started[rows], known.left[rows]
        self.reason, self.drugs, self.adult_on = known.reason[rows], known.drugs[rows], known.adult_on[rows]
        self.criminal_justice = known.criminal_justice[rows]
        self.referred, self.offer_wait = known.referred[rows], known.offer_wait[rows]
        self.waiting_from, self.waiting_adult_on = known.waiting_from[rows], known.waiting_adult_on[rows]
        self.hepatitis_b, self.hepatitis_c_on = known.hepatitis_b[rows], known.hepatitis_c_on[rows]
        self.hepatitis_c_said = known.hepatitis_c_said[rows]
        self.dated = {name: lists.of(chosen) for name, lists in cut.dated.items()}


def batches(known: Known, among: Flags, reads: Collection[Reads], definition: Definition) -> Iterator[Versions]:
    """The versions by (person, triage, key), cut between clients, some thousand of them at a time."""
    cut = known.versions(among, reads)
    rank = known.rank("waiting_from" if Reads.REFERRALS in reads else "triaged", by_area=definition.person_with_area)
    order = np.argsort(rank[cut.rows] * KNOWN_PART + cut.known_from)
    rows = cut.rows[order]
    if not len(rows):
        return
    client = known.client[rows]
    area = known.area[rows] if definition.person_with_area else np.zeros(len(rows), np.int64)
    begins = np.flatnonzero(np.append(True, client[1:] != client[:-1]))[::BATCH].tolist()
    for begin, stop in pairwise([*begins, len(rows)]):
        yield Versions(known, cut, order[begin:stop], area[begin:stop])


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
