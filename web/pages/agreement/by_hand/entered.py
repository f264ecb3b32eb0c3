"""KPIs entered by hand: by period with what is missing, one with its figure and its history, defined and ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from domain.contract_life.entered import last_period, period_words, periods_due
from domain.periods import ONE_DAY, Period, add_months
from projections.performance.trend import BASES
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.agreement.entered import KpiAuthor, author_of
from web.pages.agreement.by_hand.waiting import form_of, waiting
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, here
from web.pages.frame.page import Pages, choices_of_slices, month_end_after, month_end_before
from web.pages.performance.scorecards import TAGS
from web.presenters import text
from web.presenters.agreement import entered as words
from web.presenters.tables import Column, Lines, Link, Table, lines
from web.queries.agreement import entered as queries
from web.queries.agreement import entered_figures as figures
from web.queries.agreement.entered import EnteredKpiResult, EnteredValueResult, ValuesQuery
from web.queries.agreement.entered_figures import EnteredFigureResult, EnteredLineResult, EnteredQuery, EnteredScorecard
from web.queries.performance.days import newest_day

LIST: Final = "entered_pages.entered"
ONE: Final = "entered_pages.kpi"
VALUE: Final = "entered_pages.value"
NUMBER: Final = "/entered-kpis/<int(min=1, max=2147483647):number>"
PERIODS_IN_GRID: Final = {"monthly": 6, "quarterly": 4}
DUE_SHOWN: Final = 30
"""Missing values that are listed at once; of more their number is said."""
_DONE: Final = {
    "defined": "The KPI is defined. Its values can be entered now.",
    "ended": "The KPI has its last day. No value is due after it.",
    "loaded": "The values are entered.",
    "confirmed": "The values are confirmed.",
}
_CHANGED: Final = "Something was changed since you opened the page. Nothing was confirmed. Read the values again."

blueprint = Pages(
    "entered_pages",
    __name__,
    Place(
        "KPIs entered by hand",
        LIST,
        Right.AGREED,
        PlaceGroup.AGREED,
        "What no monthly file holds, such as needle exchange: enter it, confirm it.",
    ),
)


class EnteredAddress(parameters.Asks):
    """Up to which day, as known on which, of which agency; and what was just done."""

    as_of = parameters.DayField(load_default=None, description="The last day whose periods are seen.")
    known_at = parameters.KnownAtField()
    agency = parameters.code_field("Only what this agency enters.")
    basis = fields.String(load_default="previous", validate=validate.OneOf(list(BASES)))
    done = fields.String(load_default=None, validate=validate.OneOf([*_DONE, "changed"]))


@dataclass(frozen=True, slots=True)
class EnteredBar:
    """Both dates of the page and whose values it has, and the way to others."""

    said: str
    moves: tuple[Link, ...]
    as_of: str
    known_at: str
    agencies: tuple[Any, ...]


def viewer() -> Viewer:
    """Who reads what was entered."""
    return guard.not_public(guard.viewer(Right.AGREED))


def author() -> KpiAuthor:
    """Who enters, today."""
    return author_of(principal(), guard.viewer(Right.AGREE), today(), today())


def query_of(args: parameters.Given) -> EnteredQuery:
    """What an address asks; left open, the newest month that has ended and that files or values know of."""
    as_of = args["as_of"] or _newest_day()
    return EnteredQuery(
        as_of, args["known_at"], args["agency"] and args["agency"].upper(), BASES[args["basis"]], today()
    )


def _newest_day() -> date:
    entered = queries.values(snapshot(), viewer(), ValuesQuery()).values
    known = [day for day in (newest_day(snapshot()), *(one.last_day for one in entered)) if day]
    return max(known, default=month_end_before(today()))


@blueprint.page("/entered-kpis", Right.AGREED, EnteredAddress)
def entered(args: parameters.Given) -> Page:
    """The KPIs by period, and what is missing."""
    query = query_of(args)
    card = figures.scorecard(snapshot(), viewer(), query)
    kpis = [one for one in queries.kpis(snapshot(), viewer()).kpis if query.agency in {None, *one.whose}]
    values = queries.values(snapshot(), viewer(), ValuesQuery(known_at=query.known_at)).values
    standing = {(one.kpi, one.agency or "", one.first_day): one for one in values if not one.is_withdrawn}
    grids = {
        frequency: _grid(frequency, [one for one in kpis if one.frequency == frequency], standing, query)
        for frequency in PERIODS_IN_GRID
    }
    return Page(
        "entered.html",
        "KPIs entered by hand",
        {**grids, "due": _due_table(card)},
        bar=bar(query, args),
        kpis=kpis,
        missing=len(card.due),
        ended=[one for one in kpis if one.last_day],
        may_define=may_define(),
        may_enter=principal().reach(Right.AGREE) is not None,
        done=_DONE.get(args["done"], ""),
    )


def may_define() -> bool:
    """Whether this person defines KPIs, and ends them."""
    return principal().reach(Right.AGREE) is not None and not viewer().is_provider


def bar(query: EnteredQuery, args: parameters.Given) -> EnteredBar:
    """The dates of a page."""
    known_at = args["known_at"]
    known = f"As known on {text.day(known_at)}." if isinstance(known_at, date) else "By all that was entered."
    moves = [Link("Previous month end", here(as_of=month_end_before(query.as_of).isoformat(), done=None))]
    after = month_end_after(query.as_of)
    if after <= today():
        moves.append(Link("Next month end", here(as_of=after.isoformat(), done=None)))
    if known_at is not None:
        moves.append(Link("By all that was entered", here(known_at=None, done=None)))
    _, agencies = choices_of_slices(snapshot(), viewer(), Slice(agency=query.agency))
    return EnteredBar(
        f"Periods that had ended by {text.day(query.as_of)}. {known}",
        tuple(moves),
        query.as_of.isoformat(),
        known_at.isoformat() if isinstance(known_at, date) else "",
        agencies,
    )


# ---- the grid


Standing = dict[tuple[int, str, date], EnteredValueResult]
"""The values that count, by KPI, agency and first day."""


def _grid(frequency: str, kpis: list[EnteredKpiResult], standing: Standing, query: EnteredQuery) -> Table | None:
    if not kpis:
        return None
    periods = list(_newest_periods(frequency, query.as_of))
    headings = [_short(frequency, period) for period in periods]
    of_periods = [Column(heading, aside=place < len(headings) - 2) for place, heading in enumerate(headings)]
    rows = [
        (_name(kpi, agency), *(_cell(kpi, agency, period, standing) for period in periods))
        for kpi in kpis
        for agency in kpi.whose
        if _is_shown(agency, query)
    ]
    often = "month" if frequency == "monthly" else "quarter"
    return Table((Column("KPI"), *of_periods), rows, f"By {often}, the newest last")


def _is_shown(agency: str, query: EnteredQuery) -> bool:
    own = not viewer().is_provider or not agency or agency in viewer().agencies
    return own and query.agency in {None, agency}


def _newest_periods(frequency: str, as_of: date) -> Iterator[Period]:
    back = add_months(as_of + ONE_DAY, -40)
    newest = last_period(frequency, as_of)
    yield from list(periods_due(frequency, back, newest.last_day))[-PERIODS_IN_GRID[frequency] :]


def _short(frequency: str, period: Period) -> str:
    return period_words(frequency, period.last_day) if frequency == "quarterly" else f"{period.last_day:%b %Y}"


def _name(kpi: EnteredKpiResult, agency: str) -> Lines:
    link = Link(f"{kpi.name} ({kpi.code})", url_for(ONE, number=kpi.number, agency=agency or None))
    return lines(link, named(agency) if agency else words.WHOLE_WORDS)


def _cell(kpi: EnteredKpiResult, agency: str, period: Period, standing: Standing) -> Any:
    value = standing.get((kpi.number, agency, period.first_day))
    whose = named(agency) if agency else words.WHOLE_WORDS
    about = f", {kpi.name}, {whose}, {period_words(kpi.frequency, period.last_day)}"
    if value is None:
        return _missing(kpi, agency, period, about)
    numbers = words.numbers(value.numerator, value.denominator)
    percentage = words.share(value.numerator, value.denominator)
    flag = "" if value.state.startswith("entered") else value.state.split(" by ")[0]
    link = Link(percentage or numbers, url_for(VALUE, number=value.number), more=about)
    return lines(link, numbers if percentage else "", flag)


def _missing(kpi: EnteredKpiResult, agency: str, period: Period, about: str) -> Any:
    if period.first_day < kpi.first_day or (kpi.last_day and period.last_day > kpi.last_day):
        return "not due"
    if not may_enter(kpi, agency):
        return words.NOT_ENTERED
    return lines(words.NOT_ENTERED, Link("Enter", enter_address(kpi.number, agency, period.last_day), more=about))


def may_enter(kpi: EnteredKpiResult, agency: str) -> bool:
    """Whether this person may enter a value of it."""
    who = viewer()
    mine = not who.is_provider or agency in who.own
    return principal().reach(Right.AGREE) is not None and mine and agency in kpi.whose


def enter_address(number: int, agency: str, last_day: date) -> str:
    """Where the value of a period is entered."""
    return url_for("entered_pages.enter", number=number, agency=agency or None, last_day=last_day.isoformat())


DUE_COLUMNS: Final = (Column("Period", whole=True), Column("KPI"), Column("Whose"), Column("To do"))


def _due_table(card: EnteredScorecard) -> Table | None:
    rows = [
        (
            one.period,
            Link(f"{one.name} ({one.code})", url_for(ONE, number=one.kpi)),
            named(one.agency) if one.agency else words.WHOLE_WORDS,
            _to_do(one.kpi, one.agency or "", one.last_day),
        )
        for one in card.due[-DUE_SHOWN:]
    ]
    return Table(DUE_COLUMNS, rows, "Not entered yet, the oldest first") if rows else None


def _to_do(number: int, agency: str, last_day: date) -> Any:
    kpi = queries.kpi(snapshot(), viewer(), number)
    if kpi is None or not may_enter(kpi, agency):
        return "waits for them"
    return Link("Enter it", enter_address(number, agency, last_day))


# ---- one KPI


@blueprint.page(NUMBER, Right.AGREED, EnteredAddress)
def kpi(args: parameters.Given, number: int) -> Page:
    """One KPI: its figure, its trend, how it is defined and everything that was entered."""
    one = kpi_or_404(number)
    return kpi_page(one, args)


def kpi_or_404(number: int) -> EnteredKpiResult:
    """The KPI with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: only other agencies enter it.
    """
    one = queries.kpi(snapshot(), viewer(), number)
    if one is None:
        guard.refuse_as_missing()
    return one


VALUE_COLUMNS: Final = (
    Column("Period", whole=True),
    Column("Whose"),
    Column("Value", number=True),
    Column("Percent", number=True),
    Column("State"),
    Column("Newest step", aside=True),
)


def kpi_page(one: EnteredKpiResult, args: parameters.Given) -> Page:
    """The page of a KPI from the dates of an address."""
    query = query_of(args)
    line = figures.line(snapshot(), viewer(), one.code, query)
    values = queries.values(snapshot(), viewer(), ValuesQuery(one.code, query.known_at)).values
    values = [value for value in values if query.agency in {None, value.agency}]
    target = float(line.against.reached) if line and line.against and line.against.reached else None
    rows = [_value_row(one, value) for value in values]
    to_answer = waiting(values) if query.known_at is None else []
    return Page(
        "entered-kpi.html",
        f"{one.name} ({one.code})",
        {
            "waiting": _waiting_table(one, to_answer),
            "periods": _periods_table(line),
            "values": Table(VALUE_COLUMNS, rows, "Everything that was entered") if rows else None,
        },
        title=f"{one.name} ({one.code}), entered by hand",
        kpi=one,
        confirm_form=form_of(to_answer),
        errors=[Link(_CHANGED, "#to-answer")] if args["done"] == "changed" else [],
        bar=bar(query, args),
        line=line,
        figure=line.figure if line else None,
        period=words.period_in_words(line.figure) if line else "",
        chart=words.trend_of(line.figure, line.spark, target) if line else None,
        said=list(words.kpi_sentences(one, named)),
        why_missing=text.with_names(line.why_missing or "", {code: named(code) for code in one.agencies})
        if line
        else "",
        by=words.who_entered(line.figure) if line else "",
        questioned=words.open_questions(line.figure) if line else "",
        numbers=words.numbers,
        share=words.share,
        whose=named(query.agency) if query.agency else ("all agencies together" if len(one.agencies) != 1 else ""),
        agencies=[
            Link(named(agency), here(agency=agency, done=None)) for agency in one.agencies if len(one.agencies) > 1
        ],
        enter_at=_enter_this(one, line),
        tags=TAGS,
        actions=list(_actions(line)),
        terms_by=words.step_words(one.steps[-1]),
        may_end=may_define() and one.last_day is None,
        done=_DONE.get(args["done"], ""),
    )


def _actions(line: EnteredLineResult | None) -> Iterator[Link]:
    """What can be done about a figure."""
    may = principal().reach
    if line and line.figure.is_entered and may(Right.DISPUTE) is not None:
        yield Link("Disagree", url_for("entered_pages.dispute", number=line.number, **standpoint_of(line.figure)))
    if line and not line.figure.is_count and may(Right.KNOWLEDGE) is not None:
        yield Link("Set a target", url_for("targets_pages.new", measure=line.figure.code))


def standpoint_of(figure: EnteredFigureResult) -> dict[str, Any]:
    """The figure's standpoint and agency, as an address has them."""
    asked = {"as_of": figure.as_of, "known_at": figure.known_at, "agency": figure.slice.agency}
    return {name: str(value) for name, value in asked.items() if value is not None}


