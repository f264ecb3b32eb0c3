"""What every page shares: who may see it, from which standpoint, the bar that says so, and the way to single clients.

How a page is written:

    blueprint = Pages(
        "caseload",
        __name__,
        Place(
            "Caseload profile",
            "caseload.profile",
            Right.FIGURES,
            PlaceGroup.FIGURES,
            "How long people have been in treatment, and for how many it is the first.",
            seen_from=True,
        ),
    )

    class FigureAddress(SeenFrom):                     # beside the standpoint, what else its address may ask
        every = parameters.every_field()

    @blueprint.seen_from("/figures/<measure>", Right.FIGURES, FigureAddress)
    def figure(context: PageContext, measure: str) -> Page:
        result = figures.series(context.snapshot, context.who, ...)     # one query: what this viewer may see
        months = Table(COLUMNS, [_row(one) for one in result.figures], "The figure at the end of each month")
        return Page("figure.html", "4.0 Successful completions", {"months": months}, context=context)

- `seen_from` is for pages with figures: the address is completed first (by a redirect), so that what is in the
  browser's bar is always the whole state; `context` has the standpoint, the slice and the viewer. Where nothing was
  received yet, its own page says so. `context.to(endpoint, **changes)` is another page, `here(...)` this one.
- `page` is for all others, also for what forms are posted to: `args` has what the address asks. What is posted is
  read by a `Form` that stands beside the view (`forms`), and rendered by `posted` of `components/fields.html`.
- A view answers with a `Page`: a template, a heading, and its tables by name. The template writes the tables with
  `data_table`; at the address of a file (`web.pages.frame.exports`) the same tables are written into it instead.
- Its template extends `layout.html`, has `{{ heading }}`, and `{{ standpoint_bar(context.bar) }}` of
  `components/standpoint.html` below its heading where it has figures.
- Single clients: `looking_at(context, measure)` gives the viewer, or shows a form that asks a commissioner why.
- Pages about one figure (why it changed, revisions) are named in `of_figure`; the figure's page then links to them.
- A blueprint's name is its own: the API has blueprints too, and two of one name are refused.
- It is added to `web.pages.register`. Its place comes with the blueprint: in its group of the page "All pages", and,
  where it is `needed` each week, above each page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, wraps
from typing import Any, Final, TypeVar

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError
from marshmallow.fields import Boolean, Field, Integer

from domain.errors import Refused
from domain.measures.registry import MEASURE_OF, Measure
from domain.periods import ONE_DAY, Period, last_day_of_month
from domain.standpoint import Standpoint
from projections.claims import disputes
from projections.publication.published import Publication, cuts
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from web import parameters
from web.auth import guard
from web.auth.guard import NEEDS, needs, principal
from web.auth.roles import Reach, Right
from web.auth.trail.access import question_noted
from web.auth.viewer import Viewer
from web.pages.explain.access_reasons import ReasonWanted, ask_why, reason_given
from web.presenters import text as words
from web.presenters.tables import Link
from web.problems import Problem, not_here
from web.queries import others
from web.queries.parameters import KnownAt
from web.queries.performance.days import newest_day
from web.queries.slices import unknown
from web.snapshot import Snapshot, snapshot_cache

from .agency_names import named
from .layout import UNWRITTEN, written
from .navigation import STANDPOINT, FigurePage, Place, first_page, here, standpoint_asked

View = TypeVar("View", bound=Callable[..., Any])
Given = Mapping[str, Any]

CUTS_SHOWN: Final = 3
"""Cuts one press away, the newest first; the others are among the certificates."""


class SeenFrom(parameters.StandpointParameters):
    """What the address of a page with figures asks: a standpoint and a slice, by the names of the API."""


class Nothing(parameters.Asks):
    """What the address of a page asks that is always the same."""


class Pages(Blueprint):
    """The pages of one room, with its places in the navigation, if it has any.

    `of_figure`: its pages about a single figure, whose address has the `measure`; the figure's page leads to them.
    """

    def __init__(self, name: str, import_name: str, *places: Place, of_figure: Sequence[FigurePage] = ()) -> None:
        super().__init__(name, import_name)
        self.places, self.of_figure = places, tuple(of_figure)

    def also(self, place: Place) -> None:
        """Another place of the room, declared where its page is."""
        self.places = (*self.places, place)

    def page(
        self, rule: str, right: Right, asks: type[Schema] = Nothing, *, method: str = "GET"
    ) -> Callable[[View], View]:
        """A page without a standpoint, or what a form is posted to; `given` comes first among the view's arguments."""

        def decorate(view: View) -> View:
            @wraps(view)
            def read(**route: Any) -> Any:
                return view(given_by_address(asks), **route)

            self._add(rule, right, method, needs(right)(written(read)), needs(right)(read))
            return view

        return decorate

    def seen_from(
        self, rule: str, right: Right, asks: type[SeenFrom] = SeenFrom, *, front: bool = False
    ) -> Callable[[View], View]:
        """A page with figures; `asked` comes first among the view's arguments.

        `front`: whoever has no right to it is led to their own first page, since everybody comes in here.
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def seen(**route: Any) -> Any:
                if front and (not _has_figures(right) or _leads_through_set_up()):
                    return redirect(first_page(principal()))
                guard.reach(right)
                return _seen(view, right, asks, route)

            self._add(rule, right, "GET", written(seen), seen)
            return view

        return decorate

    def _add(self, rule: str, right: Right, method: str, view: View, unwritten: Callable[..., Any]) -> None:
        setattr(view, NEEDS, right)
        setattr(view, UNWRITTEN, unwritten)
        self.add_url_rule(rule, view_func=view, methods=[method])


def _has_figures(right: Right) -> bool:
    return principal().reach(right) not in {None, Reach.PUBLISHED}


def _leads_through_set_up() -> bool:
    """Whether there are no figures yet, and this person may help it."""
    return principal().reach(Right.SET_UP) is not None and not guard.snapshot().submissions.has_monthly_file


def _seen(view: Callable[..., Any], right: Right, asks: type[SeenFrom], route: Mapping[str, Any]) -> Any:
    snapshot = guard.snapshot()
    if not snapshot.submissions.has_monthly_file:
        may = principal().reach
        return render_template(
            "nothing-yet.html",
            may_submit=may(Right.SUBMIT) is not None,
            may_set_up=may(Right.SET_UP) is not None,
        )
    if more := _left_out(snapshot):
        return redirect(here(**more))
    args = given_by_address(asks)
    slice_ = parameters.where_of(guard.snapshot(), args)
    who = guard.not_public(guard.viewer(right, slice_))
    context = PageContext(snapshot, who, args, *parameters.standpoint_of(snapshot, args), slice_)
    try:
        return view(context, **route)
    except ReasonWanted as wanted:
        return ask_why(wanted)
    except Refused as refused:
        raise _refused(context, refused) from None


def _refused(context: "PageContext", refused: Refused) -> Exception:
    """A refusal; of a day that is no month end with the way to the one before it."""
    if refused.code != others.MONTH_ENDS:
        return refused
    as_of, known_at = others.nearest_month_ends(context.snapshot, context.standpoint)
    problem = Problem(422, refused.code, refused.message)
    problem.instead = here(as_of=as_of.isoformat(), known_at=known_at.isoformat() if known_at else None, cut=None)
    return problem


def given_by_address(asks: type[Schema]) -> dict[str, Any]:
    """What this page's address asks; a field that a form left empty was not asked.

    Raises:
        Problem: it is not understood (400), with a sentence for each part that is not.
    """
    schema = asks()
    _in_plain_words(schema)
    for field in schema.fields.values():
        _in_plain_words(field)
    try:
        return dict(schema.load({name: value for name, value in request.args.items() if value}))
    except ValidationError as error:
        messages: Any = error.messages
        problem = Problem(400, "not-understood", " ".join(_not_understood(messages)))
        problem.instead = here(**dict.fromkeys(messages)) if request.method == "GET" else ""
        raise problem from None


_ASKED: Final = {
    "as_of": "As of",
    "known_at": "As known on",
    "to_as_of": "To as of",
    "to_known_at": "To as known on",
    "from_day": "Received from",
    "to_day": "Received to",
    "from": "From",
    "to": "To",
}
"""What the fields of pages are called, where the name in the address is another."""

_NO_DATE: Final = "this is not a date. Write it as year-month-day, like 2017-07-31."
_PLAIN: Final[Mapping[type[Schema | Field[Any]], Mapping[str, str]]] = {
    Schema: {
        "unknown": "this page does not ask that.",
        "cut-or-days": "give the two dates or a published scorecard, not both.",
    },
    Integer: {"invalid": "this is not a whole number."},
    Boolean: {"invalid": "write true or false."},
    parameters.CodeField: {"code": "this is not a code."},
    parameters.DayField: {"day": _NO_DATE},
    parameters.KnownAtField: {
        "day": _NO_DATE,
        "position": "this is not a place in the log. Write it like @48211.",
        "to-come": "this day has not come yet. Choose today or an earlier day.",
    },
}
"""What is wrong with a part of an address, by its code, as a person reads it and not a program."""


def _in_plain_words(part: Schema | Field[Any]) -> None:
    """Let a schema, or a field of one, say what is wrong to a person; of this request alone."""
    for kind, sentences in _PLAIN.items():
        if isinstance(part, kind):
            part.error_messages = part.error_messages | dict(sentences)


def _not_understood(messages: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each part of an address that is not understood, by the name that its field has on the page."""
    for name, sentences in messages.items():
        label = _ASKED.get(name, name.replace("_", " ").capitalize())
        yield f"“{label}”: {' '.join(sentences)}"


