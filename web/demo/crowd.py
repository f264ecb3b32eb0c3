"""The people of the flows: each has one journey, of one episode or of two at neighbouring hubs.

Their records have the everyday flaws of monthly files: entered late, discharged by mistake, discharged with the wrong
reason or day, left out of a file. Each flaw is put right before the next paper is written, so that the printed
figures do not hang on it.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.codes import SubstanceGroup
from domain.periods import ONE_DAY, add_months

from .flows import Flow
from .making import ALCOHOL, ARCHIVE_BEGINS, BOTH, NON_OPIATE, OPIATE, Maker, day_in
from .records import InventedEpisode, InventedExit, InventedPerson, RecordChange
from .timetable import AGENCIES, HEREFORD, LAST_MONTH, LEOMINSTER, ROSS

HUB_SHARES: Final = {HEREFORD.code: 58, LEOMINSTER.code: 26, ROSS.code: 16}
SUCCESSES: Final = {
    OPIATE: {80: 60, 82: 40},
    NON_OPIATE: {80: 65, 82: 35},
    ALCOHOL: {81: 55, 80: 35, 82: 10},
    BOTH: {80: 50, 81: 20, 82: 30},
}
OLD_CODES: Final = {80: 90, 81: 92, 82: 91}
"""Reasons of the old list, which some records of 2015 still carry."""
OTHER_REASONS: Final = {85: 52, 83: 12, 84: 8, 86: 5, 87: 6, 88: 8, 89: 4, 71: 3, 7: 2}
DAYS_IN_TREATMENT: Final = {OPIATE: (150, 2200), NON_OPIATE: (70, 260), ALCOHOL: (60, 300), BOTH: (80, 330)}
INHERITED_DAYS: Final = {OPIATE: (40, 5200), NON_OPIATE: (20, 330), ALCOHOL: (20, 400), BOTH: (20, 400)}
TWO_HUBS, FLAWED = 0.06, 0.2


@dataclass(slots=True)
class _Stay:
    start: date
    end: date | None = None
    reason: int = 0


def add_crowd(maker: Maker, group: SubstanceGroup, flow: Flow) -> None:
    """Adds the people of one group's flow, with their records, to the maker's episodes."""
    for stay in _stays(maker.rng, group, flow):
        _record(maker, group, stay)


def _stays(rng: random.Random, group: SubstanceGroup, flow: Flow) -> list[_Stay]:
    longest = INHERITED_DAYS[group]
    stays = [_Stay(ARCHIVE_BEGINS - timedelta(days=_skewed(rng, *longest))) for _ in range(flow.inherited)]
    inside = list(stays)
    for month, starting in flow.started.items():
        for success in [True] * flow.completed[month] + [False] * flow.left[month]:
            _leave(rng, group, inside, month, success)
        new = [_Stay(day_in(rng, month, 1, 24)) for _ in range(starting)]
        stays += new
        inside += new
    return stays


def _leave(rng: random.Random, group: SubstanceGroup, inside: list[_Stay], month: date, success: bool) -> None:
    """Of those inside, the one whose time in treatment comes nearest to one that is drawn."""
    shortest, longest = DAYS_IN_TREATMENT[group]
    early = not success and rng.random() < 0.35
    end = day_in(rng, month)
    wanted = end - timedelta(days=rng.randint(10, 80) if early else _skewed(rng, shortest, longest))
    stay = min(inside, key=lambda each: abs(each.start - wanted))
    inside.remove(stay)
    stay.end = end
    stay.reason = _picked(rng, SUCCESSES[group] if success else OTHER_REASONS)
    if success and end.year == 2015 and rng.random() < 0.15:
        stay.reason = OLD_CODES[stay.reason]


def _skewed(rng: random.Random, low: int, high: int) -> int:
    return int(rng.triangular(low, high, low + (high - low) * 0.2))


def _picked(rng: random.Random, weights: dict[int, int]) -> int:
    return rng.choices(list(weights), list(weights.values()))[0]


def _record(maker: Maker, group: SubstanceGroup, stay: _Stay) -> None:
    rng = maker.rng
    person = maker.person(stay.start)
    agency = rng.choices(list(HUB_SHARES), list(HUB_SHARES.values()))[0]
    last_of_month = add_months(stay.start.replace(day=1), 1) - ONE_DAY
    # In structured treatment within the month of triage: the flows count a start by its month.
    started_on = min(stay.start + timedelta(days=rng.randint(0, 9)), last_of_month, stay.end or date.max)
    ended = InventedExit(stay.end, stay.reason) if stay.end else None
    days = ((stay.end or date(2017, 12, 31)) - stay.start).days
    if agency != ROSS.code and days > 150 and rng.random() < TWO_HUBS:
        _record_at_two_hubs(maker, group, stay, person, started_on)
        return
    episode = maker.episode(person, agency, group, stay.start, ended, started_on=started_on)
    if rng.random() < FLAWED:
        _flaw(rng, episode)


def _record_at_two_hubs(
    maker: Maker, group: SubstanceGroup, stay: _Stay, person: InventedPerson, started_on: date
) -> None:
    """One journey: transferred from one hub to another within three weeks, or seen by both at the same time."""
    rng = maker.rng
    first, second = rng.sample((HEREFORD.code, LEOMINSTER.code), 2)
    moved = max(stay.start + timedelta(days=60), ARCHIVE_BEGINS + timedelta(days=20))
    moved = min(moved + timedelta(days=rng.randint(0, 200)), (stay.end or date(2017, 12, 1)) - timedelta(days=30))
    restarted_on = moved + timedelta(days=rng.choice((-40, -12, 0, 4, 9, 15, 21)))
    restarted_on = max(restarted_on, started_on + ONE_DAY)
    maker.episode(person, first, group, stay.start, InventedExit(moved, 83), started_on=started_on)
    ended = InventedExit(stay.end, stay.reason) if stay.end else None
    maker.episode(person, second, group, restarted_on, ended, previously_treated="Y")


def _settled(day: date) -> bool:
    """Whether a flaw of a record of that day is put right before a paper needs it: three months are enough."""
    return not (date(2016, 10, 1) <= day <= date(2016, 12, 31) or date(2017, 5, 1) <= day <= date(2017, 7, 31))


def _flaw(rng: random.Random, episode: InventedEpisode) -> None:
    flaw = rng.choice((_entered_late, _exit_entered_late, _exit_corrected, _discharged_by_mistake, _left_out))
    flaw(rng, episode)


def _entered_late(rng: random.Random, episode: InventedEpisode) -> None:
    if episode.triaged_on and episode.triaged_on >= ARCHIVE_BEGINS and _settled(episode.triaged_on):
        episode.entered = episode.triaged_on + timedelta(days=rng.randint(32, 75))


def _exit_entered_late(rng: random.Random, episode: InventedEpisode) -> None:
    if episode.exit and _settled(episode.exit.day):
        entered = episode.exit.day + timedelta(days=rng.randint(32, 75))
        episode.changes.append(RecordChange(entered, "exit", episode.exit))
        episode.exit = None


def _exit_corrected(rng: random.Random, episode: InventedEpisode) -> None:
    """First discharged with another reason or on another day of the same month, then put right."""
    right = episode.exit
    if right and _settled(right.day):
        entered = right.day + timedelta(days=rng.randint(45, 80))
        earlier = max(right.day.replace(day=1), right.day - timedelta(days=5))
        wrong_day = earlier if _nothing_after(episode, earlier) else right.day
        episode.exit = InventedExit(wrong_day, 85 if right.reason != 85 else 82)
        episode.changes.append(RecordChange(entered, "exit", right))


def _nothing_after(episode: InventedEpisode, day: date) -> bool:
    starts = (i.started_on for i in episode.interventions)
    ends = (i.ended_on for i in episode.interventions if i.ended_on)
    return max((*starts, *ends, *(top.day for top in episode.tops))) <= day


def _discharged_by_mistake(rng: random.Random, episode: InventedEpisode) -> None:
    """Discharged in error while open, and opened again a month or two later."""
    since = max(episode.triaged_on or ARCHIVE_BEGINS, ARCHIVE_BEGINS) + timedelta(days=rng.randint(60, 300))
    until = since + timedelta(days=80)
    stays_open = episode.exit is None or episode.exit.day > until
    unmoved = _nothing_started_after(episode, since)
    if stays_open and unmoved and _settled(since) and _settled(until) and until < date(2017, 12, 31):
        episode.changes.append(RecordChange(since + timedelta(days=rng.randint(40, 70)), "exit", episode.exit))
        episode.exit = InventedExit(since, 85)


def _nothing_started_after(episode: InventedEpisode, day: date) -> bool:
    """Whether no intervention starts or ends between a mistaken discharge and the time when it is struck out."""
    until = day + timedelta(days=120)
    days = [d for i in episode.interventions for d in (i.started_on, i.ended_on) if d]
    return not any(day < d <= until for d in days)


def _left_out(rng: random.Random, episode: InventedEpisode) -> None:
    """Missing from one to three files, for no reason that anybody knows, and there again."""
    if AGENCIES[episode.agency].complete_from == date.max and episode.triaged_on:
        first = add_months(max(episode.triaged_on, ARCHIVE_BEGINS).replace(day=1), rng.randint(2, 5))
        missing = {add_months(first, n) for n in range(rng.randint(1, 3))}
        # A discharge that falls into a month whose file leaves the episode out would never be seen.
        discharged = episode.exit.day.replace(day=1) if episode.exit else LAST_MONTH
        if max(missing) < discharged and all(_settled(month) for month in missing):
            episode.absent |= missing
