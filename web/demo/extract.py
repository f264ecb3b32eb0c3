"""Which episodes an agency's monthly file holds, and what it shows of each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from .records import InventedEpisode, InventedExit, InventedIntervention, InventedPerson, InventedTop
from .timetable import Arrival


@dataclass(frozen=True, slots=True)
class Shown:
    """An episode as one file shows it: only what had happened by the file's last day and was entered by its receipt.

    Of an intervention that was offered and not started yet, `started_on` is the day after all days.
    """

    episode: InventedEpisode
    person: InventedPerson
    triaged_on: date | None
    care_plan_on: date | None
    exit: InventedExit | None
    interventions: tuple[InventedIntervention, ...]
    tops: tuple[InventedTop, ...]
    fault: str


def extract(episodes: list[InventedEpisode], arrival: Arrival, previous_receipt: date) -> Iterator[Shown]:
    """What a file shows: the episodes that touch its days, those who wait, and what changed since the last file."""
    for episode in episodes:
        shown = _shown(episode, arrival)
        if shown and (_touches(shown, arrival) or episode.changed_between(previous_receipt, arrival.received_on)):
            yield shown


def _touches(shown: Shown, arrival: Arrival) -> bool:
    return shown.exit is None or shown.exit.day >= arrival.first_day


def _shown(episode: InventedEpisode, arrival: Arrival) -> Shown | None:
    last_day = arrival.last_day
    if episode.entered > arrival.received_on or episode.referred_on > last_day or arrival.first_day in episode.absent:
        return None
    recorded = episode.as_recorded(arrival.received_on)
    triaged_on = recorded.triaged_on if recorded.triaged_on and recorded.triaged_on <= last_day else None
    horizon = arrival.received_on if recorded.ahead else last_day
    ended = recorded.exit if recorded.exit and recorded.exit.day <= horizon else None
    return Shown(
        recorded,
        recorded.person,
        triaged_on,
        recorded.care_plan_on if recorded.care_plan_on and recorded.care_plan_on <= last_day else None,
        ended,
        tuple(_interventions(recorded, ended, last_day)) if triaged_on else (),
        tuple(top for top in recorded.tops if top.day <= last_day),
        episode.faults.get(arrival.received_on, ""),
    )


def _interventions(
    episode: InventedEpisode, ended: InventedExit | None, last_day: date
) -> Iterator[InventedIntervention]:
    for each in episode.interventions:
        if each.started_on <= last_day:
            own_end = each.ended_on if each.ended_on and each.ended_on <= last_day else None
            yield replace(each, ended_on=own_end or (ended.day if ended else None))
        elif each.referred_on <= last_day:
            yield replace(each, started_on=date.max, ended_on=None)
