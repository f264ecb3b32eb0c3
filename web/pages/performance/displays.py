"""Displays: the staff board, which needs nobody to sign in, and the card for the waiting area.

A board hangs on a wall. Its browser holds a token of its own in a cookie, which shows the board and nothing else, never
more than whoever made it may see, and until they no longer may or somebody ends it here. The board has hubs and counts,
no client.

The card may hang where anybody passes: it tells of the whole service, of twelve months, in tens, and only of ten people
and more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from domain.log.database import reading, writing
from domain.measures.registry import measure_named
from domain.rounding import half_up
from projections.performance.breakdown import AgencyPart, Breakdown
from projections.performance.targets import Target
from projections.standings.slices import Slice
from web.auth import displays as of_display
from web.auth import tokens
from web.auth.guard import holder, open_to_all, principal, services, snapshot
from web.auth.rate_limits import try_link
from web.auth.roles import Principal, Reach, Right, Role
from web.auth.sessions import cookie_named
from web.auth.tokens import TokenSeen
from web.auth.viewer import Viewer
from web.clock import now, today
from web.commands.administration import accounts
from web.commands.administration.accounts import Actor
from web.pages.frame.agency_names import name_alone
from web.pages.frame.forms import Form, InvalidField, TextField, one_line
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, absolute, first_page
from web.pages.frame.page import Choice, PageContext, Pages
from web.presenters import text as words
from web.presenters.agreement import on_board
from web.presenters.tables import Column, Table
from web.problems import Problem, not_here
from web.queries.performance import figures, scorecards
from web.queries.performance.days import newest_day

blueprint = Pages(
    "displays",
    __name__,
    Place(
        "Displays",
        "displays.index",
        Right.PUBLISH,
        PlaceGroup.FIGURES,
        "A board for the staff room and a card for the waiting area.",
    ),
)

COOKIE: Final = "recount-display"
_HOST: Final = "__Host-"
COOKIE_DAYS: Final = 400
"""As long as browsers keep one; every look renews it."""
EVERY: Final = 300
"""Seconds after which a display asks again."""
LONGEST_NAME: Final = 60
HUBS_IN_LARGE_TYPE: Final = 4
"""As many as stand below each other on a screen; more are written smaller."""
_FAILED: Final = 500
ON_THE_BOARD: Final = tuple(map(measure_named, ("4.0", "4.1", "4.2", "4.3")))
LEAST: Final = 10
"""People that the card needs, and the step in which it counts."""
_WHOLE: Final = Slice()
_EXITS, _TREATED = measure_named("N.exits"), measure_named("N.treatment")


# ---- who has which displays


class BoardForm(Form):
    """Another board."""

    name = TextField("Where it hangs", width=20, filters=[one_line], render_kw={"maxlength": LONGEST_NAME})

    def validate_name(self, field: TextField) -> None:
        """Refuse a name that is missing or too long."""
        if not 0 < len(field.data) <= LONGEST_NAME:
            raise InvalidField(f"Say where it hangs, in at most {LONGEST_NAME} letters.")


@blueprint.page("/displays", Right.PUBLISH)
def index(_given: Mapping[str, Any]) -> Page:
    """The displays that there are, and a form for another one."""
    return _index(BoardForm())


@blueprint.page("/displays", Right.PUBLISH, method="POST")
def made(_given: Mapping[str, Any]) -> str | tuple[Page, int]:
    """Another display; its link is shown this once."""
    who, form = principal(), BoardForm()
    if not form.validate_on_submit():
        return _index(form), 422
    name = form.name.data
    with writing(services().access_engine) as connection:
        role = Role.PROVIDER if who.role is Role.PROVIDER else Role.COMMISSIONER
        text = accounts.make_display(connection, Actor.of(who), name, role, who.agencies, now())
    return render_template("displays-made.html", name=name, link=absolute(url_for("displays.connect", word=text)))


@blueprint.page("/displays/<identifier>/end", Right.PUBLISH, method="POST")
def end(_given: Mapping[str, Any], identifier: str) -> Response:
    """Let a display show nothing any more."""
    who = principal()
    if identifier not in {one.id for one in _displays(who)}:
        raise not_here()
    with writing(services().access_engine) as connection:
        accounts.revoke_token(connection, Actor.of(who), identifier, now())
    return redirect(url_for("displays.index"), 303)


def _index(form: BoardForm) -> Page:
    displays = _displays(principal())
    rows = [(one.name, ", ".join(one.agencies) or "all", one.made_by, one.made_at.date(), None) for one in displays]
    boards = Table(BOARD_COLUMNS, rows, "Boards") if rows else None
    return Page("displays.html", "Displays", {"boards": boards}, displays=displays, form=form, errors=form.links)


BOARD_COLUMNS: Final = tuple(map(Column, ("Where", "Whose hubs", "Made by", "Made on", "End it")))


def _displays(who: Principal) -> list[TokenSeen]:
    """Those that hold still, of whoever asks: a provider's are those of its agencies."""
    with reading(services().access_engine) as connection:
        at = now()
        of_boards = (one for one in tokens.tokens(connection) if one.scopes == (Right.BOARD,))
        held = [one for one in of_boards if of_display.is_shown(connection, one, at)]
    if who.reach(Right.PUBLISH) is Reach.OWN:
        return [one for one in held if one.agencies and who.agencies.issuperset(one.agencies)]
    return held