def _left_out(snapshot: Snapshot) -> dict[str, str]:
    """What an address leaves open and the page decides: the newest month end that the files cover, what is known by
    now, and for a provider of one agency that agency.
    """
    asked = standpoint_asked()
    if "cut" in asked or {"as_of", "known_at"} <= asked.keys():
        return {}
    more = newest_standpoint(snapshot)
    more = {name: value for name, value in more.items() if name not in asked}
    who = principal()
    if "as_of" in more and not asked.keys() & {"area", "agency"} and len(who.agencies) == 1:
        more |= {"agency": next(iter(who.agencies))}
    return more


def newest_standpoint(snapshot: Snapshot) -> dict[str, str]:
    """The standpoint of a page that is asked for none, as its address has it; something has been received."""
    newest, day = snapshot.submissions.newest, newest_day(snapshot)
    assert newest is not None
    assert day is not None
    return {"as_of": day.isoformat(), "known_at": newest.received_on.isoformat()}


def month_end_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def month_end_after(day: date) -> date:
    """The next last day of a month."""
    return last_day_of_month(day + ONE_DAY)


@dataclass(frozen=True)
class PageContext:
    """What a page with figures is asked, by whom, and of which snapshot. `known_at` is a day or a position."""

    snapshot: Snapshot
    who: Viewer
    args: Given
    as_of: date
    known_at: KnownAt
    slice_: Slice

    @cached_property
    def standpoint(self) -> Standpoint:
        """From where the page is seen."""
        return self.snapshot.standpoint(self.as_of, self.known_at)

    @property
    def may_plan(self) -> bool:
        """Whether this person opens action plans: a red figure leads them there."""
        return principal().reach(Right.AGREE) is not None

    @property
    def may_give_notice(self) -> bool:
        """Whether this person gives performance notices: a red figure leads them there too."""
        return principal().reach(Right.AGREE) is not None and principal().reach(Right.KNOWLEDGE) is not None

    @property
    def for_whom(self) -> str:
        """For whom the page is: on paper it says so, since nobody signs in to read it there."""
        return words.AUDIENCES[self.who.audience]

    @property
    def days_covered(self) -> Period | None:
        """From the first to the last day that any file covers, as known at the standpoint."""
        return self.snapshot.submissions.days_covered(self.standpoint.position)

    @property
    def no_file(self) -> str:
        """That no file covers the page's day, in a sentence; empty where one does."""
        return words.silence_of_day(self.standpoint, self.days_covered)

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """That the page knows nothing of its day, or of its area or agency."""
        names = (name.seen_by(self.who).sentence for name in unknown(self.snapshot, self.slice_))
        return tuple(filter(None, (self.no_file, *(f"{said[0].upper()}{said[1:]}" for said in names))))

    @cached_property
    def bar(self) -> "StandpointBar":
        """What the page says of its standpoint, and how one gets to others."""
        return _bar(self)

    def to(self, endpoint: str, **changes: Any) -> str:
        """The address of another page from the same standpoint and of the same slice, but for these changes."""
        kept = {name: value for name, value in standpoint_asked().items() if name not in changes}
        return url_for(endpoint, **kept, **{name: value for name, value in changes.items() if value is not None})

    def to_measure(self, endpoint: str, measure: Measure | str, **changes: Any) -> str:
        """The address of a page of one measure."""
        code = measure if isinstance(measure, str) else measure.code
        return self.to(endpoint, measure=code, **changes)


