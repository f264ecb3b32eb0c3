"""What was published, held against what is known: what is another figure now, and what a submission changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from domain.errors import WrongUse
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Standing
from projections.standings.in_memory import StandingsEngine
from projections.store import generations
from projections.store.submissions import Submissions

from .publish import clients_of
from .published import Engines, FigureOnRecord, numbers, publications


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure on record whose question is answered otherwise from another position: before and after."""

    on_record: FigureOnRecord
    before: Figure | None
    after: Figure


@dataclass(frozen=True)
class FigureChanged:
    """What a submission, or one `event` of it, changed of all that was published.

    `submission` says where the submission stands and when it was received; its day is none.
    """

    submission: Standpoint
    event: Recorded | None
    figures: list[Restated]


def restated(connection: sa.Connection, mapper: JsonMapper, stored: StandingsEngine | None = None) -> list[Restated]:
    """The figures on record that are others as known now. `before` is None: the record says what it was.

    `stored`: as of `Engines`.
    """
    engines = Engines(connection, mapper, stored)
    submissions = Submissions.load(connection, generations.live(connection))
    restatements = []
    for publication in publications(connection, mapper):
        now = submissions.standpoint(publication.event.as_of)
        for on_record in publication.figures:
            figure = engines.answer(on_record, now)
            if numbers(figure) != on_record.numbers:
                restatements.append(Restated(on_record, None, figure))
    return restatements


def changed_by(
    connection: sa.Connection, mapper: JsonMapper, position: int, stored: StandingsEngine | None = None
) -> FigureChanged:
    """Which figures on record the submission at a position changed, asked just before it and at it.

    A position inside a submission asks of that one event: only figures in which its own clients changed are named.
    `stored`: as of `Engines`.

    Raises:
        WrongUse: there is no event there, or it brought no knowledge.
    """
    generation = generations.live(connection)
    submissions = Submissions.load(connection, generation)
    event = next(iter(read(connection, mapper, position - 1, limit=1)), None) if position > 0 else None
    if event is None or event.position != position or not event.event.submission:
        raise WrongUse(f"There is no event at position {position} that brought knowledge. 'recount log' shows those.")
    of_submission = next(one for one in submissions.positions if one >= position)
    is_whole = position == of_submission
    clients = None if is_whole else clients_of(connection, [event.event.originator_id])
    engines = Engines(connection, mapper, stored)
    changes = [
        restatement
        for publication in publications(connection, mapper)
        for on_record in publication.figures
        if (restatement := _restatement(engines, on_record, submissions, of_submission, clients))
    ]
    return FigureChanged(submissions.standpoint(date.min, of_submission), None if is_whole else event, changes)


def _restatement(
    engines: Engines,
    on_record: FigureOnRecord,
    submissions: Submissions,
    position: int,
    clients: Collection[int] | None,
) -> Restated | None:
    as_of = on_record.publication.event.as_of
    then, now = submissions.standpoint(as_of, position - 1), submissions.standpoint(as_of, position)
    pair = engines.answer(on_record, then), engines.answer(on_record, now)
    if clients is None:
        differs = numbers(pair[0]) != numbers(pair[1])
    else:
        differs = _of(engines.members(on_record, then), clients) != _of(engines.members(on_record, now), clients)
    return Restated(on_record, *pair) if differs else None


def _of(standings: Iterable[Standing], clients: Collection[int]) -> list[tuple[Any, ...]]:
    return sorted((s.client, s.part, s.counted, s.immature) for s in standings if s.client in clients)
