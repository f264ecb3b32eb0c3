"""The measures and the versions of their definitions: the same in every database."""

from functools import cache

from flask import Response

from web import parameters
from web.api import PREFIX
from web.api.blueprint import JSON, ApiBlueprint
from web.api.responses import sent
from web.auth.roles import Right
from web.auth.viewer import EVERYTHING
from web.queries.performance import measures as queries

blueprint = ApiBlueprint("measures", __name__, url_prefix=PREFIX, description="What is measured, and how.")


@blueprint.query("/definitions", Right.DEFINITIONS, queries.DefinitionsResult, asks=parameters.Asks)
def definitions(_given: parameters.Given) -> Response:
    """The versions of the definitions, and from when on each is in force."""
    return sent(queries.definitions().encoded(), JSON, EVERYTHING)


@blueprint.query("/measures", Right.DEFINITIONS, queries.MeasuresResult, asks=parameters.Asks)
def measures(_given: parameters.Given) -> Response:
    """The measures, with their windows and their rules under each version of the definitions."""
    return sent(_measures(), JSON, EVERYTHING)


@cache
def _measures() -> bytes:
    # Some hundred rules are put into words.
    return queries.measures().encoded()
