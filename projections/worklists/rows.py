"""A row of a worklist: whose episode it is, the days that put it there, and one sentence that says why."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from domain.history import EpisodeView
from projections.standings.slices import SliceKey


class EpisodeReference(NamedTuple):
    """An episode as its agency refers to it, and the pseudonymous client that it is of."""

    agency: str
    client_reference: str
    episode_reference: str
    client: int


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that a row rests on: what it is, and whose record says so."""

    what: str
    day: date
    agency: str


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """Something to do about one episode; `episode` is its reference, and its agency is who can do it.

    `days` is what the list counts (`Worklist.counts`), None where it may not be shown or cannot be known. `because`
    says why it is listed; `because_own` says it where the records of `rests_on`, other agencies than its own, may not
    be shown. `beside` is the other episode of a pair. `says_area` is the agency whose record the area is from; empty
    for the row's own.
    `slice` is what a slice asks: the area, the row's own agency, the age, the referral.
    """

    episode: EpisodeReference
    slice: SliceKey
    dates: tuple[Dated, ...]
    days: int | None
    because: str
    because_own: str = ""
    rests_on: frozenset[str] = frozenset()
    says_area: str = ""
    beside: EpisodeReference | None = None
    withheld: bool = False

    @property
    def area(self) -> str:
        """Where the client lives, as the episode or its journey says; empty where that may not be shown."""
        return self.slice[0]

    @property
    def without_area(self) -> SliceKey:
        """The slice of a row whose area may not be shown."""
        return "", *self.slice[1:]


def days_known(row: WorklistRow, known_at: date) -> WorklistRow:
    """A row that counts from the first of its dates to the day of knowledge."""
    return replace(row, days=(known_at - row.dates[0].day).days)


def reference(view: EpisodeView) -> EpisodeReference:
    """How its agency refers to an episode."""
    return EpisodeReference(*view.key, view.core.client)


def spoken(day: date) -> str:
    """A day in a sentence: 3 Mar 2017."""
    return f"{day.day} {day:%b %Y}"


def counted(count: int, noun: str) -> str:
    """A number with its noun: 1 day, 2 days."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
