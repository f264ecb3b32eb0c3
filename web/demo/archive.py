"""Writes the demonstration archive: three years of monthly files of three invented agencies, and their manifest.

Herefordshire's paper of 2017 prints figures; this archive holds a population in which the same figures come out, and
everything that makes such figures move: late records, corrections, returns, people seen twice. Nobody in it is real.
See docs/explanation/demonstration.md for paper and answer side by side.

    cases      the people that the archive is about, day by day, the same for every seed
    flows      how many others must start, complete and leave each month, for the printed figures to come out
    crowd      those others, and the everyday flaws of their records
    reviewing  reviews of plans and risks
    wider      what is recorded of hepatitis, housing and work
    extract    what each file shows of all that, on the day when it was sent
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from .cases import add_cases
from .crowd import add_crowd
from .flows import flow_of, missing_from_goals
from .making import ALCOHOL, BOTH, NON_OPIATE, OPIATE, Maker
from .records import InventedEpisode, extract
from .reviewing import add_reviews
from .rows import COLUMNS, REVIEW_COLUMNS, RowWriter, holds_review
from .timetable import AGENCIES, DATA_SET, FIRST_REVIEW_MONTH, Arrival, arrivals
from .wider import add_wider_outcomes

DEFAULT_SEED: Final = 20170815
"""The day of the paper's second set of figures; any other seed gives other people and the same figures."""
TREATMENT, REVIEWS = f"TREAT-IN-{DATA_SET}", "REVIEWS"

Line = tuple[date, str, str]


def write_archive(folder: Path, seed: int = DEFAULT_SEED) -> Path:
    """Writes the archive into `folder` and returns the path of its manifest (`received_on,file,complete`).

    The same seed writes the same bytes. Files lie beside the manifest, in the order of receipt; one that was sent
    again lies in a folder of its own, since it has the name of the first.
    """
    episodes = _population(seed)
    lines = [line for arrival in _with_previous(arrivals()) for line in _write(folder, episodes, *arrival)]
    manifest = folder / "manifest.csv"
    with manifest.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([("received_on", "file", "complete"), *lines])
    return manifest


def _population(seed: int) -> dict[str, list[InventedEpisode]]:
    """Every episode of the archive, by agency."""
    maker = Maker(random.Random(seed))  # noqa: S311 - a demonstration needs repeatable people, not secrets
    add_cases(maker)
    missing = missing_from_goals(maker.episodes)
    for group in (OPIATE, NON_OPIATE, ALCOHOL, BOTH):
        add_crowd(maker, group, flow_of(group, missing))
    add_reviews(maker.rng, maker.episodes)
    add_wider_outcomes(seed, maker.episodes)
    held = defaultdict(list)
    for episode in sorted(maker.episodes, key=lambda each: each.key):
        held[episode.agency].append(episode)
    return held


def _with_previous(received: list[Arrival]) -> Iterator[tuple[Arrival, date]]:
    """Each file with the day on which the agency's file before it was received."""
    previous = dict.fromkeys(AGENCIES, date.min)
    for arrival in received:
        yield arrival, previous[arrival.agency.code]
        previous[arrival.agency.code] = arrival.received_on


def _write(folder: Path, held: dict[str, list[InventedEpisode]], arrival: Arrival, previous: date) -> Iterator[Line]:
    episodes, writer = held[arrival.agency.code], RowWriter(arrival.agency)
    shown_episodes = extract(episodes, arrival, previous)
    rows = [row for each in shown_episodes for row in writer.rows(each, arrival.received_on)]
    yield _save(folder, arrival, TREATMENT, writer.text(COLUMNS, rows), "yes" if arrival.complete else "")
    if arrival.first_day >= FIRST_REVIEW_MONTH:
        reviewed = (each for each in episodes if holds_review(each, arrival))
        lines = [row for each in reviewed for row in writer.review_rows(each, arrival.last_day)]
        if lines:  # a file without rows would be refused
            yield _save(folder, arrival, REVIEWS, writer.text(REVIEW_COLUMNS, lines), "")


def _save(folder: Path, arrival: Arrival, kind: str, content: bytes, complete: str) -> Line:
    path = arrival.path(kind)
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)
    return arrival.received_on, path, complete