def asked_of(args: Given, right: Right) -> PageContext:
    """What a form is sent from: a page with figures, whose whole address stands in that of the form.

    Raises:
        Problem: the slice is somebody else's (404), or the right is missing (403).
    """
    snapshot, slice_ = guard.snapshot(), parameters.where_of(guard.snapshot(), args)
    who = guard.not_public(guard.viewer(right, slice_))
    return PageContext(snapshot, who, args, *parameters.standpoint_of(snapshot, args), slice_)


def pages_of_figure(context: PageContext, measure: Measure) -> list[Link]:
    """What else is told of a figure, as far as this person may see it."""
    who = principal()
    rooms = (getattr(blueprint, "of_figure", ()) for blueprint in current_app.blueprints.values())
    return [_of_figure(context, measure, page) for pages in rooms for page in pages if page.is_open_to(who)]


def _of_figure(context: PageContext, measure: Measure, page: FigurePage) -> Link:
    """Where a page of a figure is; what is sent to it comes back to the same address."""
    href = context.to_measure(page.endpoint, measure)
    return Link(page.words, href, href.partition("?")[0] == request.path)


def measure_or_404(code: str) -> Measure:
    """The measure of an address.

    Raises:
        Problem: there is none of this code (404).
    """
    measure = MEASURE_OF.get(code)
    if measure is None:
        raise not_here(f"There is no measure '{code}'.")
    return measure


