"""The measures and the versions of their definitions: the same in every database."""

from typing import Any

from flask_smorest import Blueprint

from domain.definition import DEFINITIONS
from web.api import PREFIX
from web.auth.guard import needs
from web.auth.roles import Right
from web.schemas import documents

blueprint = Blueprint("measures", __name__, url_prefix=PREFIX, description="What is measured, and how.")


@blueprint.get("/definitions")
@blueprint.response(200)
@needs(Right.DEFINITIONS)
def definitions() -> dict[str, Any]:
    """The versions of the definitions, and from when on each is in force."""
    return documents.definitions(DEFINITIONS)