# ---- the board


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub's part of a measure; `wanted` is None where there is no target."""

    name: str
    counted: int
    wanted: int | None
    to_go: int

    @property
    def so_far(self) -> str:
        """How many it has of how many it is to have: 10 of 20."""
        return f"{self.counted:,}" if self.wanted is None else f"{self.counted:,} of {self.wanted:,}"

    @property
    def left(self) -> str:
        """How many it is still to have."""
        return f"{self.to_go:,} to go" if self.to_go else "reached"

    @property
    def filled(self) -> int:
        """How far its bar goes: one that has more than it is to have is full."""
        return min(self.counted, self.wanted or 0)


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A measure on the board."""

    name: str
    result: str
    percentage: str
    target: str
    hubs: Sequence[Hub]
    months: str
    by_any_episode: str


@blueprint.get("/board/connect")
@open_to_all
def connect() -> Response:
    """Let this browser be a display. Raises Problem: the link holds no more."""
    word, attempt = request.args.get("word", ""), try_link("display")
    if _display(word) is None:
        attempt.failed()
        raise Problem(400, "link-ended", "This link shows no board any more. Ask whoever made it for another one.")
    attempt.succeeded()
    return _remembered(redirect(url_for("displays.board"), 303), word)


@blueprint.get("/board")
@open_to_all
def board() -> Response:
    """Hubs, targets and progress, in large type; of a display it refreshes itself."""
    word, display = next(((word, one) for word in _words() if (one := _display(word))), ("", None))
    who = display or principal()
    if who.reach(Right.BOARD) is None:
        raise Problem(403, "right-missing", f"Your role here is {who.role}, which may not see or do this.")
    if display is None:
        return make_response(_board(who, way_back=first_page(who)))
    response = make_response(_board(who, way_back=""))
    # Not within the page: to somebody who reads it with a screen reader nothing is taken away while they do.
    response.headers["Refresh"] = str(EVERY)
    return _remembered(response, word)


@blueprint.after_request
def _looks_again(response: Response) -> Response:
    """Let a display ask again after the service failed, too: nobody stands there to press a key."""
    if request.endpoint == "displays.board" and response.status_code >= _FAILED and _words():
        response.headers["Refresh"] = str(EVERY)
    return response


def _board(who: Principal, way_back: str) -> str:
    view = snapshot()
    newest = view.submissions.newest
    context: dict[str, Any] = {"demonstration": view.is_demonstration, "way_back": way_back}
    if newest is None:
        return render_template("board.html", measures=[], said="Nothing has been received yet.", **context)
    as_of = newest_day(view) or newest.received_on
    viewer = _viewer(who)
    queries = [scorecards.FigureQuery(measure, as_of, newest.received_on, _WHOLE) for measure in ON_THE_BOARD]
    parts = [scorecards.breakdown(view, viewer, query) for query in queries]
    ends = {target.terms.last_day for target in map(_target, parts) if target is not None}
    months = on_board.months(view, viewer, as_of, ON_THE_BOARD, name_alone)
    return render_template(
        "board.html",
        measures=[_on_board(one, ends, months[one.whole.measure.code]) for one in parts],
        said=f"Twelve months to {words.day(as_of)}, as known on {words.day(newest.received_on)}.",
        until=words.day(min(ends)) if len(ends) == 1 else "",
        incomplete=any(one.whole.files_status == "incomplete" for one in parts),
        crowded=any(len(one.parts) > HUBS_IN_LARGE_TYPE for one in parts),
        **context,
    )


def _target(parts: Breakdown) -> Target | None:
    """What the whole is held against; nothing while a file is missing."""
    return None if parts.whole.files_status in {None, "incomplete"} else parts.target


def _on_board(parts: Breakdown, ends: Collection[date], months: str) -> OnBoard:
    target = _target(parts)
    return OnBoard(
        words.of_group(parts.whole.measure),
        words.result(parts.whole),
        words.percentage(parts.whole),
        _to_reach(parts, target, ends),
        [_hub(part, with_target=target is not None) for part in parts.parts],
        months,
        _by_any_episode(parts),
    )


def _by_any_episode(parts: Breakdown) -> str:
    """The other number of each hub, where it has another: how many completed with any episode there."""
    others = [
        f"{name_alone(part.agency)} {part.by_any_episode[0]:,}"
        for part in parts.parts
        if part.by_any_episode and part.by_any_episode[0] != part.numerator
    ]
    return f"By any episode at the hub: {words.listed(others)}." if others else ""


def _to_reach(parts: Breakdown, target: Target | None, ends: Collection[date]) -> str:
    """The target, and how many that leaves; its end too, where not all targets of the board end together."""
    if target is None or parts.reached is None or parts.wanted is None:
        return "No target"
    left = parts.wanted - parts.whole.numerator
    until = f" by {words.short_day(target.terms.last_day)}" if len(ends) > 1 else ""
    return f"Target {float(parts.reached):g}%{until}: {f'{left:,} to go' if left > 0 else 'reached'}"


def _hub(part: AgencyPart, *, with_target: bool) -> Hub:
    share = part.share if with_target else None
    return Hub(
        name_alone(part.agency) if part.agency else "Other hubs",
        part.numerator,
        share.wanted if share else None,
        share.to_go if share else 0,
    )


def _viewer(who: Principal) -> Viewer:
    reach = who.reach(Right.BOARD)
    if reach is not Reach.OWN:
        return Viewer(Reach.ALL)
    own = snapshot().agencies_of_provider(who.agencies, today())
    return Viewer(Reach.OWN, own, own | who.agencies)


def _display(text: str) -> Principal | None:
    """Whom a display's token speaks for; None if it is none of a display, or holds no more."""
    if not text:
        return None
    who = holder(text)
    return who if who is not None and who.scopes == {Right.BOARD} else None


