"""The rows that measures are asked of: the journeys of every history, or its episodes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from domain.codes import EXIT_KINDS, INCONSISTENT, KIND_OF_EXIT, LARGEST_OF, ExitKind, group_of_bits
from domain.definition import Anchor, Definition
from domain.history import UNANSWERED
from domain.measures.calendar import Flags, six_months_later
from domain.measures.families import Reads
from domain.periods import NEVER

from .arrays import DAY_PART, Ints, following
from .known import Histories, Lists, Versions

_REASONS: Final = 1000
_ANSWERS: Final = 4
"""More than there are answers of a TOP to one question: day and answer are packed into one number."""
_KIND = np.array([EXIT_KINDS.index(KIND_OF_EXIT.get(reason, ExitKind.UNKNOWN)) for reason in range(_REASONS)])
_LARGEST_OF = [np.isin(np.arange(_REASONS), list(together)) for together in LARGEST_OF]
_GROUP = np.array([group_of_bits(bits) for bits in range(8)])


@dataclass(slots=True)
class HistoryRows:
    """Journeys or episodes of the histories, ordered by (history, start)."""

    history: Ints
    columns: dict[str, NDArray[Any]]
    journey: Ints
    area: Ints
    agencies: Ints
    owner: Ints
    criminal_justice: Flags
    agency_sets: list[str]

    def of(self, history: Ints, rows: Ints) -> "HistoryRows":
        """Some of the rows, as those of other histories."""
        return HistoryRows(
            history,
            {name: its[rows] for name, its in self.columns.items()},
            self.journey[rows],
            self.area[rows],
            self.agencies[rows],
            self.owner[rows],
            self.criminal_justice[rows],
            self.agency_sets,
        )

    def differ(self, these: Ints, those: Ints) -> Flags:
        """Which of these rows say another thing than those."""
        differ = np.zeros(len(these), np.bool_)
        own = (self.journey, self.area, self.agencies, self.owner, self.criminal_justice)
        for column in (*self.columns.values(), *own):
            differ |= column[these] != column[those]
        return differ


def journeys(v: Versions, h: Histories, definition: Definition, reads: Collection[Reads]) -> HistoryRows:
    """Gaps and islands: a new journey where the triage is more than the gap after the latest discharge so far."""
    history, version = h.row_history, h.row_version
    end = h.blinded(v.left)
    own = history * DAY_PART
    latest_end = np.maximum.accumulate(own + end)
    triaged = own + v.triaged[version]
    anchor = triaged if definition.gap_anchor is Anchor.TRIAGE else own + v.started[version]
    apart = (triaged[1:] > latest_end[:-1]) & (anchor[1:] > latest_end[:-1] + definition.gap_limit)
    new = np.append(True, apart)
    begins = np.flatnonzero(new)
    journey = np.cumsum(new) - 1
    last = np.append(begins[1:], len(new)) - 1

    j_history, start = history[begins], v.triaged[version][begins]
    j_end = np.maximum.reduceat(end, begins)
    ended = j_end < NEVER
    speaks = end == j_end[journey]
    reason = np.where(ended, _journey_reason(v.reason[version], speaks, begins), 0)
    entry = _first_of(np.lexsort((v.started[version], journey)), journey)
    kind, success = np.where(ended, _KIND[reason], -1), ended & np.isin(reason, list(definition.successful))
    columns = {
        "start": start,
        "end": j_end,
        "adult_on": v.adult_on[version][begins],
        "group": _GROUP[np.bitwise_or.reduceat(v.drugs[version], begins)],
        "success": success,
        "owes_exit_top": success | np.isin(kind, [EXIT_KINDS.index(its) for its in definition.other_exits_owing_top]),
        "kind": kind,
        "returned": ended & (following(j_history, start, NEVER) < six_months_later(j_end)),
        "started": v.started[version][entry],
        "due": v.started[version][entry] + definition.last_review_day,
        "referred": v.referred[version][entry],
        "offer_wait": v.offer_wait[version][entry],
    }
    if Reads.TOPS in reads:
        columns |= _tops(v, version, journey, columns, definition)
    if Reads.DETAILS in reads:
        columns |= _details(v, version, begins)
    agencies, agency_sets = _agencies(v.agency[version], begins, v.agencies)
    return HistoryRows(
        history=j_history,
        columns=columns,
        journey=start,
        area=v.area[version][last],
        agencies=agencies,
        owner=v.agency[version][np.maximum.reduceat(np.where(speaks, np.arange(len(journey)), -1), begins)],
        criminal_justice=v.criminal_justice[version][begins],
        agency_sets=agency_sets,
    )


def _first_of(order: Ints, group: Ints) -> Ints:
    """Of rows in `order`, which is sorted by `of` first, the first of each."""
    sorted_of = group[order]
    return order[np.append(True, sorted_of[1:] != sorted_of[:-1])]


def _journey_reason(reason: Ints, speaks: Flags, begins: Ints) -> Ints:
    """Only the episodes of the last day speak; different reasons agree within `LARGEST_OF`, or are inconsistent."""
    known = np.maximum(reason, 0)
    largest = np.maximum.reduceat(np.where(speaks, known, -1), begins)
    agree = np.minimum.reduceat(np.where(speaks, known, _REASONS), begins) == largest
    for together in _LARGEST_OF:
        agree |= np.logical_and.reduceat(~speaks | together[known], begins)
    return np.where(agree, largest, INCONSISTENT)


def _tops(
    v: Versions, version: Ints, journeys: Ints, columns: dict[str, NDArray[Any]], definition: Definition
) -> dict[str, Ints]:
    """The first TOP of each stage that is on time for the journey; NEVER where there is none."""
    tops = v.dated["tops"]
    row, top = tops.at(version)
    journey, day, stage = journeys[row], tops.days[top], tops.said["stage"][top]
    started, end, margin = columns["started"][journey], columns["end"][journey], definition.top_margin
    first_review = started + definition.first_review_day
    on_time = {
        "start_top": (stage == 0) & (np.abs(day - started) <= margin),
        "review_top": (stage == 1) & (first_review <= day) & (day <= columns["due"][journey]),
        "exit_top": (stage == 2) & (np.abs(day - end) <= margin),
    }
    size = len(columns["start"])
    earliest = {name: _earliest(size, journey[timely], day[timely]) for name, timely in on_time.items()}
    for name in ("housing", "work"):
        answer = tops.said[name][top]
        answered = np.flatnonzero(on_time["exit_top"] & (answer != UNANSWERED))
        # Packed, so that of two of one day the lesser answer comes first.
        packed = _earliest(size, journey[answered], day[answered] * _ANSWERS + answer[answered])
        none = packed == NEVER
        earliest[f"{name}_on"] = np.where(none, NEVER, packed // _ANSWERS)
        earliest[name] = np.where(none, UNANSWERED, packed % _ANSWERS)
    return earliest


def _earliest(size: int, place: Ints, value: Ints) -> Ints:
    """The least value at each of so many places; NEVER where there is none."""
    earliest = np.full(size, NEVER, np.int64)
    np.minimum.at(earliest, place, value)
    return earliest


def _details(v: Versions, version: Ints, begins: Ints) -> dict[str, NDArray[Any]]:
    """What the starts of a journey's episodes say of blood-borne viruses."""
    return {
        "hepatitis_b": np.maximum.reduceat(v.hepatitis_b[version], begins),
        "hepatitis_c_on": np.minimum.reduceat(v.hepatitis_c_on[version], begins),
        "hepatitis_c_said": np.logical_or.reduceat(v.hepatitis_c_said[version], begins),
    }


