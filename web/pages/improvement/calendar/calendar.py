"""What is due, of whom, on one page; and the same as a feed for the calendar that somebody keeps elsewhere.

The feed's address holds a secret word. Its owner makes it and revokes it here.
"""

import hmac
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Final

from flask import Response, current_app, redirect, request, url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.log.database import reading, writing
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.calendar_feeds import feed_made_at, make_feed, owner_of, revoke_feed
from web.auth.roles import Right
from web.auth.trail.access import Deed, note_on
from web.auth.viewer import Viewer
from web.clock import now, today
from web.exports.calendar_feed import MEDIA, calendar_file
from web.pages.administration.accounts import moment
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, absolute
from web.pages.frame.page import Choice, Pages, choices_of_slices
from web.presenters.improvement.calendar import calendar as words
from web.problems import not_here
from web.queries.improvement.calendar import calendar as queries
from web.queries.improvement.calendar.calendar import MONTHS_AHEAD, CalendarQuery, party_of_viewer
from web.queries.improvement.calendar.due import KINDS
from web.queries.improvement.calendar.readers import first_day, reader
from web.snapshot import NOTICE, Snapshot

PAGE: Final = "calendar.page"
_MONTHS: Final = (1, 3, 6, 12, 24)
_FEED_MONTHS: Final = 12
_DONE: Final = {"revoked": "The address was revoked. Whoever has it gets nothing from it any more."}

blueprint = Pages(
    "calendar",
    __name__,
    Place(
        "Calendar",
        PAGE,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "All that is due, by when and of whom.",
    ),
)


class CalendarAddress(parameters.Asks):
    """Which part of the calendar is read, and from which day."""

    on = parameters.DayField(load_default=None, description="The day from which what is due is looked at.")
    months = fields.Integer(load_default=MONTHS_AHEAD, validate=validate.OneOf(_MONTHS))
    kind = fields.String(load_default=None, validate=validate.OneOf(list(KINDS)))
    party = fields.String(load_default=None, validate=validate.OneOf([COMMISSIONER, PROVIDER]))
    agency = parameters.code_field("What is due of this agency.")
    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page("/calendar", Right.AGREED, CalendarAddress)
def page(args: Mapping[str, Any]) -> Page:
    """What is overdue, and what is to come."""
    return _page(args, done=_DONE.get(args["done"], ""))


def _page(args: Any, address: str = "", done: str = "") -> Page:
    snapshot, viewer = guard.snapshot(), guard.viewer_of_party(Right.AGREED)
    on = args["on"] or day_begun_on(snapshot)
    kinds = (args["kind"],) if args["kind"] else ()
    query = CalendarQuery.ahead(on, args["months"], kinds, args["party"], args["agency"])
    result = queries.calendar(snapshot, viewer, query)
    mine = party_of_viewer(viewer)
    made_at = feed_made_at(snapshot.access, guard.principal().key)
    return Page(
        "calendar.html",
        "Calendar",
        {
            "overdue": words.due_table(result.overdue, "Overdue", named),
            "coming": words.due_table(result.to_come, "To come", named),
        },
        result=result,
        mine=sum(one.party in {mine, "both"} for one in result.overdue),
        is_narrowed=bool(kinds or args["party"] or args["agency"]),
        is_another_day=on != today(),
        is_demonstration=snapshot.is_demonstration and args["on"] is None,
        choices=_choices(snapshot, viewer, args),
        address=address,
        made_at=moment(made_at),
        done=done,
    )


def day_begun_on(snapshot: Snapshot) -> date:
    """The day from which a calendar begins where nobody says: today, or that of the demonstration."""
    return first_day(snapshot, today())


def _choices(snapshot: Snapshot, viewer: Viewer, args: Mapping[str, Any]) -> dict[str, tuple[Choice, ...]]:
    _, agencies = choices_of_slices(snapshot, viewer, Slice(agency=args["agency"]))
    kinds = {"": "Everything"} | KINDS
    parties = {"": "Both parties"} | {party: party.capitalize() for party in (PROVIDER, COMMISSIONER)}
    months = {str(one): "1 month ahead" if one == 1 else f"{one} months ahead" for one in _MONTHS}
    return {
        "kind": _choice(kinds, args["kind"] or ""),
        "party": _choice(parties, args["party"] or ""),
        "agency": agencies,
        "months": _choice(months, str(args["months"])),
    }


def _choice(offered: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, text, value == chosen) for value, text in offered.items())


# ---- the feed


@blueprint.page("/calendar/feed", Right.AGREED, method="POST")
def new_feed(_given: Mapping[str, Any]) -> Page:
    """Make an address; the page that answers is the only one on which it is shown."""
    with writing(guard.services().access_engine) as connection:
        word = make_feed(connection, guard.principal().key, now())
        _note(connection, Deed.FEED_MADE)
    address = absolute(url_for("calendar.feed", word=word))
    return _page(CalendarAddress().load({}), address)


@blueprint.page("/calendar/feed/revoke", Right.AGREED, method="POST")
def end_feed(_given: Mapping[str, Any]) -> Any:
    """Let the address lead nowhere."""
    with writing(guard.services().access_engine) as connection:
        if revoke_feed(connection, guard.principal().key, now()):
            _note(connection, Deed.FEED_REVOKED)
    return redirect(url_for(PAGE, done="revoked"), 303)


def _note(connection: Any, deed: Deed) -> None:
    who = guard.principal()
    note_on(connection, now(), who.name, who.role, deed, "calendar.feed")


@blueprint.get("/calendar/feed/<word>.ics")
@guard.open_to_all
def feed(word: str) -> Response:
    """The calendar of the address' owner; not there (404) once it was revoked, or its owner may not read it."""
    with reading(guard.services().access_engine) as connection:
        who = owner_of(connection, word, now())
    snapshot = guard.snapshot()
    viewer = reader(snapshot, who, today()) if who else None
    if viewer is None:
        raise not_here()
    result = queries.calendar(snapshot, viewer, CalendarQuery.ahead(day_begun_on(snapshot), _FEED_MONTHS))
    body = calendar_file(result, absolute(""), NOTICE if snapshot.is_demonstration else "")
    return _unless_known(body)


def _unless_known(body: bytes) -> Response:
    tag = hmac.new(f"feed {current_app.config['SECRET_KEY']}".encode(), body, sha256).hexdigest()[:32]
    is_known = request.if_none_match.contains(tag) or request.if_none_match.star_tag
    response = Response(status=304) if is_known else Response(body, content_type=f"{MEDIA}; charset=utf-8")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
