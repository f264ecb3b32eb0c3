"""Comparators: what other areas reached, by measure; which areas we are compared with; and what was released."""

from datetime import date, datetime
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from domain.contract_life.comparators import period_written
from projections.performance.beside.comparators import COMPARABLES
from projections.performance.beside.quartiles import QuartileMethod
from web import parameters
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.agreement.comparators import ComparatorDecision
from web.pages.frame.forms import Form, HiddenField, TextField, whole_number
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, here
from web.pages.frame.page import Pages
from web.pages.performance import national
from web.presenters import text
from web.presenters.agreement import comparators as presenter
from web.presenters.agreement.comparator_words import ends_of, ordinal, sentences
from web.presenters.tables import Column, Link, Table
from web.problems import not_here
from web.queries.agreement import comparator_areas as reached
from web.queries.agreement import comparators as queries
from web.queries.agreement.comparator_areas import AreasQuery
from web.queries.agreement.comparators import ComparatorSaid

LIST: Final = "comparators_pages.comparators"
SET: Final = "comparators_pages.one_set"
NUMBER: Final = "<int(min=1, max=2147483647):number>"
DONE: Final = {
    "defined": "The set is in use.",
    "changed": "The set was changed. As known before, it is what it was.",
    "withdrawn": "It counts no more. As known before, it did.",
    "loaded": "The values are taken in.",
    "entered": "The value is taken in.",
}

blueprint = Pages(
    "comparators_pages",
    __name__,
    Place(
        "Comparators",
        LIST,
        Right.AGREED,
        PlaceGroup.AGREED,
        "What other areas reach, to be set beside our figures.",
    ),
)


class ComparatorsAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(DONE)))


def viewer() -> Viewer:
    """Who reads what was agreed."""
    return guard.viewer(Right.AGREED)


def may_change() -> bool:
    """Whether this person may say something of comparators."""
    return principal().reach(Right.KNOWLEDGE) is not None


def decision(on: date | None, seen: str = "") -> ComparatorDecision:
    """Who says something, for which day, and over which version that they read."""
    who = principal()
    return ComparatorDecision(who.name, who.role, on, today(), whole_number(seen))


def who_and_when(said: ComparatorSaid) -> dict[str, str]:
    """By whom and when something was said, for a page that shows two versions."""
    return {"who": said.actor, "on": text.day(datetime.fromisoformat(said.recorded_at).date())}


CONFLICT: Final = (Column("What"), Column("As you wrote it"), Column("As it stands"))


class WithdrawComparatorForm(Form):
    """Why something counts no more."""

    seen = HiddenField()
    reason = TextField("Why it counts no more", "It stays on record.", needed="Say why.")


# ---- all


BY_MEASURE: Final = (
    Column("Measure"),
    Column("Period", whole=True, aside=True),
    Column("Ours", number=True),
    Column("Group", number=True),
    Column("Ours is"),
    Column("Place", aside=True),
    Column("Top quartile", aside=True),
    Column("National", number=True, aside=True),
    Column("Areas with a value", aside=True),
)


@blueprint.page("/comparators", Right.AGREED, ComparatorsAddress)
def comparators(args: parameters.Given) -> Page:
    """What others reached, by measure; the sets; and the releases, the newest first."""
    who = viewer()
    result = queries.comparators(snapshot(), who)
    compared = reached.every_measure(snapshot(), who, today())
    sets = [presenter.set_row(one, Link(one.name, url_for(SET, number=one.number))) for one in result.sets]
    releases = [
        presenter.release_row(
            one,
            Link(
                ", ".join(one.periods), url_for("comparators_pages.release", number=one.number), more=f", {one.number}"
            ),
        )
        for one in reversed(result.releases)
    ]
    return Page(
        "comparators.html",
        "Comparators",
        {
            "by_measure": Table(BY_MEASURE, list(map(_measure_row, compared)), "By measure") if compared else None,
            "sets": Table(presenter.SETS, sets, "Who we are compared with") if sets else None,
            "releases": Table(presenter.RELEASES, releases, "Released, the newest first") if releases else None,
        },
        done=DONE.get(args["done"], ""),
        may_change=may_change(),
        national_at=national.address(),
    )


def _measure_row(one: reached.AreasResult) -> tuple[Any, ...]:
    beside, own = one.beside, one.own
    top = beside.top_quartile
    total = beside.areas + beside.without
    return (
        Link(presenter.measure_name(one.measure), url_for("comparators_pages.measure", code=one.measure)),
        one.period,
        text.percentage(own) if own and own.is_covered and not own.withheld else None,
        text.percent(one.whole.low) if one.whole else None,
        beside.judged or beside.why_not,
        f"{ordinal(beside.rank)} of {beside.among}" if beside.rank else None,
        ends_of(round(top.low, 2), round(top.high, 2)) if top else None,
        text.percent(beside.national.low) if beside.national else None,
        f"{beside.areas} of {total}" if total else None,
    )


# ---- one measure


class ComparedAddress(parameters.Asks):
    """Which period, as known on which day, and where a quartile ends."""

    period = fields.String(load_default=None, validate=validate.Length(max=30))
    known_at = parameters.DayField(load_default=None, description="What had been released by this day; today.")
    method = fields.String(
        load_default=str(QuartileMethod.RANKED), validate=validate.OneOf(list(map(str, QuartileMethod)))
    )


@blueprint.page("/comparators/of/<code>", Right.AGREED, ComparedAddress)
def measure(args: parameters.Given, code: str) -> Page:
    """What the areas reached in a period, in their order, with ours among them."""
    period = period_written(args["period"]) if args["period"] else None
    if code not in COMPARABLES or (args["period"] and period is None):
        raise not_here()
    known_at, method = args["known_at"] or today(), QuartileMethod(args["method"])
    result = reached.areas(snapshot(), viewer(), AreasQuery(code, known_at, period, method))
    if result is None:
        return Page(
            "comparators-measure.html", presenter.measure_name(code), {"areas": None, "quartiles": None}, result=None
        )
    days = reached.days_of_release(snapshot(), viewer(), code)
    return Page(
        "comparators-measure.html",
        presenter.measure_name(code),
        {
            "areas": presenter.areas_table(result) if result.areas or result.without else None,
            "quartiles": presenter.quartiles_table(result),
        },
        result=result,
        said=sentences(result.beside),
        chart=presenter.areas_chart(result) if result.areas else None,
        profile_at=url_for("caseload.profile") if code.startswith("profile.") else "",
        set_at=url_for(SET, number=result.set) if result.set else "",
        periods=[Link(one, here(period=one), one == result.period) for one in result.periods],
        methods=[Link(words, here(method=str(one)), one is method) for one, words in presenter.METHODS.items()],
        days=[Link(text.short_day(day), here(known_at=day.isoformat()), day == known_at) for day in days],
        now=Link("today", here(known_at=None), args["known_at"] is None),
        enter_at=url_for("comparators_pages.enter_form", measure=code, period=result.period),
        may_change=may_change(),
        national_at=national.address(code),
    )
