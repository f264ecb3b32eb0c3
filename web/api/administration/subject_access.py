"""A person's own data. Who it is stands in the body of the request, never in an address, and is stored nowhere."""

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.codes import SEXES
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.rate_limits import limit_subject_access
from web.auth.roles import Right
from web.clock import today
from web.parameters import Given
from web.queries.administration import subject_access as queries
from web.queries.administration.subject_access import Subject, SubjectAccessQuery
from web.queries.administration.subject_result import SubjectAccessResult

blueprint = ApiBlueprint(
    "subject-access", __name__, url_prefix=PREFIX, description="A person's own data, on lawful request."
)


class IdentityRequest(parameters.Asks):
    """Who asks, by what the national files know a person by."""

    first_initial = fields.String(required=True, validate=validate.Length(1, 1))
    surname_initial = fields.String(required=True, validate=validate.Length(1, 1))
    born_on = parameters.DayField(description="The date of birth.", required=True)
    sex = fields.String(required=True, validate=validate.OneOf(SEXES))


class ReferenceRequest(parameters.Asks):
    """Who asks, as an agency refers to them; without an EPISODID all of the CLIENT's episodes must be one person's."""

    agency = fields.String(required=True, validate=parameters.Whole(parameters.CODE))
    client_reference = fields.String(required=True, validate=validate.Length(1, 200))
    episode_reference = fields.String(load_default=None, validate=validate.Length(1, 200))


class SubjectAccessRequest(parameters.Asks):
    """Who asks, and the case number of the request."""

    identity = fields.Nested(IdentityRequest, load_default=None)
    reference = fields.Nested(ReferenceRequest, load_default=None)
    reason = parameters.reason_field()

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("identity") is None) == (data.get("reference") is None):
            raise ValidationError("Give an identity or a reference.", "identity")


@blueprint.endpoint(
    "POST",
    "/subject-access",
    Right.SUBJECT_ACCESS,
    SubjectAccessResult,
    asks=SubjectAccessRequest,
    location="json",
    clients=True,
    errors=(422, 429),
)
@limit_subject_access
def subject_access(args: Given) -> Response:
    """All that is held about one person, and about nobody else."""
    subject = _subject(args)
    who = guard.viewer_of_clients(Right.SUBJECT_ACCESS, {"by": subject.by}, reason=args["reason"])
    result = queries.subject_access(guard.snapshot(), who, SubjectAccessQuery(subject, today()))
    return responses.answered(result, who)


def _subject(args: Given) -> Subject:
    key = guard.services().client_key
    if (identity := args["identity"]) is not None:
        initials = identity["first_initial"] + identity["surname_initial"]
        return queries.subject_by_identity(key, initials, identity["born_on"], identity["sex"])
    return queries.subject_by_reference(key, **args["reference"])
