"""The HTTP API below /api/v1/: the documents of the command line, under the same names, described by OpenAPI 3.1."""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from marshmallow import INCLUDE, Schema, fields

from web import problems
from web.auth.guard import open_to_all

from .blueprint import ApiBlueprint
from .openapi import components

VERSION = "v1"
PREFIX = f"/api/{VERSION}"


class PointerSchema(Schema):
    """A value that is not as it must be: a path to it, and what is wrong with it."""

    pointer = fields.String()
    detail = fields.String()


class ProblemSchema(Schema):
    """An error (RFC 9457); `code` is stable for programs, `detail` a sentence for people. What else a program may want
    to know, such as what was done before it, stands beside them.
    """

    class Meta:
        """An error may say more."""

        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(PointerSchema))


class ProblemApi(Api):
    """The API, whose errors are problem documents, also in its own description."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Callable[[], None]] = []
        self._describing = Lock()
        super().__init__(app)

    def describe_later(self, describe: Callable[[], None]) -> None:
        """Describe an endpoint when the description is first asked for: most processes never are, and it takes longer
        than to set up everything else.
        """
        self._undescribed.append(describe)

    def _openapi_json(self) -> Response:
        with self._describing:
            for describe in self._undescribed:
                describe()
            self._undescribed.clear()
        answer: Response = super()._openapi_json()
        return answer

    def _register_responses(self) -> None:
        usual: str = self.DEFAULT_RESPONSE_CONTENT_TYPE  # type: ignore[has-type]
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.PROBLEM
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = usual

    def handle_http_exception(self, error: Exception) -> Response:
        """The same answer as everywhere."""
        return problems.answer(error)


DESCRIPTION = "Any treatment KPI, for any date, as it was known on any date, with the reason for every change."
CONFIG: dict[str, Any] = {
    "API_TITLE": "Recount",
    "API_VERSION": VERSION,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": PREFIX,
    "OPENAPI_JSON_PATH": "openapi.json",
    "OPENAPI_SWAGGER_UI_PATH": "docs",
    "OPENAPI_SWAGGER_UI_URL": "/static/swagger-ui/",
    "API_SPEC_OPTIONS": {
        "info": {"description": DESCRIPTION},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    },
}


DESCRIBED = ("openapi_json", "openapi_swagger_ui")
"""What describes the API; it says nothing of any data."""


def register(app: Flask) -> None:
    """Put the API into the application."""
    for name, value in CONFIG.items():
        app.config.setdefault(name, value)
    api = ProblemApi(app)
    from .administration import accounts, subject_access, trail, verification
    from .agreement import (
        colour_rules,
        comparators,
        completions_needed,
        entered,
        handovers,
        hub_targets,
        retender,
        schedule,
    )
    from .contract_life import disputes, publications, targets  # noqa: F401  those of targets are in another's blueprint
    from .explain import claims, explanations, people
    from .improvement import (
        action_plans,
        calendar,
        case_file_audits,
        committee_reports,
        did_it_help,
        other_reports,
        performance_notices,
        return_reviews,
        to_do,
    )
    from .improvement import disputed as _steps_of_disputes  # noqa: F401  in the disputes' blueprint
    from .improvement.meetings import commentary, meetings
    from .performance import contribution, figures, measures, national, revisions, scorecards
    from .records import covered_days, manual, rekeys, submissions, worklists

    about_figures = (figures, scorecards, contribution, people, explanations, claims, worklists, revisions, national)
    about_records = (submissions, manual, rekeys, covered_days, trail, publications, disputes, verification)
    about_agreements = (
        colour_rules,
        comparators,
        completions_needed,
        entered,
        handovers,
        hub_targets,
        retender,
        schedule,
    )
    about_improvement = (
        case_file_audits,
        action_plans,
        calendar,
        commentary,
        committee_reports,
        did_it_help,
        meetings,
        other_reports,
        performance_notices,
        return_reviews,
        to_do,
    )
    data = (*about_figures, *about_records, *about_agreements, *about_improvement, subject_access)
    # Those in which single clients show stand in one blueprint.
    blueprints = list(dict.fromkeys(module.blueprint for module in (measures, *data, accounts)))
    api.describe_later(partial(_describe_results, api, blueprints))
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    for name in DESCRIBED:
        endpoint = f"api-docs.{name}"
        app.view_functions[endpoint] = open_to_all(app.view_functions[endpoint])


def _describe_results(api: Api, blueprints: list[ApiBlueprint]) -> None:
    for name, component in components(result for one in blueprints for result in one.results).items():
        api.spec.components.schema(name, component)
