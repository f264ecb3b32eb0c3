"""How an endpoint of the API is declared: its right, its parameters, its documents, and the errors that it may give."""

from collections.abc import Callable, Collection, Sequence
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from web.auth.guard import needs
from web.auth.roles import Right
from web.queries.result import Result

from .json_bodies import JsonParser
from .openapi import Component, reference
from .repeated import repeated

View = TypeVar("View", bound=Callable[..., Any])

JSON: Final = "application/json"
CSV: Final = "text/csv"
FHIR: Final = "application/fhir+json"
MULTIPART: Final = "multipart/form-data"

ERRORS: Final = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 503: "SERVICE_UNAVAILABLE"}
"""What every endpoint may answer beside its document, all of one shape."""

_HEADERS: Final = {
    "Recount-Audience": {
        "description": "Who may read this: full, own (a provider's), or published.",
        "schema": {"type": "string", "enum": ["full", "own", "published"]},
    },
}
_TAG: Final = {"ETag": {"description": "Changes with what the answer depends on.", "schema": {"type": "string"}}}
_REASON: Final = {
    "in": "header",
    "name": "Recount-Reason",
    "required": False,
    "description": "Of a commissioner: why single clients are looked at, where no open dispute says so.",
    "schema": {"type": "string", "maxLength": 500},
}


class ApiBlueprint(Blueprint):
    """Endpoints that belong together, and the results that they give."""

    ARGUMENTS_PARSER: FlaskParser = JsonParser()

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.results: list[type[Result]] = []

    def register_views_in_doc(self, api: Any, *of_app: Any, **named: Any) -> None:
        """Describe the endpoints once somebody asks for the description."""
        api.describe_later(partial(super().register_views_in_doc, api, *of_app, **named))

    def endpoint(
        self,
        method: str,
        path: str,
        right: Right,
        answers: type[Result] | type[Schema] | Component,
        *,
        asks: type[Schema] | None = None,
        location: str = "query",
        status: int = 200,
        media: Sequence[str] = (JSON,),
        tagged: bool = False,
        paged: bool = False,
        clients: bool = False,
        errors: Collection[int] = (),
    ) -> Callable[[View], View]:
        """An endpoint that needs a right, takes `asks` and answers with `answers`, in the first of `media`.

        The right is looked at before anything that was sent. `tagged`: the answer follows from the log alone and has an
        ETag; a second request is answered with 304, or with the same bytes. `paged`: the header Link leads on.
        `clients`: single clients show in it.
        """

        def decorate(view: View) -> View:
            headers = _HEADERS | (_TAG if tagged else {}) | (_LINK if paged else {})
            more = {*errors, HTTPStatus.UNSUPPORTED_MEDIA_TYPE} if location in _BODIES else errors
            for code, name in sorted((ERRORS | _more(more)).items()):
                view = self.alt_response(code, name)(view)
            if tagged:
                view = self.alt_response(304, description="Not changed.", success=True)(view)
            first, *others = media
            for other in others:
                schema = _OTHER[other]
                view = self.alt_response(status, schema=schema, content_type=other, success=True, headers=headers)(view)
            view = self.response(status, self._described(answers), content_type=first, headers=headers)(view)
            if asks is not None:
                # One instance for all requests: making one takes longer than reading with it.
                said_of = asks()
                needed = any(field.required for field in said_of.fields.values())
                view = self.arguments(said_of, location=location, unknown=None, required=needed)(view)
                view = _of_kind(_BODIES[location])(view) if location in _BODIES else view
            if clients:
                # Beside the parameters that are read: the header is looked at where it is known who asks.
                said: dict[str, Any] = vars(view)["_apidoc"]
                said["arguments"]["parameters"].append(dict(_REASON))
            view = repeated(view) if tagged else view
            view = needs(right)(view)
            declared: View = self.route(path, methods=[method])(view)
            return declared

        return decorate

    def query(
        self, path: str, right: Right, answers: type[Result] | type[Schema], **kwargs: Any
    ) -> Callable[[View], View]:
        """An endpoint that only reads."""
        return self.endpoint("GET", path, right, answers, **kwargs)

    def _described(self, answers: type[Result] | type[Schema] | Component) -> type[Schema] | Component:
        if isinstance(answers, dict) or not issubclass(answers, Result):
            return answers
        self.results.append(answers)
        return reference(answers)


_LINK: Final = {"Link": {"description": 'The next page, rel="next".', "schema": {"type": "string"}}}
_OTHER: Final[dict[str, dict[str, Any]]] = {CSV: {"type": "string"}, FHIR: {"type": "object"}}


_BODIES: Final = {"json": JSON, "files": MULTIPART}
"""What is sent in a body, by where its parts are looked for."""


def _of_kind(media: str) -> Callable[[View], View]:
    """What was sent must be of the kind that is read (415): of another, all would seem to be missing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            sent = request.content_length or "Transfer-Encoding" in request.headers
            if sent and request.mimetype != media:
                raise UnsupportedMediaType
            return view(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorate


def _more(codes: Collection[int]) -> dict[int, str]:
    return {code: HTTPStatus(code).name for code in codes}
