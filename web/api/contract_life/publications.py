"""What was published: certificates, frozen scorecards, what of them is another figure by now, and the proofs."""

from typing import Final

import msgspec
from flask import Response, url_for
from marshmallow import fields, validate

from domain.contract_life.publication import LONGEST_NAME
from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import JSON, ApiBlueprint
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.trail.access import question_noted
from web.auth.viewer import EVERYTHING, Viewer
from web.commands.contract_life.publish import PublishCut, PublishFigure, SignedPublication, publishing
from web.parameters import Given
from web.queries.contract_life import proofs
from web.queries.contract_life import publications as queries
from web.queries.parameters import client_numbered, version_named
from web.queries.records import submissions

blueprint = ApiBlueprint(
    "publications", __name__, url_prefix=PREFIX, description="Figures on record, and their proofs."
)

PEM: Final = "application/x-pem-file"


class PublishedParameters(parameters.Asks):
    """Which publications: all, a page at a time, or those that are another figure as known now."""

    limit = parameters.limit_field(parameters.LONGEST_LIST)
    after = parameters.after_field()


@blueprint.query("/published", Right.PUBLISHED, queries.PublicationsResult, asks=PublishedParameters, paged=True)
def published(args: Given) -> Response:
    """Everything that was ever published, the oldest first."""
    return _list(args)


@blueprint.query("/cuts", Right.PUBLISHED, queries.PublicationsResult, asks=PublishedParameters, paged=True)
def cuts(args: Given) -> Response:
    """The scorecards that were frozen under a name, the oldest first."""
    return _list(args, is_cut=True)


@blueprint.query("/certificates", Right.PUBLISHED, queries.PublicationsResult, asks=PublishedParameters, paged=True)
def certificates(args: Given) -> Response:
    """The figures that were certified, the oldest first."""
    return _list(args, is_cut=False)


def _list(args: Given, *, is_cut: bool | None = None) -> Response:
    who, limit = guard.viewer(Right.PUBLISHED), args["limit"]
    # One more than the page has tells whether there is another page.
    query = queries.PublicationsQuery(is_cut, args["after"], limit + 1)
    published = queries.publications(guard.snapshot(), who, query).published
    page = published[:limit]
    headers = responses.next_page(after=page[-1].number) if len(page) < len(published) else {}
    return responses.answered(queries.PublicationsResult(page), who, headers=headers)


@blueprint.query("/certificates/<int:number>", Right.PUBLISHED, proofs.CertificateResult, tagged=True, errors=(404,))
def certificate(number: int) -> Response:
    """The signed document of a figure, to the byte."""
    return _signed(number, is_cut=False)


@blueprint.query("/cuts/<int:number>", Right.PUBLISHED, proofs.CutResult, tagged=True, errors=(404,))
def cut(number: int) -> Response:
    """The signed document of a scorecard, to the byte."""
    return _signed(number, is_cut=True)


def _signed(number: int, *, is_cut: bool) -> Response:
    who, snapshot = guard.viewer(Right.PUBLISHED), guard.snapshot()
    publication = _one(number, who, is_cut=is_cut)
    if publication.sha256 is msgspec.UNSET:
        return responses.answered(proofs.unsigned(snapshot, who, number), who)
    freshness = responses.Freshness((publication.sha256,), is_fixed=True)
    return responses.unless_known(
        freshness, lambda: responses.sent(proofs.signed_text(snapshot, who, number), JSON, who)
    )


def _one(number: int, who: Viewer, *, is_cut: bool) -> queries.PublicationResult:
    """A publication, if whoever asks may see it.

    Raises:
        Problem: there is none, or it is somebody else's (404).
    """
    publication = queries.publication(guard.snapshot(), who, number, is_cut=is_cut)
    if publication is None:
        if queries.is_published(guard.snapshot(), number, is_cut=is_cut):
            guard.refuse_as_not_there(guard.principal())
        guard.refuse_as_missing()
    return publication


