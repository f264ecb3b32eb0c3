"""Case-file audits, read in numbers: no single file is in these answers."""

from typing import Final

from flask import Response

from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.queries.improvement.audits import case_file_audits as queries
from web.queries.improvement.audits.case_file_audits import AuditQuery, AuditResult, AuditsQuery, AuditsResult
from web.queries.improvement.audits.case_file_audits import ItemSetsResult as Sets

blueprint = ApiBlueprint(
    "case-file-audits", __name__, url_prefix=PREFIX, description="What was found in a random sample of case files."
)
_PATH: Final = "/audits"


@blueprint.query(_PATH, Right.AGREED, AuditsResult)
def audits() -> Response:
    """The case-file audits that one may read, the newest first."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.case_file_audits(guard.snapshot(), viewer, AuditsQuery())
    return responses.answered(result.document(), viewer)


@blueprint.query(f"{_PATH}/item-sets", Right.AGREED, Sets)
def audit_item_sets() -> Response:
    """What an audit may look for in each file."""
    return responses.answered(queries.known_item_sets().document(), guard.viewer(Right.AGREED))


@blueprint.query(f"{_PATH}/<int(min=1, max=2147483647):number>", Right.AGREED, AuditResult, errors=(404,))
def audit(number: int) -> Response:
    """One audit: how its sample was drawn, what was found, and what the records say of the same files."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.case_file_audit(guard.snapshot(), viewer, AuditQuery(number))
    if result is None:
        guard.refuse_as_missing()
    return responses.answered(result.document(), viewer)
