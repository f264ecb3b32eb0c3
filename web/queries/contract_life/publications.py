"""What was published, as far as its viewer sees it, and what of it is another figure by now.

The signed documents and the proofs are in `proofs`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec

from domain.definition import definition_in_force, definition_named
from domain.measures.registry import MEASURE_OF, Measure
from domain.standpoint import Standpoint
from projections.privacy import redaction
from projections.publication import published as on_record
from projections.publication import restated as restating
from projections.publication.disclosure import PublicPublication
from projections.publication.documents import Document
from projections.publication.published import Publication
from projections.publication.restated import FigureChanged, Restated
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.queries.performance.figure import FigureResult, StandpointResult, figure_result, standpoint_result
from web.queries.result import SUPPRESSIBLE, Result
from web.snapshot import Snapshot, snapshot_cache

from .frozen_entered import (
    PublishedEntered,
    RestatedEntered,
    in_short,
    public_in_short,
    published_and_now,
    restated_entered,
)
from .public import public_figure, public_publications

MOMENT: Final = msgspec.Meta(extra_json_schema={"format": "date-time"})
"""Marks a moment that is kept as the log or a signed document writes it."""
Moment = Annotated[str, MOMENT]


class PublishedFigure(Result, frozen=True):
    """A published figure, in short."""

    code: str = msgspec.field(name="measure")
    definition: str
    slice: Slice
    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: Annotated[float | None, SUPPRESSIBLE]
    status: str | None

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]


class PublicationResult(Result, frozen=True):
    """Something that was published; the public sees neither who did it nor what was signed.

    `title` is the measure's code, or the name of the scorecard; `entered` are its figures that were entered by hand.
    """

    number: int
    kind: Literal["cut", "figure"]
    title: str
    standpoint: StandpointResult
    figures: list[PublishedFigure]
    entered: list[PublishedEntered]
    published_on: date
    recorded_at: Moment | msgspec.UnsetType = msgspec.UNSET
    log_position: int | msgspec.UnsetType = msgspec.UNSET
    actor: str | msgspec.UnsetType = msgspec.UNSET
    role: str | msgspec.UnsetType = msgspec.UNSET
    sha256: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_cut(self) -> bool:
        """Whether it is a whole scorecard."""
        return self.kind == "cut"

    def is_certificate_of(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> bool:
        """Whether it is a certificate of this figure, by the definition in force."""
        if self.is_cut or self.standpoint != standpoint_result(standpoint):
            return False
        [figure] = self.figures
        version = definition_in_force(standpoint.as_of).version
        return (figure.measure, figure.slice, figure.definition) == (measure, slice_, version)


class PublicationsResult(Result, frozen=True):
    """What was published, the oldest first."""

    published: list[PublicationResult]


@dataclass(frozen=True, slots=True)
class PublicationsQuery:
    """Publications after a number: certificates, scorecards (`is_cut`), or both; not more than `limit`."""

    is_cut: bool | None = None
    after: int = 0
    limit: int | None = None


EVERY_PUBLICATION: Final = PublicationsQuery()


def publications(
    snapshot: Snapshot, viewer: Viewer, query: PublicationsQuery = EVERY_PUBLICATION
) -> PublicationsResult:
    """What was published and the viewer may see, the oldest first."""
    chosen = [
        publication
        for publication in _everything(snapshot, viewer).values()
        if publication.number > query.after
        and query.is_cut in {None, publication.is_cut}
        and _is_visible(publication, viewer)
    ]
    return PublicationsResult(chosen[: query.limit])


def publication(
    snapshot: Snapshot, viewer: Viewer, number: int, *, is_cut: bool | None = None
) -> PublicationResult | None:
    """The publication with this number; None where there is none that the viewer may see."""
    issued = _everything(snapshot, viewer).get(number)
    if issued is None or is_cut not in {None, issued.is_cut} or not _is_visible(issued, viewer):
        return None
    return issued


def is_published(snapshot: Snapshot, number: int, *, is_cut: bool | None = None) -> bool:
    """Whether there is a publication of this number, seen or not."""
    return any(one.event.number == number and is_cut in {None, one.is_cut} for one in recorded_publications(snapshot))


def is_anything_published(snapshot: Snapshot) -> bool:
    """Whether there is any publication, seen or not."""
    return bool(recorded_publications(snapshot))


def published_figures(snapshot: Snapshot, viewer: Viewer, number: int) -> list[FigureResult]:
    """The figures of a publication that the viewer may see, whole as they were published; of others none."""
    if publication(snapshot, viewer, number) is None:
        return []
    if viewer.is_public:
        return [
            public_figure(figure)
            for one in public_publications(snapshot)
            if one.publication.event.number == number
            for figure in one.figures
        ]
    recorded = on_record.numbered(recorded_publications(snapshot), number)
    return [_figure_of_record(figure.document) for figure in recorded.figures]


@snapshot_cache()
def recorded_publications(snapshot: Snapshot) -> Sequence[Publication]:
    """Everything that was ever published, as it was recorded: for queries, which show what a viewer may see of it."""
    return on_record.publications(snapshot.connection, snapshot.mapper)


def _everything(snapshot: Snapshot, viewer: Viewer) -> Mapping[int, PublicationResult]:
    """What was published by its number, the oldest first; of all agencies."""
    return _public_results(snapshot) if viewer.is_public else _recorded_results(snapshot)


@snapshot_cache()
def _public_results(snapshot: Snapshot) -> Mapping[int, PublicationResult]:
    return _numbered(_public_result(snapshot, one) for one in public_publications(snapshot))


@snapshot_cache()
def _recorded_results(snapshot: Snapshot) -> Mapping[int, PublicationResult]:
    return _numbered(map(publication_result, recorded_publications(snapshot)))


def _numbered(results: Iterable[PublicationResult]) -> Mapping[int, PublicationResult]:
    return {result.number: result for result in results}


def _is_visible(publication: PublicationResult, viewer: Viewer) -> bool:
    """Whether a publication is the viewer's own, or of a sum over all agencies."""
    return publication.is_cut or viewer.may_ask_for(publication.figures[0].slice)


