"""All councils: what those that are read together reached in a measure, in their order, and ours among them."""

from datetime import date
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from domain.errors import Refused
from domain.measures.registry import MEASURES
from web import parameters
from web.auth.guard import principal, services
from web.auth.roles import Right
from web.clock import today
from web.pages.frame.layout import Page
from web.pages.frame.navigation import here
from web.pages.frame.page import Choice, Pages, month_end_after, month_end_before
from web.presenters import text
from web.presenters.performance import national_words as presenter
from web.presenters.tables import Link
from web.problems import Problem
from web.queries.performance.national import MONTH_ENDS, NationalFiguresQuery, NationalFiguresResult
from web.queries.performance.national_here import NOTHING_READ, figures_here, month_end_by, newest_day

NATIONAL: Final = "national_pages.national"
COMPARED: Final = {one.code: one for one in MEASURES if one.kind == "proportion" and not one.immature}
"""What is set beside other councils: a count grows with the council, and an immature measure with time."""
_LONGEST: Final = 400

blueprint = Pages("national_pages", __name__)


def address(code: str = "") -> str:
    """Where a measure stands beside all councils, or the first one does; empty where this service is not set to read
    others, where it is no measure that is compared, and for who may not see it.
    """
    if services().settings.national is None or principal().reach(Right.NATIONAL) is None:
        return ""
    if code and code not in COMPARED:
        return ""
    return url_for(NATIONAL, measure=code or None)


class NationalAddress(parameters.Asks):
    """Which measure, from which standpoint, and which councils ours is compared with."""

    measure = fields.String(load_default=next(iter(COMPARED)), validate=validate.OneOf(COMPARED))
    as_of = parameters.DayField(load_default=None, description="A month's end; the newest, if left out.")
    known_at = parameters.DayField(load_default=None, description="A month's end; all that is known, if left out.")
    among = fields.String(load_default="", validate=validate.Length(max=_LONGEST))


@blueprint.page("/national", Right.NATIONAL, NationalAddress)
def national(args: parameters.Given) -> Page:
    """One measure: the councils in their order, and ours among them; or why nothing is read here."""
    try:
        query = _query(args)
        return _written(query, figures_here(services().settings.national, query))
    except Refused as refused:
        if refused.code in NOTHING_READ:
            return Page("national.html", "All councils", nothing=refused.message)
        if refused.code == MONTH_ENDS:
            raise _with_month_ends(args, refused) from None
        raise


def _query(args: parameters.Given) -> NationalFiguresQuery:
    as_of = args["as_of"] or newest_day(services().settings.national) or month_end_by(today())
    among = tuple(dict.fromkeys(args["among"].replace(",", " ").split()))
    return NationalFiguresQuery(as_of, args["known_at"], (COMPARED[args["measure"]],), among)


def _written(query: NationalFiguresQuery, result: NationalFiguresResult) -> Page:
    measure, council = result.measures[0], result.reader or ""
    return Page(
        "national.html",
        f"All councils: {presenter.measure_name(measure)}",
        {
            "councils": presenter.councils(measure, council) if result.councils else None,
            "quartiles": presenter.quartiles(measure.quartiles),
            "group": presenter.group(measure, council),
            "read": presenter.read(result),
        },
        about=_about(result),
        result=result,
        sentences=list(presenter.sentences(measure, council)),
        standpoint=presenter.standpoint(result),
        covered=presenter.covered(measure),
        moves=_moves(query.as_of),
        chart=presenter.chart(measure, council),
        rests_on=presenter.RESTS_ON,
        **_form(query),
    )


def _about(result: NationalFiguresResult) -> list[tuple[str, str]]:
    known = text.day(result.known_at) if result.known_at else "all that each council knows"
    return [("As of", text.day(result.as_of)), ("As known on", known), ("Definition", result.definition)]


def _moves(as_of: date) -> list[Link]:
    days = {"A month earlier": month_end_before(as_of), "A month later": month_end_after(as_of)}
    return [
        *(Link(text_, here(as_of=day.isoformat())) for text_, day in days.items() if day <= today()),
        Link("Newest", here(as_of=None, known_at=None)),
    ]


def _form(query: NationalFiguresQuery) -> dict[str, Any]:
    code = query.measures[0].code
    return {
        "measures": [Choice(one.code, f"{one.name} ({one.code})", one.code == code) for one in COMPARED.values()],
        "as_of": query.as_of.isoformat(),
        "known_at": query.known_at.isoformat() if query.known_at else "",
        "among": " ".join(query.among),
    }


def _with_month_ends(args: parameters.Given, refused: Refused) -> Problem:
    """The refusal, with the way to the month ends before the days that were asked for."""
    problem = Problem(422, refused.code, refused.message)
    days: dict[str, date | None] = {name: args[name] for name in ("as_of", "known_at")}
    problem.instead = here(**{name: month_end_by(day).isoformat() for name, day in days.items() if day})
    return problem
