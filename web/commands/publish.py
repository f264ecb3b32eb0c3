"""Publishing: a certificate of one figure, or a scorecard frozen under a name, under the writer's lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from domain.definition import Definition
from domain.errors import WrongUse
from domain.measures.registry import MEASURES, Measure
from domain.register import Recording
from domain.standpoint import Standpoint
from projections.publication import publish as issuing
from projections.publication import published as on_record
from projections.standings.slices import Slice
from web.clock import now, today
from web.queries.parameters import EVERYBODY, Document, KnownAt
from web.queries.publications import PublishedResult, is_of
from web.schemas.figure import figure_document
from web.services import Services
from web.snapshot import NOTICE, Snapshot


@dataclass(frozen=True, slots=True)
class PublishFigure:
    """The figure to certify, as of a standpoint or, in its place, from that of the scorecard named `cut`."""

    measure: Measure
    as_of: date | None = None
    known_at: KnownAt = None
    cut: str | None = None
    slice_: Slice = EVERYBODY
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class PublishCut:
    """The scorecard of everybody to freeze under a name, by the definitions in force."""

    name: str
    as_of: date
    known_at: KnownAt = None


@contextmanager
def publishing(services: Services, actor: str, role: str) -> Iterator["Publisher"]:
    """The writer's lock: what is signed is what is known while nobody else writes. Stored once it is left."""
    with services.register.recording() as recording:
        yield Publisher(services, recording, issuing.Issue(now(), today(), actor, role))


@dataclass(frozen=True)
class Publisher:
    """Who publishes, holding the writer's lock."""

    services: Services
    recording: Recording
    issue: issuing.Issue
    snapshot: Snapshot = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "snapshot", Snapshot.of(self.recording.connection, self.services.mapper))

    def figure(self, request: PublishFigure) -> PublishedResult:
        """Certify a figure."""
        standpoint = self._standpoint(request)
        figure, members = self.snapshot.standings(request.measure, standpoint, request.slice_, request.definition)
        document = figure_document(figure)
        publication = issuing.publish_figure(
            self.recording, self.services.signer, figure, members, document, self.issue, self._notice
        )
        return PublishedResult(publication)

    def figure_once(self, request: PublishFigure) -> PublishedResult:
        """Certify a figure, unless the same person did so on this day: a form that was sent twice is signed once."""
        standpoint = self._standpoint(request)
        for one in reversed(on_record.publications(self.snapshot.connection, self.snapshot.mapper)):
            by_now = (one.event.occurred_on, one.event.actor) == (self.issue.on, self.issue.actor)
            if by_now and is_of(one, request.measure, standpoint, request.slice_):
                return PublishedResult(one)
        return self.figure(request)

    def cut(self, request: PublishCut) -> PublishedResult:
        """Freeze a scorecard."""
        figures = self.snapshot.figures(MEASURES, self.snapshot.standpoint(request.as_of, request.known_at), Slice())
        publication = issuing.publish_cut(
            self.recording,
            self.services.signer,
            request.name,
            figures,
            [figure_document(figure) for figure in figures],
            self.issue,
            self._notice,
        )
        return PublishedResult(publication)

    def _standpoint(self, request: PublishFigure) -> Standpoint:
        if request.cut is not None:
            return on_record.cut_named(self.snapshot.connection, self.snapshot.mapper, request.cut).standpoint
        if request.as_of is None:
            raise WrongUse("Give the figure's day, or the name of the scorecard that it is seen from.")
        return self.snapshot.standpoint(request.as_of, request.known_at)

    @property
    def _notice(self) -> Document:
        return {"notice": NOTICE} if self.snapshot.is_demonstration else {}