def publication_result(publication: Publication) -> PublicationResult:
    """PUBLICATION of the JSON reference: its document by the hash alone."""
    event, recorded = publication.event, publication.recorded
    return PublicationResult(
        *_heading(publication),
        [_in_short(figure.document) for figure in publication.figures],
        in_short(publication.entered),
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        recorded.position,
        event.actor,
        event.role,
        sha256(event.document.encode()).hexdigest(),
    )


def _public_result(snapshot: Snapshot, public: PublicPublication) -> PublicationResult:
    publication = public.publication
    figures = [_in_short(figure.document) for figure in public.figures]
    entered = public_in_short(snapshot, publication.event.number)
    return PublicationResult(*_heading(publication), figures, entered, publication.event.occurred_on)


def _heading(publication: Publication) -> tuple[int, Literal["cut", "figure"], str, StandpointResult]:
    kind: Literal["cut", "figure"] = "cut" if publication.is_cut else "figure"
    return publication.event.number, kind, publication.title, standpoint_result(publication.standpoint)


def _in_short(document: Document) -> PublishedFigure:
    names = ("measure", "definition", "slice", "numerator", "denominator", "percentage", "status")
    measure, definition, slice_, *numbers = (document[name] for name in names)
    return PublishedFigure(measure, definition, Slice(**slice_), *numbers)


def standpoint_of_cut(snapshot: Snapshot, name: str) -> tuple[date, date | int]:
    """The day that a cut's name stands for, and up to when it knew: the position, if more came on the same day."""
    cut = on_record.cut_named(snapshot.connection, snapshot.mapper, name).standpoint
    known_at = cut.known_at
    if known_at is None or snapshot.standpoint(cut.as_of, known_at) != cut:
        return cut.as_of, cut.position
    return cut.as_of, known_at


class RestatedFigure(Result, frozen=True):
    """A published figure that is another by now, or was changed."""

    number: int
    title: str
    published: FigureResult
    before: FigureResult | None
    after: FigureResult


class RestatedResult(Result, frozen=True):
    """The published figures that are others as known now; of those `entered` by hand, by all that was entered."""

    changed: list[RestatedFigure]
    entered: list[RestatedEntered]


def restated(snapshot: Snapshot, viewer: Viewer) -> RestatedResult:
    """Which published figures are others as known now."""
    changed = list(map(_restated, restated_figures(snapshot, viewer)))
    return RestatedResult(changed, entered_restated(snapshot, viewer))


