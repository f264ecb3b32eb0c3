"""The read models anew from the log: beside the live ones, then switched over in one step.

A rebuild reads the log by stream, so that each episode is folded once, and measures clients in batches. What is
submitted meanwhile goes to the live generation and is caught up with before the switch; readers keep the old
generation to their end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from domain.history import EpisodeView
from domain.log.collector import collector_paused
from domain.log.database import insert_many, reading, refresh_statistics, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, last_position
from domain.submission import SubmissionReceived
from projections.standings.calculation import FOREVER, Standings, Version, standings_of
from projections.standings.slices import Slices
from projections.standings.stored import erased_episodes, insert_standings, load_slices, save_slices
from projections.standings.versions import versions_from_log
from projections.store import generations, tables
from projections.store.submissions import contract_rows

from .comparison import Check, ReadModels, compared_rows
from .projector import episode_row, following, submission_row

_FILLED: Final = (tables.submission, tables.contract, tables.episode, tables.erased, tables.standing)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The generation that is in use now, and what of the one before was not what the log says, if that was asked."""

    generation: int
    replaced: tuple[Check, ...] = ()


def rebuild(engine: sa.Engine, mapper: JsonMapper, *, compare: bool = False) -> Rebuilt:
    """Build the read models anew, and drop those that nobody reads any more. Arguments and errors as of `renew`."""
    rebuilt = renew(engine, mapper, compare=compare)
    generations.drop_others(engine)
    return rebuilt


def renew(engine: sa.Engine, mapper: JsonMapper, *, compare: bool = False) -> Rebuilt:
    """Build a new generation of the read models and make it the live one. The old one is left behind.

    With `compare` the rows that it replaces are held against the log: what is made anew is not silently mended.

    Raises:
        NotAgreed: another rebuild took over.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: the old generation stays live.
    """
    number = generations.start(engine)
    with collector_paused():
        return Rebuilt(number, tuple(_build(engine, mapper, number, compare=compare)))


def _build(engine: sa.Engine, mapper: JsonMapper, number: int, *, compare: bool) -> list[Check]:
    """Fill generation `number` and make it the live one; the checks that found something in the one before."""
    with reading(engine) as connection:
        slices = load_slices(connection)
        known_slices, numbers = len(slices), dict(slices.numbers)
        models = read_models_of(connection, mapper, slices, number)
        replaced: list[Check] = []
        if compare and (live := generations.live_if_any(connection)) is not None:
            replaced = [check for check in compared_rows(connection, live, models, slices, numbers) if check.found]
    standings = models.standings
    if len(slices) > known_slices:
        standings = _numbered(engine, slices, standings)
    with generations.filling(engine) as connection:
        insert_many(connection, tables.submission, models.submissions)
        insert_many(connection, tables.contract, models.contracts)
        insert_many(connection, tables.episode, models.episodes)
        insert_many(connection, tables.erased, models.erased)
        insert_standings(connection, number, standings)
        # No reader meets the new generation before the server knows how large it is.
        refresh_statistics(connection, _FILLED)
    with writing(engine) as connection:
        generations.finish(connection, number, models.position)
        generations.catch_up(connection, mapper, [following(mapper)], number)
        generations.switch(connection, number)
    return replaced


def _numbered(engine: sa.Engine, slices: Slices, standings: Standings) -> Standings:
    """The standings by stored numbers of their slices; a submission may have given the next numbers to others since."""
    with writing(engine) as connection:
        stored = load_slices(connection)
        known = len(stored)
        numbers = np.array([stored.number(key) for key in slices], np.int64)
        save_slices(connection, stored, known)
    return replace(standings, slice=numbers[standings.slice])


def read_models_of(connection: sa.Connection, mapper: JsonMapper, slices: Slices, generation: int) -> ReadModels:
    """What the whole log says, as the rows of one generation. The connection is one snapshot."""
    submissions, versions = versions_from_log(connection, mapper)
    position = last_position(connection)
    return ReadModels(
        position=position,
        submissions=[submission_row(generation, one) for one in submissions],
        contracts=list(contract_rows(generation, submissions)),
        episodes=list(_episode_rows(generation, versions, _not_in_file(submissions))),
        erased=[(generation, *row) for row in erased_episodes(connection, position)],
        standings=standings_of(versions, slices),
    )


def _not_in_file(submissions: Iterable[Recorded]) -> dict[UUID, tuple[int, date]]:
    """The episodes that the newest files should have had and did not, with position and day of the first such file."""
    since: dict[UUID, tuple[int, date]] = {}
    for one in submissions:
        event = one.event
        if isinstance(event, SubmissionReceived):
            since |= dict.fromkeys(event.not_in_file, (one.position, event.received_on))
            for episode in event.found_again:
                since.pop(episode, None)
    return since


def _episode_rows(
    generation: int, episodes: Iterable[list[Version]], since: dict[UUID, tuple[int, date]]
) -> Iterator[tuple[Any, ...]]:
    for versions in episodes:
        latest: dict[int, EpisodeView] = {v.view.core.client: v.view for v in versions}
        is_said = versions[-1].known_until == FOREVER if versions else False
        now = versions[-1].view.core.client if is_said else None
        for client, view in latest.items():
            current = client == now
            missing = _missing_since(versions, since) if current else None
            yield episode_row(generation, view, current=current, not_in_file_since=missing)


def _missing_since(versions: Sequence[Version], since: dict[UUID, tuple[int, date]]) -> date | None:
    """Since when an episode is not in its agency's files; one that was withdrawn and is said again was not missed."""
    said_from = versions[-1].known_from
    for before in reversed(versions[:-1]):
        if before.known_until != said_from:
            break
        said_from = before.known_from
    position, day = since.get(versions[-1].view.episode, (0, None))
    return day if position > said_from else None
