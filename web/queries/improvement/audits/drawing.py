"""Samples of case files: drawn for the first time, and drawn again from the seed that an audit keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.errors import Refused
from domain.improvement.audits.case_file_audit import AuditFigure, CaseFileAudit, LeftOut, SampledFile, StratumDrawn
from domain.improvement.audits.sampling import CaseFile, drawn_sample, shares, sizes_of
from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.improvement.audits import on_record
from projections.improvement.audits.caseload import MEASURES, Caseload, caseload, files_of_people
from projections.improvement.audits.on_record import erased_of, within_reach
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.queries import others
from web.queries.improvement.audits.parts import LeftOutResult, left_out_results
from web.queries.parameters import KnownAt
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class DrawQuery:
    """From which caseload how many files are to be drawn; see `AuditDrawn`."""

    agencies: tuple[str, ...]
    as_of: date
    wanted: int
    seed: str
    strata: str
    known_at: KnownAt = None
    without: tuple[int, ...] = ()
    figure: AuditFigure | None = None


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """What was drawn: the files in their order, by strata, and who was left out."""

    standpoint: Standpoint
    files: tuple[SampledFile, ...]
    strata: tuple[StratumDrawn, ...]
    left_out: tuple[LeftOut, ...]


def drawn(snapshot: Snapshot, viewer: Viewer, query: DrawQuery) -> DrawnSample:
    """Draw a sample.

    Raises:
        NotOwn: an agency is not the viewer's.
        Refused: there is no file to draw (code "audit-no-files"), or no such audit to leave out ("audit-unknown"); or
            the figure that it is about tells a provider of few others, or of a day that it may not see them on.
    """
    if viewer.is_provider and not viewer.own.issuperset(query.agencies):
        raise NotOwn
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    audits = every_audit(snapshot)
    for number in query.without:
        audit = next((one for one in audits if one.number == number), None)
        if audit is None or not within_reach(audit, viewer.agencies if viewer.is_provider else None):
            raise audit_unknown(number)
    if query.figure is not None:
        _check_figure(snapshot, viewer, standpoint, query.figure, query.agencies)
    known = _caseload(snapshot, standpoint, query.agencies, query.strata, query.without, query.figure)
    if not known.files:
        whose = "of the people of this figure" if query.figure else f"was open on {standpoint.as_of}"
        raise Refused(
            "audit-no-files",
            f"No file of these agencies {'is ' if query.figure else ''}{whose}, as known then. Choose another day or "
            "agency.",
        )
    sizes = sizes_of(known.files)
    quotas = shares(sizes, query.wanted)
    files = tuple(SampledFile(one.episode, one.agency, one.stratum) for one in _sample(known, query.seed, quotas))
    strata = tuple(StratumDrawn(name, size, quotas[name]) for name, size in sizes.items())
    return DrawnSample(standpoint, files, strata, tuple(known.left_out))


def audit_unknown(number: int) -> Refused:
    """There is no such audit, or none for whoever asks: they do not learn which."""
    return Refused("audit-unknown", f"There is no audit {number}. 'recount audit list' names them.")


def _sample(known: Caseload, seed: str, quotas: dict[str, int]) -> list[CaseFile]:
    return drawn_sample(known.files, seed, quotas)


def _check_figure(
    snapshot: Snapshot, viewer: Viewer, standpoint: Standpoint, figure: AuditFigure, agencies: Sequence[str]
) -> None:
    """Whether the viewer may see who stands in the figure at each of the agencies."""
    for agency in agencies:
        slice_ = _slice_at(figure, agency)
        others.check_standpoint(snapshot, viewer, slice_, standpoint)
        others.check_enough(snapshot, viewer, snapshot.standings(measure_named(figure.measure), standpoint, slice_)[0])


def _slice_at(figure: AuditFigure, agency: str) -> Slice:
    return Slice(figure.area, agency, figure.criminal_justice, figure.young_people)


def _people(
    snapshot: Snapshot, standpoint: Standpoint, figure: AuditFigure, agencies: Sequence[str]
) -> dict[str, set[int]]:
    """Who stands in the figure, by agency."""
    measure = measure_named(figure.measure)
    members = {agency: snapshot.standings(measure, standpoint, _slice_at(figure, agency))[1] for agency in agencies}
    return {agency: {one.client for one in its} for agency, its in members.items()}


@snapshot_cache(most=16)
def _caseload(
    snapshot: Snapshot,
    standpoint: Standpoint,
    agencies: tuple[str, ...],
    strata: str,
    without: tuple[int, ...],
    figure: AuditFigure | None,
) -> Caseload:
    taken: set[UUID] = {
        one.episode for audit in every_audit(snapshot) if audit.number in without for one in audit.drawn.files
    }
    if figure is not None:
        people = _people(snapshot, standpoint, figure, agencies)
        return files_of_people(
            snapshot.connection, snapshot.mapper, snapshot.generation, standpoint, people, strata, taken
        )
    engine = snapshot.engine(MEASURES, [standpoint.as_of], at=standpoint)
    return caseload(
        snapshot.connection, snapshot.mapper, snapshot.generation, engine, standpoint, agencies, strata, taken
    )


@snapshot_cache()
def every_audit(snapshot: Snapshot) -> Sequence[CaseFileAudit]:
    """Every audit on record."""
    return on_record.audits(snapshot.connection, snapshot.mapper)


class RedrawnFile(Result, frozen=True):
    """A file of the sample that was drawn again.

    `place` is that in the audit's sample, null of one that stands in the place of an erased one. `ticket` is the hash
    by which it was drawn.
    """

    place: int | None
    agency: str
    client_reference: str
    episode_reference: str
    stratum: str
    ticket: str

    @property
    def reference(self) -> str:
        """The file in one cell."""
        return f"{self.agency}: {self.client_reference}/{self.episode_reference}"


class RedrawnResult(Result, frozen=True):
    """An audit's sample drawn again from its seed. `same`: it is the same.

    `erased` are the places whose files were erased since, so that they cannot be drawn any more; `unexplained` the
    places that differ for another reason, which there must be none of.
    """

    number: int
    seed: str
    rule: str
    standpoint: StandpointResult
    wanted: int
    population: int
    population_now: int
    same: bool
    erased: list[int]
    unexplained: list[int]
    left_out: list[LeftOutResult]
    files: list[RedrawnFile]


RULE = "The least SHA-256 of seed|AGNCY|CLIENT|EPISODID (UTF-8), in each stratum as many as were drawn of it."


def redrawn(snapshot: Snapshot, viewer: Viewer, audit: CaseFileAudit) -> RedrawnResult:
    """Draw an audit's sample again, for somebody who sees all of its files.

    Raises:
        NotOwn: its agencies are not all the provider's own today.
    """
    if viewer.is_provider and not viewer.own.issuperset(audit.drawn.agencies):
        raise NotOwn
    erased = erased_streams(snapshot, audit)
    event = audit.drawn
    standpoint = snapshot.standpoint(event.as_of, event.position)
    known = _caseload(snapshot, standpoint, event.agencies, event.strata, event.without, event.figure)
    files = _sample(known, event.seed, {one.name: one.drawn for one in event.drawn})
    places = {one.episode: place for place, one in enumerate(event.files, 1)}
    again = {one.episode for one in files}
    gone = [place for one, place in places.items() if one not in again]
    is_erased = {places[one] for one in erased if one in places}
    unexplained = [place for place in gone if place not in is_erased]
    if len(again - places.keys()) > len(is_erased):
        unexplained.append(0)
    return RedrawnResult(
        audit.number,
        event.seed,
        RULE,
        standpoint_result(standpoint),
        event.wanted,
        audit.population,
        len(known.files),
        not gone and again == places.keys(),
        sorted(is_erased),
        sorted(unexplained),
        left_out_results(event.left_out),
        [
            RedrawnFile(
                places.get(one.episode),
                one.agency,
                one.client_reference,
                one.episode_reference,
                one.stratum,
                one.ticket(event.seed),
            )
            for one in files
        ],
    )


def erased_streams(snapshot: Snapshot, audit: CaseFileAudit) -> frozenset[UUID]:
    """The files of an audit's sample that were erased since it was drawn."""
    return _erased(snapshot) & {one.episode for one in audit.drawn.files}


@snapshot_cache()
def _erased(snapshot: Snapshot) -> frozenset[UUID]:
    return erased_of(snapshot.connection, snapshot.generation)
