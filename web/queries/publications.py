"""What was published, what of it is another figure by now, and the proofs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from domain.definition import definition_in_force, definition_named
from domain.errors import LogCorrupt, Refused, WrongUse
from domain.log.heads import head_at, log_tree, newest_head
from domain.measures.registry import Measure
from domain.proof.inclusion import consistency
from domain.standpoint import Standpoint
from projections.privacy import redaction
from projections.publication import certificate
from projections.publication import publish as issuing
from projections.publication import published as on_record
from projections.publication import restated as restating
from projections.publication.published import Publication
from projections.publication.restated import Restated
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.schemas import publications as documents
from web.snapshot import Snapshot

from .parameters import Document


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """One publication; its document, as it was signed, is that of its event."""

    publication: Publication

    @property
    def text(self) -> str:
        """The signed document, to the byte."""
        return str(self.publication.event.document)

    def document(self) -> Document:
        """PUBLICATION of the JSON reference."""
        return documents.publication(self.publication)


def is_of(publication: Publication, measure: Measure, standpoint: Standpoint, slice_: Slice) -> bool:
    """Whether a publication is a certificate of this figure, by the definition in force."""
    if publication.is_cut or publication.standpoint != standpoint:
        return False
    figure = publication.figures[0]
    version = definition_in_force(standpoint.as_of).version
    return (figure.measure, figure.slice, figure.document["definition"]) == (measure, slice_, version)


def standpoint_of_cut(snapshot: Snapshot, name: str) -> tuple[date, date | int]:
    """The day that a cut's name stands for, and up to when it knew: the position, if more came on the same day."""
    cut = on_record.cut_named(snapshot.connection, snapshot.mapper, name).standpoint
    known_at = cut.known_at
    if known_at is None or snapshot.standpoint(cut.as_of, known_at) != cut:
        return cut.as_of, cut.position
    return cut.as_of, known_at


@dataclass(frozen=True, slots=True)
class PublicationsResult:
    """Everything that was ever published, the oldest first."""

    publications: Sequence[Publication]

    def document(self) -> Document:
        """PUBLISHED of the JSON reference."""
        return {"published": [documents.publication(one) for one in self.publications]}


def publications(snapshot: Snapshot) -> PublicationsResult:
    """Everything that was ever published; the log is searched for it once a snapshot."""
    return snapshot.kept(
        "publications", lambda: PublicationsResult(on_record.publications(snapshot.connection, snapshot.mapper))
    )


def publication(snapshot: Snapshot, number: int) -> PublishedResult:
    """One publication by its number. Raises as `publication_numbered`."""
    return PublishedResult(on_record.publication_numbered(snapshot.connection, snapshot.mapper, number))


@dataclass(frozen=True, slots=True)
class RestatedResult:
    """The published figures that are others as known now."""

    figures: Sequence[restating.Restated]

    def document(self) -> Document:
        """The changed ones of the JSON reference's PUBLISHED."""
        return documents.restated(self.figures)


def restated(snapshot: Snapshot, viewer: Viewer) -> RestatedResult:
    """Which published figures are others as known now; each is asked again once a snapshot."""
    return viewer.redacted(
        snapshot.kept(
            "restated",
            lambda: RestatedResult(restating.restated(snapshot.connection, snapshot.mapper, _stored(snapshot))),
        ),
        _redacted_restated,
    )


def as_known_now(snapshot: Snapshot, viewer: Viewer, publication: Publication) -> RestatedResult:
    """The figures of a publication beside what they are as known now, also those that are the same."""
    now_known = snapshot.standpoint(publication.standpoint.as_of)
    figures = []
    for published in publication.figures:
        version = definition_named(published.document["definition"])
        (figure,) = snapshot.figures([published.measure], now_known, published.slice, version)
        figures.append(Restated(published, None, figure))
    return viewer.redacted(RestatedResult(figures), _redacted_restated)


def is_visible(publication: Publication, viewer: Viewer) -> bool:
    """Whether a publication is the viewer's own, or of a sum over all agencies."""
    return publication.is_cut or viewer.may_ask_for(publication.figures[0].slice)


def _stored(snapshot: Snapshot) -> StandingsEngine | None:
    return snapshot.loaded.engine if snapshot.loaded else None


@dataclass(frozen=True, slots=True)
class ChangedResult:
    """The published figures that a submission, or one event of it, changed."""

    changed: restating.FigureChanged

    def document(self) -> Document:
        """CHANGED of the JSON reference."""
        return documents.changed(self.changed)


def changed(snapshot: Snapshot, viewer: Viewer, position: int) -> ChangedResult:
    """Which published figures the submission at a position of the log changed, or the event there inside one."""
    return viewer.redacted(
        snapshot.kept(
            ("changed", position),
            lambda: ChangedResult(
                restating.changed_by(snapshot.connection, snapshot.mapper, position, _stored(snapshot))
            ),
        ),
        _redacted_changed,
    )


@dataclass(frozen=True, slots=True)
class MemberProofResult:
    """A document that another party checks by itself: a head with its proof, or a client's place in a figure."""

    proof: certificate.Document

    def document(self) -> Document:
        """The document."""
        return self.proof

    @property
    def text(self) -> str:
        """The document as it is handed out, to the byte."""
        return certificate.json_text(self.proof)


def head(snapshot: Snapshot, since: int | None = None) -> MemberProofResult:
    """The newest signed head, with the proof that the log of `since` events begins it.

    Raises:
        Refused: nothing is in the log yet.
        WrongUse: the log is not as long as `since`, or was never signed there.
    """
    connection = snapshot.connection
    newest = newest_head(connection)
    if newest is None:
        raise Refused("nothing-known", "Nothing is in the log yet, so there is no head.")
    path: list[bytes] = []
    if since is not None:
        if since > newest.head.size:
            raise WrongUse(f"The log has {newest.head.size} events; there is no proof from {since}.")
        _check_signed(connection, since)
        path = consistency(log_tree(connection), since, newest.head.size)
    return MemberProofResult(certificate.later_head(newest, since, path))


def _check_signed(connection: sa.Connection, size: int) -> None:
    try:
        head_at(connection, size)
    except LogCorrupt:
        raise WrongUse(f"The log never ended after {size} events; there is no proof from there.") from None


def member_proof(snapshot: Snapshot, number: int, client: int) -> MemberProofResult:
    """The proof that a client is in a certified figure. Raises as `projections.publication.publish.member_proof`."""
    return MemberProofResult(issuing.member_proof(snapshot.connection, snapshot.mapper, number, client))


def _redacted_restated(answer: RestatedResult, own: Own) -> RestatedResult:
    return RestatedResult(_restatements(answer.figures, own))


def _redacted_changed(answer: ChangedResult, own: Own) -> ChangedResult:
    return ChangedResult(replace(answer.changed, figures=_restatements(answer.changed.figures, own)))


def _restatements(found: Iterable[Restated], own: Own) -> list[Restated]:
    """The published figures of one's own agencies and of sums over all, whose coverage names nobody else."""
    return [_restatement(one, own) for one in found if one.after.slice.agency is None or one.after.slice.agency in own]


def _restatement(found: Restated, own: Own) -> Restated:
    document: dict[str, Any] = dict(found.on_record.document)
    document["coverage"] = {name: [one for one in said if one in own] for name, said in document["coverage"].items()}
    return Restated(
        replace(found.on_record, document=document),
        found.before and redaction.redacted_figure(found.before, own),
        redaction.redacted_figure(found.after, own),
    )
