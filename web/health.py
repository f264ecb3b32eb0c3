"""Whether the service lives, and whether it can answer: for whatever watches over it."""

from typing import Any

from flask import Blueprint

from projections.store import generations

from .auth.guard import open_to_all, services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to_all
def lives() -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@open_to_all
def ready() -> dict[str, Any]:
    """The database answers, and has read models. Errors: 503."""
    from domain.log.database import reading

    with reading(services().engine) as connection:
        generations.live(connection)
    return {"status": "ready"}
