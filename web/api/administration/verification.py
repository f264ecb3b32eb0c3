"""Whether what is stored is what the log says: the newest outcome, and verifying now."""

from typing import Final

from flask import Response

from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Reach, Right
from web.clock import now
from web.commands.administration.alone import verifying
from web.commands.administration.alone.verifying import AnotherRuns, EndedEarly, NobodyWaits
from web.commands.administration.verification import VerifyQuery
from web.parameters import Given
from web.problems import Problem, not_here
from web.queries.administration import verification as queries
from web.queries.administration.verification import VerifiedResult

blueprint = ApiBlueprint("verification", __name__, url_prefix=PREFIX, description="Whether all agrees with the log.")

_MOST = 200
"""Standpoints at which the reference engine counts again; each takes about as long as reading the log."""

LATER: Final = 30
"""Seconds after which it makes sense to try again."""
_RUNNING: Final = "A verification is running. Ask for its outcome in a while, or try again."
_ENDED: Final = "The verification ended before it was done. Nothing of it was stored; try again."


@blueprint.query("/verification", Right.VERIFY, VerifiedResult, asks=parameters.Asks, errors=(404,))
def verification(_given: Given) -> Response:
    """What was found when all was last verified, how many seconds ago, and how many events came since."""
    result = _newest()
    if result is None:
        raise not_here("Nothing was verified yet.")
    return responses.answered(result.document(), guard.viewer(Right.VERIFY))


class VerifyParameters(parameters.Asks):
    """How much to verify."""

    standpoints = parameters.number_field(
        "At how many standpoints the reference engine counts again.", 1, _MOST, load_default=40
    )


@blueprint.endpoint(
    "POST",
    "/verification",
    Right.VERIFY,
    VerifiedResult,
    asks=VerifyParameters,
    location="json",
    status=201,
    errors=(429, 503),
)
def verify(args: Given) -> Response:
    """Hold all that is stored against the log, which reads everything and takes its time; the outcome is kept.

    One verification runs at a time (429 for others), and only as long as whoever called for it waits.
    """
    by, query = guard.principal(), VerifyQuery(args["standpoints"])
    try:
        verifying.verify(guard.services(), query, by.name, by.role, guard.is_awaited())
    except AnotherRuns:
        raise Problem(429, "verification-running", _RUNNING, {"Retry-After": str(LATER)}) from None
    except (EndedEarly, NobodyWaits):
        raise Problem(503, "verification-ended", _ENDED, {"Retry-After": str(LATER)}) from None
    result = _newest()
    assert result is not None
    return responses.answered(result.document(), guard.viewer(Right.VERIFY), 201)


def _newest() -> VerifiedResult | None:
    """The newest outcome; its sentences name clients, and are for those who see all clients without a reason."""
    names_clients = guard.principal().reach(Right.CLIENTS) is Reach.ALL
    return queries.newest(guard.snapshot(), guard.viewer(Right.VERIFY), now(), names_clients=names_clients)
