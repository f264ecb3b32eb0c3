"""What was published: certificates, frozen scorecards, what of them is another figure by now, and the proofs."""

from typing import Final

from flask import Response, url_for
from marshmallow import fields, validate

from domain.contract_life.publication import LONGEST_NAME
from domain.measures.registry import measure_named
from projections.privacy import redaction
from projections.publication.published import Publication
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.access import question_noted
from web.auth.roles import Reach, Right
from web.auth.viewer import EVERYTHING, Viewer
from web.commands.publish import PublishCut, PublishFigure, publishing
from web.parameters import Given
from web.problems import not_here
from web.queries import public, publications, submissions
from web.queries.parameters import client_numbered, version_named
from web.schemas import described

from . import responses
from .blueprint import JSON, ApiBlueprint
from .figures import public_record

blueprint = ApiBlueprint(
    "publications", __name__, url_prefix=PREFIX, description="Figures on record, and their proofs."
)

PEM: Final = "application/x-pem-file"


class PublishedParameters(parameters.Asks):
    """Which publications: all, a page at a time, or those that are another figure as known now."""

    limit = parameters.limit_field(parameters.LONGEST_LIST)
    after = parameters.after_field()


@blueprint.query("/published", Right.PUBLISHED, described.PublishedAnswer, asks=PublishedParameters, paged=True)
def published(given: Given) -> Response:
    """Everything that was ever published, the oldest first."""
    return _list(given, [True, False])


@blueprint.query("/cuts", Right.PUBLISHED, described.PublishedAnswer, asks=PublishedParameters, paged=True)
def cuts(given: Given) -> Response:
    """The scorecards that were frozen under a name, the oldest first."""
    return _list(given, [True])


@blueprint.query("/certificates", Right.PUBLISHED, described.PublishedAnswer, asks=PublishedParameters, paged=True)
def certificates(given: Given) -> Response:
    """The figures that were certified, the oldest first."""
    return _list(given, [False])


def _list(given: Given, kinds: list[bool]) -> Response:
    who, after = guard.viewer(Right.PUBLISHED), given["after"]
    if who.reach is Reach.PUBLISHED:
        return _public_list(given, kinds, who, after)
    everything = [
        one
        for one in publications.publications(guard.snapshot()).publications
        if one.event.number > after and one.is_cut in kinds and publications.is_visible(one, who)
    ]
    page = everything[: given["limit"]]
    headers = responses.next_page(after=page[-1].event.number) if len(page) < len(everything) else {}
    return responses.answered(publications.PublicationsResult(page).document(), who, headers=headers)


def _public_list(given: Given, kinds: list[bool], who: Viewer, after: int) -> Response:
    everything = [
        public.publication_document(one)
        for one in public_record().publications(guard.snapshot())
        if one.publication.event.number > after and one.publication.is_cut in kinds
    ]
    page = everything[: given["limit"]]
    headers = responses.next_page(after=page[-1]["number"]) if len(page) < len(everything) else {}
    return responses.answered({"published": page}, who, headers=headers)


@blueprint.query("/certificates/<int:number>", Right.PUBLISHED, described.CertificateAnswer, tagged=True, errors=(404,))
def certificate(number: int) -> Response:
    """The signed document of a figure, to the byte."""
    return _signed(number, is_cut=False)


@blueprint.query("/cuts/<int:number>", Right.PUBLISHED, described.ScorecardAnswer, tagged=True, errors=(404,))
def cut(number: int) -> Response:
    """The signed document of a scorecard, to the byte."""
    return _signed(number, is_cut=True)


def _signed(number: int, *, is_cut: bool) -> Response:
    who = guard.viewer(Right.PUBLISHED)
    if who.reach is Reach.PUBLISHED:
        return _public_one(number, who, is_cut=is_cut)
    found = _one(number, who, is_cut=is_cut)
    kept = responses.Freshness(found.document()["sha256"], closed=True)
    return responses.unless_known(kept, lambda: responses.sent(found.text, JSON, who))


def _public_one(number: int, who: Viewer, *, is_cut: bool) -> Response:
    for one in public_record().publications(guard.snapshot()):
        if one.publication.event.number == number and one.publication.is_cut == is_cut:
            return responses.answered(public.signed_document(one), who)
    raise not_here()


def _one(number: int, who: Viewer, *, is_cut: bool) -> publications.PublishedResult:
    """A publication, if whoever asks may see it.

    Raises:
        Problem: there is none, or it is somebody else's (404).
    """
    everything = publications.publications(guard.snapshot()).publications
    found = next((one for one in everything if one.event.number == number and one.is_cut == is_cut), None)
    if found is None:
        raise not_here()
    if not publications.is_visible(found, who):
        guard.refuse_as_not_there(guard.principal())
    return publications.PublishedResult(found)


class Looked(parameters.Asks):
    """One client, and why."""

    client = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"description": "The client's number, as the members of a figure show it."},
    )
    reason = parameters.reason_field()


