"""What the party of whoever asks has to do: what the other has said, and nobody has answered yet."""

from flask import Response

from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.parties import party_of
from web.queries.improvement import to_do as queries
from web.queries.improvement.to_do import ToDoQuery, ToDoResult

blueprint = ApiBlueprint("to-do", __name__, url_prefix=PREFIX, description="What one party has to do.")


@blueprint.query("/to-do", Right.AGREED, ToDoResult)
def to_do() -> Response:
    """What waits for an answer of one's own party, what is overdue first; nothing for an auditor."""
    viewer = guard.viewer_of_party(Right.AGREED)
    who = guard.principal()
    party = party_of(who.role) if who.reach(Right.AGREE) else None
    result = queries.to_do(guard.snapshot(), viewer, ToDoQuery(party, today()))
    return responses.answered(result.document(), viewer)
