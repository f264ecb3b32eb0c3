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
from projections.performance.entered_frozen import frozen_documents
from projections.publication import publish as issuing
from projections.publication import published as on_record
from projections.publication.published import Publication
from projections.standings.slices import Slice
from web.clock import now, today
from web.queries.agreement.entered import all_entered
from web.queries.contract_life.publications import PublicationResult, publication_result
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.figure import figure_result
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
    """The scorecard of everybody to freeze under a name, by the definitions in force, with what is entered by hand."""

    name: str
    as_of: date
    known_at: KnownAt = None


@dataclass(frozen=True, slots=True)
class SignedPublication:
    """What was published, with its document as it was signed, to the byte."""

    publication: PublicationResult
    text: str

    @classmethod
    def of(cls, recorded: Publication) -> "SignedPublication":
        """A publication that was just recorded, or before."""
        return cls(publication_result(recorded), recorded.event.document)


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

    def figure(self, request: PublishFigure) -> SignedPublication:
        """Certify a figure."""
        standpoint = self._standpoint(request)
        figure, members = self.snapshot.standings(request.measure, standpoint, request.slice_, request.definition)
        document = figure_result(figure).document()
        publication = issuing.publish_figure(
            self.recording, self.services.signer, figure, members, document, self.issue, self._notice
        )
        return SignedPublication.of(publication)

    def figure_once(self, request: PublishFigure) -> SignedPublication:
        """Certify a figure, unless the same person did so on this day: a form that was sent twice is signed once."""
        standpoint = self._standpoint(request)
        for one in reversed(on_record.publications(self.snapshot.connection, self.snapshot.mapper)):
            signed = SignedPublication.of(one)
            by_them_today = (one.event.occurred_on, one.event.actor) == (self.issue.on, self.issue.actor)
            if by_them_today and signed.publication.is_certificate_of(request.measure, standpoint, request.slice_):
                return signed
        return self.figure(request)

    def cut(self, request: PublishCut) -> SignedPublication:
        """Freeze a scorecard."""
        standpoint = self.snapshot.standpoint(request.as_of, request.known_at)
        figures = self.snapshot.figures(MEASURES, standpoint, Slice())
        publication = issuing.publish_cut(
            self.recording,
            self.services.signer,
            request.name,
            figures,
            [figure_result(figure).document() for figure in figures],
            self.issue,
            self._notice,
            frozen_documents(all_entered(self.snapshot), standpoint),
        )
        return SignedPublication.of(publication)

    def _standpoint(self, request: PublishFigure) -> Standpoint:
        if request.cut is not None:
            return on_record.cut_named(self.snapshot.connection, self.snapshot.mapper, request.cut).standpoint
        if request.as_of is None:
            raise WrongUse("Give the figure's day, or the name of the scorecard that it is seen from.")
        return self.snapshot.standpoint(request.as_of, request.known_at)

    @property
    def _notice(self) -> dict[str, str]:
        return {"notice": NOTICE} if self.snapshot.is_demonstration else {}
