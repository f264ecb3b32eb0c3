"""The measures and the versions of their definitions: the same in every database."""

from functools import cache

from flask import Response

from domain.measures.registry import MEASURES
from web import parameters
from web.api import PREFIX
from web.auth.roles import Right
from web.auth.viewer import EVERYTHING
from web.queries.figures import DefinitionsResult
from web.queries.figures import definitions as definitions_in_force
from web.schemas import described, registry

from .blueprint import JSON, ApiBlueprint
from .responses import sent

blueprint = ApiBlueprint("measures", __name__, url_prefix=PREFIX, description="What is measured, and how.")


@blueprint.query("/definitions", Right.DEFINITIONS, DefinitionsResult, asks=parameters.Asks)
def definitions(_given: parameters.Given) -> Response:
    """The versions of the definitions, and from when on each is in force."""
    return sent(_definitions(), JSON, EVERYTHING)


@blueprint.query("/measures", Right.DEFINITIONS, described.MeasuresAnswer, asks=parameters.Asks)
def measures(_given: parameters.Given) -> Response:
    """The measures, with their windows and their rules under each version of the definitions."""
    return sent(_measures(), JSON, EVERYTHING)


@cache
def _definitions() -> bytes:
    return registry.encoded(definitions_in_force().document())


@cache
def _measures() -> bytes:
    return registry.encoded(registry.measures(MEASURES))
