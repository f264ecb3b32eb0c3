"""Figures, a measure through one time or both, and the people of a figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from domain.definition import DEFINITIONS, Definition
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.standpoint import Standpoint
from projections.explain.provenance import MemberSeen
from projections.performance.caseload import MEASURES as CASELOAD
from projections.performance.caseload import CaseloadProfile, caseload_read
from projections.privacy import redaction
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from web.auth.viewer import Own, Viewer, unchanged
from web.schemas import documents
from web.snapshot import Snapshot, Triangle

from .parameters import EVERYBODY, Document, KnownAt

WAITING: Final = measure_named("W.waiting")


@dataclass(frozen=True, slots=True)
class FiguresQuery:
    """Some measures, or all, from one standpoint; `definition` None for the version in force on the day."""

    as_of: date
    known_at: KnownAt = None
    measures: tuple[Measure, ...] = MEASURES
    where: Slice = EVERYBODY
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class FiguresResult:
    """Figures of one standpoint, in the order asked for."""

    standpoint: Standpoint
    figures: Sequence[Figure]

    def document(self) -> Document:
        """FIGURES of the JSON reference."""
        return documents.figures(self.standpoint, self.figures)


def figures(snapshot: Snapshot, viewer: Viewer, asked: FiguresQuery) -> FiguresResult:
    """The figures of one standpoint and slice."""
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    return viewer.redacted(
        FiguresResult(standpoint, snapshot.figures(asked.measures, standpoint, asked.where, asked.definition)),
        _redacted_figures,
    )


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A measure at each of `days`, all as known at one; see `parameters.period_ends`."""

    measure: Measure
    days: tuple[date, ...]
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """A measure through time."""

    figures: Sequence[Figure]

    def document(self) -> Document:
        """SERIES of the JSON reference."""
        return documents.series(self.figures)


def series(snapshot: Snapshot, viewer: Viewer, asked: SeriesQuery) -> SeriesResult:
    """One measure through time."""
    return viewer.redacted(
        SeriesResult(snapshot.series(asked.measure, asked.days, asked.known_at, asked.where, asked.definition)),
        _redacted_series,
    )


@dataclass(frozen=True, slots=True)
class TriangleQuery:
    """A measure at each of `days`, as known on each day on which something became known."""

    measure: Measure
    days: tuple[date, ...]
    where: Slice = EVERYBODY
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class TriangleResult:
    """A measure through both times."""

    triangle: Triangle

    def document(self) -> Document:
        """TRIANGLE of the JSON reference."""
        return documents.triangle(self.triangle)


def triangle(snapshot: Snapshot, viewer: Viewer, asked: TriangleQuery) -> TriangleResult:
    """One measure through both times."""
    return viewer.redacted(
        TriangleResult(snapshot.triangle(asked.measure, asked.days, asked.where, asked.definition)), unchanged
    )


@dataclass(frozen=True, slots=True)
class MembersQuery:
    """The people of one figure."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class MembersResult:
    """A figure with its people, each with the journey, rule and events that put them there."""

    figure: Figure
    members: Sequence[MemberSeen]

    def document(self) -> Document:
        """MEMBERS of the JSON reference."""
        return documents.members(self.figure, self.members)


def members(snapshot: Snapshot, viewer: Viewer, asked: MembersQuery) -> MembersResult:
    """The people of a figure."""
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    return viewer.redacted(
        MembersResult(*snapshot.members(asked.measure, standpoint, asked.where, asked.definition)), _redacted_members
    )


@dataclass(frozen=True, slots=True)
class OnTheDayQuery:
    """What is asked of one standpoint and slice, by no measure's name: who waits, or the caseload's profile."""

    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY


@dataclass(frozen=True, slots=True)
class WaitingResult:
    """Who waits, the longest first; `figure` is how many."""

    figure: Figure
    members: Sequence[MemberSeen]

    def document(self) -> Document:
        """WAITING of the JSON reference."""
        return documents.waiting(self.figure, self.members)


def waiting(snapshot: Snapshot, viewer: Viewer, asked: OnTheDayQuery) -> WaitingResult:
    """The people who were referred and have not started structured treatment, the longest wait first."""
    figure, found = snapshot.members(WAITING, snapshot.standpoint(asked.as_of, asked.known_at), asked.where)
    return viewer.redacted(
        WaitingResult(figure, sorted(found, key=lambda member: (member.journey.start, member.client))),
        _redacted_waiting,
    )


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """The caseload of a slice by substance group."""

    profile: CaseloadProfile
    where: Slice

    def document(self) -> Document:
        """PROFILE of the JSON reference."""
        return documents.profile(self.profile, self.where)


def profile(snapshot: Snapshot, viewer: Viewer, asked: OnTheDayQuery) -> ProfileResult:
    """The caseload profile; kept with the standings that it follows from."""
    standpoint, where = snapshot.standpoint(asked.as_of, asked.known_at), asked.where
    return viewer.redacted(
        ProfileResult(
            snapshot.kept(("profile", standpoint, where), lambda: _caseload(snapshot, standpoint, where)), where
        ),
        unchanged,
    )


def _caseload(snapshot: Snapshot, standpoint: Standpoint, where: Slice) -> CaseloadProfile:
    engine = snapshot.engine(CASELOAD, [standpoint.as_of], at=standpoint)
    return caseload_read(snapshot.connection, snapshot.mapper, snapshot.generation, engine, standpoint, where)


@dataclass(frozen=True, slots=True)
class DefinitionsResult:
    """The versions of the definitions, the same in every database."""

    definitions: Sequence[Definition] = DEFINITIONS

    def document(self) -> Document:
        """DEFINITIONS of the JSON reference."""
        return documents.definitions(self.definitions)


@dataclass(frozen=True, slots=True)
class UnknownName:
    """An area or an agency (`what`) of which nothing was ever said, beside those of which something was."""

    what: str
    name: str
    known: Sequence[str]

    @property
    def sentence(self) -> str:
        """It is more likely a slip than an empty figure."""
        there_are = f"There is {', '.join(self.known)}." if self.known else "Nothing has been received yet."
        return f"Note: nothing is known of the {self.what} {self.name}. {there_are}"


def unknown(snapshot: Snapshot, *slices: Slice) -> list[UnknownName]:
    """The areas and agencies of these slices of which nothing is known."""
    known = load_slices(snapshot.connection)
    named = [
        UnknownName(what, name, names)
        for where in dict.fromkeys(slices)
        for what, name, names in (("area", where.area, known.areas), ("agency", where.agency, known.agencies))
        if name and name not in names
    ]
    return list(named)


def _redacted_figures(answer: FiguresResult, own: Own) -> FiguresResult:
    return replace(answer, figures=[redaction.redacted_figure(figure, own) for figure in answer.figures])


def _redacted_series(answer: SeriesResult, own: Own) -> SeriesResult:
    return replace(answer, figures=[redaction.redacted_figure(figure, own) for figure in answer.figures])


def _redacted_members(answer: MembersResult, own: Own) -> MembersResult:
    shown: Any = redaction.redacted_members(answer.members, own)
    return replace(answer, figure=redaction.redacted_figure(answer.figure, own), members=shown)


def _redacted_waiting(answer: WaitingResult, own: Own) -> WaitingResult:
    figure = redaction.redacted_figure(answer.figure, own)
    return replace(answer, figure=figure, members=redaction.redacted_waiting(answer.members, own))