def entered_restated(snapshot: Snapshot, viewer: Viewer) -> list[RestatedEntered]:
    """Which published figures that were entered by hand are others by now."""
    return restated_entered(snapshot, viewer, recorded_publications(snapshot))


def entered_as_known_now(
    snapshot: Snapshot, viewer: Viewer, number: int
) -> list[tuple[PublishedEntered, PublishedEntered]]:
    """The entered figures of a publication beside the same periods by all that was entered since."""
    return published_and_now(snapshot, viewer, on_record.numbered(recorded_publications(snapshot), number))


def restated_figures(snapshot: Snapshot, viewer: Viewer) -> Sequence[Restated]:
    """The same for people, with what was published."""
    return viewer.redacted(_all_restated(snapshot), _restatements)


# Each published figure is worked out anew.
@snapshot_cache()
def _all_restated(snapshot: Snapshot) -> Sequence[Restated]:
    return restating.restated(snapshot.connection, snapshot.mapper, _stored(snapshot))


def as_known_now(snapshot: Snapshot, viewer: Viewer, number: int) -> Sequence[Restated]:
    """The figures of a publication beside what they are as known now, also those that are the same."""
    publication = on_record.numbered(recorded_publications(snapshot), number)
    now_known = snapshot.standpoint(publication.standpoint.as_of)
    figures = []
    for published in publication.figures:
        version = definition_named(published.document["definition"])
        (figure,) = snapshot.figures([published.measure], now_known, published.slice, version)
        figures.append(Restated(published, None, figure))
    return viewer.redacted(figures, _restatements)


def _stored(snapshot: Snapshot) -> StandingsEngine | None:
    return snapshot.loaded.engine if snapshot.loaded else None


class ChangingSubmission(Result, frozen=True):
    """Which submission it was."""

    position: int
    received_on: date | None


class ChangedResult(Result, frozen=True):
    """What a submission, or one event of it, changed of what was published."""

    submission: ChangingSubmission
    event: int | None
    changed: list[RestatedFigure]


def changed(snapshot: Snapshot, viewer: Viewer, position: int) -> ChangedResult:
    """Which published figures the submission at a position of the log changed, or the event there inside one."""
    changes = changed_figures(snapshot, viewer, position)
    submission = ChangingSubmission(changes.submission.position, changes.submission.known_at)
    event = changes.event.position if changes.event else None
    return ChangedResult(submission, event, list(map(_restated, changes.figures)))


def changed_figures(snapshot: Snapshot, viewer: Viewer, position: int) -> FigureChanged:
    """The same for people, with what was published."""
    return viewer.redacted(_changed_by(snapshot, position), _redacted_changes)


@snapshot_cache()
def _changed_by(snapshot: Snapshot, position: int) -> FigureChanged:
    return restating.changed_by(snapshot.connection, snapshot.mapper, position, _stored(snapshot))


def _restated(figure: Restated) -> RestatedFigure:
    publication = figure.on_record.publication
    return RestatedFigure(
        publication.event.number,
        publication.title,
        _figure_of_record(figure.on_record.document),
        figure_result(figure.before) if figure.before else None,
        figure_result(figure.after),
    )


def _figure_of_record(document: Document) -> FigureResult:
    return msgspec.convert(document, FigureResult)


def _redacted_changes(changes: FigureChanged, own: Own) -> FigureChanged:
    return replace(changes, figures=_restatements(changes.figures, own))


def _restatements(figures: Iterable[Restated], own: Own) -> list[Restated]:
    """The published figures of one's own agencies and of sums over all, whose coverage names nobody else."""
    return [
        _restatement(one, own) for one in figures if one.after.slice.agency is None or one.after.slice.agency in own
    ]


def _restatement(figure: Restated, own: Own) -> Restated:
    document: dict[str, Any] = dict(figure.on_record.document)
    document["coverage"] = {
        name: [agency for agency in agencies if agency in own] for name, agencies in document["coverage"].items()
    }
    return Restated(
        replace(figure.on_record, document=document),
        figure.before and redaction.redacted_figure(figure.before, own),
        redaction.redacted_figure(figure.after, own),
    )
