"""What another party checks by itself: the signed documents, heads of the log, and a client's place in a figure.

The public gets no signed document: a signature is over the whole numbers.
"""

from datetime import date

import msgspec
import sqlalchemy as sa

from domain.errors import LogCorrupt, Refused, WrongUse
from domain.log.heads import head_at, log_tree, newest_head
from domain.proof.inclusion import consistency
from projections.privacy import redaction
from projections.publication import documents
from projections.publication import publish as issuing
from projections.publication import published as on_record
from projections.publication.certificate import DefinitionPart, MemberLeaf, MembersPart
from projections.publication.documents import Consistency, HeadPart, TrailHeadPart
from web.auth.trail.chain import newest_of_both
from web.auth.viewer import Viewer
from web.queries.performance.figure import FigureResult
from web.queries.result import Result
from web.snapshot import Snapshot

from .frozen_entered import FrozenEntered, public_in_full
from .publications import Moment, publication, published_figures, recorded_publications


class CertificateResult(Result, frozen=True, kw_only=True):
    """A signed figure; the public sees the figure alone, suppressed, since the signature is over the whole numbers."""

    certificate: str | msgspec.UnsetType = msgspec.UNSET
    number: int
    figure: FigureResult
    definition: DefinitionPart | msgspec.UnsetType = msgspec.UNSET
    members: MembersPart | msgspec.UnsetType = msgspec.UNSET
    head: HeadPart | msgspec.UnsetType = msgspec.UNSET
    issued_at: Moment | msgspec.UnsetType = msgspec.UNSET
    key: str | msgspec.UnsetType = msgspec.UNSET
    signature: str | msgspec.UnsetType = msgspec.UNSET


class CutResult(Result, frozen=True, kw_only=True):
    """A signed scorecard; the public sees its figures alone, suppressed."""

    scorecard: str | msgspec.UnsetType = msgspec.UNSET
    number: int
    name: str
    as_of: date
    known_at: date | None
    position: int
    figures: list[FigureResult]
    definitions: list[DefinitionPart] | msgspec.UnsetType = msgspec.UNSET
    entered: list[FrozenEntered] | msgspec.UnsetType = msgspec.UNSET
    head: HeadPart | msgspec.UnsetType = msgspec.UNSET
    issued_at: Moment | msgspec.UnsetType = msgspec.UNSET
    key: str | msgspec.UnsetType = msgspec.UNSET
    signature: str | msgspec.UnsetType = msgspec.UNSET


def signed_text(snapshot: Snapshot, viewer: Viewer, number: int) -> str:
    """The signed document of a publication, to the byte.

    Raises:
        WrongUse: there is no such publication.
        LookupError: it is not for this viewer.
    """
    recorded = on_record.numbered(recorded_publications(snapshot), number)
    if viewer.is_public or publication(snapshot, viewer, number) is None:
        raise LookupError(f"publication {number} is not for this viewer")
    return str(recorded.event.document)


def unsigned(snapshot: Snapshot, viewer: Viewer, number: int) -> CertificateResult | CutResult:
    """What a publication says, with nothing that was signed.

    Raises:
        LookupError: there is no publication of this number that the viewer may see.
    """
    issued = publication(snapshot, viewer, number)
    if issued is None:
        raise LookupError(f"publication {number} is not for this viewer")
    figures = published_figures(snapshot, viewer, number)
    if not issued.is_cut:
        return CertificateResult(number=number, figure=figures[0])
    at = issued.standpoint
    return CutResult(
        number=number,
        name=issued.title,
        as_of=at.as_of,
        known_at=at.known_at,
        position=at.position,
        figures=figures,
        entered=public_in_full(snapshot, number) or msgspec.UNSET,
    )


class HeadResult(Result, frozen=True):
    """The newest signed head of the log, with the proof that an earlier one begins it; bytes are in base64."""

    head: str
    size: int
    root: str
    recorded_at: str
    key: str
    signature: str
    consistency: Consistency | None
    trail: TrailHeadPart | msgspec.UnsetType = msgspec.UNSET

    @property
    def text(self) -> str:
        """The document as it is handed out, to the byte."""
        return documents.json_text(self.document())


def head(snapshot: Snapshot, viewer: Viewer, since: int | None = None) -> HeadResult:
    """The newest signed head, with the proof that the log of `since` events begins it.

    The public gets the one that was signed with the newest event, since from heads that were signed because somebody
    looked it would learn when.

    Raises:
        Refused: nothing is in the log yet.
        WrongUse: the log is not as long as `since`, or was never signed there.
    """
    connection = snapshot.connection
    newest = newest_head(connection) if viewer.is_public else newest_of_both(connection)
    if newest is None:
        raise Refused("nothing-known", "Nothing is in the log yet, so there is no head.")
    path: list[bytes] = []
    if since is not None:
        if since > newest.head.size:
            raise WrongUse(f"The log has {newest.head.size} events; there is no proof from {since}.")
        _check_signed(connection, since)
        path = consistency(log_tree(connection), since, newest.head.size)
    return msgspec.convert(documents.later_head(newest, since, path), HeadResult)


def _check_signed(connection: sa.Connection, size: int) -> None:
    try:
        head_at(connection, size)
    except LogCorrupt:
        raise WrongUse(f"The log never ended after {size} events; there is no proof from there.") from None


class MemberProofResult(Result, frozen=True):
    """That a client is among the members of a certified figure."""

    member: str
    certificate: int
    client: str
    leaves: list[MemberLeaf]

    @property
    def text(self) -> str:
        """The document as it is handed out, to the byte."""
        return documents.json_text(self.document())


def member_proof(snapshot: Snapshot, viewer: Viewer, number: int, client: int) -> MemberProofResult | None:
    """The proof that a client is in a certified figure; None where the client is not the viewer's own.

    Raises as `projections.publication.publish.member_proof`.
    """
    if viewer.is_public:
        raise LookupError("clients are not for the public")
    connection, generation = snapshot.connection, snapshot.generation
    if viewer.is_provider and client not in redaction.own_clients(connection, generation, viewer.own):
        return None
    proof = issuing.member_proof(connection, snapshot.mapper, number, client)
    return msgspec.convert(proof, MemberProofResult)