def _remembered(response: Response, word: str) -> Response:
    response.set_cookie(
        _cookie(),
        word,
        max_age=COOKIE_DAYS * 86_400,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/" if _is_secure() else url_for("displays.board"),
    )
    return response


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _words() -> list[str]:
    """The words that this browser may be a display with, the service's own first. One that another version gave, or
    the same service while its database lay elsewhere, has another name: nobody should have to hang that board up anew.
    """
    named = {name: word for name, word in request.cookies.items() if name.removeprefix(_HOST).startswith(COOKIE)}
    return [named[name] for name in sorted(named, key=lambda name: name != _cookie())]


def _cookie() -> str:
    return cookie_named(current_app, COOKIE)


# ---- the card


@dataclass(frozen=True, slots=True)
class Card:
    """What the card says: how many completed, in tens, and as one in how many; empty where it may say nothing."""

    tens: str
    share: str
    last_day: date


@blueprint.seen_from("/card", Right.FIGURES)
def card(context: PageContext) -> Page:
    """The card for the waiting area, to be printed."""
    # The card is of the whole service, whatever the page was that led here.
    bar = replace(
        context.bar, where="The whole service.", areas=(), agencies=(Choice("", "All agencies", chosen=False),)
    )
    return Page("card.html", "A card for the waiting area", context=context, bar=bar, told=_card(context))


def _card(context: PageContext) -> Card:
    about = figures.FiguresQuery(context.as_of, context.known_at, (_EXITS, _TREATED), _WHOLE)
    exits, treated = figures.figures(context.snapshot, context.who, about).figures
    completed, others = (exits.parts or {}).get("successful", 0), treated.numerator
    if exits.files_status in {None, "incomplete"} or completed < LEAST or others - completed < LEAST:
        return Card("", "", context.as_of)
    tens = completed // LEAST * LEAST
    return Card(f"{tens:,}", f"1 in {half_up(Fraction(others, completed), 0):.0f}", context.as_of)
