"""Whether what is stored is what the log says: the newest outcome, and verifying now."""

from flask import Response

from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.roles import Reach, Right
from web.commands import verification as commands
from web.parameters import Given
from web.problems import not_here
from web.queries import verification as queries
from web.queries.verification import VerificationOutcome
from web.schemas import described

from . import responses
from .blueprint import ApiBlueprint

blueprint = ApiBlueprint("verification", __name__, url_prefix=PREFIX, description="Whether all agrees with the log.")

_MOST = 200
"""Standpoints at which the reference engine counts again; each takes about as long as reading the log."""


@blueprint.query("/verification", Right.VERIFY, described.VerifiedAnswer, asks=parameters.Asks, errors=(404,))
def verification(_given: Given) -> Response:
    """What was found when all was last verified, and how many events came since."""
    found = queries.newest(guard.snapshot())
    if found is None:
        raise not_here("Nothing was verified yet.")
    return _answer(found)


class VerifyParameters(parameters.Asks):
    """How much to verify."""

    standpoints = parameters.number_field(
        "At how many standpoints the reference engine counts again.", 1, _MOST, load_default=40
    )


@blueprint.endpoint(
    "POST", "/verification", Right.VERIFY, described.VerifiedAnswer, asks=VerifyParameters, location="json", status=201
)
def verify(given: Given) -> Response:
    """Hold all that is stored against the log, which reads everything and takes its time; the outcome is kept."""
    by = guard.principal()
    commands.verify(guard.services(), commands.VerifyQuery(given["standpoints"]), by.name, by.role)
    found = queries.newest(guard.snapshot())
    assert found is not None
    return _answer(found, 201)


def _answer(found: VerificationOutcome, status: int = 200) -> Response:
    """The outcome; its sentences name clients, and are for those who see all clients without a reason."""
    document = found.document()
    if guard.principal().reach(Right.CLIENTS) is not Reach.ALL:
        document["checks"] = [check | {"differences": []} for check in document["checks"]]
    return responses.answered(document, guard.viewer(Right.VERIFY), status)
