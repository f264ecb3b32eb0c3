"""A plain count of the planned archive, by which the generator knows how far it is from the printed figures.

It counts what the files will show, not what the plan meant, and shares nothing with the engines: an archive that
was made to fit an engine could not test it. Periods include both ends.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.codes import STRUCTURED_MODALITIES, SUBSTANCE_GROUPS, SUCCESSFUL, group_of_bits, recoded, substance_bit
from domain.periods import Period, add_months, months_back

from .records import InventedEpisode, InventedPerson, Shown, extract
from .timetable import arrivals

Counts = dict[str, tuple[int, int]]
"""Substance group -> (numerator, denominator)."""

PHOF, COMPLETIONS, RE_PRESENTATIONS, RECENT = "PHOF 2.15", "completions", "re-presentations", "recent re-presentations"
WINDOWS: Final = {PHOF: (18, 6), COMPLETIONS: (12, 0), RE_PRESENTATIONS: (12, 6), RECENT: (6, 0)}
"""From how many to how many months back each family of KPIs looks."""
JOURNEY_GAP: Final = 21


@dataclass(slots=True)
class _Journey:
    start: date
    end: date | None
    episodes: list[Shown]
    reasons: set[int]

    @property
    def success(self) -> bool:
        return self.end is not None and self.reasons <= SUCCESSFUL

    def ended_inside(self, period: Period) -> bool:
        return self.end is not None and self.end in period

    @property
    def group(self) -> str | None:
        bits = 0
        for seen in self.episodes:
            for drug in seen.episode.drugs:
                bits |= substance_bit(drug)
        index = group_of_bits(bits)
        return SUBSTANCE_GROUPS[index].value if index >= 0 else None

    def touches(self, period: Period) -> bool:
        return self.start <= period.last_day and (self.end is None or self.end >= period.first_day)


def known_at(episodes: list[InventedEpisode], day: date) -> list[Shown]:
    """Every episode as the newest file received by `day` shows it; what a file rejects stays as it was."""
    newest: dict[tuple[str, str, str], Shown] = {}
    previous: dict[str, date] = defaultdict(lambda: date.min)
    for arrival in arrivals():
        if arrival.received_on > day:
            break
        code = arrival.agency.code
        held = [episode for episode in episodes if episode.agency == code]
        seen = list(extract(held, arrival, previous[code]))
        previous[code] = arrival.received_on
        if arrival.complete:
            _withdraw_missing(newest, seen, code, arrival.first_day)
        for each in seen:
            if not each.fault and each.episode.consent == "Y":
                newest[each.episode.key] = each
    return list(newest.values())


def _withdraw_missing(
    newest: dict[tuple[str, str, str], Shown], seen: list[Shown], agency: str, first_day: date
) -> None:
    held = {each.episode.key for each in seen}
    for key, each in list(newest.items()):
        touching = each.triaged_on and (each.exit is None or each.exit.day >= first_day)
        if key[0] == agency and key not in held and touching:
            del newest[key]


def count(known: Iterable[Shown], family: str, as_of: date) -> Counts:
    """One family of KPIs at `as_of`, by group, of all that is known."""
    window = months_back(as_of, *WINDOWS[family])
    members: dict[str, list[bool]] = defaultdict(list)
    for person, journeys in _journeys_of_all(known, as_of).items():
        deciding = _deciding(person, journeys, family, window)
        if deciding and deciding.group:
            members[deciding.group].append(_counted(deciding, journeys, family, window))
    return {group.value: (sum(members[group.value]), len(members[group.value])) for group in SUBSTANCE_GROUPS}


def _deciding(person: InventedPerson, journeys: list[_Journey], family: str, window: Period) -> _Journey | None:
    adult_on = add_months(person.born_on, 216)
    if family in (PHOF, COMPLETIONS):
        latest = next((j for j in reversed(journeys) if j.touches(window)), None)
        return latest if latest and adult_on <= max(latest.start, window.first_day) else None
    completed = [j for j in journeys if j.success and j.ended_inside(window) and j.group]
    return next((j for j in reversed(completed) if adult_on <= max(j.start, window.first_day)), None)


def _counted(journey: _Journey, journeys: list[_Journey], family: str, window: Period) -> bool:
    returned = journey.end is not None and any(
        journey.end <= other.start < add_months(journey.end, 6) for other in journeys if other is not journey
    )
    if family in (RE_PRESENTATIONS, RECENT):
        return returned
    return journey.success and journey.ended_inside(window) and not (family == PHOF and returned)


def _journeys_of_all(known: Iterable[Shown], as_of: date) -> dict[InventedPerson, list[_Journey]]:
    episodes = defaultdict(list)
    for seen in known:
        structured = any(i.modality in STRUCTURED_MODALITIES and i.started_on <= as_of for i in seen.interventions)
        if structured:
            episodes[seen.person].append(seen)
    return {person: _journeys(each, as_of) for person, each in episodes.items()}


def _journeys(episodes: list[Shown], as_of: date) -> list[_Journey]:
    journeys: list[_Journey] = []
    for seen in sorted(episodes, key=lambda each: each.triaged_on or date.max):
        assert seen.triaged_on
        left = seen.exit if seen.exit and seen.exit.day <= as_of else None
        last = journeys[-1] if journeys else None
        if last is None or (last.end and (seen.triaged_on - last.end).days > JOURNEY_GAP):
            last = _Journey(seen.triaged_on, date.min, [], set())
            journeys.append(last)
        last.episodes.append(seen)
        if left is None or last.end is None:
            last.end = None
        elif left.day >= last.end:
            last.reasons = {recoded(left.reason)} | (last.reasons if left.day == last.end else set())
            last.end = left.day
    return journeys