def _agencies(agency: Ints, begins: Ints, names: list[str]) -> tuple[Ints, list[str]]:
    """The set of agencies of each journey as a number, and the sets; most journeys have one agency."""
    sets = list(names)
    number: dict[frozenset[int], int] = {}
    lowest = np.minimum.reduceat(agency, begins)
    several = np.flatnonzero(lowest != np.maximum.reduceat(agency, begins))
    stops, every = np.append(begins[1:], len(agency)), agency.tolist()
    for journey, begin, stop in zip(*(x.tolist() for x in (several, begins[several], stops[several])), strict=True):
        together = frozenset(every[begin:stop])
        if together not in number:
            number[together] = len(sets)
            sets.append(" ".join(names[a] for a in sorted(together)))
        lowest[journey] = number[together]
    return lowest, sets


def episodes(v: Versions, h: Histories) -> HistoryRows:
    """Episodes as they are, for the measures of reviews."""
    version = h.row_version
    day = h.start[h.row_history]
    columns = {
        "start": v.triaged[version],
        "end": h.blinded(v.left),
        "adult_on": v.adult_on[version],
        "started": v.started[version],
        "plan_on": _latest(v.dated["plans"], version, day),
        "risk_on": _latest(v.dated["risks"], version, day),
    }
    return _episode_rows(v, h, columns, v.triaged)


def _latest(reviews: Lists, version: Ints, seen: Ints) -> Ints:
    """The latest of each row's days that is seen; 0 where there is none."""
    row, i = reviews.at(version)
    day = reviews.days[i]
    latest = np.zeros(len(version), np.int64)
    seen_by_then = day <= seen[row]
    np.maximum.at(latest, row[seen_by_then], day[seen_by_then])
    return latest


def referrals(v: Versions, h: Histories) -> HistoryRows:
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


def _episode_rows(v: Versions, h: Histories, columns: dict[str, NDArray[Any]], journey: Ints) -> HistoryRows:
    version = h.row_version
    agency = v.agency[version]
    return HistoryRows(
        h.row_history,
        columns,
        journey[version],
        v.area[version],
        agency,
        agency,
        v.criminal_justice[version],
        v.agencies,
    )
