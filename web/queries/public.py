"""What the public may have: published figures, suppressed; see `projections.publication.disclosure`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import sqlalchemy as sa

from domain.definition import definition_in_force
from domain.log.tables import log
from domain.standpoint import Standpoint
from projections.publication.disclosure import PublicFigure, PublicPublication, public_publications
from projections.standings.cache import DatabaseState
from projections.standings.lru import LruCache
from web.schemas import publications as documents
from web.schemas.figure import standpoint_document
from web.snapshot import Snapshot

from .figures import FiguresQuery
from .parameters import Document

_STATES_KEPT: Final = 2
_State = tuple[int, int]
"""The last event of the log, and how many episodes were erased: what is shown follows from these."""


class PublicRecord:
    """What the public sees of everything that was published, kept until something comes to the log."""

    def __init__(self) -> None:
        self._kept: LruCache[_State, list[PublicPublication]] = LruCache(_STATES_KEPT)

    def publications(self, snapshot: Snapshot) -> list[PublicPublication]:
        """Everything that was published, in that order."""
        last = snapshot.connection.execute(sa.select(sa.func.max(log.c.position))).scalar() or 0
        state = (last, DatabaseState.of(snapshot.connection).erased)
        return self._kept.or_made(state, lambda: public_publications(snapshot.connection, snapshot.mapper))

    def figures(self, snapshot: Snapshot, asked: FiguresQuery) -> "PublicFigures":
        """Those of the figures asked for that were published, from exactly this standpoint."""
        standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
        version = (asked.definition or definition_in_force(asked.as_of)).version
        known: dict[tuple[object, ...], PublicFigure] = {}
        for publication in self.publications(snapshot):
            for figure in publication.figures:
                key = _key(figure)
                if key not in known or known[key].withheld:
                    known[key] = figure
        wanted = [
            (measure.code, asked.where, version, standpoint.as_of, standpoint.position) for measure in asked.measures
        ]
        return PublicFigures(standpoint, [known[key] for key in wanted if key in known])


def _key(figure: PublicFigure) -> tuple[object, ...]:
    at = figure.on_record.publication.standpoint
    return figure.on_record.measure.code, figure.on_record.slice, figure.document["definition"], at.as_of, at.position


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """Published figures of one standpoint."""

    standpoint: Standpoint
    figures: Sequence[PublicFigure]

    @property
    def codes(self) -> list[str]:
        """Which measures' they are."""
        return [figure.on_record.measure.code for figure in self.figures]

    def document(self) -> Document:
        """FIGURES of the JSON reference."""
        return {"standpoint": standpoint_document(self.standpoint), "figures": list(map(figure_document, self.figures))}


def figure_document(figure: PublicFigure) -> Document:
    """FIGURE of the JSON reference, suppressed; with the reason, where nothing of it is shown."""
    return dict(figure.document) | ({"withheld": figure.withheld} if figure.withheld else {})


def publication_document(found: PublicPublication) -> Document:
    """PUBLICATION of the JSON reference, without who published it and what was signed."""
    return documents.public_publication(found.publication, [figure_document(figure) for figure in found.figures])


def signed_document(found: PublicPublication) -> Document:
    """What a certificate or a scorecard says, without what is signed: that is over the whole numbers."""
    publication = found.publication
    figures = [figure_document(figure) for figure in found.figures]
    document: Document = {"number": publication.event.number}
    if not publication.is_cut:
        return document | {"figure": figures[0]}
    return document | {"name": publication.title, **standpoint_document(publication.standpoint), "figures": figures}


def series(record: PublicRecord, snapshot: Snapshot, days: Sequence[date], asked: FiguresQuery) -> list[Document]:
    """The figure asked for at each of the days at which it was published."""
    found = [record.figures(snapshot, replace(asked, as_of=day)) for day in days]
    return [figure_document(figure) for one in found for figure in one.figures]