@blueprint.endpoint(
    "POST",
    "/certificates/<int:number>/member-proof",
    Right.CLIENTS,
    described.MemberProofAnswer,
    asks=Looked,
    location="json",
    clients=True,
    errors=(404,),
)
def member_proof(given: Given, number: int) -> Response:
    """The proof that a client is in a certified figure; of nobody else."""
    found = _one(number, guard.viewer(Right.CLIENTS), is_cut=False)
    where = _slice(found.publication)
    measure = measure_named(found.publication.title)
    asked = question_noted(where, certificate=number, measure=measure.code)
    who = guard.viewer_of_clients(Right.CLIENTS, asked, where, measure=measure, reason=given["reason"])
    snapshot, client = guard.snapshot(), client_numbered(given["client"])
    if who.reach is Reach.OWN:
        own = redaction.own_clients(snapshot.connection, snapshot.generation, who.own)
        if client not in own:
            guard.refuse_as_not_there(guard.principal())
    return responses.sent(publications.member_proof(snapshot, number, client).text, JSON, who)


def _slice(publication: Publication) -> Slice:
    return publication.figures[0].slice


@blueprint.endpoint(
    "POST",
    "/certificates",
    Right.PUBLISH,
    described.PublicationAnswer,
    asks=parameters.MeasureParameters,
    location="json",
    status=201,
    errors=(404,),
)
def publish(given: Given) -> Response:
    """Certify a figure; a provider one of its own agencies'."""
    where = parameters.where_of(given)
    who = guard.viewer(Right.PUBLISH, where)
    if who.reach is Reach.OWN and where.agency is None:
        guard.refuse(guard.principal(), "agency-needed", "Publish a figure of one of your own agencies: give agency.")
    asked = PublishFigure(
        measure_named(given["measure"]),
        given["as_of"],
        given["known_at"],
        given["cut"],
        where,
        version_named(given["definition"]),
    )
    by = guard.principal()
    with publishing(guard.services(), by.name, by.role) as publisher:
        found = publisher.figure(asked)
    return _made(found, who, "publications.certificate")


class Frozen(parameters.Asks):
    """A scorecard to freeze under a name."""

    name = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_NAME),
        metadata={"description": "The name under which it is found, like Board 16 Aug 2017."},
    )
    as_of = parameters.DayField(required=True, description="The last day whose happenings are seen.")
    known_at = parameters.KnownAtField()


@blueprint.endpoint(
    "POST",
    "/cuts",
    Right.PUBLISH,
    described.PublicationAnswer,
    asks=Frozen,
    location="json",
    status=201,
    errors=(409,),
)
def freeze(given: Given) -> Response:
    """Freeze the scorecard of everybody under a name."""
    who = guard.viewer(Right.PUBLISH)
    by = guard.principal()
    if who.reach is Reach.OWN:
        guard.refuse(by, "right-missing", "A scorecard is of everybody: the commissioner freezes it.")
    with publishing(guard.services(), by.name, by.role) as publisher:
        found = publisher.cut(PublishCut(given["name"], given["as_of"], given["known_at"]))
    return _made(found, who, "publications.cut")


def _made(found: publications.PublishedResult, who: Viewer, endpoint: str) -> Response:
    document = found.document()
    return responses.answered(document, who, 201, {"Location": url_for(endpoint, number=document["number"])})


@blueprint.query("/restated", Right.PUBLISHED, described.RestatedAnswer, asks=parameters.Asks)
def restated(_given: Given) -> Response:
    """Which published figures are others as known now."""
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    return responses.answered(publications.restated(guard.snapshot(), who).document(), who)


class ChangedParameters(parameters.Asks):
    """A submission, or one event of it."""

    position = parameters.number_field("The position of the submission, or of an event of it.", 1, required=True)


@blueprint.query("/changed", Right.PUBLISHED, described.ChangedAnswer, asks=ChangedParameters, errors=(404,))
def changed(given: Given) -> Response:
    """Which published figures a submission, or one event of it, changed."""
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    snapshot = guard.snapshot()
    if who.reach is Reach.OWN and not submissions.brought_by(snapshot, given["position"], who):
        guard.refuse_as_not_there(guard.principal())
    return responses.answered(publications.changed(snapshot, who, given["position"]).document(), who)


class HeadParameters(parameters.Asks):
    """Since when."""

    since = parameters.number_field(
        "The size of an earlier head: the proof that it begins this one.", 1, load_default=None, data_key="from"
    )


@blueprint.query("/head", Right.PUBLISHED, described.HeadAnswer, asks=HeadParameters)
def head(given: Given) -> Response:
    """The newest signed head of the log, with the proof that an earlier one begins it."""
    who = guard.viewer(Right.PUBLISHED)
    return responses.sent(publications.head(guard.snapshot(), given["since"]).text, JSON, who)


@blueprint.endpoint("GET", "/public-key", Right.DEFINITIONS, {"type": "string"}, media=(PEM,), asks=parameters.Asks)
def public_key(_given: Given) -> Response:
    """The public key with which certificates and heads are checked, PEM."""
    return responses.sent(guard.services().signer.public_pem, PEM, EVERYTHING)