def _enter_this(one: EnteredKpiResult, line: EnteredLineResult | None) -> str:
    """Where the missing value of the page's figure is entered; empty where it is not missing, or of several."""
    if line is None or line.figure.is_entered:
        return ""
    agency = line.figure.slice.agency or (one.whose[0] if len(one.whose) == 1 else None)
    return enter_address(one.number, agency, line.figure.cohort.last_day) if agency is not None else ""


PERIOD_COLUMNS: Final = (Column("Period", whole=True), Column("Value", number=True), Column("Percent", number=True))


def _periods_table(line: EnteredLineResult | None) -> Table | None:
    if line is None:
        return None
    rows = [
        (
            period_words(line.figure.frequency, one.last_day),
            words.numbers(one.numerator, one.denominator),
            words.percent(one.numerator, one.denominator),
        )
        for one in reversed(line.spark)
    ]
    return Table(PERIOD_COLUMNS, rows, "The figure by period, the newest first") if rows else None


_WAITING: Final = (
    Column("Period", whole=True),
    Column("Whose"),
    Column("Value", number=True),
    Column("Percent", number=True),
    Column("Newest step", aside=True),
)


def _waiting_table(one: EnteredKpiResult, values: list[EnteredValueResult]) -> Table | None:
    rows = [(*_value_row(one, value)[:4], words.step_words(value.steps[-1])) for value in values]
    return Table(_WAITING, rows, "Values that wait for you") if rows else None


def _value_row(one: EnteredKpiResult, value: EnteredValueResult) -> tuple[Any, ...]:
    return (
        Link(words.period_of(one, value), url_for(VALUE, number=value.number), more=f", value {value.number}"),
        named(value.agency) if value.agency else words.WHOLE_WORDS,
        words.numbers(value.numerator, value.denominator),
        words.percent(value.numerator, value.denominator),
        value.state,
        words.step_words(value.steps[-1]),
    )