# ---- the bar


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen in a form."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class StandpointBar:
    """Both dates of a page and its slice in words, the moves from there, and the form that chooses others.

    `notices` say that the page knows nothing of its day, or of its area or agency. `kept` are the other questions of
    the address, which the form asks again.
    """

    said: str
    where: str
    for_whom: str
    moves: tuple[Link, ...]
    action: str
    as_of: str
    as_of_hint: str
    known_at: str
    areas: tuple[Choice, ...]
    agencies: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]
    notices: tuple[str, ...] = ()


def _bar(context: PageContext) -> StandpointBar:
    areas, agencies = choices_of_slices(context.snapshot, context.who, context.slice_)
    known_at = context.standpoint.known_at
    return StandpointBar(
        said=_standpoint_words(context),
        where=words.slice_of(context.slice_, named),
        for_whom=context.for_whom,
        moves=tuple(_moves(context)),
        action=url_for(request.endpoint or "", **(request.view_args or {})),
        as_of=context.as_of.isoformat(),
        as_of_hint=_AT_MONTH_ENDS if _is_at_month_ends(context) else _ANY_DAY,
        known_at=known_at.isoformat() if known_at else "",
        areas=areas,
        agencies=agencies,
        kept=tuple(_kept()),
        notices=context.notices,
    )


_ANY_DAY: Final = "What had happened by this day"
_AT_MONTH_ENDS: Final = "The last day of a month: of all agencies together, no other day is shown"


