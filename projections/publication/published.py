"""What was published, as it stands in the log: certificates of figures, and scorecards under a name.

Each figure on record keeps its question, so that it can be asked again from its own standpoint or from another.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from domain.contract_life.publication import PUBLICATION_EVENTS, CutPublished, cut_name, cut_stream
from domain.definition import definition_in_force, definition_named
from domain.errors import WrongUse
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams, read_topics
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .documents import Document

Numbers = tuple[Any, ...]
"""What a figure says in numbers: those that differ are another figure."""


@dataclass(frozen=True)
class Publication:
    """A publication and its place in the log. `title` is the measure's code, or the cut's name."""

    recorded: Recorded

    @property
    def event(self) -> Any:
        """Its event, one of PUBLICATION_EVENTS."""
        return self.recorded.event

    @property
    def is_cut(self) -> bool:
        """Whether it is a whole scorecard."""
        return isinstance(self.event, CutPublished)

    @property
    def title(self) -> str:
        """What it is of, in a word."""
        return str(self.event.name if self.is_cut else self.event.measure)

    @property
    def standpoint(self) -> Standpoint:
        """From where its figures were seen."""
        return Standpoint(self.event.as_of, self.event.known_at, self.event.position)

    @cached_property
    def document(self) -> Document:
        """The document, read."""
        document: Document = json.loads(self.event.document)
        return document

    @property
    def figures(self) -> list["FigureOnRecord"]:
        """The figures in it."""
        documents = self.document["figures"] if self.is_cut else [self.document["figure"]]
        return [FigureOnRecord(self, document) for document in documents]

    @property
    def entered(self) -> list[Document]:
        """What it says of KPIs that are entered by hand: of a scorecard that was frozen while there were any."""
        documents: list[Document] = self.document.get("entered", [])
        return documents


@dataclass(frozen=True)
class FigureOnRecord:
    """A figure as it was published."""

    publication: Publication
    document: Document

    @property
    def measure(self) -> Measure:
        """Its measure."""
        return measure_named(self.document["measure"])

    @property
    def slice(self) -> Slice:
        """Its slice."""
        return Slice(**self.document["slice"])

    @property
    def numbers(self) -> Numbers:
        """What it says."""
        waiting = self.document["waiting"]
        return (
            self.document["numerator"],
            self.document["denominator"],
            self.document["matured"],
            self.document["parts"],
            waiting and (waiting["people"], waiting["longest_days"]),
        )


def numbers(figure: Figure) -> Numbers:
    """What a figure says, to be held against one on record."""
    waiting = figure.waiting and (figure.waiting.people, figure.waiting.longest_days)
    return figure.numerator, figure.denominator, figure.matured, figure.parts, waiting


class Engines:
    """The engines that answer questions of what was published: the stored standings, or another definition's.

    `stored` is the engine over all stored standings of the connection's snapshot, where somebody has it already.
    """

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, stored: StandingsEngine | None = None) -> None:
        self.connection, self.mapper = connection, mapper
        self._engines: dict[str | None, StandingsEngine] = {} if stored is None else {None: stored}

    def engine(self, as_of: date, version: str) -> StandingsEngine:
        """The engine that answers for a day under a version of the definitions."""
        if definition_in_force(as_of).version == version:
            return self._made(None, lambda: StandingsEngine.load(self.connection, MEASURES))
        definition = definition_named(version)
        return self._made(version, lambda: StandingsEngine.under(self.connection, self.mapper, definition))

    def _made(self, version: str | None, make: Callable[[], StandingsEngine]) -> StandingsEngine:
        if version not in self._engines:
            self._engines[version] = make()
        return self._engines[version]

    def answer(self, on_record: FigureOnRecord, standpoint: Standpoint) -> Figure:
        """The question of a figure on record, asked from a standpoint."""
        engine = self.engine(standpoint.as_of, on_record.document["definition"])
        return engine.figure(on_record.measure, standpoint, on_record.slice)

    def members(self, on_record: FigureOnRecord, standpoint: Standpoint) -> list[Standing]:
        """Who is in the answer."""
        engine = self.engine(standpoint.as_of, on_record.document["definition"])
        return engine.members(on_record.measure, standpoint, on_record.slice)


def publications(connection: sa.Connection, mapper: JsonMapper) -> list[Publication]:
    """Everything that was ever published, the oldest first."""
    recorded = read_topics(connection, mapper, [event.TOPIC for event in PUBLICATION_EVENTS])
    return [Publication(one) for one in recorded]


def cuts(connection: sa.Connection, mapper: JsonMapper) -> list[Publication]:
    """The scorecards that were published under a name, the oldest first."""
    return [Publication(one) for one in read_topics(connection, mapper, [CutPublished.TOPIC])]


def publication_numbered(connection: sa.Connection, mapper: JsonMapper, number: int) -> Publication:
    """The publication with this ordinal. Raises WrongUse if there is none."""
    return numbered(publications(connection, mapper), number)


def numbered(everything: Iterable[Publication], number: int) -> Publication:
    """The one with this ordinal. Raises WrongUse if there is none."""
    for publication in everything:
        if publication.event.number == number:
            return publication
    raise WrongUse(f"There is no publication {number}. 'recount published' lists them.")


def cut_named(connection: sa.Connection, mapper: JsonMapper, name: str) -> Publication:
    """The cut of this name. Raises WrongUse, naming those there are."""
    stream = cut_stream(cut_name(name))
    if recorded := read_streams(connection, mapper, [stream]).get(stream):
        return Publication(recorded[0])
    names = [f"'{one.title}'" for one in publications(connection, mapper) if one.is_cut]
    there = f"There are {', '.join(names)}." if names else "None was published yet."
    raise WrongUse(f"There is no cut '{name}'. {there}")
