"""What is due, of whom."""

from flask import Response
from marshmallow import fields, validate

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.parameters import Given
from web.queries.improvement.calendar import calendar as queries
from web.queries.improvement.calendar.calendar import MONTHS_AHEAD, MOST_MONTHS, CalendarQuery, CalendarResult
from web.queries.improvement.calendar.due import KINDS

blueprint = ApiBlueprint("due", __name__, url_prefix=PREFIX, description="What is due, of whom.")


class CalendarParameters(parameters.Asks):
    """Which part of the calendar."""

    on = parameters.DayField(load_default=None, description="The day from which it is seen; today, if left out.")
    months = parameters.WholeNumber(
        load_default=MONTHS_AHEAD,
        validate=validate.Range(1, MOST_MONTHS),
        metadata={"description": "How many months ahead."},
    )
    kind = fields.String(
        load_default=None, validate=validate.OneOf(list(KINDS)), metadata={"description": "Only of this kind."}
    )
    party = fields.String(
        load_default=None,
        validate=validate.OneOf([COMMISSIONER, PROVIDER]),
        metadata={"description": "Only what is due of this party, or of both."},
    )
    agency = parameters.code_field("Only what is due of this agency, or of no agency alone.")


@blueprint.query("/calendar", Right.AGREED, CalendarResult, asks=CalendarParameters)
def calendar(args: Given) -> Response:
    """What is due that one may read: what is overdue on the day, and what falls due in the months after it."""
    viewer = guard.viewer_of_party(Right.AGREED)
    kinds = (args["kind"],) if args["kind"] else ()
    query = CalendarQuery.ahead(args["on"] or today(), args["months"], kinds, args["party"], args["agency"])
    return responses.answered(queries.calendar(guard.snapshot(), viewer, query).document(), viewer)