def _is_at_month_ends(context: PageContext) -> bool:
    return others.rests_on_others(context.snapshot, context.who, context.slice_)


def choices_of_slices(snapshot: Snapshot, who: Viewer, slice_: Slice) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The areas, and the agencies, that somebody may choose; a provider's agencies are its own."""
    slices = load_slices(snapshot.connection)
    agencies = [agency for agency in slices.agencies if who.reach is not Reach.OWN or agency in who.own]
    areas = _choices("All areas", slices.areas, slice_.area, str)
    return areas, _choices("All agencies", agencies, slice_.agency, named)


@snapshot_cache()
def cuts_shown(snapshot: Snapshot) -> list[Publication]:
    """The cuts that are one press away, the newest first."""
    return cuts(snapshot.connection, snapshot.mapper)[: -CUTS_SHOWN - 1 : -1]


def _standpoint_words(context: PageContext) -> str:
    cut = context.args.get("cut")
    return f"{cut}: {words.standpoint(context.standpoint)}" if cut else words.standpoint(context.standpoint)


def _moves(context: PageContext) -> list[Link]:
    files = context.snapshot.submissions.days_covered(context.standpoint.position)
    known = {"known_at": request.args.get("known_at") or f"@{context.standpoint.position}", "cut": None}
    before, after = month_end_before(context.as_of), month_end_after(context.as_of)
    if files and context.as_of > files.last_day:
        # From days that no file covers there is one step back, not a hundred.
        before = month_end_before(files.last_day + ONE_DAY)
    moves = [Link("Previous month end", _moved(as_of=before.isoformat(), **known))]
    if files and after <= files.last_day:
        moves.append(Link("Next month end", _moved(as_of=after.isoformat(), **known)))
    current = context.args.get("cut")
    moves += [
        Link(cut.title, _moved(cut=cut.title, as_of=None, known_at=None), current=cut.title == current)
        for cut in cuts_shown(context.snapshot)
    ]
    newest = newest_standpoint(context.snapshot)
    seen = {"as_of": context.as_of.isoformat(), "known_at": _iso(context.standpoint.known_at)}
    is_now = seen == newest and not current
    now = _moved(**newest, cut=None)
    return [*moves, Link("Now", now, current=is_now)]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moved(**changes: str | None) -> str:
    """This page from another standpoint, from the first of its rows."""
    return here(page=None, **changes)


def _choices(
    everything: str, names: list[str], chosen: str | None, written: Callable[[str], str]
) -> tuple[Choice, ...]:
    known = names if chosen is None or chosen in names else [*names, chosen]
    return (
        Choice("", everything, chosen is None),
        *(Choice(name, written(name), name == chosen) for name in known),
    )


def _kept() -> list[tuple[str, str]]:
    asked_by_form = {*STANDPOINT, "area", "agency", "page"}
    return [(name, value) for name, value in request.args.items() if name not in asked_by_form and value]


# ---- single clients


def looking_at(context: PageContext, measure: Measure) -> Viewer:
    """Who looks at the single clients of a figure; noted in the trail before anything is shown.

    Raises:
        ReasonWanted: a commissioner, whom no dispute opens them to, has not said why within the hour; shows the form.
        Problem: the right is missing (403).
    """
    who = guard.viewer(Right.CLIENTS, context.slice_)
    why = ""
    if who.reach is Reach.WITH_REASON:
        why = reason_given(measure, context.slice_)
        if not why and not is_disputed(context, measure, context.slice_):
            raise ReasonWanted(measure, context.slice_)
    snapshot = question_noted(
        context.slice_, measure=measure.code, as_of=context.as_of, position=context.standpoint.position
    )
    return guard.viewer_of_clients(Right.CLIENTS, snapshot, context.slice_, measure=measure, reason=why)


def is_disputed(context: PageContext, measure: Measure, slice_: Slice) -> bool:
    """Whether an open dispute over the figure opens its clients to a commissioner."""
    return disputes.opens_to_commissioner(context.snapshot.disputes, measure, slice_) is not None
