"""Addresses, and the navigation: every state of a page is in its address, so that a link shows again what was seen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Final

from flask import current_app, request, url_for

from web.auth.guard import services, snapshot
from web.auth.roles import Principal, Reach, Right
from web.presenters.tables import Link

_PLACES: Final = "places"
ALL_PAGES: Final = "all-pages.page"
MOST_ABOVE: Final = 8
"""Places above a page, beside the page that lists them all: on a desk they stand in one row."""
STANDPOINT: Final = ("as_of", "known_at", "cut")
SLICE: Final = ("area", "agency", "criminal_justice", "young_people")


class PlaceGroup(StrEnum):
    """What one wants to do at a place: the headings of the page that lists them all, in their order."""

    FIGURES = "Look at the figures"
    AGREED = "What is agreed"
    IMPROVEMENT = "Improve a service"
    DISPUTES_AND_REPORTS = "Disputes and reports"
    DATA = "The data"
    ADMINISTRATION = "Administration"


class NeededWeekly(Enum):
    """When people need a place each week, so that it stands above each page."""

    SELDOM = auto()
    ALWAYS = auto()
    UNTIL_FIRST_FILE = auto()
    SINCE_FIRST_FILE = auto()

    @property
    def now(self) -> bool:
        """Whether they need it as things stand; the file is a monthly one."""
        if self in {NeededWeekly.SELDOM, NeededWeekly.ALWAYS}:
            return self is NeededWeekly.ALWAYS
        return snapshot().submissions.has_monthly_file is (self is NeededWeekly.SINCE_FIRST_FILE)


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A page about one figure, to which the figure's own leads: its words, the endpoint, the right that it needs."""

    words: str
    endpoint: str
    right: Right

    def is_open_to(self, who: Principal) -> bool:
        """Whether this one may open it."""
        return who.reach(self.right) not in {None, Reach.PUBLISHED}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the navigation leads: its words, the endpoint, and the right without which it is not shown.

    It is listed in its group, with what it is for in one short sentence; what is needed each week also stands above
    each page. `public`: also for those who see only what was published. `seen_from`: the page has figures, so the link
    keeps the standpoint and the slice of the page that it stands on.
    """

    words: str
    endpoint: str
    right: Right
    group: PlaceGroup
    purpose: str
    needed: NeededWeekly = NeededWeekly.SELDOM
    public: bool = False
    seen_from: bool = False

    def is_open_to(self, who: Principal) -> bool:
        """Whether it is among the places of this one."""
        reach = who.reach(self.right)
        return reach is not None and (self.public or reach is not Reach.PUBLISHED)

    @property
    def href(self) -> str:
        """Its address."""
        return url_for(self.endpoint, **(standpoint_asked() if self.seen_from else {}))


def standpoint_asked() -> dict[str, Any]:
    """The standpoint and the slice of this page's address, as they are written there."""
    return {name: value for name in (*STANDPOINT, *SLICE) if (value := request.args.get(name))}


def places(who: Principal) -> Iterator[Place]:
    """The places of somebody, in the order in which the rooms were registered."""
    for blueprint in current_app.blueprints.values():
        room_places: Sequence[Place] = getattr(blueprint, _PLACES, ())
        yield from (place for place in room_places if place.is_open_to(who))


def navigation(who: Principal) -> tuple[Link, ...]:
    """What stands above each page: the places that somebody needs each week, and the page that lists them all.

    `current` is the place to which the page belongs; of one that does not stand there, the page that lists it.
    """
    open_places = tuple(places(who))
    current = _place_here(open_places)
    above = _above(open_places)
    is_listed_only = request.endpoint == ALL_PAGES or (current is not None and current not in above)
    links = (Link(place.words, place.href, place is current) for place in above)
    return (*links, all_pages(current=is_listed_only))


def all_pages(*, current: bool = False) -> Link:
    """The page that lists every place; from there the standpoint of this page goes on."""
    return Link("All pages", url_for(ALL_PAGES, **standpoint_asked()), current)


def _above(open_places: Sequence[Place]) -> Sequence[Place]:
    """Those needed each week; whoever has few places has them all before their eyes."""
    if len(open_places) <= MOST_ABOVE:
        return open_places
    return [place for place in open_places if place.needed.now]


def _place_here(open_places: Sequence[Place]) -> Place | None:
    """The place that the page is, else the first of its room."""
    room = [place for place in open_places if place.endpoint.split(".")[0] == request.blueprint]
    return next((place for place in room if place.endpoint == request.endpoint), room[0] if room else None)


def first_page(who: Principal) -> str:
    """Where somebody begins: the first place that they need each week, else their first, or what their account is."""
    open_places = tuple(places(who))
    needed = (place for place in open_places if place.needed.now)
    place = next(needed, open_places[0] if open_places else None)
    return url_for(place.endpoint) if place else url_for("sign-in.account")


_OWN_PATH: Final = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of this service: no second slash, which would begin the name of a host, and no backslash, which browsers
take for one."""


def absolute(path: str) -> str:
    """The whole address of a page, to be opened elsewhere: under the service's own, else under this machine's alone.

    Without an address of its own the service answers under no other name (`sessions.use_sessions`).
    """
    return f"{services().settings.origin or request.host_url.rstrip('/')}{path}"


def here(**changes: Any) -> str:
    """The address of this page with some of its questions changed; None leaves a question out."""
    parameters: dict[str, Any] = {name: values for name, values in request.args.lists() if name not in changes}
    parameters |= {name: value for name, value in changes.items() if value is not None}
    return url_for(request.endpoint or "", **{**parameters, **(request.view_args or {})})


def own_path(text: Any, otherwise: str) -> str:
    """The path to go on to, if it is one of ours."""
    return text if isinstance(text, str) and _OWN_PATH.fullmatch(text) else otherwise
