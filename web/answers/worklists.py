"""Worklists: what the data already knows is to be done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.standpoint import Standpoint
from projections.slices import Slice
from projections.worklists import (
    WORKLISTS,
    Worklist,
    WorklistRow,
    candidate_measures,
    worklist_shown,
    worklists,
)
from web.context import Question
from web.schemas import worklists as documents

from .parameters import EVERYBODY, Document, KnownAt


@dataclass(frozen=True, slots=True)
class WorklistsAsked:
    """Some worklists, or all, from one standpoint, of an agency, an area or everybody.

    `own` are the agencies whose records may be shown; None for all.
    """

    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    lists: tuple[Worklist, ...] = WORKLISTS
    own: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class WorklistFound:
    """One worklist, the most urgent first."""

    worklist: Worklist
    standpoint: Standpoint
    where: Slice
    rows: Sequence[WorklistRow]

    def document(self) -> Document:
        """WORKLIST of the JSON reference."""
        return documents.worklist(self.worklist, self.standpoint, self.where, self.rows)


@dataclass(frozen=True, slots=True)
class WorklistsFound:
    """Worklists of one standpoint and slice, in the order asked for."""

    standpoint: Standpoint
    where: Slice
    rows: Mapping[str, Sequence[WorklistRow]]
    lists: Sequence[Worklist]

    def each(self) -> list[WorklistFound]:
        """Each of them."""
        return [WorklistFound(one, self.standpoint, self.where, self.rows[one.name]) for one in self.lists]

    def document(self) -> Document:
        """WORKLISTS of the JSON reference: how many rows each has."""
        return documents.overview(self.standpoint, self.where, [(one, len(self.rows[one.name])) for one in self.lists])


def all_worklists(question: Question, asked: WorklistsAsked) -> WorklistsFound:
    """Worklists of one standpoint and slice; the log is read once for all of them."""
    standpoint = question.standpoint(asked.as_of, asked.known_at)
    engine = question.engine(candidate_measures(asked.lists), [asked.as_of], at=standpoint)
    rows: Mapping[str, Sequence[WorklistRow]] = worklists(
        question.connection, question.mapper, question.generation, engine, asked.lists, standpoint, asked.where
    )
    if asked.own is not None:
        own = asked.own
        rows = {name: worklist_shown(its, own) for name, its in rows.items()}
    return WorklistsFound(standpoint, asked.where, rows, asked.lists)


def worklist(question: Question, one: Worklist, asked: WorklistsAsked) -> WorklistFound:
    """One worklist."""
    return all_worklists(question, replace(asked, lists=(one,))).each()[0]
