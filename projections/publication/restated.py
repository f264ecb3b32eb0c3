"""What was published, held against the log: what is another figure as known now, what a submission changed, and whether
all of it can be made again.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.client import client_text
from domain.errors import Refused, WrongUse
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read
from domain.log.tables import log
from domain.proof.inclusion import root_of
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Standing
from projections.standings.in_memory import StandingsEngine
from projections.store import generations
from projections.store.submissions import Submissions

from . import certificate
from .publish import clients_of, published_member
from .published import Engines, FigureOnRecord, Publication, numbers, publications

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys


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


def publication_faults(connection: sa.Connection, mapper: JsonMapper, keys: "PublicKeys | None") -> Iterator[str]:
    """What is wrong with what was published, a sentence each: a document that does not hold, a figure that is not
    reproduced from its standpoint, members that are not those committed to.

    A figure from a standpoint that saw an event which was erased since cannot be reproduced, and is not asked.
    """
    erased = connection.execute(sa.select(sa.func.min(log.c.position)).where(log.c.state.is_(None))).scalar()
    engines = Engines(connection, mapper)
    everything = publications(connection, mapper)
    for publication in everything:
        if keys is not None:
            yield from _document_faults(publication, keys)
        if erased is None or publication.event.position < erased:
            yield from _figure_faults(engines, publication)
    yield from _member_faults(connection, everything)


def _document_faults(publication: Publication, keys: "PublicKeys") -> Iterator[str]:
    try:
        certificate.check(publication.event.document.encode(), keys, f"Publication {publication.event.number}")
    except Refused as refused:
        yield refused.message


def _figure_faults(engines: Engines, publication: Publication) -> Iterator[str]:
    for on_record in publication.figures:
        figure = engines.answer(on_record, publication.standpoint)
        if numbers(figure) != on_record.numbers or not _is_status_of(figure, on_record.document["status"]):
            yield (
                f"Publication {publication.event.number} has {on_record.document['numerator']} of "
                f"{on_record.document['denominator']} in {on_record.measure.code}, but from its standpoint it is "
                f"{figure.numerator} of {figure.denominator}."
            )


def _is_status_of(figure: Figure, published: str | None) -> bool:
    """Whether a figure has the status that was published of it; what is complete was once called final, and what is
    immature had the status of its coverage.
    """
    return published == figure.status or figure.coverage.status == ("complete" if published == "final" else published)


def _member_faults(connection: sa.Connection, everything: Iterable[Publication]) -> Iterator[str]:
    t = published_member.c
    query = sa.select(t.certificate, t.place, t.client, t.counted, t.salt, t.leaf).order_by(t.certificate, t.place)
    stored = {number: list(rows) for number, rows in groupby(connection.execute(query), lambda row: int(row[0]))}
    for publication in everything:
        if publication.is_cut:
            continue
        number = publication.event.number
        rows = stored.pop(number, [])
        leaves = [bytes(row.leaf) for row in rows]
        committed = publication.document["members"]
        if certificate.members_part(leaves, committed["counted"], root_of(leaves)) != committed:
            yield f"The stored members of certificate {number} are not those that it commits to."
        for row in rows:
            if row.salt is not None and row.leaf != _leaf_of(row):
                yield f"The stored member {row.place + 1} of certificate {number} is not the one that it commits to."
    yield from (f"Members are stored of certificate {number}, which was never published." for number in stored)


def _leaf_of(row: Any) -> bytes | None:
    if row.client is None or row.counted is None:
        return None
    return certificate.member_leaf(row.certificate, client_text(row.client), row.counted, row.salt)