class MemberProofRequest(parameters.Asks):
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
    proofs.MemberProofResult,
    asks=MemberProofRequest,
    location="json",
    clients=True,
    errors=(404,),
)
def member_proof(args: Given, number: int) -> Response:
    """The proof that a client is in a certified figure; of nobody else."""
    publication = _one(number, guard.viewer(Right.CLIENTS), is_cut=False)
    [figure] = publication.figures
    question = question_noted(figure.slice, certificate=number, measure=figure.code)
    who = guard.viewer_of_clients(Right.CLIENTS, question, figure.slice, measure=figure.measure, reason=args["reason"])
    proof = proofs.member_proof(guard.snapshot(), who, number, client_numbered(args["client"]))
    if proof is None:
        guard.refuse_as_not_there(guard.principal())
    return responses.sent(proof.text, JSON, who)


@blueprint.endpoint(
    "POST",
    "/certificates",
    Right.PUBLISH,
    queries.PublicationResult,
    asks=parameters.MeasureParameters,
    location="json",
    status=201,
    errors=(404,),
)
def publish(args: Given) -> Response:
    """Certify a figure; a provider one of its own agencies'."""
    slice_ = parameters.where_of(guard.snapshot(), args)
    who = guard.viewer(Right.PUBLISH, slice_)
    if who.reach is Reach.OWN and slice_.agency is None:
        guard.refuse(guard.principal(), "agency-needed", "Publish a figure of one of your own agencies: give agency.")
    request = PublishFigure(
        measure_named(args["measure"]),
        args["as_of"],
        args["known_at"],
        args["cut"],
        slice_,
        version_named(args["definition"]),
    )
    by = guard.principal()
    with publishing(guard.services(), by.name, by.role) as publisher:
        signed = publisher.figure(request)
    return _made(signed, who, "publications.certificate")


class CutRequest(parameters.Asks):
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
    queries.PublicationResult,
    asks=CutRequest,
    location="json",
    status=201,
    errors=(409,),
)
def freeze(args: Given) -> Response:
    """Freeze the scorecard of everybody under a name."""
    who = guard.viewer(Right.PUBLISH)
    by = guard.principal()
    if who.reach is Reach.OWN:
        guard.refuse(by, "right-missing", "A scorecard is of everybody: the commissioner freezes it.")
    with publishing(guard.services(), by.name, by.role) as publisher:
        signed = publisher.cut(PublishCut(args["name"], args["as_of"], args["known_at"]))
    return _made(signed, who, "publications.cut")


def _made(signed: SignedPublication, who: Viewer, endpoint: str) -> Response:
    publication = signed.publication
    return responses.answered(publication, who, 201, {"Location": url_for(endpoint, number=publication.number)})


@blueprint.query("/restated", Right.PUBLISHED, queries.RestatedResult, asks=parameters.Asks)
def restated(_given: Given) -> Response:
    """Which published figures are others as known now."""
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    return responses.answered(queries.restated(guard.snapshot(), who), who)


class ChangedParameters(parameters.Asks):
    """A submission, or one event of it."""

    position = parameters.number_field("The position of the submission, or of an event of it.", 1, required=True)


@blueprint.query("/changed", Right.PUBLISHED, queries.ChangedResult, asks=ChangedParameters, errors=(404,))
def changed(args: Given) -> Response:
    """Which published figures a submission, or one event of it, changed."""
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    snapshot = guard.snapshot()
    if who.reach is Reach.OWN and not submissions.brought_by(snapshot, args["position"], who):
        guard.refuse_as_not_there(guard.principal())
    return responses.answered(queries.changed(snapshot, who, args["position"]), who)


class HeadParameters(parameters.Asks):
    """Since when."""

    since = parameters.number_field(
        "The size of an earlier head: the proof that it begins this one.", 1, load_default=None, data_key="from"
    )


@blueprint.query("/head", Right.PUBLISHED, proofs.HeadResult, asks=HeadParameters)
def head(args: Given) -> Response:
    """The newest signed head of the log, with the proof that an earlier one begins it."""
    who = guard.viewer(Right.PUBLISHED)
    return responses.sent(proofs.head(guard.snapshot(), who, args["since"]).text, JSON, who)


@blueprint.endpoint("GET", "/public-key", Right.DEFINITIONS, {"type": "string"}, media=(PEM,), asks=parameters.Asks)
def public_key(_given: Given) -> Response:
    """The public key with which certificates and heads are checked, PEM."""
    return responses.sent(guard.services().signer.public_pem, PEM, EVERYTHING)
