"""What the agencies record of hepatitis at the start, and of housing and work in their TOPs; some of it never.

It is drawn for each episode from a source of its own, so that nothing else in the archive hangs on it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from domain.periods import last_day_of_month

from .making import HEROIN, METHADONE, TOP_IMPROVED_FROM
from .records import InventedEpisode, InventedHepatitis, InventedTop

_STATUSES: Final = {"A": 44, "B": 21, "C": 11, "D": 14, "E": 2, "": 8}
"""HEPBSTAT: offered and accepted, offered and refused, immunised already, not offered, acquired immunity, empty."""
_GIVEN: Final = {"1": 25, "2": 20, "3": 10, "C": 30, "": 15}
"""HEPBVAC of those who accepted: one, two, three, all; empty."""
_TESTED_OPIATE, _TESTED, _TESTED_BEFORE = 0.72, 0.34, 0.25
_EMPTY: Final = 0.07
"""Of a TOP's questions this part is left empty."""


def add_wider_outcomes(seed: int, episodes: Sequence[InventedEpisode]) -> None:
    """Adds to every episode what it records of hepatitis, and to its TOPs what they say of housing and work."""
    for episode in episodes:
        rng = random.Random(f"{seed} {' '.join(episode.key)}")  # noqa: S311 - repeatable people, not secrets
        if episode.triaged_on:
            episode.hepatitis = _hepatitis(rng, episode, episode.triaged_on)
        episode.tops = [replace(top, home_and_work=tuple(_home_and_work(rng, top))) for top in episode.tops]


def _hepatitis(rng: random.Random, episode: InventedEpisode, triaged_on: date) -> InventedHepatitis:
    """As it is recorded in the month of triage, and stays: a file that said it anew would be an event more."""
    status = _picked(rng, _STATUSES)
    given = _picked(rng, _GIVEN) if status == "A" else ""
    opiate = {HEROIN, METHADONE} & set(episode.drugs)
    if rng.random() > (_TESTED_OPIATE if opiate else _TESTED):
        return InventedHepatitis(given, status)
    days = -rng.randint(30, 900) if rng.random() < _TESTED_BEFORE else rng.randint(0, 20)
    return InventedHepatitis(given, status, min(triaged_on + timedelta(days=days), last_day_of_month(triaged_on)))


def _home_and_work(rng: random.Random, top: InventedTop) -> Iterator[str]:
    """ACUTHPBM, HRISK and PWORK: better at the exit than at the start, and since the improvement plan."""
    at_exit, later = top.stage == "E", top.day >= TOP_IMPROVED_FROM
    acute, risk, works = (0.08, 0.06, 0.24 + 0.04 * later) if at_exit else (0.19, 0.12, 0.22)
    for chance in (acute, risk):
        answer = "Y" if rng.random() < chance else "N"
        yield "" if rng.random() < _EMPTY else answer
    days = rng.randint(4, 24) if rng.random() < works else 0
    yield "" if rng.random() < _EMPTY else str(days)


def _picked(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
